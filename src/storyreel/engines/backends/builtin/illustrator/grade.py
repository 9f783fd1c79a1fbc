"""The last touches that make a style: tone, bloom, vignette, paper and grain."""

import functools

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import LUMA, rgb
from storyreel.engines.backends.builtin.illustrator.noise import grain, paper
from storyreel.engines.backends.builtin.illustrator.palette import Look
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    add,
    gaussian,
    look_up,
    multiply,
    repeated,
    resize,
    subtract,
    to_bytes,
    transform,
    weighted,
)

_BLOOM_HALVINGS = 3
"""Bloom is computed on a copy halved so often; it is so soft that nothing is lost."""
_BLOOM_BLURS = ((0.008, 0.7), (0.03, 0.9))
"""The two blurs of the bloom: sigma as a share of the picture's longer side, and weight."""
_BRIGHTEST = 1.06
"""Paper tooth makes the mask exceed 1 a little; bytes hold it divided by this."""
_GRAIN_TILE = 512
_GRAIN_STEP = (197, 331)
"""How far the grain is moved from frame to frame, in rows and columns of its tile: to the eye it is another one."""


@functools.lru_cache(3)
def _tone_tables(look: Look) -> tuple[Pixels, Pixels, Bytes, Bytes]:
    """What `tone` works with: two matrices, what each luma adds twofold (from 128 up), and the curve of contrast."""
    step = np.linspace(0, 1, 256, dtype=np.float32)
    saturation = np.eye(3, dtype=np.float32) * look.saturation + (1 - look.saturation) * LUMA[None]
    split = (rgb(look.shadows) - 0.5) * ((1 - step) ** 2)[:, None]
    split = (split + (rgb(look.highlights) - 0.5) * (step**1.3)[:, None]) * look.tone
    curve = step + (step * step * (3 - 2 * step) - step) * look.contrast
    curve = look.lift + curve * (1 - look.lift)
    to_table = functools.partial(np.clip, a_min=0, a_max=255)
    return (
        saturation.astype(np.float32),
        LUMA[None],
        to_table(128.5 + split * 2 * 255).astype(np.uint8),
        to_table(curve * 255 + 0.5).astype(np.uint8),
    )


def tone(color: Bytes, look: Look) -> Bytes:
    """Saturation, split toning, contrast and lift: what happens to each pixel of an RGB picture on its own."""
    saturation, luma, split, curve = _tone_tables(look)
    toned = transform(color, saturation)
    added = look_up(repeated(transform(color, luma), 3), split)
    return look_up(weighted(toned, 1, added, 0.5, -64, toned), curve)


def _mask(width: int, height: int, look: Look) -> Pixels:
    """Vignette and paper as one factor per pixel, height x width."""
    across = (np.arange(width, dtype=np.float32) / width - 0.5) * 1.15
    down = (np.arange(height, dtype=np.float32) / height - 0.52) * 1.1
    corner = np.clip((across[None] ** 2 + down[:, None] ** 2) * 2.1, 0, 1) ** 1.2
    return ((1 - look.vignette * corner) * (1 + look.paper * paper(width, height, 3))).astype(np.float32)


class Finish:
    """Puts the last touches on toned RGB pictures of one size, in place."""

    def __init__(self, width: int, height: int, look: Look, seed: int) -> None:
        self._look = look
        self._mask = repeated(to_bytes(_mask(width, height, look) / _BRIGHTEST), 3)
        self._spill = np.empty((height, width, 3), np.uint8)
        self._grain: Bytes | None = None
        if look.grain:
            speckle = grain(_GRAIN_TILE, _GRAIN_TILE, seed) * look.grain * 0.7 + 128 / 255
            tiles = -(-height // _GRAIN_TILE) + 1, -(-width // _GRAIN_TILE) + 1
            self._grain = repeated(np.tile(to_bytes(speckle), tiles), 3)

    def apply(self, picture: Bytes, number: int) -> None:
        """Bloom, vignette, paper, and the grain of a frame by its number."""
        self._bloom(picture)
        add(picture, self._spill, picture)
        multiply(picture, self._mask, _BRIGHTEST / 255, picture)
        if self._grain is not None:
            height, width = picture.shape[:2]
            top, left = (number * step % _GRAIN_TILE for step in _GRAIN_STEP)
            weighted(picture, 1, self._grain[top : top + height, left : left + width], 1, -128, picture)

    def _bloom(self, picture: Bytes) -> None:
        """The light that bright places spill around them."""
        height, width = picture.shape[:2]
        look = self._look
        small = picture
        for half in range(1, _BLOOM_HALVINGS + 1):  # much quicker than at one go
            small = resize(small, max(1, width >> half), max(1, height >> half), area=True)
        bright = subtract(small, np.full_like(small, round(look.bloom_from * 255)), small)
        longer = max(small.shape[:2])
        near, far = (gaussian(bright, max(0.3, s * longer), max(0.3, s * longer)) for s, _ in _BLOOM_BLURS)
        spill = weighted(near, _BLOOM_BLURS[0][1] * look.bloom, far, _BLOOM_BLURS[1][1] * look.bloom)
        resize(spill, width, height, into=self._spill)
