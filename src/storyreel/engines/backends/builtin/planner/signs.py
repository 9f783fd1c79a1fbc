"""Places that nobody names: what people, things and deeds tell of where a story is, by two files of signs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from storyreel.engines.backends.builtin.planner.context import clause_before, likened, talked_of
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.words import Word

_WEIGHTS = {"sure": 3.0, "likely": 1.5, "hint": 0.5}
_DOUBTFUL = 0.5
"""What is talked of, or had been, may be elsewhere."""
_CLAUSE = 6  # words

Evidence = Mapping[str, float]
"""For each place how much speaks for it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A phrase of lemmas in a shot, for which places it speaks how much, and whether it is sure to be there."""

    phrase: tuple[str, ...]
    places: Evidence
    weight: float = 1.0


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[tuple[tuple[str, ...], dict[str, float]]]]:
    """For each first word the phrases that begin with it, longest first."""
    data = json.loads(Path(__file__).with_name("signs.json").read_text("utf-8"))
    data.pop("about")
    places: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for place, listed in data.items():
        for strength, phrases in listed.items():
            for phrase in phrases:
                key = (phrase,) if phrase.startswith("to ") else tuple(phrase.replace("'s", " 's").split())
                places[key][place] = _WEIGHTS[strength]
    found: dict[str, list[tuple[tuple[str, ...], dict[str, float]]]] = defaultdict(list)
    for phrase, told in places.items():
        found[phrase[0]].append((phrase, told))
    return {first: sorted(listed, key=lambda entry: -len(entry[0])) for first, listed in found.items()}


@lru_cache(maxsize=1)
def _chinese() -> dict[str, dict[str, float]]:
    """For each Chinese word the places that it speaks for."""
    data = json.loads(Path(__file__).with_name("chinese_signs.json").read_text("utf-8"))
    data.pop("about")
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for place, listed in data.items():
        for strength, words in listed.items():
            for word in words.split():
                found[word][place] = _WEIGHTS[strength]
    return dict(found)


def _in_chinese(words: Sequence[Word], index: int) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    """The longest Chinese sign that begins with a word: one phrase, of as many parts as it has words."""
    text, best = "", 0
    for size, word in enumerate(words[index : index + _LONGEST], 1):
        if not word.chinese:
            break
        text += word.text
        best = size if text in _chinese() else best
    if best:
        phrase = tuple(word.text for word in words[index : index + best])
        yield phrase, _chinese()["".join(phrase)]


_LONGEST = 5  # words


def signs_of(words: Sequence[Word]) -> list[Sign]:
    """The signs of one shot; not what is only compared with or denied."""
    found: list[Sign] = []
    index = 0
    while index < len(words):
        told = next(_at(words, index), None)
        if told is None:
            index += 1
            continue
        phrase, places = told
        if not _absent(words, index):
            found.append(Sign(phrase, places, _DOUBTFUL if words[index].quoted or _before(words, index) else 1.0))
        index += len(phrase)
    return found


def _at(words: Sequence[Word], index: int) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    word = words[index]
    if word.chinese:
        yield from _in_chinese(words, index)
    if word.chinese or word.mark == "end" or _names(words, index):
        return
    known = _phrases()
    for verb in () if word.mark else sorted(word.verbs):
        yield from known.get(f"to {verb}", ())
    listed = [entry for form in word.forms for entry in known.get(form, ())]
    for phrase, places in sorted(listed, key=lambda entry: (-len(entry[0]), entry[0])):
        if len(phrase) == 1 and phrase[0] not in (word.nouns or {word.lower}):
            continue  # down he slid: no slide
        rest = words[index + 1 : index + len(phrase)]
        if len(rest) == len(phrase) - 1 and all(part in one.forms for part, one in zip(phrase[1:], rest, strict=True)):
            yield phrase, places


def _names(words: Sequence[Word], index: int) -> bool:
    """Whether a word ends a name: Mr. Gill; Sister Bell; Rose; but Captain Vance is a captain."""
    if not words[index].text[0].isupper():
        return False
    return lexicon().given(words[index].lower) or (index > 0 and words[index - 1].text[0].isupper())


def _absent(words: Sequence[Word], index: int) -> bool:
    before = clause_before(words, index, _CLAUSE)
    if talked_of(words, index):
        return True  # he dreams of the rabbit on the moon
    return likened(before) or any(word.mark == "negations" or word.lower == "no" for word in before[:3])


def _before(words: Sequence[Word], index: int) -> bool:
    """He had been a sailor: that was before."""
    before = clause_before(words, index, _CLAUSE)
    if any(word.lower == "been" for word in before[:2]):
        return False  # she had been a nurse for many years
    return any(word.lower == "had" for word in before) and not any(word.mark == "joining" for word in before)
