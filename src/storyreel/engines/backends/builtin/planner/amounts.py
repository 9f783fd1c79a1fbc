"""Number and colour of things as they are told: ten suns, a yellow flower, 三盏灯笼, 红色的气球."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.english import many
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_REACH = 5
_SEVERAL = 0
_IN_WORDS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_CHINESE = {"两": 2, **{character: number for number, character in enumerate("一二三四五六七八九十", 1)}}
_MEASURES = "个只条盏把本朵棵颗张座艘间面根支块匹轮片串枚顶栋件辆架口道扇封束堆排"
_MANY = ("几", "许多", "很多", "好多", "一些", "无数", "不少", "好几", "数不清", "满")


def told_as(words: Sequence[Word], match: Match) -> str:
    """A thing in English with its number and colour, as far as they are told: two yellow flowers; else its id."""
    last = words[match.last]
    number = 1 if last.chinese or not last.nouns or last.lower in last.nouns else _SEVERAL
    colours = grammar().words("colours")
    colour = _colour(last.text[: -len(match.text)]) if last.chinese else ""
    before = clause_before(words, match.first, _REACH)
    for at, word in enumerate(before):
        if (found := _number(word)) is not None:
            counts = [one.lower for one in before[at + 1 : at + 2]] != ["number"]  # the number nine bus
            number = found if counts and (number == 1 or found > 1) else number
            break
        colour = colour or _colour(word.text if word.chinese else word.lower)
        if not (word.adjective or _colour(word.lower) or word.text == "的" or word.text in _MEASURES):
            break
    noun = match.id if number == 1 else many(match.id)
    told = (_IN_WORDS[number], colour if not colours & set(match.id.split()) else "", noun)
    return " ".join(part for part in told if part)


def _colour(text: str) -> str:
    look = grammar().group("looks", text)
    return look if look in grammar().words("colours") else ""


def _number(word: Word) -> int | None:
    """How many a word says: two, 三个; several (0) for many, 几只; None for a word that counts nothing."""
    if not word.chinese:
        listed = grammar().group("numbers", word.lower)
        return None if listed is None else int(listed)
    text = word.text
    if text.startswith(_MANY):
        return _SEVERAL
    bare = text.rstrip(_MEASURES)
    return _IN_CHINESE.get(bare) if bare else None
