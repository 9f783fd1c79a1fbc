"""Captions as text and time: a narration broken into readable cues, written as SRT or WebVTT."""

import bisect
import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from storyreel.domain.film import WordTime
from storyreel.media.phrasing import LINE_WIDTH, broken, character_width

LINGER = Fraction(3, 10)
"""Seconds that the last cue of a narration stays after the voice. LEAD + TAIL − TRANSITION, so no two cues overlap."""

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


def cues_of(
    narration: str,
    words: Sequence[WordTime],
    voice_start: Fraction,
    voice_duration: Fraction | float,
    *,
    line_width: float = LINE_WIDTH,
    pointing: bool = False,
) -> list[Cue]:
    """Break a narration into cues of at most two readable lines, in order, nothing left out.

    Args:
        words: when the words are spoken, from the start of the voice; may be empty or incomplete. Where they are
            silent, time is shared out by the width of the text.
        voice_start, voice_duration: seconds. The last cue stays LINGER longer than the voice.
        line_width: of the widest line, in narrow characters.
        pointing: whether the cues have their words.
    """
    duration = Fraction(voice_duration).limit_denominator(1000)
    text = plain(narration)
    if not text or duration <= 0:
        return []
    said = _said(text, narration, words)
    pieces = broken(text, line_width, within=[at for word in said for at in range(word.first + 1, word.end)])
    starts = _spoken_at(text, narration, words, duration, [lines[0][0] for lines in pieces])
    ends = [*starts[1:], duration + LINGER]
    return [
        _cue(text, lines, begin, end, said if pointing else ()).shifted(voice_start)
        for lines, begin, end in zip(pieces, starts, ends, strict=True)
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


def _spoken_at(
    text: str, narration: str, words: Sequence[WordTime], duration: Fraction, offsets: Sequence[int]
) -> list[Fraction]:
    """When each of `offsets` into `text` is spoken, seconds, rising; the first is 0."""
    heard = list(itertools.accumulate(map(character_width, text), initial=0.0))
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
