"""Windows seen from inside: their frames and curtains, the hour, weather and season outside, the light they let in."""

import math
from collections.abc import Mapping
from typing import Any

from storyreel.engines.backends.builtin.illustrator.buildings import building
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix, rgb, saturate
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.seasons import growth
from storyreel.engines.backends.builtin.illustrator.sky import draw_moon
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, smooth

Box = tuple[float, float, float, float]
"""x, y, width, height in scene units."""


def window(scene: Scene, sheet: Drawing, box: Box, made: Mapping[str, Any], chance: Chance) -> None:
    """A window as a row of rooms.json has it: `panes` across and down, `arch`, `trim`, `cloth`, `blinds`, `view`."""
    x, y, w, h = box
    arch = w * 0.5 if made.get("arch") else 0.0
    trim = scene.color(made.get("trim", "#e8d8b8"), 0.95)
    sheet.path(_opening(x - 11, y - 11, w + 22, h + 22, arch * 1.1 if arch else 0), darken(trim, 0.86))
    hole = _opening(x, y, w, h, arch)
    with sheet.group(clip=sheet.clip(hole)):
        view(scene, sheet, box, made.get("view", "hills"), chance)
    _bars(sheet, box, made.get("panes", [2, 2]), trim, arch)
    sheet.path(hole, stroke=darken(trim, 0.62), width=3)
    sheet.rect(x - 20, y + h + 7, w + 40, 12, mix(trim, "#ffffff", 0.1))
    sheet.rect(x - 14, y + h + 19, w + 28, 5, darken(trim, 0.6))
    if "blinds" in made:
        for k in range(12):
            sheet.rect(x, y + k * h / 12, w, h / 12 * 0.32, darken(scene.color(made["blinds"], 1), 0.7), opacity=0.9)
    if "cloth" in made:
        _curtains(sheet, box, scene.color(made["cloth"], 1))


def _opening(x: float, y: float, w: float, h: float, arch: float) -> str:
    if not arch:
        return f"M{x:.1f} {y:.1f} h{w:.1f} v{h:.1f} h{-w:.1f}Z"
    return (
        f"M{x:.1f} {y + h:.1f} V{y + arch:.1f} Q{x:.1f} {y + arch * 0.2:.1f} {x + w / 2:.1f} {y:.1f} "
        f"Q{x + w:.1f} {y + arch * 0.2:.1f} {x + w:.1f} {y + arch:.1f} V{y + h:.1f}Z"
    )


def _bars(sheet: Drawing, box: Box, panes: list[int], trim: Color, arch: float) -> None:
    x, y, w, h = box
    across, down = panes
    for k in range(1, across):
        lower = 2 * arch * abs(k / across - 0.5) ** 2
        sheet.rect(x + w * k / across - 3, y + lower, 6, h - lower, trim)
    for k in range(1, down):
        sheet.rect(x, y + arch * 0.6 + (h - arch * 0.6) * k / down - 3, w, 6, trim)


def _curtains(sheet: Drawing, box: Box, cloth: Color) -> None:
    x, y, w, h = box
    for s in (-1, 1):
        edge = x - 34 if s < 0 else x + w + 34
        sheet.path(
            f"M{edge} {y - 26} C{edge - s * 26} {y + h * 0.3} {edge - s * 52} {y + h * 0.55} {edge - s * 14} "
            f"{y + h * 0.66} C{edge - s * 4} {y + h * 0.9} {edge - s * 12} {y + h} {edge - s * 8} {y + h + 44} "
            f"L{edge + s * 26} {y + h + 44} L{edge + s * 20} {y - 26}Z",
            sheet.linear([(0, darken(cloth, 0.8)), (0.5, cloth), (1, darken(cloth, 0.7))], (0, 0), (1, 0)),
        )
        for dx in (4, 14):
            fold = f"M{edge + s * dx} {y - 20} Q{edge + s * (dx - 14)} {y + h * 0.5} {edge + s * (dx + 2)} {y + h + 40}"
            sheet.path(fold, stroke=darken(cloth, 0.66), width=3)
        swag = f"M{edge} {y - 26} L{edge - s * 76} {y - 26} Q{edge - s * 34} {y + h * 0.26} {edge - s * 4} "
        sheet.path(swag + f"{y + h * 0.42}Z", darken(cloth, 0.9))
    sheet.rect(x - 66, y - 32, w + 132, 8, darken(mix(cloth, "#6e5238", 0.8), 0.9), round_=4)


