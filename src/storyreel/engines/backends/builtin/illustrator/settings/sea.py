"""At sea, on the shore, and under water."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Paint, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import patches, ripples
from storyreel.engines.backends.builtin.illustrator.land import field, frame, height_at, hill
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, glow
from storyreel.engines.backends.builtin.illustrator.pixels import stacked
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.scenery import breadth, put, shadow
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint, leaf_paint
from storyreel.engines.backends.builtin.illustrator.sky import gradient, sky
from storyreel.engines.backends.builtin.illustrator.trees import tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth
from storyreel.engines.backends.builtin.illustrator.words import sails, told_of

_DUNE = (
    (-0.1, 0.17),
    (0.0, 0.175),
    (0.07, 0.15),
    (0.13, 0.10),
    (0.19, 0.055),
    (0.25, 0.0),
    (0.30, -0.04),
    (0.34, -0.06),
)
"""The crest of a dune: how far from the picture's left edge, in 16:9 widths, and how high over its foot."""
_ROCKS = (
    (0.0, 0.815, 0.20, False),
    (-0.10, 0.80, 0.10, True),
    (-0.155, 0.812, 0.05, False),
    (-0.03, 0.885, 0.09, True),
)
"""Rocks on the shore: how far from the picture's right edge, their foot, how tall, whether mirrored."""


def sea(scene: Scene) -> Place:
    storm = scene.palette.hour == "storm" or scene.spec.weather == "storm"
    horizon, swell = 0.56, 1.0 if storm else 0.28
    sky(scene, horizon)
    paint = "#44788a" if storm else "#2f6f86"
    open_water(scene, horizon, paint)
    rows = ((0.60, 0.028, 300, 0.30), (0.68, 0.065, 430, 0.46), (0.78, 0.085, 600, 0.62))
    for i, (height, swing, length, depth) in enumerate(rows):
        foam = 0.7 if storm else 0.35
        sheet = wave(scene, height, swing * swell, length, depth, paint, 70 + i, foam, storm)
        scene.add(f"wave {i}", sheet, depth, drop=scene.look.drop * 0.5, motion=Motion(sway=6 + 5 * i))
    near = wave(scene, 0.89, 0.11 * swell, 860, 1.02, darken(paint, 0.72), 77, 1.0 if storm else 0.4, storm)
    scene.add("near wave", near, 1.02, motion=Motion(sway=26))
    if storm:
        px, palette = scene.px, scene.palette
        gap = mix(palette.sky[3], palette.key, 0.5) * 0.55
        center = (scene.x(0.70) * px, scene.y(0.46) * px)
        size = (scene.width_px, scene.height_px)
        scene.add_light("break", glow(*size, center, scene.wide(0.44) * px, gap, 2.2, scene.tall(0.4) * px), 0.05)
    return Place(0.80, horizon, water=True, depth=0.72)


def open_water(scene: Scene, horizon: float, paint: Paint) -> None:
    sheet, chance = scene.drawing(top=horizon - 0.01), scene.dice("open water")
    color = scene.color(paint, 0.3)
    fade = sheet.linear([(0, mix(color, scene.palette.haze, 0.5)), (1, color)])
    sheet.rect(0, scene.y(horizon), scene.width, scene.height - scene.y(horizon), fade)
    for _ in range(scene.count(70)):
        down = 0.14 * chance.random() ** 1.6
        length = chance.uniform(20, 110) * (0.3 + 6 * down)
        shine = scene.color("#dff0f2", 0.5)
        x, y = chance.uniform(0, scene.width), scene.y(horizon + down)
        sheet.rect(x, y, length, 1.2 + 6 * down, shine, opacity=0.35, round_=1)
    scene.add("open water", sheet, 0.2, drop=0, edge=0)


