"""How loud sound is, as ears have it: ITU-R BS.1770-4 loudness and true peak, and the gain that meets a target."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.blocks import Sound, evenly

Curve = NDArray[np.float64]
"""One value for each HOP of the sound."""

HOP = 240
"""Samples between two values of a curve: 5 ms."""
QUIETEST = -70.0
"""Loudness, in LUFS, below which BS.1770 counts sound as silence."""

_CONTEXT = SAMPLE_RATE // 2
"""Samples of the past that filters need; their answers have died away by then."""
_BLOCK = 10 * SAMPLE_RATE
_WINDOW, _STEP = 80, 20
"""Loudness is measured over 400 ms, every 100 ms, in hops."""
_GATE = -10.0
_TAPS = 24
_SMOOTH = 4
"""Hops over which the limiter looks ahead and lets go: 20 ms."""
LIMITER = 2 * _SMOOTH + 1
"""How far, in hops, a peak is felt."""
_MOST_GAIN = 36.0
_GAIN_STEP = 0.5
"""Decibels: a film's gain takes whole steps, so that it is still the same after a small change to the film."""

# The two filters of K-weighting at 48 kHz (BS.1770-4, tables 1 and 2): numerator, denominator.
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)


@dataclass(frozen=True, slots=True)
class Levels:
    """`energy` is the K-weighted mean square, summed over channels; `peak` the largest true peak, 1 is full scale."""

    energy: Curve
    peak: Curve


