"""Where a shot takes place, told from the places that it merely mentions."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.chinese_places import PART, TOWARD, WHOLE, chinese_setting
from storyreel.engines.backends.builtin.planner.context import clause_before, only_named
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.place_ranks import AFAR, HINTED, rank_of
from storyreel.engines.backends.builtin.planner.unpeopled import only_there
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_BEGINNING = 4  # shots


def setting_of(
    words: Sequence[Word], matches: Sequence[Match], *, doers: Sequence[int], away: Sequence[int] = ()
) -> tuple[str | None, str]:
    """Where the shot says that it takes place, and how: WHOLE, PART or TOWARD.

    `doers` are the first words of mentions of those who do something; `away` the last words of mentions of those who
    are not there.
    """
    here = [match for match in matches if not any(_theirs(words, match, last) for last in away)]
    chinese, told_by = chinese_setting(words, [match for match in here if words[match.first].chinese])
    if chinese is not None:
        return chinese, told_by
    heads = _heads(words, [match for match in here if not words[match.first].chinese])
    led = [(match, rank_of(words, match)) for match in heads]
    led = [(match, HINTED if only_there(words, match, rank, doers) else rank) for match, rank in led]
    found = [(match, rank) for match, rank in led if rank]
    if not found:
        return None, WHOLE
    best = max(rank for _, rank in found)
    whole = [match for match, rank in found if rank == best and not _is_part(words, match)]
    chosen = _reached(words, whole) if whole else next(match for match, rank in found if rank == best)
    if best == HINTED or not (whole or _within(words, chosen)):
        return chosen.id, TOWARD
    return _as_it_stands(words, chosen), WHOLE if whole else PART


def _as_it_stands(words: Sequence[Word], place: Match) -> str:
    """A ruined chapel is a ruin."""
    ruined = any(word.lower in grammar().words("ruined") for word in clause_before(words, place.first, 2))
    return "ruin" if ruined and place.id in grammar().words("buildings") else place.id


def _theirs(words: Sequence[Word], match: Match, last: int) -> bool:
    """Whether a place is in the clause of somebody who is told of up to word `last`."""
    return last < match.first and not any(word.mark == "end" for word in words[last + 1 : match.first])


def _within(words: Sequence[Word], part: Match) -> bool:
    """Whether one is inside by a part of a place: up the stairs, sitting by the window; but not at the window."""
    before = clause_before(words, part.first, AFAR)
    if words[part.last].nouns & grammar().words("furniture"):
        return True
    leading = next((word.lower for word in before if word.mark == "preposition"), "in")
    return leading in grammar().words("leading_in") or any(word.verbs & grammar().words("staying") for word in before)


def _reached(words: Sequence[Word], matches: Sequence[Match]) -> Match:
    """The first place, or the last one where somebody goes from one to the next: 回到家，走进花园."""
    arriving = grammar().words("arriving")
    reached = [one for one in matches if any(word.text in arriving for word in clause_before(words, one.first, 2))]
    return reached[-1] if reached else matches[0]


def mentioned_settings(words: Sequence[Word], matches: Sequence[Match]) -> list[str]:
    """The places that are mentioned at all, for when nothing better is known."""
    afar = grammar().words("seen_from_afar") - {"castle"}
    hints = [match for match in _heads(words, matches) if match.id not in afar and not only_named(words, match.first)]
    return [match.id for match in hints if not _is_part(words, match)]


def is_tale(story: Sequence[Sequence[Word]]) -> bool:
    """Whether it begins as tales do: long ago, there was once."""
    text = " ".join(word.lower for words in story[:_BEGINNING] for word in words)
    return any(opener in text for opener in grammar().words("tale_openers"))


def _heads(words: Sequence[Word], matches: Sequence[Match]) -> list[Match]:
    """Of places that stand together the last one: Harbour Street is a street; a cave under the mountain a cave."""
    firsts = {match.first for match in matches}
    lasts = {match.last for match in matches if match.id not in grammar().words("seen_from_afar")}
    heads = [match for match in matches if not any(place in firsts for place in _beyond(words, match))]
    return [match for match in heads if _described_by(words, match) not in lasts]


def _described_by(words: Sequence[Word], match: Match) -> int:
    """Where the word that a place says more about would stand: cave in "a cave under the mountain"; −1 for none."""
    if words[match.first].chinese:
        return -1
    before = clause_before(words, match.first, 4)
    place = next((at for at, word in enumerate(before) if word.mark == "preposition"), None)
    if place is None or before[place].lower in grammar().words("leading_on"):
        return -1
    return match.first - place - 2


def _beyond(words: Sequence[Word], match: Match) -> range:
    """Where the word that a place merely describes may stand: right after it; in Chinese behind 的 (山上的破庙)."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None or following.mark == "end":
        return range(0)
    if following.chinese:
        return range(match.last + 2, match.last + 6) if following.text == "的" else range(0)
    return range(match.last + 1, match.last + 2)


def _is_part(words: Sequence[Word], match: Match) -> bool:
    if match.text.lower() == "wood":  # through a dark wood, but not of wood
        return not any(word.mark in ("definite", "indefinite") for word in clause_before(words, match.first, 3))
    parts = grammar().words("parts_of_places")
    return match.text.lower() in parts or (match.first == match.last and bool(words[match.first].nouns & parts))
