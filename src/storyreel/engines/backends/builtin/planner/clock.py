"""Hours told by the clock, and which part of the day they mean."""

import re
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.words import Word

_CHINESE = re.compile(
    r"(?<![几多早晚快慢大小一差有过])([两一二三四五六七八九十]{1,2})点(?!前|以前|之前|点|儿|头|了|亮|火|燃|心|灯|也|都|名)"
)
_NOON = 12
_SKY = (
    (re.compile(r"太阳[^，。！？]{0,8}(?:升|爬上|出来|露出|跳出|冒出)"), "morning"),
    (re.compile(r"(?:太阳|日头)[^，。！？]{0,6}(?:落|下山|西斜|偏西|沉|西沉)"), "dusk"),
    (re.compile(r"天(?:色)?(?:已经|渐渐|慢慢|完全|全|都|就|也|早)*黑(?!板|暗|色|得)"), "night"),
    (re.compile(r"天(?:色|边)?(?:已经|渐渐|慢慢|刚|刚刚|快|就要|终于|还没|都|微微)*亮"), "dawn"),
)


def told_by_sky(words: Sequence[Word], text: str) -> str | None:
    """The part of the day that sun and sky tell in Chinese outside of quotation marks: 太阳已经从山后爬上来了."""
    for pattern, part in _SKY:
        match = pattern.search(text)
        if match and not any(word.quoted and word.start <= match.start() < word.end for word in words):
            return part
    return None


def hour(words: Sequence[Word], text: str) -> int | None:
    """The hour, 1 … 12, that the shot tells outside of quotation marks: half past one, ten to nine, 三点五十."""
    for index, word in enumerate(words):
        told = grammar().group("hours", word.lower)
        if told is not None and not (word.quoted or word.chinese) and _on_the_clock(words, index):
            return int(told)
    match = _CHINESE.search(text)
    if match is None or any(word.quoted and word.start <= match.start() < word.end for word in words):
        return None
    return int(grammar().group("hours", match[1]) or 0) or None


def _on_the_clock(words: Sequence[Word], index: int) -> bool:
    before = [word.lower for word in reversed(words[max(0, index - 2) : index])]
    after = words[index + 1] if index + 1 < len(words) else None
    if after is not None and after.lower == "o":
        return True  # o'clock
    if before[:1] in (["past"], ["to"]) and len(before) > 1:
        return before[1] in ("half", "quarter") or grammar().group("hours", before[1]) is not None
    told = before[:1] in (["by"], ["towards"], ["toward"], ["until"], ["at"])
    return told and (
        after is None or after.mark in ("end", "definite", "possessive", "pronoun", "preposition", "joining")
    )


def part_of_day(clock: int, now: str | None) -> str:
    """The part of the day that an hour means; of its two halves the one that goes on from now."""
    if clock == _NOON:
        return "night" if now == "night" else "noon"
    later = now in ("noon", "afternoon", "dusk") or (now != "night" and clock < _EARLY)
    if later:
        return "afternoon" if clock < _EVENING else "dusk" if clock < _NIGHT else "night"
    if now == "night" and clock >= _NIGHT:
        return "night"
    return "night" if clock < _DAWN else "dawn" if clock < _EVENING else "morning"


_DAWN, _EARLY, _EVENING, _NIGHT = 4, 5, 6, 8
