"""Stately and moving rooms: the hall of a castle, the carriage of a train."""

import math

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.interior import Chamber, chamber, shell
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.windows import beam, view, window
from storyreel.engines.backends.builtin.illustrator.words import sits

_HALL = {"wall": "#b4aec0", "pattern": "blocks", "floor": ["checks", "#8f8aa0", "#d4cfd8"], "ceiling": "#6f6a80"}
_GLASS = {"view": "hills", "arch": True, "panes": [2, 4], "trim": "#8f889c"}
_CARRIAGE = {"wall": "#c9a878", "pattern": "plain", "floor": ["boards", "#7a5a44"], "ceiling": "#e9dfc6"}


def castle_hall(scene: Scene) -> Place:
    """Tall windows, a carpet that leads to the throne, columns that lead the eye there."""
    box = chamber(scene, inset=0.22, ceiling=0.10, floor=0.69, eye=0.42)
    shell(scene, box, _HALL)
    sheet, chance = scene.drawing(bottom=0.72), scene.dice("windows")
    tall, wide = (box.floor - box.ceiling) * 0.56, min(scene.tall(0.14), (box.right - box.left) * 0.2)
    openings = [(box.x(at) - wide / 2, box.ceiling + (box.floor - box.ceiling) * 0.1, wide, tall) for at in (0.2, 0.8)]
    for opening in openings:
        window(scene, sheet, opening, _GLASS, chance)
    scene.add("windows", sheet, 0.34)
    _dais(scene, box)
    for opening in openings:
        beam(scene, opening, box.floor, lean=-0.4)
    _columns(scene, box)
    return Place(0.92, 0.69)


def _dais(scene: Scene, box: Chamber) -> None:
    """Steps, the throne under its banners, and the carpet down to the viewer."""
    sheet = scene.drawing(top=0)
    x, foot, unit = box.eye_x, box.floor + scene.tall(0.05), scene.tall(1)
    stone, cloth = scene.color("#a9a3b4", 0.9), scene.color("#a83440", 0.95)
    end = scene.height
    carpet = f"M{x - unit * 0.075:.0f} {foot - unit * 0.07:.0f} H{x + unit * 0.075:.0f} "
    sheet.path(
        carpet + f"L{x + unit * 0.30:.0f} {end:.0f} H{x - unit * 0.30:.0f}Z",
        sheet.linear([(0, darken(cloth, 0.8)), (1, cloth)]),
    )
    for side in (-1, 1):
        hem = f"M{x + side * unit * 0.066:.0f} {foot - unit * 0.07:.0f} L{x + side * unit * 0.272:.0f} {end:.0f}"
        sheet.path(hem, stroke=scene.color("#d8b052", 0.95), width=unit * 0.012)
    for step in range(3):
        half, y = unit * (0.25 - 0.05 * step), foot - unit * 0.026 * step
        sheet.rect(x - half, y - unit * 0.026, 2 * half, unit * 0.027, darken(stone, 0.7 + 0.12 * step))
        sheet.rect(x - half, y - unit * 0.026, 2 * half, 3, mix(stone, "#ffffff", 0.2))
        sheet.rect(x - unit * 0.07, y - unit * 0.026, unit * 0.14, unit * 0.027, darken(cloth, 0.75 + 0.1 * step))
    if not sits(scene.spec):  # who reigns has a throne nearer to the viewer
        scenery.put(scene, sheet, "throne", x, foot - unit * 0.076, unit * 0.27, 0.9)
    for side in (-1, 1):
        scenery.put(scene, sheet, "banner", x + side * unit * 0.11, box.ceiling + unit * 0.33, unit * 0.26, 0.9)
    scene.add("dais", sheet, 0.44)


