"""A bamboo grove: canes that rise out of the picture, rank behind rank, leaves overhead, a path between them."""

import math

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import hill, light_shafts, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point

_RANKS = (
    (0.655, 0.16, 38, 0.009, "#8fb27a"),
    (0.69, 0.34, 26, 0.014, "#86b060"),
    (0.745, 0.54, 17, 0.021, "#78a64c"),
)
"""Where the canes of a rank stand, how deep, how many in a 16:9 picture, how thick, their green."""
_NEAR = ((-0.03, 0.046), (0.05, 0.04), (0.155, 0.034), (0.87, 0.036), (0.945, 0.044), (1.03, 0.042))
"""Where across the nearest stand, and how thick they are; between them is the path."""
_WAY = 0.1
"""How far on both sides of the path no cane stands, as a share of the picture's width."""
_JOINTS = 5.5
"""How long a cane is from joint to joint, in its thicknesses."""
_FAR = 0.3
"""Canes no nearer than this have no light and shade of their own."""
_LEAF = "#6f9f3e"


def bamboo_grove(scene: Scene) -> Place:
    horizon = 0.64
    sky(scene, horizon)
    for i, (foot, depth, number, thick, paint) in enumerate(_RANKS):
        sheet, _ = hill(scene, foot, 0.012, depth, far_paint(scene, "#8fae64"), 711 + i, mist=0.3, above=1, below=0.2)
        chance, canes = scene.dice(f"rank {i}"), scene.count(number)
        for k in range(canes):
            x = scene.width * (k + chance.uniform(0.1, 0.9)) / canes
            wide = scene.tall(thick) * chance.uniform(0.75, 1.2)
            foot_y = scene.y(foot + chance.uniform(0.0, 0.02))
            lean, green = chance.uniform(-0.05, 0.05), scene.color(paint, depth, chance.uniform(0.82, 1.1))
            if i < 2 or abs(x - scene.x(0.5)) > _WAY * scene.picture_width:
                _cane(scene, sheet, (x, foot_y), wide, lean, green, depth)
        _canopy(scene, sheet, depth, number * 0.9, scene.tall(0.05 + 0.12 * depth), chance)
        scene.add(f"canes {i}", sheet, depth)
        if not scene.look.manga or i == 0:
            mist(scene, foot + 0.02, 0.10, depth + 0.02, 0.4, 60 + i)
    light_shafts(scene, ((0.34, 0.035), (0.46, 0.05), (0.60, 0.04)), 0.6)
    lawn(scene, "floor", 0.805, "#86a04c", 715, bloom=0.15)
    path(scene, "#bda678", 0.812, to=0.5, width=0.8)
    _near(scene)
    return Place(0.925, horizon)


def _near(scene: Scene) -> None:
    """The canes at both sides, shoots and stones at their feet, and leaves that hang into the picture."""
    sheet, chance = scene.drawing(), scene.dice("near")
    for at, thick in _NEAR:
        foot = scene.x(at), scene.y(0.845 + chance.uniform(-0.015, 0.02))
        scenery.shadow(sheet, foot[0], foot[1] - 1, scene.tall(thick) * 3, scene.ground_color)
        green = scene.color("#6f9a3f", 0.9, chance.uniform(0.85, 1.05))
        _cane(scene, sheet, foot, scene.tall(thick), chance.uniform(-0.03, 0.03), green, 0.9)
    for at, tall in ((0.105, 0.07), (0.125, 0.045), (0.9, 0.06), (0.205, 0.035)):
        _shoot(scene, sheet, scene.x(at), scene.y(0.87), scene.tall(tall))
    for at, tall in ((0.08, 0.06), (0.93, 0.08)):
        scenery.put(scene, sheet, "rock", scene.x(at), scene.y(0.885), scene.tall(tall), 0.88)
    scene.add("near canes", sheet, 0.72)
    sheet = scene.drawing(bottom=0.35)
    for _ in range(scene.count(28)):
        across = chance.random()
        outward = abs(across - 0.5) * 2
        down = scene.y(0) - 40 + chance.random() * scene.tall(0.05 + 0.22 * outward**2)
        leaf = darken(scene.color(_leaf_paint(scene, 1), 1), chance.uniform(0.4, 0.75))
        _spray(sheet, (across * scene.width, down), scene.tall(0.11), chance.uniform(0.9, 2.2), leaf, chance)
    scene.add("leaves", sheet, 1.1, Role.FRAME, drop=0, soften=2 * scene.look.focus, motion=Motion(sway=2.5))


