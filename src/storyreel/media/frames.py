"""One picture as the encoder takes it: BT.709 limited-range Y, U, V planes at 4:2:0; made from RGB, scaled, mixed."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import Transition
from storyreel.errors import MediaError

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB, full range."""

BLACK, WHITE, GREY = 16, 235, 128
"""Luma of black and of white in limited range, and the chroma of both."""

_RED, _BLUE = 0.2126, 0.0722
"""Luma weights of BT.709; green has the rest."""
_SOFT_EDGE = 0.12
"""Width of the edge of a wipe or dissolve, as a share of its course: hard edges shimmer when encoded."""


class Planes(NamedTuple):
    """Y is height × width; U and V are half of both, sited left as H.264 expects (between two lines of luma)."""

    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]


def black(canvas: Canvas) -> Planes:
    """A black picture."""
    chroma = (canvas.height // 2, canvas.width // 2)
    luma = np.full((canvas.height, canvas.width), BLACK, np.uint8)
    return Planes(luma, np.full(chroma, GREY, np.uint8), np.full(chroma, GREY, np.uint8))


def paint(planes: Planes, picture: Planes) -> None:
    """Fill planes with a picture of their size."""
    for target, plane in zip(planes, picture, strict=True):
        target[...] = plane


def from_rgb(picture: Picture) -> Planes:
    """Convert; both sides must be even."""
    planes = black(Canvas(picture.shape[1], picture.shape[0]))
    Converter().convert(picture, planes)
    return planes


class Converter:
    """Converts pictures of one size after another; what it works with is allocated once. Not for several threads."""

    def __init__(self) -> None:
        self._yuv = np.empty((0, 0, 3), np.uint8)
        self._full = np.empty((0, 0), np.uint8)
        self._means = np.empty((0, 0), np.uint8)

    def convert(self, picture: Picture, into: Planes) -> None:
        """Fill `into`, which has the picture's size; both sides must be even."""
        import cv2

        if self._yuv.shape != picture.shape:
            self._yuv = np.empty_like(picture)
            self._full = np.empty(picture.shape[:2], np.uint8)
            self._means = np.empty(into.u.shape, np.uint8)
        cv2.transform(picture, _rgb_to_yuv(), dst=self._yuv)
        cv2.extractChannel(self._yuv, 0, dst=into.y)
        for channel, plane in enumerate((into.u, into.v), 1):
            cv2.extractChannel(self._yuv, channel, dst=self._full)
            self._subsample(plane)

    def _subsample(self, plane: NDArray[np.uint8]) -> None:
        """Halve both ways. The means of 2 × 2 lie between two columns; a quarter of the one before brings them left.

        Much faster than a filter over the full plane, which is most of the cost of a conversion.
        """
        import cv2

        height, width = plane.shape
        cv2.resize(self._full, (width, height), dst=self._means, interpolation=cv2.INTER_AREA)
        plane[:, 0] = self._means[:, 0]
        if width > 1:
            cv2.addWeighted(self._means[:, 1:], 0.75, self._means[:, :-1], 0.25, 0, dst=plane[:, 1:])


def to_rgb(planes: Planes) -> Picture:
    """The way back, for looking at: chroma is repeated, not interpolated."""
    full = [planes.y, *(plane.repeat(2, 0).repeat(2, 1) for plane in (planes.u, planes.v))]
    matrix = _rgb_to_yuv().astype(np.float64)
    rgb = (np.stack(full, axis=-1) - matrix[:, 3]) @ np.linalg.inv(matrix[:, :3]).T
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def cover(picture: Picture, canvas: Canvas) -> Picture:
    """Scale to fill the canvas and cut off what sticks out, the middle kept."""
    import cv2

    height, width = picture.shape[:2]
    if (width, height) == (canvas.width, canvas.height):
        return picture
    scale = max(canvas.width / width, canvas.height / height)
    cut_width = min(max(round(canvas.width / scale), 1), width)
    cut_height = min(max(round(canvas.height / scale), 1), height)
    left, top = (width - cut_width) // 2, (height - cut_height) // 2
    cut = picture[top : top + cut_height, left : left + cut_width]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(cut, (canvas.width, canvas.height), interpolation=way).astype(np.uint8, copy=False)


def blend(kind: Transition, before: Planes, after: Planes, share: float, into: Planes) -> None:
    """Fill `into` with one frame of a transition, `share` (0 … 1) of the way from one picture to the next.

    Raises:
        MediaError: a cut has no frames to blend.
    """
    match kind:
        case Transition.CROSSFADE:
            _mix(before, after, share, into)
        case Transition.FADE_BLACK:
            _dim(before, 1 - 2 * share, into) if share < 0.5 else _dim(after, 2 * share - 1, into)
        case Transition.DISSOLVE:
            _reveal(before, after, _revealed(_grain(*before.y.shape), share), into)
        case Transition.WIPE:
            height, width = before.y.shape
            columns = np.linspace(0, 1, width, dtype=np.float32)
            _reveal(before, after, _revealed(np.broadcast_to(columns, (height, width)), share), into)
        case Transition.SLIDE:
            _push(before, after, share * share * (3 - 2 * share), into)
        case Transition.CUT:
            raise MediaError("A cut has no frames of its own.")


def _mix(before: Planes, after: Planes, share: float, into: Planes) -> None:
    import cv2

    for a, b, out in zip(before, after, into, strict=True):
        cv2.addWeighted(a, 1 - share, b, share, 0, dst=out)


def _dim(planes: Planes, light: float, into: Planes) -> None:
    """Towards black: `light` 1 leaves the picture as it is."""
    import cv2

    for plane, black_is, out in zip(planes, (BLACK, GREY, GREY), into, strict=True):
        cv2.addWeighted(plane, light, plane, 0, black_is * (1 - light), dst=out)


def _reveal(before: Planes, after: Planes, mask: NDArray[np.uint8], into: Planes) -> None:
    """`mask` is 0 where the old picture is seen and 255 where the new one is."""
    import cv2

    from storyreel.media.blending import blend_masked

    height, width = before.u.shape
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    for a, b, new, out in zip(before, after, (mask, small, small), into, strict=True):
        blend_masked(a, b, new, out)


def _push(before: Planes, after: Planes, share: float, into: Planes) -> None:
    """The new picture comes from the right and pushes the old one out."""
    shift = round(before.u.shape[1] * share)
    for a, b, by, out in zip(before, after, (2 * shift, shift, shift), into, strict=True):
        stays = a.shape[1] - by
        out[:, :stays], out[:, stays:] = a[:, by:], b[:, :by]


def _revealed(order: NDArray[np.float32], share: float) -> NDArray[np.uint8]:
    """The mask when places are revealed in `order` (0 first … 1 last), each over a soft edge."""
    return np.rint(np.clip((share * (1 + _SOFT_EDGE) - order) / _SOFT_EDGE, 0, 1) * 255).astype(np.uint8)


@lru_cache(maxsize=2)
def _grain(height: int, width: int) -> NDArray[np.float32]:
    """Values spread evenly over 0 … 1 in soft patches: in this order a dissolve reveals the new picture."""
    import cv2

    noise = np.random.default_rng(709).standard_normal((height, width)).astype(np.float32)
    coarse = cv2.GaussianBlur(noise, (0, 0), max(min(height, width) / 40, 1))
    rank = np.empty(noise.size, np.float32)
    rank[np.argsort(coarse, axis=None)] = np.linspace(0, 1, noise.size, dtype=np.float32)
    return rank.reshape(height, width)


@lru_cache(maxsize=1)
def _rgb_to_yuv() -> NDArray[np.float32]:
    """3 × 4: full-range RGB to limited-range BT.709 YCbCr, offsets last (ITU-R BT.709, 8 bit)."""
    luma = np.array([_RED, 1 - _RED - _BLUE, _BLUE])
    chroma_blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - _BLUE))
    chroma_red = (np.array([1, 0, 0]) - luma) / (2 * (1 - _RED))
    matrix = np.stack([luma * 219, chroma_blue * 224, chroma_red * 224]) / 255
    return np.hstack([matrix, [[BLACK], [GREY], [GREY]]]).astype(np.float32)