def _columns(scene: Scene, box: Chamber) -> None:
    """Three on each side, larger toward the viewer, arches between them, a torch on each."""
    for row, (near, depth) in enumerate(((1.06, 0.5), (1.42, 0.6), (2.0, 0.72))):
        sheet = scene.drawing()
        stone = scene.color("#aaa4b6", 0.7 + depth * 0.3, 0.98 - 0.1 * row)
        for side in (-1, 1):
            foot, top = box.side(side, near, 0), box.side(side, near, 0.92)
            wide = scene.tall(0.045) * near
            _column(sheet, foot[0], foot[1], top[1], wide, stone, side)
            apex = scene.x(0.5)
            spring = f"M{top[0] - side * wide * 0.5:.0f} {top[1]:.0f} Q{top[0] - side * wide:.0f} "
            arch = (
                spring + f"{top[1] - wide * 2.4:.0f} {apex:.0f} {top[1] - wide * 4.4:.0f} V{top[1] - wide * 5.6:.0f} "
            )
            sheet.path(
                arch + f"Q{top[0]:.0f} {top[1] - wide * 3.6:.0f} {top[0] + side * wide * 0.5:.0f} {top[1]:.0f}Z",
                darken(stone, 0.8),
            )
            height = (foot[1] - top[1]) * 0.17
            scenery.put(
                scene, sheet, "torch", foot[0] - side * wide * 0.15, foot[1] - (foot[1] - top[1]) * 0.46, height, 1
            )
        scene.add(f"columns {row}", sheet, depth, edge=0.12)


def _column(sheet: Drawing, x: float, foot: float, top: float, wide: float, stone: Color, side: int) -> None:
    lit = [(0, mix(stone, "#ffffff", 0.16)), (0.55, stone), (1, darken(stone, 0.58))]
    toward = ((0, 0), (1, 0)) if side > 0 else ((1, 0), (0, 0))
    sheet.rect(x - wide * 0.5, top, wide, foot - top, sheet.linear(lit, *toward))
    for y, half in ((foot, 0.78), (foot - wide * 0.22, 0.66), (top + wide * 0.3, 0.66), (top + wide * 0.06, 0.8)):
        sheet.rect(x - wide * half, y - wide * 0.26, wide * 2 * half, wide * 0.28, sheet.linear(lit, *toward), round_=2)


def train(scene: Scene) -> Place:
    """Inside a carriage: the land goes by in a row of windows, seats stand along them."""
    box = chamber(scene, inset=-0.12, ceiling=0.12, floor=0.79, eye=0.44)
    shell(scene, box, _CARRIAGE)
    top, foot = scene.y(0.22), scene.y(0.56)
    number = max(2, round(scene.picture_width / scene.tall(0.52)))
    step = scene.picture_width / number
    openings = [(scene.x(0) + step * (k + 0.11), top, step * 0.78, foot - top) for k in range(-1, number + 1)]
    _land_going_by(scene, top, foot)
    _carriage_wall(scene, openings, top, foot)
    for opening in openings[1:-1:2]:
        beam(scene, opening, box.floor)
    sheet = scene.drawing(top=0.4)
    tall = scene.tall(0.34)
    for k in range(number + 1):
        scenery.put(scene, sheet, "train_seat", scene.x(0) + step * k, box.floor + scene.tall(0.03), tall, 0.95)
    scene.add("seats", sheet, 0.5)
    near = scene.drawing(top=0.5)
    dark = darken(scene.color("#3f6a68", 1), 0.4)
    for at in (-0.02, 1.02):
        scenery.put(
            scene, near, "train_seat", scene.x(at), scene.y(1.0) + scene.tall(0.2), scene.tall(0.58), 1, tint=dark
        )
    scene.add("near", near, 1.15, Role.FRAME, texture=0, edge=0.05, drop=0, soften=4 + 3 * scene.look.focus)
    return Place(0.93, 0.79)


