"""Captions drawn into the picture: plain text in a real font, wrapped, shrunk to fit, blended on the planes."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.media.frames import BLACK, GREY, WHITE, Planes, from_rgb
from storyreel.media.lettering import LEADING, balanced, drawable, face_for, font_of, lettered, wrapped
from storyreel.media.phrasing import LINE_WIDTH, MAX_LINES

if TYPE_CHECKING:
    from PIL import ImageFont

Shares = NDArray[np.floating[Any]]
"""Height × width, 0 … 1."""

_DRAWING = 3
"""Raise whenever the same text would be drawn differently."""
_SIZE = 0.054
"""Height of the type, as a share of the canvas' shorter side: about 39 pixels at 720p."""
_SMALLEST = 0.6
"""How far type may shrink so that a caption keeps to its lines."""
_NARROW_IN_SIZE = 2.2
"""How many narrow characters are as wide as the type is high, on an average: 2.1 in English."""
_WEIGHT = 0.022
"""Strokes are thickened by this share of the size: the font comes in its regular weight only."""
_OUTLINE = 0.085
_SHADOW = 0.11
_SHADOW_STRENGTH = 0.55
_SPOKEN = (255, 209, 71)
"""RGB of the word that is being said: amber, which differs from white for everybody and keeps its contrast to dark."""


class SafeArea(NamedTuple):
    """Where text may stand: shares of the canvas kept free at each side and below."""

    side: float
    below: float


def safe_area(canvas: Canvas) -> SafeArea:
    """Players draw their buttons over the lower fifth of tall pictures; wide ones keep the usual title-safe border."""
    if canvas.height > canvas.width:
        return SafeArea(side=0.07, below=0.2)
    if canvas.width > 2 * canvas.height:
        return SafeArea(side=0.18, below=0.07)
    return SafeArea(side=0.08, below=0.065)


def line_width(canvas: Canvas) -> float:
    """How wide the lines of captions are at most so that they fit in type of the usual size; see `cues_of`."""
    sizes = canvas.width * (1 - 2 * safe_area(canvas).side) / (_SIZE * min(canvas.width, canvas.height))
    return min(LINE_WIDTH, sizes * _NARROW_IN_SIZE)


@cache
def drawing_identity() -> dict[str, object]:
    """Everything that changes how captions are drawn, as JSON."""
    return {"drawing": _DRAWING, "font": version("noto-cjk-sans-otc"), "pillow": version("pillow")}


class Overlay:
    """A drawn caption, ready to be blended onto any number of frames: white on a dark outline and shadow."""

    def __init__(self, left: int, top: int, opacity: Shares, light: Shares, amber: Shares) -> None:
        """`opacity` hides the picture, `light` is how much of white and `amber` of the spoken word's colour shows.

        Sides and place are even.
        """
        import cv2

        height, width = opacity.shape
        size = (width // 2, height // 2)
        half, half_amber = (
            cv2.resize(share.astype(np.float32), size, interpolation=cv2.INTER_AREA) for share in (opacity, amber)
        )
        y, u, v = (float(plane.flat[0]) for plane in from_rgb(np.full((2, 2, 3), _SPOKEN, np.uint8)))
        luma = light * WHITE + amber * y + (opacity - light - amber) * BLACK
        self.box = (left, top, left + width, top + height)
        self._luma = _fixed_point(1 - opacity), _fixed_point(luma)
        kept = _fixed_point(1 - half)
        self._chroma = [(kept, _fixed_point(half * GREY + half_amber * (tint - GREY))) for tint in (u, v)]

    def blend(self, planes: Planes) -> None:
        """Draw onto a frame, in place."""
        from storyreel.media.blending import lay_over

        left, top, _, _ = self.box
        lay_over(planes.y, left, top, *self._luma)
        for plane, chroma in zip((planes.u, planes.v), self._chroma, strict=True):
            lay_over(plane, left // 2, top // 2, *chroma)


class CaptionArtist:
    """Draws captions for one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._area = safe_area(canvas)

    def draw(self, text: str, spoken: tuple[int, int] = (0, 0)) -> Overlay | None:
        """The caption at the bottom of the safe area, or None when there is nothing that the font can show.

        Its line breaks are kept where its lines fit. Characters that the font lacks (emoji, some scripts) are left
        out. Those of the range `spoken` are lit up.
        """
        size = round(_SIZE * min(self._canvas.width, self._canvas.height))
        shown = drawable(text)
        if not shown:
            return None
        width = round(self._canvas.width * (1 - 2 * self._area.side))
        lines, font = self._fit(shown, [line for row in text.splitlines() if (line := drawable(row))], size, width)
        first, end = (len(drawable(text[:place] + "|")) - 1 for place in spoken)
        return self._paint(lines, font, _places(shown, lines, first, end))

    def _fit(self, text: str, own: list[str], size: int, width: int) -> "tuple[list[str], ImageFont.FreeTypeFont]":
        """Lines and the font in which they fit: as large as keeps to MAX_LINES, if any does.

        `own` are the lines that the text would like.
        """
        face = face_for(text)
        smallest = max(round(size * _SMALLEST), 8)
        for attempt in range(size, smallest - 1, -1):
            font = font_of(attempt, face)
            if len(own) <= MAX_LINES and all(font.getlength(line) <= width for line in own):
                return own, font
            lines = list(wrapped(text, font, width))
            if len(lines) <= MAX_LINES:
                return list(wrapped(text, font, balanced(text, font, width, len(lines)))), font
        tallest = int(self._canvas.height * (1 - self._area.below) / (smallest * LEADING))
        return list(wrapped(text, font_of(smallest, face), width))[:tallest], font_of(smallest, face)

    def _paint(self, lines: list[str], font: "ImageFont.FreeTypeFont", lit: Sequence[tuple[int, int, int]]) -> Overlay:
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
        amber = np.zeros_like(face)
        for number, first, end in lit:
            across = slice(*(round(edge) for edge in _edges(lines[number], font, width, first, end)))
            middle = height / 2 + leading * (number - (len(lines) - 1) / 2)
            down = slice(max(round(middle - leading / 2), 0), round(middle + leading / 2))
            amber[down, across] = face[down, across]
        return Overlay(left, top, opacity, face - amber, amber)


def _places(text: str, lines: Sequence[str], first: int, end: int) -> list[tuple[int, int, int]]:
    """Where characters `first` … `end`−1 of `text` stand in its lines: line, and from where to where in it."""
    places: list[tuple[int, int, int]] = []
    at = 0
    for number, line in enumerate(lines):
        at = text.index(line, at)
        if max(first, at) < min(end, at + len(line)):
            places.append((number, max(first - at, 0), min(end - at, len(line))))
        at += len(line)
    return places


def _edges(line: str, font: "ImageFont.FreeTypeFont", width: int, first: int, end: int) -> tuple[float, float]:
    """From where to where, in pixels, characters `first` … `end`−1 of a line reach that is centred in `width`."""
    left = (width - font.getlength(line)) / 2
    return left + font.getlength(line[:first]), left + font.getlength(line[:end])


def _even(number: int) -> int:
    return (number + 1) // 2 * 2


def _fixed_point(values: Shares) -> NDArray[np.uint16]:
    """Values as 8.8 fixed point."""
    return np.rint(values * 256).astype(np.uint16)
