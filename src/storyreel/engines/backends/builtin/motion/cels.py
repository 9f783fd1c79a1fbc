"""Cels: pictures that are laid on a frame wherever the camera puts them, in pieces that leave out what nobody sees."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    add,
    alpha_of,
    multiply,
    pad,
    repeated,
    warp,
    weighted,
    without_alpha,
)

APRON = 2
"""Pixels that a piece's picture reaches beyond the piece on each side, so that neighbours join without a seam."""
_EMPTY = (0, 0, 0, 255)
"""Adds nothing and lets all through."""
BLOCK = 32
"""Pixels to a side of the squares that pieces are made of."""
_FULL_ENOUGH = 0.85
"""A cut must save a larger share than what this leaves of a piece, for each piece costs time of its own."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture to lay down: the frame is multiplied by its fourth channel (255 lets all through), the colour is added.

    Four channels, since warping four at once is faster than three. `left` and `top` are pixels of the overscanned
    canvas. `solid`: it lets nothing through; `clear`: it lets all through, and is light.
    """

    picture: Bytes
    left: float
    top: float
    solid: bool = False
    clear: bool = False

    @property
    def width(self) -> int:
        return self.picture.shape[1] - 2 * APRON

    @property
    def height(self) -> int:
        return self.picture.shape[0] - 2 * APRON


Cel = tuple[Piece, ...]


def uncut(picture: Bytes, at: tuple[float, float]) -> Cel:
    """A cel of one piece, for what is small, or turns."""
    border = APRON + 1  # what is cropped to its last pixel needs one more to move between two
    return (Piece(pad(picture, border, _EMPTY), at[0] - 1, at[1] - 1, clear=_clear(picture)),)


def cut(picture: Bytes, at: tuple[int, int], seen: Mask) -> Cel:
    """A cel of the blocks that are seen (`seen` has one cell for each block of the picture)."""
    bordered = pad(picture, APRON, _EMPTY)
    return tuple(_piece(bordered, at, box) for box in _rectangles(seen))


def _piece(bordered: Bytes, at: tuple[int, int], box: tuple[slice, slice]) -> Piece:
    top, left = box[0].start * BLOCK, box[1].start * BLOCK
    part = bordered[top : box[0].stop * BLOCK + 2 * APRON, left : box[1].stop * BLOCK + 2 * APRON].copy()
    inner = part[APRON:-APRON, APRON:-APRON]
    return Piece(part, at[0] + left, at[1] + top, solid=not inner[..., 3].any(), clear=_clear(inner))


def _clear(picture: Bytes) -> bool:
    return bool(picture[..., 3].min(initial=255) == 255)


def _rectangles(mask: Mask) -> Iterator[tuple[slice, slice]]:
    """Few rectangles that cover a mask, without overlap and with little around it."""
    box = _box(mask)
    if box is None:
        return
    top, left = box[0].start, box[1].start
    part = mask[box]
    first, second = min(_splits(part), key=lambda halves: sum(_area(part, half) for half in halves))
    if _area(part, first) + _area(part, second) > _FULL_ENOUGH * part.size:
        yield box
        return
    for half in (first, second):
        for rows, columns in _rectangles(part[half]):
            down, across = top + half[0].start, left + half[1].start
            yield (
                slice(rows.start + down, rows.stop + down),
                slice(columns.start + across, columns.stop + across),
            )


def _splits(mask: Mask) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """All ways to divide it in two from side to side."""
    rows, columns = mask.shape
    everything = slice(0, rows), slice(0, columns)
    yield everything, (slice(0, 0), slice(0, 0))
    for row in range(1, rows):
        yield (slice(0, row), everything[1]), (slice(row, rows), everything[1])
    for column in range(1, columns):
        yield (everything[0], slice(0, column)), (everything[0], slice(column, columns))


def _area(mask: Mask, half: tuple[slice, slice]) -> int:
    box = _box(mask[half])
    return 0 if box is None else (box[0].stop - box[0].start) * (box[1].stop - box[1].start)


def _box(mask: Mask) -> tuple[slice, slice] | None:
    """The least rectangle around a mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


class Easel:
    """A frame being laid, RGB; all that it works with is allocated once."""

    def __init__(self, width: int, height: int) -> None:
        self.frame = np.zeros((height, width, 3), np.uint8)
        pixels = width * height
        self._warped, self._color = np.empty(pixels * 4, np.uint8), np.empty(pixels * 3, np.uint8)
        self._through, self._alpha = np.empty(pixels * 3, np.uint8), np.empty(pixels, np.uint8)

    def lay(self, piece: Piece, box: tuple[int, int, int, int], matrix: Pixels, light: float = 1.0) -> None:
        """Lays a piece within a box of the frame (left, top, right, bottom).

        `matrix` takes the pixels of the piece's picture to those of the frame; `light` weighs its colour.
        """
        left, top, right, bottom = box
        left, top = max(0, left), max(0, top)
        right, bottom = min(self.frame.shape[1], right), min(self.frame.shape[0], bottom)
        if left >= right or top >= bottom:
            return
        size = (bottom - top, right - left)
        matrix = matrix - np.array([[0, 0, left], [0, 0, top]], np.float32)
        picture = _shaped(self._warped, size, 4)
        warp(piece.picture, matrix, size[1], size[0], empty=_EMPTY, into=picture)
        self._merge(self.frame[top:bottom, left:right], picture, piece, light)

    def put(self, piece: Piece, left: int, top: int, light: float = 1.0) -> None:
        """Lays a piece with its top left at a pixel of the frame, as it is."""
        x, y = max(0, -left), max(0, -top)
        target = self.frame[max(0, top) : max(0, top + piece.height), max(0, left) : max(0, left + piece.width)]
        if target.size:
            y, x = y + APRON, x + APRON
            self._merge(target, piece.picture[y : y + target.shape[0], x : x + target.shape[1]], piece, light)

    def _merge(self, target: Bytes, picture: Bytes, piece: Piece, light: float) -> None:
        size = target.shape[:2]
        if piece.solid:
            without_alpha(picture, target)
            return
        color = without_alpha(picture, _shaped(self._color, size, 3))
        if not piece.clear:
            alpha = alpha_of(picture, _shaped(self._alpha, size, 1))
            multiply(target, repeated(alpha, 3, _shaped(self._through, size, 3)), 1 / 255, target)
        if light == 1:
            add(target, color, target)
        else:
            weighted(target, 1, color, light, 0, target)


def _shaped(scratch: Bytes, size: tuple[int, int], channels: int) -> Bytes:
    shape = size if channels == 1 else (*size, channels)
    return scratch[: size[0] * size[1] * channels].reshape(shape)