def _land_going_by(scene: Scene, top: float, foot: float) -> None:
    """What is seen outside, wider than the carriage, since it moves."""
    sheet, chance = scene.drawing(top=0.1, bottom=0.6), scene.dice("land")
    tall = foot - top
    view(scene, sheet, (0, top - 8, scene.width, tall + 16), "hills", chance)
    for k in range(scene.count(5)):
        x = (k + 0.3) * scene.width / scene.count(5)
        scenery.put(
            scene, sheet, "pole", x, foot + 14, tall * 0.86, 0.8, tint=mix(scene.outside.sky[0], "#3a3028", 0.6)
        )
    scene.add("land", sheet, 0.32, texture=0, edge=0, drop=0, motion=Motion(passes=150))


def _carriage_wall(scene: Scene, openings: list[tuple[float, float, float, float]], top: float, foot: float) -> None:
    """The wall with holes for its windows, panelled below; racks and lamps above."""
    sheet = scene.drawing(bottom=0.84)
    wall, wood = scene.color("#c08a58", 0.95), scene.color("#8a5a38", 0.95)
    sheet.rect(0, 0, scene.width, top, sheet.linear([(0, darken(wall, 0.62)), (1, wall)]))
    sheet.rect(0, foot, scene.width, scene.y(0.795) - foot, sheet.linear([(0, wood), (1, darken(wood, 0.7))]))
    edge = 0.0
    for x, y, w, h in [*openings, (scene.width, top, 0, 0)]:
        sheet.rect(edge, top - 1, x - edge, foot - top + 2, wall)
        edge = x + w
        sheet.rect(x, y, w, h, "none")
        rim = f"M{x:.0f} {y:.0f} h{w:.0f} v{h:.0f} h{-w:.0f}Z"
        sheet.path(rim, stroke=darken(wood, 0.8), width=12)
        sheet.path(rim, stroke=mix(wood, "#ffffff", 0.22), width=4)
        cloth = scene.color("#4f7a78", 0.95)
        for side, at in ((1, x), (-1, x + w)):
            fold = f"M{at:.0f} {y:.0f} h{side * w * 0.17:.0f} q{-side * w * 0.02:.0f} {h * 0.6:.0f} "
            sheet.path(fold + f"{-side * w * 0.11:.0f} {h:.0f} h{-side * w * 0.06:.0f}Z", cloth)
            sheet.path(f"M{at + side * w * 0.08:.0f} {y:.0f} v{h * 0.95:.0f}", stroke=darken(cloth, 0.75), width=3)
    rack = top - scene.tall(0.045)
    sheet.rect(0, rack, scene.width, 6, scene.color("#d0a84e", 0.95))
    for k, (x, _, w, _) in enumerate(openings):
        paint = ("#a8503f", "#6a7f5a", "#5f6f9a", "#b98a4a")[k % 4]
        sheet.rect(
            x + w * 0.12, rack - scene.tall(0.06), w * 0.42, scene.tall(0.06), scene.color(paint, 0.95), round_=6
        )
        sheet.path(
            f"M{x + w * 0.27:.0f} {rack - scene.tall(0.06):.0f} q{w * 0.06:.0f} -14 {w * 0.12:.0f} 0",
            stroke=darken(wood, 0.6),
            width=4,
        )
        scenery.put(scene, sheet, "pendant", x + w * 1.14, scene.y(0.12), scene.tall(0.13), 0.95)
    for k in range(int(scene.width / 60) + 1):
        sheet.rect(
            k * 60, foot + scene.tall(0.03), 46, scene.y(0.76) - foot - scene.tall(0.03), darken(wood, 0.86), round_=3
        )
    sheet.rect(0, foot + 4, scene.width, 8, mix(wood, "#ffffff", 0.2))
    waves = " ".join(f"L{x} {scene.y(0.135) + 3 * math.sin(x * 0.05):.0f}" for x in range(0, int(scene.width), 20))
    sheet.path(f"M0 {scene.y(0.135):.0f} {waves}", stroke=darken(wall, 0.7), width=2, opacity=0.6)
    scene.add("carriage", sheet, 0.4)


SETTINGS = {
    "castle hall": Setting(castle_hall, air="room"),
    "train": Setting(train, air="room"),
}
