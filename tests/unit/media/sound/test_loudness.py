"""How loud sound is, and the gain that brings it to a target."""

import math

import numpy as np
import pytest

from storyreel.media.sound.loudness import (
    HOP,
    LIMITER,
    Levels,
    gain_for,
    integrated,
    limited,
    lowest_near,
    measure,
    sampled,
    smoothed,
    true_peaks,
)

RATE = 48_000


def sine(seconds: float, level: float, pitch: float = 997.0, channels: int = 2) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)
    return np.tile(wave.astype(np.float32), (channels, 1))


def decibels(value: float) -> float:
    return 20 * math.log10(max(value, 1e-9))


@pytest.mark.parametrize(
    ("channels", "expected"), [(2, -20.0), (1, -23.01)]
)  # BS.1770: a 997 Hz sine of −20 dBFS peak on both channels measures −20 LUFS
def test_loudness_of_the_reference_tone(channels: int, expected: float) -> None:
    blocks = np.split(sine(20, 0.1, channels=channels), 4, axis=1)
    assert integrated(measure(blocks).energy) == pytest.approx(expected, abs=0.05)


def test_silence_has_no_loudness_and_pauses_do_not_count() -> None:
    assert integrated(measure([np.zeros((2, RATE), np.float32)]).energy) == -math.inf
    assert integrated(measure([]).energy) == -math.inf
    tone = sine(5, 0.1)
    gappy = np.concatenate((tone, np.zeros((2, 20 * RATE), np.float32), tone), axis=1)
    assert integrated(measure([gappy]).energy) == pytest.approx(integrated(measure([tone]).energy), abs=0.2)


def test_true_peaks_lie_between_samples() -> None:
    """A quarter of the sampling rate, 45° off: every sample reads 0.707 of the real peak."""
    time = np.arange(RATE)
    wave = np.sin(np.pi / 2 * time + np.pi / 4).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.7071, abs=1e-3)
    assert measure([wave[np.newaxis]]).peak[50:-50].max() == pytest.approx(1.0, abs=0.02)


def test_gain_and_limiter_meet_loudness_and_ceiling() -> None:
    random = np.random.default_rng(3)
    sound = (random.standard_normal((2, 20 * RATE)) * 0.02).astype(np.float32)
    for place in random.integers(RATE, 19 * RATE, 60):
        sound[:, place : place + 40] += 0.9
    gain = gain_for(measure([sound]), -16.0, -2.5)
    assert gain % 0.5 == 0, "so that a small change does not change it"
    sound *= np.float32(10 ** (gain / 20))
    made = measure([sound * sampled(limited(true_peaks(sound), -2.5), 0, sound.shape[1])])
    assert integrated(made.energy) == pytest.approx(-16, abs=0.5)
    assert decibels(made.peak.max()) < -2.3


def test_silence_is_not_raised() -> None:
    assert gain_for(Levels(np.zeros(400), np.zeros(400)), -16.0, -2.5) == 0


def test_the_limiter_acts_near_a_peak_only() -> None:
    peaks = np.full(200, 0.5)
    peaks[100] = 2.0
    gain = limited(peaks, -2.5)
    assert gain[100] * 2.0 <= 10 ** (-2.5 / 20) + 1e-9
    assert (gain[: 100 - LIMITER] == 1).all()
    assert (gain[100 + LIMITER + 1 :] == 1).all()
    assert np.abs(np.diff(gain)).max() < 0.08, "it comes and goes smoothly"


def test_curves_are_smoothed_lowered_and_read_between_hops() -> None:
    random = np.random.default_rng(5)
    curve = random.uniform(0, 1, 500)
    for before, after in ((0, 0), (0, 1), (3, 5), (120, 60)):
        expected = [curve[max(k - before, 0) : k + after + 1].min() for k in range(500)]
        assert np.array_equal(lowest_near(curve, before, after), expected)
    padded = np.pad(curve, 7, mode="edge")
    assert smoothed(curve, 7) == pytest.approx(np.array([padded[k : k + 15].mean() for k in range(500)]))
    places = (np.arange(500 * HOP) + 0.5) / HOP - 0.5
    expected = np.interp(places, np.arange(500), curve)
    for start, count in ((0, 500 * HOP), (17, 1000), (480, 3), (499 * HOP, 100)):
        read = sampled(curve, start, count)
        assert read.shape == (1, count)
        assert read[0] == pytest.approx(expected[start : start + count], abs=1e-6)
