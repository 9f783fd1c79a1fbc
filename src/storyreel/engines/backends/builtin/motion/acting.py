"""What actors do of their own accord: the pace of a walk, the way that is walked, blinking, breathing, speaking."""

import math
from collections.abc import Sequence
from fractions import Fraction

from storyreel.domain.film import WordTime
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.scene import Scene

_RATES = {"walk": 0.95, "run": 1.5, "fly": 2.2, "swim": 0.8}
"""Cycles a second of each movement."""
_SPEEDS = {"walk": 0.5, "run": 1.0, "fly": 0.35, "swim": 0.25}
"""Figure heights travelled a second."""
_DRAWINGS_A_SECOND = 12
"""As animators have it: quicker movements get more, for a cycle must have enough of them to be seen."""
_FEWEST = 8
_BLINK_LASTS = 0.13
_SYLLABLES = 5.0
"""Times a second that a talking mouth opens."""
_OPEN = 0.6
"""The share of a syllable that the mouth is open."""


def speakers(spec: SceneSpec, actors: Sequence[Actor]) -> tuple[int, ...]:
    """The numbers of those who say the words: the scene's speaker, else whoever talks."""
    if spec.speaker is not None:
        return tuple(n for n, actor in enumerate(actors) if actor.character.id == spec.speaker)
    return tuple(n for n, actor in enumerate(actors) if actor.pose == "talk")


def drawings_in_a_cycle(actor: Actor, fps: Fraction) -> int:
    """How many drawings a movement has: each is shown for the same number of frames, so that it does not stumble."""
    return max(2, round(float(fps) / _RATES.get(actor.pose, 1.0) / _held(actor, fps)))


def _held(actor: Actor, fps: Fraction) -> int:
    """For how many frames each drawing of a movement is shown."""
    most = float(fps) / _RATES.get(actor.pose, 1.0) / _FEWEST
    return max(1, min(round(float(fps) / _DRAWINGS_A_SECOND), int(most)))


def drawing_at(frame: int, actor: Actor, fps: Fraction, drawings: int) -> int:
    """Which of its drawings an actor in movement shows in a frame."""
    return frame // _held(actor, fps) % drawings


def travelled(scene: Scene, actor: Actor, seconds: float, of_seconds: float) -> float:
    """How far an actor has gone, in scene units: at its pace, but not out of the picture."""
    speed = _SPEEDS.get(actor.pose, 0.0) * actor.spot.size if actor.moves else 0.0
    if not speed:
        return 0.0
    half = actor.spot.size * actor.breadth / 2
    room = actor.spot.x - scene.x(0.06) if actor.mirrored else scene.x(0.94) - actor.spot.x
    way = min(speed * of_seconds, max(0.0, room - half))
    return way * seconds / of_seconds * (-1 if actor.mirrored else 1)


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


def breath(number: int, seconds: float) -> float:
    """How much taller than at rest, as a factor."""
    return 1 + 0.006 * math.sin(seconds * 2.4 + 1.9 * number)


def lean(number: int, seconds: float, speaking: bool) -> float:
    """Degrees that somebody who stands sways; more so who speaks."""
    slow = 0.35 * math.sin(seconds * 0.9 + 2.1 * number)
    return slow + (0.55 * math.sin(seconds * 2.3 + number) if speaking else 0.0)
