"""Moves a drawing in depth: parallax, walks, blinks, swaying, twinkling, weather, bloom and grain, frame by frame."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas, WordTime
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.illustrator.actors import REST_PHASE, Actor
from storyreel.engines.backends.builtin.illustrator.compose import Composition, compose
from storyreel.engines.backends.builtin.illustrator.grade import Finish
from storyreel.engines.backends.builtin.illustrator.memory import give_back
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, affine
from storyreel.engines.backends.builtin.illustrator.render import cover, drawn_canvas
from storyreel.engines.backends.builtin.illustrator.smoke import LEANS, fading
from storyreel.engines.backends.builtin.motion.acting import (
    acts,
    blinking,
    breath,
    flickering,
    gesture,
    lean,
    mouth_open,
    passing,
)
from storyreel.engines.backends.builtin.motion.bake import Baker, Part
from storyreel.engines.backends.builtin.motion.camera import Move, at_depth, drifted, focus, move
from storyreel.engines.backends.builtin.motion.cels import APRON, Cel, Easel, Piece, Veil
from storyreel.engines.backends.builtin.motion.sight import cut_to_sight
from storyreel.engines.contracts.image import ImageRequest

_FAR = 0.03
"""What is no nearer than this does not follow the camera: the shift would be under a pixel a second."""
_RISES = 5.5
"""Seconds that a puff of smoke takes to rise."""
_FAST = 8
"""Pixels a frame from which on nobody sees whether something falls by whole pixels."""


@dataclass(frozen=True, slots=True)
class LayeredScene:
    """A drawing of the built-in illustrator in motion; see `storyreel.domain.film.FrameSource`.

    Nothing is drawn before `frames` is called. The first frame looks like the still, but where the camera begins
    elsewhere.
    """

    drawing: ImageRequest
    canvas: Canvas
    fps: Fraction
    number: int
    camera: Camera
    words: tuple[WordTime, ...] = ()

    def __len__(self) -> int:
        return self.number

    def frames(self, first: int, end: int) -> Iterator[NDArray[np.uint8]]:
        """Frames `first` … `end`−1, RGB."""
        player = _player(self)
        for i in range(first, end):
            yield cover(player.frame(i), self.canvas)
        if end == self.number:  # a film does not come back to it
            _players.pop(self, None)


@dataclass(slots=True)
class _Pose:
    """How a part stands in a frame: in pixels; `turn` in degrees about `pivot`, a pixel of the overscanned canvas."""

    scale: float
    dx: float
    dy: float
    turn: float = 0
    stretch: float = 1
    pivot: tuple[float, float] = (0, 0)


class Player:
    """Draws the frames of one scene."""

    def __init__(self, composition: Composition, clip: LayeredScene) -> None:
        self.clip = clip
        self.scene = scene = composition.scene
        self.stage, self.actors = composition.stage, composition.actors
        self.seconds = clip.number / float(clip.fps)
        self.acts = acts(scene, self.stage.actors, clip.words, clip.camera, clip.number, clip.fps)
        self.acts += passing(composition.walking, len(self.acts), clip.number, clip.fps)
        self.parts = Baker(composition, self.acts).bake()
        cut_to_sight(self.parts, scene, clip.camera, self.seconds)
        self._easel = Easel(scene.canvas.width, scene.canvas.height)
        self._finish = _finish(scene.canvas.width, scene.canvas.height, scene.look, clip.drawing.seed)

    def frame(self, i: int) -> Bytes:
        seconds = i / float(self.clip.fps)
        camera = move(self.clip.camera, i / max(1, self.clip.number - 1))
        self._easel.frame.fill(0)
        for veiled, run in groupby(self.parts, lambda part: part.veil and (part.depth, part.motion.rise > 0)):
            if veiled:
                self._hang(run, camera, seconds)
            else:
                self._lay_all(run, camera, i, seconds)
        self._finish.apply(self._easel.frame, i)
        return self._easel.frame

    def _lay_all(self, parts: Iterable[Part], camera: Move, i: int, seconds: float) -> None:
        for part in parts:
            if part.motion.fall != (0, 0):
                self._fall(part, seconds)
            elif part.motion.passes:
                self._pass(part, seconds)
            else:
                self._lay(part, camera, i, seconds)

    def _lay(self, part: Part, camera: Move, frame: int, seconds: float) -> None:
        motion = part.motion
        if motion.trod and abs(self.acts[motion.trod[0]].way) * seconds / self.seconds < motion.trod[1]:
            return
        cel = part.cel
        pose = self._pose(part, camera, seconds)
        if motion.actor is not None:
            cel = self._act(part, motion.actor, pose, frame, seconds)
        light = 1.0
        if motion.twinkle:
            light = 0.7 + 0.3 * math.cos(seconds * (1.1 + 0.6 * motion.twinkle))
        if motion.flicker:
            light = 1 - 0.16 * motion.flicker * flickering(seconds)
        for piece in cel:
            if pose.turn or pose.stretch != 1:
                self._draw_turned(piece, pose, light)
            else:
                self._draw(piece, pose, light)

    def _pose(self, part: Part, camera: Move, seconds: float) -> _Pose:
        """Where the camera puts a part, and where it goes by itself."""
        far = part.depth <= _FAR and not part.motion.drift
        shift = Move(0, 0, 0) if far else at_depth(camera, part.depth)
        px, motion = self.scene.px, part.motion
        pose = _Pose(1 + shift.zoom, shift.right * px, shift.down * px)
        if motion.sway:
            pose.dx += motion.sway * math.sin(seconds * (0.8 + 0.6 * part.depth)) * px
            pose.dy += motion.sway * 0.35 * math.sin(seconds * (1.3 + 0.5 * part.depth)) * px
        if motion.drift:
            pose.dx += drifted(motion.drift, seconds, self.clip.camera, part.depth) * px
        if motion.hover:
            pose.dy += 7 * motion.hover * math.sin(seconds * 1.5) * px
            pose.turn = 1.6 * motion.hover * math.sin(seconds * 1.2)
            pose.pivot = self._pivot(part.cel[0])
        if motion.glide:
            gone = motion.glide * seconds / self.seconds * px
            pose.dx, pose.dy = pose.dx + gone * 0.79, pose.dy - gone * 0.62
        return pose

    def _pivot(self, piece: Piece) -> tuple[float, float]:
        """What something afloat turns about: the boat when there is one, else its own foot."""
        if self.stage.boat:
            return self.stage.boat.x * self.scene.px, self.stage.boat.y * self.scene.px
        return piece.left + piece.width / 2, piece.top + piece.height

    def _act(self, part: Part, number: int, pose: _Pose, frame: int, seconds: float) -> Cel:
        """Which of its cels an actor shows, what it holds and its shadow going with it; adds its own movement."""
        actor, act, px = self.actors[number], self.acts[number], self.scene.px
        pose.dx += act.way * seconds / self.seconds * px
        if part.motion.bob and not act.drawings:
            if not part.motion.hover:
                pose.pivot = actor.spot.x * px, actor.spot.y * px
                pose.turn = lean(number, seconds, act.speaks)
            pose.stretch = breath(number, seconds)
            if part.motion.gesture:
                self._gesture(actor, pose, gesture(number, seconds, act.speaks))
        drawing = frame // act.held % max(1, act.drawings)
        if part.motion.hand and act.drawings:
            dx, dy = self._hand(actor, drawing / act.drawings)
            pose.dx, pose.dy = pose.dx + dx * px, pose.dy + dy * px
        if part.speech and mouth_open(self.clip.words, seconds):
            return part.speech[drawing]
        if blinking(number, seconds) and (part.blink or drawing in part.shut):
            return part.blink or part.shut[drawing]
        return part.movement[drawing] if part.movement else part.cel

    def _gesture(self, actor: Actor, pose: _Pose, degrees: float) -> None:
        """Turns an arm about its shoulder, which goes along with the body."""
        bones = actor.bones()
        if bones is None:
            return
        x, y = (length * self.scene.px for length in actor.at(bones.front_arm.root))
        away_x, away_y = x - pose.pivot[0], (y - pose.pivot[1]) * pose.stretch
        cos, sin = math.cos(math.radians(pose.turn)), math.sin(math.radians(pose.turn))
        pose.dx += (pose.pivot[0] + cos * away_x - sin * away_y - x) * pose.scale
        pose.dy += (pose.pivot[1] + sin * away_x + cos * away_y - y) * pose.scale
        pose.turn, pose.pivot = pose.turn + actor.side * degrees, (x, y)

    def _hand(self, actor: Actor, progress: float) -> tuple[float, float]:
        """How far from where it rests an actor's hand is in its movement, in scene units."""
        (x, y), (to_x, to_y) = (actor.at(actor.grip(phase)) for phase in (REST_PHASE, (REST_PHASE + progress) % 1))
        return to_x - x, to_y - y

    def _origin(self, piece: Piece | Veil, pose: _Pose) -> tuple[float, float]:
        """Where on the frame the top left of an upright piece comes to lie."""
        margin = self.scene.margin_px
        x, y = focus(self.scene.canvas.width, self.scene.canvas.height)
        return (
            x + (piece.left - margin - x) * pose.scale + pose.dx,
            y + (piece.top - margin - y) * pose.scale + pose.dy,
        )

    def _draw(self, piece: Piece, pose: _Pose, light: float) -> None:
        left, top = self._origin(piece, pose)
        if pose.scale == 1 and piece.coarse == 1:
            self._easel.put(piece, left, top, light)
            return
        box = (
            round(left),
            round(top),
            round(left + piece.width * pose.scale),
            round(top + piece.height * pose.scale),
        )
        apron = APRON * piece.coarse * pose.scale
        self._easel.lay(piece, box, affine(pose.scale, 0, left - apron, 0, pose.scale, top - apron), light)

    def _draw_turned(self, piece: Piece, pose: _Pose, light: float) -> None:
        """Draws a piece turned and stretched about a pivot."""
        left, top = self._origin(piece, pose)
        scale = pose.scale
        foot_x, foot_y = pose.pivot[0] - piece.left, pose.pivot[1] - piece.top
        cos, sin = math.cos(math.radians(pose.turn)) * scale, math.sin(math.radians(pose.turn)) * scale
        skew, tall = -sin * pose.stretch, cos * pose.stretch
        move_x = left + foot_x * scale - cos * foot_x - skew * foot_y
        move_y = top + foot_y * scale - sin * foot_x - tall * foot_y
        corners = [
            (cos * x + skew * y + move_x, sin * x + tall * y + move_y)
            for x in (-APRON, piece.width + APRON)
            for y in (-APRON, piece.height + APRON)
        ]
        xs, ys = zip(*corners, strict=True)
        box = math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)) + 1, math.ceil(max(ys)) + 1
        move_x -= (cos + skew) * APRON
        move_y -= (sin + tall) * APRON
        self._easel.lay(piece, box, affine(cos, skew, move_x, sin, tall, move_y), light)

    def _fall(self, part: Part, seconds: float) -> None:
        for x, y in self._fallen(part, seconds):
            for piece in part.cel:
                self._draw(piece, _Pose(1, x, y), 1.0)

    def _hang(self, parts: Iterable[Part], camera: Move, seconds: float) -> None:
        margin = self.scene.margin_px
        hung: list[tuple[Veil, float, float, float]] = []
        for part in parts:
            if part.veil and part.motion.rise:
                hung.append(self._risen(part, part.veil, camera, seconds))
            elif part.veil:
                left, top = part.veil.left - margin, part.veil.top - margin
                hung += [(part.veil, left + x, top + y, 1.0) for x, y in self._fallen(part, seconds)]
        self._easel.hang(hung)

    def _risen(self, part: Part, veil: Veil, camera: Move, seconds: float) -> tuple[Veil, float, float, float]:
        """Where a puff of smoke is by now, and how thick beside what it is in the still."""
        start = part.motion.phase
        phase = (start + seconds / _RISES) % 1
        gone = (phase - start) * part.motion.rise * self.scene.px
        curl = 0.05 * part.motion.rise * (math.sin(7 * phase + 3 * start) - math.sin(10 * start)) * self.scene.px
        pose = self._pose(part, camera, seconds)
        pose.dx, pose.dy = pose.dx + LEANS * gone + curl, pose.dy - gone
        return veil, *self._origin(veil, pose), fading(phase) / fading(start)

    def _fallen(self, part: Part, seconds: float) -> list[tuple[float, float]]:
        """Where precipitation is by now: it is as large as the canvas, and begun anew wherever it ends."""
        px, (right, down) = self.scene.px, part.motion.fall
        wide, tall = self.scene.width_px, self.scene.height_px
        gust = 8 * math.sin(seconds * 1.3) * px
        dx, dy = (right * seconds * px + gust) % wide, down * seconds * px % tall
        if math.hypot(right, down) * px / float(self.clip.fps) > _FAST:
            dx, dy = round(dx), round(dy)
        return [(x, y) for x in (dx - wide, dx) for y in (dy - tall, dy)]

    def _pass(self, part: Part, seconds: float) -> None:
        """Land that goes by: as wide as the canvas, then its mirror image, and so on."""
        wide = 2 * self.scene.width_px
        gone = part.motion.passes * seconds * self.scene.px % wide
        for x in (-gone, wide - gone):
            for piece in part.cel:
                self._draw(piece, _Pose(1, x, 0), 1.0)


_finish = lru_cache(maxsize=1)(Finish)
"""The shots of a film share it: 14 MB at 720p."""

_players: dict[LayeredScene, Player] = {}
"""The latest two, the latest last: setting one up takes as long as drawing sixty frames."""


def _player(clip: LayeredScene) -> Player:
    player = _players.pop(clip, None)
    if player is None:
        for oldest in list(_players)[:-1]:
            del _players[oldest]  # before the next is set up, which takes as much memory again
        give_back()  # what the encoder of the piece before had
        player = Player(compose(clip.drawing, drawn_canvas(clip.canvas)), clip)
        give_back()
    _players[clip] = player
    return player
