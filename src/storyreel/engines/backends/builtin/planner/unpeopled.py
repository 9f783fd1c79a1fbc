"""Places that somebody only hears or sees something from, with nobody of the story there."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.place_ranks import AFAR, PASSING, THERE
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_WAYS = frozenset(("path", "road", "way", "track", "trail", "lane"))
_REACHING = frozenset(("reach", "find", "see"))


def only_there(words: Sequence[Word], match: Match, rank: int, doers: Sequence[int]) -> bool:
    """Whether nobody goes by: a light crept over the roofs, the bell rang across the road, and children came in.

    What is only heard or seen from there, and a house that somebody comes to from outside, is no place to be either.
    """
    if words[match.first].chinese:
        return False
    if rank in (THERE, PASSING) and (_outside_of(words, match) or _lacks(words, match) or _watched(words, match)):
        return True
    if rank == PASSING:
        led = any(
            word.nouns & (_WAYS | grammar().words("carriages")) for word in clause_before(words, match.first, AFAR)
        )
        return not led and not any(doer < match.first or not _apart(words, doer, match.first) for doer in doers)
    return rank == THERE and _from_there(words, match)


def _lacks(words: Sequence[Word], match: Match) -> bool:
    """There was not a grain of rice in the house."""
    before = [word.lower for word in clause_before(words, match.first, AFAR)][::-1]
    if "there" not in before:
        return False
    return any(word in ("not", "no", "n't", "hardly", "nothing", "never") for word in before[before.index("there") :])


def _watched(words: Sequence[Word], match: Match) -> bool:
    """Watched the bird fly away over the hills: who flies goes there, not who watches."""
    before = clause_before(words, match.first, AFAR)
    watching = next((at for at, word in enumerate(before) if word.verbs & grammar().words("perceiving")), 0)
    return any(word.forms & grammar().words("travels") and not word.mark for word in before[:watching])


def _apart(words: Sequence[Word], one: int, other: int) -> bool:
    """Whether two words stand in different clauses."""
    return any(word.mark == "end" for word in words[min(one, other) : max(one, other)])


def _from_there(words: Sequence[Word], match: Match) -> bool:
    """The wind in the street, voices in the corridor."""
    before = clause_before(words, match.first, 5)
    place = next((at for at, word in enumerate(before) if word.mark == "preposition"), len(before))
    return any(word.nouns & grammar().words("sensed") and not word.mark for word in before[place + 1 : place + 2])


def _outside_of(words: Sequence[Word], match: Match) -> bool:
    """She came to a hut; they reached an inn: in front of it, until somebody goes in."""
    if not words[match.last].nouns & grammar().words("dwellings"):
        return False
    before = clause_before(words, match.first, 6)
    indefinite = any(word.mark == "indefinite" for word in before[:3])
    place = next((at for at, word in enumerate(before) if word.lower in ("to", "upon") or word.verbs & _REACHING), None)
    come = place is not None and any(word.verbs & grammar().words("travels") for word in before[place : place + 2])
    return indefinite and come
