"""Random textures that depend on their seed alone."""

import functools

import numpy as np

from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, gaussian, resize


def clouds(
    width: int, height: int, seed: int, cells: int = 3, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0
) -> Pixels:
    """Fractal noise, about 0 … 1 with mean 0.5: `cells` across at the coarsest, more and finer by octave.

    A `stretch` above 1 flattens the cells.
    """
    random = np.random.default_rng(seed)
    total, weight, weights = np.zeros((height, width), np.float32), 1.0, 0.0
    for octave in range(octaves):
        across = cells * 2**octave
        down = max(2, int(across * height / width * stretch) + 2)
        grid = random.random((min(down, height + 2), min(across, width) + 2), dtype=np.float32)
        total += weight * resize(grid, width, height, cubic=True)
        weights += weight
        weight *= gain
    return (total / weights).astype(np.float32)


@functools.lru_cache(8)
def paper(width: int, height: int, seed: int) -> Pixels:
    """The tooth of drawing paper: mean 0, standard deviation 1."""
    random = np.random.default_rng(seed)
    flat = random.standard_normal((height, width), np.float32)
    tooth = gaussian(flat, 0.8, 0.8) * 1.2 + gaussian(flat, 2.2, 2.2) * 2.2
    tooth += gaussian(random.standard_normal((height, width), np.float32), 6, 0.6) * 1.1
    return (tooth / tooth.std()).astype(np.float32)


def grain(width: int, height: int, seed: int) -> Pixels:
    """Film grain: mean 0, standard deviation about 0.8."""
    return gaussian(np.random.default_rng(seed).standard_normal((height, width), np.float32), 0.6, 0.6) * 1.6
