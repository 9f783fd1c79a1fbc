"""Where a shot takes place, told from the places that it merely mentions."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before, only_named
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word


def setting_of(words: Sequence[Word], matches: Sequence[Match]) -> str | None:
    """Where the shot says that it takes place: the goal of a movement, or else the first place."""
    goals = [match for match in matches if (before := _leads_to(words, match)) and before in _GOALS]
    places = [match for match in matches if _leads_to(words, match)]
    return goals[-1].id if goals else places[0].id if places else None


_GOALS = frozenset(
    ("to", "into", "onto", "reach", "enter", "home", "到", "来到", "走到", "跑到", "飞到", "回到", "走进")
)


def _leads_to(words: Sequence[Word], match: Match) -> str | None:
    """The word that makes the match a place (in, 在), or None when it is a thing that is merely mentioned."""
    afar = match.id in grammar().words("seen_from_afar")
    leading = grammar().words("inside_only" if afar else "place")
    if words[match.first].chinese:
        return _leads_to_in_chinese(words, match, leading)
    if match.text.lower() in ("home", "indoors", "underwater", "outdoors"):
        before = words[match.first - 1] if match.first else None
        return None if before is not None and before.mark in ("definite", "indefinite") else "home"
    if words[match.first].mark == "preposition" and match.last > match.first:
        return words[match.first].lower  # past the stars
    for word in clause_before(words, match.first, 5):
        if word.lower in leading or word.verbs & leading:
            looked = word.lower in ("at", "to", "up", "toward") and _looking(words, word)
            return None if looked else word.lower
        owned = word.lower in grammar().words("possessive")
        if word.mark in ("preposition", "auxiliaries", "joining", "pronoun") and not owned:
            return None
        if word.verbs and not word.nouns:
            return None
    return None


def _looking(words: Sequence[Word], preposition: Word) -> bool:
    index = words.index(preposition)
    return any(word.verbs & grammar().words("looking") for word in words[max(0, index - 3) : index])


def _leads_to_in_chinese(words: Sequence[Word], match: Match, leading: frozenset[str]) -> str | None:
    localisers = tuple(grammar().words("localisers"))
    after = words[match.last + 1].text if match.last + 1 < len(words) else ""
    if after.startswith(localisers) or match.text.endswith(localisers) or words[match.last].text.endswith(localisers):
        return "里"
    for word in clause_before(words, match.first, 4):
        if word.text in leading or word.text.endswith(("到", "进", "在", "向")):
            return word.text
    return None


def hinted_setting(words: Sequence[Word], matches: Sequence[Match]) -> str | None:
    """A place that is mentioned at all, for when nothing better is known."""
    afar = grammar().words("seen_from_afar")
    return next((m.id for m in matches if m.id not in afar and not only_named(words, m.first)), None)
