"""Ground that figures stand on: lawn, sand, snow, earth; paths; floors of boards, tiles and flagstones."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import field, height_at, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.seasons import grass_paint, growth
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point

_JOINTS = 0.62
"""How dark the gaps between boards and stones are."""


def lawn(
    scene: Scene, name: str, height: float, paint: str, seed: int, *, swing: float = 0.012, bloom: float = 1
) -> None:
    """Grass from a height of the picture to its foot, with tufts and flowers; snow in winter."""
    chance = scene.dice(name)
    if scene.snowy:
        color = snow_color(scene, 0.9)
        sheet, points = field(scene, height, swing, color, seed, foot=0.74)
        patches(scene, sheet, height, color, chance, mix(color, scene.palette.sky[1], 0.22))
        _stubble(scene, sheet, points, chance)
        scene.ground(name, sheet, 0.8, "snow", height - 0.06, strength=0.4)
        return
    color = scene.color(grass_paint(scene, paint), 0.84, 1.12 if scene.palette.dark else 1)
    sheet, points = field(scene, height, swing, color, seed)
    patches(scene, sheet, height, color, chance, darken(color, 0.84))
    tufts(scene, sheet, points, height, color, chance)
    bloom *= growth(scene).bloom
    scatter(scene, sheet, growth(scene).flowers, round(40 * bloom), height + 0.025, chance, stems=color)
    scatter(scene, sheet, growth(scene).litter, 46, height + 0.015, chance)
    scene.ground(name, sheet, 0.8, "grass", height - 0.06, strength=0.14)


def patches(scene: Scene, sheet: Drawing, height: float, color: Color, chance: Chance, dark: Color) -> None:
    """Broad lights and shadows that lie on the ground, flatter in the distance, so that no ground is one colour."""
    light = mix(color, scene.palette.key, 0.22)
    for k in range(scene.count(15)):
        near = (k + chance.random()) / scene.count(15)
        y = scene.y(height + 0.02 + (0.99 - height) * near**1.3)
        half, tall = scene.wide(chance.uniform(0.06, 0.2)) * (0.5 + near), scene.tall(0.006 + 0.018 * near)
        x = chance.uniform(0, scene.width)
        blot = f"M{x - half:.0f} {y:.0f} C{x - half * 0.5:.0f} {y - tall * 1.4:.0f} {x + half * 0.3:.0f} "
        blot += f"{y - tall * 1.6:.0f} {x + half:.0f} {y - tall * 0.2:.0f} C{x + half * 0.6:.0f} {y + tall:.0f} "
        blot += f"{x - half * 0.3:.0f} {y + tall * 0.6:.0f} {x - half:.0f} {y:.0f}Z"
        sheet.path(blot, light if k % 2 else dark, opacity=0.5 if scene.look.manga else 0.34)


def tufts(scene: Scene, sheet: Drawing, points: Sequence[Point], height: float, color: Color, chance: Chance) -> None:
    """Grass: a fringe along the skyline, and tufts that grow larger toward the viewer."""
    shades = [darken(color, 0.72), darken(color, 0.88), mix(color, scene.palette.key, 0.28)]
    for shade in shades:
        blades = ""
        for _ in range(scene.count(60)):
            x = chance.uniform(0, scene.width)
            tall, lean = chance.uniform(4, 10), chance.uniform(-4, 4)
            y = height_at(points, x) + chance.uniform(0, 5)
            blades += f"M{x - 1.6:.1f} {y + 2:.1f} L{x + lean:.1f} {y - tall:.1f} L{x + 1.6:.1f} {y + 2:.1f}Z "
        for _ in range(scene.count(34)):
            near = chance.random() ** 0.8
            x, y = chance.uniform(0, scene.width), scene.y(height + 0.02 + (1.06 - height) * near)
            tall = scene.tall(0.008 + 0.024 * near) * chance.uniform(0.7, 1.3)
            for turn in (-0.55, -0.1, 0.4):
                tip = x + turn * tall, y - tall * (1 - abs(turn) * 0.4)
                blades += f"M{x - tall * 0.09:.1f} {y:.1f} Q{x:.1f} {y - tall * 0.5:.1f} {tip[0]:.1f} {tip[1]:.1f} "
                blades += f"Q{x + tall * 0.12:.1f} {y - tall * 0.4:.1f} {x + tall * 0.11:.1f} {y:.1f}Z "
        sheet.path(blades, shade)


def scatter(
    scene: Scene,
    sheet: Drawing,
    paints: Sequence[str],
    number: int,
    top: float,
    chance: Chance,
    stems: Color | None = None,
) -> None:
    """Dots of colour strewn in drifts from a height of the picture to its foot: blossoms, or fallen leaves."""
    if not paints:
        return
    drifts = [(chance.uniform(0, scene.width), chance.random()) for _ in range(scene.count(7))]
    for k in range(scene.count(number)):
        x0, near0 = drifts[k % len(drifts)]
        near = min(1.0, max(0.0, near0 + chance.gauss(0, 0.12)))
        x, y = x0 + chance.gauss(0, 1) * scene.wide(0.09), scene.y(top + (1.02 - top) * near)
        size = (1.3 + 2.6 * near) * chance.uniform(0.8, 1.3)
        if stems is not None and near > 0.3:
            sheet.path(f"M{x:.1f} {y:.1f} v{size * 2.4:.1f}", stroke=darken(stems, 0.7), width=1)
        sheet.oval(
            x, y, size, scene.color(paints[k % len(paints)], 0.96), ry=size * (0.75 if stems is not None else 0.45)
        )


def _stubble(scene: Scene, sheet: Drawing, points: Sequence[Point], chance: Chance) -> None:
    """A few dry stalks that stick out of the snow."""
    dry, blades = scene.color("#a08a62", 0.85), ""
    for _ in range(scene.count(40)):
        x = chance.uniform(0, scene.width)
        y = height_at(points, x) + chance.random() ** 2 * scene.tall(0.2)
        tall = scene.tall(chance.uniform(0.008, 0.022))
        blades += f"M{x:.1f} {y:.1f} l{chance.uniform(-3, 3):.1f} {-tall:.1f} "
    sheet.path(blades, stroke=dry, width=1.3, opacity=0.7)


def path(scene: Scene, paint: str, top: float, *, to: float = 0.46, width: float = 1.0, depth: float = 0.805) -> None:
    """A way that winds from the middle distance (at `to` across) to the viewer, trodden, with stones at its edges."""
    sheet, chance = scene.drawing(top=top - 0.03), scene.dice("path")
    color = snow_color(scene, 0.8) if scene.snowy else scene.color(paint, 0.85)
    if scene.snowy:
        color = darken(color, 0.9)
    x, y, w, end = scene.x(to), scene.y(top), scene.wide(1) * width, scene.height
    bend = (y * 2 + end) / 3
    fade = sheet.linear([(0, color), (1, darken(color, 0.8))])
    left = [(x - w * 0.02, y), (x + w * 0.05, bend), (x - w * 0.06, bend + 20), (x - w * 0.22, end)]
    right = [(x + w * 0.20, end), (x + w * 0.12, bend + 50), (x + w * 0.10, bend), (x - w * 0.005, y)]
    outline = f"M{_p(left[0])} C{_p(left[1])} {_p(left[2])} {_p(left[3])} L{_p(right[0])} C{_p(right[1])} "
    outline += f"{_p(right[2])} {_p(right[3])}Z"
    sheet.path(outline, fade, opacity=0.92)
    with sheet.group(clip=sheet.clip(outline)):
        for side, edge in ((-1, left), (1, right[::-1])):
            rim = f"M{_p(edge[0])} C{_p(edge[1])} {_p(edge[2])} {_p(edge[3])}"
            sheet.path(rim, stroke=darken(color, 0.72 if side < 0 else 0.84), width=w * 0.022, opacity=0.6)
        for _ in range(scene.count(46)):
            near = chance.random()
            size = 1.5 + 7 * near
            px, py = x + chance.uniform(-0.22, 0.2) * w * near, y + (end - y) * near
            shade = darken(color, 0.8) if chance.random() < 0.6 else mix(color, "#ffffff", 0.3)
            sheet.oval(px, py, size * chance.uniform(0.6, 1.6), shade, ry=size * 0.3, opacity=0.6)
    scene.add(f"path {to}", sheet, depth, edge=0, drop=0)


def _p(point: Point) -> str:
    return f"{point[0]:.0f} {point[1]:.0f}"


@dataclass(frozen=True, slots=True)
class Floor:
    """Level ground seen in perspective: its lines away from the viewer meet at (`x`, `horizon`), in scene units.

    `foot` is the height in units where one column is `width` units wide. Distances are 1 there, and grow away.
    """

    x: float
    horizon: float
    foot: float
    width: float

    def at(self, column: float, distance: float) -> Point:
        return self.x + column * self.width / distance, self.horizon + (self.foot - self.horizon) / distance

    def distance(self, y: float) -> float:
        return (self.foot - self.horizon) / (y - self.horizon)


def floor_of(scene: Scene, horizon: float, width: float, x: float = 0.5) -> Floor:
    """The floor of a scene: `horizon` and `x` are shares of the picture, `width` one of a 16:9 picture's."""
    return Floor(scene.x(x), scene.y(horizon), scene.height, scene.wide(width))


