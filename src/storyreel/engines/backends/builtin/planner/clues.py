"""How a shot's words speak of each place: by which preposition, article and verb, in talk, in a comparison."""

from collections.abc import Iterator, Sequence

from storyreel.engines.backends.builtin.planner.chinese_places import rank_in_chinese
from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.place_ranks import AFAR, rank_of
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

Clue = tuple[str, str]
"""A place and one of the ways in which it is spoken of."""

_PHRASE, _FIRST_WORDS = 5, 2  # words
_ARTICLES = ("definite", "indefinite", "possessive")


def clues_of(words: Sequence[Word], named: Sequence[Match], real: Sequence[Match], doers: Sequence[int]) -> list[Clue]:
    """All that is said of places; `real` are those of the `named` that are not talked of, denied or compared with.

    `doers` are the first words of those who do something.
    """
    return [(match.id, how) for match in named for how in _spoken_of(words, match, real, doers)]


def _spoken_of(words: Sequence[Word], match: Match, real: Sequence[Match], doers: Sequence[int]) -> Iterator[str]:
    if words[match.first].quoted:
        yield "quoted"
    elif match not in real:
        yield "unreal"
    else:
        yield from (_in_chinese if words[match.first].chinese else _in_english)(words, match)
        yield from _standing(match, real, doers)


def _in_english(words: Sequence[Word], match: Match) -> Iterator[str]:
    yield f"rank {rank_of(words, match)}"
    before = clause_before(words, match.first, _PHRASE)
    yield from [word.mark for word in before if word.mark in _ARTICLES][:1]
    leading = [word.lower for word in before if word.mark == "preposition"][:1]
    within = [word.lower for word in words[match.first : match.last] if word.mark == "preposition"][:1]
    yield from (f"led {preposition}" for preposition in sorted({*leading, *within}))
    parts = grammar().words("parts_of_places")
    if match.text.lower() in parts or words[match.last].nouns & parts:
        yield "part"
    if words[match.last].nouns & grammar().words("furniture"):
        yield "furniture"
    if any(word.lower == "had" for word in clause_before(words, match.first, AFAR)):
        yield "had"
    following = words[match.last + 1 : match.last + 2]
    if any(word.nouns and not word.mark for word in following):
        yield "modifies"


def _in_chinese(words: Sequence[Word], match: Match) -> Iterator[str]:
    yield f"zh rank {rank_in_chinese(words, match)}"
    after = "".join(word.text for word in words[match.last + 1 : match.last + 2])
    localisers = tuple(grammar().words("localisers"))
    if after.startswith(localisers) or match.text.endswith(localisers):
        yield "zh located"
    if after == "的":
        yield "zh of"
    if match.first and words[match.first - 1].mark == "verb":
        yield "zh verb"
    if match.text in grammar().words("parts_of_places"):
        yield "part"


def _standing(match: Match, real: Sequence[Match], doers: Sequence[int]) -> Iterator[str]:
    if match.first <= _FIRST_WORDS:
        yield "first words"
    if not doers:
        yield "nobody"
    else:
        yield "somebody before" if any(doer < match.first for doer in doers) else "somebody behind"
    if match is real[-1]:
        yield "last"
    if match is real[0]:
        yield "first"
