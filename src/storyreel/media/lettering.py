"""Lettering: plain text in a real font, of which lines are made that fit; for captions and cards."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from storyreel.media.phrasing import is_wide, may_break
from storyreel.media.subtitles import plain

if TYPE_CHECKING:
    from PIL import Image, ImageFont

LEADING = 1.28
"""From one line to the next, in sizes of the type."""
_KOREAN, _SIMPLIFIED_CHINESE = 1, 2
"""Places of the faces in the font collection. They share their Latin letters, but only the Korean one has quotation
marks and dots as narrow as Latin scripts want them."""
_UNKNOWN = "\U0010ffff"


def drawable(text: str) -> str:
    """What the font can show of a text, as one line; between wide characters a line break leaves no space."""
    lines = [plain("".join(ch for ch in line if _has_glyph(ch))) for line in text.splitlines()]
    joined = ""
    for line in filter(None, lines):
        space = " " if joined and not (is_wide(joined[-1]) or is_wide(line[0])) else ""
        joined += space + line
    return joined


def face_for(text: str) -> int:
    """The face of the font collection that suits the script of a text."""
    return _SIMPLIFIED_CHINESE if any(map(is_wide, text)) else _KOREAN


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


def balanced(text: str, font: "ImageFont.FreeTypeFont", width: int, lines: int) -> int:
    """The narrowest width that needs no more lines: so that they are about equally long."""
    return bisect_left(range(width), True, lo=1, key=lambda narrow: len(list(wrapped(text, font, narrow))) <= lines)


def lettered(
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
def font_of(size: int, face: int) -> "ImageFont.FreeTypeFont":
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
    ImageDraw.Draw(image).text((4, 0), ch, fill=255, font=font_of(32, _SIMPLIFIED_CHINESE))
    return image.tobytes()


@lru_cache(maxsize=16384)
def _advance(font: "ImageFont.FreeTypeFont", ch: str) -> float:
    return font.getlength(ch)
