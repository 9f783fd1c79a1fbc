"""Makes espeak-ng's raw voice gentler: resampled, equalised, levelled, de-essed, evened out. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
PEAK = 10 ** (-1.5 / 20)
"""Highest sample, −1.5 dBFS: leaves room for what lossy codecs overshoot."""

Signal = NDArray[np.float64]

LEVEL = 10 ** (-19 / 20)
"""Root mean square of speech without its pauses; the film's mix settles the final −16 LUFS."""

_SILENCE = 10 ** (-50 / 20)
_RATIO = 2.0
# Bells as (Hz, octaves of half width, dB). They bring what espeak-ng says to the long-term spectrum of speech (Byrne et
# al., JASA 96, 1994: twelve languages, and they hardly differ), measured over both sexes and languages in thirds of an
# octave: more warmth, less of the ring at 700 Hz and of the rasp at 2–4 kHz that is what sounds metallic.
_BELLS = ((180.0, 0.9, 3.5), (1300.0, 0.5, -6.0), (3600.0, 0.5, -7.0), (7000.0, 0.45, 3.0))
_HIGH_PASS = 70.0
_SIBILANTS = 4500.0  # Hz: s, sh and their kin have their energy above, vowels next to none
_SIBILANCE = 10 ** (-13 / 20)  # of the level: what hisses louder is brought down
_SIBILANT_RATIO = 3.0


def equalised(samples: NDArray[np.int16], rate: int) -> Signal:
    """The samples at 48 kHz through the equaliser, as long as they were: exact band limit, zero phase, all in one."""
    wanted = round(len(samples) * SAMPLE_RATE / rate)
    if not samples.any():
        return np.zeros(wanted)
    step = rate // math.gcd(rate, SAMPLE_RATE)
    # A length that is whole at both rates and has only small prime factors, so that the transforms are fast; the
    # zeros that fill it keep the end from wrapping round into the beginning.
    padded = step << ((len(samples) + rate // 10) // step).bit_length()
    longer = padded * SAMPLE_RATE // rate
    spectrum = np.fft.rfft(samples / 32768.0, padded)
    result = np.zeros(longer // 2 + 1, complex)
    result[: len(spectrum)] = spectrum * _response(np.fft.rfftfreq(padded, 1 / rate).astype(np.float64))
    return np.fft.irfft(result, longer)[:wanted] * (longer / padded)


def speech_power(signal: Signal) -> tuple[float, int]:
    """Sum of squares, and number of samples, of what is speech in an equalised signal."""
    envelope = _envelope(signal, 0.05)
    speech = envelope > envelope.max(initial=0.0) * 0.1
    return float(np.sum(signal[speech] ** 2)), int(speech.sum())


def polished(signal: Signal, gain: float) -> Signal:
    """An equalised signal brought to its level by `gain`, de-essed and evened out; as long as it was."""
    return _compressed(_de_essed(signal * gain))


def voiced_span(signal: Signal) -> tuple[int, int]:
    """First sample and end of what can be heard; (0, 0) when nothing can."""
    heard = np.flatnonzero(np.abs(signal) > _SILENCE)
    return (int(heard[0]), int(heard[-1]) + 1) if heard.size else (0, 0)


def faded(signal: Signal, rise: float, fall: float) -> Signal:
    """The signal rising from zero and falling to it in so many seconds, so that neither end clicks."""
    result = signal.copy()
    for ramp, part in ((_ramp(rise, len(signal)), result), (_ramp(fall, len(signal)), result[::-1])):
        part[: len(ramp)] *= ramp
    return result


def _ramp(seconds: float, most: int) -> Signal:
    length = min(round(seconds * SAMPLE_RATE), most)
    return 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length, endpoint=False))


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


def _de_essed(signal: Signal) -> Signal:
    """Hiss above the sibilants' share is brought down by the ratio, in its own band only."""
    if not signal.size:
        return signal
    spectrum = np.fft.rfft(signal)
    frequencies = np.fft.rfftfreq(len(signal), 1 / SAMPLE_RATE)
    high = (frequencies / _SIBILANTS) ** 6
    hiss = np.fft.irfft(spectrum * (high / (1 + high)), len(signal))
    loudness = _envelope(_envelope(hiss, 0.006), 0.012) / (LEVEL * _SIBILANCE)
    return signal + hiss * (np.maximum(loudness, 1.0) ** (1 / _SIBILANT_RATIO - 1) - 1)


def _compressed(signal: Signal) -> Signal:
    """What is louder than the speech level is brought down by the ratio; slow enough not to be heard at work."""
    loudness = _envelope(_envelope(signal, 0.02), 0.08)
    return signal * np.maximum(loudness / LEVEL, 1.0) ** (1 / _RATIO - 1)


def limited(signal: Signal) -> Signal:
    """The signal straight up to three quarters of PEAK, then bent smoothly, so that PEAK is never passed."""
    knee = 0.75 * PEAK
    size = np.abs(signal)
    bent = knee + (PEAK - knee) * np.tanh((size - knee) / (PEAK - knee))
    return np.where(size > knee, np.copysign(bent, signal), signal)
