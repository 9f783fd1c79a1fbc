"""Planes are blended as arithmetic says, exact at both ends of the mask."""

import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.blending import blend_masked


def planes(*shape: int) -> list[np.ndarray]:
    return list(np.random.default_rng(2).integers(0, 256, (3, *shape), np.uint8))


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (90, 160)])
def test_the_blend_is_what_arithmetic_says(shape: tuple[int, int]) -> None:
    before, after, mask = planes(*shape)
    out = np.empty(shape, np.uint8)
    blend_masked(before, after, mask, out)
    new = mask.astype(int) + (mask > 127)
    assert np.array_equal(out, (before.astype(int) * (256 - new) + after.astype(int) * new + 128) >> 8)
    assert np.abs(out - (before + (after.astype(float) - before) * mask / 255)).max() < 1.5


def test_both_ends_are_exact() -> None:
    before, after, mask = planes(32, 48)
    out = np.empty_like(before)
    for value, shown in ((0, before), (255, after)):
        mask[:] = value
        blend_masked(before, after, mask, out)
        assert np.array_equal(out, shown)


def test_a_plane_may_be_blended_into_itself() -> None:
    before, after, mask = planes(32, 48)
    out = np.empty_like(before)
    blend_masked(before, after, mask, out)
    blend_masked(before, after, mask, before)
    assert np.array_equal(before, out)


def test_planes_of_different_shapes_are_refused() -> None:
    before, after, mask = planes(8, 8)
    for wrong in (
        (before[:4], after, mask, before),
        (before, after, mask[:4], before),
        (before, after, mask, before[:4]),
    ):
        with pytest.raises(MediaError):
            blend_masked(*wrong)
