"""How long a film takes to make, as a multiple of how long it plays, and the memory: whole, and again unchanged.

Run: .venv/bin/python benchmarks/film.py [STORY.txt]
"""

import os
import sys
import tempfile
from pathlib import Path

from composing.measure import Cost, measure
from rich.console import Console
from rich.table import Table

from storyreel.media.probe import probe_video

HERE = Path(__file__).parent
STORY = HERE.parent / "examples" / "moon-walk.txt"


def make(story: Path, folder: Path) -> tuple[Cost, float]:
    """What `storyreel make` cost, which keeps everything in a folder, and seconds that the film plays."""
    storyreel, film = str(Path(sys.executable).with_name("storyreel")), folder / "film.mp4"
    command = [storyreel, "make", str(story.absolute()), "-o", str(film), "--data-dir", str(folder / "data")]
    cost = measure(command, folder, marked=False)
    made = probe_video(film)
    return cost, float(made.frames / made.fps)


def main() -> None:
    story = Path(sys.argv[1]) if len(sys.argv) > 1 else STORY
    title = f"{story.name}, 720p24, {os.cpu_count()} cores"
    table = Table("what", "made in s", "plays s", "made ÷ plays", "memory of all processes", title=title)
    with tempfile.TemporaryDirectory() as folder:
        for what in ("whole film, cold", "again, unchanged"):
            cost, plays = make(story, Path(folder))
            row = f"{cost.wall:.1f}", f"{plays:.1f}", f"{cost.wall / plays:.2f}", f"{cost.peak:.0f} MiB"
            table.add_row(what, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
