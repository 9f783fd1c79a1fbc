"""Set pieces: furniture and other fixed things of a place, drawn in settings/pieces/*.svg (or, of props, art/*.svg).

A piece is 100 units tall and stands at its origin. Its colours are those of noon: the scene's light is put on them.
What shines by lamplight is in a group of class "lit", window panes in one of class "pane"; a root with
`data-light="x y radius colour strength"` has a lamp.
"""

import functools
import re
from dataclasses import dataclass
from importlib import resources

from storyreel.engines.backends.builtin.illustrator.color import Paint, darken, hex_code
from storyreel.engines.backends.builtin.illustrator.land import lit_window
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_COLOR = re.compile(r'"(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})"')
_OWN_LIGHT = re.compile(r'(<g class="(?:lit|pane)">.*?</g>)', re.DOTALL)
_NAME = re.compile(r' id="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as its file has it: `box` is x, y, width and height; `lamp` x, y, radius, colour, strength."""

    box: tuple[float, float, float, float]
    shapes: str
    lamp: tuple[float, float, float, str, float] | None


@functools.cache
def piece(name: str) -> Piece:
    """A piece by its name.

    Raises:
        FileNotFoundError: there is no such drawing.
    """
    here, file = resources.files(__package__ or ""), name.replace(" ", "_") + ".svg"
    own = here.joinpath("settings", "pieces", file)
    text = (own if own.is_file() else here.joinpath("art", file)).read_text("utf-8")
    root, shapes = re.findall(r"<svg([^>]*)>(.*)</svg>", text, re.DOTALL)[0]
    x, y, width, height = (float(side) for side in re.findall(r'viewBox="([^"]+)"', root)[0].split())
    light = re.findall(r'data-light="([^"]+)"', root)
    lamp = None
    if light:
        at_x, at_y, radius, color, strength = light[0].split()
        lamp = float(at_x), float(at_y), float(radius), color, float(strength)
    return Piece((x, y, width, height), shapes, lamp)


def put(
    scene: Scene,
    sheet: Drawing,
    name: str,
    x: float,
    y: float,
    height: float,
    depth: float,
    *,
    mirrored: bool = False,
    light: float = 1.0,
    tint: Paint | None = None,
) -> None:
    """Draw a piece `height` units tall whose foot is at (x, y), in the scene's light; lit up when lamps are.

    `tint` paints it all in one colour, as a silhouette.
    """
    found = piece(name)
    size, side = height / 100, -1 if mirrored else 1
    lamps = scene.palette.lamps

    pane = lit_window(scene, depth)

    def painted(part: str) -> str:
        if lamps and tint is None and part.startswith('<g class="lit">'):
            return part

        def paint(match: re.Match[str]) -> str:
            own = pane if part.startswith('<g class="pane">') else scene.color(match[1], depth, light)
            return f'"{hex_code(own if tint is None else tint)}"'

        return _COLOR.sub(paint, part)

    shapes = "".join(painted(part) for part in _OWN_LIGHT.split(found.shapes))
    for number, identifier in enumerate(_NAME.findall(shapes)):
        own = f"p{round(x)}-{round(y)}-{number}"
        shapes = shapes.replace(f'id="{identifier}"', f'id="{own}"').replace(f"url(#{identifier})", f"url(#{own})")
    with sheet.group(f"translate({x:.1f} {y:.1f}) scale({side * size:.4f} {size:.4f})"):
        sheet.insert(shapes)
    if found.lamp and lamps and tint is None:
        at_x, at_y, radius, color, strength = found.lamp
        scene.lamp(x + side * at_x * size, y + at_y * size, radius * size, color, strength)


def breadth(name: str) -> float:
    """How wide a piece is, as a share of its height."""
    return piece(name).box[2] / 100


def shadow(sheet: Drawing, x: float, y: float, width: float, color: Paint) -> None:
    """The dark where a thing meets the floor."""
    sheet.oval(x, y, width * 0.54, darken(color, 0.4), ry=max(2.0, width * 0.045), opacity=0.4)
