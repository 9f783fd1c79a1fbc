"""Bare places: desert, mountain, snowfield, cave."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import (
    field,
    frame,
    grass,
    height_at,
    hill,
    mist,
    pine,
    ridge,
    snow_color,
)
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Role, glow
from storyreel.engines.backends.builtin.illustrator.pixels import stacked
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import gradient, sky
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth

_DUNES = (
    (0.57, 0.03, 0.15, "#d8a878"),
    (0.62, 0.06, 0.35, "#dba468"),
    (0.72, 0.06, 0.6, "#e2ad68"),
    (0.84, 0.03, 0.85, "#e8b870"),
)


def desert(scene: Scene) -> Place:
    sky(scene, 0.58)
    for i, (height, swing, depth, paint) in enumerate(_DUNES):
        sheet, points = hill(scene, height, swing, depth, paint, 150 + i, mist=0.2)
        color = mix(scene.color(paint, depth), scene.palette.key, 0.22)
        lit = [(x, y + scene.tall(0.03 + 0.05 * abs(math.sin(x / scene.wide(0.2) + i)))) for x, y in points]
        outline = smooth(points) + " L" + " L".join(f"{x:.0f} {y:.0f}" for x, y in reversed(lit)) + "Z"
        sheet.path(outline, color, opacity=0.75)
        scene.ground(f"dune {i}", sheet, depth, "sand", height - 0.03, tiles=1.6, strength=0.16)
    return Place(0.91, 0.58)


def mountain(scene: Scene) -> Place:
    chance, snow = scene.random, scene.spec.weather == "snow"
    sky(scene, 0.60)
    peaks = ((0.50, 0.30, 0.10, "#8fa0ba", 241), (0.56, 0.24, 0.26, "#76889f", 242))
    for i, (height, tall, depth, paint, seed) in enumerate(peaks):
        sheet = scene.drawing(top=0.1)
        for k in range(scene.count(4 - i)):
            x = scene.x((k + 0.5 + chance.uniform(-0.3, 0.3)) / scene.count(4 - i))
            size = scene.tall(tall * chance.uniform(0.75, 1.25))
            peak(scene, sheet, x, scene.y(height + 0.12), size, paint, depth, chance)
        points = ridge(scene, height + 0.10, 0.03, seed)
        color = scene.color(paint, depth)
        sheet.path(smooth(points, scene.height + 5), color)
        scene.add(f"peaks {i}", sheet, depth)
        mist(scene, height + 0.10, 0.07, depth + 0.02, 0.45, i)
    slope = "#eef3f8" if snow else "#5f8560"
    sheet, points = hill(scene, 0.70, 0.04, 0.5, slope, 243, mist=0.2)
    boughs = snow_color(scene, 0.6) if snow else None
    for _ in range(scene.count(26)):
        x = chance.uniform(0, scene.width)
        tall = scene.tall(chance.uniform(0.07, 0.16))
        pine(sheet, x, height_at(points, x) + 8, tall, scene.color("#3f6652", 0.5), chance, boughs)
    scene.add("slope", sheet, 0.5)
    color = scene.color("#f6f8fb" if snow else "#84a05f", 0.9)
    sheet, points = field(scene, 0.80, 0.02, color, 244, foot=0.6)
    if not snow:
        grass(sheet, points, color, chance, scene.count(130), 12, scene.tall(0.14))
    _boulders(scene, sheet, 0.82, 1.0, "#9a958f")
    kind, strength = ("snow", 0.45) if snow else ("grass", 0.16)
    scene.ground("ledge", sheet, 0.8, kind, 0.74, strength=strength)
    frame(scene, "rocks", -1)
    return Place(0.915, 0.6)


def peak(
    scene: Scene, sheet: Drawing, x: float, foot: float, height: float, paint: Paint, depth: float, chance: Chance
) -> None:
    """One snow-capped peak, its left face in the light."""
    half, top = height * 0.95, foot - height
    rock = scene.color(paint, depth)

    def edge(side: int) -> list[Point]:
        return [
            (
                x + side * half * t + chance.uniform(-0.03, 0.03) * half,
                top + height * t + chance.uniform(-0.03, 0.03) * height,
            )
            for t in (0.22, 0.45, 0.7, 1.0)
        ]

    left, right = edge(-1), edge(1)
    sheet.polygon([(x, top), *right, *reversed(left)], mix(rock, "#ffffff", 0.06))
    spine = [(x + chance.uniform(-0.06, 0.10) * half * t * 3, top + height * t) for t in (0.2, 0.4, 0.65, 1.0)]
    sheet.polygon([(x, top), *right, *reversed(spine)], darken(rock, 0.84))
    cap = snow_color(scene, depth + 0.15)
    hem = [left[1], (x - half * 0.24, top + height * 0.36), (x - half * 0.10, top + height * 0.5)]
    hem += [(x + half * 0.04, top + height * 0.37), (x + half * 0.2, top + height * 0.48), right[1]]
    sheet.polygon([(x, top), right[0], *reversed(hem), left[0]], cap)
    sheet.polygon([(x, top), right[0], right[1], hem[4], hem[3], spine[0]], darken(cap, 0.86))


def _boulders(scene: Scene, sheet: Drawing, top: float, foot: float, paint: Paint) -> None:
    chance = scene.random
    for _ in range(scene.count(12)):
        x, y, w = chance.uniform(0, scene.width), scene.y(chance.uniform(top, foot)), chance.uniform(8, 34)
        color: Color = scene.color(paint, 0.95, chance.uniform(0.8, 1.05))
        stone = f"M{x - w:.0f} {y:.0f} Q{x - w:.0f} {y - w * 0.8:.0f} {x - w * 0.2:.0f} {y - w * 0.8:.0f} "
        sheet.path(stone + f"Q{x + w:.0f} {y - w * 0.9:.0f} {x + w:.0f} {y:.0f}Z", darken(color, 0.75))
        light = f"M{x - w * 0.9:.0f} {y - w * 0.1:.0f} Q{x - w * 0.9:.0f} {y - w * 0.75:.0f} {x - w * 0.2:.0f} "
        sheet.path(light + f"{y - w * 0.76:.0f} Q{x + w * 0.4:.0f} {y - w * 0.7:.0f} {x + w * 0.2:.0f} {y:.0f}Z", color)


def snowfield(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.60)
    sheet, _ = hill(scene, 0.56, 0.07, 0.16, "#a8bcd4", 251, mist=0.25, jag=0.02, step=52)
    scene.add("ice hills", sheet, 0.16)
    for i, (height, depth) in enumerate(((0.63, 0.32), (0.70, 0.52))):
        sheet, points = hill(scene, height, 0.03, depth, "#eaf1f8", 252 + i, mist=0.15)
        for _ in range(scene.count(5)):
            x = chance.uniform(0, scene.width)
            tall = scene.tall(0.10 + 0.08 * i) * chance.uniform(0.7, 1.2)
            needles, boughs = scene.color("#4b6b69", depth), snow_color(scene, depth + 0.1)
            pine(sheet, x, height_at(points, x) + 8, tall, needles, chance, boughs)
        scene.add(f"drifts {i}", sheet, depth)
    sheet, _ = field(scene, 0.78, 0.02, snow_color(scene, 0.92), 254, foot=0.72)
    scene.ground("snow", sheet, 0.8, "snow", 0.72, strength=0.5)
    frame(scene, "rocks", 1)
    return Place(0.915, 0.6)


def cave(scene: Scene) -> Place:
    width, height, px = scene.width_px, scene.height_px, scene.px
    solid = np.ones((height, width), np.float32)
    scene.layers.append(Layer("dark", stacked([gradient(scene, 1.0), solid]), 0, Role.SKY))
    opening = (scene.x(0.64), scene.y(0.42))
    daylight = mix(scene.palette.sky[3], "#ffe7c0" if scene.spec.time != "night" else "#bcd2ff", 0.7)
    center = (opening[0] * px, opening[1] * px)
    scene.add_light(
        "daylight", glow(width, height, center, scene.wide(0.3) * px, daylight, 1.3, scene.tall(0.5) * px), 0.04
    )
    for i, (depth, gap) in enumerate(((0.2, 0.20), (0.45, 0.30), (0.75, 0.42))):
        _walls(scene, f"walls {i}", opening, gap, depth)
    _crystals(scene)
    color = scene.color("#7a7288", 0.9)
    sheet, _ = field(scene, 0.80, 0.02, color, 263, foot=0.42)
    _boulders(scene, sheet, 0.82, 1.0, "#7a7288")
    scene.ground("floor", sheet, 0.8, "stone", 0.72, strength=0.18)
    frame(scene, "rocks", -1)
    frame(scene, "rocks", 1)
    scene.key_lamp = opening
    return Place(0.915, 0.6)


def _walls(scene: Scene, name: str, opening: Point, gap: float, depth: float) -> None:
    """Rock all round an opening, with stalactites above."""
    sheet, chance = scene.drawing(), scene.random
    rock = scene.color("#6a6078", depth, 0.55 + 0.35 * (1 - depth))
    points: list[Point] = []
    for i in range(40):
        turn = math.tau * i / 40
        up = -math.sin(turn)
        reach = scene.tall(gap) * chance.uniform(0.94, 1.06) * (1.5 if up < -0.3 else 1)
        if up > 0.2 and i % 3 == 0:
            reach *= chance.uniform(0.62, 0.85)
        points.append((opening[0] + math.cos(turn) * reach * 1.5, opening[1] - up * reach))
    hole = smooth([*reversed(points), points[-1]]) + "Z"
    around = f"M-10 -10 H{scene.width + 10:.0f} V{scene.height + 10:.0f} H-10Z "
    sheet.path(around + hole, sheet.linear([(0, darken(rock, 0.6)), (1, rock)]))
    scene.add(name, sheet, depth, edge=0.3)


def _crystals(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.5), scene.random
    for at in (0.10, 0.20, 0.88):
        x, y = scene.x(at), scene.y(0.815)
        paint = chance.choice(("#7fd8ff", "#c79bff", "#8ff0c8"))
        for lean, tall in ((-0.35, 0.6), (0.3, 0.7), (0.0, 1.0)):
            h = scene.tall(0.13) * tall * chance.uniform(0.8, 1.2)
            w, tip = h * 0.16, x + lean * h
            sheet.polygon([(x - w, y), (tip - w, y - h * 0.8), (tip, y - h), (tip, y)], mix(paint, "#ffffff", 0.25))
            sheet.polygon([(x + w, y), (tip + w, y - h * 0.8), (tip, y - h), (tip, y)], darken(paint, 0.8))
        scene.lamp(x, y - scene.tall(0.06), scene.wide(0.13), paint, 0.5)
    scene.add("crystals", sheet, 0.79, texture=0)


SETTINGS = {
    "cave": Setting(cave, air="cave"),
    "desert": Setting(desert, sun=(0.3, 0.24)),
    "mountain": Setting(mountain, sun=(0.28, 0.2)),
    "snow": Setting(snowfield),
}
