"""A still under a moving camera, drawn straight into luma and chroma planes at sub-pixel precision."""

import contextlib
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import StillMove, View
from storyreel.errors import MediaError
from storyreel.media.frames import Picture, Planes, from_rgb

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from storyreel.media.resample import Resampler


class StillCamera:
    """Draws the frames of a StillMove.

    The picture is converted to planes once, at the size at which the closest view shows it pixel for pixel, and every
    frame is resampled from those planes: no RGB and no conversion per frame.
    """

    def __init__(self, move: StillMove) -> None:
        """Read and prepare the picture.

        Raises:
            MediaError: the picture cannot be read, or the move leaves it.
        """
        _check(move)
        self._move = move
        picture = read_still(move.image)
        closest = max(move.start.zoom, move.end.zoom)
        picture = _fitted(picture, _cover_scale(picture, move) * closest)
        self._scale = _cover_scale(picture, move)
        self._height, self._width = picture.shape[:2]
        self._luma, self._blue, self._red = (_resampler(plane) for plane in from_rgb(picture))

    def draw(self, number: int, into: Planes) -> None:
        """Frame `number`, 0 … move.number−1, into planes of the canvas' size."""
        view = _between(self._move.start, self._move.end, number / max(1, self._move.number - 1))
        canvas = self._move.canvas
        step = 1 / (self._scale * view.zoom)  # source pixels per pixel of the canvas
        left = (self._width - canvas.width * step) * (1 + view.x) / 2
        top = (self._height - canvas.height * step) * (1 + view.y) / 2
        # Positions are of pixel centres: canvas pixel i shows the source at step · i + offset.
        x, y = left + step / 2 - 0.5, top + step / 2 - 0.5
        self._luma.draw(into.y, step, x, y)
        # Chroma is sited left: on every other column of luma, midway between two of its lines.
        x, y = x / 2, (step / 2 + y - 0.5) / 2
        self._blue.draw(into.u, step, x, y)
        self._red.draw(into.v, step, x, y)


def read_still(file: Path) -> Picture:
    """The picture in RGB, upright, whatever its own colours and orientation are; of a moving one, the first frame.

    Raises:
        MediaError: it is not a picture that can be read.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as image:
            image.load()
            with contextlib.suppress(SyntaxError, ValueError, struct.error):  # a damaged note of how it was held
                ImageOps.exif_transpose(image, in_place=True)
            return np.asarray(_opaque(image))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise MediaError(f"{file.name} is not a picture that can be read.", hint="Make the image again.") from error


def _check(move: StillMove) -> None:
    for view in (move.start, move.end):
        if view.zoom < 1 or max(abs(view.x), abs(view.y)) > 1:
            raise MediaError("The camera shows what lies beside the picture.")


def _opaque(image: "PillowImage") -> "PillowImage":
    """In RGB, on white paper where it lets something through."""
    from PIL import Image

    if image.mode.startswith("I"):  # grey of 16 bits, which Pillow would cut off at 255
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")


def _between(start: View, end: View, progress: float) -> View:
    """The view at `progress` 0 … 1: gentle at both ends but never at a standstill, zooming by equal factors."""
    share = 0.6 * progress + 0.4 * progress * progress * (3 - 2 * progress)
    zoom = start.zoom * (end.zoom / start.zoom) ** share
    return View(zoom, start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)


def _cover_scale(picture: Picture, move: StillMove) -> float:
    return max(move.canvas.width / picture.shape[1], move.canvas.height / picture.shape[0])


def _fitted(picture: Picture, scale: float) -> Picture:
    """The picture no larger than it is ever shown, with even sides: a cubic kernel shimmers when it scales far down."""
    import cv2

    shrink = min(1.0, scale)
    width, height = (max(2, round(side * shrink / 2) * 2) for side in (picture.shape[1], picture.shape[0]))
    if (width, height) == (picture.shape[1], picture.shape[0]):
        return picture
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _resampler(plane: NDArray[np.uint8]) -> "Resampler":
    from storyreel.media.resample import Resampler

    return Resampler(plane)