def wave(
    scene: Scene,
    height: float,
    swing: float,
    length: float,
    depth: float,
    paint: Paint,
    seed: int,
    foam: float,
    storm: bool,
) -> Drawing:
    """A sheet with one row of waves `length` units long; stormy ones have sharp crests and spray."""
    chance = dice(seed)
    phase = chance.uniform(0, 6)

    def crest(u: float) -> float:
        return (1 - abs(math.sin(u * 0.5))) ** 1.4 * 2 - 1 if storm else math.sin(u)

    points: list[Point] = []
    x = -30.0
    while x < scene.width + 30:
        u = x / length * math.tau + phase
        points.append((x, scene.y(height) - scene.tall(swing) * (crest(u) * 0.75 + math.sin(u * 0.37 + seed) * 0.45)))
        x += length / 14
    sheet = scene.drawing(top=height - swing * 2 - 0.05)
    color, white = scene.color(paint, depth), scene.color("#f4fbfd", depth)
    top = min(y for _, y in points)
    stops = [
        (0, mix(color, white, 0.58 if storm else 0.22)),
        (0.16, mix(color, white, 0.22 if storm else 0.1)),
        (0.42, darken(color, 0.86)),
        (1, darken(color, 0.40)),
    ]
    fade = sheet.linear(stops, (0, top), (0, top + scene.tall(0.26)), absolute=True)
    sheet.path(smooth(points, scene.height + 9), fade)
    for k in range(3):
        below = [(x, y + scene.tall(0.018 + 0.03 * k + 0.012 * math.sin(x * 0.02 + k))) for x, y in points]
        line = mix(color, white, 0.45 - 0.12 * k)
        sheet.path(smooth(below), stroke=line, width=2.4 - 0.5 * k, opacity=0.55)
    sheet.path(smooth(points), stroke=white, width=2.2 + 4.5 * foam * depth, opacity=0.6 + 0.35 * foam)
    if storm:
        for x, y in points:
            if (y - top) / (scene.tall(swing) + 1) < 0.55:
                for _ in range(int(5 * foam)):
                    at = x + chance.uniform(-16, 16), y + chance.uniform(-10, 6)
                    sheet.oval(*at, chance.uniform(1, 4.5) * depth, white, opacity=chance.uniform(0.4, 0.95))
    return sheet


def beach(scene: Scene) -> Place:
    horizon = 0.54
    sky(scene, horizon)
    open_water(scene, horizon, "#3f9aa8")
    _cliffs(scene, horizon)
    for i, (height, depth) in enumerate(((0.64, 0.36), (0.70, 0.5))):
        sheet = wave(scene, height, 0.012, 420 + 160 * i, depth, "#4fa8b0", 232 + i, 0.6, False)
        scene.add(f"surf {i}", sheet, depth, drop=0, motion=Motion(sway=7 + 4 * i))
    if not (sails(scene.spec) or told_of(scene.spec, "lighthouse")):  # which is there
        sheet = scene.drawing(top=0.3, bottom=0.75)
        put(scene, sheet, "moored boat", scene.x(0.70), scene.y(0.60), scene.tall(0.15), 0.5)
        scene.add("sailing boat", sheet, 0.3, motion=Motion(hover=0.5))
    sand, chance = scene.color("#ecd6a4", 0.85), scene.dice("sand")
    sheet, points = field(scene, 0.765, 0.02, sand, 234, foot=0.66)
    patches(scene, sheet, 0.80, sand, chance, darken(sand, 0.86))
    ripples(scene, sheet, 0.81, sand, chance)
    wet = [(x, y + 16 + 6 * math.sin(x * 0.013)) for x, y in points]
    outline = smooth(points) + " L" + " L".join(f"{x:.0f} {y:.0f}" for x, y in reversed(wet)) + "Z"
    sheet.path(outline, mix(darken(sand, 0.8), scene.palette.sky[2], 0.4), opacity=0.85)
    sheet.path(smooth(points), stroke=scene.color("#ffffff", 0.9), width=6, opacity=0.9)
    _shells(scene, sheet)
    scene.ground("sand", sheet, 0.8, "sand", 0.70, tiles=1.6, strength=0.12)
    _dunes(scene)
    if told_of(scene.spec, "tree"):
        _palms(scene, chance)
    frame(scene, "grass")
    return Place(0.925, horizon, offshore=(0.735, 0.62))


