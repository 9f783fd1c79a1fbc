"""Vector drawing: shapes gathered as SVG, rasterised by resvg to premultiplied RGBA."""

import math
from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from hashlib import blake2b

import numpy as np
import resvg_py

from storyreel.engines.backends.builtin.illustrator.color import Paint, hex_code
from storyreel.engines.backends.builtin.illustrator.pixels import Bytes, Pixels, bounds, from_png, to_pixels

Stop = tuple[float, Paint] | tuple[float, Paint, float]
"""Where (0 … 1), which colour, and how opaque (1 when left out)."""
Point = tuple[float, float]

_COARSE = 8
"""What shows of a drawing is looked for on a copy so many times smaller."""
_SMALL = 200 * 200
"""Pixels; looking first does not pay for fewer."""
_READING = 10
"""As long as one character of a drawing is read, so many empty pixels are encoded: what is long is not looked at."""


class Drawing:
    """Shapes in a coordinate box (x, y, width, height), later ones over earlier ones.

    Fills are colours, "none", or what `linear` and `radial` return.
    """

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.box = (x, y, width, height)
        self._shapes: list[str] = []
        self._definitions: list[str] = []

    def _define(self, element: str) -> str:
        name = f"n{len(self._definitions)}"
        self._definitions.append(element.replace(" ", f' id="{name}" ', 1))
        return f"url(#{name})"

    def linear(self, stops: Sequence[Stop], start: Point = (0, 0), end: Point = (0, 1), absolute: bool = False) -> str:
        """A gradient from `start` to `end`: in the filled shape's own box, or in the drawing's when `absolute`."""
        units = "userSpaceOnUse" if absolute else "objectBoundingBox"
        return self._define(
            f'<linearGradient gradientUnits="{units}" x1="{start[0]:.2f}" y1="{start[1]:.2f}" '
            f'x2="{end[0]:.2f}" y2="{end[1]:.2f}">{_stops(stops)}</linearGradient>'
        )

    def radial(self, stops: Sequence[Stop], center: Point = (0.5, 0.5), radius: float = 0.5) -> str:
        return self._define(
            f'<radialGradient cx="{center[0]}" cy="{center[1]}" r="{radius}">{_stops(stops)}</radialGradient>'
        )

    def clip(self, path: str) -> str:
        """A region, for `group`, inside which alone shapes are seen."""
        return self._define(f'<clipPath clipPathUnits="userSpaceOnUse"><path d="{path}"/></clipPath>')

    @contextmanager
    def group(self, transform: str = "", clip: str = "", opacity: float = 1) -> Generator[None]:
        """Shapes drawn inside are moved by an SVG transform, clipped, and faded together."""
        attributes = f' transform="{transform}"' if transform else ""
        attributes += f' clip-path="{clip}"' if clip else ""
        attributes += f' opacity="{opacity:.3f}"' if opacity < 1 else ""
        self._shapes.append(f"<g{attributes}>")
        yield
        self._shapes.append("</g>")

    def path(
        self,
        d: str,
        fill: Paint = "none",
        *,
        stroke: Paint | None = None,
        width: float = 1,
        opacity: float = 1,
        transform: str = "",
    ) -> None:
        self._shapes.append(f'<path d="{d}" {_look(fill, opacity, stroke, width, transform)}/>')

    def oval(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Paint,
        *,
        ry: float | None = None,
        opacity: float = 1,
        transform: str = "",
    ) -> None:
        """A circle, or an ellipse when `ry` is given."""
        shape = f'cx="{x:.2f}" cy="{y:.2f}" rx="{radius:.2f}" ry="{radius if ry is None else ry:.2f}"'
        self._shapes.append(f"<ellipse {shape} {_look(fill, opacity, None, 0, transform)}/>")

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Paint,
        *,
        round_: float = 0,
        opacity: float = 1,
        transform: str = "",
    ) -> None:
        shape = f'x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{max(height, 0):.2f}" rx="{round_:.2f}"'
        self._shapes.append(f"<rect {shape} {_look(fill, opacity, None, 0, transform)}/>")

    def polygon(self, points: Sequence[Point], fill: Paint, *, opacity: float = 1) -> None:
        self.path("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z", fill, opacity=opacity)

    def insert(self, svg: str) -> None:
        """Ready SVG elements; their ids must not be n0, n1 …"""
        self._shapes.append(svg)

    def turned(self, degrees: float, mirrored: bool) -> "Drawing":
        """The same drawing mirrored left to right if asked, then turned clockwise, both about the origin."""
        x, y, width, height = self.box
        if degrees:
            reach = max(math.hypot(a, b) for a in (x, x + width) for b in (y, y + height))
            turned = Drawing(-reach, -reach, 2 * reach, 2 * reach)
        else:
            turned = Drawing(-x - width if mirrored else x, y, width, height)
        mirror = " scale(-1 1)" if mirrored else ""
        turned._definitions = self._definitions
        turned._shapes = [f'<g transform="rotate({degrees:.2f}){mirror}">', *self._shapes, "</g>"]
        return turned

    def raster(self, width: int, height: int) -> Pixels:
        """The drawing in pixels: height x width x 4, premultiplied."""
        picture, (left, top) = self.shown(width, height)
        whole = np.zeros((height, width, 4), np.float32)
        whole[top : top + picture.shape[0], left : left + picture.shape[1]] = to_pixels(picture)
        return whole

    def shown(self, width: int, height: int) -> tuple[Bytes, tuple[int, int]]:
        """The part that shows of the drawing at a size in pixels, premultiplied; and where its top left lies.

        What was asked for lately is kept: the shots of one scene share most of their sheets.
        """
        content = f"<defs>{''.join(self._definitions)}</defs>{''.join(self._shapes)}"
        key = blake2b(f"{self.box} {width} {height} {content}".encode(), digest_size=16).digest()
        found = _kept.get(key)
        if found is None:
            left, top, right, bottom = self._extent(content, width, height)
            found = self._pixels(content, (width, height), (left, top, right, bottom)), (left, top)
            _kept.keep(key, found)
        return found

    def _extent(self, content: str, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what shows, found on a small copy: most of the time goes by the pixel."""
        if width * height < _SMALL or len(content) * _READING > width * height:
            return 0, 0, width, height
        columns, rows = -(-width // _COARSE), -(-height // _COARSE)
        coarse = self._pixels(content, (width, height), (0, 0, columns * _COARSE, rows * _COARSE), _COARSE)
        left, top, across, down = (side * _COARSE for side in bounds(coarse))
        if not across:
            return 0, 0, 1, 1
        right, bottom = left + across + _COARSE, top + down + _COARSE
        return max(0, left - _COARSE), max(0, top - _COARSE), min(width, right), min(height, bottom)

    def _pixels(self, content: str, size: tuple[int, int], window: tuple[int, int, int, int], shrink: int = 1) -> Bytes:
        """A window (left, top, right, bottom) of the drawing at a size, so many times smaller."""
        x, y, width, height = self.box
        left, top, right, bottom = window
        across, down = width / size[0], height / size[1]
        box = f"{x + left * across:.4f} {y + top * down:.4f} {(right - left) * across:.4f} {(bottom - top) * down:.4f}"
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{box}" width="{(right - left) // shrink}" height="{(bottom - top) // shrink}" '
            f'preserveAspectRatio="none">{content}</svg>'
        )
        return from_png(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


class _Kept:
    """The pictures asked for last, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pictures: OrderedDict[bytes, tuple[Bytes, tuple[int, int]]] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> tuple[Bytes, tuple[int, int]] | None:
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
        return found

    def keep(self, key: bytes, picture: tuple[Bytes, tuple[int, int]]) -> None:
        picture[0].setflags(write=False)
        self._pictures[key] = picture
        self._bytes += picture[0].nbytes
        while self._bytes > self._most:
            _, (oldest, _) = self._pictures.popitem(last=False)
            self._bytes -= oldest.nbytes


_kept = _Kept(16 << 20)
"""The sheets that shots of one 720p scene share; with two or three times as much, no more are found again."""


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        f'<stop offset="{stop[0]}" stop-color="{hex_code(stop[1])}" '
        f'stop-opacity="{stop[2] if len(stop) == 3 else 1:.3f}"/>'
        for stop in stops
    )


