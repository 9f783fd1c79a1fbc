"""A jungle: giants and palms, lianas, ferns, a pool, shafts of light."""

import math

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import patches, scatter, tufts
from storyreel.engines.backends.builtin.illustrator.land import field, hill, light_shafts, mist, trace
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.water import water

_GREENS = ("#3f8a4a", "#5aa045", "#2f7a56", "#7fb04a", "#4a9460")
_BLOOMS = ("#f0603f", "#f2c23a", "#e0508a", "#f58a3a")


def jungle(scene: Scene) -> Place:
    horizon = 0.60
    sky(scene, horizon)
    for i, (height, depth, number, sizes) in enumerate(((0.58, 0.16, 26, (0.2, 0.36)), (0.64, 0.32, 18, (0.28, 0.5)))):
        sheet, points = hill(scene, height, 0.02, depth, "#4f8a62", 341 + i, mist=0.2, above=0.7, below=0.22)
        chance = scene.dice(f"trees {i}")
        grove(scene, sheet, points, depth, number, sizes, chance, kinds=("palm", "round", "palm"), paint=_GREENS[i])
        scene.add(f"trees {i}", sheet, depth)
        mist(scene, height + 0.03, 0.09, depth + 0.02, 0.35, 30 + i)
    water(scene, "pool", 0.685, 0.84, 0.42, paint="#3f8a7c", mirrored=scene.color("#2f6a4a", 0.5), reach=0.10)
    _giants(scene)
    light_shafts(scene, ((0.38, 0.03), (0.47, 0.05), (0.60, 0.035)), 0.61)
    color = scene.color("#5c9044", 0.86, 1.1 if scene.palette.dark else 1)
    sheet, points = field(scene, 0.795, 0.02, color, 345, foot=0.5)
    chance = scene.dice("floor")
    patches(scene, sheet, 0.795, color, chance, darken(color, 0.78))
    tufts(scene, sheet, points, 0.795, color, chance)
    scatter(scene, sheet, _BLOOMS, 26, 0.83, chance, stems=color)
    scene.ground("floor", sheet, 0.8, "grass", 0.74, strength=0.14)
    _ferns(scene)
    _canopy(scene)
    return Place(0.925, horizon)


def _giants(scene: Scene) -> None:
    """Great trunks with buttress roots, and lianas between them."""
    sheet, chance = scene.drawing(), scene.dice("giants")
    bark = scene.color("#6a5a44", 0.66)
    trunks = ((0.06, 0.075), (0.27, 0.04), (0.76, 0.048), (0.95, 0.085))
    for at, wide in trunks:
        x, w, foot = scene.x(at), scene.wide(wide) / 2, scene.y(0.825)
        shape = trace(
            "M", (x - w * 0.8, -10), "C", (x - w * 0.7, foot * 0.5), (x - w * 0.8, foot * 0.8), (x - w * 2.4, foot)
        )
        shape += trace(
            "L",
            (x - w * 0.9, foot - w * 0.5),
            (x - w * 0.3, foot + 8),
            (x + w * 0.6, foot - w * 0.4),
            (x + w * 2.3, foot),
        )
        shape += trace("C", (x + w * 0.8, foot * 0.8), (x + w * 0.7, foot * 0.5), (x + w * 0.8, -10)) + "Z"
        sheet.path(
            shape, sheet.linear([(0, mix(bark, "#ffffff", 0.1)), (0.6, bark), (1, darken(bark, 0.5))], (0, 0), (1, 0))
        )
        for k in range(4):
            gx = x + w * (k / 2 - 0.7)
            groove = trace("M", (gx, 0), "Q", (gx + w * 0.1, foot * 0.5), (gx - w * 0.5, foot - w))
            sheet.path(groove, stroke=darken(bark, 0.66), width=2.4, opacity=0.6)
        for _ in range(5):
            ly = chance.uniform(0.15, 0.7) * foot
            leaf(
                sheet,
                x + w * chance.choice((-0.8, 0.8)),
                ly,
                scene.tall(0.06),
                chance.uniform(0.3, 2.8),
                scene.color(chance.choice(_GREENS), 0.7),
            )
    vine = scene.color("#4a6a3a", 0.7)
    for a, b, sag in ((0.06, 0.27, 0.22), (0.27, 0.76, 0.20), (0.76, 0.95, 0.26)):
        curve = trace(
            "M",
            (scene.x(a), scene.y(0.04)),
            "Q",
            (scene.x((a + b) / 2), scene.y(0.04 + 2 * sag)),
            (scene.x(b), scene.y(0.0)),
        )
        sheet.path(curve, stroke=vine, width=5)
    for at in (0.19, 0.34, 0.68, 0.85):
        x, length = scene.x(at), scene.tall(chance.uniform(0.2, 0.42))
        sheet.path(trace("M", (x, -5), "Q", (x + 14, length * 0.6), (x - 6, length)), stroke=vine, width=4)
        for k in range(6):
            leaf(
                sheet,
                x + 5,
                length * (0.3 + 0.12 * k),
                scene.tall(0.028),
                math.pi * (k % 2) + 0.5,
                scene.color(_GREENS[k % 5], 0.75),
            )
    scene.add("giants", sheet, 0.6)


