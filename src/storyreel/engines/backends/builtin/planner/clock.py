"""Hours told by the clock, and which part of the day they mean."""

import re
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.words import Word

_CHINESE = re.compile(
    r"(?<![几多早晚慢大小一差有过])(?:(?<=[晨里午夜晚到在])一|(?<!快)一(?=点[钟半整多过刻])|([两二三四五六七八九十]{1,2}))"
    r"点(?!前|以前|之前|点|儿|头|亮|火|燃|心|灯|也|都|名|一)"
)
_STRUCK = re.compile(r"钟[^，。！？]{0,4}[敲打响][了过]?([一二两三四五六七八九十]{1,2})[下响声]")
_NOON = 12
_SKY = (
    (re.compile(r"(?:太阳|日头)[^，。！？]{0,6}(?:头顶|顶了?头|当顶|当头|正中|正当中)"), "noon"),
    (re.compile(r"(?:太阳|日头)[^，。！？]{0,4}一竿子?高"), "morning"),
    (re.compile(r"(?:太阳|日头)[^，。！？]{0,2}[最正]毒|影子[^，。！？]{0,6}(?:一小?团|[很最又][短矮])"), "noon"),
    (re.compile(r"太阳[^，。！？]{0,6}(?:压到|碰到|贴[着到]|挨[着到]|泡进|掉进|钻进)"), "dusk"),
    (re.compile(r"太阳[^，。！？]{0,8}(?:升|爬上|出来|露出|跳出|冒出)"), "morning"),
    (re.compile(r"(?:太阳|日头)[^，。！？]{0,6}(?:落|下山|西斜|偏西|偏[了到]|沉|西沉)"), "dusk"),
    (re.compile(r"天(?:色)?(?:已经|渐渐|慢慢|完全|终于|一|刚|全|都|就|也|早)*黑(?!板|暗|色|得)"), "night"),
    (re.compile(r"(?:^|[，。！？])[这那]一?(?:整)?夜[里，]"), "night"),
    (re.compile(r"天(?:已经|都|早|就)*(?:大亮|亮透)"), "morning"),
    (re.compile(r"(?:天边|东方|东边|天际|海面|窗户|窗外)[^，。！？]{0,9}(?:泛白|发白|泛起?鱼肚白|白了|白边)"), "dawn"),
    (re.compile(r"天[还刚才][^，。！？]{0,5}(?:青灰|灰蒙|发灰)"), "dawn"),
    (re.compile(r"最后一[^，。！？]{1,2}(?:红|阳|余|日|天|霞)光|光线[^，。！？]{0,4}变成?[橘橙金]"), "dusk"),
    (re.compile(r"西边[^，。！？]{0,6}[红烧]|[鸟鸦雀][早都也]*(?:回了?窝|归巢)"), "dusk"),
    (re.compile(r"鸡(?:还没|刚|才|一|就|都)*(?:开口|叫|打鸣|啼)"), "dawn"),
    (re.compile(r"天(?:色|边)?(?:已经|渐渐|慢慢|刚|刚刚|快|就要|终于|还没|都|微微|一|不)*亮"), "dawn"),
    (re.compile(r"(?:[有这那当每]一?|一个|的)[春夏秋冬雨雪]?[晚夜](?![饭市宵班色空幕深]|里?的)"), "night"),
    (re.compile(r"(?:吃过|吃完|吃了)(?:早饭|早餐|早点)"), "morning"),
    (
        re.compile(r"[三四]更|(?:(?:前|(?<![过睡歇住])了)[一两三几]|一整|整整[一两三])夜(?!的)|彻夜|通宵|[摸走赶]夜路"),
        "night",
    ),
    (re.compile(r"打[了过]烊|鸡[早都也]*[上进]了?[窝架]|银河[^，。！？]{0,4}(?:升|横|挂|亮)"), "night"),
    (
        re.compile(
            r"影子[^，。！？]{0,4}(?:拉长|拖得|拉得|长长|斜了)|影子比[^，。！？]{1,6}长|炊烟|烟囱[^，。！？]{0,4}冒[着出起]?烟|[掌上]了?灯(?:时分|的时候|，)"
        ),
        "dusk",
    ),
    (re.compile(r"被[^，。！？]{1,10}(?:叫|吵|闹|弄|唤)醒"), "morning"),
    (re.compile(r"(?:(?<!下)路灯|霓虹灯?)(?:刚刚?|已经|都|也|一盏[接一盏地]*)*亮"), "dusk"),
    (re.compile(r"(?:下班|收工)(?:的时候|时|后|以后|之后|了)(?!的|才)"), "dusk"),
    (re.compile(r"月光[^，。！？]{0,4}(?:照|洒|落)|月亮[^，。！？]{0,6}(?:升|爬|上来|挂|照|圆)"), "night"),
    (
        re.compile(
            r"\bsun (?:had |has |was |is )?(?:already |just |nearly |almost )?(?:set\b|setting|g(?:oing|one) down|sunk)"
            r"|\bsun (?:was|stood|hung|lay) (?:very |quite )?(?:low|red)\b|\blow sun\b"
            r"|\bshadows (?:were |had |grew |lay |fell )?(?:already |growing |grown )?(?:long|longer)\b"
        ),
        "dusk",
    ),
    (re.compile(r"\bsun (?:was |stood |is )?(?:straight |right |directly |high )?(?:overhead|above)\b"), "noon"),
    (re.compile(r"\b(?:until|till|after|before) dark\b|\balready dark (?:in|on|out)|\bdark outside\b"), "night"),
    (re.compile(r"\b[Ii]t (?:was|got|grew|had grown) (?:already |quite |nearly |almost )?dark\b(?! in\b)"), "night"),
    (re.compile(r"\bbroad daylight\b"), "noon"),
)
_SUNLIGHT = re.compile(r"(?<!像)阳光|(?:太阳|日头)[^，。！？]{0,3}[晒照倒]|\b(?:sunlight|sunshine)\b")
_GREETINGS = {
    "morning": ("good morning", "早上好", "早安"),
    "afternoon": ("good afternoon", "下午好"),
    "dusk": ("good evening", "晚上好"),
    "night": ("good night", "晚安"),
}


