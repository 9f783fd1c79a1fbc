"""A scene being drawn: its measures, palette, light, and the layers so far."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix, rgb, saturate
from storyreel.engines.backends.builtin.illustrator.layers import STILL, Layer, Motion, Role
from storyreel.engines.backends.builtin.illustrator.noise import mottle
from storyreel.engines.backends.builtin.illustrator.palette import Palette, look_of
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, Pixels, blur, look_up, pad, without_alpha
from storyreel.engines.backends.builtin.illustrator.relief import shading
from storyreel.engines.backends.builtin.illustrator.sheets import edged, in_relief, painted
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

MARGIN = 70.0
"""Scene units drawn beyond each edge of the picture, so that the camera can move."""
SHORTER_SIDE = 720.0
_RAISED, _NEAR = 0.9, 0.93
"""How high, as a share of what it usually is, all lies in a tall picture that is no nearer than where figures stand."""
_HAZE, _FOG = 0.72, 1.5
"""How much the air veils what is farthest away."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the staging must know of a setting. `ground` and `horizon` are heights 0 (top) … 1 (foot).

    `floating`: nothing stands on a ground. `water`: people need a boat. `depth`: that of the figures. `offshore`: the
    height and the depth where one swims or rows, of places with water beside their ground.
    """

    ground: float
    horizon: float
    floating: bool = False
    water: bool = False
    depth: float = 0.9
    offshore: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A place that can be drawn. `sun`: where in the picture its sun or moon stands.

    `air` is what is between things there: "" the open air, with weather; room, cave, water, space, planet.
    `season` is the one it is always in, when it is.
    """

    draw: Callable[["Scene"], Place]
    sun: tuple[float, float] = (0.72, 0.2)
    air: str = ""
    season: str = ""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light in the scene, in scene units."""

    x: float
    y: float
    radius: float
    color: Color
    strength: float


class Scene:
    """Lengths are scene units: 720 to the shorter side, x to the right, y down, overscan included.

    `x` and `y` turn a place (0 … 1) into units; `wide` and `tall` turn a share of a 16:9 picture's
    width or height into a length, so that a tree is as large in every aspect.
    """

    def __init__(
        self, spec: SceneSpec, style: Style, palette: Palette, canvas: Canvas, seed: int, sun: tuple[float, float]
    ) -> None:
        self.spec = spec
        self.look = look_of(style)
        self.palette = palette
        self.outside = palette
        """The sky seen through a window, when the scene is indoors."""
        self.canvas = canvas
        self.seed = seed
        self.sun = sun
        self.px = min(canvas.width, canvas.height) / SHORTER_SIDE
        self.picture_width, self.picture_height = canvas.width / self.px, canvas.height / self.px
        self.unit = SHORTER_SIDE * max(1.0, self.picture_height / self.picture_width) ** 0.4
        self.margin_px = round(MARGIN * self.px)
        self.width_px, self.height_px = canvas.width + 2 * self.margin_px, canvas.height + 2 * self.margin_px
        self.margin = self.margin_px / self.px
        self.width, self.height = self.width_px / self.px, self.height_px / self.px
        self.random = self.dice("")
        self.air = ""
        """What is between things; see `Setting`."""
        self.ground_color = mix(palette.haze, palette.ambient, 0.5)
        self.layers: list[Layer] = []
        self.lamps: list[Lamp] = []
        self.key_lamp: tuple[float, float] | None = None
        """Where the light comes from instead of the sun, when a lamp outshines it."""

    def x(self, share: float) -> float:
        return self.margin + share * self.picture_width

    def y(self, share: float) -> float:
        """A height of the place: in a tall picture its ground is higher, clear of what captions and players cover."""
        if self.is_tall and share < 1:
            share = share * _RAISED if share < _NEAR else 1 - (1 - share) * (1 - _NEAR * _RAISED) / (1 - _NEAR)
        return self.picture_y(share)

    def picture_y(self, share: float) -> float:
        """A height of the picture, whatever the place."""
        return self.margin + share * self.picture_height

    def wide(self, share: float) -> float:
        return share * self.unit * 16 / 9

    def tall(self, share: float) -> float:
        return share * self.unit

    def count(self, in_wide_picture: float) -> int:
        """How many of something a picture of this width needs, when a 16:9 one needs the number given."""
        return max(1, round(in_wide_picture * self.width / self.wide(1.11)))

    def dice(self, what: str) -> Chance:
        """Throws for one part of the place, the same in every shot of a story: whatever else is drawn or not."""
        return dice(number(f"{self.spec.setting}/{what}") ^ (self.seed * 7919))

    @property
    def is_tall(self) -> bool:
        """Whether the picture is higher than wide."""
        return self.picture_height > self.picture_width

    @property
    def season(self) -> str:
        """The season that shows: the one told; winter when it snows; empty when the story leaves it open."""
        return "winter" if self.spec.weather == "snow" else self.spec.season

    @property
    def chinese(self) -> bool:
        """Whether the story plays in China, old or new."""
        return self.spec.culture.startswith("chinese")

    @property
    def old_china(self) -> bool:
        """Whether the story plays in China of old."""
        return self.spec.culture == "chinese"

    @property
    def snowy(self) -> bool:
        """Whether snow lies on the ground."""
        return self.season == "winter"

    def drawing(self, top: float = -1, bottom: float = 2) -> Drawing:
        """A sheet as wide as the overscanned canvas, between two heights of the picture (0 … 1)."""
        first = max(0, int(self.y(top) * self.px))
        last = min(self.height_px, int(self.y(bottom) * self.px) + 1)
        return Drawing(0, first / self.px, self.width, max(1, last - first) / self.px)

    def color(self, paint: Paint, depth: float, light: float = 1.0) -> Color:
        """What a thing's own colour becomes in this light, veiled by haze with distance (depth 0 far, 1 near)."""
        lit = darken(saturate(paint, self.look.paint) * self.palette.ambient, light)
        thick = _FOG if self.spec.weather == "fog" and not self.air else _HAZE * self.look.haze
        veil = thick * max(0.0, 1 - depth) ** 1.25
        return mix(lit, self.palette.haze, min(0.95, veil))

    def shown(self, drawing: Drawing) -> tuple[Bytes, tuple[int, int]]:
        """What shows of a sheet, premultiplied RGBA, and where its top left lies on the canvas."""
        _, first, width, height = drawing.box
        picture, (left, top) = drawing.shown(round(width * self.px), round(height * self.px))
        return picture, (left, top + round(first * self.px))

    def add(
        self,
        name: str,
        drawing: Drawing,
        depth: float,
        role: Role = Role.LAND,
        *,
        texture: float | None = None,
        edge: float | None = None,
        drop: float | None = None,
        motion: Motion = STILL,
        soften: float = 0,
        shade: Pixels | None = None,
    ) -> None:
        """Rasterise a sheet and lay it down: mottled, with a lit edge, dropping a shadow; None is the style's way.

        `soften` blurs, in scene units. `shade` multiplies the canvas's light (see `ground`).
        """
        picture, at = self.shown(drawing)
        if shade is not None:
            picture = in_relief(picture, _window(shade, picture, at), self.palette.key)
        texture = self.look.texture if texture is None else texture
        if texture:
            tooth = mottle(self.width_px, self.height_px, self.seed, len(self.layers) % 4)
            picture = painted(picture, 1 + texture * _window(tooth, picture, at))
        edge = self.look.edge if edge is None else edge
        if edge:
            picture = edged(picture, max(1.2, 2.2 * self.px), self.palette.key * edge * (0.4 + 0.6 * depth))
        if soften:
            picture = blur(picture, soften * self.px)
        drop = self.look.drop if drop is None else drop
        self.layers.append(Layer(name, picture, depth, role, shade=drop, motion=motion, at=at))

    def ground(
        self,
        name: str,
        drawing: Drawing,
        depth: float,
        kind: str,
        horizon: float,
        *,
        tiles: float = 2.0,
        strength: float = 0.2,
        drop: float | None = None,
    ) -> None:
        """Like `add`, with relief of a kind (see `relief`) in perspective toward a horizon; flat in flat styles."""
        strength *= self.look.relief
        if not strength:
            self.add(name, drawing, depth, drop=drop)
            return
        relief = shading(
            self.width_px,
            self.height_px,
            self.y(horizon) * self.px,
            kind,
            self.seed % 5 + 1,
            sun_right=self.sun[0] > 0.5,
            tiles=tiles,
            strength=strength,
        )
        self.add(name, drawing, depth, texture=self.look.texture * 0.4, shade=relief, drop=drop)

    def add_light(
        self, name: str, light: Pixels | Bytes, depth: float, role: Role = Role.LIGHT, motion: Motion = STILL
    ) -> None:
        """Lay down light: an RGB picture of the whole canvas, screened on what is behind it."""
        self.layers.append(Layer(name, light, depth, role, glows=True, motion=motion))

    def shine(
        self,
        name: str,
        drawing: Drawing,
        depth: float,
        paint: Paint,
        *,
        soften: float = 0,
        role: Role = Role.LIGHT,
        motion: Motion = STILL,
    ) -> None:
        """Lay down light: a sheet's colours times another, screened on what is behind; `soften` in scene units."""
        picture, (left, top) = self.shown(drawing)
        table = np.arange(256, dtype=np.float32)[:, None] * np.clip(rgb(paint), 0, 1) + 0.5
        border = int(2.5 * soften * self.px) + 1
        light = blur(pad(look_up(without_alpha(picture), table.astype(np.uint8)), border), soften * self.px)
        at = left - border, top - border
        self.layers.append(Layer(name, light, depth, role, glows=True, motion=motion, at=at))

    def lamp(self, x: float, y: float, radius: float, paint: Paint, strength: float) -> None:
        self.lamps.append(Lamp(x, y, radius, rgb(paint), strength))


def _window(of_canvas: Pixels, picture: Bytes, at: tuple[int, int]) -> Pixels:
    """The part of something as large as the canvas that lies under a picture."""
    height, width = picture.shape[:2]
    return of_canvas[at[1] : at[1] + height, at[0] : at[0] + width]


def number(text: str) -> int:
    """A number that a text always gives, on every machine."""
    return zlib.crc32(text.encode())
