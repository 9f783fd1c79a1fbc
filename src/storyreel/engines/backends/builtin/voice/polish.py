"""Makes espeak-ng's raw voice gentler: resampled, equalised, evened out, trimmed and faded. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
PEAK = 10 ** (-1.5 / 20)
"""Highest sample, −1.5 dBFS: leaves room for what lossy codecs overshoot."""

Signal = NDArray[np.float64]

_LEVEL = 10 ** (-19 / 20)  # loudness of speech alone; the film's mix settles the final −16 LUFS
_SILENCE = 10 ** (-50 / 20)
_RATIO = 2.5
# Bells as (Hz, octaves of half width, dB): warmth, then less of espeak-ng's rasp, then less of its hiss.
_BELLS = ((180.0, 0.9, 3.0), (3200.0, 0.7, -5.0), (5200.0, 0.5, -3.0))
_HIGH_PASS = 70.0


def polished(samples: NDArray[np.int16], rate: int) -> Signal:
    """The samples at 48 kHz with the polish applied, peak at most PEAK; as long as they were, silence included."""
    if not samples.any():
        return np.zeros(round(len(samples) * SAMPLE_RATE / rate))
    voice = _resampled_and_equalised(samples / 32768.0, rate)
    voice = _levelled(_compressed(_levelled(voice)))
    return _limited(voice)


def voiced_span(signal: Signal) -> tuple[int, int]:
    """First sample and end of what can be heard; (0, 0) when nothing can."""
    heard = np.flatnonzero(np.abs(signal) > _SILENCE)
    return (int(heard[0]), int(heard[-1]) + 1) if heard.size else (0, 0)


def faded(signal: Signal, seconds: float) -> Signal:
    """The signal rising from and falling to zero, so that neither end clicks."""
    length = min(round(seconds * SAMPLE_RATE), len(signal) // 2)
    ramp = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length, endpoint=False))
    result = signal.copy()
    result[:length] *= ramp
    result[len(signal) - length :] *= ramp[::-1]
    return result


def _resampled_and_equalised(signal: Signal, rate: int) -> Signal:
    """Both in one step in the frequency domain: exact band limit, zero phase."""
    wanted = round(len(signal) * SAMPLE_RATE / rate)
    step = rate // math.gcd(rate, SAMPLE_RATE)
    # A length that is whole at both rates and has only small prime factors, so that the transforms are fast; the
    # zeros that fill it keep the end from wrapping round into the beginning.
    padded = step << ((len(signal) + rate // 10) // step).bit_length()
    longer = padded * SAMPLE_RATE // rate
    spectrum = np.fft.rfft(signal, padded)
    result = np.zeros(longer // 2 + 1, complex)
    result[: len(spectrum)] = spectrum * _response(np.fft.rfftfreq(padded, 1 / rate).astype(np.float64))
    return np.fft.irfft(result, longer)[:wanted] * (longer / padded)


def _response(frequencies: Signal) -> Signal:
    decibels = np.zeros_like(frequencies)
    octaves = np.log2(np.maximum(frequencies, 1.0))
    for centre, width, gain in _BELLS:
        decibels += gain * np.exp(-0.5 * ((octaves - np.log2(centre)) / width) ** 2)
    low = (frequencies / _HIGH_PASS) ** 4
    return 10 ** (decibels / 20) * low / (1 + low)


def _envelope(signal: Signal, seconds: float) -> Signal:
    """Root mean square in a window around each sample."""
    width = max(1, round(seconds * SAMPLE_RATE))
    total = np.concatenate(([0.0], np.cumsum(signal**2)))
    places = np.arange(len(signal))
    first = np.maximum(places - width // 2, 0)
    last = np.minimum(places + width // 2 + 1, len(signal))
    return np.sqrt(np.maximum(total[last] - total[first], 0.0) / (last - first))


def _levelled(signal: Signal) -> Signal:
    envelope = _envelope(signal, 0.05)
    speech = envelope > envelope.max() * 0.1
    level = float(np.sqrt(np.mean(signal[speech] ** 2))) if speech.any() else 0.0
    return signal * (_LEVEL / level) if level > 0 else signal


def _compressed(signal: Signal) -> Signal:
    """What is louder than the speech level is brought down by the ratio; slow enough not to be heard at work."""
    loudness = _envelope(_envelope(signal, 0.02), 0.08)
    return signal * np.maximum(loudness / _LEVEL, 1.0) ** (1 / _RATIO - 1)


def _limited(signal: Signal) -> Signal:
    """Straight up to three quarters of the peak, then bent smoothly so that the peak is never passed."""
    knee = 0.75 * PEAK
    size = np.abs(signal)
    bent = knee + (PEAK - knee) * np.tanh((size - knee) / (PEAK - knee))
    return np.where(size > knee, np.copysign(bent, signal), signal)
