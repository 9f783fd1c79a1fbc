"""The sound of the film: voices placed to the sample, music that gives way to them, one loudness, encoded."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.blocks import Sound, evenly
from storyreel.media.encode import AAC_OPTIONS, write_sound
from storyreel.media.loudness import HOP, Curve, Levels, gain_for, integrated, lowest_near, measure, sampled, smoothed
from storyreel.media.music import Bed, compose_bed
from storyreel.media.probe import SAMPLE_RATE, read_pieces
from storyreel.offload import Report

LOUDNESS = -16.0
"""LUFS: what players and phones expect of spoken films (AES TD1008 asks for −16 … −20 for streams)."""
CEILING = -2.5
"""Highest true peak before encoding, in dB full scale: AAC may add a little, and −1.5 must hold after it."""
DUCKING = -10.0
"""How much quieter music is under a voice, in dB: then it lies about 18 dB below."""

_MIXING = 2
"""Raise whenever the same voices and music would sound different."""
_SPOKEN = 10 ** (-40 / 20)
"""Level above which a voice counts as speaking, full scale."""
_MOST_LIFT = 24.0
"""Decibels by which a faint voice is raised at most: beyond, it is only noise."""
_LOOK_AHEAD, _HOLD, _GLIDE = 60, 120, 50
"""Hops: music takes 0.5 s to give way, is low when speech begins, and stays low over pauses of 0.6 s."""
_MEASURING = 0.4
"""Share of the work that is done before anything is mixed."""
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

    def pieces(self) -> Iterator[Sound]:
        """The voice as it is heard, piece by piece."""
        length = self.end - self.start
        edge = max(min(_EDGE, length // 2), 1)
        done = 0
        for piece in evenly(read_pieces(self.path, "mono"), SAMPLE_RATE):
            heard = piece[:, : length - done] * np.float32(self.gain)
            places = np.arange(done, done + heard.shape[1], dtype=np.float32)
            heard *= np.clip(np.minimum(places, length - 1 - places) / edge, 0, 1)
            yield heard
            done += piece.shape[1]


def soundtrack_identity(
    voices: Sequence[tuple[str, Fraction]], duration: Fraction, mood: str | None, seed: int
) -> dict[str, object]:
    """All that the sound track is made from, as JSON; `voices` pairs what identifies a voice file with its start."""
    return {
        "voices": [[key, str(start)] for key, start in voices],
        "duration": str(duration),
        "music": None if mood is None else [mood, seed],
        "loudness": [LOUDNESS, CEILING, DUCKING],
        "encoder": AAC_OPTIONS,
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

    Memory does not grow with the film: voices are decoded twice, piece by piece, once to measure and once to write.

    Args:
        voices: each voice file and the second it starts at, in film order.
        duration: seconds, to the sample.
        mood: of the music; None for none.

    Raises:
        MediaError: a voice is broken or would not end before the film does.
        InvalidInputError: no such mood.
    """
    total = round(duration * SAMPLE_RATE)
    hops = -(-total // HOP)
    spoken = Levels(np.zeros(hops), np.zeros(hops))
    placed: list[_Voice] = []
    for number, (path, start) in enumerate(voices, 1):
        placed.append(_placed(path, round(start * SAMPLE_RATE), total, number, spoken))
        report(_MEASURING * number / len(voices))
    bed = None if mood is None else compose_bed(mood, seed)
    ducking = _ducking(spoken)
    gain = gain_for(_together(spoken, bed, ducking, total), LOUDNESS, CEILING)

    def mastered() -> Iterator[Sound]:
        for start, block in zip(range(0, total, _BLOCK), _mixed(placed, bed, ducking, total), strict=True):
            yield block * sampled(gain, start, block.shape[1])
            report(_MEASURING + (1 - _MEASURING) * (start + block.shape[1]) / total)

    write_sound(mastered(), out)


def _placed(path: Path, start: int, total: int, number: int, spoken: Levels) -> _Voice:
    """Measure one voice, add its levels to those of all, and say where it stands."""
    end = start

    def pieces() -> Iterator[Sound]:
        nonlocal end
        for piece in read_pieces(path, "mono"):
            end += piece.shape[1]
            yield piece

    levels = measure(pieces())
    if start < 0 or end > total + SAMPLE_RATE // 100:
        raise MediaError(f"Voice {number} would be cut off: it ends {(end - total) / SAMPLE_RATE:.2f} s too late.")
    loudness = integrated(levels.energy * 2)  # it will be heard from both channels
    gain = 10 ** (min(LOUDNESS - loudness, _MOST_LIFT) / 20) if np.isfinite(loudness) else 1.0
    first = start // HOP
    here = slice(first, first + levels.energy.size)
    fits = spoken.energy[here].size
    spoken.energy[here] += 2 * gain**2 * levels.energy[:fits]
    spoken.peak[here] += gain * levels.peak[:fits]
    return _Voice(path, start, min(end, total), gain)


def _ducking(spoken: Levels) -> Curve:
    """The gain of the music, hop by hop."""
    decibels = lowest_near(np.where(spoken.energy > 2 * _SPOKEN**2, DUCKING, 0.0), _HOLD, _LOOK_AHEAD)
    return 10 ** (smoothed(decibels, _GLIDE) / 20)


def _together(spoken: Levels, bed: Bed | None, ducking: Curve, total: int) -> Levels:
    """The levels of voices and music mixed, told from those of each: so the mix is made only once.

    Energies of sounds that have nothing to do with each other add up; peaks do at most.
    """
    if bed is None:
        return spoken
    music = bed.levels_for(total)
    return Levels(spoken.energy + music.energy * ducking**2, spoken.peak + music.peak * ducking)


def _mixed(placed: Sequence[_Voice], bed: Bed | None, ducking: Curve, total: int) -> Iterator[Sound]:
    """The film's sound in blocks, before mastering."""
    waiting = deque(sorted(placed, key=lambda voice: voice.start))
    speaking: list[_Speaking] = []
    for start, end in pairwise([*range(0, total, _BLOCK), total]):
        block = np.zeros((2, end - start), np.float32)
        if bed is not None:
            block += bed.block(start, end - start, total) * sampled(ducking, start, end - start)
        while waiting and waiting[0].start < end:
            speaking.append(_Speaking(waiting.popleft()))
        speaking = [voice for voice in speaking if voice.speak(block, start)]
        yield block


class _Speaking:
    """A voice as the film goes through it: no more of it is held than was decoded at once."""

    def __init__(self, voice: _Voice) -> None:
        self._at = voice.start
        self._pieces = voice.pieces()
        self._rest: Sound = np.zeros((1, 0), np.float32)

    def speak(self, block: Sound, start: int) -> bool:
        """Mix in what falls into the block that begins at the film's sample `start`; whether there is more to come."""
        end = start + block.shape[1]
        while self._at < end:
            if not self._rest.shape[1]:
                following = next(self._pieces, None)
                if following is None:
                    return False
                self._rest = following
            here = self._rest[:, : end - self._at]
            block[:, self._at - start : self._at - start + here.shape[1]] += here
            self._at += here.shape[1]
            self._rest = self._rest[:, here.shape[1] :]
        return True
