"""One light for every drawn thing: form shading and rim light from a shape's outline, tint, haze, ink line."""

import math
from dataclasses import dataclass

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Color, rgb
from storyreel.engines.backends.builtin.illustrator.layers import lay_over, tinted
from storyreel.engines.backends.builtin.illustrator.noise import paper
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    alpha_of,
    blur,
    dilate,
    gaussian,
    pad,
    resize,
    shifted,
    sobel,
    to_bytes,
)

_NORMALS_HEIGHT = 160
"""Height in pixels of the copy that normals are computed on: at full size they show the blur's blocks."""
_BURNS = 1.08
"""Nothing is made brighter than nearly this."""


@dataclass(frozen=True, slots=True)
class Light:
    """`toward` points to the key light (y down); `bounce` is what the ground throws back; lengths are pixels."""

    ambient: Color
    key: Color
    toward: tuple[float, float]
    shade: float
    rim: float
    bounce: Color
    haze_color: Color
    haze: float
    outline: float
    ink: Color
    texture: float


def relight(picture: Pixels, light: Light, size: float) -> Bytes:
    """The picture of a thing about `size` pixels tall, lit. The same size lights a figure alike in every pose."""
    height, width = picture.shape[:2]
    alpha = picture[..., 3]
    color = picture[..., :3] / np.maximum(alpha[..., None], 1e-4) * light.ambient
    length = math.hypot(*light.toward)
    lx, ly = light.toward[0] / length, light.toward[1] / length
    form = _form(alpha, size, lx, ly)
    color *= (1 + light.shade * 0.85 * form)[..., None]
    room = np.clip(_BURNS - color, 0, 1)  # what is bright already, as fair skin is, takes less light
    color += (np.maximum(form, 0) * light.shade * 0.30)[..., None] * light.key * (0.3 + 0.7 * color) * room
    reach = max(1.0, size * 0.013)
    rim = blur(np.clip(alpha - shifted(alpha, -lx * reach, -ly * reach), 0, 1), reach * 0.45)
    color += (rim * light.rim)[..., None] * light.key * room
    low = 0.35 * np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** 2
    color = color * (1 - low) + light.bounce * color * 0.9 * low
    color = color * (1 - light.haze) + light.haze_color * light.haze
    if light.texture:
        color *= 1 + light.texture * paper(width, height, 1)[..., None]
    lit = np.empty_like(picture)
    lit[..., :3] = np.clip(color, 0, 1) * alpha[..., None]
    lit[..., 3] = alpha
    return _inked(to_bytes(lit), light) if light.outline > 0 else to_bytes(lit)


def _form(alpha: Pixels, size: float, lx: float, ly: float) -> Pixels:
    """How much each point faces the light, -1 … 1, as if the shape were blown up like a cushion."""
    height, width = alpha.shape
    shrink = max(1, int(size / _NORMALS_HEIGHT))
    border = int(size * 0.16)
    wide = pad(alpha, border)
    small = resize(wide, max(8, wide.shape[1] // shrink), max(8, wide.shape[0] // shrink), area=True)
    unit = size / shrink
    form = np.zeros_like(small)
    for sigma, weight in ((0.085, 0.75), (0.03, 0.45)):  # the body's roundness, then the edge's
        slope_x, slope_y = sobel(gaussian(small, max(unit * sigma, 0.3), max(unit * sigma, 0.3)))
        form -= (slope_x * lx + slope_y * ly) * unit * sigma * weight * 0.42
    form = np.tanh(gaussian(form, max(0.8, unit * 0.008), max(0.8, unit * 0.008)) * 1.3)
    full = resize(form.astype(np.float32), wide.shape[1], wide.shape[0], cubic=True)
    return full[border : border + height, border : border + width]


def _inked(lit: Bytes, light: Light) -> Bytes:
    inked = tinted(blur(dilate(alpha_of(lit), max(1, light.outline)), 0.7), rgb(light.ink))
    lay_over(inked, lit)
    return inked
