"""Colours: red, green and blue as three float32 numbers 0 … 1, or "#rrggbb" wherever one is written down."""

import numpy as np
from numpy.typing import NDArray

Color = NDArray[np.float32]
Paint = str | Color

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How bright each channel looks (ITU-R BT.601)."""


def rgb(paint: Paint) -> Color:
    """The colour of "#rgb", "#rrggbb", or of three numbers."""
    if not isinstance(paint, str):
        return paint
    digits = paint.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)


def hex_code(paint: Paint) -> str:
    if isinstance(paint, str):
        return paint
    red, green, blue = (round(min(1.0, max(0.0, channel)) * 255) for channel in paint.tolist())
    return f"#{red:02x}{green:02x}{blue:02x}"


def mix(first: Paint, second: Paint, share: float) -> Color:
    """`share` 0 is all of the first, 1 all of the second."""
    return (rgb(first) * (1 - share) + rgb(second) * share).astype(np.float32, copy=False)


def darken(paint: Paint, factor: float) -> Color:
    """Multiply the light; a factor above 1 brightens."""
    return _bounded(rgb(paint) * np.float32(factor))


def saturate(paint: Paint, factor: float) -> Color:
    color = rgb(paint)
    gray = float(color @ LUMA)
    return _bounded(np.float32(gray) + (color - np.float32(gray)) * np.float32(factor))


def _bounded(color: Color) -> Color:
    """Each channel 0 … 1; of three numbers this is a third of the work of np.clip."""
    return np.minimum(np.maximum(color, np.float32(0)), np.float32(1))
