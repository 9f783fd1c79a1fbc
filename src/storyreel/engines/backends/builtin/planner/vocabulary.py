"""The search for the vocabulary's words in a text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.words import Word
from storyreel.engines.backends.builtin.vocabulary import CATEGORIES, entries

_THINGS = ("settings", "kinds", "props")


@dataclass(frozen=True, slots=True)
class Match:
    """Words `first` … `last` (indices, both included) mean `id`; `text` is their text as it stands."""

    category: str
    id: str
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Vocabulary:
    """`phrases` maps the first word to the phrases that begin with it, longest first, for each category.

    `chinese` maps a Chinese word to its id for each category; `titles` holds each id's words, the usual one first.
    """

    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]]
    chinese: dict[str, dict[str, str]]
    titles: dict[str, dict[str, dict[str, list[str]]]]

    def chinese_word(self, category: str, id_: str) -> str:
        """The usual Chinese word for an id, or the id itself."""
        return next(iter(self.titles[category].get(id_, {}).get("zh", ())), id_)

    def knows(self, category: str, word: str) -> bool:
        """Whether an English word by itself means something of a category."""
        return any(len(phrase) == 1 for phrase, _ in self.phrases[category].get(word, ()))

    def find(self, words: Sequence[Word]) -> list[Match]:
        """Every word of the vocabulary in the text, longest first, in order; a thing within a longer thing is not."""
        found: list[Match] = []
        for category in CATEGORIES:
            index = 0
            while index < len(words):
                match = self._at(category, words, index)
                if match is not None:
                    found.append(match)
                index = match.last + 1 if match is not None else index + 1
        return sorted(_outermost(found), key=lambda match: match.first)

    def _at(self, category: str, words: Sequence[Word], index: int) -> Match | None:
        word = words[index]
        if word.mark == "end":
            return None
        if word.chinese:
            return self._chinese_at(category, words, index)
        forms = tuple(_forms(category, word))
        for form in dict.fromkeys((*forms, word.lower) if category == "settings" else forms):
            for phrase, id_ in self.phrases[category].get(form, ()):
                if form not in forms and len(phrase) == 1:
                    continue  # waiting is no place, but a waiting room is
                last = index + len(phrase) - 1
                if last < len(words) and all(
                    part in words[index + step].forms for step, part in enumerate(phrase) if step
                ):
                    return Match(category, id_, index, last, " ".join(w.text for w in words[index : last + 1]))
        return None

    def _chinese_at(self, category: str, words: Sequence[Word], index: int) -> Match | None:
        """The longest word of the list that begins with this word or stands in it."""
        listed = self.chinese[category]
        if category in _THINGS and _only_verb(words, index):
            return None
        last, text = index, ""
        best: Match | None = None
        while last < len(words) and words[last].chinese and len(text) <= _LONGEST:
            text += words[last].text
            place = text[:-1] if category == "settings" and text[-1] in _LOCALISERS and last > index else ""
            for told in (text, place):  # 月台上, which the dictionary splits as 月 + 台上
                if told in listed:
                    best = Match(category, listed[told], index, last, told)
                    break
            last += 1
        if best is not None:
            return best
        if category == "settings" and words[index].mark in ("name", "noun") and len(words[index].text) == _SHORT_NAME:
            last = words[index].text[-1]  # 鸣沙山 is a mountain
            if last in listed:
                return Match(category, listed[last], index, index, words[index].text)
        if category == "props" and _is_sort(words[index]):
            return Match(category, listed[words[index].text[-1]], index, index, words[index].text[-1])
        part = _part(words[index].text, listed, verbs=category == "poses" and words[index].mark in ("verb", ""))
        return Match(category, listed[part], index, index, part) if part else None


_LONGEST = 8
_LOCALISERS = "里上下中边旁外前内后"
_SHORT_NAME = 3
_BEFORE_THINGS = ("朵", "束", "枝", "把", "将")


def _only_verb(words: Sequence[Word], index: int) -> bool:
    """花钱, 包饺子; but not 几朵花, 把花送给她."""
    thing = index > 0 and words[index - 1].text.endswith(_BEFORE_THINGS)
    return words[index].mark == "verb" and len(words[index].text) == 1 and not thing


def _is_sort(word: Word) -> bool:
    """国旗 is a sort of 旗, 保温桶 of 桶; but 雪花 is no 花."""
    heads, others = grammar().words("thing_heads"), grammar().words("no_things")
    sort = len(word.text) > 1 and word.mark in ("noun", "name") and word.text[-1] in heads
    return sort and not word.text.endswith(tuple(others))


def _part(text: str, listed: dict[str, str], *, verbs: bool) -> str | None:
    """The longest end of a Chinese word that is listed, or its beginning before 里, 上 …; of a verb any part.

    What stands within a word seldom means what it means alone (a 花生 is no 花); a verb's first character does.
    """
    for size in range(len(text) - 1, 1, -1):
        starts = range(len(text) - size + 1) if verbs else (len(text) - size, 0)
        for start in starts:
            inner = start == 0 and not verbs and text[size:][0] not in _LOCALISERS
            if text[start : start + size] in listed and not inner:
                return text[start : start + size]
    return text[0] if verbs and text[0] in listed else None


def _forms(category: str, word: Word) -> Iterable[str]:
    if category in _THINGS:
        return sorted(word.nouns) if word.nouns else () if word.verbs else (word.lower,)
    if category == "poses":
        return sorted(word.verbs) if word.verbs else (word.lower,) if not word.nouns else ()
    if category == "weathers":
        return (word.lower, *sorted(word.nouns - {word.lower}))  # he wound a clock: no wind
    return (word.lower, *sorted(word.nouns - {word.lower}), *sorted(word.verbs - {word.lower}))


def _outermost(matches: Iterable[Match]) -> list[Match]:
    kept: list[Match] = []
    things: dict[int, Match] = {}
    ordered = sorted(matches, key=lambda match: match.first - match.last)
    for match in ordered:
        if match.category in _THINGS:
            over = [things[place] for place in range(match.first, match.last + 1) if place in things]
            if any(
                (one.first, one.last) != (match.first, match.last) and len(one.text) > len(match.text) for one in over
            ):
                continue
            for place in range(match.first, match.last + 1):
                things.setdefault(place, match)
        kept.append(match)
    return kept


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Read once per process."""
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
    chinese: dict[str, dict[str, str]] = {}
    for category in CATEGORIES:
        english: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        chinese[category] = {}
        for id_, entry in entries(category).items():
            for text in dict.fromkeys((*entry["en"], id_.replace("_", " "))):
                phrase = tuple(text.lower().replace("'s", " 's").split())
                english[phrase[0]].append((phrase, id_))
            for text in entry["zh"]:
                chinese[category].setdefault(text, id_)
        phrases[category] = {first: sorted(found, key=lambda entry: -len(entry[0])) for first, found in english.items()}
    return Vocabulary(phrases, chinese, {category: entries(category) for category in CATEGORIES})
