"""Layers: pictures with a place and a depth, and the ways to lay one over another."""

from dataclasses import dataclass
from enum import Enum
from typing import cast

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Paint, rgb
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    add,
    alpha_of,
    bounds,
    inverted,
    look_up,
    multiply,
    repeated,
    resize,
    to_bytes,
    without_alpha,
)

_GLOW_STEPS = 64
"""Steps from a glow's centre to its rim that are worked out; what lies between two is a straight line."""


class Role(Enum):
    """What a layer is, which decides how it is focused, how it casts a shadow, and how it moves."""

    SKY = "sky"
    CLOUD = "cloud"
    STARS = "stars"
    LAND = "land"
    SHADOW = "shadow"
    ACTOR = "actor"
    THING = "thing"
    MIST = "mist"
    LIGHT = "light"
    WEATHER = "weather"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Motion:
    """How a layer moves of its own accord; zero is not at all. Lengths are scene units (720 to the shorter side).

    `sway`: swings to and fro. `drift`: units a second to the right. `fall`: units a second (x, y), for precipitation.
    `twinkle`: phase of a star group, plus one. `actor`: number of the actor it shows, or whose shadow it is.
    `hand`: it is in that actor's front hand, and goes with it. `gesture`: it is that actor's arm, and moves about the
    shoulder when the actor speaks. `flicker`: burns, brighter and darker.
    `passes`: units a second to the left, for ever, as land does in a train's windows; its mirror image comes after it.
    `bob`: rises and sinks. `hover`: also turns a little, as things do on water or without weight.
    `glide`: units travelled in the whole clip. `rise`: units that it rises again and again, as smoke does, and fades;
    `phase`: how far on its way it is in the still, 0 … 1.
    `trod`: it is seen once the actor of a number has gone so many units, and not in the still.
    """

    sway: float = 0
    drift: float = 0
    fall: tuple[float, float] = (0, 0)
    twinkle: int = 0
    actor: int | None = None
    hand: bool = False
    gesture: bool = False
    flicker: float = 0
    passes: float = 0
    bob: float = 0
    hover: float = 0
    glide: float = 0
    rise: float = 0
    phase: float = 0
    trod: tuple[int, float] | None = None


STILL = Motion()


class Layer:
    """A picture, RGB or premultiplied RGBA, kept in bytes and no larger than what shows of it.

    `at` is the pixel on the overscanned canvas where the picture's top left lies; depth 0 is far, 1 near.
    `glows`: the picture is light, laid on as a screen. `shade` is how dark a shadow it drops on what is behind it.
    """

    __slots__ = ("at", "depth", "glows", "motion", "name", "picture", "role", "shade")

    def __init__(
        self,
        name: str,
        picture: Pixels | Bytes,
        depth: float,
        role: Role = Role.LAND,
        *,
        glows: bool = False,
        shade: float = 0,
        motion: Motion = STILL,
        at: tuple[float, float] = (0, 0),
    ) -> None:
        self.name, self.depth, self.role = name, depth, role
        self.glows, self.shade, self.motion = glows, shade, motion
        self.picture, self.at = cropped(in_bytes(picture), at)


def in_bytes(picture: Pixels | Bytes) -> Bytes:
    return cast(Bytes, picture) if picture.dtype == np.uint8 else to_bytes(cast(Pixels, picture))


def cropped(picture: Bytes, at: tuple[float, float] = (0, 0)) -> tuple[Bytes, tuple[float, float]]:
    """The part of a picture that shows anything, and where its top left went. Saves most of the memory."""
    left, top, width, height = bounds(picture)
    if (height, width) == picture.shape[:2]:
        return picture, at
    part = picture[top : top + max(1, height), left : left + max(1, width)]
    return np.ascontiguousarray(part), (at[0] + left, at[1] + top)


def overlap(
    under: Bytes, picture: Bytes, at: tuple[float, float]
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Where a picture laid at a place covers what is under it: the window below, and the picture's own."""
    x, y = round(at[0]), round(at[1])
    left, top = max(0, x), max(0, y)
    right, bottom = min(under.shape[1], x + picture.shape[1]), min(under.shape[0], y + picture.shape[0])
    if left >= right or top >= bottom:
        return None
    return (slice(top, bottom), slice(left, right)), (slice(top - y, bottom - y), slice(left - x, right - x))


def lay_over(under: Bytes, picture: Bytes, at: tuple[float, float] = (0, 0)) -> None:
    """Lays a premultiplied RGBA picture on an RGB or RGBA one, in place."""
    parts = overlap(under, picture, at)
    if parts is None:
        return
    below, above = under[parts[0]], picture[parts[1]]
    channels = below.shape[2]
    multiply(below, repeated(inverted(alpha_of(above)), channels), 1 / 255, below)
    add(below, above if channels == 4 else without_alpha(above), below)


def lay_light(under: Bytes, light: Bytes, at: tuple[float, float] = (0, 0)) -> None:
    """Screens an RGB picture's colours on another's, in place: light adds, and never burns out."""
    parts = overlap(under, light, at)
    if parts is None:
        return
    below, above = under[parts[0]], light[parts[1]]
    multiply(below, inverted(above), 1 / 255, below)
    add(below, above, below)


def tinted(mask: Pixels | Bytes, paint: Paint) -> Bytes:
    """A mask as a premultiplied RGBA picture of one colour."""
    steps = np.arange(256, dtype=np.float32)[:, None] * np.append(np.clip(rgb(paint), 0, 1), 1)
    return look_up(repeated(in_bytes(mask), 4), (steps + 0.5).astype(np.uint8))


def glow(
    width: int,
    height: int,
    center: tuple[float, float],
    radius: float,
    paint: Paint,
    falloff: float = 2.0,
    radius_y: float | None = None,
) -> Pixels:
    """A soft round light, RGB: full in the centre, nothing at the radius. All in pixels."""
    light = np.zeros((height, width, 3), np.float32)
    tall = radius_y or radius
    left, top = max(0, int(center[0] - radius)), max(0, int(center[1] - tall))
    right, bottom = min(width, int(center[0] + radius) + 2), min(height, int(center[1] + tall) + 2)
    if left >= right or top >= bottom:
        return light
    coarse = max(1, int(min(radius, tall) / _GLOW_STEPS))
    middle = (coarse - 1) / 2  # of the pixels that one step stands for
    across = ((np.arange(left, right, coarse, dtype=np.float32) + middle - center[0]) / radius) ** 2
    down = ((np.arange(top, bottom, coarse, dtype=np.float32) + middle - center[1]) / tall) ** 2
    strength = np.clip(1 - np.sqrt(across[None] + down[:, None]), 0, 1) ** falloff
    colored = (strength[..., None] * rgb(paint)).astype(np.float32, copy=False)
    if coarse > 1:
        colored = resize(colored, len(across) * coarse, len(down) * coarse)
    light[top:bottom, left:right] = colored[: bottom - top, : right - left]
    return light
