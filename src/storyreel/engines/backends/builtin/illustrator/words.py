"""From the words of a scene to what there is a drawing of."""

import functools
import re

from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.vocabulary import entries

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SEVERAL, _MOST = 3, 12
_PLURALS = (("ves", "f"), ("ies", "y"), ("es", ""), ("s", ""))


@functools.cache
def known(group: str, word: str) -> str | None:
    """The entry of a vocabulary group that an English word or phrase names; None when there is none.

    Of a phrase that is not known as a whole, the last known word counts: "old oak tree" is a tree.
    """
    listed = entries(group)
    word = word.strip().lower()
    if word in listed:
        return word
    for name, entry in listed.items():
        if word in entry["en"]:
            return name
    for ending, singular in _PLURALS:
        if word.endswith(ending) and (found := known(group, word.removesuffix(ending) + singular)):
            return found
    parts = word.split()
    for i in range(1, len(parts)):
        if found := known(group, " ".join(parts[i:])):
            return found
    return None


def drawn_setting(word: str) -> str:
    """The setting that is drawn for a word: the one it names, or a meadow when nothing is known of it."""
    return known("settings", word) or ("meadow" if word.strip() else "abstract")


def number_in(group: str, phrase: str) -> int:
    """How many of its thing a phrase tells of, 12 at most: of "ten suns" ten, of "suns" some, of "sun" one."""
    for word in re.findall(r"[a-z]+|[0-9]+", phrase.lower()):
        if word.isdigit() or word in _NUMBERS:
            return min(_MOST, max(1, int(word) if word.isdigit() else _NUMBERS.index(word) + 1))
    last = (phrase.lower().split() or [""])[-1]
    plural = last.endswith("s") and known(group, last) is not None and not _is_singular(group, last)
    return _SEVERAL if plural else 1


def told_of(spec: SceneSpec, name: str) -> int:
    """How many of a thing a scene tells of by itself."""
    return max((number_in("props", word) for word in spec.props if known("props", word) == name), default=0)


def sits(spec: SceneSpec) -> bool:
    """Whether a scene tells of somebody who sits."""
    return any(known("poses", subject.pose) == "sit" for subject in spec.subjects)


def sits_on_the_bed(spec: SceneSpec) -> bool:
    """Whether who sits does so on the bed: in a bedroom, unless it is told of something else to sit on or at."""
    seats = ("chair", "table", "sofa", "bench", "box", "wooden box")
    return spec.setting == "bedroom" and sits(spec) and not any(told_of(spec, seat) for seat in seats)


def sails(spec: SceneSpec) -> bool:
    """Whether a scene tells of a boat on the water, or of somebody who rows one: the place then needs none."""
    return any(told_of(spec, name) for name in ("boat", "ship")) or any(
        known("poses", subject.pose) == "row" for subject in spec.subjects
    )


def _is_singular(group: str, word: str) -> bool:
    return any(word == name or word in entry["en"] for name, entry in entries(group).items())


def color_of(spec: SceneSpec, name: str) -> str:
    """The colour that a scene tells of a thing by itself or in a hand, as "#rrggbb"; empty when it tells none."""
    told = (*spec.props, *(subject.holds for subject in spec.subjects if subject.holds))
    return next((color for phrase in told if known("props", phrase) == name and (color := color_in(phrase))), "")


def color_in(phrase: str) -> str:
    """The colour that a phrase names, as "#rrggbb"; empty when it names none."""
    colors: dict[str, str] = table("people.json")["colors"]
    return next((colors[word] for word in phrase.lower().split() if word in colors), "")
