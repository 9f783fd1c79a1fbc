"""Cels: pictures that are laid on a frame wherever the camera puts them, in pieces that leave out what nobody sees."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from storyreel.engines.backends.builtin.illustrator.pixels import (
    Bytes,
    Pixels,
    add,
    alpha_of,
    greater,
    inverted,
    multiply,
    pad,
    repeated,
    resize,
    scaled,
    stacked,
    warp,
    weighted,
    without_alpha,
)

APRON = 2
"""Pixels that a piece's picture reaches beyond the piece on each side, so that neighbours join without a seam."""
_UNLIKE = 2
"""By how many steps of 255 a picture of one colour may differ from it, as its values are rounded."""
_EMPTY = (0, 0, 0, 255)
"""Adds nothing and lets all through."""
BLOCK = 32
"""Pixels to a side of the squares that pieces are made of."""
COARSEST = 8
"""Of what a piece's picture can be smaller, which divides a block; what is as soft as mist loses nothing."""
_FULL_ENOUGH = 0.85
"""A cut must save a larger share than what this leaves of a piece, for each piece costs time of its own."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture to lay down: the frame is multiplied by its fourth channel (255 lets all through), the colour is added.

    Four channels, since warping four at once is faster than three. `left` and `top` are pixels of the overscanned
    canvas. `solid`: it lets nothing through; `clear`: it lets all through, and is light. `coarse`: each pixel of the
    picture, and of its apron, stands for as many on a side.
    """

    picture: Bytes
    left: float
    top: float
    solid: bool = False
    clear: bool = False
    coarse: int = 1

    @property
    def width(self) -> int:
        return (self.picture.shape[1] - 2 * APRON) * self.coarse

    @property
    def height(self) -> int:
        return (self.picture.shape[0] - 2 * APRON) * self.coarse


Cel = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Veil:
    """Something of one colour, or light of one: `mask` says how much of what is behind it gives way to the colour.

    Of the mask's pixels `APRON` on each side lie beyond it, as a piece's do.
    """

    mask: Bytes
    left: float
    top: float
    color: tuple[float, ...]


def veil(picture: Bytes, at: tuple[float, float]) -> Veil | None:
    """A picture as a veil; None when it is not of one colour."""
    mask = inverted(alpha_of(picture))
    covered = float(mask.sum(dtype=np.int64))
    sums = picture[..., :3].sum(axis=(0, 1), dtype=np.int64)
    color = tuple(float(total) / max(1.0, covered) for total in sums)
    unlike = (float(np.abs(picture[..., k] - mask * np.float32(color[k])).max(initial=0)) for k in range(3))
    if max(unlike) > _UNLIKE:
        return None
    return Veil(pad(mask, APRON), at[0], at[1], color)


def uncut(picture: Bytes, at: tuple[float, float]) -> Cel:
    """A cel of one piece, for what is small, or turns."""
    border = APRON + 1  # what is cropped to its last pixel needs one more to move between two
    return (Piece(pad(picture, border, _EMPTY), at[0] - 1, at[1] - 1, clear=_clear(picture)),)