def _look(fill: Paint, opacity: float, stroke: Paint | None, width: float, transform: str) -> str:
    parts = [f'fill="{hex_code(fill)}"']
    if stroke is not None:
        parts.append(
            f'stroke="{hex_code(stroke)}" stroke-width="{width:.2f}" stroke-linecap="round" stroke-linejoin="round"'
        )
    if opacity < 1:  # of both, it is that of a group, which takes longer
        kind = "fill-" if stroke is None else "stroke-" if isinstance(fill, str) and fill == "none" else ""
        parts.append(f'{kind}opacity="{opacity:.3f}"')
    if transform:
        parts.append(f'transform="{transform}"')
    return " ".join(parts)


def smooth(points: Sequence[Point], floor: float | None = None) -> str:
    """A path that runs softly through the points (Catmull-Rom); `floor` closes it down to that height."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    last = len(points) - 1
    for i in range(last):
        before, here, there, after = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        parts.append(
            f"C{here[0] + (there[0] - before[0]) / 6:.1f} {here[1] + (there[1] - before[1]) / 6:.1f} "
            f"{there[0] - (after[0] - here[0]) / 6:.1f} {there[1] - (after[1] - here[1]) / 6:.1f} "
            f"{there[0]:.1f} {there[1]:.1f}"
        )
    if floor is not None:
        parts.append(f"L{points[-1][0]:.1f} {floor:.1f} L{points[0][0]:.1f} {floor:.1f}Z")
    return " ".join(parts)
