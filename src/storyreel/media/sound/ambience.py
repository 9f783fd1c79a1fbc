"""The sound of places: rain, sea, birds, a crowd. Made from a seed, without a seam, too soft to be in a voice's way."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from storyreel.errors import InvalidInputError
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.blocks import Sound
from storyreel.media.sound.textures import (
    STEP,
    Random,
    Wave,
    add,
    anywhere,
    band,
    chirp,
    drift,
    eased,
    finer,
    gain,
    noise,
    panned,
    scatter,
    snap,
    stretched,
    struck,
    swells,
)


@dataclass(frozen=True, slots=True)
class Ambience:
    """`seconds` until it begins anew; `loudness` in LUFS as it is heard; `compose` is given that many samples."""

    seconds: int
    loudness: float
    compose: Callable[[Random, int], Wave]


def compose_ambience(kind: str, seed: int) -> Sound:
    """A loop of one of AMBIENCES, at no particular loudness; the same kind and seed always give the same samples.

    Raises:
        InvalidInputError: no such kind.
    """
    if kind not in AMBIENCES:
        raise InvalidInputError(f"There is no ambience '{kind[:40]}'.", hint=f"One of {', '.join(AMBIENCES)}.")
    ambience = AMBIENCES[kind]
    sound = ambience.compose(np.random.default_rng(seed), ambience.seconds * SAMPLE_RATE)
    return sound.astype(np.float32, copy=False)


def _wind(random: Random, samples: int) -> Wave:
    """Gusts: the stronger, the brighter."""
    gust = drift(random, samples, 3.5)
    flutter = gust + 0.4 * drift(random, samples, 1.2)
    low = noise(random, samples, 70, 320, 3) * gain(gust, 5)
    middle = noise(random, samples, 250, 1200, 4) * gain(flutter, 8)
    return low + 0.5 * middle


def _rain(random: Random, samples: int) -> Wave:
    """A curtain of it farther away, and drops nearby."""
    loop = noise(random, samples, 500, 7000, 2.5) * gain(drift(random, samples, 5))
    drops = [snap(random, random.uniform(0.001, 0.004), int(random.integers(6, 24))) for _ in range(40)]
    scatter(loop, random, drops, anywhere(random, samples, 90), level=2.0, spread=5)
    return loop


def _storm(random: Random, samples: int) -> Wave:
    """Rain in the wind; now and then thunder, far away."""
    loop = 0.7 * _rain(random, samples) + 0.8 * _wind(random, samples)
    for earliest in (4, 24):
        add(loop, 2.2 * _thunder(random), round((earliest + random.uniform(0, 6)) * SAMPLE_RATE))
    return loop


def _thunder(random: Random) -> Wave:
    """A long roll that comes in a few bursts, seven seconds in all."""
    samples = 7 * SAMPLE_RATE
    time = np.arange(samples) / SAMPLE_RATE
    level = np.zeros(samples)
    for burst in range(5):
        age = time - 0.9 * burst * random.uniform(0.6, 1.2)
        level += random.uniform(0.4, 1) * 0.75**burst * eased(age / 0.35) * np.exp(-np.maximum(age, 0) / 1.4)
    roll = noise(random, samples, 35, 110, 6, width=0.3) + 0.2 * noise(random, samples, 110, 500, 6)
    return roll * (level / level.max() * eased((7 - time) / 3)).astype(np.float32)


def _sea(random: Random, samples: int) -> Wave:
    """Waves that roll in one after the other, and hiss as they run up the sand."""
    seconds = samples / SAMPLE_RATE
    count = round(seconds / 7.5)
    starts = (np.arange(count) + random.uniform(-0.2, 0.2, count)) * seconds / count
    deep = noise(random, samples, 60, 450, 3) * stretched(0.35 + swells(samples, starts, 2.6, 1.8))
    surf = noise(random, samples, 600, 5500, 3, width=0.9)
    return deep + 0.42 * surf * stretched(0.2 + swells(samples, starts + 1.5, 1.4, 1.9))


def _stream(random: Random, samples: int) -> Wave:
    """Running water, and the bubbles in it (M. Minnaert: each rings as it closes, and a little higher at the end)."""
    loop = 0.5 * noise(random, samples, 350, 2600, 3) * gain(drift(random, samples, 1.5), 1.5)
    pitches = np.exp(random.uniform(np.log(420), np.log(2400), 48))
    bubbles = [struck(pitch, 12 / pitch + 0.004, 0.25, rise=0.003) for pitch in pitches]
    scatter(loop, random, bubbles, anywhere(random, samples, 60), level=0.8, spread=6)
    return loop


def _underwater(random: Random, samples: int) -> Wave:
    """Everything is dull down there; bubbles rise now and then."""
    loop = noise(random, samples, 50, 240, 3, width=0.9) * gain(drift(random, samples, 4), 3)
    bubbles = [struck(random.uniform(180, 520), random.uniform(0.03, 0.06), 0.5, rise=0.012) for _ in range(24)]
    bursts = [start + random.exponential(0.5, 9) for start in anywhere(random, samples, 0.22)]
    scatter(loop, random, bubbles, np.concatenate(bursts), level=0.5, spread=5)
    return loop


def _forest(random: Random, samples: int) -> Wave:
    """Birds here and there, and a breath of air in the leaves."""
    air = noise(random, samples, 140, 700, 4) * gain(drift(random, samples, 4), 2)
    leaves = noise(random, samples, 1800, 6000, 2) * gain(drift(random, samples, 2.5), 5)
    loop = 0.3 * air + 0.08 * leaves
    for bird in (_warbler, _tit, _thrush):
        songs = [_far_away(random, bird(random)) for _ in range(4)]
        scatter(loop, random, songs, anywhere(random, samples, 0.17), level=0.8, spread=4)
    return loop


def _warbler(random: Random) -> Wave:
    """A falling run of short notes."""
    top = random.uniform(3800, 4300)
    notes = [chirp(top - 160 * k, top - 160 * k - 500, 0.09, 0.02, 0.05) for k in range(random.integers(5, 9))]
    return _in_a_row(notes, 0.12)


def _tit(random: Random) -> Wave:
    """Two pitches in turn, again and again."""
    high = random.uniform(3900, 4500)
    pair = [chirp(high, high * 0.98, 0.12, 0.02, 0.05), chirp(high * 0.78, high * 0.77, 0.16, 0.02, 0.07)]
    return _in_a_row(pair * int(random.integers(2, 5)), 0.21)


def _thrush(random: Random) -> Wave:
    """A few slow whistles, each another curve."""
    pitches = random.uniform(1900, 2900, (random.integers(3, 5), 2))
    return _in_a_row([chirp(a, b, random.uniform(0.18, 0.3), 0.05, 0.1) for a, b in pitches], 0.36)


def _in_a_row(notes: list[Wave], apart: float) -> Wave:
    song = np.zeros(round((len(notes) * apart + 0.5) * SAMPLE_RATE), np.float32)
    for number, note in enumerate(notes):
        start = round(number * apart * SAMPLE_RATE)
        song[start : start + note.size] += note
    return song


def _far_away(random: Random, song: Wave) -> Wave:
    """Softened by the trees between: more echo than song."""
    time = np.arange(round(0.9 * SAMPLE_RATE)) / SAMPLE_RATE
    echo = random.standard_normal(time.size) * np.exp(-time / 0.16) * eased(time / 0.015)
    size = -(-(song.size + time.size) // SAMPLE_RATE) * SAMPLE_RATE
    heard = np.fft.rfft(song, size) * (0.6 + np.fft.rfft(echo / np.sqrt((echo**2).sum()), size))
    wave = np.fft.irfft(heard, size)
    return (wave / np.abs(wave).max()).astype(np.float32)


def _night(random: Random, samples: int) -> Wave:
    """A few crickets, each with a time of its own, a meadow full of them behind, and soft air."""
    air = noise(random, samples, 110, 600, 5) * gain(drift(random, samples, 4), 2)
    chorus = noise(random, samples, 3600, 4200, 18, width=1) * gain(drift(random, samples, 3), 3)
    loop = 0.2 * air + 0.08 * chorus
    seconds = samples / SAMPLE_RATE
    for level in (0.30, 0.20, 0.14):
        pulse = chirp(pitch := random.uniform(3500, 4300), pitch, 0.024, 0.01, 0.01)
        song = _in_a_row([0.7 * pulse, pulse, pulse], 0.036)
        count = round(seconds / random.uniform(0.55, 0.95))
        side = random.uniform(0.1, 0.9)
        for number in range(count):
            if random.random() < 0.8:  # now and then one misses a beat
                start = (number + random.uniform(-0.03, 0.03)) * seconds / count
                add(loop, panned(level * song, side), round(start * SAMPLE_RATE))
    return loop


def _fire(random: Random, samples: int) -> Wave:
    """A soft roar; it crackles in bursts, and sometimes a log gives way."""
    roar = noise(random, samples, 70, 260, 3) * gain(drift(random, samples, 0.8), 2)
    hiss = noise(random, samples, 1500, 6000, 2) * gain(drift(random, samples, 1.2), 4)
    loop = 0.45 * roar + 0.06 * hiss
    crackles = [snap(random, random.uniform(0.0007, 0.004), int(random.integers(3, 12))) for _ in range(24)]
    starts = anywhere(random, samples, 1.8)
    clusters = np.concatenate([start + random.exponential(0.15, random.integers(3, 10)) for start in starts])
    scatter(loop, random, crackles, clusters, level=1.0, spread=6)
    logs = [snap(random, random.uniform(0.010, 0.025), 60) for _ in range(6)]
    scatter(loop, random, logs, anywhere(random, samples, 0.4), level=1.0, spread=3)
    return loop


def _city(random: Random, samples: int) -> Wave:
    """The hum of traffic far away; at times a car goes by in the next street."""
    seconds = samples / SAMPLE_RATE
    hum = noise(random, samples, 45, 180, 3, width=0.5) * gain(drift(random, samples, 3), 2)
    streets = noise(random, samples, 180, 1200, 4) * gain(drift(random, samples, 2), 2)
    loop = 0.8 * hum + 0.35 * streets
    tyres = 0.6 * noise(random, samples, 120, 900, 3, width=0)[0]
    time = np.arange(samples // STEP) * STEP / SAMPLE_RATE
    for start, there in ((0.02, 0.15), (0.33, 0.85), (0.62, 0.2)):
        start = (start + random.uniform(0, 0.25)) * seconds
        passing = swells(samples, np.array([start]), rise=random.uniform(2.5, 3.5), fall=1.6)
        angle = np.pi / 2 * (there + (1 - 2 * there) * eased((time - start) % seconds / 6))
        loop += tyres * np.stack((stretched(passing * np.cos(angle)), stretched(passing * np.sin(angle))))
    return loop


_VOWELS = ((650, 1080, 2500), (400, 1900, 2550), (300, 870, 2240), (530, 1680, 2450))
"""The three lowest resonances, in Hz, of “ah”, “eh”, “oo” and “e” (after G. Peterson and H. Barney, 1952)."""
_COARSER = 3
"""Talk far away holds nothing above 8 kHz, so it is made at a third of the sampling rate."""


def _crowd(random: Random, samples: int) -> Wave:
    """People talking, too many and too far to understand any: syllables of many voices, each vowel in its turn."""
    rate, size = SAMPLE_RATE // _COARSER, samples // _COARSER
    spoken = np.zeros((len(_VOWELS), 2, size), np.float32)
    for _ in range(14):
        melody = random.uniform(95, 235) * gain(drift(random, samples, 0.6), 1.6)[::_COARSER]
        phase = np.cumsum(melody, dtype=np.float64)
        phase *= 2 * np.pi * round(phase[-1] / rate) / phase[-1]  # a whole number of turns, so that it goes round
        voice = panned(np.exp(10 * (np.cos(phase) - 1)).astype(np.float32), random.uniform(0.1, 0.9))
        voice *= stretched(np.clip(2 + 4 * drift(random, samples, 2), 0, 1))[::_COARSER]  # all take breath
        around = np.concatenate((voice, voice[:, :rate]), axis=1)
        start = 0.0
        while (start := start + random.uniform(0.14, 0.3)) < size / rate:
            first, length = round(start * rate), round(random.uniform(0.12, 0.26) * rate)
            level = np.hanning(length).astype(np.float32) * np.float32(random.uniform(0.4, 1))
            add(spoken[random.integers(len(_VOWELS))], around[:, first : first + length] * level, first)
    mouths = np.stack([_mouth(size, vowel) for vowel in _VOWELS])[:, np.newaxis]
    heard = (np.fft.rfft(spoken) * mouths).sum(axis=0)
    talk = finer(np.fft.irfft(heard, size), _COARSER)
    return talk / np.sqrt((talk**2).mean()) + 0.3 * noise(random, samples, 150, 900, 4)


def _mouth(samples: int, vowel: tuple[int, ...]) -> Wave:
    """What a mouth lets through, at the coarser rate, heard from some way off."""
    pitch = np.fft.rfftfreq(samples, _COARSER / SAMPLE_RATE).astype(np.float32)
    opened = [0.6**k / (1 + ((pitch - peak) / (60 + 40 * k)) ** 2) for k, peak in enumerate(vowel)]
    return sum(opened, np.zeros_like(pitch)) * band(pitch, 150, 2600)


def _room(random: Random, samples: int) -> Wave:
    """Nearly nothing: the air of a quiet house."""
    return noise(random, samples, 60, 320, 5, width=0.5) * gain(drift(random, samples, 5), 1)


AMBIENCES = {
    "wind": Ambience(32, -35, _wind),
    "rain": Ambience(24, -35, _rain),
    "storm": Ambience(40, -33, _storm),
    "sea": Ambience(32, -34, _sea),
    "stream": Ambience(24, -36, _stream),
    "underwater": Ambience(32, -36, _underwater),
    "forest": Ambience(40, -37, _forest),
    "night": Ambience(32, -38, _night),
    "fire": Ambience(24, -36, _fire),
    "city": Ambience(32, -36, _city),
    "crowd": Ambience(24, -37, _crowd),
    "room": Ambience(20, -40, _room),
}
"""Every kind of place that has a sound of its own."""
