"""A cave: walls in the light of its mouth, stalactites, a pool, crystals."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import patches
from storyreel.engines.backends.builtin.illustrator.land import field, frame, ridge, trace
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Role, glow
from storyreel.engines.backends.builtin.illustrator.pixels import stacked
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.settings.coast import boulder
from storyreel.engines.backends.builtin.illustrator.settings.space import crystals
from storyreel.engines.backends.builtin.illustrator.sky import gradient
from storyreel.engines.backends.builtin.illustrator.vector import Point, smooth
from storyreel.engines.backends.builtin.illustrator.water import water

_ROCK = "#7a6f8c"


def cave(scene: Scene) -> Place:
    width, height, px = scene.width_px, scene.height_px, scene.px
    solid = np.ones((height, width), np.float32)
    scene.layers.append(Layer("dark", stacked([gradient(scene, 1.0), solid]), 0, Role.SKY))
    mouth = (scene.x(0.60), scene.y(0.47))
    moonlit = scene.spec.time == "night"
    daylight = mix(scene.palette.sky[3], "#bcd2ff" if moonlit else "#ffe7c0", 0.7)
    center = (mouth[0] * px, mouth[1] * px)
    light = glow(width, height, center, scene.wide(0.4) * px, daylight, 1.1, scene.tall(0.5) * px)
    scene.add_light("daylight", light, 0.04)
    sheet = scene.drawing(top=0.3, bottom=0.8)
    for up, share in ((0.49, 0.72), (0.54, 0.5)):
        sheet.path(smooth(ridge(scene, up, 0.02, 264 + round(100 * up)), scene.y(0.8)), mix("#5f8a68", daylight, share))
    scene.add("land outside", sheet, 0.06, texture=0, edge=0)
    for i, (depth, gap) in enumerate(((0.22, 0.18), (0.42, 0.27), (0.62, 0.40))):
        _walls(scene, f"walls {i}", mouth, gap, depth, mix(_ROCK, daylight, 0.55 - 0.75 * depth))
    water(scene, "pool", 0.735, 0.84, 0.6, paint="#4f7f9a", mirrored=mix(_ROCK, daylight, 0.5), reach=0.05)
    color, chance = scene.color("#8a8098", 0.9), scene.dice("floor")
    sheet, _ = field(scene, 0.80, 0.02, color, 263, foot=0.5)
    patches(scene, sheet, 0.80, color, chance, darken(color, 0.8))
    scene.ground("floor", sheet, 0.8, "stone", 0.72, strength=0.18)
    sheet = scene.drawing(top=0.45)
    for at, foot, size, paint in (
        (0.07, 0.86, 0.20, "#7fd8ff"),
        (0.20, 0.835, 0.13, "#c79bff"),
        (0.91, 0.86, 0.17, "#8ff0c8"),
    ):
        crystals(scene, sheet, scene.x(at), scene.y(foot), scene.tall(size), paint, scene.dice(f"crystals {at}"))
    for at, foot, size in ((0.14, 0.885, 0.03), (0.83, 0.88, 0.035), (0.97, 0.91, 0.05)):
        boulder(sheet, scene.x(at), scene.y(foot), scene.wide(size), darken(color, 0.85))
    scene.add("crystals", sheet, 0.83, texture=0)
    _stalactites(scene)
    frame(scene, "rocks", -1)
    frame(scene, "rocks", 1)
    scene.key_lamp = mouth
    return Place(0.92, 0.6)


def _walls(scene: Scene, name: str, mouth: Point, gap: float, depth: float, paint: Color) -> None:
    """Rock all round the mouth, its rim catching the light; wider above than below."""
    sheet, chance = scene.drawing(), scene.dice(name)
    rock = scene.color(paint, 0.9, 1.75 - 1.35 * depth)
    points: list[Point] = []
    for i in range(28):
        turn = math.tau * i / 28
        reach = scene.tall(gap) * chance.uniform(0.88, 1.12)
        points.append((mouth[0] + math.cos(turn) * reach * 1.35, mouth[1] + math.sin(turn) * reach * 1.1))
    hole = smooth([*points, points[0]]) + "Z"
    around = f"M-10 -10 V{scene.height + 10:.0f} H{scene.width + 10:.0f} V-10Z "
    shade = [(0, darken(rock, 0.5)), (0.5, rock), (1, darken(rock, 0.62))]
    sheet.path(around + hole, sheet.linear(shade))
    for k in range(scene.count(16)):
        turn = chance.uniform(0, math.tau)
        near, far = scene.tall(gap) * 1.25, scene.tall(gap) * chance.uniform(1.5, 2.3)
        start = mouth[0] + math.cos(turn) * near * 1.35, mouth[1] + math.sin(turn) * near * 1.1
        end = mouth[0] + math.cos(turn + 0.16) * far * 1.35, mouth[1] + math.sin(turn + 0.16) * far * 1.1
        bend = (start[0] + end[0]) / 2 + chance.uniform(-20, 20), (start[1] + end[1]) / 2
        stroke = mix(rock, "#ffffff", 0.12) if k % 2 else darken(rock, 0.72)
        sheet.path(trace("M", start, "Q", bend, end), stroke=stroke, width=chance.uniform(2, 7), opacity=0.45)
    scene.add(name, sheet, depth, edge=0.3)


def _stalactites(scene: Scene) -> None:
    sheet, chance = scene.drawing(bottom=0.5), scene.dice("stalactites")
    rock = scene.color("#544a66", 0.8, 0.8)
    number = scene.count(13)
    for k in range(number):
        x = (k + chance.uniform(0.1, 0.9)) / number * scene.width
        away = abs(x / scene.width - 0.55)
        long, half = scene.tall(chance.uniform(0.06, 0.14) + 0.22 * away), scene.tall(chance.uniform(0.02, 0.04))
        top = scene.y(0.0) - 4
        cone = trace(
            "M", (x - half * 1.6, -10), "L", (x - half, top), "Q", (x - half * 0.3, top + long * 0.5), (x, top + long)
        )
        cone += trace("Q", (x + half * 0.4, top + long * 0.4), (x + half, top), "L", (x + half * 1.6, -10)) + "Z"
        shade = sheet.linear([(0, darken(rock, 0.6)), (0.6, rock), (1, mix(rock, "#ffffff", 0.14))], (0, 0), (1, 0))
        sheet.path(cone, shade)
    scene.add("stalactites", sheet, 0.84, edge=0.15)


SETTINGS = {"cave": Setting(cave, air="cave")}
