"""What each shot tells of where it is: clues to every place that the story speaks of, and what may make it move."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log1p

from storyreel.engines.backends.builtin.planner.chain import Step
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.places import PART, WHOLE
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.signs import Sign, signs_of
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.backends.builtin.planner.words import Word

_SPEAKS = 1.5
"""So much must signs speak for a place, all in all, for a story that never names it to be there."""
_ANYWHERE = {"meadow", "room", "street", "village"}
_RIDDEN = ("train", "ship")
_SHORT = 10
"""A story of fewer shots goes where its words say; in a longer one they are weighed against each other."""
_FIRMLY = 1.5
_OFTEN = 2
_SOON = 2  # shots

_Told = defaultdict[str, Counter[str]]


def passages(
    split: Sequence[Sequence[Word]],
    readings: Sequence[Reading],
    signs: Sequence[Sequence[Sign]],
    paragraphs: Sequence[int],
    *,
    title: Sequence[Word],
    tale: bool,
) -> list[Step]:
    """What each shot of a story tells.

    `paragraphs` are the shots' paragraphs, by number; `title` is the story's, in lower case; `tale` tells that the
    story begins as tales do. The clues hold every place that the story speaks of anywhere; sure is a place that a
    beginning or a short text says and nothing else.
    """
    told = [_told(reading, listed) for reading, listed in zip(readings, signs, strict=True)]
    if tale:
        told[0]["village"]["tale"] = 1
    _compare(told, readings)
    _ride(told, readings)
    always = _always(readings, signs)
    for place, clues in _in_title(title).items():
        always.get(place, {}).update(clues)
    first = _first_told(told, readings)
    here = [*(_here(shot, listed, always) for shot, listed in zip(told, signs, strict=True)), {}]
    found: list[Step] = []
    for at, (words, reading) in enumerate(zip(split, readings, strict=True)):
        clues = {
            place: {
                **here[at].get(place, {}),
                **{f"next {kind}": strength for kind, strength in here[at + 1].get(place, {}).items()},
                **constant,
                "known": float(first.get(place, len(told)) <= at),
                "soon": float(at < first.get(place, len(told)) <= at + _SOON),
            }
            for place, constant in always.items()
        }
        turns = _turns(words, reading, new_paragraph=at > 0 and paragraphs[at] != paragraphs[at - 1])
        surely = (at == 0 or len(readings) < _SHORT) and _told_alone(reading)
        found.append(Step(clues, tuple(turns), tuple(_plain(words)), reading.setting if surely else None))
    return found


def _here(told: _Told, signs: Sequence[Sign], places: Iterable[str]) -> dict[str, dict[str, float]]:
    """What one shot tells by itself of each place."""
    return {
        place: {
            **{kind: float(min(count, _OFTEN)) for kind, count in told[place].items()},
            "signs": log1p(sum(sign.places.get(place, 0.0) * sign.weight for sign in signs)),
        }
        for place in places
    }


def _told_alone(reading: Reading) -> bool:
    """Whether a shot tells its place outright, and speaks of no other."""
    named = {place for place, _ in reading.clues}
    return reading.told_by == WHOLE and named == {reading.setting} and not reading.recalled


def _compare(told: Sequence[_Told], readings: Sequence[Reading]) -> None:
    """Add whether a place that is told is the first one, or another one than before."""
    before = None
    for shot, reading in zip(told, readings, strict=True):
        if reading.setting and reading.told_by == WHOLE:
            shot[reading.setting]["another"] += before not in (None, reading.setting)
            shot[reading.setting]["the first"] += before is None
            shot[reading.setting]["alone"] += _told_alone(reading)
            before = reading.setting


def _ride(told: Sequence[_Told], readings: Sequence[Reading]) -> None:
    """A window is the train's that they ride in, until they get off or are told to be elsewhere."""
    aboard = None
    for shot, reading in zip(told, readings, strict=True):
        if reading.setting and reading.told_by == WHOLE:
            aboard = reading.setting if reading.setting in _RIDDEN else None
        elif reading.alights or reading.jump:
            aboard = None
        if aboard and reading.setting == "room" and reading.told_by == PART:
            shot[aboard].update(shot.pop("room"))


