"""English as it is said: numbers, years, dates, times, money, units, ordinals, fractions, kings, abbreviations."""

import json
import re
from collections.abc import Callable
from functools import cache, partial
from importlib import resources
from typing import Any

from storyreel.engines.backends.builtin.voice.reading.written import Written, rewritten

_LONGEST_NUMBER = 15  # digits that scales are named for
_YEARS = range(1100, 2100)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}

Say = Callable[[re.Match[str]], str | None]


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files(__package__ or "").joinpath("english.json").read_text("utf-8"))


def read_english(text: Written) -> Written:
    """English text with all in words that espeak-ng would say otherwise than people do."""
    for pattern, say in _rules():
        text = rewritten(text, pattern, say)
    return text


def cardinal(number: int) -> str:
    """1234 → one thousand two hundred and thirty-four; below 10¹⁵."""
    if number < 20:
        return _data()["ones"][number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _data()["tens"][tens] + (f"-{cardinal(ones)}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{cardinal(hundreds)} hundred" + (f" and {cardinal(rest)}" if rest else "")
    groups: list[str] = []
    for scale in _data()["scales"]:
        number, group = divmod(number, 1000)
        if group:
            joined = "and " if not scale and group < 100 else ""
            groups.insert(0, f"{joined}{cardinal(group)} {scale}".strip())
    return " ".join(groups)


def ordinal(number: int) -> str:
    """21 → twenty-first."""
    said = cardinal(number)
    start = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[start:]
    special: str | None = _data()["ordinals"].get(last)
    return said[:start] + (special or (last[:-1] + "ieth" if last.endswith("y") else last + "th"))


def year(number: int) -> str:
    """1984 → nineteen eighty-four, 1905 → nineteen oh five, 2004 → two thousand and four."""
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Digit by digit."""
    return " ".join(cardinal(int(digit)) for digit in text if digit.isdecimal())


def number(text: str) -> str:
    """A number as it is written, with or without commas and decimals."""
    whole, _, decimals = text.replace(",", "").partition(".")
    if len(whole) > _LONGEST_NUMBER or (len(whole) > 1 and whole.startswith("0")):
        said = digits(whole)
    else:
        said = cardinal(int(whole))
    return f"{said} point {digits(decimals)}" if decimals else said


def _counted(text: str, one: str, many: str) -> str:
    return f"{number(text)} {one if text == '1' else many}"


def _money(match: re.Match[str]) -> str:
    one, many, small_one, small_many = _data()["currencies"][match["sign"]]
    if match["scale"]:
        return f"{number(match['sum'])} {match['scale']} {many}"
    whole, _, rest = match["sum"].replace(",", "").partition(".")
    said = _counted(whole, one, many)
    if len(rest) == 2 and rest != "00":
        said += f" and {_counted(str(int(rest)), small_one, small_many)}"
    return said if len(rest) in (0, 2) else f"{number(match['sum'])} {many}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    half = " ".join(letter for letter in (match["half"] or "").upper() if letter.isalpha())
    if minute:
        said = f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    else:
        said = cardinal(hour) if half else f"{cardinal(hour)} o'clock" if hour <= 12 else f"{cardinal(hour)} hundred"
    return f"{said} {half}".strip()


def _day(match: re.Match[str]) -> str:
    return f"{_data()['months'][match['month']]} {ordinal(int(match['day']))}"


def _day_first(match: re.Match[str]) -> str:
    return f"{match['the'] or 'the '}{ordinal(int(match['day']))} of {_data()['months'][match['month']]}"


def _iso(match: re.Match[str]) -> str | None:
    month, day = int(match["month"]), int(match["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    names = list(dict.fromkeys(_data()["months"].values()))
    return f"{names[month - 1]} {ordinal(day)}, {year(int(match['year']))}"


def _fraction(match: re.Match[str]) -> str | None:
    above, below = int(match["above"]), int(match["below"])
    if not 0 < above < below <= 100:
        return f"{cardinal(above)} {cardinal(below)}" if max(above, below) < 1000 else None
    part = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    many = {"half": "halves"}.get(part, f"{part}s")
    said = f"{cardinal(above)} {part if above == 1 else many}"
    return f"{number(match['whole'])} and {'a ' + part if above == 1 else said}" if match["whole"] else said


def _half(match: re.Match[str]) -> str:
    said: str = _data()["fractions"][match["sign"]]
    return f"{number(match['whole'])} and {said}" if match["whole"] else said


def _unit(match: re.Match[str]) -> str:
    one, many = _data()["units"][match["unit"]]
    if match["joint"] == "-":
        return f"{number(match['sum'])}-{one}"
    minus = "minus " if match["minus"] else ""
    return minus + _counted(match["sum"], one, many)


def _plain_number(match: re.Match[str]) -> str:
    minus = "minus " if match["minus"] else ""
    text = match["sum"]
    if not minus and len(text) == 4 and text.isdecimal() and int(text) in _YEARS:
        return year(int(text))
    return minus + number(text)


def _decade(match: re.Match[str]) -> str:
    said = year(int(match["decade"])) if len(match["decade"]) == 4 else cardinal(int(match["decade"]))
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _king(match: re.Match[str]) -> str | None:
    roman, name = match["roman"], match["name"]
    value = 0
    for letter, following in zip(roman, [*roman[1:], "I"], strict=True):
        size = _ROMAN_VALUES[letter]
        value += -size if size < _ROMAN_VALUES[following] else size
    if name in _data()["counted"]:
        return f"{name} {cardinal(value)}"
    crowned = name in _data()["crowned"] and (len(roman) > 1 or roman != "I" or bool(match["ruler"]))
    if not crowned and len(roman) == 1:
        return None
    return f"{match['ruler'] or ''}{name} the {ordinal(value)}"


def _saint(match: re.Match[str]) -> str:
    return "Street" if match["street"] else "Saint "


def _abbreviation(match: re.Match[str]) -> str:
    return _data()["abbreviations"][match["short"]]


def _respelt(said: str, _match: re.Match[str]) -> str:
    """A word that is spelt alike and said in two ways, as espeak-ng says the right one."""
    return said


def _phone(match: re.Match[str]) -> str:
    groups = [digits(group) for group in re.split(r"[\s().-]+", match[0].strip("+")) if group]
    return ("plus " if match[0].startswith("+") else "") + ", ".join(groups)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Say], ...]:
    """In the order in which they are applied: what one has put into words is no number any more for the next."""
    months = "|".join(_data()["months"])
    units = "|".join(re.escape(unit) for unit in sorted(_data()["units"], key=len, reverse=True))
    names = "|".join(_data()["counted"] + _data()["crowned"])
    shorts = "|".join(re.escape(short) for short in _data()["abbreviations"])
    rulers = "|".join(_data()["rulers"])
    rules: tuple[tuple[str, Say], ...] = (
        (rf"\b(?P<ruler>(?:{rulers}) )?(?P<name>(?:{names})|[A-Z][a-z]{{2,}}) (?P<roman>{_ROMAN})\b(?!')", _king),
        (rf"\b(?P<short>{shorts})\.(?!\w)", _abbreviation),
        (r"(?P<street>(?<=[a-z] )St\b\.?+(?= *(?:$|[,;:!?)]|[a-z])))|\bSt\.? (?=[A-Z])", _saint),
        (r"\b[Nn]o\. ?(?=\d)", lambda _: "number "),
        (r"&", lambda _: " and "),
        (r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b", _iso),
        (rf"\b(?P<month>{months})\.? (?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?\b(?![:.,]\d)", _day),
        (rf"\b(?P<the>the )?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)? (?:of )?(?P<month>{months})\b\.?", _day_first),
        (
            r"\b(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?!\d)(?: ?(?P<half>[ap]\.?m\b\.?|[AP]M\b))?",
            _time,
        ),
        (r"\+\d[\d ().-]{6,}\d|\b\d{3}[-. ](?:\d{3}[-. ])?\d{4}\b|\b0\d{6,}\b", _phone),
        (r"(?:(?<=[Cc]all )|(?<=[Dd]ial ))\d{3}\b", _phone),
        (rf"(?P<sign>[$€£¥￥]) ?(?P<sum>{_NUMBER})(?: (?P<scale>thousand|million|billion|trillion))?", _money),
        (r"\b(?P<whole>\d+)?\s?(?P<sign>[½¼¾])", _half),
        (r"(?:\b(?P<whole>\d+) )?\b(?P<above>\d{1,4})/(?P<below>\d{1,4})\b", _fraction),
        (r"'?\b(?P<decade>(?:1\d|20)\d0|[2-9]0)s\b", _decade),
        (r"\b(?P<sum>\d[\d,]*)(?:st|nd|rd|th)\b", lambda match: ordinal(int(match["sum"].replace(",", "")))),
        (rf"(?P<minus>(?<![\w.])[-−])?\b(?P<sum>{_NUMBER})(?P<joint>[ -]?)(?P<unit>{units})(?!\w)", _unit),
        (r"(?<=\d)[-–~～](?=\d)", lambda _: " to "),
        (rf"(?P<minus>(?<![\w.])[-−])?(?<![\w.])(?P<sum>{_NUMBER})(?![\w])", _plain_number),
        *((pattern, partial(_respelt, said)) for pattern, said in _data()["heard"]),
        (r"[°%‰+=/~～〇￥¥$€£]", lambda match: {"+": " plus ", "=": " equals ", "%": " percent "}.get(match[0], " ")),
    )
    return tuple((re.compile(pattern), say) for pattern, say in rules)
