"""Puts drawn figures and things into a scene: lit as the scene is, casting shadows."""

from dataclasses import dataclass

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import STILL, Layer, Motion, Role, cropped, tinted
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    affine,
    blur,
    oval,
    pad,
    to_pixels,
    warp,
)
from storyreel.engines.backends.builtin.illustrator.relight import Light, relight
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and how large: the drawing's origin goes to (x, y), one of its units is `scale` scene units.

    `size` is the figure's height in scene units, by which it is lit; `turn` is degrees clockwise. What is `shining`
    keeps its own colours, however dark or hazy the scene; what is `soft`, as water is, has no edge to draw a line at.
    """

    x: float
    y: float
    scale: float
    size: float
    depth: float
    mirrored: bool = False
    turn: float = 0
    shining: bool = False
    soft: bool = False


def picture_at(scene: Scene, drawing: Drawing, spot: Spot) -> tuple[Bytes, tuple[float, float]]:
    """The drawing in pixels, lit for its spot, and where its top left lies on the canvas."""
    picture, at = _flat(scene, drawing, spot)
    return relight(picture, _light(scene, spot), max(8.0, spot.size * scene.px)), at


def _flat(scene: Scene, drawing: Drawing, spot: Spot) -> tuple[Pixels, tuple[float, float]]:
    drawing = drawing.turned(spot.turn, spot.mirrored)
    x, y, width, height = drawing.box
    unit = spot.scale * scene.px
    picture, shown = drawing.shown(max(2, round(width * unit)), max(2, round(height * unit)))
    picture, at = cropped(picture, (spot.x * scene.px + x * unit + shown[0], spot.y * scene.px + y * unit + shown[1]))
    border = int(6 * scene.px) + 3
    return pad(to_pixels(picture), border), (at[0] - border, at[1] - border)


def _toward_light(scene: Scene, x: float) -> tuple[tuple[float, float], Color]:
    """The direction of the key light at x, and its colour."""
    if scene.key_lamp:
        return (0.9 if scene.key_lamp[0] > x else -0.9, -0.35), mix("#ffb868", scene.palette.key, 0.1)
    side = (scene.x(scene.sun[0]) - x) / scene.picture_width * 1.6 + (0.25 if scene.sun[0] > 0.5 else -0.25)
    return (side, -0.75), scene.palette.key


def _light(scene: Scene, spot: Spot) -> Light:
    toward, key = _toward_light(scene, spot.x)
    look, palette = scene.look, scene.palette
    backlit = palette.dark or palette.hour in ("dusk", "space")
    large = spot.size > 260
    return Light(
        ambient=np.ones(3, np.float32) if spot.shining else palette.figures,
        key=key,
        toward=toward,
        shade=look.shade,
        rim=look.rim * (1.0 if backlit else 0.55),
        bounce=mix(scene.ground_color, "#ffffff", 0.25),
        haze_color=palette.haze,
        haze=0 if spot.shining else (1 - min(1.0, spot.depth)) * 0.43 * look.haze,
        outline=0 if spot.shining or spot.soft else look.outline * scene.px * (1.35 if large else 1),
        ink=mix("#1a1030", palette.sky[0], 0.35),
        texture=0.010 + 0.07 * look.texture,
    )


def place(
    scene: Scene,
    name: str,
    drawing: Drawing,
    spot: Spot,
    role: Role = Role.THING,
    *,
    shadow: bool = True,
    motion: Motion = STILL,
    drop: bool = True,
) -> None:
    """Lay a drawing down as a layer, its shadow on the ground beneath it."""
    flat, at = _flat(scene, drawing, spot)
    if shadow:
        _cast_shadow(scene, name, flat, at, spot, motion)
    lit = relight(flat, _light(scene, spot), max(8.0, spot.size * scene.px))
    shade = scene.look.drop if drop else 0
    scene.layers.append(Layer(name, lit, spot.depth, role, shade=shade, motion=motion, at=at))


def _cast_shadow(scene: Scene, name: str, flat: Pixels, at: tuple[float, float], spot: Spot, motion: Motion) -> None:
    """The shadow that falls toward the viewer from a light behind, and a dark patch where the feet touch."""
    toward, _ = _toward_light(scene, spot.x)
    alpha = flat[..., 3]
    height, width = alpha.shape
    foot = (spot.x * scene.px - at[0], spot.y * scene.px - at[1])
    squash, lean = 0.20, toward[0] * 0.55
    long, border = int(height * squash) + 8, int(height * 0.5)
    matrix = affine(1, lean, border - lean * foot[1], 0, -squash, squash * foot[1] + 2)
    fallen = warp(alpha, matrix, width + 2 * border, long)
    soft = max(1.0, height * 0.012)
    patch = np.zeros((long + 20, width + 2 * border), np.float32)
    patch[4 : 4 + long] = blur(fallen, soft)
    overcast = scene.spec.weather in ("cloudy", "rain", "snow", "fog", "storm")
    patch *= np.linspace(1, 0.15, long + 20, dtype=np.float32)[:, None] * (0.22 if overcast else 0.42)
    color = darken(scene.palette.sky[0], 0.28)
    left = at[0] - border
    contact, top = _contact(alpha, foot, border, soft, spot.y * scene.px)
    upper = min(top, spot.y * scene.px - 4)
    both = np.zeros((long + 24 + contact.shape[0], width + 2 * border), np.float32)
    for mask, row in ((patch, spot.y * scene.px - 4), (contact, top)):
        part = both[round(row - upper) : round(row - upper) + mask.shape[0]]
        np.maximum(part, mask[: part.shape[0]], out=part)
    motion, at = Motion(actor=motion.actor), (left, upper)
    shadow = Layer(f"{name} shadow", tinted(both, color), spot.depth - 0.001, Role.SHADOW, motion=motion, at=at)
    scene.layers.append(shadow)


def _contact(alpha: Pixels, foot: tuple[float, float], border: int, soft: float, ground: float) -> tuple[Pixels, float]:
    """A dark oval as wide as what stands there, and the row of its top."""
    height, width = alpha.shape
    low = np.flatnonzero(alpha[max(0, int(foot[1] - height * 0.08)) :].max(axis=0, initial=0) > 0.3)
    left, right = (float(low[0]), float(low[-1])) if len(low) else (foot[0] - width * 0.1, foot[0] + width * 0.1)
    tall = int(height * 0.10) + 4
    mask = np.zeros((tall, width + 2 * border), np.float32)
    oval(mask, border + (left + right) / 2, tall // 2, (right - left) / 2 * 0.95 + 2, max(2, height * 0.014))
    return blur(mask, soft) * 0.6, ground - tall / 2
