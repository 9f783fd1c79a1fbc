"""Captions as text and time: a narration broken into readable cues, written as SRT or WebVTT."""

import bisect
import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from storyreel.domain.film import WordTime

LINE_WIDTH = 42.0
"""Widest line, in narrow characters: the usual limit of broadcast subtitles for Latin scripts."""
WIDE_CHARACTER = LINE_WIDTH / 18
"""Width of a Chinese, Japanese or Korean character: at most 18 to a line."""
MAX_LINES = 2
LINGER = Fraction(3, 10)
"""Seconds that the last cue of a narration stays after the voice. LEAD + TAIL − TRANSITION, so no two cues overlap."""

_ENDS = "。！？!?…；;."
_PAUSES = "，、,：:—–"
_WORD_JOINER = "\u2060"
_TICK = Fraction(1, 1000)


class Spoken(NamedTuple):
    """Characters `first` … `end`−1 of a cue's text are the word that is said from `start`, in the cue's seconds."""

    start: Fraction
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """`text` is shown from `start` to `end`, in seconds; plain text of one or two lines, never markup.

    `words` are for captions that point at what is being said, in order; empty where none do.
    """

    start: Fraction
    end: Fraction
    text: str
    words: tuple[Spoken, ...] = ()

    def shifted(self, seconds: Fraction) -> "Cue":
        """The same cue, later by `seconds` (earlier when negative)."""
        words = tuple(word._replace(start=word.start + seconds) for word in self.words)
        return replace(self, start=self.start + seconds, end=self.end + seconds, words=words)

    def word_at(self, time: Fraction) -> Spoken | None:
        """The word that is said at `time`, or was said last."""
        return next((word for word in reversed(self.words) if word.start <= time), None)


def plain(text: str) -> str:
    """Text safe to show: composed (NFC), whitespace runs as one space.

    Control characters, unpaired surrogates, and orders to turn the direction of writing round are left out.
    """
    kept = (" " if ch.isspace() else ch for ch in text)
    shown = "".join(ch for ch in kept if not _is_unshowable(ch))
    return " ".join(unicodedata.normalize("NFC", shown).split())


def width_of(text: str) -> float:
    """How wide a text is, in narrow characters; combining marks and invisible characters take no room."""
    return sum(_character_width(ch) for ch in text)


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


def cues_of(
    narration: str,
    words: Sequence[WordTime],
    voice_start: Fraction,
    voice_duration: Fraction | float,
    *,
    pointing: bool = False,
) -> list[Cue]:
    """Break a narration into cues of at most two readable lines, in order, nothing left out.

    Args:
        words: when the words are spoken, from the start of the voice; may be empty or incomplete. Where they are
            silent, time is shared out by the width of the text.
        voice_start, voice_duration: seconds. The last cue stays LINGER longer than the voice.
        pointing: whether the cues have their words.
    """
    duration = Fraction(voice_duration).limit_denominator(1000)
    text = plain(narration)
    if not text or duration <= 0:
        return []
    pieces = _pieces(text)
    starts = _spoken_at(text, narration, words, duration, [start for start, _ in pieces])
    ends = [*starts[1:], duration + LINGER]
    said = _said(text, narration, words) if pointing else []
    return [
        _cue(text, _lines(text, *piece), begin, end, said).shifted(voice_start)
        for piece, begin, end in zip(pieces, starts, ends, strict=True)
    ]


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip text. It has no escapes, so what players would take for markup is kept apart by a word joiner."""
    blocks: list[str] = []
    for number, cue in enumerate(cues, 1):
        text = _body(cue.text).replace("-->", f"--{_WORD_JOINER}>")
        text = text.replace("<", f"<{_WORD_JOINER}").replace("{", f"{{{_WORD_JOINER}")
        blocks.append(f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{text}\n")
    return "\n".join(blocks)


def to_vtt(cues: Sequence[Cue]) -> str:
    """WebVTT text, escaped as the standard asks."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        text = _body(cue.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{text}\n")
    return "\n".join(blocks)


def _cue(text: str, lines: Sequence[tuple[int, int]], start: Fraction, end: Fraction, said: Sequence[Spoken]) -> Cue:
    """A cue of these lines of `text`, with those of the words said, placed in `text`, that stand in it."""
    shown: list[str] = []
    words: list[Spoken] = []
    begins = 0
    for first, stop in lines:
        line = text[first:stop].strip()
        shift = begins - first - (len(text[first:stop]) - len(text[first:stop].lstrip()))
        words += [Spoken(at, a + shift, b + shift) for at, a, b in said if first <= a < b <= stop]
        shown.append(line)
        begins += len(line) + 1
    return Cue(start, end, "\n".join(shown), tuple(words))


