"""Smoke: soft puffs that rise one after the other, leaning with the wind."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import mix
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, tinted
from storyreel.engines.backends.builtin.illustrator.pixels import blur, dot
from storyreel.engines.backends.builtin.illustrator.scene import Scene

_PUFFS = 6
_THICK = 0.62
"""How much of what is behind the thickest puff it hides."""
LEANS = 0.32
"""How far to the right the smoke goes by each unit that it rises."""


def fading(phase: float) -> float:
    """How thick a puff is on its way, 0 … 1: it comes out of the chimney quickly and is lost slowly."""
    return math.sin(math.pi * phase**0.6)


def smoke(scene: Scene, x: float, y: float, height: float, depth: float) -> None:
    """A column of smoke from (x, y), `height` units tall."""
    color = mix(mix("#c4c2c6", scene.palette.haze, 0.35) * scene.palette.figures, scene.palette.haze, 0.2)
    for k in range(_PUFFS):
        phase = (k + 0.5) / _PUFFS
        radius = height * (0.085 + 0.05 * (k * 5 % _PUFFS) / _PUFFS) * scene.px
        border = int(radius * 2.2) + 2
        mask = np.zeros((2 * border, 2 * border), np.uint8)
        dot(mask, border, border, radius, 255 * _THICK * fading(phase))
        dot(mask, border + radius * 0.7, border - radius * 0.4, radius * 0.7, 255 * _THICK * fading(phase))
        at = (x + LEANS * height * phase) * scene.px - border, (y - height * phase) * scene.px - border
        motion = Motion(rise=height, phase=phase)
        picture = tinted(blur(mask, radius * 0.42), color)
        scene.layers.append(Layer(f"smoke {k}", picture, depth, Role.WEATHER, motion=motion, at=at))