def told_by_sky(words: Sequence[Word], text: str) -> str | None:
    """The part of the day that sun and sky tell outside of quotation marks: 太阳已经从山后爬上来了, the sun had set."""
    for pattern, part in _SKY:
        match = pattern.search(text)
        if match and "昨" not in text[: match.start()] and not _said(words, match):
            return part
    return None


def sunlit(words: Sequence[Word], text: str) -> bool:
    """Whether the sun shines, outside of quotation marks: 叶子上全是阳光."""
    match = _SUNLIGHT.search(text)
    return match is not None and not _said(words, match)


def _said(words: Sequence[Word], match: re.Match[str]) -> bool:
    return any(word.quoted and word.start <= match.start() < word.end for word in words)


def greeted(words: Sequence[Word]) -> str | None:
    """The part of the day that a greeting speaks for: “Good evening,” 下午好."""
    said = " ".join(word.lower for word in words if word.quoted and not word.chinese)
    said += "".join(word.text for word in words if word.quoted and word.chinese)
    return next((part for part, greetings in _GREETINGS.items() if any(one in said for one in greetings)), None)


def hour(words: Sequence[Word], text: str) -> int | None:
    """The hour that the shot tells outside of quotation marks: half past one, ten to nine, 三点五十.

    1 … 12 where the half of the day is left open; 12 … 35 where it is told, so much after midnight of the day before:
    two in the morning is 26, ten at night 22.
    """
    for index, word in enumerate(words):
        told = grammar().group("hours", word.lower.split("-")[0])
        if told is None or word.quoted or word.chinese or _minutes(words, index):
            continue
        half = _half_of_day(words, index)
        if half is not None:
            return (int(told) % _NOON) + half
        if _on_the_clock(words, index):
            return int(told)
    if (digits := _in_digits(words, text)) is not None:
        return digits
    match = _CHINESE.search(text) or _STRUCK.search(text)
    if match is None or _said(words, match):
        return None
    return int(grammar().group("hours", match[1] or "一") or 0) or None


