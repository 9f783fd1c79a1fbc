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

    def copy(self) -> "Planes":
        return Planes(self.y.copy(), self.u.copy(), self.v.copy())


def black(canvas: Canvas) -> Planes:
    """A black picture."""
    chroma = (canvas.height // 2, canvas.width // 2)
    luma = np.full((canvas.height, canvas.width), BLACK, np.uint8)
    return Planes(luma, np.full(chroma, GREY, np.uint8), np.full(chroma, GREY, np.uint8))


def from_rgb(picture: Picture) -> Planes:
    """Convert; both sides must be even."""
    import cv2

    yuv = cv2.transform(picture, _rgb_to_yuv()).astype(np.uint8, copy=False)
    y, u, v = (cv2.extractChannel(yuv, channel).astype(np.uint8, copy=False) for channel in range(3))
    return Planes(y, _subsample(u), _subsample(v))


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


def blend(kind: Transition, before: Planes, after: Planes, share: float) -> Planes:
    """One frame of a transition, `share` (0 … 1) of the way from one picture to the next.

    Raises:
        MediaError: a cut has no frames to blend.
    """
    match kind:
        case Transition.CROSSFADE:
            return _mixed(before, after, share)
        case Transition.FADE_BLACK:
            dark = black(Canvas(before.y.shape[1], before.y.shape[0]))
            return _mixed(before, dark, 2 * share) if share < 0.5 else _mixed(dark, after, 2 * share - 1)
        case Transition.DISSOLVE:
            return _masked(before, after, _revealed(_grain(*before.y.shape), share))
        case Transition.WIPE:
            height, width = before.y.shape
            columns = np.linspace(0, 1, width, dtype=np.float32)
            return _masked(before, after, _revealed(np.broadcast_to(columns, (height, width)), share))
        case Transition.SLIDE:
            return _pushed(before, after, share * share * (3 - 2 * share))
        case Transition.CUT:
            raise MediaError("A cut has no frames of its own.")


def _mixed(before: Planes, after: Planes, share: float) -> Planes:
    import cv2

    return Planes(
        *(
            cv2.addWeighted(a, 1 - share, b, share, 0).astype(np.uint8, copy=False)
            for a, b in zip(before, after, strict=True)
        )
    )


def _masked(before: Planes, after: Planes, mask: NDArray[np.float32]) -> Planes:
    """`mask` is 0 where the old picture is seen and 1 where the new one is."""
    import cv2

    small = cv2.resize(mask, (mask.shape[1] // 2, mask.shape[0] // 2), interpolation=cv2.INTER_AREA)
    masks = (mask, small, small)
    return Planes(
        *(
            np.rint(a + (b.astype(np.float32) - a) * m).astype(np.uint8)
            for a, b, m in zip(before, after, masks, strict=True)
        )
    )


def _pushed(before: Planes, after: Planes, share: float) -> Planes:
    """The new picture comes from the right and pushes the old one out."""
    shift = round(before.u.shape[1] * share)

    def push(a: NDArray[np.uint8], b: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
        return np.hstack((a[:, by:], b[:, :by]))

    return Planes(push(before.y, after.y, 2 * shift), push(before.u, after.u, shift), push(before.v, after.v, shift))


def _revealed(order: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """The mask when places are revealed in `order` (0 first … 1 last), each over a soft edge."""
    return np.clip((share * (1 + _SOFT_EDGE) - order) / _SOFT_EDGE, 0, 1).astype(np.float32)


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


def _subsample(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Halve both ways. The means of 2 × 2 lie between two columns; a quarter of the one before brings them to the left.

    Much faster than a filter over the full plane, which is most of the cost of a conversion.
    """
    import cv2

    height, width = plane.shape
    means = cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    sited = means.copy()
    if width > 2:
        sited[:, 1:] = cv2.addWeighted(means[:, 1:], 0.75, means[:, :-1], 0.25, 0)
    return sited
