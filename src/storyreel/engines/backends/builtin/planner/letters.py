"""Letters: to whom one writes is not there, and who signs is who writes."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.planner.appositions import followed_by
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mentions import APART, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.words import Word

_SIGNATURE = 6  # words


def in_letter(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """The mentions of a shot as a letter means them: Dear Hanna, …; by the last light, Hanna, I …; Your Clara."""
    named = [mention for mention in mentions if mention.name]
    if named and _signs(words, named[-1]):
        return [replace(named[-1], pronoun="self", role=SUBJECT)]
    writes = any(mention.pronoun in ("self", "self_all") for mention in mentions)
    for mention in named:
        before = words[mention.first - 1].lower if mention.first else ""
        stops = followed_by(words, mention.last, (",", ".", "!", "?"))
        if stops and (before == "dear" or (writes and mention.noun is None and _called(words, mention, mentions))):
            mention.role = APART
    return mentions


def _signs(words: Sequence[Word], name: Mention) -> bool:
    """Your uncle Jonas; Jonas, without anything else, not even a full stop."""
    told = [word for word in words if word.mark != "end"]
    alone = name.last - name.first + 1 == len(told) == len(words)
    greets = told[0].lower in grammar().words("signing") and len(told) <= _SIGNATURE and name.last >= len(words) - 2
    return alone or (greets and not any(word.verbs - word.nouns for word in told[1:]))


def _called(words: Sequence[Word], name: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a name stands between two commas, or a comma and the end, and is no part of a list: Ann, Ben, and Tom."""
    if not name.first or words[name.first - 1].text != ",":
        return False
    following = words[name.last + 2 : name.last + 3]
    listed = any(
        one.last == name.first - 2 or one.first in (name.last + 2, name.last + 3) for one in mentions if one.name
    )
    acts = bool(following) and bool(following[0].verbs) and following[0].mark != "preposition"
    return not listed and not acts
