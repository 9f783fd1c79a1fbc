"""Moves a drawing in depth: parallax, walks, blinks, swaying, twinkling, weather, bloom and grain, frame by frame."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas, WordTime
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.compose import Composition, compose
from storyreel.engines.backends.builtin.illustrator.grade import BLOOM_BLURS, BLOOM_SHRINK, mask
from storyreel.engines.backends.builtin.illustrator.noise import grain
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    add,
    affine,
    alpha_of,
    gaussian,
    multiply,
    resize,
    subtract,
    to_bytes,
    tripled,
    warp,
    weighted,
    without_alpha,
)
from storyreel.engines.backends.builtin.illustrator.render import cover, drawn_canvas
from storyreel.engines.backends.builtin.motion.bake import PHASES, Baker, Cel, Part
from storyreel.engines.backends.builtin.motion.camera import Move, at_depth, move
from storyreel.engines.contracts.image import ImageRequest

_STEPS = {"walk": 0.95, "run": 1.5, "fly": 2.2, "swim": 0.8}
"""Cycles a second of each movement."""
_SPEED = {"walk": 0.5, "run": 1.0, "fly": 0.35, "swim": 0.25}
"""Figure heights travelled a second."""
_FAR = 0.03
"""What is no nearer than this does not follow the camera: the shift would be under a pixel a second."""
_BLINK_EVERY, _BLINK_LASTS = 3.1, 0.13
_SYLLABLES = 5.5
"""Times a second that a talking mouth opens."""
_GRAINS = 6
_BRIGHTEST = 1.06
"""Paper tooth makes the mask exceed 1 a little; bytes hold it divided by this."""


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


class _Player:
    """Draws the frames of one scene."""

    def __init__(self, composition: Composition, clip: LayeredScene) -> None:
        self.clip = clip
        self.scene = scene = composition.scene
        self.stage = composition.stage
        self.width, self.height = scene.canvas.width, scene.canvas.height
        self.seconds = clip.number / float(clip.fps)
        self.parts = Baker(composition, bool(clip.words)).bake()
        look = scene.look
        self._mask = tripled(to_bytes(mask(self.width, self.height, look) / _BRIGHTEST))
        self._grains: list[Bytes] = []
        if look.grain:
            for k in range(_GRAINS):
                speckle = grain(self.width, self.height, clip.drawing.seed + k) * look.grain * 0.7
                self._grains.append(tripled(to_bytes(speckle + 128 / 255)))

    def frame(self, i: int) -> Bytes:
        seconds = i / float(self.clip.fps)
        camera = move(self.clip.camera, i / max(1, self.clip.number - 1))
        frame = np.zeros((self.height, self.width, 3), np.uint8)
        for part in self.parts:
            if part.motion.fall != (0, 0):
                self._fall(frame, part, seconds)
            elif part.solid and part.depth <= _FAR:
                margin = self.scene.margin_px
                seen = part.cel.picture[margin : margin + self.height, margin : margin + self.width]
                frame[...] = seen[..., :3]
            else:
                self._lay(frame, part, camera, seconds)
        return self._finished(frame, i)

    def _lay(self, frame: Bytes, part: Part, camera: Move, seconds: float) -> None:
        far = part.depth <= _FAR and not part.motion.drift
        shift = Move(0, 0, 0) if far else at_depth(camera, part.depth)
        scale = 1 + shift.zoom
        px, motion = self.scene.px, part.motion
        dx, dy, turn, stretch = shift.right * px, shift.down * px, 0.0, 1.0
        if motion.sway:
            dx += motion.sway * math.sin(seconds * (0.8 + 0.6 * part.depth)) * px
            dy += motion.sway * 0.35 * math.sin(seconds * (1.3 + 0.5 * part.depth)) * px
        if motion.drift:
            dx += 60 * (1 - math.exp(-motion.drift * seconds * 1.6 / 60)) * px
        if motion.hover:
            dy += 7 * motion.hover * math.sin(seconds * 1.5) * px
            turn = 1.6 * motion.hover * math.sin(seconds * 1.2)
        if motion.glide:
            gone = motion.glide * seconds / self.seconds * px
            dx, dy = dx + gone * 0.79, dy - gone * 0.62
        cel = part.cel
        if motion.actor is not None:
            actor = self.stage.actors[motion.actor]
            dx += self._travelled(actor, seconds) * px
            cel = self._cel(part, actor, seconds)
            if motion.bob and not part.phases:
                stretch = 1 + 0.006 * math.sin(seconds * 2.4)
        light = 1.0
        if motion.twinkle:
            light = 0.7 + 0.3 * math.cos(seconds * (1.1 + 0.6 * motion.twinkle))
        self._draw(frame, cel, scale, (dx, dy), turn, stretch, light)

    def _cel(self, part: Part, actor: Actor, seconds: float) -> Cel:
        """Which of its cels an actor shows at a moment."""
        if part.phases:
            return part.phases[int(seconds * PHASES * _STEPS.get(actor.pose, 1)) % PHASES]
        if part.talk and any(word.start <= seconds < word.end for word in self.clip.words):
            if seconds * _SYLLABLES % 1 < 0.55:
                return part.talk
        elif part.blink and seconds % _BLINK_EVERY > _BLINK_EVERY - _BLINK_LASTS:
            return part.blink
        return part.cel

    def _travelled(self, actor: Actor, seconds: float) -> float:
        """How far an actor has gone, in scene units: at its pace, but not out of the picture."""
        speed = _SPEED.get(actor.pose, 0.0) * actor.spot.size if actor.moves else 0.0
        if not speed:
            return 0.0
        half = actor.spot.size * actor.breadth / 2
        room = actor.spot.x - self.scene.x(0.06) if actor.mirrored else self.scene.x(0.94) - actor.spot.x
        way = min(speed * self.seconds, max(0.0, room - half))
        return way * seconds / self.seconds * (-1 if actor.mirrored else 1)

    def _draw(
        self,
        frame: Bytes,
        cel: Cel,
        scale: float,
        shift: tuple[float, float],
        turn: float,
        stretch: float,
        light: float,
    ) -> None:
        """Lays a cel on the frame, scaled about the picture's centre, turned and stretched about its own foot."""
        height, width = cel.picture.shape[:2]
        margin = self.scene.margin_px
        focus = self.width / 2, self.height * 0.6
        left = focus[0] + (cel.at[0] - margin - focus[0]) * scale + shift[0]
        top = focus[1] + (cel.at[1] - margin - focus[1]) * scale + shift[1]
        foot_x, foot_y = self._pivot(cel, turn)
        cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        move_x = left + foot_x * scale - cos * foot_x + sin * foot_y * stretch
        move_y = top + foot_y * scale - sin * foot_x - cos * foot_y * stretch
        corners = [
            (cos * x - sin * stretch * y + move_x, sin * x + cos * stretch * y + move_y)
            for x in (0, width)
            for y in (0, height)
        ]
        x0, x1 = max(0, int(min(c[0] for c in corners)) - 1), min(self.width, int(max(c[0] for c in corners)) + 2)
        y0, y1 = max(0, int(min(c[1] for c in corners)) - 1), min(self.height, int(max(c[1] for c in corners)) + 2)
        if x0 >= x1 or y0 >= y1:
            return
        matrix = affine(cos, -sin * stretch, move_x - x0, sin, cos * stretch, move_y - y0)
        target = frame[y0:y1, x0:x1]
        _lay_down(target, warp(cel.picture, matrix, x1 - x0, y1 - y0, empty=(0, 0, 0, 255)), cel.clear, light)

    def _pivot(self, cel: Cel, turn: float) -> tuple[float, float]:
        """What a cel turns about, from its top left: the boat when there is one, else its own foot."""
        height, width = cel.picture.shape[:2]
        boat = self.stage.boat
        if turn and boat:
            return boat.x * self.scene.px - cel.at[0], boat.y * self.scene.px - cel.at[1]
        return width / 2, height

    def _fall(self, frame: Bytes, part: Part, seconds: float) -> None:
        """Precipitation at a moment: a window that slides over its tiles."""
        px, (right, down) = self.scene.px, part.motion.fall
        tiles = part.cel.picture
        tall, wide = tiles.shape[0] // 2, tiles.shape[1] // 2
        gust = 8 * math.sin(seconds * 1.3) * px
        margin = self.scene.margin_px
        x = int(margin - right * seconds * px - gust) % wide
        y = int(margin - down * seconds * px) % tall
        _lay_down(frame, tiles[y : y + self.height, x : x + self.width], part.cel.clear, 1.0)

    def _finished(self, frame: Bytes, i: int) -> Bytes:
        """Bloom, vignette, paper and grain."""
        look = self.scene.look
        small = resize(frame, max(1, self.width // BLOOM_SHRINK), max(1, self.height // BLOOM_SHRINK), area=True)
        bright = subtract(small, round(look.bloom_from * 255))
        longer = max(small.shape[:2])
        near, far = (gaussian(bright, max(0.3, s * longer), max(0.3, s * longer)) for s, _ in BLOOM_BLURS)
        spill = weighted(near, BLOOM_BLURS[0][1] * look.bloom, far, BLOOM_BLURS[1][1] * look.bloom)
        add(frame, resize(spill, self.width, self.height), frame)
        multiply(frame, self._mask, _BRIGHTEST / 255, frame)
        if self._grains:
            return weighted(frame, 1, self._grains[i % _GRAINS], 1, -128)
        return frame


def _lay_down(frame: Bytes, picture: Bytes, clear: bool, light: float) -> None:
    """Lays a cel's pixels on as large a part of the frame, in place, its colour weighted by `light`."""
    color = without_alpha(picture)
    if not clear:
        frame[...] = multiply(frame, tripled(alpha_of(picture)), 1 / 255)
    frame[...] = weighted(frame, 1, color, light) if light != 1 else add(frame, color)


@lru_cache(maxsize=2)
def _player(clip: LayeredScene) -> _Player:
    """Setting one up takes as long as drawing fifty frames, and pieces of the same scene follow each other."""
    return _Player(compose(clip.drawing, drawn_canvas(clip.canvas)), clip)
