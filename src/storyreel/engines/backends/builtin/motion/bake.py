"""Prepares a scene for motion: layers merged, lit and toned once, in bytes, so that a frame is a few warps.

At rest the baked parts add up to the still: each part holds the toned picture with it less what the toned picture
without it lets through.
"""

from dataclasses import dataclass, field

import numpy as np

from storyreel.engines.backends.builtin.illustrator.actors import REST_PHASE, Actor
from storyreel.engines.backends.builtin.illustrator.compose import Composition
from storyreel.engines.backends.builtin.illustrator.figures import picture_at
from storyreel.engines.backends.builtin.illustrator.flatten import drop_shadow, focused, lamplight, lit
from storyreel.engines.backends.builtin.illustrator.grade import tone
from storyreel.engines.backends.builtin.illustrator.layers import (
    STILL,
    Layer,
    Motion,
    Role,
    lay_light,
    lay_over,
    overlap,
)
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, Pixels, to_bytes
from storyreel.engines.backends.builtin.illustrator.scene import Scene

PHASES = 16
"""Drawings in one cycle of a walk, a wing beat or a tail beat."""
_DEPTH_OF_GROUP = 0.22
"""Still layers no farther apart than this move as one."""


@dataclass(frozen=True, slots=True)
class Cel:
    """A picture to lay down: the frame is multiplied by its fourth channel (255 lets all through), the colour is added.

    Four channels, since warping four at once is faster than three. `clear`: it lets all through everywhere.
    `at` is the pixel of the overscanned canvas for the top left.
    """

    picture: Bytes
    at: tuple[float, float]
    clear: bool = False


@dataclass(slots=True)
class Part:
    """Something that moves as one. Actors have more cels: one per phase, eyes shut, mouth open."""

    cel: Cel
    depth: float
    motion: Motion
    role: Role
    solid: bool = False
    phases: list[Cel] = field(default_factory=list[Cel])
    blink: Cel | None = None
    talk: Cel | None = None


@dataclass(slots=True)
class _Group:
    """Layers that will move as one: how much they let through so far, and the rows and columns that they touch."""

    depth: float
    role: Role
    through: Pixels
    bounds: tuple[int, int, int, int] = (1 << 30, 0, 1 << 30, 0)