def _always(readings: Sequence[Reading], signs: Sequence[Sequence[Sign]]) -> dict[str, dict[str, float]]:
    """Each place that the story speaks of, or that any story may be at, and what speaks for it all the time."""
    speaks = _speaks(signs)
    named = Counter(place for reading in readings for place in {place for place, _ in reading.clues})
    places = {*named, *_ANYWHERE, *(place for place, strength in speaks.items() if strength >= _SPEAKS)}
    places |= {place for reading in readings for place in (*reading.mentioned, reading.setting) if place}
    most = max(sorted(places), key=lambda place: speaks.get(place, 0.0))
    return {
        place: {
            f"is {place}": 1.0,
            "share": speaks.get(place, 0.0) / (sum(speaks.values()) or 1.0),
            "named": log1p(named[place]),
            "most": float(place == most),
        }
        for place in sorted(places)
    }


def _in_title(words: Sequence[Word]) -> dict[str, dict[str, float]]:
    """The places that the title names or has signs of."""
    named = Counter(match.id for match in vocabulary().find(words) if match.category == "settings")
    shown = _speaks([signs_of(words)])
    return {
        place: {"title named": float(place in named), "title signs": log1p(shown.get(place, 0.0))}
        for place in {*named, *shown}
    }


def _told(reading: Reading, signs: Sequence[Sign]) -> _Told:
    """How a shot speaks of places by itself, and how often so."""
    told: _Told = defaultdict(Counter)
    for place, how in reading.clues:
        told[place][how] += 1
    if reading.setting:
        told[reading.setting][f"told {reading.told_by}"] += 1
        told[reading.setting]["reached"] += reading.reached
        told[reading.setting]["entering"] += reading.entering
        told[reading.setting][f"goes there {reading.told_by}"] += reading.going == "travels"
    for place in reading.mentioned:
        told[place]["mentioned"] += place != reading.setting
    for sign in signs:
        for place, strength in sign.places.items():
            told[place][f"sign {strength}{' doubtful' if sign.weight < 1 else ''}"] += 1
    for place in grammar().words("indoors") if reading.outdoors else ():
        told[place]["goes out"] += 1
    return told


def _speaks(signs: Sequence[Sequence[Sign]]) -> dict[str, float]:
    """How much all signs of the story speak for each place."""
    found: dict[str, float] = defaultdict(float)
    for shot in signs:
        for sign in shot:
            for place, strength in sign.places.items():
                found[place] += strength * sign.weight
    return dict(found)


def _first_told(told: Sequence[_Told], readings: Sequence[Reading]) -> dict[str, int]:
    """The first shot that names a place or that has more than a hint of it."""
    first: dict[str, int] = {}
    for at, (shot, reading) in enumerate(zip(told, readings, strict=True)):
        named = {place for place, _ in reading.clues}
        for place, kinds in shot.items():
            signs = (float(kind.split()[1]) for kind in kinds if kind.startswith("sign "))
            if place in named or any(strength >= _FIRMLY for strength in signs):
                first.setdefault(place, at)
    return first


def _turns(words: Sequence[Word], reading: Reading, *, new_paragraph: bool) -> Iterator[str]:
    """What may make the story move, or keep it where it is."""
    happens = {
        "paragraph": new_paragraph,
        "jump": reading.jump,
        "goes out": reading.outdoors,
        "goes in": _goes_in(reading),
        "alights": reading.alights,
        "recalled": reading.recalled,
        "time": reading.time is not None,
        "talk": any(word.quoted for word in words),
        "only talk": all(word.quoted or word.mark == "end" for word in words),
        reading.going: bool(reading.going),
    }
    return (turn for turn, so in happens.items() if so)


def _goes_in(reading: Reading) -> bool:
    """Whether somebody comes in, to where they stood outside: came in at daybreak, but not in a coat."""
    travels = grammar().words("travels")
    said = (f"{action.verb} {action.rest} .".split() for action in reading.actions)
    outside = ("a", "an", "the", "his", "her", "their")
    return any(
        words[0] in travels and words[1] in ("in", "inside", "indoors") and words[2] not in outside for words in said
    )


def _plain(words: Sequence[Word]) -> list[str]:
    """The nouns and verbs that may speak for a place; no names."""
    found = {
        form
        for word in words
        if word.chinese or not (word.mark or word.text[0].isupper())
        for form in ([word.text] if word.chinese else (*word.nouns, *word.verbs))
    }
    return sorted(found)