def _cliffs(scene: Scene, horizon: float) -> None:
    """A headland far off on the left, of rock under turf, with a stack before it."""
    sheet, foot = scene.drawing(top=0.2, bottom=horizon + 0.02), scene.y(horizon + 0.012)
    rock, turf = scene.color("#8f8d88", 0.26), scene.color(far_paint(scene, "#6f8f70"), 0.28)
    heights = ((-0.3, 0.17), (-0.05, 0.16), (0.10, 0.13), (0.20, 0.115), (0.235, 0.06), (0.26, 0.0))
    brink = [(scene.x(0) + scene.wide(at), foot - scene.tall(tall)) for at, tall in heights]
    sheet.path(smooth(brink, foot), sheet.linear([(0, rock), (1, darken(rock, 0.72))]))
    cap = [(x, y + scene.tall(0.02 + 0.008 * math.sin(x * 0.04))) for x, y in brink[:4]]
    sheet.path(smooth(brink[:4]) + " L" + " L".join(f"{x:.0f} {y:.0f}" for x, y in reversed(cap)) + "Z", turf)
    stack = [(0.285, 0.0), (0.295, 0.055), (0.312, 0.06), (0.325, 0.03), (0.335, 0.0)]
    sheet.path(smooth([(scene.x(0) + scene.wide(at), foot - scene.tall(tall)) for at, tall in stack], foot), rock)
    scene.add("headland", sheet, 0.22)


def _dunes(scene: Scene) -> None:
    """A dune with marram on the left, rocks by the water on the right."""
    sheet, chance = scene.drawing(top=0.4), scene.dice("dunes")
    sand, grass = scene.color("#e6cf9c", 0.86), scene.color(leaf_paint(scene, "#8f9f62", chance), 0.86)
    left = scene.x(0) - scene.margin
    crest = [(left + scene.wide(at), scene.y(0.87) - scene.tall(tall)) for at, tall in _DUNE]
    for i in range(64):
        at = (i + chance.random()) / 64 * 0.9
        x, y = left + scene.wide(at * _DUNE[-1][0]), height_at(crest, left + scene.wide(at * _DUNE[-1][0])) + 6
        blade = scene.tall(chance.uniform(0.05, 0.12)) * (1.1 - 0.6 * at)
        lean = blade * chance.uniform(-0.1, 0.6)
        curve = f"M{x:.0f} {y:.0f} Q{x + lean * 0.2:.0f} {y - blade * 0.7:.0f} {x + lean:.0f} {y - blade:.0f}"
        sheet.path(curve, stroke=darken(grass, chance.uniform(0.7, 1.15)), width=3)
    sheet.path(smooth(crest, scene.y(0.93)), sheet.linear([(0, mix(sand, "#ffffff", 0.15)), (0.7, sand), (1, sand, 0)]))
    for at, foot, tall, mirrored in _ROCKS:
        x = scene.x(1) + scene.wide(at)
        shadow(sheet, x, scene.y(foot), scene.tall(tall) * breadth("bare_boulder"), sand)
        put(scene, sheet, "bare_boulder", x, scene.y(foot), scene.tall(tall), 0.86, mirrored=mirrored)
    scene.add("dunes", sheet, 0.82, motion=Motion(sway=0.6))


def _palms(scene: Scene, chance: Chance) -> None:
    sheet = scene.drawing()
    for at, foot, size in ((0.04, 0.86, 0.74), (0.15, 0.83, 0.48), (0.975, 0.85, 0.60)):
        tree(scene, sheet, (scene.x(at), scene.y(foot)), scene.tall(size), 0.84, chance, "palm", "#5f9c4c")
    scene.add("palms", sheet, 0.825, motion=Motion(sway=1))


def _shells(scene: Scene, sheet: Drawing) -> None:
    chance = scene.dice("shells")
    for _ in range(scene.count(30)):
        x, y, size = chance.uniform(0, scene.width), scene.y(chance.uniform(0.83, 0.99)), chance.uniform(2, 5)
        paint = chance.choice(("#f6ece0", "#e8b7a0", "#c9a98a", "#b8c4c8"))
        sheet.oval(x, y, size, scene.color(paint, 1), ry=size * 0.6)


