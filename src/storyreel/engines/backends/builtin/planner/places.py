"""Where a shot takes place, told from the places that it merely mentions."""

from collections import Counter
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before, only_named
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_AFAR = 10  # words between "looked up" and the sky, at most
_THERE, _PASSING, _TOWARD = 3, 2, 1
"""How surely a phrase tells the place: in the forest; across the meadow; towards the castle, which is only a hint."""


def setting_of(words: Sequence[Word], matches: Sequence[Match]) -> tuple[str | None, bool]:
    """Where the shot says that it takes place, and whether that is only a hint: a part of a place, a way there."""
    led = [(match, _rank(words, match)) for match in _heads(words, matches)]
    found = [(match, rank) for match, rank in led if rank]
    if not found:
        return None, False
    best = max(rank for _, rank in found)
    whole = [match for match, rank in found if rank == best and not _is_part(match)]
    chosen = whole[0] if whole else next(match for match, rank in found if rank == best)
    return chosen.id, not whole or best == _TOWARD


def hinted_setting(words: Sequence[Word], matches: Sequence[Match]) -> str | None:
    """A place that is mentioned at all, for when nothing better is known."""
    afar = grammar().words("seen_from_afar")
    hints = [match for match in _heads(words, matches) if match.id not in afar and not only_named(words, match.first)]
    return next((match.id for match in hints if not _is_part(match)), None)


def telling_setting(story: Sequence[Sequence[Word]]) -> str | None:
    """The place that people and things of the whole story speak for: nurses and wards for a hospital."""
    votes = Counter[str]()
    for words in story:
        for word in words:
            for form in sorted(word.forms):
                if place := grammar().group("telltales", form):
                    votes[place] += 1
    return max(votes, key=lambda place: (votes[place], place)) if votes else None


def _heads(words: Sequence[Word], matches: Sequence[Match]) -> list[Match]:
    """Of places that stand together the last one: Harbour Street is a street, 山上的破庙 a temple."""
    firsts = {match.first for match in matches}
    return [match for match in matches if not any(place in firsts for place in _beyond(words, match))]


def _beyond(words: Sequence[Word], match: Match) -> range:
    """Where the word that a place merely describes may stand: right after it; in Chinese behind 的 (山上的破庙)."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None or following.mark == "end":
        return range(0)
    if following.chinese:
        return range(match.last + 2, match.last + 6) if following.text == "的" else range(0)
    return range(match.last + 1, match.last + 2)


def _is_part(match: Match) -> bool:
    return match.text.lower() in grammar().words("parts_of_places")


def _rank(words: Sequence[Word], match: Match) -> int:
    """How surely the match is where the shot takes place; 0 for a thing that is merely mentioned."""
    afar = match.id in grammar().words("seen_from_afar")
    if match.first and words[match.first - 1].text == "从":
        return _TOWARD
    if afar and any(word.verbs & grammar().words("looking") for word in clause_before(words, match.first, _AFAR)):
        return 0
    if match.text.lower() in grammar().words("homeward"):
        before = words[match.first - 1] if match.first else None
        return 0 if before is not None and before.mark in ("definite", "indefinite") else _THERE
    if words[match.first].chinese:
        return _rank_in_chinese(words, match, afar=afar)
    if words[match.first].mark == "preposition" and match.last > match.first:
        return _THERE  # past the stars
    if _owned_by_it(words, match):
        return 0
    leading = _leading(words, match, grammar().words("inside_only" if afar else "place"))
    if leading is None:
        return 0
    for rank, name in ((_PASSING, "passing"), (_TOWARD, "toward")):
        if leading in grammar().words(name):
            return 0 if rank == _TOWARD and afar else rank
    return _THERE


def _owned_by_it(words: Sequence[Word], match: Match) -> bool:
    """The castle's cook, the kitchen table: no place, but something of it."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    return following is not None and following.lower in ("'s", "’s")


def _leading(words: Sequence[Word], match: Match, leading: frozenset[str]) -> str | None:
    """The word that makes the match a place (in, on, enter), or None."""
    for word in clause_before(words, match.first, 6):
        if word.lower in leading or word.verbs & leading:
            looked = word.lower in ("at", "to", "up", "toward", "over", "around") and _looking(words, word)
            return None if looked else word.lower
        owned = word.lower in grammar().words("possessive") or word.lower in ("'s", "’s")
        if word.mark in ("preposition", "auxiliaries", "joining", "pronoun") and not owned:
            return "in" if word.lower == "of" and _part_of(words, word) else None
        if word.verbs and not word.nouns and not word.adjective:
            return None
    return None


def _part_of(words: Sequence[Word], of: Word) -> bool:
    """In the middle of the forest, at the edge of the lake."""
    index = words.index(of)
    part = words[index - 1] if index else None
    return part is not None and bool(part.nouns & (grammar().words("middles") | grammar().words("parts_of_places")))


def _looking(words: Sequence[Word], preposition: Word) -> bool:
    index = words.index(preposition)
    return any(word.verbs & grammar().words("looking") for word in words[max(0, index - 3) : index])


def _rank_in_chinese(words: Sequence[Word], match: Match, *, afar: bool) -> int:
    localisers = tuple(grammar().words("localisers"))
    after = words[match.last + 1].text if match.last + 1 < len(words) else ""
    if after == "的" and match.last + 2 < len(words) and not match.text.endswith(localisers):
        after = words[match.last + 2].text if words[match.last + 2].text in localisers else ""
    led = next((word.text for word in clause_before(words, match.first, 4) if _leads_in_chinese(word)), None)
    if led is not None and led.startswith(tuple(grammar().words("toward"))):
        return _TOWARD
    if led is not None:
        return _THERE
    located = after.startswith(localisers) or match.text.endswith(localisers)
    located = located or words[match.last].text.endswith(localisers)
    return _PASSING if located and not (afar and after[:1] == "上") else 0


def _leads_in_chinese(word: Word) -> bool:
    return word.text in grammar().words("place") or word.text.endswith(("到", "进", "在", "向", "回"))
