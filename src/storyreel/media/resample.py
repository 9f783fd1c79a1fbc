"""One plane of a picture, scaled and shifted by fractions of a pixel, by cubic convolution.

Two passes along rows with a transposition between them, so that every inner loop runs over neighbouring bytes and
becomes vector code: measured 3-4 times faster than OpenCV's warp on 2 cores (0.7-0.8 ms for a 720p frame's planes).
"""

import numpy as np
from numpy.typing import NDArray

from storyreel.media.kernel import kernel

_SHARPNESS = -0.5
"""Keys' cubic convolution kernel (IEEE Trans. ASSP 29, 1981): -0.5 reproduces quadratics exactly."""
_FINE = 64
"""Fixed-point steps of the intermediate: 255 · 64, overshoot included, fits 16 bits."""
_LANES = 64
"""Rows are padded to a multiple of this, so that the vector loop has no slow rest."""


class Resampler:
    """One plane of a still, ready to be drawn from. Not safe for several threads at once."""

    def __init__(self, plane: NDArray[np.uint8]) -> None:
        height = plane.shape[0]
        padding = -height % _LANES
        self._columns = np.ascontiguousarray(np.pad(plane, ((0, padding), (0, 0)), mode="edge").T)
        self._height = height
        self._between = np.empty((0, 0), np.int16)
        self._turned = np.empty((0, 0), np.int16)

    def draw(self, out: NDArray[np.uint8], step: float, x: float, y: float) -> None:
        """Fill `out`: its pixel (i, j) is the plane at (step · i + x, step · j + y), the edges repeated outwards."""
        import cv2

        new_height, new_width = out.shape
        width, padded_height = self._columns.shape
        if self._between.shape != (new_width, padded_height):
            self._between = np.empty((new_width, padded_height), np.int16)
            self._turned = np.empty((padded_height, new_width), np.int16)
        _along_x(self._columns, self._between, width, padded_height, new_width, step, x)
        cv2.transpose(self._between, dst=self._turned)
        _along_y(self._turned, out, self._height, new_width, new_height, step, y)


def _weights(t: float) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    f = np.float32(t)
    a = np.float32(_SHARPNESS)
    one = np.float32(1)
    two = np.float32(2)
    three = np.float32(3)
    before = a * (f * f * f - two * f * f + f)
    after = a * (f * f - f * f * f)
    near = (a + two) * f * f * f - (a + three) * f * f + one
    return before, near, one - before - near - after, after


@kernel(_weights)
def _along_x(
    columns: NDArray[np.uint8], out: NDArray[np.int16], width: int, height: int, new_width: int, step: float, x: float
) -> None:
    """Plane (width × height) to (new width × height), in fixed point."""
    for i in range(new_width):
        place = min(max(step * i + x, 0.0), width - 1.0)
        at = min(int(place), width - 2)
        w0, w1, w2, w3 = _weights(place - at)
        fine = np.float32(_FINE)
        w0, w1, w2, w3 = w0 * fine, w1 * fine, w2 * fine, w3 * fine
        c0, c1 = max(at - 1, 0) * height, max(at, 0) * height  # a plane of one column has `at` at -1, with no weight
        c2, c3 = (at + 1) * height, min(at + 2, width - 1) * height
        row = i * height
        for j in range(height):
            value = np.float32(columns[c0 + j]) * w0 + np.float32(columns[c1 + j]) * w1
            value = value + np.float32(columns[c2 + j]) * w2 + np.float32(columns[c3 + j]) * w3
            out[row + j] = np.int16(np.int32(value + np.float32(0.5)))


@kernel(_weights)
def _along_y(
    rows: NDArray[np.int16], out: NDArray[np.uint8], height: int, width: int, new_height: int, step: float, y: float
) -> None:
    """Fixed point (height × width) to the finished plane (new height × width)."""
    for j in range(new_height):
        place = min(max(step * j + y, 0.0), height - 1.0)
        at = min(int(place), height - 2)
        w0, w1, w2, w3 = _weights(place - at)
        fine = np.float32(1 / _FINE)
        w0, w1, w2, w3 = w0 * fine, w1 * fine, w2 * fine, w3 * fine
        r0, r1 = max(at - 1, 0) * width, max(at, 0) * width
        r2, r3 = (at + 1) * width, min(at + 2, height - 1) * width
        row = j * width
        for i in range(width):
            value = np.float32(rows[r0 + i]) * w0 + np.float32(rows[r1 + i]) * w1
            value = value + np.float32(rows[r2 + i]) * w2 + np.float32(rows[r3 + i]) * w3
            out[row + i] = np.uint8(np.int32(min(max(value + np.float32(0.5), np.float32(0)), np.float32(255))))
