"""Sound that comes in blocks, so that a film of any length is mixed in the same memory."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Channels × samples at 48 kHz, ±1."""


def evenly(blocks: Iterable[Sound], size: int) -> Iterator[Sound]:
    """The same samples in blocks of `size`; only the last may be shorter."""
    kept: list[Sound] = []
    held = 0
    for block in blocks:
        kept.append(block)
        held += block.shape[1]
        if held < size:
            continue
        joined = np.concatenate(kept, axis=1)
        whole = held // size * size
        for start in range(0, whole, size):
            yield np.ascontiguousarray(joined[:, start : start + size])
        kept, held = [joined[:, whole:]], held - whole
    if held:
        yield np.concatenate(kept, axis=1)
