"""Chinese as it is said: dates, times, money, units, percentages, 两, digits one by one; then all of it in pinyin."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from storyreel.engines.backends.builtin.voice.reading.pinyin import with_pinyin
from storyreel.engines.backends.builtin.voice.reading.written import Written, rewritten

_LONGEST_NUMBER = 16  # digits up to 亿亿, of which nobody speaks
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SIGNS = {"，、—～~（）()": ",", "。…": ".", "！": "!", "？": "?", "；": ";", "：": ":", "《》「」『』\"'": " "}
_AS_ESPEAK_KNOWS = str.maketrans({sign: known for signs, known in _SIGNS.items() for sign in signs})

Say = Callable[[re.Match[str]], str | None]


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files(__package__ or "").joinpath("chinese.json").read_text("utf-8"))


def read_chinese(text: Written) -> Written:
    """Chinese text as pinyin, numbers and signs as people say them, punctuation as espeak-ng knows it."""
    for pattern, say in _rules():
        text = rewritten(text, pattern, say)
    return with_pinyin(Written(text.text.translate(_AS_ESPEAK_KNOWS), text.origins))


def cardinal(number: int) -> str:
    """12 → 十二, 2024 → 两千零二十四, 20000 → 两万; below 10¹⁶."""
    said = _sections(number)
    return said.removeprefix("一") if said.startswith("一十") else said


def _sections(number: int) -> str:
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            above, below = divmod(number, size)
            front = "两" if above == 2 else _sections(above)
            return front + name + (("零" if below < size // 10 else "") + _sections(below) if below else "")
    said, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            two = digit == 2 and size >= 100 and not said
            said += ("零" if gap else "") + ("两" if two else digits(str(digit))) + name
        gap = bool(said) and not digit
    return said or "零"


def digits(text: str, one: str = "一") -> str:
    """Digit by digit; `one` is 幺 where numbers are called out."""
    return "".join(_data()["digits"][int(digit)] for digit in text if digit.isdecimal()).replace("一", one)


def number(text: str) -> str:
    """A number as it is written, with or without commas and decimals."""
    whole, _, decimals = text.replace(",", "").partition(".")
    spelt = len(whole) > _LONGEST_NUMBER or (len(whole) > 1 and whole.startswith("0"))
    return (digits(whole) if spelt else cardinal(int(whole))) + (f"点{digits(decimals)}" if decimals else "")


def _counted(text: str) -> str:
    """A number before what it counts: 2 is 两 then."""
    return "两" if text == "2" else number(text)


def _time(match: re.Match[str]) -> str:
    hour, minute, second = int(match["hour"]), int(match["minute"]), match["second"]
    said = ("两" if hour == 2 else cardinal(hour)) + "点"
    if minute or second:
        said += ("零" if minute < 10 else "") + f"{cardinal(minute)}分"
    return said + (f"{cardinal(int(second))}秒" if second else "")


def _unit(match: re.Match[str]) -> str:
    name, text = _data()["units"][match["unit"]], match["sum"]
    minus = ("零下" if "度" in name else "负") if match["minus"] else ""
    if name.startswith("公里每"):
        return f"每小时{minus}{_counted(text)}公里"
    return minus + _counted(text) + name


def _money(match: re.Match[str]) -> str:
    return _counted(match["sum"]) + (match["scale"] or "") + _data()["signs"][match["sign"]]


def _iso(match: re.Match[str]) -> str:
    return f"{digits(match['year'])}年{cardinal(int(match['month']))}月{cardinal(int(match['day']))}日"


def _phone(match: re.Match[str]) -> str:
    return "，".join(digits(group, one="幺") for group in re.split(r"[\s-]+", match[0].strip("+")))


def _year(match: re.Match[str]) -> str:
    return digits(match[0])


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Say], ...]:
    """In the order in which they are applied: what one has put into words is no number any more for the next."""
    units = "|".join(re.escape(unit) for unit in sorted(_data()["units"], key=len, reverse=True))
    signs = "".join(_data()["signs"])
    measures = _data()["measures"]
    rules: tuple[tuple[str, Say], ...] = (
        (r"(?<!\d)(?P<year>\d{4})[-/](?P<month>0?[1-9]|1[0-2])[-/](?P<day>0?[1-9]|[12]\d|3[01])(?!\d)", _iso),
        (r"(?<!\d)[05-9]0(?=后)", _year),
        (r"(?<=\d{4})[-–—~～](?=\d{4}年)", lambda _: "到"),
        (r"(?<![\d.])(?:\d{4}|\d\d)(?=年(?![前后来间以多级内之代])|[至到]\d{4}年)", _year),
        (r"(?<!\d)(?P<hour>[01]?\d|2[0-4])[:：](?P<minute>[0-5]\d)(?:[:：](?P<second>[0-5]\d))?(?!\d)", _time),
        (r"(?<!\d)(\d+)[:：](\d+)(?!\d)", lambda match: f"{number(match[1])}比{number(match[2])}"),
        (r"(?<!\d)(?:\+?\d{2,4}[- ])?(?:1[3-9]\d{9}|\d{3,4}-\d{7,8})(?!\d)", _phone),
        (r"(?:(?<=[打拨])1\d\d|(?<=邮编|号码|密码|编号)\d+)(?!\d)", _phone),
        (rf"(?P<sign>[{re.escape(signs)}]) ?(?P<sum>{_NUMBER})(?P<scale>[万亿]+)?(?:元|块)?", _money),
        (rf"(?P<minus>(?<![\w.])[-−])?(?P<sum>{_NUMBER}) ?(?P<unit>{units})(?![A-Za-z])", _unit),
        (rf"(?P<sum>{_NUMBER}) ?[%％]", lambda match: f"百分之{number(match['sum'])}"),
        (rf"(?P<sum>{_NUMBER}) ?‰", lambda match: f"千分之{number(match['sum'])}"),
        (r"[½¼¾]", lambda match: _data()["fractions"][match[0]]),
        (r"(?<!\d)(\d{1,4})/(\d{1,4})(?!\d)", lambda match: f"{number(match[2])}分之{number(match[1])}"),
        (r"(?<=第)\d+", lambda match: number(match[0])),
        (r"(?<=\d)[-–—~～](?=\d)", lambda _: "到"),
        (rf"(?<![\d.,])2(?=[{measures}])(?!分之|月)", lambda _: "两"),
        (rf"(?P<minus>(?<![\w.])[-−])?(?P<sum>{_NUMBER})", lambda m: ("负" if m["minus"] else "") + number(m["sum"])),
        (r"\+", lambda _: "加"),
        (r"=", lambda _: "等于"),
        (r"&", lambda _: "和"),
        (r"[°%‰/￥¥$€£−]", lambda _: " "),
    )
    return tuple((re.compile(pattern), say) for pattern, say in rules)