def underwater(scene: Scene) -> Place:
    chance, palette = scene.dice("rays"), scene.palette
    solid = np.ones((scene.height_px, scene.width_px), np.float32)
    scene.layers.append(Layer("water", stacked([gradient(scene, 1.0), solid]), 0, Role.SKY))
    sheet = scene.drawing()
    for _ in range(scene.count(9)):
        x, width, foot = scene.x(chance.uniform(-0.1, 1.0)), chance.uniform(30, 120), scene.height * 0.9
        ray = sheet.linear([(0, "#ffffff", 0.40), (1, "#ffffff", 0)])
        sheet.polygon([(x, -5), (x + width, -5), (x + width * 2.2 + 160, foot), (x + 160, foot)], ray)
    scene.shine("rays", sheet, 0.1, darken("#ffffff", 0.55), soften=7, motion=Motion(sway=10))
    reefs = ((0.70, 0.05, 0.25, "#4f7f8a"), (0.78, 0.04, 0.5, "#6a8f86"), (0.88, 0.03, 0.8, "#d8c493"))
    for i, (height, swing, depth, paint) in enumerate(reefs):
        sheet, points = hill(scene, height, swing, depth, paint, 170 + i, mist=0.2, above=0.4)
        growing = scene.dice(f"reef {i}")
        for _ in range(scene.count(12)):
            _coral(scene, sheet, points, depth, growing)
        scene.add(f"reef {i}", sheet, depth, motion=Motion(sway=2 if i else 0))
    _bubbles(scene, mix(palette.key, "#ffffff", 0.5))
    return Place(0.60, 0.7, floating=True)


def _coral(scene: Scene, sheet: Drawing, points: list[Point], depth: float, chance: Chance) -> None:
    """One growth on the reef: weed or a fan."""
    x = chance.uniform(0, scene.width)
    y = height_at(points, x) + 8
    height = scene.tall(chance.uniform(0.08, 0.24)) * (0.5 + depth)
    color = scene.color(chance.choice(("#3f8f5a", "#d8665a", "#e09a4a", "#a85a9a")), depth)
    if chance.random() < 0.5:
        for blade in range(5):
            bend, at = chance.uniform(-14, 14), x + blade * 6
            weed = f"M{at:.0f} {y:.0f} C{at + bend:.0f} {y - height * 0.3:.0f} {at - bend:.0f} {y - height * 0.6:.0f} "
            sheet.path(weed + f"{at + bend:.0f} {y - height * chance.uniform(0.7, 1):.0f}", stroke=color, width=3.4)
        return
    for branch in range(7):
        turn = math.radians(-90 + (branch - 3) * 17)
        dx, dy = math.cos(turn) * height, math.sin(turn) * height
        fan = f"M{x:.0f} {y:.0f} Q{x + dx * 0.2:.0f} {y + dy * 0.3:.0f} {x + dx * 0.55:.0f} {y + dy * 0.55:.0f}"
        sheet.path(fan, stroke=color, width=7 * (0.5 + depth))


def _bubbles(scene: Scene, paint: Paint) -> None:
    sheet, chance = scene.drawing(), scene.dice("bubbles")
    for _ in range(scene.count(26)):
        x, y, size = chance.uniform(0, scene.width), chance.uniform(0, scene.height * 0.9), chance.uniform(2, 8)
        ring = f"M{x - size:.1f} {y:.1f} a{size:.1f} {size:.1f} 0 1 0 {2 * size:.1f} 0 a{size:.1f} {size:.1f} 0 1 0 "
        sheet.path(ring + f"{-2 * size:.1f} 0Z", stroke=paint, width=1.2, opacity=0.6)
    motion = Motion(fall=(0, -26))
    scene.shine("bubbles", sheet, 0.7, darken("#ffffff", 0.8), role=Role.WEATHER, motion=motion)


SETTINGS = {
    "beach": Setting(beach),
    "sea": Setting(sea),
    "underwater": Setting(underwater, air="water"),
}
