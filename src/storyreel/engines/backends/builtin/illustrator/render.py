"""Stills: runs in a worker process, from requests to PNG files."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from storyreel.domain.film import Canvas
from storyreel.engines.backends.builtin.illustrator.compose import compose
from storyreel.engines.backends.builtin.illustrator.flatten import flatten
from storyreel.engines.backends.builtin.illustrator.grade import Finish, tone
from storyreel.engines.backends.builtin.illustrator.memory import give_back
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, resize, write_png
from storyreel.engines.contracts.image import ImageRequest

LARGEST_SIDE = 1920
"""Pixels; larger pictures are enlarged from this, which keeps memory under a gigabyte."""
_NARROWEST, _WIDEST = Fraction(1, 3), Fraction(3)


def drawn_canvas(canvas: Canvas) -> Canvas:
    """The canvas to draw for one that is asked for: no larger than is worth it, no narrower than can be staged."""
    ratio = min(_WIDEST, max(_NARROWEST, Fraction(canvas.width, canvas.height)))
    longer = min(LARGEST_SIDE, max(canvas.width, canvas.height))
    if ratio != Fraction(canvas.width, canvas.height):
        longer = min(LARGEST_SIDE, round(min(canvas.width, canvas.height) * max(ratio, 1 / ratio)))
    width, height = (longer, longer / ratio) if ratio >= 1 else (longer * ratio, longer)
    return Canvas(max(2, round(width / 2) * 2), max(2, round(height / 2) * 2))


def cover(picture: Bytes, canvas: Canvas) -> Bytes:
    """Scale a picture so that it covers the canvas, and cut off what is beyond it evenly."""
    height, width = picture.shape[:2]
    scale = max(canvas.width / width, canvas.height / height)
    if scale != 1:
        size = max(canvas.width, round(width * scale)), max(canvas.height, round(height * scale))
        picture = resize(picture, *size, cubic=scale > 1, area=scale < 1)
    top, left = (picture.shape[0] - canvas.height) // 2, (picture.shape[1] - canvas.width) // 2
    return picture[top : top + canvas.height, left : left + canvas.width]


def still(request: ImageRequest) -> Bytes:
    """The finished picture of a request, RGB at its canvas's size."""
    canvas = drawn_canvas(request.canvas)
    scene = compose(request, canvas).scene
    picture = tone(flatten(scene), scene.look)
    Finish(canvas.width, canvas.height, scene.look, request.seed).apply(picture, 0)
    return cover(picture, request.canvas)


def draw_all(report: Callable[[float], None], requests: Sequence[ImageRequest], folder: Path) -> list[Path]:
    """Draws each request to a PNG of its own in the folder; reports the share done."""
    files: list[Path] = []
    for number, request in enumerate(requests):
        file = folder / f"{number}.png"
        write_png(file, still(request))
        files.append(file)
        give_back()
        report((number + 1) / len(requests))
    return files
