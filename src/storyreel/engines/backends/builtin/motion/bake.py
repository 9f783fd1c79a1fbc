"""Prepares a scene for motion: layers merged, lit and toned once, in bytes, so that a frame is a few warps.

At rest the baked parts add up to the still: each part holds the toned picture with it less what the toned picture
without it lets through.
"""

from collections.abc import Sequence
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
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    alpha_of,
    inverted,
    multiply,
    plain,
    repeated,
    stacked,
    subtract,
)
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.motion.acting import Act
from storyreel.engines.backends.builtin.motion.cels import BLOCK, Cel, Veil, uncut, veil

_DEPTH_OF_GROUP, _DEPTH_IN_WEATHER = 0.24, 0.36
"""Still layers no farther apart than this move as one: more of them where rain or snow is before them."""
_VEILED = ("rain", "snow", "storm")


@dataclass(slots=True)
class Part:
    """Something that moves as one. A part as large as a view is a `sheet` to be cut; what is small is a cel at once,
    and precipitation of one colour a veil.

    Actors have more cels: one per drawing of their movement (the first is the part's own), and the same with the mouth
    open; eyes shut, or `shut` at those of its drawings during which they are.
    """

    depth: float
    motion: Motion
    role: Role
    cel: Cel = ()
    veil: Veil | None = None
    sheet: Bytes | None = None
    at: tuple[int, int] = (0, 0)
    movement: list[Cel] = field(default_factory=list[Cel])
    speech: list[Cel] = field(default_factory=list[Cel])
    blink: Cel | None = None
    shut: dict[int, Cel] = field(default_factory=dict[int, Cel])


@dataclass(slots=True)
class _Group:
    """Layers that will move as one: how much they let through so far, and the rows and columns that they touch."""

    depth: float
    role: Role
    through: Bytes
    bounds: tuple[int, int, int, int] = (1 << 30, 0, 1 << 30, 0)


