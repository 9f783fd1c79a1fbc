"""Phrasing: how a text is broken into captions of two lines, where one pauses, in English and Chinese."""

import itertools
import json
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LINE_WIDTH = 42.0
"""Widest line, in narrow characters: the usual limit of broadcast subtitles for Latin scripts."""
WIDE_CHARACTER = LINE_WIDTH / 18
"""Width of a Chinese, Japanese or Korean character: at most 18 to a line."""
MAX_LINES = 2

_END, _PAUSE, _PHRASE, _TORN = 1.0, 0.5, 0.25, -1.0
"""After a sentence, after a comma, before a phrase; and where what belongs together would be torn."""
_REACH, _REACH_OF_CAPTIONS = 0.3, 0.35
"""How far from the middle, as a share of the whole, the end of a sentence may pull a cut: of lines, and captions."""
_AROUND = 24
"""Characters before and after a cut that are looked at."""

Range = tuple[int, int]


def character_width(ch: str) -> float:
    """How wide a character is, in narrow ones; combining marks and invisible characters take no room."""
    if unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return 0.0
    return WIDE_CHARACTER if is_wide(ch) else 1.0


def width_of(text: str) -> float:
    """How wide a text is, in narrow characters."""
    return sum(map(character_width, text))


def is_wide(ch: str) -> bool:
    """Whether a character is of the full-width kind, between which a line may break anywhere."""
    return unicodedata.east_asian_width(ch) in ("W", "F")


def may_break(text: str, at: int) -> bool:
    """Whether a line may end before `text[at]`: at spaces and between wide characters.

    No line begins with closing punctuation, and none ends with an opening bracket or quote.
    """
    before, after = text[at - 1], text[at]
    if before == " ":
        return True
    if after == " " or unicodedata.category(after) in ("Po", "Pe", "Pf", "Pd", "Mn", "Mc", "Me"):
        return False
    return (is_wide(before) or is_wide(after)) and unicodedata.category(before) not in ("Ps", "Pi")


def broken(text: str, line_width: float = LINE_WIDTH, within: Collection[int] = ()) -> list[list[Range]]:
    """Captions as ranges of `text`, one for each of their lines: at most MAX_LINES, none wider than `line_width`.

    Args:
        within: places within words, which no space tells; see `WordTime`.
    """
    breaks = _Breaks(text, line_width, frozenset(within))
    return breaks.captions(0, len(text))


def rest_at(text: str, at: int) -> float:
    """How much of a rest there is before `text[at]`: 1 after a sentence, negative where nobody would pause."""
    words = _words()
    before, after = text[max(0, at - _AROUND) : at].rstrip(), text[at : at + _AROUND].lstrip()
    first, last = after[:1] or " ", before[-1:] or " "
    if not is_wide(last) and before.rsplit(" ", 1)[-1].lower() in words["clings"]:
        return _TORN
    sign = before.rstrip(words["closing"])[-1:] or " "
    if sign in words["ends"]:
        return _END
    if sign in words["pauses"]:
        return _PAUSE
    if is_wide(first):
        return _PHRASE if first in words["chinese_leads"] else _TORN if first in words["chinese_trails"] else 0.0
    return _PHRASE if after.split(" ", 1)[0].lower() in words["leads"] else 0.0


@cache
def _words() -> dict[str, Any]:
    return json.loads(resources.files(__name__.rpartition(".")[0]).joinpath("phrasing.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class _Breaks:
    text: str
    width: float
    within: frozenset[int]

    def captions(self, start: int, end: int) -> list[list[Range]]:
        """Cut in halves at the best places until each has lines enough."""
        lines = self._lines(start, end)
        if lines:
            return [lines]
        middle = self._best(start, end, self._places(start, end), _REACH_OF_CAPTIONS)
        return self.captions(start, middle) + self.captions(middle, end)

    def _lines(self, start: int, end: int) -> list[Range]:
        """One line or two, about equally long; none when they would be too wide, or torn where a pause is elsewhere."""
        if self._fits(start, end):
            return [(start, end)]
        if width_of(self.text[start:end]) > MAX_LINES * self.width + 1:  # with a space between the two
            return []
        places = self._places(start, end)
        fitting = [at for at in places if self._fits(start, at) and self._fits(at, end)]
        if not fitting:
            return []
        middle = self._best(start, end, fitting, _REACH)
        torn = self._rest(middle) == _TORN and any(self._rest(at) >= _PAUSE for at in places)
        return [] if torn else [(start, middle), (middle, end)]

    def _fits(self, start: int, end: int) -> bool:
        return end - start == 1 or width_of(self.text[start:end].strip()) <= self.width

    def _places(self, start: int, end: int) -> Sequence[int]:
        """Where a range may be cut: where the script allows, else anywhere."""
        return [at for at in range(start + 1, end) if may_break(self.text, at)] or range(start + 1, end)

    def _best(self, start: int, end: int, places: Sequence[int], reach: float) -> int:
        """Where to cut a range in two: near its middle, and where there is a rest not farther off than `reach`."""
        widths = list(itertools.accumulate(map(character_width, self.text[start:end])))
        total = widths[-1] or 1.0

        def cost(at: int) -> float:
            return abs(widths[at - start - 1] / total - 0.5) - reach * self._rest(at)

        return min(places, key=cost)

    def _rest(self, at: int) -> float:
        return _TORN if at in self.within else rest_at(self.text, at)
