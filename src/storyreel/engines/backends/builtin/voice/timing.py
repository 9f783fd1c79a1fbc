"""When each written word is heard, from what espeak-ng reports of what it was given to say."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import WordTime
from storyreel.engines.backends.builtin.voice.reading.written import Written
from storyreel.engines.backends.builtin.voice.scripts import Phrase, words

_INAUDIBLE = 100  # of 32768, −50 dB: a word has ended there


def word_times(
    phrase: Phrase, written: Written, anchors: Sequence[tuple[int, int]], samples: NDArray[np.int16], rate: int
) -> list[WordTime]:
    """The time of each word of a phrase in seconds from its first sample; offsets are places in the whole text.

    espeak-ng reports no event for some (Mandarin compounds, repeated syllables), and for one number it may say several
    words or for several one: those without a place of their own share that of their neighbours evenly. A word ends
    where the next begins, or where silence does.

    Args:
        anchors: (place in what was said in characters, sample at which it is spoken).
    """
    spans = words(phrase.text)
    places = _apart([float(written.place_of(offset)) for offset, _ in spans], float(len(written.text)))
    known: dict[int, int] = {0: 0}
    for place, sample in anchors:
        if place > max(known) and sample > known[max(known)]:  # espeak-ng's places jump about within numbers
            known[place] = min(sample, len(samples))
    known.setdefault(len(written.text), len(samples))
    starts = np.interp(places, list(known), list(known.values()))
    found: list[WordTime] = []
    for (offset, length), start, following in zip(spans, starts, [*starts[1:], len(samples)], strict=True):
        heard = np.flatnonzero(np.abs(samples[int(start) : int(following)].astype(np.int32)) > _INAUDIBLE)
        end = int(start) + int(heard[-1]) + 1 if heard.size else following
        found.append(WordTime(float(start) / rate, float(end) / rate, phrase.offset + offset, length))
    return found


def _apart(places: Sequence[float], end: float) -> list[float]:
    """The places, those that several words have shared out evenly up to the next one."""
    found: list[float] = []
    for index, place in enumerate(places):
        if index and place == places[index - 1]:
            continue
        alike = places.count(place)
        following = places[index + alike] if index + alike < len(places) else end
        found += [place + (following - place) * number / alike for number in range(alike)]
    return found
