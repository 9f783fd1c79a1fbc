"""Which part of the day each shot has: what is told of it, and what the story's words make likely; learnt weights."""

from collections.abc import Iterator, Sequence

import numpy as np

from storyreel.engines.backends.builtin.planner.chain import Kinds, Step, likeliest, weights
from storyreel.engines.backends.builtin.planner.clock import part_of_day
from storyreel.engines.backends.builtin.planner.reading import Reading

PARTS = ("afternoon", "dawn", "dusk", "morning", "night", "noon")
MOVES = tuple(f"stay {one}" if one == other else f"{one} to {other}" for one in PARTS for other in PARTS)
WEIGHTS = "daylight.json"

_HALF_A_DAY = 12  # hours
_SHORT = 6
"""A story of fewer shots has the time that it tells, or noon; in a longer one all its words are weighed."""
_STARRY = ("moon", "space")


def likeliest_times(moments: Sequence[Step], language: str) -> list[str]:
    """The part of the day of each shot of a story in that language: en or zh."""
    return likeliest(moments, weights(WEIGHTS, language), MOVES, moves())


def moves() -> Kinds:
    """Of which of the MOVES it is to go from each part to each; (parts, parts)."""
    return np.arange(len(MOVES)).reshape(len(PARTS), len(PARTS))


def moments(readings: Sequence[Reading], passages: Sequence[Step], places: Sequence[str]) -> list[Step]:
    """What each shot of a story tells of the part of the day. `passages` are what it tells of its place."""
    found: list[Step] = []
    so_far = _so_far(readings)
    for at, (reading, passage, now) in enumerate(zip(readings, passages, so_far, strict=True)):
        told = _told(reading, now)
        clues = {
            part: dict.fromkeys(
                [f"is {part}", *(f"{how}{of}" for how, one in told if one == part for of in ("", f" {part}"))], 1.0
            )
            for part in PARTS
        }
        new_place = at > 0 and places[at] != places[at - 1]
        turns = tuple(_turns(reading, passage, new_place=new_place))
        sure = _surely(now, places[at], short=len(readings) < _SHORT)
        found.append(Step(clues, turns, (*passage.words, *_signs(reading)), sure))
    return found


def _surely(now: str | None, place: str, *, short: bool) -> str | None:
    if now is None and place in _STARRY:
        return "night"
    return now or "noon" if short else None


def _told(reading: Reading, now: str | None) -> list[tuple[str, str | None]]:
    """How a shot tells of parts of the day."""
    named = [(how, part) for how, part, _ in reading.times]
    clock = None if reading.hour is None else now
    return [("told", reading.time), ("clock", clock), ("so far", now), ("hinted", reading.time_hint), *named]


def _signs(reading: Reading) -> Iterator[str]:
    """What speaks for a part of the day by itself, beside the shot's words."""
    yield from (f"at {word}" for _, _, word in reading.times)
    if reading.hour is not None:
        yield f"at {reading.hour}"
    if reading.sunlit:
        yield "at sunlight"


def _turns(reading: Reading, passage: Step, *, new_place: bool) -> Iterator[str]:
    """What may make time go by."""
    yield from passage.turns
    happens = {"another day": reading.another_day, "new place": new_place, f"told {reading.time}": bool(reading.time)}
    yield from (turn for turn, so in happens.items() if so)


def _so_far(readings: Sequence[Reading]) -> list[str | None]:
    """The part of the day that was told last, if any: it holds until another is told or another day comes."""
    now: str | None = None
    found: list[str | None] = []
    for at, reading in enumerate(readings):
        if not (at and reading.recalled):  # what was long ago is at another time
            now = _after(reading, now)
        found.append(now)
    return found


def _after(reading: Reading, now: str | None) -> str | None:
    """The part of the day in a shot, by what it tells and what it was before."""
    if (reading.jump and now not in (None, "noon")) or (reading.another_day and now in ("dawn", "dusk", "night")):
        now = reading.time_hint or "morning"
    if now in ("night", "dawn") and reading.sunlit:
        now = "morning"
    if reading.hour is None:
        return reading.time or now or reading.time_hint
    told = part_of_day(reading.hour, "morning" if reading.jump else now)
    return told if reading.hour > _HALF_A_DAY else reading.time or told
