"""Where a story begins, and where it goes on, as far as nothing but people, things and deeds tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.places import WHOLE
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.signs import Evidence, Sign, evidence, likeliest

_SHOTS = 10
"""How far the beginning of a story may reach, as long as it goes nowhere else."""
_FADING = 0.85
_ENOUGH, _BARELY = 1.5, 0.3
_NAMED, _LATER = 6.0, 0.5
"""A place that is named outright weighs so much, and for each shot that it is named later so much less."""
_MENTIONED = 0.5
_TALE = 3.0
_LOOK_AHEAD = 3  # shots


def opening(signs: Sequence[Sequence[Sign]], readings: Sequence[Reading], *, tale: bool) -> str | None:
    """The place that a story begins at; None where nothing speaks for any.

    A place that is named in the first shots speaks loudest, then those whom and what one finds only there. `tale`
    tells that the story begins as tales do, rather in a village than elsewhere.
    """
    named = next((at for at, one in enumerate(readings[:_LOOK_AHEAD]) if _named(one)), None)
    goes_on = next((at for at, one in enumerate(readings) if at > (named or 0) and _named(one)), len(readings))
    told = evidence(signs[: min(goes_on, _SHOTS)], _FADING)
    if named is not None and (place := readings[named].setting):
        told[place] = told.get(place, 0.0) + _NAMED - _LATER * named
    for place, strength in _mentioned(readings[: min(goes_on, _SHOTS)]).items():
        told[place] = told.get(place, 0.0) + strength
    if tale:
        told["village"] = told.get("village", 0.0) + _TALE
    return likeliest(told, _ENOUGH) or likeliest(evidence(signs), _ENOUGH) or likeliest(told, _BARELY)


def shown_at_once(signs: Sequence[Sequence[Sign]], readings: Sequence[Reading]) -> str | None:
    """The place that people, things and deeds leave no doubt of, before any place is named."""
    goes_on = next((at for at, one in enumerate(readings) if _named(one)), len(readings))
    return likeliest(evidence(signs[: min(goes_on, _SHOTS)], _FADING), _SURE)


def _mentioned(readings: Sequence[Reading]) -> Evidence:
    """What speaks for places that are merely mentioned, the first of them most."""
    told: dict[str, float] = {}
    for at, one in enumerate(readings):
        for place in one.mentioned:
            told.setdefault(place, _MENTIONED * _FADING**at)
    return told


def _named(reading: Reading) -> bool:
    return reading.setting is not None and reading.told_by == WHOLE


@dataclass(frozen=True, slots=True)
class Implied:
    """What speaks for each place in one shot (`here`) and in it and the next ones, until one names a place (`soon`)."""

    here: Evidence = field(default_factory=dict[str, float])
    soon: Evidence = field(default_factory=dict[str, float])

    def other_than(self, setting: str | None) -> str | None:
        """The place where the story must have gone to, if it does not seem to be at `setting` any more."""
        if setting is None:
            return None
        indoors = grammar().words("indoors")
        home, country = grammar().words("at_home"), grammar().words("country")
        places = {
            place: strength
            for place, strength in self.soon.items()
            if place != setting
            and not (setting in indoors and place in home and setting not in home)
            and not (setting in country and place in country)
            and not (setting in _AMONG_STARS and place in _AMONG_STARS)
        }
        best = likeliest(places, _ARRIVED if setting in grammar().words("on_the_move") else _GONE)
        if best is None or self.here.get(best, 0.0) < _SURE or self.soon.get(setting, 0.0) * 2 > places[best]:
            return None
        return best


_AMONG_STARS = ("space", "planet", "moon")
_SURE, _GONE, _ARRIVED = 3.0, 5.0, 3.5
"""How much must speak for another place: in one shot, in some; in some where they are on a journey, which ends."""


def following(signs: Sequence[Sequence[Sign]], readings: Sequence[Reading], index: int) -> Implied:
    """What is implied at a shot; nothing where it names its place itself."""
    if _named(readings[index]):
        return Implied()
    end = next((at for at in range(index + 1, len(readings)) if _named(readings[at])), len(readings))
    return Implied(evidence(signs[index : index + 1]), evidence(signs[index : min(end, index + _LOOK_AHEAD)]))
