"""What the words around a word make of it: denied, compared, dreamt of, held, too doubtful to draw."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

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


def _none_of_it(words: Sequence[Word], match: Match, before: Sequence[Word]) -> bool:
    """连个船影都没有, 手里哪有什么伞, 太阳被遮住了, 准备回家吃饺子; 拿工牌当扇子; 鸡蛋大的包."""
    after = "".join(word.text for word in words[match.last + 1 : match.last + 5])
    told = "".join(word.text for word in reversed(before[:3]))
    gone = re.match(_GONE, after) is not None
    planned = any(word.text in ("准备", "正准备", "打算") for word in before)
    return gone or planned or "哪有" in told or told.endswith(("当", "当作", "当成"))


_GONE = r"影?子?(?:都|也)(?:没|不见)|(?:已经|忽然|突然)?(?:不见了|没了|丢了|被偷)|[吞遮挡盖藏]|那么大|大小?的"


def unreal(words: Sequence[Word], match: Match) -> bool:
    """Whether it is only compared with; a thing also when it is dreamt of or remembered."""
    before = clause_before(words, match.first, 12 if words[match.first].chinese else 6)
    if match.category in ("props", "weathers") and any(word.lower == "as" for word in before[:2]):
        return not words[match.first].verbs  # as heavy as a bucket, quick as lightning
    if match.category == "props" and (_awaited(before) or any("hear" in word.verbs for word in before[:3])):
        return True  # asked for a cup of tea; heard the bells
    if match.category in ("settings", "kinds", "props") and talked_of(words, match.first):
        return True
    if likened(before):
        return True
    if words[match.first].chinese and match.category == "props" and _none_of_it(words, match, before):
        return True
    if match.category == "props" and _gone(words, match):
        return True
    if any(two.lower == "as" and one.lower == "if" for one, two in pairwise(before)):
        return True  # as if she were a ship
    if any(two.text == "准备" and one.mark == "verb" for one, two in pairwise((words[match.first], *before))):
        return True  # 正准备收车回家吃饺子
    unreal = grammar().words("unreal")
    return match.category in ("settings", "kinds", "props") and any(
        word.lower in unreal or bool(word.verbs & unreal) for word in before
    )


def _gone(words: Sequence[Word], match: Match) -> bool:
    """The crystal was gone, the ring had vanished, the boat was nowhere to be seen."""
    after = [word.lower for word in words[match.last + 1 : match.last + 4]]
    if not after or after[0] not in _ARE or "not" in after or "n't" in after:
        return False
    return any(word in grammar().words("missing") for word in after[1:])


_ARE = ("is", "are", "was", "were", "has", "have", "had")


def likened(before: Sequence[Word]) -> bool:
    """Whether a comparison goes on up to here, nearest word first: like a bird; but not behind 像金子一样."""
    for word in before:
        if word.lower in grammar().words("compared"):
            return True
        if word.text in grammar().words("only_alike"):
            return False
    return False


def doubtful(words: Sequence[Word], match: Match) -> bool:
    """Words of many meanings count only with an article: a chest, but not his chest; his pen is one, though."""
    noun = match.text.lower().removesuffix("s")
    if noun not in grammar().words("doubtful"):
        return False
    before = before_noun(words, match.first)
    owned = ("possessive", "pronoun") if noun in grammar().words("plain_if_owned") else ()
    return before is None or before.mark not in ("indefinite", "definite", *owned)


def only_named(words: Sequence[Word], index: int) -> bool:
    """Whether somebody is only spoken of: like a bird, dreams of her mother."""
    recalling = tuple(grammar().words("recalling"))
    if words[index].chinese and any(word.text.startswith(recalling) for word in clause_before(words, index, _LONG)):
        return True
    nearest = clause_before(words, index, 3)
    if _awaited(nearest):
        return True
    for place, word in enumerate(nearest):
        if not words[index].chinese and _stands_apart(words, index, nearest, place):
            return False
        if word.verbs and not word.nouns and not word.chinese and not word.verbs & grammar().words("only_named"):
            return False
        if word.lower == "of" and at_somebodys(nearest[place + 1 :]):
            return False
        if word.lower in grammar().words("only_named") or word.verbs & grammar().words("only_named"):
            return True
    return False


def _stands_apart(words: Sequence[Word], index: int, nearest: Sequence[Word], place: int) -> bool:
    """Whether what stands before somebody, from the nearest word to that at `place`, is a phrase of its own."""
    before = nearest[0]
    if words[index].start - before.end > _DIGITS:
        return True  # in the winter of 1897 Theresa Kubik …: figures are no words
    if place == 1 and before.lower in grammar().words("dates"):
        return True  # on the second of February Madame Corvini …
    if place and _begins(words[index]) and (before.text[0].isupper() or _only_noun(before)):
        return True  # in the town of Perozh a priest …
    # on the other side of the stage Marcus
    return place > 0 and nearest[place].mark == "definite" and bool(nearest[place - 1].nouns)


def _begins(word: Word) -> bool:
    """Whether a phrase of its own begins here."""
    return not word.chinese and word.mark in ("indefinite", "definite", "possessive", "pronoun")


def _only_noun(word: Word) -> bool:
    return bool(word.nouns) and not (word.verbs or word.adjective or word.mark)


def at_somebodys(before: Sequence[Word]) -> bool:
    """Whether "of" tells where somebody is: in front of Mara, at the feet of the queen. `before`: nearest first."""
    return bool(before) and before[0].lower in _BY_SOMEBODY


_DIGITS = 2  # letters between two words, where a figure stands there

_BY_SOMEBODY = frozenset(
    ("front", "ahead", "sight", "presence", "company", "midst", "feet", "arms", "side", "shoulders", "knees", "lap")
)


def _awaited(before: Sequence[Word]) -> bool:
    """Waited for old Nandi; a letter from my father; it was from him. `before` is what stands before, nearest first."""
    place = next((at for at, word in enumerate(before) if word.lower in ("for", "from")), None)
    if place is None or place + 1 >= len(before) or any(word.mark == "end" for word in before[:place]):
        return False
    earlier = before[place + 1]
    if before[place].lower == "for" and earlier.mark in ("pronoun", "possessive") and place + 2 < len(before):
        earlier = before[place + 2]  # asked him for soup
    if before[place].lower == "from":
        return earlier.mark == "auxiliaries" or bool(earlier.nouns & grammar().words("messages") and not earlier.verbs)
    return bool(earlier.verbs & grammar().words("awaiting"))


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


def figures_of_speech(words: Sequence[Word]) -> Iterator[int]:
    """The places of words that do not mean what they say: it rained cats and dogs."""
    texts = [word.lower for word in words]
    for start, text in enumerate(texts):
        for parts in _figures().get(text, ()):
            if texts[start : start + len(parts)] == parts:
                yield from range(start, start + len(parts))


@lru_cache(maxsize=1)
def _figures() -> dict[str, list[list[str]]]:
    """Idioms as words, by their first word."""
    found: dict[str, list[list[str]]] = {}
    for phrase in sorted(grammar().words("figures")):
        found.setdefault(phrase.split()[0], []).append(phrase.split())
    return found


def eaten(words: Sequence[Word], start: int) -> bool:
    """Whether what follows is food: she ate one whole ox and eight salmon."""
    return any(word.verbs & grammar().words("eating") for word in clause_before(words, start, _CLAUSE))


def supposed(words: Sequence[Word], start: int) -> bool:
    """Whether somebody stands in what is only thought of: if his brother had been poorer; somewhere her son …"""
    before = clause_before(words, start, _CLAUSE)
    elsewhere = any(word.lower in ("somewhere", "elsewhere") for word in before)
    return elsewhere or (bool(before) and before[0].lower in grammar().words("supposing"))


def talked_of(words: Sequence[Word], index: int) -> bool:
    """Whether a thing is only what one talks or thinks about: told the bear about the lighthouse."""
    return _talked(clause_before(words, index, _CLAUSE), ("about", "of"))


def told_about(words: Sequence[Word], index: int) -> bool:
    """Whether somebody is one of those of whom somebody else tells: told them about the king and his daughter."""
    return _talked(clause_before(words, index, 2 * _LONG), ("about",))


def _talked(before: Sequence[Word], about: tuple[str, ...]) -> bool:
    """Whether the nearest of these prepositions follows a word of talking or thinking. `before`: nearest first."""
    place = next((at for at, word in enumerate(before) if word.lower in about), None)
    return place is not None and any(word.forms & grammar().words("talk") for word in before[place + 1 : place + 5])


_CLAUSE, _LONG = 8, 14  # words


def held(words: Sequence[Word], match: Match) -> bool:
    if match.id not in grammar().words("holdable"):
        return False
    holding = grammar().words("holding")
    return any(
        word.lower in holding or word.verbs & holding or (word.chinese and word.text[0] in "拿抱提举捧插握撑端背扛挎")
        for word in clause_before(words, match.first, 5)
    )
