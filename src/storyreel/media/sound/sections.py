"""The music's form: the story's moods over time become sections, which begin at bar lines, and an ending.

A section says nothing of what comes later in the film but where it ends; so an edit leaves the music before it alone.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.composing import ENDING
from storyreel.media.sound.loops import Loop
from storyreel.media.sound.scales import bar_of

SHORTEST = Fraction(12)
"""Seconds that a mood's music lasts at least: in less, five bars, no ear finds its way into another key."""
LAST_CHORD = Fraction(4)
"""Seconds that the film's last chord is given at least, and at most a bar more."""


@dataclass(frozen=True, slots=True)
class Felt:
    """A mood, and from when to when, in seconds, it is the story's."""

    mood: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Section:
    """Music from one bar line to another, or to the film's end; in samples. The loop begins with the section."""

    loop: Loop
    start: int
    end: int


def sections_of(felt: Sequence[Felt], seed: int) -> tuple[Section, ...]:
    """The music of a film whose moods follow each other without a gap: at least its ending; nothing if nothing is felt.

    The last section ends with a chord that the film's last seconds are left to.
    """
    if not felt:
        return ()
    bar, total = bar_of(seed), round(felt[-1].end * SAMPLE_RATE)
    last = max((total - int(LAST_CHORD * SAMPLE_RATE)) // bar, 0) * bar
    long = lasting(felt)
    ending = Section(Loop(long[-1].mood + ENDING, seed), last, total)
    lines = [0, *(round(mood.start * SAMPLE_RATE / bar) * bar for mood in long[1:]), last]
    played = zip(long, pairwise(lines), strict=True)
    return (*(Section(Loop(mood.mood, seed), start, end) for mood, (start, end) in played if start < end), ending)


def lasting(felt: Sequence[Felt]) -> tuple[Felt, ...]:
    """The same without what passes quickly: moods that last, each for SHORTEST at least, if the film does.

    Whenever the mood changes, the next SHORTEST seconds decide: what is felt in most of them is a mood of its own; so
    is what is felt longest, if nothing is left of the mood before. No later second counts.
    """
    starts, end = [one.start for one in felt], felt[-1].end
    now = starts[0]
    moods = [Felt(_decided(felt, starts, now, ""), now, end)]
    while True:
        free = moods[-1].start + SHORTEST
        if now < free:
            now = free
        else:
            place = bisect_right(starts, now)
            now = starts[place] if place < len(starts) else end
        if now + SHORTEST > end:
            return tuple(moods)
        mood = _decided(felt, starts, now, moods[-1].mood)
        if mood != moods[-1].mood:
            moods[-1:] = [replace(moods[-1], end=now), Felt(mood, now, end)]


def _decided(felt: Sequence[Felt], starts: Sequence[Fraction], now: Fraction, before: str) -> str:
    """The mood of the seconds from `now` on; that of those before, as long as it is felt."""
    here = bisect_right(starts, now) - 1
    if felt[here].mood == before:
        return before
    shares: defaultdict[str, Fraction] = defaultdict(Fraction)
    for one in felt[here : bisect_left(starts, now + SHORTEST)]:
        shares[one.mood] += min(one.end, now + SHORTEST) - max(one.start, now)
    mood = max(shares, key=lambda mood: shares[mood])
    return before if before in shares and 2 * shares[mood] <= SHORTEST else mood
