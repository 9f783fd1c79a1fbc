"""The last touches that make a style: tone, bloom, vignette, paper and grain."""

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import LUMA, rgb
from storyreel.engines.backends.builtin.illustrator.noise import grain, paper
from storyreel.engines.backends.builtin.illustrator.palette import Look
from storyreel.engines.backends.builtin.illustrator.pixels import Pixels, gaussian, resize

BLOOM_SHRINK = 8
"""Bloom is computed on a copy this many times smaller; it is so soft that nothing is lost."""
BLOOM_BLURS = ((0.008, 0.7), (0.03, 0.9))
"""The two blurs of the bloom: sigma as a share of the picture's longer side, and weight."""


def tone(color: Pixels, look: Look) -> Pixels:
    """Saturation, split toning, contrast and lift: what happens to each pixel on its own."""
    color = np.clip(color, 0, 1, dtype=np.float32)
    luma = (color @ LUMA)[..., None]
    color = (luma + (color - luma) * look.saturation).astype(np.float32, copy=False)
    color += (rgb(look.shadows) - 0.5) * look.tone * (1 - luma) ** 2
    color += (rgb(look.highlights) - 0.5) * look.tone * luma**1.3
    color = np.clip(color, 0, 1)
    color += (color * color * (3 - 2 * color) - color) * look.contrast
    return (look.lift + color * (1 - look.lift)).astype(np.float32)


def bloom(toned: Pixels, look: Look) -> Pixels:
    """The light that bright places spill around them, to be added."""
    height, width = toned.shape[:2]
    small = resize(toned, max(1, width // BLOOM_SHRINK), max(1, height // BLOOM_SHRINK), area=True)
    bright = np.clip(small - look.bloom_from, 0, None)
    spill = np.zeros_like(small)
    for sigma, weight in BLOOM_BLURS:
        sigma = max(0.3, sigma * max(small.shape[:2]))
        spill += gaussian(bright, sigma, sigma) * weight
    return resize(spill * look.bloom, width, height)


def mask(width: int, height: int, look: Look) -> Pixels:
    """Vignette and paper as one factor per pixel, height x width."""
    across = (np.arange(width, dtype=np.float32) / width - 0.5) * 1.15
    down = (np.arange(height, dtype=np.float32) / height - 0.52) * 1.1
    corner = np.clip((across[None] ** 2 + down[:, None] ** 2) * 2.1, 0, 1) ** 1.2
    return ((1 - look.vignette * corner) * (1 + look.paper * paper(width, height, 3))).astype(np.float32)


def finish(picture: Pixels, look: Look, seed: int) -> Pixels:
    """The composed RGB picture as the style shows it."""
    toned = tone(picture, look)
    height, width = toned.shape[:2]
    toned = np.clip(toned + bloom(toned, look), 0, 1) * mask(width, height, look)[..., None]
    if look.grain:
        toned += (grain(width, height, seed) * look.grain)[..., None] * 0.7
    return np.clip(toned, 0, 1).astype(np.float32, copy=False)
