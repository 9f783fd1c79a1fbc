"""The film that everybody makes, as data: read by processes that make it and nothing else."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from storyreel.domain.film import Canvas

CROSSFADE = 0.5
"""Seconds, as in the product. The peers' scripts, which know nothing of Storyreel, have the same figure."""
ZOOM = 0.10
"""How much nearer the camera comes to each still; the same there, too."""


@dataclass(frozen=True, slots=True)
class Shot:
    """`picture` and `voice` are file names beside the film's description; `seconds` is the voice's length."""

    picture: str
    voice: str
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Film:
    """What is to be made. A shot's picture is larger than the canvas by a fifth, so that nobody has to enlarge it."""

    folder: Path
    canvas: Canvas
    fps: int
    shots: tuple[Shot, ...]

    def save(self, file: Path) -> None:
        shots = [asdict(shot) for shot in self.shots]
        size = [self.canvas.width, self.canvas.height]
        file.write_text(json.dumps({"folder": str(self.folder), "canvas": size, "fps": self.fps, "shots": shots}))


def load(file: Path) -> Film:
    """A film as `Film.save` wrote it."""
    saved = json.loads(file.read_text())
    shots = tuple(Shot(**shot) for shot in saved["shots"])
    return Film(Path(saved["folder"]), Canvas(*saved["canvas"]), saved["fps"], shots)
