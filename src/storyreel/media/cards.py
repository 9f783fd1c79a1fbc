"""Title and end cards: a picture of the film, put out of focus, with lettering in the film's style."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.errors import MediaError
from storyreel.media.frames import Picture, cover
from storyreel.media.lettering import LEADING, balanced, drawable, face_for, font_of, lettered, wrapped
from storyreel.media.motion import read_still
from storyreel.media.phrasing import is_wide
from storyreel.offload import Report

if TYPE_CHECKING:
    from PIL import ImageFont

Light = NDArray[np.floating[Any]]
"""Height × width (× 3)."""

_DRAWING = 1
"""Raise whenever the same card would be drawn differently."""
_WIDTH, _LINES = 0.74, 3
"""Where lettering may stand: this share of the canvas' width, at most so many lines."""
_SIZE, _SMALLEST = 0.13, 0.045
"""Height of the type, as a share of the canvas' shorter side: this, or as little as a long title needs."""
_WEIGHT = 0.024
_RULE = 0.16
"""Half the width of the rule under the lettering, as a share of the canvas' shorter side."""


@dataclass(frozen=True, slots=True)
class CardStyle:
    """How a card looks.

    Attributes:
        blur: of the picture behind it, as a share of the canvas' longer side.
        ground, cover: what colour lies over the picture, 0 … 255, and how much it hides at the middle and the edges.
        ink: the colour of the lettering.
        shade: how dark the lettering's shadow is, 0 … 1.
    """

    blur: float
    ground: tuple[int, int, int]
    cover: tuple[float, float]
    ink: tuple[int, int, int]
    shade: float


_STYLES = {
    Style.CINEMATIC: CardStyle(0.010, (8, 10, 16), (0.46, 0.86), (246, 238, 222), 0.7),
    Style.ANIME: CardStyle(0.008, (36, 62, 118), (0.20, 0.50), (255, 255, 255), 0.8),
    Style.REALISTIC: CardStyle(0.012, (246, 240, 228), (0.80, 0.52), (58, 44, 34), 0.0),
}


@dataclass(frozen=True, slots=True)
class Card:
    """`text` in the film's style, over what lies behind it: the file `picture`."""

    picture: Path
    text: str
    style: Style
    canvas: Canvas


@cache
def card_identity() -> dict[str, object]:
    """Everything besides the card that changes how it is drawn, as JSON."""
    return {"drawing": _DRAWING, "font": version("noto-cjk-sans-otc"), "pillow": version("pillow")}


def draw_card(report: Report, card: Card, out: Path) -> None:
    """Draw a card and write it as PNG.

    Raises:
        MediaError: the picture cannot be read, or the card cannot be written (code `encode_failed`).
    """
    from PIL import Image

    style = _STYLES[card.style]
    ground = _background(cover(read_still(card.picture), card.canvas), style)
    ink = _lettering(card)
    ground *= 1 - style.shade * _shadow(ink, card.canvas)[..., None]
    ground += ink[..., None] * (np.asarray(style.ink, np.float32) - ground)
    try:
        Image.fromarray(np.rint(ground).astype(np.uint8)).save(out, "PNG", compress_level=1)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"The card cannot be written: {error.strerror}.", code="encode_failed") from error
    report(1.0)


def _background(picture: Picture, style: CardStyle) -> Light:
    import cv2

    height, width = picture.shape[:2]
    blurred = cv2.GaussianBlur(picture, (0, 0), style.blur * max(width, height)).astype(np.float32)
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    away = np.clip((x * x + y * y) / 2, 0, 1).astype(np.float32)[..., None]
    middle, edges = style.cover
    hidden = middle + (edges - middle) * away
    return blurred + hidden * (np.asarray(style.ground, np.float32) - blurred)


def _lettering(card: Card) -> Light:
    """A mask of the canvas' size: the lines of the text in the middle, a rule under them."""
    from PIL import ImageDraw

    text = drawable(card.text)
    size = card.canvas.width, card.canvas.height
    lines, font = _fitted(text, card.canvas)
    leading = round(font.size * LEADING)
    mask = lettered(lines, font, leading, size, font.size * _WEIGHT)
    half, thick = _RULE * min(size), max(1, round(min(size) / 400))
    below = size[1] / 2 + leading * (len(lines) / 2 + 0.22)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((size[0] / 2 - half, below, size[0] / 2 + half, below + thick - 1), fill=150)
    return np.asarray(mask, np.float32) / 255


def _fitted(text: str, canvas: Canvas) -> "tuple[list[str], ImageFont.FreeTypeFont]":
    """Lines and the font in which they fit: as large as can be."""
    shorter, width = min(canvas.width, canvas.height), round(canvas.width * _WIDTH)
    face = face_for(text)
    words = [word for word in text.split() if not any(map(is_wide, word))]
    for size in range(round(_SIZE * shorter), round(_SMALLEST * shorter), -1):
        font = font_of(size, face)
        lines = list(wrapped(text, font, width))
        if len(lines) <= _LINES and max(map(font.getlength, words), default=0) <= width:
            return list(wrapped(text, font, balanced(text, font, width, len(lines)))), font
    font = font_of(max(round(_SMALLEST * shorter), 8), face)
    return list(wrapped(text, font, width))[: 2 * _LINES], font


def _shadow(ink: Light, canvas: Canvas) -> Light:
    import cv2

    reach = min(canvas.width, canvas.height) / 60
    return np.clip(cv2.GaussianBlur(ink, (0, 0), reach) * 2.2, 0, 1)
