"""Music, composed from a mood and a seed: slow pads and a few bells that loop without a seam."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import InvalidInputError
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.blocks import Sound
from storyreel.media.sound.textures import add, eased

_ROUNDS = 2
"""How often the chords are gone through, each time with other bells, before the loop begins again."""
_OVERLAP = 2.5
"""Seconds that a chord takes to rise, and to die away under the next."""
_PARTIALS = 5
_REVERB_SECONDS = 2.0
_ROOM = 0.35
"""How much of the room is heard beside the sound itself."""
_COARSER = 4
"""Pads hold nothing above 2 kHz, so they are made at a quarter of the sampling rate."""


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


def compose_music(mood: str, seed: int) -> Sound:
    """A loop of music, at no particular loudness; the same mood and seed always give the same samples.

    Raises:
        InvalidInputError: no such mood.
    """
    if mood not in MOODS:
        raise InvalidInputError(f"There is no music for the mood '{mood[:40]}'.", hint=f"One of {', '.join(MOODS)}.")
    sheet = MOODS[mood]
    random = np.random.default_rng(seed)
    bar = round(sheet.bar * SAMPLE_RATE)
    length = bar * len(sheet.chords) * _ROUNDS
    pads = np.zeros((2, length // _COARSER), np.float32)
    bells = np.zeros((2, length), np.float32)
    for number, chord in enumerate(sheet.chords):
        pad = _pad(sheet, chord, random)
        tones = [_bell(sheet, note) for note in chord]
        for round_ in range(_ROUNDS):
            start = (round_ * len(sheet.chords) + number) * bar
            add(pads, pad, start // _COARSER)
            for bell in range(sheet.bells):
                beat = start + round((bell + random.uniform(0, 0.12)) * bar / sheet.bells)
                left = random.uniform(0.2, 0.8)
                tone = tones[random.integers(len(tones))]
                add(bells, np.stack((tone * np.float32(left), tone * np.float32(1 - left))), beat)
    return _in_a_room(pads, bells, random)


def _pad(sheet: Mood, chord: tuple[int, ...], random: np.random.Generator) -> Sound:
    """A chord of detuned overtones, a little apart left and right, that swells and dies away; at the coarser rate."""
    samples = round((sheet.bar + _OVERLAP) * SAMPLE_RATE / _COARSER)
    pad = np.zeros((2, samples), np.float32)
    for note in chord:
        for partial in range(1, _PARTIALS + 1):
            pitch = sheet.root * 2 ** (note / 12) * partial
            swell = (1 + 0.15 * _tone(0.1 + 0.07 * partial, 0, samples)) * np.float32(partial**-sheet.dullness)
            for side, detune in enumerate((0.9985, 1.0015)):
                pad[side] += swell * _tone(pitch * detune, random.uniform(0, 2 * np.pi), samples)
    time = np.arange(samples, dtype=np.float32) * (_COARSER / SAMPLE_RATE)
    swell = eased(time / _OVERLAP) * eased((time[-1] - time) / _OVERLAP)
    return (0.05 * pad * swell).astype(np.float32)


def _tone(pitch: float, phase: float, samples: int) -> NDArray[np.float32]:
    """A sine at the coarser rate, as the product of a slow and a fast rotation: cheaper than one for each sample."""
    block = 1024
    turn = 2 * np.pi * pitch * _COARSER / SAMPLE_RATE
    slow = phase + turn * block * np.arange(-(-samples // block))
    fast = (turn * np.arange(block)).astype(np.float32)
    wave = np.outer(np.sin(slow).astype(np.float32), np.cos(fast))
    wave += np.outer(np.cos(slow).astype(np.float32), np.sin(fast))
    return wave.ravel()[:samples]


def _bell(sheet: Mood, note: int) -> NDArray[np.float32]:
    """A struck tone, two octaves up, one channel."""
    time = np.arange(3 * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    turn = 2 * np.pi * sheet.root * 4 * 2 ** (note / 12) * time
    strike = np.minimum(time / 0.004, 1) * np.exp(-2.2 * time) * eased((3 - time) / 0.5)
    return (0.05 * strike * np.sin(turn + 1.2 * np.exp(-3 * time) * np.sin(2 * turn))).astype(np.float32)


def _in_a_room(pads: Sound, bells: Sound, random: np.random.Generator) -> Sound:
    """Both together in a room of decaying noise; what rings on past the end is heard at the beginning.

    The pads' spectrum, short for its coarser rate, is added to the low end of the bells'.
    """
    time = np.arange(round(_REVERB_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    room = random.standard_normal((2, time.size)) * np.exp(-3.2 * time)
    room = (room / np.sqrt((room**2).sum(axis=1, keepdims=True))).astype(np.float32)
    size = bells.shape[1]
    loop = np.empty_like(bells)
    for side in range(2):
        spectrum = np.fft.rfft(bells[side])
        low = np.fft.rfft(pads[side])[:-1]
        spectrum[: low.size] += _COARSER * low
        loop[side] = np.fft.irfft(spectrum * (1 + np.float32(_ROOM) * np.fft.rfft(room[side], size)), size)
    return loop