class Baker:
    """Bakes one composition, from the back to the front, and takes its layers from it on the way.

    `acts`: what each of the actors does.
    """

    def __init__(self, composition: Composition, acts: Sequence[Act]) -> None:
        self.scene: Scene = composition.scene
        self.actors = composition.actors
        self._acts = acts
        self._lamps = lamplight(self.scene)
        self._frame = np.zeros((self.scene.height_px, self.scene.width_px, 3), np.uint8)
        self._toned = tone(self._frame, self.scene.look)
        self._group: _Group | None = None
        veiled = self.scene.spec.weather in _VEILED and not self.scene.air
        self._reach = _DEPTH_IN_WEATHER if veiled else _DEPTH_OF_GROUP
        self.parts: list[Part] = []

    def bake(self) -> list[Part]:
        while self.scene.layers:
            layer = self.scene.layers.pop(0)
            if layer.motion.fall != (0, 0) or layer.motion.rise:
                self._flush()
                self._falling(layer)
            elif layer.motion.passes:
                self._flush()
                self._passing(layer)
            elif layer.motion.trod:
                self._flush()
                self._trodden(layer, *layer.motion.trod)
            elif layer.motion.actor is not None or layer.motion.hover or layer.motion.glide:
                self._flush()
                self._figure(layer)
            elif layer.motion != STILL:
                self._flush()
                self._merge(layer)
                self._flush(layer.motion)
            else:
                if self._group is not None and layer.depth - self._group.depth > self._reach:
                    self._flush()
                self._merge(layer)
        self._flush()
        return self.parts

    def _merge(self, layer: Layer) -> None:
        """Lays a layer on the frame, and notes it as part of the group that is being gathered."""
        if self._group is None:
            self._group = _Group(layer.depth, layer.role, np.full(self._frame.shape[:2], 255, np.uint8))
        picture, at = focused(self.scene, layer)
        if layer.glows:
            self._lay(self._group, picture, at, glows=True)
            return
        shadow = drop_shadow(self.scene, layer)
        if shadow:
            self._lay(self._group, *shadow)
        self._lay(self._group, lit(picture, at, layer.depth, self._lamps), at)

    def _lay(self, group: "_Group", picture: Bytes, at: tuple[float, float], glows: bool = False) -> None:
        parts = overlap(self._frame, picture, at)
        if parts is None:
            return
        (rows, columns), own = parts
        if glows:
            lay_light(self._frame, picture, at)
        else:
            lay_over(self._frame, picture, at)
            through = group.through[rows, columns]
            multiply(through, inverted(alpha_of(picture[own])), 1 / 255, through)
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
        top, left = top - top % BLOCK, left - left % BLOCK
        window = (slice(top, bottom), slice(left, right))
        through = group.through[window]
        after = tone(self._frame[window], self.scene.look)
        before = multiply(self._toned[window], repeated(through, 3), 1 / 255)
        sheet = stacked([subtract(after, before, before), through])
        self._toned[window] = after
        self.parts.append(Part(group.depth, motion, group.role, sheet=sheet, at=(left, top)))

    def _toned_picture(self, picture: Bytes) -> Bytes:
        """A premultiplied picture toned by itself, wherever it will be laid, its alpha turned over."""
        alpha = alpha_of(picture)
        toned = tone(plain(picture), self.scene.look)
        return stacked([multiply(toned, repeated(alpha, 3), 1 / 255, toned), inverted(alpha)])

    def _falling(self, layer: Layer) -> None:
        """Precipitation, or smoke: light, or cut-outs."""
        toned = _as_screen(layer.picture) if layer.glows else self._toned_picture(layer.picture)
        hung = veil(toned, layer.at)
        cel = () if hung else uncut(toned, layer.at)
        self.parts.append(Part(layer.depth, layer.motion, Role.WEATHER, cel, veil=hung))

    def _trodden(self, layer: Layer, number: int, gone: float) -> None:
        """What is not there yet when the clip begins, unless the actor never comes so far."""
        if gone < abs(self._acts[number].way):
            self.parts.append(
                Part(layer.depth, layer.motion, layer.role, uncut(self._toned_picture(layer.picture), layer.at))
            )

    def _passing(self, layer: Layer) -> None:
        """Land that goes by: made as wide as the canvas, its mirror image beside it."""
        picture, at = focused(self.scene, layer)
        whole = np.zeros((picture.shape[0], self.scene.width_px, 4), np.uint8)
        lay_over(whole, lit(picture, at, layer.depth, self._lamps), (at[0], 0))
        toned = self._toned_picture(whole)
        both = np.concatenate([toned, toned[:, ::-1]], axis=1)
        self.parts.append(Part(layer.depth, layer.motion, layer.role, uncut(both, (0, at[1]))))
        lay_over(self._frame, whole, (0, at[1]))
        self._toned = tone(self._frame, self.scene.look)

    def _figure(self, layer: Layer) -> None:
        if layer.glows:
            self.parts.append(Part(layer.depth, layer.motion, layer.role, uncut(_as_screen(layer.picture), layer.at)))
            lay_light(self._frame, layer.picture, layer.at)
            self._toned = tone(self._frame, self.scene.look)
            return
        picture, at = self._with_shadow(layer)
        part = Part(layer.depth, layer.motion, layer.role, uncut(self._toned_picture(picture), at))
        parts = overlap(self._frame, picture, at)
        if parts:
            lay_over(self._frame, picture, at)
            self._toned[parts[0]] = tone(self._frame[parts[0]], self.scene.look)
        self.parts.append(part)
        number = layer.motion.actor
        if layer.role is Role.ACTOR and number is not None:
            self._act(part, layer, self.actors[number], self._acts[number])

    def _act(self, part: Part, layer: Layer, actor: Actor, act: Act) -> None:
        """Draws an actor in all the moments of its movement."""
        phases = [(REST_PHASE + k / act.drawings) % 1 for k in range(act.drawings)]
        if phases:
            part.movement = [part.cel, *(self._moment(layer, actor, phase) for phase in phases[1:])]
        if act.speaks:
            part.speech = [self._moment(layer, actor, phase, talking=True) for phase in phases or [REST_PHASE]]
        if actor.blinks() and not phases:
            part.blink = self._moment(layer, actor, REST_PHASE, blink=True)
        elif actor.blinks():
            part.shut = {k: self._moment(layer, actor, phases[k], blink=True) for k in act.shut}

    def _moment(self, layer: Layer, actor: Actor, phase: float, *, blink: bool = False, talking: bool = False) -> Cel:
        """The actor at another moment of its movement."""
        drawing = actor.drawing(phase, manga=self.scene.look.manga, blink=blink, talking=talking)
        picture, at = picture_at(self.scene, drawing, actor.spot)
        moment = Layer(layer.name, picture, layer.depth, layer.role, shade=layer.shade, at=at)
        picture, at = self._with_shadow(moment)
        return uncut(self._toned_picture(picture), at)

    def _with_shadow(self, layer: Layer) -> tuple[Bytes, tuple[float, float]]:
        """A layer in focus and in the lamplight, its drop shadow under it in the same picture."""
        picture, at = focused(self.scene, layer)
        picture = lit(picture, at, layer.depth, self._lamps)
        shadow = drop_shadow(self.scene, layer)
        if shadow is None:
            return picture, at
        under, corner = shadow
        lay_over(under, picture, (at[0] - corner[0], at[1] - corner[1]))
        return under, corner


def _as_screen(light: Bytes) -> Bytes:
    """Light as a picture to lay down: adding it to what is let through is as good as a screen."""
    return stacked([light, inverted(light.max(axis=2))])
