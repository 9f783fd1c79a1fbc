"""How high a voice is."""

from collections.abc import Callable

import numpy as np
import pytest

from storyreel.engines.backends.builtin.voice.polish import SAMPLE_RATE


@pytest.fixture
def pitches() -> Callable[[np.ndarray], np.ndarray]:
    return _pitches


def _pitches(signal: np.ndarray, lowest: float = 55, highest: float = 500) -> np.ndarray:
    """The pitch in Hz every 10 ms where there is one, by autocorrelation."""
    window, found = np.hanning(1920), list[float]()
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 3840)) ** 2)[:1920]
    for start in range(0, len(signal) - 1920, 480):
        piece = signal[start : start + 1920] * window
        if np.sqrt(np.mean(piece**2)) < 0.02:
            continue
        alike = np.fft.irfft(np.abs(np.fft.rfft(piece, 3840)) ** 2)[:1920]
        alike = alike / alike[0] / np.maximum(own / own[0], 1e-3)
        first, last = round(SAMPLE_RATE / highest), round(SAMPLE_RATE / lowest)
        best = first + int(np.argmax(alike[first:last]))
        peaks = [at for at in range(first, last) if alike[at - 1] <= alike[at] >= alike[at + 1]]
        best = next((at for at in peaks if alike[at] > 0.9 * alike[best]), best)
        if alike[best] > 0.6:
            found.append(SAMPLE_RATE / best)
    return np.array(found)