def seen(scene: Scene, paint: Paint, depth: float) -> Color:
    """A colour as it looks through a window: in the light outside."""
    outside = scene.outside
    lit = saturate(paint, scene.look.paint) * outside.ambient
    return mix(lit.clip(0, 1), outside.haze, 0.8 * (1 - depth))


def view(scene: Scene, sheet: Drawing, box: Box, kind: str, chance: Chance) -> None:
    """What is outside, within a box: sky, a body in it, land of a kind (hills, town, garden, sea), weather."""
    x, y, w, h = box
    outside = scene.outside
    sky = [(0.0, outside.sky[0]), (0.4, outside.sky[1]), (0.7, outside.sky[2]), (1.0, outside.sky[3])]
    sheet.rect(x, y, w, h, sheet.linear(sky))
    clear = scene.spec.weather in ("clear", "wind")
    if clear and outside.hour in ("night", "dusk"):
        for _ in range(40 if outside.dark else 14):
            at = chance.uniform(x, x + w), chance.uniform(y, y + h * 0.7)
            sheet.oval(*at, chance.uniform(0.6, 1.7), "#ffffff", opacity=chance.uniform(0.3, 1))
    short = min(w, h)
    if outside.hour == "night" and scene.spec.weather in ("clear", "wind", "cloudy", "snow"):
        at = x + w * 0.66, y + h * 0.3
        sheet.oval(*at, short * 0.4, sheet.radial([(0, "#dbe8ff", 0.5), (1, "#dbe8ff", 0)]))
        draw_moon(sheet, *at, short * 0.15, rgb("#f8f2dc"))
    elif clear and outside.hour != "night":
        at = x + w * 0.62, y + h * (0.24 if outside.hour == "day" else 0.6)
        sheet.oval(
            *at, short * 0.5, sheet.radial([(0, outside.key, 0.9), (0.3, outside.key, 0.5), (1, outside.key, 0)])
        )
    for k in range(3):
        at = x + w * (0.15 + 0.33 * k + chance.uniform(-0.1, 0.1)), y + h * chance.uniform(0.12, 0.4)
        for dx in (-0.05, 0, 0.06):
            white = mix(outside.sky[3], "#ffffff", 0.0 if outside.dark else 0.6)
            sheet.oval(at[0] + dx * w, at[1], w * 0.075, white, ry=h * 0.022, opacity=0.65)
    {"town": _town, "sea": _sea}.get(kind, _hills)(scene, sheet, box, chance)
    _weather(scene, sheet, box, chance)


def _hills(scene: Scene, sheet: Drawing, box: Box, chance: Chance) -> None:
    x, y, w, h = box
    now = growth(scene)
    for k, (height, depth, paint) in enumerate(
        ((0.66, 0.35, "#7f9fa8"), (0.76, 0.6, "#6f9a62"), (0.9, 0.9, "#5f8f4c"))
    ):
        color = seen(scene, mix(paint, now.grass, 0.85 if scene.snowy else now.grass_share * 0.7), depth)
        line = [(x + i * w / 10, y + h * height + h * 0.045 * math.sin(i * 0.8 + 2.1 * k)) for i in range(-1, 12)]
        for _ in range(4 if k else 0):
            tx, size = x + w * chance.random(), h * (0.07 + 0.05 * k) * chance.uniform(0.8, 1.3)
            leaf = mix(
                "#4b7a48", now.leaves[int(chance.random() * len(now.leaves))] if now.leaves else "#4b7a48", now.share
            )
            shade = seen(scene, mix(leaf, "#eef3f8", 0.5) if scene.snowy else leaf, depth - 0.05)
            ground = y + h * height + h * 0.03
            sheet.rect(tx - size * 0.08, ground - size, size * 0.16, size, darken(shade, 0.6))
            sheet.oval(tx, ground - size * 1.2, size * 0.55, darken(shade, 0.85), ry=size * 0.75)
            sheet.oval(tx - size * 0.12, ground - size * 1.35, size * 0.4, shade, ry=size * 0.5)
        sheet.path(smooth(line, y + h + 6), color)


