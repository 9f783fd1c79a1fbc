"""A room as a box that one looks into: back wall, side walls, ceiling and floor in perspective, and how to fill it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from storyreel.engines.backends.builtin.illustrator import ground, scenery
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Role
from storyreel.engines.backends.builtin.illustrator.pixels import stacked
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point

_NEAR = 3.2
"""How much nearer than the back wall the box goes on: well out of the picture."""


@dataclass(frozen=True, slots=True)
class Chamber:
    """The back wall's edges in scene units, and the point (`eye_x`, `eye_y`) that the side walls run toward."""

    left: float
    right: float
    ceiling: float
    floor: float
    eye_x: float
    eye_y: float

    def x(self, share: float) -> float:
        return self.left + (self.right - self.left) * share

    def side(self, side: int, near: float, height: float) -> Point:
        """A point of a side wall (-1 left, 1 right): `near` 1 at the back wall, more toward the viewer."""
        corner = self.left if side < 0 else self.right
        y = self.floor + (self.ceiling - self.floor) * height
        return self.eye_x + (corner - self.eye_x) * near, self.eye_y + (y - self.eye_y) * near

    def quad(self, side: int, near: tuple[float, float], height: tuple[float, float]) -> list[Point]:
        corners = ((near[0], height[0]), (near[0], height[1]), (near[1], height[1]), (near[1], height[0]))
        return [self.side(side, a, b) for a, b in corners]


def chamber(
    scene: Scene, *, inset: float = 0.1, ceiling: float = 0.07, floor: float = 0.75, eye: float = 0.4
) -> Chamber:
    """A box whose back wall lies between these shares of the picture."""
    return Chamber(scene.x(inset), scene.x(1 - inset), scene.y(ceiling), scene.y(floor), scene.x(0.5), scene.y(eye))


def shell(scene: Scene, room: Chamber, made: Mapping[str, Any]) -> None:
    """Walls, ceiling and floor as a row of rooms.json has them, down to a solid ground beneath."""
    chance = scene.dice("shell")
    size = (scene.height_px, scene.width_px)
    wall = scene.color(made["wall"], 1)
    base = np.broadcast_to(darken(wall, 0.4), (*size, 3))
    scene.layers.append(Layer("base", stacked([base, np.ones(size, np.float32)]), -0.1, Role.SKY))
    sheet = scene.drawing()
    top = scene.color(made.get("ceiling", "#efe6d4"), 1, 0.8)
    sheet.rect(0, 0, scene.width, room.ceiling + 2, sheet.linear([(0, darken(top, 0.62)), (1, top)]))
    _floor(scene, sheet, room, made["floor"], chance)
    for side, shade in ((-1, 0.74), (1, 0.84)):
        _side_wall(sheet, room, side, darken(wall, shade), scene.color(made.get("dado_paint", made["wall"]), 1, shade))
    fade = sheet.linear([(0, darken(wall, 0.78)), (0.55, wall), (1, darken(wall, 0.92))])
    sheet.rect(room.left, room.ceiling, room.right - room.left, room.floor - room.ceiling, fade)
    _PATTERNS[made.get("pattern", "plain")](scene, sheet, room, wall, chance)
    if "dado_paint" in made:
        _dado(scene, sheet, room, scene.color(made["dado_paint"], 1), made.get("dado", "panels"))
    trim = darken(scene.color(made.get("dado_paint", made["wall"]), 1), 0.66)
    sheet.rect(room.left, room.floor - 13, room.right - room.left, 13, trim)
    sheet.rect(room.left, room.ceiling, room.right - room.left, 9, darken(wall, 0.7))
    for beam in range(made.get("beams", 0)):
        _beam(scene, sheet, room, beam)
    scene.add("walls", sheet, 0.3, drop=0, edge=0, texture=scene.look.texture * 0.45)
    scene.ground_color = scene.color(made["floor"][1], 1)


def _floor(scene: Scene, sheet: Drawing, room: Chamber, made: Sequence[str], chance: Chance) -> None:
    kind, *paints = made
    colors = [scene.color(paint, 1, 0.86) for paint in paints]
    sheet.rect(0, room.floor - 1, scene.width, scene.height, darken(colors[0], 0.8))
    width = {"boards": 0.13, "checks": 0.16, "stones": 0.24, "mats": 0.3}[kind]
    floor = ground.Floor(room.eye_x, room.eye_y, scene.height, scene.wide(width))
    number = round(scene.width * 1.9 / floor.width) + 4
    if kind == "boards":
        ground.boards(sheet, floor, room.floor, number, colors[0], chance)
    else:
        wear = 0.03 if kind == "checks" else 0.1
        broken = kind == "stones"
        ground.tiles(sheet, floor, room.floor, number, 0.6, colors, chance, broken=broken, wear=wear)
    shade = sheet.linear([(0, "#000000", 0.34), (0.25, "#000000", 0.06), (0.6, "#000000", 0), (1, "#000000", 0.3)])
    sheet.rect(0, room.floor, scene.width, scene.height - room.floor, shade)