class Baker:
    """Bakes one composition, from the back to the front."""

    def __init__(self, composition: Composition, speaking: bool) -> None:
        self.scene: Scene = composition.scene
        self.actors = composition.stage.actors
        self._speaking = speaking
        self._lamps = lamplight(self.scene)
        size = (self.scene.height_px, self.scene.width_px, 3)
        self._frame = np.zeros(size, np.float32)
        self._toned = tone(self._frame, self.scene.look)
        self._group: _Group | None = None
        self.parts: list[Part] = []

    def bake(self) -> list[Part]:
        for layer in self.scene.layers:
            if layer.role is Role.WEATHER and layer.motion.fall != (0, 0):
                self._flush()
                self._falling(layer)
            elif layer.motion.actor is not None or layer.motion.hover or layer.motion.glide:
                self._flush()
                self._figure(layer)
            elif layer.motion != STILL:
                self._flush()
                self._merge(layer)
                self._flush(layer.motion)
            else:
                if self._group is not None and layer.depth - self._group.depth > _DEPTH_OF_GROUP:
                    self._flush()
                self._merge(layer)
        self._flush()
        return self.parts

    def _merge(self, layer: Layer) -> None:
        """Lays a layer on the frame, and notes it as part of the group that is being gathered."""
        if self._group is None:
            self._group = _Group(layer.depth, layer.role, np.ones(self._frame.shape[:2], np.float32))
        picture, at = focused(self.scene, layer)
        if layer.glows:
            self._lay(self._group, picture, at, glows=True)
            return
        shadow = drop_shadow(self.scene, layer)
        if shadow:
            self._lay(self._group, *shadow)
        self._lay(self._group, lit(picture, at, layer.depth, self._lamps), at)

    def _lay(self, group: "_Group", picture: Pixels, at: tuple[float, float], glows: bool = False) -> None:
        parts = overlap(self._frame, picture, at)
        if parts is None:
            return
        (rows, columns), own = parts
        if glows:
            lay_light(self._frame, picture, at)
        else:
            lay_over(self._frame, picture, at)
            group.through[rows, columns] *= 1 - picture[own][..., 3]
        top, bottom, left, right = group.bounds
        group.bounds = (
            min(top, rows.start),
            max(bottom, rows.stop),
            min(left, columns.start),
            max(right, columns.stop),
        )

    def _flush(self, motion: Motion = STILL) -> None:
        """Turns the gathered group into a part: what it changed in the toned frame, and what it lets through."""
        group, self._group = self._group, None
        if group is None or group.bounds[1] <= group.bounds[0]:
            return
        top, bottom, left, right = group.bounds
        window = (slice(top, bottom), slice(left, right))
        through = group.through[window]
        after = tone(self._frame[window], self.scene.look)
        added = np.empty((*through.shape, 4), np.float32)
        added[..., :3] = after - through[..., None] * self._toned[window]
        added[..., 3] = through
        self._toned[window] = after
        solid = bool(through.max() < 0.001) and through.shape == self._frame.shape[:2]
        cel = Cel(to_bytes(added), (left, top), clear=bool(through.min() > 0.999))
        self.parts.append(Part(cel, group.depth, motion, group.role, solid=solid))

    def _toned_cel(self, picture: Pixels, at: tuple[float, float]) -> Cel:
        """A premultiplied picture toned by itself, wherever it will be laid."""
        alpha = picture[..., 3:]
        plain = (picture[..., :3] / np.maximum(alpha, 1e-3)).astype(np.float32, copy=False)
        toned = np.empty_like(picture)
        toned[..., :3] = tone(plain, self.scene.look) * alpha
        toned[..., 3:] = 1 - alpha
        return Cel(to_bytes(toned), at)

    def _falling(self, layer: Layer) -> None:
        """Precipitation: tiled, so that it can be taken from anywhere."""
        whole = np.zeros((self.scene.height_px, self.scene.width_px, 4), np.float32)
        if layer.glows:
            lay_light(whole, layer.picture, layer.at)
            whole[..., 3] = 1
            cel = Cel(to_bytes(whole), (0, 0), clear=True)
        else:
            lay_over(whole, layer.picture, layer.at)
            cel = self._toned_cel(whole, (0, 0))
        tiled = Cel(np.tile(cel.picture, (2, 2, 1)), (0, 0), cel.clear)
        self.parts.append(Part(tiled, layer.depth, layer.motion, Role.WEATHER))

    def _figure(self, layer: Layer) -> None:
        picture, at = self._with_shadow(layer)
        part = Part(self._toned_cel(picture, at), layer.depth, layer.motion, layer.role)
        parts = overlap(self._frame, picture, at)
        if parts:
            lay_over(self._frame, picture, at)
            self._toned[parts[0]] = tone(self._frame[parts[0]], self.scene.look)
        self.parts.append(part)
        number = layer.motion.actor
        if layer.role is not Role.ACTOR or number is None:
            return
        actor = self.actors[number]
        if actor.moves:
            part.phases = [self._moment(layer, actor, (REST_PHASE + k / PHASES) % 1) for k in range(PHASES)]
        elif actor.blinks():
            part.blink = self._moment(layer, actor, REST_PHASE, blink=True)
            if self._speaking and actor.pose == "talk":
                part.talk = self._moment(layer, actor, REST_PHASE, talking=True)

    def _moment(self, layer: Layer, actor: Actor, phase: float, *, blink: bool = False, talking: bool = False) -> Cel:
        """The actor at another moment of its movement."""
        drawing = actor.drawing(phase, manga=self.scene.look.manga, blink=blink, talking=talking)
        picture, at = picture_at(self.scene, drawing, actor.spot)
        moment = Layer(layer.name, picture, layer.depth, layer.role, shade=layer.shade, at=at)
        return self._toned_cel(*self._with_shadow(moment))

    def _with_shadow(self, layer: Layer) -> tuple[Pixels, tuple[float, float]]:
        """A layer in focus and in the lamplight, its drop shadow under it in the same picture."""
        picture, at = focused(self.scene, layer)
        picture = lit(picture, at, layer.depth, self._lamps)
        shadow = drop_shadow(self.scene, layer)
        if shadow is None:
            return picture, at
        under, corner = shadow
        lay_over(under, picture, (round(at[0] - corner[0]), round(at[1] - corner[1])))
        return under, corner
