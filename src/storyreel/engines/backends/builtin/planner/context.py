"""What the words around a word make of it: denied, compared, dreamt of, held, too doubtful to draw."""

from collections.abc import Iterable, Sequence

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word


def stands_for_nobody(words: Sequence[Word], index: int) -> bool:
    """It was raining; it was late."""
    following = words[index + 1] if index + 1 < len(words) else None
    return words[index].lower == "it" and following is not None and following.mark == "auxiliaries"


def clause_before(words: Sequence[Word], index: int, reach: int) -> list[Word]:
    """The words before `index` within its clause, nearest first, `reach` of them at most."""
    found: list[Word] = []
    for word in reversed(words[max(0, index - reach) : index]):
        if word.mark == "end":
            break
        found.append(word)
    return found


def before_noun(words: Sequence[Word], index: int) -> Word | None:
    """What stands before a noun and its adjectives: the, a, in …"""
    for word in clause_before(words, index, 4):
        if word.mark or word.text in grammar().words("indefinite"):
            return word
        if not (word.adjective or word.nouns):
            return None
    return None


def denied(words: Sequence[Word], match: Match) -> bool:
    nearest = clause_before(words, match.first, 3)
    if match.category in ("settings", "times", "seasons"):
        return any(word.lower in ("no", "without", "not") or word.text.startswith("没有") for word in nearest[:2])
    nobody = any(word.lower in ("nobody", "nothing", "never") for word in clause_before(words, match.first, 8))
    return nobody or any(word.mark == "negations" or word.text.startswith("没") for word in nearest)


def unreal(words: Sequence[Word], match: Match) -> bool:
    """Whether it is only compared with; a thing also when it is dreamt of or remembered."""
    before = clause_before(words, match.first, 6)
    if match.category == "props" and any(word.lower == "as" for word in before[:2]):
        return True  # as heavy as a bucket
    if match.category in ("settings", "kinds", "props") and talked_of(words, match.first):
        return True
    if any(word.lower in grammar().words("compared") for word in before):
        return True
    unreal = grammar().words("unreal")
    return match.category in ("settings", "kinds", "props") and any(
        word.lower in unreal or bool(word.verbs & unreal) for word in before
    )


def doubtful(words: Sequence[Word], match: Match) -> bool:
    """Words of many meanings count only with an article: a chest, but not his chest."""
    if match.text.lower().removesuffix("s") not in grammar().words("doubtful"):
        return False
    before = before_noun(words, match.first)
    return before is None or before.mark not in ("indefinite", "definite")


def only_named(words: Sequence[Word], index: int) -> bool:
    """Whether somebody is only spoken of: like a bird, dreams of her mother."""
    recalling = tuple(grammar().words("recalling"))
    if words[index].chinese and any(word.text.startswith(recalling) for word in clause_before(words, index, _CLAUSE)):
        return True
    nearest = clause_before(words, index, 3)
    for word in nearest:
        if word.verbs and not word.nouns and not word.chinese and not word.verbs & grammar().words("only_named"):
            return False
        if word.lower in grammar().words("only_named") or word.verbs & grammar().words("only_named"):
            return True
    return False


def stays_away(words: Sequence[Word], last: int) -> bool:
    """Whether who is told of up to word `last` is said not to be there: the old man never came, 再也没有来."""
    clause: list[Word] = []
    for word in words[last + 1 : last + 8]:
        if word.mark == "end":
            break
        clause.append(word)
    text = "".join(word.text for word in clause) if clause and clause[0].chinese else " ".join(w.lower for w in clause)
    return any(text.startswith(phrase) or f" {phrase}" in text for phrase in grammar().words("absent")) or (
        bool(clause) and clause[0].chinese and any(phrase in text for phrase in grammar().words("absent"))
    )


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
        return any(_participle(word) for word in words[last + 2 : last + 4])
    clause = clause_before(words, start, _CLAUSE)
    for place, word in enumerate(clause):
        if word.lower in ("that", "how", "whether", "why"):
            return any(other.verbs & reported for other in clause[place + 1 : place + 4])
    return False


def _participle(word: Word) -> bool:
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
    following = [word.lower for word in words[last + 1 : last + 2]]
    if following == ["had"]:
        return any(_participle(word) for word in words[last + 2 : last + 4])
    verbs = [word for word in clause_before(words, first, _CLAUSE) if word.verbs or word.lower == "had"]
    return len(verbs) > 1 and verbs[1].lower == "had" and not verbs[0].mark


def gone(words: Sequence[Word], last: int) -> bool:
    """Whether who is told of up to word `last` had gone away or died, maybe after a parenthesis: Peter, it seems, had left."""
    following = list(words[last + 1 : last + 9])
    if following and following[0].text == ",":
        rest = next((at for at, word in enumerate(following[1:], 1) if word.text == ","), 0)
        following = following[rest + 1 :]
    leaving = grammar().words("leaving_for_good")
    return [word.lower for word in following[:1]] == ["had"] and any(word.verbs & leaving for word in following[1:3])


def supposed(words: Sequence[Word], start: int) -> bool:
    """Whether somebody stands in what is only thought of: if his brother had been poorer; before the cocks crowed."""
    before = clause_before(words, start, 1)
    return bool(before) and before[0].lower in grammar().words("supposing")


def timeless(words: Sequence[Word], index: int, *, past: bool) -> bool:
    """Whether the clause tells what always holds, in the present tense of a story told in the past."""
    if not past:
        return False
    first = next((at + 1 for at in range(index - 1, -1, -1) if words[at].mark == "end"), 0)
    last = next((at for at in range(index, len(words)) if words[at].mark == "end"), len(words))
    clause = [word for word in words[first:last] if not word.quoted]
    if any(word.lower in _PAST_AUXILIARIES or _in_past(word) for word in clause):
        return False
    following = words[index + 1] if index + 1 < len(words) else None
    plain = following is not None and following.lower in following.verbs and not following.mark
    return plain or any(word.lower in _PRESENT_AUXILIARIES for word in clause)


def told_in_past(story: Iterable[Sequence[Word]]) -> bool:
    """Whether the story's own words, without what people say, are rather in the past tense than in the present."""
    told = [word for words in story for word in words if not (word.quoted or word.chinese)]
    past = sum(word.lower in _PAST_AUXILIARIES or _in_past(word) for word in told)
    return past > 2 * sum(word.lower in _PRESENT_AUXILIARIES for word in told)


def _in_past(word: Word) -> bool:
    return bool(word.verbs) and word.lower not in word.verbs and not word.lower.endswith(("s", "ing"))


_PAST_AUXILIARIES = frozenset(("was", "were", "had", "did", "could", "would"))
_PRESENT_AUXILIARIES = frozenset(("is", "are", "am", "has", "have", "do", "does", "can", "may", "must", "will"))


def talked_of(words: Sequence[Word], index: int) -> bool:
    """Whether a thing is only what one talks or thinks about: told the bear about the lighthouse."""
    clause = clause_before(words, index, _CLAUSE)
    for place, word in enumerate(clause):
        if word.lower in ("about", "of"):
            talk = grammar().words("talk")
            return any((other.forms & talk) for other in clause[place + 1 : place + 5])
    return False


_CLAUSE = 8  # words


def held(words: Sequence[Word], match: Match) -> bool:
    if match.id not in grammar().words("holdable"):
        return False
    holding = grammar().words("holding")
    return any(
        word.lower in holding or word.verbs & holding or (word.chinese and word.text[0] in "拿抱提举捧插握")
        for word in clause_before(words, match.first, 5)
    )
