"""What English they and them stand for: things, or none but people."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.noun_phrases import person_at
from storyreel.engines.backends.builtin.planner.words import Word

THINGS, PEOPLE = "things", "people"


def last_plural(words: Sequence[Word]) -> str:
    """What the last plural noun outside of quotation marks is: THINGS, PEOPLE (or animals), or nothing."""
    for index in range(len(words) - 1, -1, -1):
        word = words[index]
        if word.quoted or word.chinese or word.mark or not word.nouns or word.lower in word.nouns:
            continue
        if word.verbs and not _counted(words, index):
            continue
        _, noun = person_at(words, index)
        return PEOPLE if noun is not None else THINGS
    return ""


def _counted(words: Sequence[Word], index: int) -> bool:
    before = words[index - 1] if index else None
    return before is not None and (before.mark in ("definite", "indefinite", "possessive") or before.adjective)


def only_people(words: Sequence[Word], index: int) -> bool:
    """Whether they do what only people do: they said, they were married, they called for him."""
    rest = [word for word in words[index + 1 : index + 5] if word.lower not in grammar().words("adverbs")]
    for word in rest:
        if word.mark == "auxiliaries":
            continue
        return bool(word.verbs & (grammar().words("speech_verbs") | grammar().words("peoples_deeds")))
    return False


def rather_things(words: Sequence[Word], index: int) -> bool:
    """Whether it is done to them, or they do, as things do: untied them, they sank."""
    after = words[index + 1] if index + 1 < len(words) else None
    if words[index].lower in ("they", "all"):
        return after is not None and bool(after.verbs & grammar().words("things_deeds"))
    if words[index].lower != "them":
        return False
    before = [word for word in words[max(0, index - 2) : index] if word.mark != "end"]
    handled = grammar().words("handling")
    return any(word.verbs & handled and not word.mark for word in before[::-1])
