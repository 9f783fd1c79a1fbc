"""Indoors: a wall, a window with its own sky, shelves, a lamp, a rug; a study with a desk for detectives."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.buildings import building
from storyreel.engines.backends.builtin.illustrator.chance import dice
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Role
from storyreel.engines.backends.builtin.illustrator.palette import Palette
from storyreel.engines.backends.builtin.illustrator.pixels import blur, stacked
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import draw_moon
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, smooth

_FLOOR = 0.78
_SPINES = ("#b5533f", "#3f6f7a", "#c99b4a", "#6a5a86", "#7f8f5a", "#d8c8a8")
_WALLS = {
    "bedroom": ("#6a7694", "#cfd6e6"),
    "kitchen": ("#7a7268", "#efe0bd"),
    "office": ("#7a6e5c", "#d8cfb8"),
    "hospital": ("#6f8088", "#dfeaea"),
    "school": ("#6a7a70", "#dbe3c9"),
}
"""Wall colours by night and by day, for the settings that are rooms of a kind."""


def room(scene: Scene) -> Place:
    """A room by lamplight or daylight; the hour outside shows in the window."""
    study = scene.spec.setting == "office"
    _wall(scene, study)
    window = _window(scene, scene.outside, study)
    if scene.palette.dark:
        _moonbeam(scene, window, study)
    _shelf(scene)
    if study:
        _desk(scene)
        return Place(0.985, _FLOOR, depth=0.8)
    _table_lamp(scene)
    _pictures(scene)
    sheet, rug = scene.drawing(top=0.8), scene.color("#b5614f", 1)
    x, y = scene.x(0.52), scene.y(0.93)
    for size, color in ((1, rug), (0.87, mix(rug, "#f3dfb8", 0.45)), (0.76, rug)):
        sheet.oval(x, y, scene.wide(0.27) * size, color, ry=scene.tall(0.085) * (2 * size - 1) ** 0.6)
    scene.add("rug", sheet, 0.45, edge=0, drop=0.1)
    return Place(0.93, _FLOOR)


def _wall(scene: Scene, study: bool) -> None:
    chance, night = scene.random, scene.palette.dark
    dark, light = _WALLS.get(scene.spec.setting, ("#6a7694", "#e6d3b1"))
    size = (scene.height_px, scene.width_px)
    base = stacked([np.zeros((*size, 3), np.float32), np.ones(size, np.float32)])
    scene.layers.append(Layer("black", base, -0.1, Role.SKY))
    sheet = scene.drawing()
    color, foot = scene.color(dark if night else light, 1), scene.y(_FLOOR)
    sheet.rect(0, 0, scene.width, foot, sheet.linear([(0, darken(color, 0.62)), (1, color)]))
    if scene.spec.setting == "bedroom":
        for _ in range(scene.count(90)):
            x, y = chance.uniform(0, scene.width), chance.uniform(0, foot)
            star = f"M{x:.1f} {y - 4:.1f} l1.2 2.8 2.8 1.2 -2.8 1.2 -1.2 2.8 -1.2 -2.8 -2.8 -1.2 2.8 -1.2Z"
            sheet.path(star, mix(color, "#f6e3b0", 0.35), opacity=0.5)
    else:
        for i in range(int(scene.width / 44) + 1):
            sheet.rect(i * 44, 0, 16, foot, darken(color, 0.93), opacity=0.5)
        rail = foot - scene.tall(0.24)
        sheet.rect(0, rail, scene.width, foot - rail, darken(color, 0.72 if study else 0.8))
        for i in range(int(scene.width / 82) + 1):
            sheet.rect(i * 82 + 8, rail + 24, 66, foot - rail - 50, darken(color, 0.64 if study else 0.74), round_=2)
        sheet.rect(0, rail, scene.width, 7, darken(color, 0.9))
    sheet.rect(0, foot - 15, scene.width, 15, darken(color, 0.7))
    floor = scene.color("#8a6244", 1)
    fade = sheet.linear([(0, darken(floor, 0.74)), (1, darken(floor, 0.48))])
    sheet.rect(0, foot, scene.width, scene.height - foot, fade)
    middle = scene.x(0.5)
    for i in range(-9, 10):
        x = middle + i * scene.wide(0.09)
        board = f"M{x:.0f} {foot:.0f} L{middle + (x - middle) * 2.1:.0f} {scene.height:.0f}"
        sheet.path(board, stroke=darken(floor, 0.42), width=1.6, opacity=0.7)
    scene.add("wall", sheet, 0.3, drop=0, edge=0)


def _window(scene: Scene, outside: Palette, study: bool) -> tuple[float, float, float, float]:
    """Draws the window; returns its box."""
    sheet = scene.drawing(bottom=_FLOOR)
    w, h = scene.wide(0.22), scene.tall(0.40)
    x, y = scene.x(0.71) - w / 2, scene.y(_FLOOR) - scene.tall(0.64)
    trim = scene.color("#4a3a2c" if study else "#d8c4a0", 0.9)
    sheet.rect(x - 12, y - 12, w + 24, h + 24, trim)
    sky = sheet.linear([(0, outside.sky[0]), (0.6, outside.sky[2]), (1, outside.sky[3])])
    sheet.rect(x, y, w, h, sky)
    with sheet.group(clip=sheet.clip(f"M{x} {y} h{w} v{h} h{-w}Z")):
        _view(scene, sheet, x, y, w, h, outside, study)
    bar = scene.color("#54432f" if study else "#e8d8b8", 1)
    sheet.rect(x + w / 2 - 4, y, 8, h, bar)
    sheet.rect(x, y + h * 0.48, w, 8, bar)
    sheet.rect(x - 20, y + h + 8, w + 40, 13, bar)
    if study:
        blind = darken(scene.color("#3d4a44", 1), 0.62)
        for k in range(13):
            sheet.rect(x, y + k * h / 13, w, h / 13 * 0.30, blind, opacity=0.9)
    else:
        _curtains(scene, sheet, x, y, w, h)
    scene.add("window", sheet, 0.36, edge=0.06)
    return x, y, w, h


def _view(scene: Scene, sheet: Drawing, x: float, y: float, w: float, h: float, outside: Palette, city: bool) -> None:
    chance = scene.random
    if outside.dark or outside.hour == "dusk":
        for _ in range(46):
            size = chance.uniform(0.5, 1.7)
            at = chance.uniform(x, x + w), chance.uniform(y, y + h * 0.8)
            sheet.oval(*at, size, "#ffffff", opacity=chance.uniform(0.3, 1))
        moon = (x + w * 0.66, y + h * 0.33)
        sheet.oval(*moon, h * 0.36, sheet.radial([(0, "#dbe8ff", 0.5), (1, "#dbe8ff", 0)]))
        draw_moon(sheet, *moon, h * 0.15, mix("#f8f2dc", "#ffffff", 0))
    if city:
        color = mix(outside.sky[0], outside.sky[1], 0.55)
        for k in range(9):
            tall = h * chance.uniform(0.25, 0.62)
            building(sheet, x + k * w / 8 - 8, y + h, w / 8 * 1.1, tall, color, chance, 0.4, (5, 6))
        return
    green = mix(outside.sky[1], "#16301f", 0.55) if outside.dark else mix("#6f9f5a", outside.haze, 0.35)
    hills = [(x + i * w / 12, y + h * 0.82 + 8 * math.sin(i * 0.9)) for i in range(14)]
    sheet.path(smooth(hills, y + h + 5), green)
    if scene.spec.weather == "snow":
        for _ in range(60):
            at = chance.uniform(x, x + w), chance.uniform(y, y + h)
            sheet.oval(*at, chance.uniform(1, 2.6), "#ffffff", opacity=0.85)
    elif scene.spec.weather in ("rain", "storm"):
        for _ in range(60):
            sheet.path(
                f"M{chance.uniform(x, x + w):.0f} {chance.uniform(y, y + h):.0f} l-3 16", stroke="#dbe8ff", opacity=0.6
            )


def _curtains(scene: Scene, sheet: Drawing, x: float, y: float, w: float, h: float) -> None:
    cloth = scene.color("#a34a44", 1)
    for s in (-1, 1):
        edge = x - 34 if s < 0 else x + w + 34
        sheet.path(
            f"M{edge} {y - 26} C{edge - s * 26} {y + h * 0.3} {edge - s * 52} {y + h * 0.55} {edge - s * 14} "
            f"{y + h * 0.66} C{edge - s * 4} {y + h * 0.9} {edge - s * 12} {y + h} {edge - s * 8} {y + h + 44} "
            f"L{edge + s * 26} {y + h + 44} L{edge + s * 20} {y - 26}Z",
            cloth,
        )
        fold = f"M{edge + s * 4} {y - 20} Q{edge - s * 10} {y + h * 0.5} {edge + s * 6} {y + h + 40}"
        sheet.path(fold, stroke=darken(cloth, 0.72), width=4)
        swag = (
            f"M{edge} {y - 26} L{edge - s * 76} {y - 26} Q{edge - s * 34} {y + h * 0.26} {edge - s * 4} {y + h * 0.42}Z"
        )
        sheet.path(swag, darken(cloth, 0.9))
    sheet.rect(x - 70, y - 34, w + 140, 9, scene.color("#6e5238", 1), round_=4)


def _moonbeam(scene: Scene, window: tuple[float, float, float, float], blinds: bool) -> None:
    x, y, w, _ = window
    sheet = scene.drawing()
    if blinds:
        left, top = scene.x(0.30), scene.y(0.16)
        for k in range(11):
            at = top + k * scene.tall(0.040)
            bar = [(left - 30, at + scene.tall(0.10)), (left + w * 1.15, at - scene.tall(0.02))]
            bar += [(left + w * 1.15, at), (left - 30, at + scene.tall(0.12))]
            sheet.polygon(bar, "#bcd2ff", opacity=0.55)
        soft, strength = 2.2, 0.34
    else:
        beam = sheet.linear([(0, "#bcd2ff", 0.5), (1, "#bcd2ff", 0.05)])
        foot = scene.y(1.0)
        sheet.polygon([(x, y), (x + w, y), (x + w * 0.5, foot), (x - w * 1.3, foot)], beam)
        soft, strength = 10, 0.5
    light = sheet.raster(scene.width_px, scene.height_px)[..., :3]
    scene.add_light("moonbeam", blur(light, soft * scene.px) * strength, 0.62)


def _shelf(scene: Scene) -> None:
    chance = dice(11)  # the same books in every shot
    sheet = scene.drawing(top=0)
    x, w = scene.x(0.03), scene.wide(0.17)
    foot = scene.y(_FLOOR) + scene.tall(0.03)
    h = scene.tall(0.59)
    y, wood = foot - h, scene.color("#7a5236", 0.9)
    sheet.rect(x, y, w, h, darken(wood, 0.8))
    for row in range(4):
        top, tall = y + 9 + row * (h - 9) / 4, (h - 9) / 4 - 9
        sheet.rect(x + 8, top, w - 16, tall, darken(wood, 0.42))
        at = x + 11
        while at < x + w - 22:
            width, book = chance.uniform(6, 14), tall * chance.uniform(0.62, 0.93)
            if chance.random() >= 0.12:
                spine = scene.color(chance.choice(_SPINES), 0.92, chance.uniform(0.75, 1))
                sheet.rect(at, top + tall - book, width, book, spine, round_=1)
                sheet.rect(at, top + tall - book * 0.8, width, 2, scene.color("#f0e0b8", 0.9), opacity=0.5)
            at += width + 0.8
    scene.add("shelf", sheet, 0.5)


def _table_lamp(scene: Scene) -> None:
    sheet = scene.drawing(top=0.3)
    wood, brass = scene.color("#7a5236", 0.9), scene.color("#8f6f4a", 1)
    x, y = scene.x(0.03) + scene.wide(0.225), scene.y(0.86) - scene.tall(0.16)
    sheet.rect(x - 42, y, 84, 8, mix(wood, "#ffffff", 0.1), round_=3)
    sheet.rect(x - 34, y + 8, 68, scene.y(0.86) - y - 8, darken(wood, 0.75), round_=2)
    sheet.oval(x, y + 38, 4, "#d9b36a")
    sheet.path(f"M{x} {y} v-34", stroke=brass, width=6)
    sheet.rect(x - 15, y - 5, 30, 6, brass, round_=3)
    shade = scene.color("#f0d8a8", 1)
    if scene.palette.dark:
        shade = sheet.linear([(0, "#f6c878"), (1, "#fff0c4")])
        scene.lamp(x + 50, y - 60, scene.wide(0.44), "#ffb05a", 0.85)
        scene.lamp(x, y - 50, scene.wide(0.06), "#ffe8b0", 0.6)
        scene.key_lamp = (x, y - 50)
    sheet.path(f"M{x - 20} {y - 74} h40 L{x + 33} {y - 30} h-66Z", shade)
    scene.add("nightstand", sheet, 0.55)


def _pictures(scene: Scene) -> None:
    sheet = scene.drawing(bottom=0.6)
    left = scene.x(0.03) + scene.wide(0.25)
    for dx, up, width, tall in ((0.03, 0.48, 0.085, 0.15), (0.135, 0.62, 0.07, 0.18)):
        x, y, w, h = left + scene.wide(dx), scene.y(_FLOOR) - scene.tall(up), scene.wide(width), scene.tall(tall)
        if x + w > scene.x(0.71) - scene.wide(0.15):
            continue  # a narrow picture has no wall left beside the window
        sheet.rect(x - 5, y - 5, w + 10, h + 10, scene.color("#c9a66a", 0.9))
        sheet.rect(x, y, w, h, scene.color("#2f4a78", 0.9))
        sheet.oval(x + w * 0.6, y + h * 0.4, h * 0.2, scene.color("#f2e6c0", 0.95))
        hill = f"M{x} {y + h} V{y + h * 0.72} Q{x + w * 0.5} {y + h * 0.5} {x + w} {y + h * 0.8} V{y + h}Z"
        sheet.path(hill, scene.color("#7f8fa6", 0.9))
    scene.add("pictures", sheet, 0.38)


def _desk(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.4), scene.random
    wood, w = scene.color("#7a5236", 0.9), scene.wide(0.40)
    x, y = scene.x(0.42) - w * 0.55, scene.y(0.735)
    sheet.rect(x, y, w, 14, mix(wood, "#ffffff", 0.10), round_=3)
    sheet.rect(
        x + 10, y + 14, w - 20, scene.tall(0.34), sheet.linear([(0, darken(wood, 0.85)), (1, darken(wood, 0.55))])
    )
    for at in (0.06, 0.70):
        sheet.rect(x + w * at, y + 22, w * 0.23, scene.tall(0.05), darken(wood, 0.62), round_=2)
        sheet.rect(x + w * at, y + 28 + scene.tall(0.05), w * 0.23, scene.tall(0.07), darken(wood, 0.62), round_=2)
    lamp = x + w * 0.14
    sheet.path(f"M{lamp} {y} v-66", stroke="#2a2420", width=5)
    sheet.rect(lamp - 20, y - 7, 40, 8, "#2a2420", round_=4)
    sheet.path(f"M{lamp - 40} {y - 62} Q{lamp} {y - 112} {lamp + 40} {y - 62}Z", mix("#3f7a5c", "#ffe0a0", 0.25))
    sheet.rect(lamp - 38, y - 63, 76, 4, "#fff0c0")
    for k in range(5):
        turn = f"rotate({chance.uniform(-4, 4):.1f} {x + w * 0.5:.0f} {y:.0f})"
        page = scene.color("#e6dcc2", 1, 1 - 0.05 * k)
        sheet.rect(x + w * 0.42 + k * 3, y - 6 - k * 5, 62 - k * 4, 5, page, transform=turn)
    cup = scene.color("#c9b89a", 1)
    sheet.rect(x + w * 0.72, y - 20, 20, 20, cup, round_=3)
    sheet.path(f"M{x + w * 0.72 + 20} {y - 16} q9 2 0 11", stroke=cup, width=3)
    if scene.palette.dark:
        scene.lamp(lamp + 60, y - 60, scene.wide(0.46), "#ffb060", 0.95)
        scene.lamp(lamp, y - 56, scene.wide(0.06), "#fff0c0", 0.7)
        scene.key_lamp = (lamp, y - 60)
    scene.add("desk", sheet, 0.95, Role.THING)


SETTINGS = {
    "room": Setting(room, air="room"),
}
