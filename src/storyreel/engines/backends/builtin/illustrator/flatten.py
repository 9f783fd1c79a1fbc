"""From layers to a picture: focus, drop shadows, lamplight, one layer over the other."""

from dataclasses import dataclass

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
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    add,
    alpha_of,
    blur,
    lesser,
    look_up,
    multiply,
    pad,
    repeated,
    resize,
    shifted,
    subtract,
    to_bytes,
)
from storyreel.engines.backends.builtin.illustrator.scene import Scene

_FOCUS = {Framing.WIDE: 0.5, Framing.MEDIUM: 1.5, Framing.CLOSE: 3.6}
_NEAREST_LIT = 1.0
"""What is deeper than this is before the lamps, and stays dark."""
_SHINE = 0.38
"""How much of a lamp's light veils what it falls on."""
_BRIGHTER = 0.95
"""How much brighter a full light makes what it falls on."""
_GAIN_OF_ONE = 192


def flatten(scene: Scene) -> Bytes:
    """The scene as an RGB picture of its canvas, before grading."""
    frame = np.zeros((scene.height_px, scene.width_px, 3), np.uint8)
    lamps = lamplight(scene)
    for layer in scene.layers:
        if layer.motion.trod:
            continue
        picture, at = focused(scene, layer)
        if layer.glows:
            lay_light(frame, picture, at)
            continue
        shadow = drop_shadow(scene, layer)
        if shadow:
            lay_over(frame, *shadow)
        lay_over(frame, lit(picture, at, layer.depth, lamps), at)
    margin = scene.margin_px
    return np.ascontiguousarray(frame[margin : margin + scene.canvas.height, margin : margin + scene.canvas.width])


def focused(scene: Scene, layer: Layer) -> tuple[Bytes, tuple[float, float]]:
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


def drop_shadow(scene: Scene, layer: Layer) -> tuple[Bytes, tuple[float, float]] | None:
    """The soft shadow that a layer throws on what is close behind it, as paper cut-outs do."""
    if not layer.shade or layer.role in (Role.SKY, Role.CLOUD, Role.SHADOW, Role.MIST):
        return None
    border = int(14 * scene.px) + 1
    mask = blur(pad(alpha_of(layer.picture), border), 5 * scene.px)
    side = -2.5 if scene.sun[0] > 0.5 else 2.5
    down = -1.5 if layer.role is Role.LAND else 2.5
    mask = shifted(mask, side * scene.px, down * scene.px)
    faint = (np.arange(256) * layer.shade + 0.5).astype(np.uint8)
    shadow = tinted(look_up(mask, faint), darken(scene.palette.sky[0], 0.25))
    return shadow, (layer.at[0] - border, layer.at[1] - border)


@dataclass(frozen=True, slots=True)
class Lamplight:
    """What the lamps do to each pixel of the canvas, RGBA: a gain of the colour, and a veil of shine before it."""

    gain: Bytes
    veil: Bytes


def lamplight(scene: Scene) -> Lamplight | None:
    """The light of all lamps; None without lamps."""
    if not scene.lamps:
        return None
    shrink = 4
    height, width = scene.height_px // shrink, scene.width_px // shrink
    light = np.zeros((height, width, 3), np.uint8)
    scale = scene.px / shrink
    for lamp in scene.lamps:
        radius = max(1.0, lamp.radius * scale)
        color = lamp.color * lamp.strength * 0.75
        lay_light(light, to_bytes(glow(width, height, (lamp.x * scale, lamp.y * scale), radius, color, 2.2)))
    whole = np.zeros((scene.height_px, scene.width_px, 4), np.uint8)
    whole[..., :3] = resize(light, scene.width_px, scene.height_px)
    strength = np.linspace(0, 1, 256, dtype=np.float32)
    gain = (1 + _BRIGHTER * strength) * (1 - _SHINE * strength) * _GAIN_OF_ONE
    veil = strength * _SHINE * 255
    gains, veils = ((table + 0.5).astype(np.uint8) for table in (gain, veil))
    return Lamplight(look_up(whole, gains), look_up(whole, veils))


def lit(picture: Bytes, at: tuple[float, float], depth: float, lamps: Lamplight | None) -> Bytes:
    """A premultiplied picture under the lamps: brighter, and veiled by their shine."""
    if lamps is None or depth > _NEAREST_LIT:
        return picture
    parts = overlap(lamps.gain, picture, at)
    if parts is None:
        return picture
    bright = picture.copy()
    part = bright[parts[1]]
    opaque = repeated(alpha_of(part), 4)
    multiply(part, lamps.gain[parts[0]], 1 / _GAIN_OF_ONE, part)
    lesser(part, opaque, part)
    room = subtract(opaque, part)  # what is bright already takes less of the shine
    add(part, multiply(lamps.veil[parts[0]], room, 1 / 255), part)
    return bright