def tiles(
    sheet: Drawing,
    floor: Floor,
    top: float,
    columns: int,
    deep: float,
    paints: Sequence[Paint],
    chance: Chance,
    *,
    broken: bool = True,
    wear: float = 0.1,
) -> None:
    """Stones from the foot up to `top` (in units): `columns` across, `deep` widths deep; in `broken` courses.

    Two paints make a chequer. `wear` is how unlike the stones are.
    """
    last, row, distance = floor.distance(top), 0, 0.86
    gap = 0.04
    while distance < last:
        after = min(last, distance + deep * floor.width / max(1.0, floor.foot - floor.horizon))
        shift = 0.5 * (row % 2) if broken else 0
        for column in range(-columns // 2 - 1, columns // 2 + 1):
            left, right = column + shift + gap, column + 1 + shift - gap
            near, far = distance + gap * (after - distance), after - gap * (after - distance)
            corners = [floor.at(left, near), floor.at(left, far), floor.at(right, far), floor.at(right, near)]
            paint = paints[(column + row) % len(paints)]
            sheet.polygon(corners, darken(paint, 1 + wear * chance.uniform(-1, 1)))
        distance, row = after, row + 1


def boards(sheet: Drawing, floor: Floor, top: float, columns: int, paint: Color, chance: Chance) -> None:
    """Floorboards that run away from the viewer, up to `top` (in units), each of its own shade, with butt joints."""
    last = floor.distance(top)
    joints = ""
    reach = max(floor.x - sheet.box[0], sheet.box[0] + sheet.box[2] - floor.x)
    for column in range(-columns // 2 - 1, columns // 2 + 1):
        inner = min(abs(column), abs(column + 1)) * floor.width
        begin = max(0.8, inner / reach)  # what lies beyond the sheet's sides takes as long to draw
        if begin >= last:
            continue
        near, far = floor.at(column, begin), floor.at(column, last)
        other, beyond = floor.at(column + 1, begin), floor.at(column + 1, last)
        sheet.polygon([near, far, beyond, other], darken(paint, chance.uniform(0.84, 1.06)))
        joints += f"M{_p(near)} L{_p(far)} "
        distance = max(begin, chance.uniform(0.9, 1.4))
        while distance < last:
            joints += f"M{_p(floor.at(column, distance))} L{_p(floor.at(column + 1, distance))} "
            distance += chance.uniform(0.5, 1.3)
    sheet.path(joints, stroke=darken(paint, _JOINTS), width=1.6, opacity=0.75)


def ripples(scene: Scene, sheet: Drawing, height: float, color: Color, chance: Chance) -> None:
    """Wind marks on sand: thin curved lines, farther apart toward the viewer."""
    light, dark = mix(color, scene.palette.key, 0.3), darken(color, 0.82)
    for k in range(26):
        near = k / 25
        y = scene.y(height + 0.015 + (1.03 - height) * near**1.6)
        x = chance.uniform(-0.1, 0.3) * scene.width
        while x < scene.width:
            length = scene.wide(chance.uniform(0.05, 0.16)) * (0.5 + near)
            dip = (1.5 + 6 * near) * math.copysign(1, chance.uniform(-1, 1))
            mark = f"M{x:.0f} {y:.0f} q{length / 2:.0f} {dip:.1f} {length:.0f} {chance.uniform(-2, 2):.1f}"
            sheet.path(mark, stroke=dark if k % 2 else light, width=1 + 1.8 * near, opacity=0.35)
            x += length * chance.uniform(1.2, 2.6)
