"""Random textures that depend on their seed alone."""

import functools

import numpy as np

from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, gaussian, resize

_STEPS = 4
"""Pixels to a cell of the finest octave that show all there is of it; the rest is interpolated."""
_TILE = 512
"""Pixels after which paper repeats: too fine for anybody to see."""


def clouds(
    width: int, height: int, seed: int, cells: int = 3, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0
) -> Pixels:
    """Fractal noise, about 0 … 1 with mean 0.5: `cells` across at the coarsest, more and finer by octave.

    A `stretch` above 1 flattens the cells.
    """
    finest = min(width, cells * 2 ** (octaves - 1))
    coarse = max(1, width // (finest * _STEPS))
    random = np.random.default_rng(seed)
    size = -(-width // coarse), -(-height // coarse)
    total, weight, weights = np.zeros((size[1], size[0]), np.float32), 1.0, 0.0
    for octave in range(octaves):
        across = cells * 2**octave
        down = max(2, int(across * height / width * stretch) + 2)
        grid = random.random((min(down, height + 2), min(across, width) + 2), dtype=np.float32)
        total += weight * resize(grid, *size, cubic=True)
        weights += weight
        weight *= gain
    total /= weights
    return resize(total, width, height, cubic=True) if coarse > 1 else total


@functools.lru_cache(4)
def mottle(width: int, height: int, seed: int, turn: int) -> Pixels:
    """How unevenly paint lies on paper: about -1 … 1, fine and broad blots. The four `turn`s are unlike each other."""
    if turn:
        even = mottle(width, height, seed, 0)
        return even[:: -1 if turn & 1 else 1, :: -1 if turn & 2 else 1]
    fine = clouds(width, height, seed * 31, cells=22, gain=0.62, stretch=1.4) - 0.5
    broad = clouds(width, height, seed * 37, cells=5, octaves=2) - 0.5
    return (3 * fine + 1.4 * broad).astype(np.float32, copy=False)


@functools.lru_cache(2)
def _tooth(seed: int) -> Pixels:
    random = np.random.default_rng(seed)

    def soft(sigma_x: float, sigma_y: float, flat: Pixels) -> Pixels:
        wrapped = np.pad(flat, 24, mode="wrap")
        return gaussian(wrapped, sigma_x, sigma_y)[24:-24, 24:-24]

    flat = random.standard_normal((_TILE, _TILE), np.float32)
    tooth = soft(0.8, 0.8, flat) * 1.2 + soft(2.2, 2.2, flat) * 2.2
    tooth += soft(6, 0.6, random.standard_normal((_TILE, _TILE), np.float32)) * 1.1
    return (tooth / tooth.std()).astype(np.float32)


def paper(width: int, height: int, seed: int) -> Pixels:
    """The tooth of drawing paper: mean 0, standard deviation 1."""
    tiles = -(-height // _TILE), -(-width // _TILE)
    return np.tile(_tooth(seed), tiles)[:height, :width]


def grain(width: int, height: int, seed: int) -> Pixels:
    """Film grain: mean 0, standard deviation about 0.8."""
    return gaussian(np.random.default_rng(seed).standard_normal((height, width), np.float32), 0.6, 0.6) * 1.6
