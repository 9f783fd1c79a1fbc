"""What actors do of their own accord: the pace of a walk, the way that is walked, blinking, breathing, speaking."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from storyreel.domain.film import WordTime
from storyreel.domain.storyboard import Camera, SceneSpec
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.motion.camera import at_depth, focus, move

_DRAWINGS_A_SECOND = 12
"""As animators have it: quicker movements get more, for a cycle must have enough of them to be seen."""
_FEWEST = 8
_SLOWEST = 0.55
"""Who has little room to go walks slower, down to this share of its pace."""
_STROLL = 0.8
"""The pace of passers-by, beside that of the actors."""
_EDGE = 0.06
"""The share of the picture's width at its edges where nobody walks on."""
_ROUND_FACE = 1.35
"""How far before its middle a face reaches with hair, hat or helmet, in its radii."""
_BLINK_LASTS = 0.13
_SYLLABLES = 5.0
"""Times a second that a talking mouth opens."""
_OPEN = 0.6
"""The share of a syllable that the mouth is open."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an actor does in a clip.

    `way`: how far it goes in all, in scene units to the right. `drawings`: how many its movement has, none when it
    keeps still; each is `held` for so many frames, always as many, so that it does not stumble. `shut` are those during
    which its eyes are.
    """

    way: float
    drawings: int
    held: int
    speaks: bool
    shut: tuple[int, ...] = ()


def acts(
    scene: Scene, actors: Sequence[Actor], words: Sequence[WordTime], camera: Camera, frames: int, fps: Fraction
) -> list[Act]:
    """What each actor does in a clip."""
    speaking = _speakers(scene.spec, actors) if words else ()
    seconds = frames / float(fps)
    found: list[Act] = []
    wishes = [actor.pace * actor.spot.size * seconds for actor in actors]
    rooms = [_room(scene, actor, actors, camera) for actor in actors]
    for number, (actor, wanted) in enumerate(zip(actors, wishes, strict=True)):
        together = [i for i, other in enumerate(actors) if wishes[i] and other.mirrored == actor.mirrored]
        way = min(min(wishes[i], rooms[i]) for i in together) if wanted else 0.0  # nobody walks into a friend
        found.append(_act(actor, number, wanted, way, frames, fps, speaks=number in speaking))
    return [
        act if actor.on is None else replace(act, way=found[actor.on].way)
        for act, actor in zip(found, actors, strict=True)
    ]


def passing(walking: Sequence[Actor], first: int, frames: int, fps: Fraction) -> list[Act]:
    """What passers-by do, numbered from `first`: nobody is in their way, and they may leave the picture."""
    found: list[Act] = []
    for number, actor in enumerate(walking, first):
        way = actor.pace * actor.spot.size * frames / float(fps) * _STROLL
        found.append(_act(actor, number, way, way, frames, fps, speaks=False))
    return found


def _act(actor: Actor, number: int, wanted: float, way: float, frames: int, fps: Fraction, *, speaks: bool) -> Act:
    if not actor.moves:
        return Act(0, 0, 1, speaks)
    quickness = max(_SLOWEST, way / wanted) if wanted else 1.0
    cycle = float(fps) / (actor.steps * quickness)
    held = max(1, min(round(float(fps) / _DRAWINGS_A_SECOND), int(cycle / _FEWEST)))
    drawings = max(2, round(cycle / held))
    shut = {i // held % drawings for i in range(frames) if blinking(number, i / float(fps))}
    return Act(-way if actor.mirrored else way, drawings, held, speaks, tuple(sorted(shut)))


def _speakers(spec: SceneSpec, actors: Sequence[Actor]) -> Sequence[int]:
    """The numbers of those who say the words: the scene's speaker, else whoever talks."""
    if spec.speaker is not None:
        return [n for n, actor in enumerate(actors) if actor.character.id == spec.speaker]
    return [n for n, actor in enumerate(actors) if actor.pose == "talk"]


def _room(scene: Scene, actor: Actor, actors: Sequence[Actor], camera: Camera) -> float:
    """How far an actor can go before it leaves the picture as the camera has it then, or stands in somebody's way."""
    x, _, radius = actor.face()
    half = max(actor.spot.size * actor.breadth / 2, (x + radius * _ROUND_FACE) * actor.spot.scale)
    end = at_depth(move(camera, 1), actor.spot.depth)
    middle, _ = focus(scene.picture_width, scene.picture_height)
    edge = (_EDGE if actor.mirrored else 1 - _EDGE) * scene.picture_width
    edge = scene.x(0) + middle + (edge - end.right - middle) / (1 + end.zoom)
    room = abs(edge - actor.spot.x) - half if (edge > actor.spot.x) != actor.mirrored else 0.0
    for other in actors:
        ahead = (other.spot.x - actor.spot.x) * (-1 if actor.mirrored else 1)
        if ahead <= 0 or other.on is not None or (other.moves and other.mirrored == actor.mirrored):
            continue
        gap = ahead - half - other.spot.size * other.breadth / 2
        room = min(room, gap / 2 if other.moves else gap)
    return max(0.0, room)


def blinking(number: int, seconds: float) -> bool:
    """Whether the actor of a number has its eyes shut; no two blink together for long."""
    every = 2.9 + 0.7 * (number % 3)
    return (seconds + 1.3 * number) % every > every - _BLINK_LASTS


def mouth_open(words: Sequence[WordTime], seconds: float) -> bool:
    """Whether a speaker's mouth is open: once for about each syllable of the words."""
    for word in words:
        if word.start <= seconds < word.end:
            lasts = word.end - word.start
            syllables = max(1, round(lasts * _SYLLABLES))
            return (seconds - word.start) / lasts * syllables % 1 < _OPEN
    return False


def flickering(seconds: float) -> float:
    """How much darker than its brightest a flame is, 0 … 1: uneven, and never at rest."""
    wild = math.sin(seconds * 11.3) + 0.7 * math.sin(seconds * 17.9 + 1.2) + 0.5 * math.sin(seconds * 5.1 + 0.4)
    return 0.5 + wild / 4.4


def breath(number: int, seconds: float) -> float:
    """How much taller than at rest, as a factor."""
    return 1 + 0.006 * math.sin(seconds * 2.4 + 1.9 * number)


def gesture(number: int, seconds: float, speaking: bool) -> float:
    """Degrees by which the arm of somebody who talks is raised: little who only listens."""
    wave = math.sin(seconds * 2.9 + number) + 0.6 * math.sin(seconds * 4.7 + 2.1 * number)
    return (-6.0 if speaking else -1.0) * wave


def lean(number: int, seconds: float, speaking: bool) -> float:
    """Degrees that somebody who stands sways; more so who speaks."""
    slow = 0.35 * math.sin(seconds * 0.9 + 2.1 * number)
    return slow + (0.55 * math.sin(seconds * 2.3 + number) if speaking else 0.0)
