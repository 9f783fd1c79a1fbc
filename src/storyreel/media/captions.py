"""Captions drawn into the picture: plain text in a real font, wrapped, shrunk to fit, blended on the planes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.media.frames import BLACK, GREY, WHITE, Planes
from storyreel.media.subtitles import is_wide, may_break, plain

if TYPE_CHECKING:
    from PIL import Image, ImageFont

Shares = NDArray[np.floating[Any]]
"""Height × width, 0 … 1."""

_DRAWING = 1
"""Raise whenever the same text would be drawn differently."""
_KOREAN, _SIMPLIFIED_CHINESE = 1, 2
"""Places of the faces in the font collection. They share their Latin letters, but only the Korean one has quotation
marks and dots as narrow as Latin scripts want them."""

_SIZE = 0.054
"""Height of the type, as a share of the canvas' shorter side: about 39 pixels at 720p."""
_SMALLEST = 0.6
"""How far type may shrink so that a caption keeps to its lines."""
_LEADING = 1.28
_WEIGHT = 0.022
"""Strokes are thickened by this share of the size: the font comes in its regular weight only."""
_OUTLINE = 0.085
_SHADOW = 0.11
_SHADOW_STRENGTH = 0.55
_UNKNOWN = "\U0010ffff"


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
        face = _SIMPLIFIED_CHINESE if any(map(is_wide, text)) else _KOREAN
        smallest = max(round(size * _SMALLEST), 8)
        for attempt in range(size, smallest - 1, -1):
            font = _font(attempt, face)
            lines = list(wrapped(text, font, width))
            if len(lines) <= self._area.lines:
                return list(wrapped(text, font, _balanced(text, font, width, len(lines)))), font
        tallest = int(self._canvas.height * (1 - self._area.below) / (smallest * _LEADING))
        return list(wrapped(text, _font(smallest, face), width))[:tallest], _font(smallest, face)

    def _paint(self, lines: list[str], font: "ImageFont.FreeTypeFont") -> Overlay:
        from PIL import ImageFilter

        size = font.size
        weight, outline, blur = size * _WEIGHT, max(size * _OUTLINE, 1.0), size * _SHADOW
        margin = int(outline + weight + 3 * blur) + 2
        leading = round(size * _LEADING)
        width = min(_even(max(round(font.getlength(line)) for line in lines) + 2 * margin), self._canvas.width)
        height = min(_even(leading * len(lines) + 2 * margin), self._canvas.height)
        edge = _text(lines, font, leading, (width, height), outline + weight)
        face = np.asarray(_text(lines, font, leading, (width, height), weight), np.float32) / 255
        dark = np.asarray(edge, np.float32) / 255
        shadow = np.asarray(edge.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255 * _SHADOW_STRENGTH
        opacity = 1 - (1 - shadow) * (1 - dark) * (1 - face)
        left = (self._canvas.width - width) // 4 * 2
        bottom = round(self._canvas.height * (1 - self._area.below)) + margin
        top = max(min(bottom, self._canvas.height) - height, 0) // 2 * 2
        return Overlay(left, top, opacity, face)


def drawable(text: str) -> str:
    """What the font can show of a text, as one line; between wide characters a line break leaves no space."""
    lines = [plain("".join(ch for ch in line if _has_glyph(ch))) for line in text.splitlines()]
    joined = ""
    for line in filter(None, lines):
        space = " " if joined and not (is_wide(joined[-1]) or is_wide(line[0])) else ""
        joined += space + line
    return joined


def wrapped(text: str, font: "ImageFont.FreeTypeFont", width: float) -> Iterator[str]:
    """Lines no wider than `width` pixels, broken where the script allows, else anywhere."""
    edges = list(accumulate((_advance(font, ch) for ch in text), initial=0.0))
    start = 0
    while start < len(text):
        stop = max(bisect_right(edges, edges[start] + width) - 1, start + 1)
        if stop < len(text):
            stop += text[stop] == " "  # a space at the end of a line takes no room
            stop = next((at for at in range(stop, start, -1) if at == len(text) or may_break(text, at)), stop)
        yield text[start:stop].strip()
        start = stop


def _balanced(text: str, font: "ImageFont.FreeTypeFont", width: int, lines: int) -> int:
    """The narrowest width that needs no more lines: so that they are about equally long."""
    return bisect_left(range(width), True, lo=1, key=lambda narrow: len(list(wrapped(text, font, narrow))) <= lines)


@lru_cache(maxsize=16384)
def _advance(font: "ImageFont.FreeTypeFont", ch: str) -> float:
    return font.getlength(ch)


def _text(
    lines: list[str], font: "ImageFont.FreeTypeFont", leading: int, size: tuple[int, int], stroke: float
) -> "Image.Image":
    """A mask of centred lines, thickened by `stroke` pixels."""
    from PIL import Image, ImageDraw

    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)
    first = size[1] / 2 - leading * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        at = (size[0] / 2, first + number * leading)
        draw.text(at, line, fill=255, font=font, anchor="mm", stroke_width=stroke)
    return image


@lru_cache(maxsize=64)
def _font(size: int, face: int) -> "ImageFont.FreeTypeFont":
    import noto_cjk_sans_otc  # pyright: ignore[reportMissingTypeStubs] - holds a path and the font, nothing else
    from PIL import ImageFont

    # Basic layout: the other engine is only there where the system has a certain library, and draws otherwise.
    return ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), size, index=face, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _has_glyph(ch: str) -> bool:
    """Whether the font draws more than its box for missing characters."""
    if ch.isspace():
        return True
    return _drawn(ch) != _drawn(_UNKNOWN)


@lru_cache(maxsize=1024)
def _drawn(ch: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (48, 48), 0)
    ImageDraw.Draw(image).text((4, 0), ch, fill=255, font=_font(32, _SIMPLIFIED_CHINESE))
    return image.tobytes()


def _even(number: int) -> int:
    return (number + 1) // 2 * 2


def _fixed_point(values: Shares) -> NDArray[np.uint16]:
    """Values as 8.8 fixed point."""
    return np.rint(values * 256).astype(np.uint16)
