"""How long a film takes to make, as a multiple of how long it plays: whole, and again unchanged.

Run: .venv/bin/python benchmarks/film.py [STORY.txt]
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
STORY = HERE.parent / "examples" / "moon-walk.txt"


def make(story: Path, data: Path, film: Path) -> tuple[float, float]:
    """Seconds that `storyreel make` took, and seconds that the film plays."""
    begun = time.perf_counter()
    command = [Path(sys.executable).with_name("storyreel"), "make", story, "-o", film, "--data-dir", data, "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - begun, json.loads(answer.stdout)["duration"]


def main() -> None:
    story = Path(sys.argv[1]) if len(sys.argv) > 1 else STORY
    table = Table("what", "made in s", "plays s", "made ÷ plays", title=f"{story.name}, 720p24, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        data, film = Path(folder, "data"), Path(folder, "film.mp4")
        for what in ("whole film, cold", "again, unchanged"):
            took, plays = make(story, data, film)
            table.add_row(what, f"{took:.1f}", f"{plays:.1f}", f"{took / plays:.2f}")
    Console().print(table)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
    print(f"largest process: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
