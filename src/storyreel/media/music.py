"""A bed of music, composed from a mood and a seed: slow pads and a few bells that loop without a seam."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import InvalidInputError
from storyreel.media.loudness import integrated, measure
from storyreel.media.probe import SAMPLE_RATE

LOUDNESS = -24.0
"""Loudness of the loop, in LUFS."""

_ROUNDS = 2
"""How often the chords are gone through, each time with other bells, before the loop begins again."""
_OVERLAP = 2.5
"""Seconds that a chord takes to rise, and to die away under the next."""
_PARTIALS = 5
_REVERB_SECONDS = 2.0
_FADE_IN, _FADE_OUT = 1.5, 3.0

Stereo = NDArray[np.float32]
"""2 × samples at 48 kHz."""


@dataclass(frozen=True, slots=True)
class Mood:
    """`root` in Hz; `chords` in semitones above it; `bar` seconds for a chord; `bells` for each chord.

    `dullness` is how fast overtones weaken: 1 is bright, 3 nearly pure tones.
    """

    root: float
    chords: tuple[tuple[int, ...], ...]
    bar: float
    bells: int
    dullness: float


MOODS = {
    "calm": Mood(87.31, ((0, 7, 12, 16), (9, 12, 16, 21), (5, 9, 12, 17), (7, 11, 14, 19)), 6.0, 5, 1.5),
    "happy": Mood(98.00, ((0, 7, 12, 16), (7, 11, 14, 19), (9, 12, 16, 21), (5, 9, 12, 17)), 4.0, 8, 1.2),
    "sad": Mood(87.31, ((0, 7, 12, 15), (8, 12, 15, 20), (3, 7, 10, 15), (10, 14, 17, 22)), 7.0, 3, 1.8),
    "tense": Mood(73.42, ((0, 7, 12, 13), (1, 8, 13, 15), (0, 6, 12, 15), (-1, 6, 11, 14)), 5.0, 2, 1.2),
    "mysterious": Mood(77.78, ((0, 7, 14, 15), (3, 10, 14, 18), (-2, 5, 12, 14), (1, 8, 12, 17)), 7.0, 4, 1.6),
    "wonder": Mood(92.50, ((0, 7, 14, 16), (2, 9, 14, 18), (4, 11, 16, 19), (5, 12, 16, 21)), 5.5, 7, 1.4),
}


def compose_bed(duration_seconds: float, mood: str, seed: int) -> Stereo:
    """Music of a length, fading in and out; the same mood and seed always give the same samples.

    Raises:
        InvalidInputError: no such mood.
    """
    samples = round(duration_seconds * SAMPLE_RATE)
    loop = compose_loop(mood, seed)
    return bed_block(loop, 0, samples, samples)


def bed_block(loop: Stereo, start: int, samples: int, total: int) -> Stereo:
    """`samples` samples from `start` of a bed that is `total` samples long."""
    places = np.arange(start, start + samples)
    shortest = total / 3
    rise = np.clip(places / min(_FADE_IN * SAMPLE_RATE, max(shortest, 1)), 0, 1)
    fall = np.clip((total - places) / min(_FADE_OUT * SAMPLE_RATE, max(shortest, 1)), 0, 1)
    return (loop[:, places % loop.shape[1]] * rise * fall).astype(np.float32)


def compose_loop(mood: str, seed: int) -> Stereo:
    """The bed without its fades: its end leads into its beginning.

    Raises:
        InvalidInputError: no such mood.
    """
    if mood not in MOODS:
        raise InvalidInputError(f"There is no music for the mood '{mood[:40]}'.", hint=f"One of {', '.join(MOODS)}.")
    sheet = MOODS[mood]
    random = np.random.default_rng(seed)
    bar = round(sheet.bar * SAMPLE_RATE)
    loop = np.zeros((2, bar * len(sheet.chords) * _ROUNDS), np.float32)
    for number, chord in enumerate(sheet.chords):
        pad = _pad(sheet, chord, random)
        bells = [_bell(sheet, note) for note in chord]
        for round_ in range(_ROUNDS):
            start = (round_ * len(sheet.chords) + number) * bar
            _add(loop, pad, start)
            for bell in range(sheet.bells):
                beat = start + round((bell + random.uniform(0, 0.12)) * bar / sheet.bells)
                left = random.uniform(0.2, 0.8)
                tone = bells[random.integers(len(bells))]
                _add(loop, np.stack((tone * np.float32(left), tone * np.float32(1 - left))), beat)
    loop += 0.35 * _reverb(loop, random)
    loudness = integrated(measure([loop]).energy)
    return (loop * 10 ** ((LOUDNESS - loudness) / 20)).astype(np.float32)


def _pad(sheet: Mood, chord: tuple[int, ...], random: np.random.Generator) -> Stereo:
    """A chord of detuned overtones, a little apart left and right, that swells and dies away."""
    samples = round((sheet.bar + _OVERLAP) * SAMPLE_RATE)
    pad = np.zeros((2, samples), np.float32)
    for note in chord:
        for partial in range(1, _PARTIALS + 1):
            pitch = sheet.root * 2 ** (note / 12) * partial
            swell = (1 + 0.15 * _tone(0.1 + 0.07 * partial, 0, samples)) * np.float32(partial**-sheet.dullness)
            for side, detune in enumerate((0.9985, 1.0015)):
                pad[side] += swell * _tone(pitch * detune, random.uniform(0, 2 * np.pi), samples)
    time = np.arange(samples, dtype=np.float32) / SAMPLE_RATE
    swell = _eased(time / _OVERLAP) * _eased((time[-1] - time) / _OVERLAP)
    return (0.05 * pad * swell).astype(np.float32)


def _tone(pitch: float, phase: float, samples: int) -> NDArray[np.float32]:
    """A sine, as the product of a slow and a fast rotation: far cheaper than a sine for each sample."""
    block = 1024
    turn = 2 * np.pi * pitch / SAMPLE_RATE
    slow = phase + turn * block * np.arange(-(-samples // block))
    fast = turn * np.arange(block)
    wave = np.outer(np.sin(slow), np.cos(fast)) + np.outer(np.cos(slow), np.sin(fast))
    return wave.ravel()[:samples].astype(np.float32)


def _bell(sheet: Mood, note: int) -> NDArray[np.float32]:
    """A struck tone, two octaves up, one channel."""
    time = np.arange(3 * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    turn = 2 * np.pi * sheet.root * 4 * 2 ** (note / 12) * time
    strike = np.minimum(time / 0.004, 1) * np.exp(-2.2 * time) * _eased((3 - time) / 0.5)
    return (0.05 * strike * np.sin(turn + 1.2 * np.exp(-3 * time) * np.sin(2 * turn))).astype(np.float32)


def _reverb(loop: Stereo, random: np.random.Generator) -> Stereo:
    """A room of decaying noise; what rings on past the end is heard at the beginning."""
    time = np.arange(round(_REVERB_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    room = random.standard_normal((2, time.size)) * np.exp(-3.2 * time)
    room /= np.sqrt((room**2).sum(axis=1, keepdims=True))
    size = loop.shape[1]
    return np.fft.irfft(np.fft.rfft(loop) * np.fft.rfft(room, size), size).astype(np.float32)


def _add(loop: Stereo, sound: Stereo, start: int) -> None:
    places = np.arange(start, start + sound.shape[1], dtype=np.int64) % loop.shape[1]
    loop[:, places] += sound


def _eased(share: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    inside = np.clip(share, 0, 1)
    return inside * inside * (3 - 2 * inside)
