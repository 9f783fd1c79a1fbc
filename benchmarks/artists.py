"""What the built-in artists cost beside encoding what they draw: stills, setting scenes up, animated frames, memory.

Each scene is drawn and encoded in turn in one process, as a film's are. The LIMIT is libx264 at veryfast, one thread,
on the frames drawn. Ratios are taken scene by scene. Then a film is made, and its time set against its length.

Run: .venv/bin/python benchmarks/artists.py [--size 720p] [--frames 48] [--story examples/moon-walk.txt]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from film import STORY, make
from rich.console import Console
from rich.table import Table

from storyreel.domain.film import Aspect, WordTime, canvas_for
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Camera, Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.backends.builtin.motion.layered import LayeredScene
from storyreel.engines.contracts.image import ImageRequest
from storyreel.media.encode import clip_writer
from storyreel.media.frames import Converter
from storyreel.media.profile import EncodeProfile

FPS = 24
SHOT = 5
"""Seconds that a shot lasts."""
CAST = (
    Character("tom", "Tom", "boy", "striped red shirt", 3),
    Character("ada", "Ada", "woman", "long black hair, a blue coat", 9),
    Character("fox", "Vix", "fox", "", 4),
)
SCENES = (
    (SceneSpec("garden", "night", subjects=(Subject("tom", "work"),), props=("rocket",)), Style.CINEMATIC),
    (SceneSpec("meadow", "noon", "wind", subjects=(Subject("tom", "walk"), Subject("fox", "walk"))), Style.ANIME),
    (
        SceneSpec("forest", "morning", "fog", framing=Framing.MEDIUM, subjects=(Subject("ada", "talk"),)),
        Style.REALISTIC,
    ),
    (SceneSpec("street", "night", "rain", framing=Framing.MEDIUM, subjects=(Subject("ada", "walk"),)), Style.CINEMATIC),
    (SceneSpec("kitchen", "night", framing=Framing.CLOSE, subjects=(Subject("ada", "talk"),)), Style.ANIME),
    (SceneSpec("snow", "dusk", "snow", subjects=(Subject("tom", "run"),)), Style.REALISTIC),
    (SceneSpec("sea", "dusk", "storm", subjects=(Subject("tom", "climb"),)), Style.CINEMATIC),
    (SceneSpec("market", "noon", subjects=(Subject("ada", "hold", holds="lantern"),)), Style.REALISTIC),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds: of the still, of setting its scene up for motion, of a frame, and of encoding one."""

    scene: str
    still: float
    set_up: float
    frame: float
    encoding: float


def cost_of(scene: SceneSpec, style: Style, size: str, frames: int) -> Cost:
    canvas = canvas_for(size, Aspect.WIDE)
    drawing = ImageRequest("", style, canvas, 7, scene=scene, characters=CAST)
    begun = time.process_time()
    still(drawing)
    drawn = time.process_time()
    words = tuple(WordTime(0.3 + 0.4 * k, 0.6 + 0.4 * k, 0, 1) for k in range(10))
    clip = LayeredScene(drawing, canvas, Fraction(FPS), SHOT * FPS, Camera.PUSH_IN, words)
    next(clip.frames(0, 1))
    ready = time.process_time()
    moving = encoding = 0.0
    converter, profile = Converter(), EncodeProfile(canvas, Fraction(FPS), "veryfast", params="")
    with tempfile.TemporaryDirectory() as folder, clip_writer(profile, Path(folder, "clip.mp4")) as writer:
        source = clip.frames(0, frames)
        for _ in range(frames):
            before = time.process_time()
            frame = next(source)
            between = time.process_time()
            converter.convert(frame, writer.planes)
            writer.write()
            moving += between - before
            encoding += time.process_time() - between
    return Cost(f"{scene.setting}, {style.value}", drawn - begun, ready - drawn, moving / frames, encoding / frames)


def draw(size: str, frames: int) -> None:
    """In a process of its own: what each scene costs, and the memory that it took, as JSON."""
    costs = [asdict(cost_of(scene, style, size, frames)) for scene, style in SCENES]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(json.dumps({"costs": costs, "peak": peak}))


def show(costs: list[Cost], title: str) -> None:
    table = Table("scene", "still", "set-up", "frame", "encoding", "still ÷ LIMIT s", "frame ÷ LIMIT", title=title)
    rows = [(c.scene, c.still, c.set_up, c.frame, c.encoding) for c in costs]
    rows.append(("median", *(statistics.median(row[k] for row in rows) for k in range(1, 5))))
    for name, still_, set_up, frame, encoding in rows:
        figures = f"{still_:.2f} s", f"{set_up:.2f} s", f"{frame * 1000:.1f} ms", f"{encoding * 1000:.1f} ms"
        table.add_row(name, *figures, f"{still_ / (encoding * FPS):.2f}", f"{frame / encoding:.2f}")
    Console(width=120).print(table)


def told(story: Path) -> str:
    """Makes a film of a story; how long it took against how long it plays, and the memory of all processes."""
    with tempfile.TemporaryDirectory() as folder:
        cost, plays = make(story, Path(folder))
    took = f"made in {cost.wall:.1f} s, plays {plays:.1f} s: {cost.wall / plays:.2f}"
    return f"{story.name}: {took}; memory of all processes {cost.peak:.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="720p")
    parser.add_argument("--frames", type=int, default=2 * FPS)
    parser.add_argument("--story", type=Path, default=STORY)
    parser.add_argument("--draw", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.draw:
        draw(wanted.size, wanted.frames)
        return
    command = [sys.executable, __file__, "--draw", "--size", wanted.size, "--frames", str(wanted.frames)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    show([Cost(**cost) for cost in answer["costs"]], f"processor time, {wanted.size}, {os.cpu_count()} cores")
    print(f"largest memory of the process that drew them: {answer['peak']:.0f} MiB")
    print(told(wanted.story))


if __name__ == "__main__":
    main()
