"""One plane laid over another by a mask, as a kernel: nothing is allocated."""

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
