"""From layers to a picture: focus, drop shadows, lamplight, one layer over the other."""

import numpy as np

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.color import darken
from storyreel.engines.backends.builtin.illustrator.layers import (
    Layer,
    Role,
    glow,
    lay_light,
    lay_over,
    overlap,
    tinted,
)
from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, blur, pad, resize, shifted
from storyreel.engines.backends.builtin.illustrator.scene import Scene

_FOCUS = {Framing.WIDE: 0.5, Framing.MEDIUM: 1.5, Framing.CLOSE: 3.6}
_NEAREST_LIT = 1.0
"""What is deeper than this is before the lamps, and stays dark."""


def flatten(scene: Scene) -> Pixels:
    """The scene as an RGB picture of its canvas, before grading."""
    frame = np.zeros((scene.height_px, scene.width_px, 3), np.float32)
    lamps = lamplight(scene)
    for layer in scene.layers:
        picture, at = focused(scene, layer)
        if layer.glows:
            lay_light(frame, picture, at)
            continue
        shadow = drop_shadow(scene, layer)
        if shadow:
            lay_over(frame, *shadow)
        lay_over(frame, lit(picture, at, layer.depth, lamps), at)
    margin = scene.margin_px
    return frame[margin : margin + scene.canvas.height, margin : margin + scene.canvas.width]


def focused(scene: Scene, layer: Layer) -> tuple[Pixels, tuple[float, float]]:
    """A layer as the lens sees it: the background blurs, more so in close shots; and its place."""
    strength = scene.look.focus or (0.35 if scene.spec.framing is Framing.CLOSE else 0)
    sigma = max(0.0, 0.72 - layer.depth) * _FOCUS[scene.spec.framing] * strength * 2 * scene.px
    sharp = layer.role is Role.SHADOW or layer.role is Role.WEATHER
    if layer.role in (Role.SKY, Role.STARS) and scene.spec.framing is Framing.WIDE:
        sharp = True
    if sharp or sigma < 0.5:
        return layer.picture, layer.at
    height, width = layer.picture.shape[:2]
    if width >= scene.width_px and height >= scene.height_px:
        return blur(layer.picture, sigma), layer.at
    border = int(sigma * 2.5) + 1
    return blur(pad(layer.picture, border), sigma), (layer.at[0] - border, layer.at[1] - border)


def drop_shadow(scene: Scene, layer: Layer) -> tuple[Pixels, tuple[float, float]] | None:
    """The soft shadow that a layer throws on what is close behind it, as paper cut-outs do."""
    if not layer.shade or layer.role in (Role.SKY, Role.CLOUD, Role.SHADOW, Role.MIST):
        return None
    border = int(14 * scene.px) + 1
    mask = blur(pad(layer.picture[..., 3], border), 5 * scene.px) * layer.shade
    side = -2.5 if scene.sun[0] > 0.5 else 2.5
    down = -1.5 if layer.role is Role.LAND else 2.5
    mask = shifted(mask, side * scene.px, down * scene.px)
    return tinted(mask, darken(scene.palette.sky[0], 0.25)), (layer.at[0] - border, layer.at[1] - border)


def lamplight(scene: Scene) -> Pixels | None:
    """How strongly the lamps light each pixel of the canvas, RGB; None without lamps."""
    if not scene.lamps:
        return None
    shrink = 4
    height, width = scene.height_px // shrink, scene.width_px // shrink
    light = np.zeros((height, width, 3), np.float32)
    scale = scene.px / shrink
    for lamp in scene.lamps:
        radius = max(1.0, lamp.radius * scale)
        color = lamp.color * lamp.strength * 0.75
        lay_light(light, glow(width, height, (lamp.x * scale, lamp.y * scale), radius, color, 2.2))
    return resize(light, scene.width_px, scene.height_px)


def lit(picture: Pixels, at: tuple[float, float], depth: float, lamps: Pixels | None) -> Pixels:
    """A premultiplied picture under the lamps: brighter, and veiled by their shine."""
    if lamps is None or depth > _NEAREST_LIT:
        return picture
    parts = overlap(lamps, picture, at)
    if parts is None:
        return picture
    bright = picture.copy()
    light, part = lamps[parts[0]], bright[parts[1]]
    shine = 0.38 * light
    color = part[..., :3] * ((1 + 0.95 * light) * (1 - shine)) + shine * part[..., 3:]
    part[..., :3] = np.minimum(color, part[..., 3:])
    return bright
