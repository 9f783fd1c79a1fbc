"""A small room around a voice: a few reflections and a short decay, computed once, the same every time."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

DECAY = 0.22
"""Seconds until the sound has fallen by 60 dB. A listening room has 0.2–0.4 s (EBU Tech 3276)."""

# Seconds and dB of the first reflections, from a desk, walls and ceiling. All come within the 50 ms in which the ear
# takes reflections for part of the voice itself (Haas 1951).
_REFLECTIONS = ((0.0047, -19), (0.0083, -22), (0.0127, -21), (0.0171, -24), (0.0229, -25), (0.0311, -27))
_DIFFUSE = -24.0  # dB of the decay's energy to the voice's: a voice close to the microphone, the room only just there
_BAND = (250.0, 6000.0)  # Hz: walls swallow the highs, and lows would only blur the voice
_SEED = 20_240


@cache
def _response(rate: int) -> Signal:
    """What one click becomes, the click itself left out."""
    length = round(DECAY * rate)
    time = np.arange(length) / rate
    noise = np.random.RandomState(_SEED).standard_normal(length)  # whose numbers never change between versions
    decay = noise * 10 ** (-3 * time / DECAY) * np.minimum(time / 0.02, 1.0)
    decay *= 10 ** (_DIFFUSE / 20) / np.sqrt(np.sum(decay**2))
    for sign, (seconds, decibels) in zip((1, -1, 1, 1, -1, 1), _REFLECTIONS, strict=True):
        decay[round(seconds * rate)] += sign * 10 ** (decibels / 20)
    spectrum = np.fft.rfft(decay)
    frequencies = np.fft.rfftfreq(length, 1 / rate).astype(np.float64)
    low, high = (frequencies / _BAND[0]) ** 4, (frequencies / _BAND[1]) ** 4
    return np.fft.irfft(spectrum * low / (1 + low) / (1 + high), length)


def echo(signal: Signal, rate: int) -> Signal:
    """What the room adds to a signal, DECAY seconds longer than it."""
    response = _response(rate)
    wanted = len(signal) + len(response)
    size = 1 << (wanted - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(response, size), size)[:wanted]
