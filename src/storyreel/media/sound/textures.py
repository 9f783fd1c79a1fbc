"""What beds of sound are woven from. Everything goes round: the end of each piece leads into its beginning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storyreel.media.probe import SAMPLE_RATE

Wave = NDArray[np.floating[Any]]
"""Samples at 48 kHz, of one channel or two; in 32 bits, though NumPy's types lose sight of it."""
Random = np.random.Generator

Slow = NDArray[np.float64]
"""What changes slowly: one value for each STEP of samples."""

STEP = 480
"""10 ms."""
_HEARD = 10
"""Multiples of a band's upper end up to which it is made: beyond, it is 40 dB down."""


def band(pitch: Wave, low: float, high: float, fall: float = 0.0) -> Wave:
    """How loud each pitch is in a band from `low` to `high` Hz; within it the level falls by `fall` decibels an octave.

    Outside it falls by 12 dB an octave more.
    """
    above, below = np.maximum(pitch, 1) / np.float32(low), pitch / np.float32(high)
    tilt = np.maximum(above, 1) ** np.float32(-fall / 6.02)
    return tilt / np.sqrt((1 + 1 / np.square(np.square(above))) * (1 + np.square(np.square(below))))


def noise(random: Random, samples: int, low: float, high: float, fall: float = 0.0, width: float = 0.7) -> Wave:
    """Two channels of noise in a `band`, with an effective value of 1; `width` 0 is mono, 1 as wide as can be."""
    bins = min(round(_HEARD * high * samples / SAMPLE_RATE), samples // 2) + 1
    shape = band(np.arange(bins, dtype=np.float32) * np.float32(SAMPLE_RATE / samples), low, high, fall)
    shape[0] = 0
    centre, side = random.standard_normal((2, 2 * bins), np.float32).view(np.complex64) * shape
    both = np.stack((centre + np.float32(width) * side, centre - np.float32(width) * side))
    power = float(np.square(np.abs(both)).sum()) / samples**2  # as Parseval has it: of two channels, each bin twice
    return np.fft.irfft(both / np.float32(np.sqrt(power)), samples)


def drift(random: Random, samples: int, shortest: float) -> Slow:
    """A value that wanders about 0, mostly between −1 and 1, in no less than `shortest` seconds up and down again."""
    steps = samples // STEP
    rounds = np.arange(1, max(int(samples / SAMPLE_RATE / shortest), 2) + 1)
    phases = random.uniform(0, 2 * np.pi, (rounds.size, 1))
    time = 2 * np.pi * np.arange(steps) / steps
    curve = (np.cos(rounds[:, np.newaxis] * time + phases) / np.sqrt(rounds)[:, np.newaxis]).sum(axis=0)
    return curve / (2 * curve.std())


def swells(samples: int, starts: NDArray[np.float64], rise: float, fall: float) -> Slow:
    """A level that rises within `rise` seconds from each of `starts` (seconds), then falls: to a third in `fall`."""
    steps = samples // STEP
    time = np.arange(steps) * STEP / SAMPLE_RATE
    ages = (time - starts[:, np.newaxis]) % (samples / SAMPLE_RATE)
    level = (eased(ages / rise) * np.exp(-np.maximum(ages - rise, 0) / fall)).max(axis=0)
    kernel = np.hanning(31)
    return np.fft.irfft(np.fft.rfft(level) * np.fft.rfft(kernel / kernel.sum(), steps), steps)


def gain(curve: Slow, strength: float = 1.0) -> Wave:
    """`strength` decibels times a curve, as a factor for each sample."""
    return stretched(10 ** (strength * curve / 20))


def stretched(curve: Slow) -> Wave:
    """A curve read between its values, for each sample."""
    here = curve.astype(np.float32)[:, np.newaxis]
    return (here + (np.roll(here, -1) - here) * (np.arange(STEP, dtype=np.float32) / STEP)).ravel()


def scatter(
    loop: Wave,
    random: Random,
    grains: Sequence[Wave],
    places: NDArray[np.floating[Any]],
    *,
    level: float,
    spread: float,
) -> None:
    """Mix one of `grains` into the loop at each of `places` (seconds), anywhere between left and right.

    They are `level` times as large as they are, give or take `spread` decibels: one standard deviation, at most two.
    """
    levels = level * 10 ** (spread * np.clip(random.standard_normal(places.size), -2, 2) / 20)
    sides = random.uniform(0.15, 0.85, places.size)
    chosen = random.integers(len(grains), size=places.size)
    for start, size, side, which in zip(np.rint(places * SAMPLE_RATE), levels, sides, chosen, strict=True):
        add(loop, panned(grains[int(which)] * float(size), float(side)), int(start))


def anywhere(random: Random, samples: int, rate: float) -> NDArray[np.float64]:
    """Moments in seconds, `rate` of them a second on average, in no order."""
    seconds = samples / SAMPLE_RATE
    return random.uniform(0, seconds, round(rate * seconds))


def panned(wave: Wave, side: float) -> Wave:
    """One channel placed between left (0) and right (1), equally loud everywhere."""
    angle = side * np.pi / 2
    return np.stack((wave * np.float32(np.cos(angle)), wave * np.float32(np.sin(angle))))


def add(loop: Wave, sound: Wave, start: int) -> None:
    """Mix in from a sample on; what goes past the end comes round at the beginning."""
    while sound.shape[1]:
        start %= loop.shape[1]
        here = sound[:, : loop.shape[1] - start]
        loop[:, start : start + here.shape[1]] += here
        start, sound = 0, sound[:, here.shape[1] :]


def eased(share: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """0 … 1, starting and ending gently."""
    inside = np.clip(share, 0, 1)
    return inside * inside * (3 - 2 * inside)


def chirp(from_pitch: float, to_pitch: float, seconds: float, rise: float, fall: float) -> Wave:
    """A tone that glides from one pitch to another (Hz); it swells for `rise` and dies away for `fall` seconds."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = from_pitch + (to_pitch - from_pitch) * eased(time / seconds)
    level = eased(time / rise) * eased((seconds - time) / fall)
    return (level * np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)).astype(np.float32)


def finer(sound: Wave, times: int) -> Wave:
    """Wave that was made at a lower sampling rate, at one that is so many times as high."""
    samples = sound.shape[1] * times
    spectrum = np.zeros((sound.shape[0], samples // 2 + 1), np.complex64)
    low = np.fft.rfft(sound)[:, :-1]
    spectrum[:, : low.shape[1]] = times * low
    return np.fft.irfft(spectrum, samples)


def struck(pitch: float, decay: float, bend: float = 0.0, rise: float = 0.001) -> Wave:
    """A tone that is struck and dies away, to a third in `decay` seconds; its pitch bends by the share `bend`."""
    time = np.arange(round(6 * decay * SAMPLE_RATE)) / SAMPLE_RATE
    turn = 2 * np.pi * pitch * (time + bend * time**2 / (12 * decay))
    return (eased(time / rise) * np.exp(-time / decay) * eased(6 - time / decay) * np.sin(turn)).astype(np.float32)


def snap(random: Random, decay: float, smooth: int) -> Wave:
    """A short burst of noise, to a third in `decay` seconds, dulled over `smooth` samples; nothing deep is in it."""
    time = np.arange(round(7 * decay * SAMPLE_RATE) + smooth) / SAMPLE_RATE
    burst = random.standard_normal(time.size) * np.exp(-time / decay) * eased(time / 0.0004) * eased(7 - time / decay)
    dull = np.diff(np.convolve(burst, np.hanning(smooth + 2)[1:-1]))
    return (dull / np.abs(dull).max()).astype(np.float32)