def leaf(sheet: Drawing, x: float, y: float, length: float, turn: float, color: Color) -> None:
    """A pointed leaf that grows from (x, y); `turn` in radians, 0 to the right, growing clockwise."""
    tip = x + math.cos(turn) * length, y + math.sin(turn) * length
    side = -math.sin(turn) * length * 0.3, math.cos(turn) * length * 0.3
    middle = (x + tip[0]) / 2, (y + tip[1]) / 2
    one, other = (middle[0] + side[0], middle[1] + side[1]), (middle[0] - side[0], middle[1] - side[1])
    sheet.path(trace("M", (x, y), "Q", one, tip, "Q", other, (x, y)) + "Z", color)
    sheet.path(trace("M", (x, y), "L", tip), stroke=darken(color, 0.78), width=max(0.8, length * 0.03))


def _ferns(scene: Scene) -> None:
    """Broad leaves and ferns at the sides of the stage."""
    sheet, chance = scene.drawing(top=0.5), scene.dice("ferns")
    for at in (0.02, 0.11, 0.2, 0.82, 0.9, 0.99):
        x, y = scene.x(at), scene.y(chance.uniform(0.85, 0.9))
        color = scene.color(chance.choice(_GREENS), 0.86)
        for k in range(7):
            turn = math.radians(-165 + 25 * k + chance.uniform(-6, 6))
            leaf(sheet, x, y, scene.tall(chance.uniform(0.08, 0.15)), turn, darken(color, chance.uniform(0.75, 1.1)))
        if chance.random() < 0.6:
            bloom = scene.color(chance.choice(_BLOOMS), 0.95)
            for k in range(5):
                leaf(sheet, x, y - scene.tall(0.06), scene.tall(0.03), math.radians(-150 + 30 * k), bloom)
    scene.add("ferns", sheet, 0.83, motion=Motion(sway=1))


def _canopy(scene: Scene) -> None:
    """Great leaves overhead and at the corners, dark and out of focus."""
    sheet, chance = scene.drawing(), scene.dice("canopy")
    color = darken(scene.color("#2a5a3a", 1), 0.5)
    for k in range(scene.count(16)):
        x = (k + chance.random()) / scene.count(16) * scene.width
        edge = abs(x / scene.width - 0.5) * 2
        _big(
            scene,
            sheet,
            chance,
            (x, -12),
            scene.tall(0.08 + 0.13 * edge),
            math.radians(90 + chance.uniform(-40, 40)),
            color,
        )
    soft = 3 + 3 * scene.look.focus
    scene.add("frame leaves", sheet, 1.15, Role.FRAME, edge=0.06, drop=0, soften=soft, texture=0)
    sheet = scene.drawing(top=0.5)
    for side, x in ((-1, 0.0), (1, scene.width)):
        for k in range(6):
            turn = math.radians(-90 - side * (10 + 14 * k))
            _big(scene, sheet, chance, (x, scene.height + 8), scene.tall(chance.uniform(0.18, 0.3)), turn, color)
    scene.add("frame corners", sheet, 1.15, Role.FRAME, edge=0.06, drop=0, soften=soft, texture=0)


def _big(
    scene: Scene, sheet: Drawing, chance: Chance, at: tuple[float, float], length: float, turn: float, color: Color
) -> None:
    leaf(sheet, *at, length, turn, darken(color, chance.uniform(0.7, 1.35)))


SETTINGS = {"jungle": Setting(jungle, sun=(0.45, 0.16))}