def measure(blocks: Iterable[Sound]) -> Levels:
    """Measure sound given in blocks of any length."""
    energies: list[Curve] = []
    peaks: list[Curve] = []
    past = None
    for block in evenly(blocks, _BLOCK):
        past = np.zeros((block.shape[0], _CONTEXT), np.float32) if past is None else past
        known = np.concatenate((past, block), axis=1)
        energies.append(_by_hop(_weighted(known)[:, _CONTEXT:] ** 2).mean(axis=2).sum(axis=0, dtype=np.float64))
        peaks.append(true_peaks(known)[_CONTEXT // HOP :])
        past = known[:, -_CONTEXT:]
    if not energies:
        return Levels(np.zeros(0), np.zeros(0))
    return Levels(np.concatenate(energies), np.concatenate(peaks))


def energy_round(sound: Sound, coarser: int = 1) -> Curve:
    """The energy, as in Levels, of sound that goes round, made at a rate so many times lower; the peaks cost more."""
    samples, hop = sound.shape[1], HOP // coarser
    spectrum = np.fft.rfft(sound) * _response_at(np.fft.rfftfreq(samples) / coarser)
    weighted = np.fft.irfft(spectrum, samples)[:, : samples // hop * hop].reshape(sound.shape[0], -1, hop)
    return np.square(weighted).mean(axis=2).sum(axis=0, dtype=np.float64)


def integrated(energy: Curve) -> float:
    """Integrated loudness in LUFS, gated twice; −inf for silence."""
    padded = np.pad(energy, (0, max(_WINDOW - energy.size, 0)))
    blocks = sliding_window_view(padded, _WINDOW)[::_STEP].mean(axis=1)
    loud = blocks[_lufs(blocks) > QUIETEST]
    if not loud.size:
        return -np.inf
    kept = loud[_lufs(loud) > float(_lufs(loud.mean())) + _GATE]
    return float(_lufs(kept.mean()))


def gain_for(levels: Levels, loudness: float, ceiling: float) -> float:
    """The decibels by which to raise sound that is then `limited`, to bring it to a loudness (LUFS): in whole steps.

    Silence needs none. A ceiling (dB full scale) costs loudness, which asks for more gain: settles in a few rounds.
    """
    gain = missing = 0.0
    if integrated(levels.energy) == -np.inf:
        return gain
    for _ in range(8):
        scale = 10 ** (gain / 20)
        missing = loudness - integrated(levels.energy * (scale * limited(levels.peak * scale, ceiling)) ** 2)
        if abs(missing) < 0.02 or gain + missing > _MOST_GAIN:
            break
        gain += missing
    return round(min(gain + missing, _MOST_GAIN) / _GAIN_STEP) * _GAIN_STEP


def limited(peak: Curve, ceiling: float) -> Curve:
    """The gain that keeps peaks below a ceiling (dB full scale): 1, and smoothly less within LIMITER hops of a peak."""
    limit = np.minimum(1, 10 ** (ceiling / 20) / np.maximum(peak, 1e-9))
    return smoothed(lowest_near(limit, _SMOOTH + 1, _SMOOTH + 1), _SMOOTH)


def true_peaks(sound: Sound) -> Curve:
    """The largest true peak of each hop, over all channels; 1 is full scale."""
    return _by_hop(_between_samples(sound)).max(axis=2).max(axis=0).astype(np.float64)


def smoothed(curve: Curve, hops: int) -> Curve:
    """The mean over `hops` to each side."""
    sums = np.cumsum(np.pad(curve, (hops + 1, hops), mode="edge"))
    return (sums[2 * hops + 1 :] - sums[: -2 * hops - 1]) / (2 * hops + 1)


def lowest_near(curve: Curve, before: int, after: int) -> Curve:
    """For each hop the lowest value from `before` hops earlier to `after` hops later."""
    wanted, reach = before + after + 1, 1
    lowest = np.pad(curve, (before, after), mode="edge")
    while reach < wanted:  # the lowest of twice as many, from two that overlap or touch
        step = min(reach, wanted - reach)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        reach += step
    return lowest


def sampled(curve: Curve, start: int, samples: int) -> Sound:
    """A curve's values at `samples` samples from `start`, read between the middles of its hops."""
    first = start // HOP - 1
    hops = np.arange(first, (start + samples) // HOP + 2)
    nodes = curve[np.clip(hops, 0, curve.size - 1)].astype(np.float32)
    way = ((np.arange(HOP) + 0.5) / HOP).astype(np.float32)
    values = (nodes[:-1, np.newaxis] + np.diff(nodes)[:, np.newaxis] * way).ravel()
    begin = start - first * HOP - HOP // 2
    return values[np.newaxis, begin : begin + samples].astype(np.float32, copy=False)


def _lufs(energy: Curve | np.float64) -> Curve:
    return -0.691 + 10 * np.log10(np.maximum(energy, 1e-12))


def _by_hop(samples: Sound) -> NDArray[np.float32]:
    """Channels × hops × HOP, the last hop filled up with silence."""
    missing = -samples.shape[1] % HOP
    return np.pad(samples, ((0, 0), (0, missing))).reshape(samples.shape[0], -1, HOP)


def _weighted(samples: Sound) -> Sound:
    """K-weighted, in the frequency domain: the answer to the end wraps round into the context, which is not used."""
    size = -(-samples.shape[1] // _CONTEXT) * _CONTEXT
    spectrum = np.fft.rfft(samples, size) * _response(size)
    return np.fft.irfft(spectrum, size)[:, : samples.shape[1]].astype(np.float32, copy=False)


@lru_cache(maxsize=_BLOCK // _CONTEXT + 1)
def _response(size: int) -> NDArray[np.complex64]:
    return _response_at(np.fft.rfftfreq(size))


def _response_at(turns: NDArray[np.floating[Any]]) -> NDArray[np.complex64]:
    """At so many turns for each sample at 48 kHz."""
    turn: NDArray[np.complex128] = np.exp(-2j * np.pi * turns)
    powers = np.stack([np.ones_like(turn), turn, turn**2])
    response: NDArray[np.complex128] = np.ones_like(turn)
    for numerator, denominator in (_SHELF, _HIGH_PASS):
        response *= (np.array(numerator) @ powers) / (np.array(denominator) @ powers)
    return response.astype(np.complex64)


def _between_samples(samples: Sound) -> Sound:
    """For each sample the largest of it and the three points between it and the one before, by 4× oversampling."""
    import cv2

    highest = np.abs(samples)
    for phase in (0.25, 0.5, 0.75):
        between = cv2.filter2D(samples, -1, _interpolator(phase), borderType=cv2.BORDER_CONSTANT)
        np.maximum(highest, np.abs(between), out=highest)
    return highest


@lru_cache(maxsize=3)
def _interpolator(phase: float) -> Sound:
    places = np.arange(_TAPS + 1) - _TAPS / 2 - phase
    taps = np.sinc(places) * np.kaiser(_TAPS + 1, 6)
    return (taps / taps.sum()).astype(np.float32)[np.newaxis]
