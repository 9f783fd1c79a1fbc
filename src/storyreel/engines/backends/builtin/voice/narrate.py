"""Text to a WAV file and word times: speaks each passage, polishes it, and sets them side by side. Runs in a child."""

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import WordTime
from storyreel.engines.backends.builtin.voice.catalogue import Speaker
from storyreel.engines.backends.builtin.voice.espeak import Espeak
from storyreel.engines.backends.builtin.voice.polish import SAMPLE_RATE, Signal, faded, polished, voiced_span
from storyreel.engines.backends.builtin.voice.scripts import Passage, passages, words
from storyreel.offload import Report

Order = tuple[Path, str, Speaker, float]
"""File to write, text, speaker, rate."""

NOTHING_TO_SAY = 0.6
"""Seconds of silence for text that has no word in it."""

_WORDS_PER_MINUTE = 155  # a storyteller's pace; espeak-ng's own is 175
_EDGE = 0.02  # seconds kept before and after what is heard
_FADE = 0.006
_PAUSES = {".": 0.4, "!": 0.4, "?": 0.4, "。": 0.4, "！": 0.4, "？": 0.4, "…": 0.4, ",": 0.2, "，": 0.2, "、": 0.15}
_PAUSE = 0.06  # between two languages within a sentence


def narrate(report: Report, orders: Sequence[Order]) -> list[tuple[WordTime, ...]]:
    """Write each order's WAV and return the word times of each."""
    times: list[tuple[WordTime, ...]] = []
    for number, (file, text, speaker, rate) in enumerate(orders):
        parts = passages(text, speaker.voice.language)
        with Espeak() as espeak, wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SAMPLE_RATE)
            found: list[WordTime] = []
            start = 0
            for index, part in enumerate(parts):
                signal, spoken = _spoken(espeak, part, speaker, rate, last=index == len(parts) - 1)
                out.writeframes(_pcm(signal))
                found += [_later(word, start / SAMPLE_RATE) for word in spoken]
                start += len(signal)
                report((number + (index + 1) / len(parts)) / len(orders))
            if start == 0:
                out.writeframes(_pcm(np.zeros(round(NOTHING_TO_SAY * SAMPLE_RATE))))
        times.append(tuple(found))
    return times


def _spoken(
    espeak: Espeak, part: Passage, speaker: Speaker, rate: float, *, last: bool
) -> tuple[Signal, list[WordTime]]:
    """One passage's signal, trimmed to what is heard and followed by its pause; times from the signal's start."""
    samples, anchors = espeak.say(part.text, speaker.espeak_voice(part.language), _WORDS_PER_MINUTE * rate)
    signal = polished(samples, espeak.sample_rate)
    first, end = voiced_span(signal)
    if first == end:
        return signal[:0], []
    edge = round(_EDGE * SAMPLE_RATE)
    begin, finish = max(0, first - edge), min(len(signal), end + edge)
    scale = SAMPLE_RATE / espeak.sample_rate
    heard = [(place, round(sample * scale)) for place, sample in anchors]
    times = [_later(word, -begin / SAMPLE_RATE) for word in _word_times(part, heard, signal[:finish])]
    trimmed = faded(signal[begin:finish], _FADE)
    if not last:
        pause = _PAUSES.get(part.text.rstrip(" \"')」』")[-1:], _PAUSE)
        trimmed = np.concatenate([trimmed, np.zeros(round(pause * SAMPLE_RATE))])
    return trimmed, times


def _word_times(part: Passage, anchors: Sequence[tuple[int, int]], signal: Signal) -> Iterator[WordTime]:
    """The time of each word. espeak-ng reports no event for some (Mandarin compounds, repeated syllables).

    Those are placed evenly between their neighbours. A word ends where the next begins, or where silence does.
    """
    spans = words(part.text)
    starts = _starts(spans, anchors, len(part.text), signal)
    for (offset, length), start, following in zip(spans, starts[:-1], starts[1:], strict=True):
        heard = voiced_span(signal[start:following])[1]
        yield WordTime(
            start=start / SAMPLE_RATE,
            end=(start + (heard or following - start)) / SAMPLE_RATE,
            offset=part.offset + offset,
            length=length,
        )


def _starts(
    spans: Sequence[tuple[int, int]], anchors: Sequence[tuple[int, int]], length: int, signal: Signal
) -> list[int]:
    """The sample at which each word starts, and the end of the signal; never decreasing."""
    known: dict[int, int] = {0: voiced_span(signal)[0]}
    for place, sample in anchors:
        if place > max(known) and sample > known[max(known)]:  # espeak-ng's places jump about within numbers
            known[place] = min(sample, len(signal))
    known.setdefault(length, len(signal))
    places = [offset for offset, _ in spans]
    return [round(float(at)) for at in np.interp(places, list(known), list(known.values()))] + [len(signal)]


def _later(word: WordTime, seconds: float) -> WordTime:
    return WordTime(word.start + seconds, word.end + seconds, word.offset, word.length)


def _pcm(signal: Signal) -> bytes:
    values: NDArray[np.int16] = np.round(signal * 32767).astype("<i2")
    return values.tobytes()