def _side_wall(sheet: Drawing, room: Chamber, side: int, wall: Color, dado: Color) -> None:
    sheet.polygon(room.quad(side, (1, _NEAR), (0, 1)), wall)
    sheet.polygon(room.quad(side, (1, _NEAR), (0, 0.34)), dado)
    sheet.polygon(room.quad(side, (1, _NEAR), (0.34, 0.352)), darken(dado, 0.7))
    sheet.polygon(room.quad(side, (1, _NEAR), (0, 0.026)), darken(dado, 0.6))
    edge = f"M{room.side(side, 1, 0)[0]:.0f} {room.ceiling:.0f} V{room.floor:.0f}"
    sheet.path(edge, stroke=darken(wall, 0.66), width=4, opacity=0.5)


def _plain(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    """Plaster: faint brush marks."""
    for _ in range(scene.count(40)):
        x, y = chance.uniform(room.left, room.right), chance.uniform(room.ceiling, room.floor)
        sheet.oval(x, y, chance.uniform(20, 80), darken(wall, chance.choice((0.98, 1.015))), ry=9, opacity=0.3)


def _stripes(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    x = room.left
    while x < room.right - 8:
        sheet.rect(x, room.ceiling, min(16, room.right - x), room.floor - room.ceiling, darken(wall, 0.92), opacity=0.7)
        x += 44


def _stars(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    for k in range(scene.count(70)):
        x, y = chance.uniform(room.left + 8, room.right - 8), chance.uniform(room.ceiling + 14, room.floor - 20)
        star = f"M{x:.1f} {y - 5:.1f} l1.5 3.5 3.5 1.5 -3.5 1.5 -1.5 3.5 -1.5 -3.5 -3.5 -1.5 3.5 -1.5Z"
        sheet.path(star, mix(wall, "#fff0c0", 0.5), opacity=0.5 + 0.3 * (k % 2))


def _planks(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    x = room.left
    while x < room.right:
        wide = min(chance.uniform(30, 54), room.right - x)
        sheet.rect(x, room.ceiling, wide - 1.5, room.floor - room.ceiling, darken(wall, chance.uniform(0.84, 1.02)))
        for _ in range(2):
            knot = chance.uniform(x + 5, x + max(6, wide - 6)), chance.uniform(room.ceiling, room.floor)
            sheet.oval(*knot, 2.6, darken(wall, 0.7), ry=5, opacity=0.6)
        x += wide


def _blocks(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    """Dressed stone, or bricks."""
    tall, y, row = scene.tall(0.052), room.ceiling, 0
    while y < room.floor:
        x = room.left - (row % 2) * 34
        while x < room.right:
            wide = chance.uniform(56, 88)
            left, right = max(room.left, x), min(room.right, x + wide - 2)
            shade = darken(wall, chance.uniform(0.86, 1.06))
            sheet.rect(left, y, right - left, min(tall, room.floor - y) - 2, shade, round_=2)
            x += wide
        y, row = y + tall, row + 1


def _tiled(scene: Scene, sheet: Drawing, room: Chamber, wall: Color, chance: Chance) -> None:
    """Glazed tiles up to shoulder height."""
    top = room.floor - scene.tall(0.34)
    sheet.rect(room.left, top, room.right - room.left, room.floor - top, mix(wall, "#ffffff", 0.35))
    lines = ""
    for k in range(1, 8):
        lines += f"M{room.left:.0f} {top + (room.floor - top) * k / 8:.0f} H{room.right:.0f} "
    x = room.left
    while x < room.right:
        lines += f"M{x:.0f} {top:.0f} V{room.floor:.0f} "
        x += (room.floor - top) / 8
    sheet.path(lines, stroke=darken(wall, 0.8), width=1.5, opacity=0.6)
    sheet.rect(room.left, top - 6, room.right - room.left, 8, scene.color("#5f8f9a", 1))


_PATTERNS = {
    "plain": _plain,
    "stripes": _stripes,
    "stars": _stars,
    "planks": _planks,
    "blocks": _blocks,
    "tiles": _tiled,
}


def _dado(scene: Scene, sheet: Drawing, room: Chamber, color: Color, kind: str) -> None:
    """What covers the wall's lower third: panels or boards."""
    top = room.floor - (room.floor - room.ceiling) * 0.34
    sheet.rect(room.left, top, room.right - room.left, room.floor - top, color)
    step = 82 if kind == "panels" else 26
    number = max(1, round((room.right - room.left) / step))
    wide = (room.right - room.left) / number
    for k in range(number):
        x = room.left + k * wide
        if kind == "panels":
            sheet.rect(x + 9, top + 20, wide - 18, room.floor - top - 46, darken(color, 0.84), round_=2)
            sheet.rect(x + 13, top + 24, wide - 26, room.floor - top - 54, mix(color, "#ffffff", 0.06), round_=2)
        else:
            sheet.rect(x, top, 2, room.floor - top, darken(color, 0.78))
    sheet.rect(room.left, top - 3, room.right - room.left, 9, mix(color, "#ffffff", 0.12))
    sheet.rect(room.left, top + 6, room.right - room.left, 3, darken(color, 0.66))


def _beam(scene: Scene, sheet: Drawing, room: Chamber, number: int) -> None:
    """A timber across the ceiling."""
    y = room.eye_y + (room.ceiling - room.eye_y) * (1.06 + 0.24 * number)
    wood = scene.color("#6a4a34", 1, 0.8)
    sheet.rect(0, y - 24, scene.width, 24, wood)
    sheet.rect(0, y - 5, scene.width, 6, darken(wood, 0.6))


def furnish(
    scene: Scene, room: Chamber, rows: Sequence[Sequence[Any]], openings: Sequence[tuple[float, float, float, float]]
) -> None:
    """Pieces along the back wall: name, where across it (0 … 1), height and lift above the floor in shares of a 16:9
    picture's height. First come, first placed: one whose stretch of wall is taken is left out. `openings`: the windows.
    """
    sheet = scene.drawing()
    color = scene.ground_color
    taken = [(x - 14, x + w + 14, y - 14, y + h + 26) for x, y, w, h in openings]
    for name, across, tall, lift in rows:
        height = scene.tall(tall)
        half, x = height * scenery.breadth(name) / 2, room.x(across)
        x = min(max(x, room.left + half * 0.5), room.right - half * 0.5)
        foot = room.floor - scene.tall(lift) if lift else room.floor + scene.tall(0.012)
        span = (x - half * 0.84, x + half * 0.84, foot - height, foot)
        if any(span[0] < b and span[1] > a and span[2] < d and span[3] > c for a, b, c, d in taken):
            continue
        taken.append(span)
        if not lift:
            scenery.shadow(sheet, x, foot - 2, 2 * half, color)
        scenery.put(scene, sheet, name, x, foot, height, 0.92, mirrored=across > 0.5)
    scene.add("furniture", sheet, 0.46)


def beside(scene: Scene, rows: Sequence[Sequence[Any]]) -> None:
    """Pieces that stand on the floor at the picture's sides, nearer than the wall: name, side (-1, 1), how far in from
    the edge as a share of a 16:9 picture's width, height, and where the foot is in the picture.
    """
    if not rows:
        return
    sheet = scene.drawing()
    for name, side, inward, tall, at in rows:
        height = scene.tall(tall)
        x = scene.x(0) + scene.wide(inward) if side < 0 else scene.x(1) - scene.wide(inward)
        scenery.shadow(sheet, x, scene.y(at) - 3, height * scenery.breadth(name), scene.ground_color)
        scenery.put(scene, sheet, name, x, scene.y(at), height, 0.97, mirrored=side > 0)
    scene.add("beside", sheet, 0.7)


def near(scene: Scene, rows: Sequence[Sequence[Any]]) -> None:
    """Pieces at the picture's foot and corners that the lens does not focus on: dark, soft, before everything."""
    if not rows:
        return
    sheet = scene.drawing()
    tint = mix(darken(scene.color("#3a2c28", 1), 0.5), rgb("#100c18"), 0.35)
    for name, side, inward, tall in rows:
        x = scene.x(0) + scene.wide(inward) if side < 0 else scene.x(1) - scene.wide(inward)
        scenery.put(
            scene, sheet, name, x, scene.y(1.0) + scene.tall(0.1), scene.tall(tall), 1, mirrored=side > 0, tint=tint
        )
    soft = 3 + 3 * scene.look.focus
    scene.add("near", sheet, 1.15, Role.FRAME, texture=0, edge=0.05, drop=0, soften=soft)