def _town(scene: Scene, sheet: Drawing, box: Box, chance: Chance) -> None:
    x, y, w, h = box
    lit = 0.45 if scene.outside.lamps else 0.05
    for depth, low, high in ((0.3, 0.34, 0.62), (0.6, 0.2, 0.48)):
        number = max(5, round(w / h * 9))
        for k in range(number):
            color = seen(scene, ("#8d8798", "#a08a7c", "#7c8a94")[k % 3], depth)
            tall = h * chance.uniform(low, high)
            building(
                sheet, x + k * w / number - 4, y + h, w / number * 1.08, tall, color, chance, lit, (h / 48, h / 40)
            )
    if scene.snowy:
        sheet.rect(x, y + h * 0.97, w, h * 0.04, seen(scene, "#f2f6fa", 0.9))


def _sea(scene: Scene, sheet: Drawing, box: Box, chance: Chance) -> None:
    x, y, w, h = box
    color = seen(scene, "#3f8a9c", 0.75)
    sheet.rect(x, y + h * 0.62, w, h * 0.4, sheet.linear([(0, mix(color, scene.outside.sky[3], 0.5)), (1, color)]))
    for _ in range(16):
        at = x + w * chance.random(), y + h * chance.uniform(0.64, 0.98)
        sheet.rect(*at, w * 0.1, 2, mix(color, "#ffffff", 0.5), opacity=0.5)


def _weather(scene: Scene, sheet: Drawing, box: Box, chance: Chance) -> None:
    x, y, w, h = box
    number = min(400, round(w * h / 1100))
    if scene.spec.weather == "snow":
        for _ in range(number):
            sheet.oval(
                chance.uniform(x, x + w), chance.uniform(y, y + h), chance.uniform(1, 2.8), "#ffffff", opacity=0.85
            )
    elif scene.spec.weather in ("rain", "storm"):
        drops = "".join(
            f"M{chance.uniform(x, x + w):.0f} {chance.uniform(y, y + h):.0f} l-4 18 " for _ in range(number)
        )
        sheet.path(drops, stroke="#dbe8ff", width=1.3, opacity=0.6)
    elif scene.spec.weather == "fog":
        sheet.rect(x, y, w, h, scene.outside.haze, opacity=0.55)
    if scene.spec.weather == "storm":
        bolt = f"M{x + w * 0.3:.0f} {y:.0f} l{w * 0.06:.0f} {h * 0.2:.0f} l{-w * 0.08:.0f} {h * 0.04:.0f} "
        sheet.path(bolt + f"l{w * 0.07:.0f} {h * 0.26:.0f}", stroke="#f4fbff", width=2.4)


def beam(scene: Scene, box: Box, floor: float, lean: float = -0.8) -> None:
    """The light that falls in and lies on the floor: the sun's by day, the moon's by night, none from a grey sky."""
    outside = scene.outside
    if scene.spec.weather not in ("clear", "wind") or outside.hour == "storm":
        return
    x, y, w, _ = box
    sheet = scene.drawing()
    color = rgb("#bcd2ff") if outside.dark else outside.key
    foot = floor + scene.tall(0.1)
    shift = lean * scene.tall(0.3)
    ray = sheet.linear([(0, color, 0.5), (1, color, 0.12)])
    sheet.polygon([(x, y), (x + w, y), (x + w + shift, foot), (x + shift - w * 0.1, foot)], ray)
    for k in (0, 1):
        left = x + shift + w * (0.54 * k - 0.12)
        pool = [(left, foot - scene.tall(0.05)), (left + w * 0.5, foot - scene.tall(0.05))]
        sheet.polygon(
            [*pool, (left + w * 0.44, foot + scene.tall(0.05)), (left - w * 0.1, foot + scene.tall(0.05))], color
        )
    strength = 0.42 if outside.dark else 0.30
    scene.shine("beam", sheet, 0.62, darken("#ffffff", strength), soften=8)
