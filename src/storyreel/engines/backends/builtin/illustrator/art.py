"""Props and creatures that are drawings in files: art/*.svg, measured and placed by art/catalog.json."""

import functools
import json
import re
from collections.abc import Collection
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from importlib import resources
from typing import Any, cast

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import hex_code, rgb
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_EYES = {shut: re.compile(f'<g class="{"open" if shut else "shut"}">.*?</g>', re.DOTALL) for shut in (True, False)}
"""Of a creature's eyes, what is left out when they are shut, and when not."""
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_ALIKE, _PALE = 0.05, 0.1
"""How near the hues of two shades of one colour are; less vivid colours, and those as light, have no hue that tells."""


@dataclass(frozen=True, slots=True)
class Piece:
    """How a drawing is used. `height` is a share of a grown man's.

    `where` it is by itself: ground, back (behind the figures), far (on the horizon), sky, wall, table, water.
    `hand`: it can be held. `seat`: x and y in the drawing's units of where one sits on it. `rides`: one goes
    somewhere in it. `windows`: where in them the heads of those in it are, the driver's first. `climb`: it can be
    climbed. `flies`: it is always in the air. `played`: the pose in which it is played. `light`: x, y and radius in
    the drawing's units (its height is 100), colour, strength; empty when it gives none. `burns`: its light is a
    flame's. `smokes`: smoke rises from it. `afloat`: what is in its stead on the water. `alone`: what is in its stead
    where nobody climbs it. `planted`: who works with it plants it in the ground. `floor`: one works with it at one's
    feet. `snowed`: its drawing where snow lies. `string`: how far from the hand it flies, in heights of a grown man.
    `face`: of a creature, where its head is and how large, as x, y and radius. `lying`: its drawing when it lies.
    `over`: one holds it over the head. `paint`: the colour, in all its shades, that gives way to the one that is told
    of.
    """

    height: float
    where: str = "ground"
    hand: bool = False
    turn: float = 0
    seat: tuple[float, float] | None = None
    rides: bool = False
    windows: tuple[tuple[float, float], ...] = ()
    climb: bool = False
    flies: bool = False
    played: str = ""
    light: tuple[float, float, float, str, float] | None = None
    burns: bool = False
    smokes: bool = False
    afloat: str = ""
    alone: str = ""
    planted: bool = False
    floor: bool = False
    snowed: str = ""
    string: float = 0
    face: tuple[float, float, float] | None = None
    lying: str = ""
    over: bool = False
    paint: str = ""


@functools.cache
def _catalog() -> dict[str, dict[str, Any]]:
    text = (
        resources.files("storyreel.engines.backends.builtin.illustrator")
        .joinpath("art/catalog.json")
        .read_text("utf-8")
    )
    return cast(dict[str, dict[str, Any]], json.loads(text))


def piece(name: str) -> Piece | None:
    """How a drawing is used; None when there is no such drawing."""
    entry = _catalog()["art"].get(name)
    return None if entry is None else Piece(**{key: value for key, value in entry.items()})


def usual(use: str) -> dict[str, str]:
    """What is sat on, slept in, climbed … when nothing is named: by setting, by the air, or ""; in fights by kind."""
    return _catalog()["usual"].get(use, {})


def tool(setting: str, things: Collection[str], kind: str = "") -> str:
    """What somebody works with: a hammer, a stick in a pot, what the trade or the setting wants; or empty."""
    if any(thing in _catalog()["built"] for thing in things):
        return "hammer"
    if "pot" in things:
        return "stick"
    return _catalog()["trades"].get(kind) or usual("work").get(setting, "")


def draw(name: str, paint: str = "", *, shut: bool = False) -> Drawing:
    """The drawing: 100 units tall, the origin where it stands or is held; in a colour of its own, if one is told.

    `shut`: with its eyes shut, if it has any.
    """
    box, shapes = _file(name)
    shapes = _EYES[shut].sub("", shapes)
    own = piece(name)
    if paint and own and own.paint:
        shapes = _COLOR.sub(lambda found: _repainted(found[0], own.paint, paint), shapes)
    drawing = Drawing(*box)
    drawing.insert(shapes)
    return drawing


def _repainted(color: str, own: str, paint: str) -> str:
    """A shade of its own colour as that shade of another; other colours as they are."""
    hue, light, vivid = rgb_to_hls(*rgb(color).tolist())
    own_hue, own_light, own_vivid = rgb_to_hls(*rgb(own).tolist())
    apart = abs(hue - own_hue)
    pale = own_vivid < _PALE or own_light > 1 - _PALE
    alike = light > 1 - _PALE * 2 if pale else vivid > _PALE and min(apart, 1 - apart) < _ALIKE
    if not alike:
        return color
    new_hue, new_light, new_vivid = rgb_to_hls(*rgb(paint).tolist())
    shade = min(0.95, new_light * light / own_light)
    return hex_code(np.array(hls_to_rgb(new_hue, shade, new_vivid), np.float32))


def add_to(sheet: Drawing, name: str) -> None:
    """Insert a drawing into another that shares its coordinates."""
    sheet.insert(_EYES[False].sub("", _file(name)[1]))


def has_eyes(name: str) -> bool:
    """Whether it is a creature that can shut its eyes."""
    return piece(name) is not None and _EYES[False].search(_file(name)[1]) is not None


@functools.cache
def _file(name: str) -> tuple[tuple[float, float, float, float], str]:
    file = name.replace(" ", "_") + ".svg"
    text = resources.files("storyreel.engines.backends.builtin.illustrator").joinpath("art", file).read_text("utf-8")
    match = re.search(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', text, re.DOTALL)
    if match is None:
        raise ValueError(f"{file} has no viewBox")
    x, y, width, height = (float(side) for side in match[1].split())
    return (x, y, width, height), match[2]
