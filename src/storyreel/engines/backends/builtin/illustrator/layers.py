"""Layers: pictures with a place and a depth, and the ways to lay one over another."""

import functools
from dataclasses import dataclass
from enum import Enum

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Paint, rgb
from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, stacked


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
    `bob`: rises and sinks. `hover`: also turns a little, as things do on water or without weight.
    `glide`: units travelled in the whole clip.
    """

    sway: float = 0
    drift: float = 0
    fall: tuple[float, float] = (0, 0)
    twinkle: int = 0
    actor: int | None = None
    bob: float = 0
    hover: float = 0
    glide: float = 0


STILL = Motion()


@dataclass(slots=True)
class Layer:
    """`at` is the pixel on the overscanned canvas where the picture's top left lies; depth 0 is far, 1 near.

    `glows`: the picture is light, laid on as a screen. `shade` is how dark a shadow it drops on what is behind it.
    """

    name: str
    picture: Pixels
    depth: float
    role: Role = Role.LAND
    glows: bool = False
    shade: float = 0
    motion: Motion = STILL
    at: tuple[float, float] = (0, 0)


def cropped(picture: Pixels, at: tuple[float, float] = (0, 0), pad: int = 2) -> tuple[Pixels, tuple[float, float]]:
    """The part of a picture that shows anything, and where its top left went. Saves most of the memory."""
    seen = functools.reduce(np.maximum, np.moveaxis(picture, 2, 0)) > 0.004
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return np.zeros((1, 1, picture.shape[2]), np.float32), at
    top, bottom = max(0, int(rows[0]) - pad), min(picture.shape[0], int(rows[-1]) + 1 + pad)
    left, right = max(0, int(columns[0]) - pad), min(picture.shape[1], int(columns[-1]) + 1 + pad)
    return np.ascontiguousarray(picture[top:bottom, left:right]), (at[0] + left, at[1] + top)


def overlap(
    under: Pixels, picture: Pixels, at: tuple[float, float]
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Where a picture laid at a place covers what is under it: the window below, and the picture's own."""
    x, y = round(at[0]), round(at[1])
    left, top = max(0, x), max(0, y)
    right, bottom = min(under.shape[1], x + picture.shape[1]), min(under.shape[0], y + picture.shape[0])
    if left >= right or top >= bottom:
        return None
    return (slice(top, bottom), slice(left, right)), (slice(top - y, bottom - y), slice(left - x, right - x))


def lay_over(under: Pixels, picture: Pixels, at: tuple[float, float] = (0, 0)) -> None:
    """Lays a premultiplied RGBA picture on an RGB or RGBA one, in place."""
    parts = overlap(under, picture, at)
    if parts is None:
        return
    below, above = under[parts[0]], picture[parts[1]]
    alpha = above[..., 3:]
    below[..., :3] *= 1 - alpha
    below[..., :3] += above[..., :3]
    if below.shape[2] == 4:
        below[..., 3:] += alpha * (1 - below[..., 3:])


def lay_light(under: Pixels, picture: Pixels, at: tuple[float, float] = (0, 0)) -> None:
    """Screens a picture's colours on another's, in place: light adds, and never burns out."""
    parts = overlap(under, picture, at)
    if parts is None:
        return
    below, light = under[parts[0]][..., :3], np.clip(picture[parts[1]][..., :3], 0, 1)
    below[...] = 1 - (1 - below) * (1 - light)


def tinted(mask: Pixels, paint: Paint) -> Pixels:
    """A mask as a premultiplied RGBA picture of one colour."""
    color = rgb(paint)
    return stacked([mask * color[0], mask * color[1], mask * color[2], mask])


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
    across = ((np.arange(width, dtype=np.float32) - center[0]) / radius) ** 2
    down = ((np.arange(height, dtype=np.float32) - center[1]) / (radius_y or radius)) ** 2
    strength = np.clip(1 - np.sqrt(across[None] + down[:, None]), 0, 1) ** falloff
    return (strength[..., None] * rgb(paint)).astype(np.float32)
