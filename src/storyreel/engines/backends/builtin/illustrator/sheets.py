"""What happens to a rasterised sheet before it becomes a layer: relief, mottled paint, an edge that catches light."""

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Color
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    add,
    alpha_of,
    blur,
    lesser,
    look_up,
    multiply,
    repeated,
    shifted,
    stacked,
    subtract,
    to_bytes,
)

_GAIN_OF_ONE = 128
"""A gain of 1 as a byte, so that nearly 2 can be said."""
_HIGHLIGHT = 0.16
"""How much of the key light the slopes that face it reflect."""


def painted(picture: Bytes, gain: Pixels) -> Bytes:
    """The premultiplied picture, each pixel's colour times a gain (0 … 2, height x width)."""
    gains = to_bytes(gain * (_GAIN_OF_ONE / 255))
    same = np.full_like(gains, _GAIN_OF_ONE)
    lit = multiply(picture, stacked([gains, gains, gains, same]), 1 / _GAIN_OF_ONE)
    return lesser(lit, repeated(alpha_of(picture), 4), lit)


def shining(picture: Bytes, light: Bytes, color: Color) -> Bytes:
    """The premultiplied picture with light of a colour added where a mask (height x width) says."""
    steps = np.arange(256, dtype=np.float32)[:, None] * np.append(np.clip(color, 0, 1), 0)
    opaque = repeated(alpha_of(picture), 4)
    shine = multiply(look_up(repeated(light, 4), (steps + 0.5).astype(np.uint8)), opaque, 1 / 255)
    return lesser(add(picture, shine, shine), opaque, shine)


def in_relief(picture: Bytes, shade: Pixels, key: Color) -> Bytes:
    """The premultiplied picture on ground that faces the light (`shade` above 1) or turns away from it."""
    return shining(painted(picture, shade), to_bytes(shade - 1), key * _HIGHLIGHT)


def edged(picture: Bytes, reach: float, color: Color) -> Bytes:
    """The premultiplied picture with light of a colour on its upper left edges; `reach` in pixels."""
    alpha = alpha_of(picture)
    edge = subtract(alpha, shifted(alpha, 0.5 * reach, 0.85 * reach))
    return shining(picture, blur(edge, reach * 0.4), color)
