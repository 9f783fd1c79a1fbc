"""The sound of the film: voices placed to the sample, music that gives way to them, one loudness, encoded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import MediaError
from storyreel.media.encode import AUDIO_BIT_RATE, write_sound
from storyreel.media.loudness import HOP, Curve, gain_for, integrated, lowest_near, measure, sampled, smoothed
from storyreel.media.music import Stereo, bed_block, compose_loop
from storyreel.media.probe import SAMPLE_RATE, read_voice
from storyreel.offload import Report

LOUDNESS = -16.0
"""LUFS: what players and phones expect of spoken films (AES TD1008 asks for −16 … −20 for streams)."""
CEILING = -2.5
"""Highest true peak before encoding, in dB full scale: AAC may add a little, and −1.5 must hold after it."""
DUCKING = -10.0
"""How much quieter music is under a voice, in dB: then it lies about 18 dB below."""

_MIXING = 1
"""Raise whenever the same voices and music would sound different."""
_SPOKEN = 10 ** (-40 / 20)
"""Level above which a voice counts as speaking, full scale."""
_MOST_LIFT = 24.0
"""Decibels by which a faint voice is raised at most: beyond, it is only noise."""
_LOOK_AHEAD, _HOLD, _GLIDE = 60, 120, 50
"""Hops: music takes 0.5 s to give way, is low when speech begins, and stays low over pauses of 0.6 s."""
_BLOCK = 10 * SAMPLE_RATE
_EDGE = 240
"""Samples over which a voice file fades at both ends, so that none clicks."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """A voice file on the film's sample clock; `gain` brings it to LOUDNESS, so that all voices are level."""

    path: Path
    start: int
    end: int
    gain: float

    def samples(self) -> NDArray[np.float32]:
        sound = read_voice(self.path)[: self.end - self.start] * np.float32(self.gain)
        edge = min(_EDGE, sound.size // 2)
        ramp = np.linspace(0, 1, edge, dtype=np.float32)
        sound[:edge] *= ramp
        sound[sound.size - edge :] *= ramp[::-1]
        return sound


def soundtrack_identity(
    voices: Sequence[tuple[str, Fraction]], duration: Fraction, mood: str | None, seed: int
) -> dict[str, object]:
    """All that the sound track is made from, as JSON; `voices` pairs what identifies a voice file with its start."""
    return {
        "voices": [[key, str(start)] for key, start in voices],
        "duration": str(duration),
        "music": None if mood is None else [mood, seed],
        "loudness": [LOUDNESS, CEILING, DUCKING],
        "bit_rate": AUDIO_BIT_RATE,
        "mixing": _MIXING,
        "av": version("av"),
    }


def render_soundtrack(
    report: Report,
    voices: Sequence[tuple[Path, Fraction]],
    duration: Fraction,
    mood: str | None,
    seed: int,
    out: Path,
) -> None:
    """Mix the whole film's sound to AAC at 48 kHz: −16 LUFS, true peak below −1.5 dB. With nothing to hear: silence.

    Memory does not grow with the film: it is mixed twice, block by block, once to measure and once to write.

    Args:
        voices: each voice file and the second it starts at, in film order.
        duration: seconds, to the sample.
        mood: of the music; None for none.

    Raises:
        MediaError: a voice is broken or would not end before the film does.
        InvalidInputError: no such mood.
    """
    total = round(duration * SAMPLE_RATE)
    placed: list[_Voice] = []
    spoken = np.zeros(-(-total // HOP))
    for number, (path, start) in enumerate(voices, 1):
        placed.append(_placed(path, round(start * SAMPLE_RATE), total, number, spoken))
        report(0.4 * number / len(voices))
    loop = None if mood is None else compose_loop(mood, seed)
    ducking = _ducking(spoken)
    gain = gain_for(measure(_mixed(placed, loop, ducking, total)), LOUDNESS, CEILING)
    report(0.7)

    def mastered() -> Iterator[Stereo]:
        for start, block in zip(range(0, total, _BLOCK), _mixed(placed, loop, ducking, total), strict=True):
            yield block * sampled(gain, start, block.shape[1])
            report(0.7 + 0.3 * (start + block.shape[1]) / total)

    write_sound(mastered(), out)


def _placed(path: Path, start: int, total: int, number: int, spoken: Curve) -> _Voice:
    """Measure one voice, note in `spoken` the hops in which it speaks, and say where it stands."""
    sound = read_voice(path)
    end = start + sound.size
    if start < 0 or end > total + SAMPLE_RATE // 100:
        raise MediaError(f"Voice {number} would be cut off: it ends {(end - total) / SAMPLE_RATE:.2f} s too late.")
    loudness = integrated(measure([sound[np.newaxis]]).energy * 2)  # it will be heard from both channels
    lift = min(LOUDNESS - loudness, _MOST_LIFT) if np.isfinite(loudness) else 0.0
    gain = 10 ** (lift / 20)
    padded = np.pad(sound * np.float32(gain), (start % HOP, 0))
    level = np.sqrt(np.add.reduceat(padded**2, np.arange(0, padded.size, HOP)) / HOP)
    first = start // HOP
    here = spoken[first : first + level.size]
    np.maximum(here, level[: here.size] > _SPOKEN, out=here)
    return _Voice(path, start, min(end, total), gain)


def _ducking(spoken: Curve) -> Curve:
    """The gain of the music, hop by hop."""
    decibels = lowest_near(spoken * DUCKING, _HOLD, _LOOK_AHEAD)
    return 10 ** (smoothed(decibels, _GLIDE) / 20)


def _mixed(placed: Sequence[_Voice], loop: Stereo | None, ducking: Curve, total: int) -> Iterator[Stereo]:
    """The film's sound in blocks, before mastering."""
    sounds: dict[_Voice, NDArray[np.float32]] = {}
    for start, end in pairwise([*range(0, total, _BLOCK), total]):
        block = np.zeros((2, end - start), np.float32)
        if loop is not None:
            block += bed_block(loop, start, end - start, total) * sampled(ducking, start, end - start)
        heard = [voice for voice in placed if voice.start < end and voice.end > start]
        sounds = {voice: sounds[voice] if voice in sounds else voice.samples() for voice in heard}
        for voice, sound in sounds.items():
            first, last = max(voice.start, start), min(voice.end, end)
            block[:, first - start : last - start] += sound[first - voice.start : last - voice.start]
        yield block