def _said(text: str, narration: str, words: Sequence[WordTime]) -> list[Spoken]:
    """The words in the order of `text`, each with its place there."""
    return [
        Spoken(
            Fraction(round(word.start * 1000), 1000),
            _place(text, narration, word.offset),
            _place(text, narration, word.offset + word.length),
        )
        for word in sorted(words, key=lambda word: word.offset)
    ]


def _place(text: str, narration: str, offset: int) -> int:
    """Where in the plain `text` a character of the narration stands."""
    return min(len(plain(narration[:offset] + "|")) - 1, len(text))


def _is_unshowable(ch: str) -> bool:
    if unicodedata.category(ch) in ("Cc", "Cs", "Co", "Cn"):
        return True
    return unicodedata.bidirectional(ch) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def _character_width(ch: str) -> float:
    if unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return 0.0
    return WIDE_CHARACTER if is_wide(ch) else 1.0


def _pieces(text: str) -> list[tuple[int, int]]:
    """Ranges of `text` that fit a cue each, cut in halves at the best places until they do."""

    def cut(start: int, end: int) -> list[tuple[int, int]]:
        lines = _lines(text, start, end)
        if len(lines) <= MAX_LINES:
            return [(start, end)]
        middle = _best_break(text, start, end, punctuation=0.35)
        return cut(start, middle) + cut(middle, end)

    return cut(0, len(text))


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of lines no wider than LINE_WIDTH; where two do, they are about equally long."""
    if width_of(text[start:end].strip()) <= LINE_WIDTH:
        return [(start, end)]
    middle = _best_break(text, start, end, punctuation=0.3)
    halves = _lines(text, start, middle) + _lines(text, middle, end)
    return halves if len(halves) <= MAX_LINES else _filled(text, start, end)


def _filled(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Lines filled as full as they go: fewer than balanced ones where words are long."""
    lines: list[tuple[int, int]] = []
    while start < end:
        stop = start + 1
        while stop < end and width_of(text[start : stop + 1].rstrip()) <= LINE_WIDTH:
            stop += 1
        allowed = next((at for at in range(stop, start, -1) if at == end or may_break(text, at)), stop)
        lines.append((start, allowed))
        start = allowed
    return lines


def _best_break(text: str, start: int, end: int, punctuation: float) -> int:
    """Where to cut a range in two: near its middle, after punctuation if there is some not far from there.

    `punctuation` is how far from the middle, as a share of the whole, the end of a sentence may pull the cut.
    """
    widths = list(itertools.accumulate(map(_character_width, text[start:end])))
    total = widths[-1] or 1.0

    def cost(at: int) -> float:
        off = abs(widths[at - start - 1] / total - 0.5)
        last = text[start:at].rstrip()[-1:]
        pull = 1.0 if last in _ENDS else 0.5 if last in _PAUSES else 0.0
        return off - punctuation * pull * bool(last)

    allowed = [at for at in range(start + 1, end) if may_break(text, at)]
    return min(allowed or range(start + 1, end), key=cost)


def _spoken_at(
    text: str, narration: str, words: Sequence[WordTime], duration: Fraction, offsets: Sequence[int]
) -> list[Fraction]:
    """When each of `offsets` into `text` is spoken, seconds, rising; the first is 0."""
    heard = list(itertools.accumulate(map(_character_width, text), initial=0.0))
    places = [0.0]
    times = [0.0]
    for word in sorted(words, key=lambda word: word.offset):
        place = heard[_place(text, narration, word.offset)]
        time = min(max(word.start, times[-1]), float(duration))
        if place > places[-1]:
            places.append(place)
            times.append(time)
    if heard[-1] > places[-1]:
        places.append(heard[-1])
        times.append(float(duration))
    rising: list[Fraction] = []
    for number, offset in enumerate(offsets):
        soonest = rising[-1] + _TICK if rising else Fraction(0)
        time = Fraction(round(_between(places, times, heard[offset]) * 1000), 1000) if number else Fraction(0)
        rising.append(max(time, soonest))
    return rising


def _between(places: Sequence[float], times: Sequence[float], place: float) -> float:
    """Piecewise linear: the time at `place`."""
    right = min(max(bisect.bisect_right(places, place), 1), len(places) - 1)
    left = right - 1
    if right == left or places[right] == places[left]:
        return times[left]
    share = (place - places[left]) / (places[right] - places[left])
    return times[left] + min(max(share, 0.0), 1.0) * (times[right] - times[left])


def _body(text: str) -> str:
    """Without blank lines, which would end the cue."""
    return "\n".join(filter(None, (plain(line) for line in text.splitlines()))) or "\u00a0"


def _stamp(seconds: Fraction, point: str) -> str:
    thousandths = max(round(seconds * 1000), 0)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"