def _minutes(words: Sequence[Word], index: int) -> bool:
    """Whether a number counts minutes: ten past three."""
    after = [word.lower for word in words[index + 1 : index + 3]]
    return len(after) > 1 and after[0] in ("past", "to") and grammar().group("hours", after[1]) is not None


def _half_of_day(words: Sequence[Word], index: int) -> int | None:
    """Two in the morning, six in the evening, ten at night, ten past four in the afternoon."""
    after = [word.lower for word in words[index + 1 : index + 6] if word.lower not in ("o", "clock", "'", "’")]
    if after[:2] == ["at", "night"]:
        late = grammar().group("hours", words[index].lower) in _SMALL_HOURS
        return _MORNING if late else _NOON
    if after[:2] in (["in", "the"], ["of", "the"]) and len(after) > len(("in", "the")):
        return {"morning": _MORNING, "afternoon": _NOON, "evening": _NOON}.get(after[2])
    return None


def _in_digits(words: Sequence[Word], text: str) -> int | None:
    """3 a.m., 17:30, 10.15 pm."""
    match = _DIGITS.search(text)
    if match is None or _said(words, match):
        return None
    told, half = int(match[1]), (match[3] or "")[:1].lower()
    if half:
        return told % _NOON + (_NOON if half == "p" else _MORNING)
    if told >= _DAY or not match[2]:
        return None
    return told if _DAWN < told <= _NOON else told if told > _NOON else told + _MORNING


def _on_the_clock(words: Sequence[Word], index: int) -> bool:
    before = [word.lower for word in reversed(words[max(0, index - 3) : index])]
    after = words[index + 1] if index + 1 < len(words) else None
    if after is not None and after.lower == "o":
        return True  # o'clock
    if before[:1] in (["past"], ["to"]) and len(before) > 1:
        return (
            before[1] in ("half", "quarter", "twenty", "twenty-five", "minutes")
            or grammar().group("hours", before[1]) is not None
        )
    struck = before[:1] in (["struck"], ["strikes"], ["striking"], ["chimed"], ["rang"], ["ringing"]) or before[:1] == [
        "half"
    ]
    told = before[:1] in (
        ["by"],
        ["towards"],
        ["toward"],
        ["until"],
        ["at"],
        ["around"],
        ["about"],
        ["before"],
        ["after"],
    )
    told = told and before[1:2] not in (["look"], ["looked"], ["all"])
    return struck or (
        told
        and (
            after is None
            or after.mark
            in ("end", "definite", "indefinite", "possessive", "pronoun", "preposition", "joining", "auxiliaries")
            or after.lower in ("there", "sharp", "exactly", "precisely", "prompt", "everybody", "everyone", "nobody")
            or after.text[0].isupper()
            or (bool(after.verbs) and not after.nouns)
        )
    )


def part_of_day(clock: int, now: str | None) -> str:
    """The part of the day that an hour means; where its half is left open, the half that goes on from now."""
    if clock > _NOON:
        return next(part for end, part in _PARTS if clock % _DAY < end)
    if clock == _NOON:
        return "night" if now == "night" else "noon"
    later = now in ("noon", "afternoon", "dusk") or (now not in ("night", "dawn") and clock < _EARLY)
    if later:
        return "afternoon" if clock < _EVENING else "dusk" if clock < _NIGHT else "night"
    if now == "night" and clock >= _NIGHT:
        return "night"
    return "night" if clock < _DAWN else "dawn" if clock < _EVENING else "morning"


_DAWN, _EARLY, _EVENING, _NIGHT = 4, 5, 6, 8
_MORNING, _DAY = 24, 24
_SMALL_HOURS = ("1", "2", "3", "4", "12")
_PARTS = ((4, "night"), (6, "dawn"), (11, "morning"), (14, "noon"), (17, "afternoon"), (20, "dusk"), (24, "night"))
_DIGITS = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s*([ap])?(?(3)\.?m\b)", re.IGNORECASE)
