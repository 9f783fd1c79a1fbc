"""Moves any picture: a slow pan or zoom over it, sub-pixel smooth."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.motion.camera import eased
from storyreel.errors import MediaError

_SPAN = 0.10
"""How much larger than the canvas the picture is shown at the closest."""


@dataclass(frozen=True, slots=True)
class PanZoom:
    """A picture file under a moving camera; see `storyreel.engines.contracts.video.FrameSource`.

    The picture fills the canvas: what its own aspect has too much is cut off.
    """

    image: Path
    canvas: Canvas
    fps: Fraction
    number: int
    camera: Camera

    def __len__(self) -> int:
        return self.number

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """Every frame in order, RGB.

        Raises:
            MediaError: the picture cannot be read.
        """
        from storyreel.engines.backends.builtin.illustrator.pixels import affine, read_rgb, resize, warp

        picture = read_rgb(self.image)
        if picture is None:
            raise MediaError(f"{self.image.name} is not a picture that can be read.", hint="Make the image again.")
        width, height = self.canvas.width, self.canvas.height
        cover = max(width / picture.shape[1], height / picture.shape[0])
        if cover < 0.6:  # a much larger picture would shimmer when it is scaled down by plain interpolation
            shrink = cover * (1 + _SPAN)
            size = round(picture.shape[1] * shrink), round(picture.shape[0] * shrink)
            picture = resize(picture, *size, area=True)
            cover = max(width / picture.shape[1], height / picture.shape[0])
        for i in range(self.number):
            scale, x, y = self._view(i / max(1, self.number - 1))
            scale *= cover
            left = (width - picture.shape[1] * scale) / 2 + x * width
            top = (height - picture.shape[0] * scale) / 2 + y * height
            yield warp(picture, affine(scale, 0, left, 0, scale, top), width, height, replicate=True)

    def _view(self, progress: float) -> tuple[float, float, float]:
        """Enlargement, and how far the picture is shifted right and down as shares of the canvas."""
        share = eased(progress)
        slack = _SPAN / 2
        if self.camera is Camera.PUSH_IN:
            return 1 + _SPAN * share, 0, -0.3 * slack * share
        if self.camera is Camera.PULL_OUT:
            return 1 + _SPAN * (1 - share), 0, -0.3 * slack * (1 - share)
        along = (2 * share - 1) * slack * 0.95
        if self.camera is Camera.PAN_LEFT:
            return 1 + _SPAN, along, 0
        if self.camera is Camera.PAN_RIGHT:
            return 1 + _SPAN, -along, 0
        return 1 + _SPAN, 0, along