def cut(picture: Bytes, at: tuple[int, int], seen: Mask, coarse: int = 1) -> Cel:
    """A cel of the blocks that are seen (`seen` has one cell for each block of the picture), so many times smaller."""
    if coarse > 1:
        picture = resize(picture, picture.shape[1] // coarse, picture.shape[0] // coarse, area=True)
    bordered = pad(picture, APRON, _EMPTY)
    return tuple(_piece(bordered, at, box, coarse) for box in _rectangles(seen))


def _piece(bordered: Bytes, at: tuple[int, int], box: tuple[slice, slice], coarse: int) -> Piece:
    (top, foot), (left, right) = ((side.start * BLOCK, side.stop * BLOCK) for side in box)
    rows = slice(top // coarse, foot // coarse + 2 * APRON)
    part = bordered[rows, left // coarse : right // coarse + 2 * APRON].copy()
    inner = part[APRON:-APRON, APRON:-APRON]
    return Piece(part, at[0] + left, at[1] + top, not inner[..., 3].any(), _clear(inner), coarse)


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
        self._warped, self._blended, self._color, self._through, self._alpha, self._mask = _scratch(width, height)

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
        picture = self._warp_coarse(piece, matrix, size) if piece.coarse > 1 else _shaped(self._warped, size, 4)
        if piece.coarse == 1:
            warp(piece.picture, matrix, size[1], size[0], empty=_EMPTY, into=picture)
        self._merge(self.frame[top:bottom, left:right], picture, piece, light)

    def _warp_coarse(self, piece: Piece, matrix: Pixels, size: tuple[int, int]) -> Bytes:
        """A piece moved while it is small, then enlarged."""
        coarse = piece.coarse
        middle = (coarse - 1) / 2  # of the pixels that one stands for
        move = [((matrix[k, 0] + matrix[k, 1]) * middle + matrix[k, 2] - middle) / coarse for k in (0, 1)]
        matrix = np.column_stack([matrix[:, :2], np.array(move, np.float32)])
        rows, columns = (-(-side // coarse) for side in size)
        small = _shaped(self._blended, (rows, columns), 4)
        warp(piece.picture, matrix, columns, rows, empty=_EMPTY, into=small)
        whole = _shaped(self._warped, (rows * coarse, columns * coarse), 4)
        return resize(small, columns * coarse, rows * coarse, into=whole)[: size[0], : size[1]]

    def put(self, piece: Piece, left: float, top: float, light: float = 1.0) -> None:
        """Lays a piece with its top left at a place of the frame, no larger or smaller than it is."""
        found = self._slid(piece.picture, left, top)
        if found:
            rows, columns, picture = found
            self._merge(self.frame[rows, columns], picture, piece, light)

    def hang(self, veils: Sequence[tuple[Veil, float, float, float]]) -> None:
        """Lays veils of one colour at once, each with its top left at a place of the frame, and so thick (0 … )."""
        height, width = self._mask.shape
        touched = height, 0, width, 0
        self._mask.fill(0)
        for each, left, top, thick in veils:
            found = self._slid(each.mask, left, top)
            if found:
                rows, columns, mask = found
                mask = mask if thick == 1 else scaled(mask, thick)
                greater(self._mask[rows, columns], mask, self._mask[rows, columns])
                first, last, near, far = touched
                touched = (
                    min(first, rows.start),
                    max(last, rows.stop),
                    min(near, columns.start),
                    max(far, columns.stop),
                )
        if touched[0] < touched[1]:
            window = slice(*touched[:2]), slice(*touched[2:])
            frame, mask = self.frame[window], self._mask[window]
            through = repeated(inverted(mask), 3, _shaped(self._through, (mask.shape[0], mask.shape[1]), 3))
            multiply(frame, through, 1 / 255, frame)
            add(frame, stacked([scaled(mask, part) for part in veils[0][0].color]), frame)

    def _slid(self, picture: Bytes, left: float, top: float) -> tuple[slice, slice, Bytes] | None:
        """Which rows and columns of the frame a picture covers at a place, and the part of it that is seen there."""
        height, width = picture.shape[0] - 2 * APRON, picture.shape[1] - 2 * APRON
        column, row = round(left), round(top)
        rows = slice(max(0, row), min(self.frame.shape[0], row + height))
        columns = slice(max(0, column), min(self.frame.shape[1], column + width))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        first, begin = math.floor(left), math.floor(top)
        x, y = columns.start - first + APRON, rows.start - begin + APRON
        part = picture[y - 1 : y + rows.stop - rows.start, x - 1 : x + columns.stop - columns.start]
        part = _between(part[:, :-1], part[:, 1:], left - first, self._blended)
        return rows, columns, _between(part[:-1], part[1:], top - begin, self._warped)

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


@lru_cache(maxsize=1)
def _scratch(width: int, height: int) -> tuple[Bytes, Bytes, Bytes, Bytes, Bytes, Bytes]:
    """What easels of a size work with by turns: nothing in it outlasts the laying of a piece."""
    pixels, rounded = width * height, (width + COARSEST) * (height + COARSEST)
    warped, blended = np.empty(rounded * 4, np.uint8), np.empty(rounded * 4, np.uint8)
    color, through = np.empty(pixels * 3, np.uint8), np.empty(pixels * 3, np.uint8)
    return warped, blended, color, through, np.empty(pixels, np.uint8), np.empty((height, width), np.uint8)


def _between(before: Bytes, after: Bytes, share: float, scratch: Bytes) -> Bytes:
    """What lies between two pictures: all of the second at a share of 0."""
    if not share:
        return after
    into = _shaped(scratch, (after.shape[0], after.shape[1]), after.shape[2] if after.ndim == 3 else 1)
    return weighted(after, 1 - share, before, share, 0, into)


def _shaped(scratch: Bytes, size: tuple[int, int], channels: int) -> Bytes:
    shape = size if channels == 1 else (*size, channels)
    return scratch[: size[0] * size[1] * channels].reshape(shape)
