"""Text to a WAV file and word times: speaks each phrase in its voice, and sets them in a room. Runs in a child."""

import wave
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.dialogue import quotations
from storyreel.domain.film import WordTime
from storyreel.engines.backends.builtin.voice.catalogue import Narrator
from storyreel.engines.backends.builtin.voice.espeak import Espeak
from storyreel.engines.backends.builtin.voice.polish import (
    LEVEL,
    SAMPLE_RATE,
    Signal,
    equalised,
    faded,
    limited,
    polished,
    speech_power,
)
from storyreel.engines.backends.builtin.voice.reading import read
from storyreel.engines.backends.builtin.voice.room import DECAY, echo
from storyreel.engines.backends.builtin.voice.scripts import Phrase, cleaned, phrases
from storyreel.engines.backends.builtin.voice.timbre import Timbre
from storyreel.engines.backends.builtin.voice.timing import word_times
from storyreel.offload import Report

NOTHING_TO_SAY = 0.6
"""Seconds of silence for text that has no word in it."""

# espeak-ng's own measure, which it overshoots the more the slower it is; with PAUSES, English comes to 150 words a
# minute, where audio books begin (150–160), and Chinese to 4.2 syllables a second; both measured over our examples.
_WORDS_PER_MINUTE = {"zh": 210}
_OTHERS_WORDS_PER_MINUTE = 126
_LANGUAGE_FILES = {"zh": "cmn"}
_INAUDIBLE = 16  # of 32768, −66 dB: what espeak-ng leaves before and after what it says
_EDGE = 0.002  # seconds kept before and after what is heard
_RISE = 0.006
_FALL, _VOWEL_FALL = 0.006, 0.08
"""Seconds in which a phrase dies away after a consonant, and after a vowel.

espeak-ng breaks off its last vowel from one pulse of the voice to the next; a breath takes longer.
"""
_VOWEL = 0.25  # of the level: what ends louder is a vowel or its like
_LAST_ECHO = 0.12  # seconds of the room that end a voice: 60 dB under it by then
_LAST_FADE = 0.04
_SENTENCE_PITCH = 8
"""How far a sentence's pitch strays, of espeak-ng's hundred: ±6 %, measured. So does everybody's."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be spoken: `file` to write, `rate` 1 is a storyteller's pace, `speaker` has what is quoted."""

    file: Path
    text: str
    narrator: Narrator
    rate: float = 1.0
    speaker: Timbre | None = None


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A phrase, what espeak-ng made of it, trimmed to what is heard, and when its words are."""

    phrase: Phrase
    samples: NDArray[np.int16]
    words: list[WordTime]


def narrate(report: Report, orders: Sequence[Order]) -> list[tuple[WordTime, ...]]:
    """Write each order's WAV and return the word times of each."""
    times: list[tuple[WordTime, ...]] = []
    for number, order in enumerate(orders):
        with Espeak() as espeak, wave.open(str(order.file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SAMPLE_RATE)
            spoken = _spoken(espeak, order)
            report((number + 0.5) / len(orders))
            found: list[WordTime] = []
            for signal, said in _set_in_room(spoken, espeak.sample_rate, order.rate):
                out.writeframes(_pcm(signal))
                found += said
            if not spoken:
                out.writeframes(_pcm(np.zeros(round(NOTHING_TO_SAY * SAMPLE_RATE))))
        times.append(tuple(found))
        report((number + 1) / len(orders))
    return times


def _spoken(espeak: Espeak, order: Order) -> list[_Spoken]:
    """Each phrase that is heard, as espeak-ng says it."""
    quoted = quotations(order.text) if order.speaker else ()
    found: list[_Spoken] = []
    for phrase in phrases(order.text, order.narrator.voice.language, quoted):
        timbre = order.speaker if phrase.quoted and order.speaker else order.narrator.timbre
        language = order.narrator.english if phrase.language == "en" else phrase.language
        espeak.choose(_LANGUAGE_FILES.get(language, language), timbre.definition(phrase.language))
        written = read(phrase.text, phrase.language)
        pace = _WORDS_PER_MINUTE.get(phrase.language, _OTHERS_WORDS_PER_MINUTE) * order.rate * timbre.pace
        samples, anchors = espeak.say(
            written.text, pace, pitch=_pitch(order.text, phrase), phonemes=phrase.language == "zh"
        )
        heard = np.flatnonzero(np.abs(samples.astype(np.int32)) > _INAUDIBLE)
        if heard.size:
            edge = round(_EDGE * espeak.sample_rate)
            first, end = max(int(heard[0]) - edge, 0), int(heard[-1]) + 1 + edge
            kept = np.pad(samples[first:end], (0, max(end - len(samples), 0)))
            heard_at = [(place, max(sample - first, 0)) for place, sample in anchors]
            times = word_times(phrase, written, heard_at, kept, espeak.sample_rate)
            found.append(_Spoken(phrase, kept, times))
    return found


def _pitch(text: str, phrase: Phrase) -> int:
    """espeak-ng's pitch for a phrase: a little else for each sentence, the same for the same words."""
    drawn = zlib.crc32(f"{phrase.sentence} {' '.join(cleaned(text).split())}".encode()) / 2**32
    return 50 + round(_SENTENCE_PITCH * (2 * drawn - 1))


def _set_in_room(spoken: Sequence[_Spoken], rate: int, pace: float) -> Iterator[tuple[Signal, list[WordTime]]]:
    """The phrases one after another, each with its pause and the room, and their words' times in the whole."""
    gains = {quoted: _gain([one for one in spoken if one.phrase.quoted == quoted], rate) for quoted in (False, True)}
    start = 0
    hanging = np.zeros(round(DECAY * SAMPLE_RATE))  # what the room still holds of the phrases before
    for index, one in enumerate(spoken):
        dry = polished(equalised(one.samples, rate), gains[one.phrase.quoted])
        end = dry[-round(_VOWEL_FALL * SAMPLE_RATE / 2) :]
        dry = faded(dry, _RISE, _VOWEL_FALL if np.sqrt(np.mean(end**2)) > _VOWEL * LEVEL else _FALL)
        last = index == len(spoken) - 1
        length = len(dry) + round((_LAST_ECHO if last else one.phrase.pause / pace) * SAMPLE_RATE)
        mixed = np.zeros(max(length, len(dry) + len(hanging)))
        mixed[: len(dry)] = dry
        mixed[: len(dry) + len(hanging)] += echo(dry, SAMPLE_RATE)
        mixed[: len(hanging)] += hanging
        hanging = mixed[length:][: len(hanging)]
        hanging = np.pad(hanging, (0, round(DECAY * SAMPLE_RATE) - len(hanging)))
        heard = faded(mixed[:length], 0.0, _LAST_FADE) if last else mixed[:length]
        yield limited(heard), [_later(word, start) for word in one.words]
        start += length


def _gain(spoken: Sequence[_Spoken], rate: int) -> float:
    """What brings all that one voice says to LEVEL, so that the narrator and the speaker are equally loud."""
    powers = [speech_power(equalised(one.samples, rate)) for one in spoken]
    total, number = sum(power for power, _ in powers), sum(size for _, size in powers)
    return LEVEL / np.sqrt(total / number) if total else 1.0


def _later(word: WordTime, samples: int) -> WordTime:
    seconds = samples / SAMPLE_RATE
    return WordTime(word.start + seconds, word.end + seconds, word.offset, word.length)


def _pcm(signal: Signal) -> bytes:
    values: NDArray[np.int16] = np.round(signal * 32767).astype("<i2")
    return values.tobytes()
