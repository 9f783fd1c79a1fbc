"""Pixel work on arrays. The only file that imports OpenCV, whose own types say too little.

`Pixels` are height x width (x channels) float32; colours are premultiplied by alpha. `Bytes` are the same in uint8.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Any = TypeVar("Any", Pixels, Bytes)

cv2.setNumThreads(1)  # one worker process per core already

_SUBPIXEL = 16


def blur(image: Any, sigma: float) -> Any:
    """Gaussian blur, `sigma` in pixels; wide ones run on a smaller copy, where they cost little."""
    if sigma < 0.4:
        return image
    if sigma < 6:
        return gaussian(image, sigma, sigma)
    factor = 2 if sigma < 12 else 4 if sigma < 40 else 8
    height, width = image.shape[:2]
    small = resize(image, max(1, width // factor), max(1, height // factor), area=True)
    return resize(gaussian(small, sigma / factor, sigma / factor), width, height)


def gaussian(image: Any, sigma_x: float, sigma_y: float) -> Any:
    return cast(Any, cv2.GaussianBlur(image, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y))


def box_blur(image: Pixels, width: int, height: int) -> Pixels:
    return cast(Pixels, cv2.blur(image, (width, height)))


def resize(
    image: Any, width: int, height: int, area: bool = False, cubic: bool = False, into: Any | None = None
) -> Any:
    how = cv2.INTER_AREA if area else cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    return cast(Any, cv2.resize(image, (width, height), into, interpolation=how))


def warp(
    image: Any,
    matrix: NDArray[np.float32],
    width: int,
    height: int,
    *,
    replicate: bool = False,
    empty: Sequence[float] = (0, 0, 0, 0),
    into: Any | None = None,
) -> Any:
    """The image under a 2x3 affine matrix (source to target), on a canvas of the size given, interpolated linearly.

    Outside the image is `empty`, or its edge pixels again when `replicate`.
    """
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    return cast(
        Any,
        cv2.warpAffine(
            image, matrix, (width, height), into, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=empty
        ),
    )


def affine(scale_x: float, skew_x: float, move_x: float, skew_y: float, scale_y: float, move_y: float) -> Pixels:
    """A 2x3 matrix by rows: x' = scale_x·x + skew_x·y + move_x; y' = skew_y·x + scale_y·y + move_y."""
    return np.array([[scale_x, skew_x, move_x], [skew_y, scale_y, move_y]], np.float32)


def shifted(image: Any, dx: float, dy: float) -> Any:
    height, width = image.shape[:2]
    return warp(image, affine(1, 0, dx, 0, 1, dy), width, height)


def remap(image: NDArray[np.int16], x: Pixels, y: Pixels) -> NDArray[np.int16]:
    """Each target pixel takes the source at (x, y)."""
    return cast(NDArray[np.int16], cv2.remap(image, x, y, cv2.INTER_LINEAR))


def sobel(image: Pixels) -> tuple[Pixels, Pixels]:
    """Slopes along x and y."""
    return (
        cast(Pixels, cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3)),
        cast(Pixels, cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3)),
    )


def dilate(image: Any, radius: float) -> Any:
    size = int(np.ceil(radius)) * 2 + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cast(Any, cv2.dilate(image, kernel))


def pad(image: Any, border: int, empty: Sequence[float] = (0, 0, 0, 0)) -> Any:
    """Adds an empty border on all sides."""
    return cast(Any, cv2.copyMakeBorder(image, border, border, border, border, cv2.BORDER_CONSTANT, value=empty))


def dot(image: Any, x: float, y: float, radius: float, value: float) -> None:
    """Draws a filled, smooth-edged disc in place."""
    center = (int(x * _SUBPIXEL), int(y * _SUBPIXEL))
    cv2.circle(image, center, int(radius * _SUBPIXEL), value, -1, cv2.LINE_AA, 4)


def line(image: Any, start: tuple[float, float], end: tuple[float, float], value: float, width: float) -> None:
    """Draws a smooth-edged line in place."""
    a, b = ((int(x * _SUBPIXEL), int(y * _SUBPIXEL)) for x, y in (start, end))
    cv2.line(image, a, b, value, max(1, round(width)), cv2.LINE_AA, 4)


def oval(image: Pixels, x: float, y: float, radius_x: float, radius_y: float) -> None:
    """Draws a filled ellipse of ones in place."""
    axes = (max(1, int(radius_x)), max(1, int(radius_y)))
    cv2.ellipse(image, (int(x), int(y)), axes, 0, 0, 360, 1.0, -1)


def multiply(image: Bytes, by: Bytes, factor: float, into: Bytes | None = None) -> Bytes:
    """image x by x factor, rounded and saturated."""
    return cast(Bytes, cv2.multiply(image, by, into, scale=factor))


def add(image: Bytes, other: Bytes, into: Bytes | None = None) -> Bytes:
    return cast(Bytes, cv2.add(image, other, into))


def subtract(image: Bytes, other: Bytes, into: Bytes | None = None) -> Bytes:
    return cast(Bytes, cv2.subtract(image, other, into))


def weighted(
    image: Bytes, weight: float, other: Bytes, other_weight: float, plus: float = 0, into: Bytes | None = None
) -> Bytes:
    return cast(Bytes, cv2.addWeighted(image, weight, other, other_weight, plus, into))


def greater(image: Bytes, other: Bytes, into: Bytes | None = None) -> Bytes:
    return cast(Bytes, cv2.max(image, other, into))


def lesser(image: Bytes, other: Bytes, into: Bytes | None = None) -> Bytes:
    return cast(Bytes, cv2.min(image, other, into))


def inverted(image: Bytes) -> Bytes:
    """255 less each value."""
    return cast(Bytes, cv2.bitwise_not(image))


def scaled(image: Bytes, factor: float) -> Bytes:
    """Each value times a factor, rounded and saturated."""
    return cast(Bytes, cv2.convertScaleAbs(image, alpha=factor))


def transform(image: Bytes, matrix: Pixels) -> Bytes:
    """Each pixel's channels times a matrix: a row for each channel of the result."""
    return cast(Bytes, cv2.transform(image, matrix))