def _cane(scene: Scene, sheet: Drawing, foot: Point, wide: float, lean: float, green: Color, depth: float) -> None:
    """A cane from its foot to beyond the top of the sheet, lit on one side, ringed at its joints."""
    x, y = foot
    top = sheet.box[1] - 10
    end = x + lean * (y - top)

    def at(height: float, aside: float) -> str:
        share = (y - height) / (y - top)
        return f"{x + (end - x) * share * share + aside * wide:.1f} {height:.1f}"

    def line(aside: float) -> str:
        return f"M{at(y, aside)} Q{x + aside * wide:.1f} {(y + top) / 2:.1f} {at(top, aside)}"

    sheet.path(line(0), stroke=green, width=wide)
    if depth > _FAR:
        sheet.path(line(0.3), stroke=darken(green, 0.76), width=wide * 0.4)
        sheet.path(line(-0.22), stroke=mix(green, scene.palette.key, 0.34), width=wide * 0.2)
    rings, edges, height = "", "", y - wide * _JOINTS * 0.4
    while height > top:
        rings += f"M{at(height, -0.56)} L{at(height, 0.56)} "
        edges += f"M{at(height + wide * 0.16, -0.5)} L{at(height + wide * 0.16, 0.5)} "
        height -= wide * _JOINTS
    if depth > _FAR:
        sheet.path(edges, stroke=mix(green, "#f4f6dc", 0.45), width=max(0.8, wide * 0.14))
    sheet.path(rings, stroke=darken(green, 0.6), width=max(0.8, wide * 0.13))
    if scene.snowy:
        sheet.oval(x, y, wide * 1.4, snow_color(scene, depth), ry=wide * 0.4)


def _canopy(scene: Scene, sheet: Drawing, depth: float, number: float, size: float, chance: Chance) -> None:
    """Sprays of leaves about the upper half of a rank, thicker toward the top."""
    for _ in range(scene.count(number)):
        x, high = chance.uniform(0, scene.width), chance.random() ** 1.6
        y = scene.y(0) - scene.margin + high * scene.tall(0.52)
        paint = scene.color(_leaf_paint(scene, depth), depth + 0.06, chance.uniform(0.75, 1.15))
        _spray(sheet, (x, y), size * chance.uniform(0.7, 1.2), chance.uniform(0.3, 2.8), paint, chance)


def _leaf_paint(scene: Scene, depth: float) -> Color:
    """Green all year: yellower in autumn, and under snow paler."""
    leaf = mix(_LEAF, "#b8b04a", 0.35 if scene.season == "autumn" else 0)
    return mix(leaf, snow_color(scene, depth), 0.3) if scene.snowy else leaf


def _spray(sheet: Drawing, at: Point, size: float, turn: float, color: Color, chance: Chance) -> None:
    """A twig with narrow leaves that hang from it; `turn` in radians from the right, downwards."""
    x, y = at
    tip = x + math.cos(turn) * size, y + math.sin(turn) * size * 0.7
    leaves = ""
    for k in range(6):
        share = 0.3 + 0.7 * k / 5
        bx, by = x + (tip[0] - x) * share, y + (tip[1] - y) * share
        droop = turn + (0.85 if k % 2 else -0.75) * chance.uniform(0.5, 1.1)
        long = size * chance.uniform(0.4, 0.62)
        ex, ey = bx + math.cos(droop) * long, by + abs(math.sin(droop)) * long + long * 0.2
        mx, my = (bx + ex) / 2, (by + ey) / 2
        px, py = -(ey - by) * 0.13, (ex - bx) * 0.13
        leaves += f"M{bx:.1f} {by:.1f} Q{mx + px:.1f} {my + py:.1f} {ex:.1f} {ey:.1f} "
        leaves += f"Q{mx - px:.1f} {my - py:.1f} {bx:.1f} {by:.1f}Z "
    sheet.path(f"M{x:.1f} {y:.1f} L{tip[0]:.1f} {tip[1]:.1f}", stroke=darken(color, 0.8), width=max(0.7, size * 0.02))
    sheet.path(leaves, color)


def _shoot(scene: Scene, sheet: Drawing, x: float, y: float, tall: float) -> None:
    """A young shoot in its brown sheaths."""
    brown = scene.color("#8a6a42", 0.9)
    half = tall * 0.2
    sheet.path(
        f"M{x - half:.1f} {y:.1f} Q{x - half * 1.1:.1f} {y - tall * 0.6:.1f} {x:.1f} {y - tall:.1f} "
        f"Q{x + half * 1.1:.1f} {y - tall * 0.6:.1f} {x + half:.1f} {y:.1f}Z",
        brown,
    )
    scales = ""
    for k in range(3):
        low = y - tall * (0.08 + 0.24 * k)
        wide = half * (1 - 0.22 * k)
        scales += f"M{x - wide:.1f} {low:.1f} L{x:.1f} {low - tall * 0.26:.1f} L{x + wide:.1f} {low:.1f} "
    sheet.path(scales, stroke=darken(brown, 0.7), width=max(0.8, tall * 0.03))


SETTINGS = {"bamboo grove": Setting(bamboo_grove, sun=(0.4, 0.14))}
