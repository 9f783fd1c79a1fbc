"""Captions drawn into the picture: plain text in a real font, wrapped, shrunk to fit, blended on the planes."""

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.media.frames import BLACK, GREY, WHITE, Planes
from storyreel.media.lettering import LEADING, balanced, drawable, face_for, font_of, lettered, wrapped

if TYPE_CHECKING:
    from PIL import ImageFont

Shares = NDArray[np.floating[Any]]
"""Height × width, 0 … 1."""

_DRAWING = 1
"""Raise whenever the same text would be drawn differently."""
_SIZE = 0.054
"""Height of the type, as a share of the canvas' shorter side: about 39 pixels at 720p."""
_SMALLEST = 0.6
"""How far type may shrink so that a caption keeps to its lines."""
_WEIGHT = 0.022
"""Strokes are thickened by this share of the size: the font comes in its regular weight only."""
_OUTLINE = 0.085
_SHADOW = 0.11
_SHADOW_STRENGTH = 0.55


class SafeArea(NamedTuple):
    """Where text may stand: shares of the canvas kept free at each side and below, and how many lines are wanted."""

    side: float
    below: float
    lines: int


def safe_area(canvas: Canvas) -> SafeArea:
    """Players draw their buttons over the lower fifth of tall pictures; wide ones keep the usual title-safe border."""
    if canvas.height > canvas.width:
        return SafeArea(side=0.07, below=0.2, lines=3)
    if canvas.width > 2 * canvas.height:
        return SafeArea(side=0.18, below=0.07, lines=2)
    return SafeArea(side=0.08, below=0.065, lines=2)


@cache
def drawing_identity() -> dict[str, object]:
    """Everything that changes how captions are drawn, as JSON."""
    return {"drawing": _DRAWING, "font": version("noto-cjk-sans-otc"), "pillow": version("pillow")}


class Overlay:
    """A drawn caption, ready to be blended onto any number of frames: white on a dark outline and shadow."""

    def __init__(
        self, left: int, top: int, opacity: NDArray[np.floating[Any]], light: NDArray[np.floating[Any]]
    ) -> None:
        """`opacity` (0 … 1) hides the picture, `light` (0 … 1) is how much of white shows; even sides and place."""
        import cv2

        height, width = opacity.shape
        half = cv2.resize(opacity.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        luma = light * WHITE + (opacity - light) * BLACK
        self.box = (left, top, left + width, top + height)
        self._luma = _fixed_point(1 - opacity), _fixed_point(luma)
        self._chroma = _fixed_point(1 - half), _fixed_point(half * GREY)

    def blend(self, planes: Planes) -> None:
        """Draw onto a frame, in place."""
        from storyreel.media.blending import lay_over

        left, top, _, _ = self.box
        lay_over(planes.y, left, top, *self._luma)
        for plane in (planes.u, planes.v):
            lay_over(plane, left // 2, top // 2, *self._chroma)


class CaptionArtist:
    """Draws captions for one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._area = safe_area(canvas)

    def draw(self, text: str) -> Overlay | None:
        """The caption at the bottom of the safe area, or None when there is nothing that the font can show.

        Line breaks are only hints. Characters that the font lacks (emoji, some scripts) are left out.
        """
        size = round(_SIZE * min(self._canvas.width, self._canvas.height))
        shown = drawable(text)
        if not shown:
            return None
        width = round(self._canvas.width * (1 - 2 * self._area.side))
        return self._paint(*self._fit(shown, size, width))

    def _fit(self, text: str, size: int, width: int) -> "tuple[list[str], ImageFont.FreeTypeFont]":
        """Lines and the font in which they fit: as large as keeps to the wanted number of lines, if any does."""
        face = face_for(text)
        smallest = max(round(size * _SMALLEST), 8)
        for attempt in range(size, smallest - 1, -1):
            font = font_of(attempt, face)
            lines = list(wrapped(text, font, width))
            if len(lines) <= self._area.lines:
                return list(wrapped(text, font, balanced(text, font, width, len(lines)))), font
        tallest = int(self._canvas.height * (1 - self._area.below) / (smallest * LEADING))
        return list(wrapped(text, font_of(smallest, face), width))[:tallest], font_of(smallest, face)

    def _paint(self, lines: list[str], font: "ImageFont.FreeTypeFont") -> Overlay:
        from PIL import ImageFilter

        size = font.size
        weight, outline, blur = size * _WEIGHT, max(size * _OUTLINE, 1.0), size * _SHADOW
        margin = int(outline + weight + 3 * blur) + 2
        leading = round(size * LEADING)
        width = min(_even(max(round(font.getlength(line)) for line in lines) + 2 * margin), self._canvas.width)
        height = min(_even(leading * len(lines) + 2 * margin), self._canvas.height)
        edge = lettered(lines, font, leading, (width, height), outline + weight)
        face = np.asarray(lettered(lines, font, leading, (width, height), weight), np.float32) / 255
        dark = np.asarray(edge, np.float32) / 255
        shadow = np.asarray(edge.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255 * _SHADOW_STRENGTH
        opacity = 1 - (1 - shadow) * (1 - dark) * (1 - face)
        left = (self._canvas.width - width) // 4 * 2
        bottom = round(self._canvas.height * (1 - self._area.below)) + margin
        top = max(min(bottom, self._canvas.height) - height, 0) // 2 * 2
        return Overlay(left, top, opacity, face)


def _even(number: int) -> int:
    return (number + 1) // 2 * 2


def _fixed_point(values: Shares) -> NDArray[np.uint16]:
    """Values as 8.8 fixed point."""
    return np.rint(values * 256).astype(np.uint16)
