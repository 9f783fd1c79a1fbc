"""When something is so, told from the tenses of English verbs: before the story's now, always, or now."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.words import Word

_CLAUSE = 8  # words
_PAST_AUXILIARIES = frozenset(("was", "were", "had", "did", "could", "would"))
_ANYBODY = frozenset(("we", "you", "people", "everybody"))
_PRESENT_AUXILIARIES = frozenset(("is", "are", "am", "has", "have", "do", "does", "can", "may", "must", "will"))


def participle(word: Word) -> bool:
    """Whether a word after "had" may be what had been done: had taught, had come; but not had long hair."""
    if not word.verbs or word.mark:
        return False
    return word.lower not in word.verbs or word.lower in grammar().words("bare_participles")


def had_before(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether who is mentioned had done something, or had it done to them, before the story's now: had dug the well."""
    if any(
        word.lower in ("when", "after", "until", "once", "because") for word in clause_before(words, first, _CLAUSE)
    ):
        return False
    if [word.lower for word in words[last + 1 : last + 3]] == ["used", "to"]:
        return True  # as his father used to say
    following = [word.lower for word in words[last + 1 : last + 2]]
    if following == ["had"]:
        return any(participle(word) for word in words[last + 2 : last + 4])
    verbs = [word for word in clause_before(words, first, _CLAUSE) if word.verbs or word.lower == "had"]
    if [word.lower for word in verbs[1:3]] in (["been", "have"], ["been", "has"]):
        return True  # I have been bitten by four dogs
    return len(verbs) > 1 and verbs[1].lower == "had" and not verbs[0].mark


def gone(words: Sequence[Word], last: int) -> bool:
    """Whether who is told of up to word `last` had gone or died, maybe after a parenthesis: Tom, it seems, had left."""
    following = list(words[last + 1 : last + 9])
    if following and following[0].text == ",":
        rest = next((at for at, word in enumerate(following[1:], 1) if word.text == ","), 0)
        following = following[rest + 1 :]
    leaving = grammar().words("leaving_for_good")
    return [word.lower for word in following[:1]] == ["had"] and any(word.verbs & leaving for word in following[1:3])


def timeless(words: Sequence[Word], index: int, *, past: bool) -> bool:
    """Whether the clause tells what always holds, in the present tense of a story told in the past."""
    if not past:
        return False
    first = next((at + 1 for at in range(index - 1, -1, -1) if words[at].mark == "end"), 0)
    last = next((at for at in range(index, len(words)) if words[at].mark == "end"), len(words))
    clause = [word for word in words[first:last] if not word.quoted]
    if not any(word.verbs or word.lower in _PRESENT_AUXILIARIES for word in clause):  # Forty years with a man, and …
        clause = [word for word in words if not word.quoted]
    if any(word.lower in _PAST_AUXILIARIES or _in_past(word) for word in clause):
        return False
    following = words[index + 1] if index + 1 < len(words) else None
    plain = following is not None and following.lower in following.verbs and not following.mark
    singular = words[index].lower in words[index].nouns and words[index].lower not in _ANYBODY
    plain = plain and not singular  # elephants remember; we spend our lives
    spoken_of_all = any(one.lower in _ANYBODY and two.lower in two.verbs for one, two in pairwise(clause))
    return plain or spoken_of_all or any(word.lower in _PRESENT_AUXILIARIES for word in clause)


def told_in_past(story: Iterable[Sequence[Word]]) -> bool:
    """Whether the story's own words, without what people say, are rather in the past tense than in the present."""
    told = [word for words in story for word in words if not (word.quoted or word.chinese)]
    past = sum(word.lower in _PAST_AUXILIARIES or _in_past(word) for word in told)
    return past > 2 * sum(word.lower in _PRESENT_AUXILIARIES for word in told)


def _in_past(word: Word) -> bool:
    return bool(word.verbs - {word.lower}) and not word.lower.endswith(("s", "ing"))


def only_told(words: Sequence[Word], start: int, last: int) -> bool:
    """Whether somebody only stands in what is told: the song that her grandfather had taught; knew that Ben was ill."""
    following = words[last + 1] if last + 1 < len(words) else None
    before = words[start - 1] if start else None
    if before is None or following is None:
        return False
    reported = grammar().words("reported")
    if following.mark == "auxiliaries" and before.verbs & reported and not before.nouns:
        return True  # knew the king was dead
    names_thing = bool(before.nouns) and not before.verbs and not before.mark
    if following.lower == "had" and (names_thing or before.lower in ("that", "which", "whom", "what", "how", "where")):
        return any(participle(word) for word in words[last + 2 : last + 4])
    clause = clause_before(words, start, _CLAUSE)
    for place, word in enumerate(clause):
        if word.lower in ("that", "how", "whether", "why"):
            return any(other.verbs & reported for other in clause[place + 1 : place + 4])
    return False
