"""Ground with relief: a height map, shaded by the sun and laid down in perspective."""

import functools

import numpy as np
from numpy.typing import NDArray

from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, box_blur, remap

_SIZE = 1024
_MIPS = 5
_STEPS, _MOST = 2048, 32767
"""Slopes are kept in so many steps, up to so many."""
Steps = NDArray[np.int16]


class _Spectrum:
    """Noise with a chosen power spectrum, on a square that tiles."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self._across = (np.fft.rfftfreq(_SIZE)[None] * _SIZE).astype(np.float32)
        self._down = (np.fft.fftfreq(_SIZE)[:, None] * _SIZE).astype(np.float32)

    def field(self, steepness: float, from_waves: float, stretch: float = 1) -> Pixels:
        """Standard deviation 1. A higher `steepness` is smoother; `from_waves` drops anything wider."""
        waves: Pixels = np.hypot(self._across * np.float32(stretch), self._down)
        waves[0, 0] = 1
        spectrum = np.fft.rfft2(self.random.standard_normal((_SIZE, _SIZE), np.float32))
        spectrum *= waves ** np.float32(-steepness / 2) * (waves >= from_waves)
        field = np.fft.irfft2(spectrum, s=(_SIZE, _SIZE))
        return (field / (field.std() + 1e-9)).astype(np.float32)


def _moon(noise: _Spectrum) -> Pixels:
    heights = noise.field(3.2, 2) + noise.field(2.2, 24) * 0.35
    random = noise.random
    for _ in range(150):
        radius = min(_SIZE * 0.009 * (1 / (random.random() * 0.9 + 0.03)) ** 0.55, _SIZE * 0.07)
        x, y = random.random(2) * _SIZE
        columns = np.arange(int(x - radius * 1.7), int(x + radius * 1.7) + 1)
        rows = np.arange(int(y - radius * 1.7), int(y + radius * 1.7) + 1)
        away = np.hypot(columns[None] - x, rows[:, None] - y) / radius
        bowl = np.where(away < 1, (away**2 - 1) * 0.9, 0) + 0.42 * np.exp(-(((away - 1.02) / 0.17) ** 2))
        heights[np.ix_(rows % _SIZE, columns % _SIZE)] += bowl * radius * 0.085
    return (heights).astype(np.float32)


def _sand(noise: _Spectrum) -> Pixels:
    bend = noise.field(4, 2) * 9
    rows = np.arange(_SIZE)[:, None]
    ripples = np.sin(rows * 2 * np.pi * 44 / _SIZE + bend * 0.55) * 0.55
    return (ripples + noise.field(4, 2) * 1.6 + noise.field(1.5, 90) * 0.06).astype(np.float32)


def _heights(kind: str, noise: _Spectrum) -> Pixels:
    if kind == "moon":
        return _moon(noise)
    if kind == "sand":
        return _sand(noise)
    if kind == "snow":
        return (noise.field(4.2, 2) * 2 + noise.field(2, 60) * 0.08).astype(np.float32)
    if kind == "grass":
        return noise.field(1.6, 30) * 0.9 + noise.field(3.2, 2)
    return noise.field(2.2, 8) * 0.8  # stone


@functools.lru_cache(1)  # of 10 MB
def _slopes(kind: str, seed: int, right: bool) -> list[Steps]:
    """How much each point faces a low sun on the right or left; then ever blurrier versions for the distance."""
    heights = _heights(kind, _Spectrum(seed))
    side = -1 if right else 1
    slopes = heights - np.roll(heights, (1, side), (0, 1))
    if kind == "moon":
        slopes = slopes * 0.6 + (heights - np.roll(heights, (3, 4 * side), (0, 1))) * 0.35
    mips = [slopes.astype(np.float32)]
    for level in range(1, _MIPS):
        wrapped = np.pad(mips[-1], 16, mode="wrap")
        mips.append(box_blur(wrapped, 1 + 2 * level, 4 * level - 1)[16:-16, 16:-16])
    return [np.pad((mip * _STEPS).clip(-_MOST, _MOST).astype(np.int16), ((0, 2), (0, 2)), mode="wrap") for mip in mips]


def shading(
    width: int, height: int, horizon: float, kind: str, seed: int, *, sun_right: bool, tiles: float, strength: float
) -> Pixels:
    """How much to brighten (above 1) or darken each pixel of the ground below the horizon row.

    `tiles`: how often the relief repeats across the picture's width at its foot.
    """
    first = int(max(0, horizon))
    near = 0.04 + 0.96 * np.clip((np.arange(first, height, dtype=np.float32) - horizon) / (height - horizon), 1e-3, 1)
    distance = 1 / near
    across = (np.arange(width, dtype=np.float32) - width * 0.5) / max(width, height)
    x = ((across[None] * distance[:, None] * _SIZE / tiles) % _SIZE).astype(np.float32)
    y = np.repeat(((distance * _SIZE / tiles * 0.55) % _SIZE)[:, None], width, 1).astype(np.float32)
    level = np.clip(np.log2(distance) - 0.3, 0, _MIPS - 1)
    slopes = np.zeros((height - first, width), np.float32)
    for number, mip in enumerate(_slopes(kind, seed, sun_right)):
        weight = np.clip(1 - np.abs(level - number), 0, 1)
        rows = np.flatnonzero(weight > 0)
        if len(rows):
            slopes[rows] += remap(mip, x[rows], y[rows]) * weight[rows][:, None]
    result = np.ones((height, width), np.float32)
    result[first:] = np.clip(1 + strength / _STEPS * slopes * np.clip(near * 3.2, 0.15, 1)[:, None], 0.25, 1.9)
    return result