def look_up(image: Bytes, table: Bytes) -> Bytes:
    """The table's row of each value; a table is 256 long, or 256 x channels."""
    return cast(Bytes, cv2.LUT(image, table if table.ndim == 1 else table[:, None]))


def alpha_of(picture: Bytes, into: Bytes | None = None) -> Bytes:
    """The fourth channel."""
    return cast(Bytes, cv2.extractChannel(picture, 3, into))


def least(image: Bytes, factor: int) -> Bytes:
    """The least value in each square of `factor` pixels; both sides are multiples of it."""
    height, width = image.shape
    squares = image.reshape(height // factor, factor, width // factor, factor)
    return squares.min(axis=3).min(axis=1)


def eroded(mask: Bytes, reach: int) -> Bytes:
    """A mask drawn in by so many pixels; what lies beyond the picture counts as masked."""
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return cast(Bytes, cv2.erode(mask, square))


def without_alpha(picture: Bytes, into: Bytes | None = None) -> Bytes:
    """The first three channels."""
    return cast(Bytes, cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB, into))


def opaque(color: Bytes) -> Bytes:
    """RGB as RGBA."""
    return cast(Bytes, cv2.cvtColor(color, cv2.COLOR_RGB2RGBA))


def repeated(channel: Bytes, times: int, into: Bytes | None = None) -> Bytes:
    """One channel as several."""
    return cast(Bytes, cv2.merge([channel] * times, into))


def stacked(channels: Sequence[Any]) -> Any:
    """Pictures of any number of channels as one with all of them."""
    return cast(Any, cv2.merge(list(channels)))


def bounds(picture: Bytes) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is not zero: of the alpha channel, when there are four."""
    if picture.ndim == 3 and picture.shape[2] == 4:
        picture = alpha_of(picture)
    channels = picture.shape[2] if picture.ndim == 3 else 1
    left, top, width, height = cv2.boundingRect(picture.reshape(picture.shape[0], -1))
    first = left // channels
    return first, top, -(-(left + width) // channels) - first, height


def plain(picture: Bytes) -> Bytes:
    """RGB of a premultiplied picture, as if it were opaque."""
    return without_alpha(cast(Bytes, cv2.cvtColor(picture, cv2.COLOR_mRGBA2RGBA)))


def from_png(data: bytes) -> Bytes:
    """Premultiplied RGBA of a PNG with alpha."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3 or image.shape[2] != 4:
        raise ValueError("not a PNG with colours and alpha")
    return cast(Bytes, cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), cv2.COLOR_RGBA2mRGBA))


def write_png(file: Path, image: Bytes) -> None:
    """Writes RGB as a PNG; level 3 is half the time of the default for a few percent more bytes."""
    _, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 3])
    file.write_bytes(data.tobytes())


def to_bytes(image: Pixels) -> Bytes:
    """0 … 1 to 0 … 255, rounded and saturated."""
    return cast(Bytes, cv2.addWeighted(image, 255, image, 0, 0, dtype=cv2.CV_8U))


def to_pixels(image: Bytes) -> Pixels:
    """0 … 255 to 0 … 1."""
    return cast(Pixels, cv2.addWeighted(image, 1 / 255, image, 0, 0, dtype=cv2.CV_32F))
