"""One plane laid over another, by a mask or in part, as kernels: nothing is allocated."""

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import MediaError
from storyreel.media.kernel import kernel


def blend_masked(
    before: NDArray[np.uint8], after: NDArray[np.uint8], mask: NDArray[np.uint8], out: NDArray[np.uint8]
) -> None:
    """Fill `out` with `before` where the mask is 0, `after` where it is 255, and in between with what lies between.

    Args:
        before, after, mask, out: of one shape, in C order; `out` may be one of the others.

    Raises:
        MediaError: the shapes differ.
    """
    if not before.shape == after.shape == mask.shape == out.shape:
        raise MediaError(f"Planes of {before.shape} and {after.shape} do not blend by {mask.shape} into {out.shape}.")
    _blend(before, after, mask, out, out.size)


@kernel()
def _blend(
    before: NDArray[np.uint8], after: NDArray[np.uint8], mask: NDArray[np.uint8], out: NDArray[np.uint8], size: int
) -> None:
    for i in range(size):
        new = np.int32(mask[i])
        new += new >> np.int32(7)  # 0 … 255 to 0 … 256, so that both ends are exact
        mixed = np.int32(before[i]) * (np.int32(256) - new) + np.int32(after[i]) * new
        out[i] = np.uint8((mixed + np.int32(128)) >> np.int32(8))


def lay_over(
    plane: NDArray[np.uint8], left: int, top: int, kept: NDArray[np.uint16], added: NDArray[np.uint16]
) -> None:
    """Keep a share of a part of a plane, and add to it, in place.

    Args:
        plane: height × width, in C order.
        left, top: where in the plane the part begins.
        kept: of the part's shape, 0 … 256: how much of 256 stays.
        added: of the part's shape, in 1/256; the sum stays below 256.

    Raises:
        MediaError: the part leaves the plane.
    """
    rows, columns = kept.shape
    if (
        kept.shape != added.shape
        or min(left, top) < 0
        or left + columns > plane.shape[1]
        or top + rows > plane.shape[0]
    ):
        raise MediaError(f"A part of {kept.shape} at {left}, {top} does not lie in a plane of {plane.shape}.")
    _lay(plane, plane.shape[1], top * plane.shape[1] + left, kept, added, rows, columns)


@kernel()
def _lay(
    plane: NDArray[np.uint8],
    stride: int,
    first: int,
    kept: NDArray[np.uint16],
    added: NDArray[np.uint16],
    rows: int,
    columns: int,
) -> None:
    for row in range(rows):
        at, part = first + row * stride, row * columns
        for i in range(columns):
            mixed = np.int32(plane[at + i]) * np.int32(kept[part + i]) + np.int32(added[part + i])
            plane[at + i] = np.uint8((mixed + np.int32(127)) >> np.int32(8))
