"""Worked land: farm, rice field, the open road."""

import itertools
import math

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.buildings import house
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import frame, height_at, hill, mist, ridge, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint, grass_paint
from storyreel.engines.backends.builtin.illustrator.settings.country import roof_snow
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth
from storyreel.engines.backends.builtin.illustrator.water import water_color

_CROPS = {"": "#8fb24a", "spring": "#a9cc62", "summer": "#7fb03f", "autumn": "#dcb04a", "winter": "#e9eff5"}
_RICE = {"": "#8fbf4f", "spring": "#a6d06a", "summer": "#6fb04a", "autumn": "#e0b444", "winter": "#b8a878"}


def farm(scene: Scene) -> Place:
    """A red barn and its silo, crops in rows, a windmill on the hill, hay, a fence; farmhouses in old China."""
    chance = scene.dice("farm")
    sky(scene, 0.60)
    sheet, points = hill(scene, 0.56, 0.04, 0.22, far_paint(scene, "#86a88c"), 191)
    grove(scene, sheet, points, 0.22, 12, (0.04, 0.08), chance)
    if not scene.old_china:
        scenery.put(scene, sheet, "windmill", scene.x(0.30), scene.y(0.585), scene.tall(0.22), 0.42)
    scene.add("hills", sheet, 0.22)
    sheet, points = hill(scene, 0.63, 0.012, 0.42, far_paint(scene, "#7fae5c"), 192, mist=0.1, above=0.5)
    _crop_rows(scene, sheet, 0.645, 0.80, 0.30)
    scene.add("crops", sheet, 0.42)
    sheet = scene.drawing(top=0.2, bottom=0.84)
    x, y = scene.x(0.82), scene.y(0.775)
    tree(scene, sheet, (scene.x(1.0), y), scene.tall(0.44), 0.6, chance)
    left = scene.x(0.02)
    if scene.old_china:
        eastern.house(scene, sheet, x - scene.wide(0.14), y + 4, scene.wide(0.27), 0.64, lantern=False)
        eastern.house(scene, sheet, left, y - 4, scene.wide(0.16), 0.6)
    else:
        _barn(scene, sheet, x, y)
        house(scene, sheet, left, y - 4, scene.wide(0.13), 0.6, "#efe4cc", "#8a5c46", roof_snow(scene, 0.6))
    tree(scene, sheet, (left + scene.wide(0.17), y), scene.tall(0.28), 0.6, chance)
    scene.add("barn", sheet, 0.6)
    lawn(scene, "yard", 0.785, "#a0b25c", 193, bloom=0.5)
    path(scene, "#cbb088", 0.79, to=0.62)
    _rail_fence(scene)
    sheet = scene.drawing(top=0.6)
    for at, size, foot in ((0.10, 0.17, 0.90), (0.19, 0.15, 0.875), (0.955, 0.19, 0.92)):
        scenery.put(scene, sheet, "hay_bale", scene.x(at), scene.y(foot), scene.tall(size), 0.88)
    scene.add("hay", sheet, 0.84)
    frame(scene, "grass")
    return Place(0.925, 0.60)


def _barn(scene: Scene, sheet: Drawing, x: float, y: float) -> None:
    """The barn whose middle is at (x, y), its silo beside it."""
    scenery.put(scene, sheet, "silo", x - scene.wide(0.135), y, scene.tall(0.40), 0.62)
    scenery.put(scene, sheet, "barn", x, y + 4, scene.tall(0.34), 0.66)
    if scene.snowy:
        sheet.path(f"M{x - scene.tall(0.23):.0f} {y - scene.tall(0.17):.0f} L{x - scene.tall(0.153):.0f} "
                   f"{y - scene.tall(0.297):.0f} L{x:.0f} {y - scene.tall(0.352):.0f} L{x + scene.tall(0.153):.0f} "
                   f"{y - scene.tall(0.297):.0f} L{x + scene.tall(0.23):.0f} {y - scene.tall(0.17):.0f}",
                   stroke=snow_color(scene, 0.7), width=scene.tall(0.022))  # fmt: skip


def _crop_rows(scene: Scene, sheet: Drawing, top: float, foot: float, toward: float) -> None:
    """Furrows that run together in the distance, at `toward` across the picture."""
    color = scene.color(_CROPS.get(scene.season, _CROPS[""]), 0.5)
    soil = snow_color(scene, 0.5) if scene.snowy else scene.color("#9a7a50", 0.5)
    x, y0, y1 = scene.x(toward), scene.y(top), scene.y(foot)
    for k in range(-15, 16):
        a, b = x + k * scene.wide(0.012), x + k * scene.wide(0.075)
        half, near = scene.wide(0.004), scene.wide(0.024)
        paint = darken(color, 0.9 if k % 2 else 1.04)
        if k % 3 == 0:
            sheet.polygon([(a - half, y0), (a + half, y0), (b + near, y1), (b - near, y1)], soil)
        else:
            sheet.polygon([(a - half * 1.4, y0), (a + half * 1.4, y0), (b + near, y1), (b - near, y1)], paint)


def _rail_fence(scene: Scene) -> None:
    sheet = scene.drawing(top=0.7, bottom=0.9)
    wood = scene.color("#a07850", 0.8)
    foot, tall, step = scene.y(0.835), scene.tall(0.085), scene.wide(0.075)
    x = scene.x(0.0) - scene.margin
    while x < scene.width:
        share = (x - scene.margin) / scene.picture_width
        if not 0.30 < share < 0.72:
            for up in (0.35, 0.8):
                sheet.rect(x, foot - tall * up, step, 6, darken(wood, 0.9))
            sheet.rect(x - 4, foot - tall, 9, tall + 3, wood, round_=2)
            if scene.snowy:
                sheet.oval(x, foot - tall, 8, snow_color(scene, 0.85), ry=4)
        x += step
    scene.add("fence", sheet, 0.78)


def rice_field(scene: Scene) -> Place:
    """Terraces that step down toward the viewer: water that holds the sky, rows of rice, grassy banks; steep hills."""
    chance = scene.dice("rice field")
    sky(scene, 0.52)
    karst(scene, 0.50, 0.12, 9, (0.10, 0.24), "#8fa8b4")
    karst(scene, 0.55, 0.26, 6, (0.08, 0.20), "#7d9f94")
    if not scene.look.manga:
        mist(scene, 0.54, 0.06, 0.28, 0.5, 6)
    rows = ((0.555, 0.34), (0.595, 0.42), (0.64, 0.50), (0.70, 0.58), (0.775, 0.68))
    for i, (height, depth) in enumerate(rows):
        sheet = scene.drawing(top=height - 0.22, bottom=min(1.2, height + 0.2))
        if i == 1:
            for at in (0.16, 0.24):
                left = scene.x(at)
                eastern.house(scene, sheet, left, scene.y(0.60), scene.wide(0.07), depth, lantern=False)
            tree(scene, sheet, (scene.x(0.33), scene.y(0.61)), scene.tall(0.13), depth, chance, "bamboo", "#6f9f4c")
        if i == 3:
            tree(scene, sheet, (scene.x(0.93), scene.y(0.71)), scene.tall(0.24), depth, chance, "bamboo", "#6f9f4c")
        _terrace(scene, sheet, i, height, depth)
        scene.add(f"terrace {i}", sheet, depth)
    lawn(scene, "bank", 0.865, "#86ac4e", 197, swing=0.008)
    frame(scene, "grass")
    return Place(0.935, 0.52)


def karst(scene: Scene, foot: float, depth: float, number: float, heights: tuple[float, float], paint: str) -> None:
    """Steep round-topped hills, as in ink paintings."""
    sheet, chance = scene.drawing(top=0.1, bottom=foot + 0.2), scene.dice(f"karst {depth}")
    color = scene.color(far_paint(scene, paint), depth)
    y, count = scene.y(foot + 0.02), scene.count(number)
    for k in range(count):
        x = scene.x((k + chance.uniform(0.1, 0.9)) / count * 1.2 - 0.1)
        h = scene.tall(chance.uniform(*heights))
        w = h * chance.uniform(0.42, 0.75)
        lean = chance.uniform(-0.1, 0.1) * w
        shape = f"M{x - w:.0f} {y:.0f} C{x - w * 0.7:.0f} {y - h * 0.5:.0f} {x - w * 0.6 + lean:.0f} {y - h:.0f} "
        shape += f"{x + lean:.0f} {y - h:.0f} S{x + w * 0.75:.0f} {y - h * 0.4:.0f} {x + w * 1.1:.0f} {y:.0f}Z"
        fade = sheet.linear([(0, darken(color, 0.93)), (1, mix(color, scene.palette.haze, 0.55))])
        sheet.path(shape, fade)
        crag = f"M{x + lean + w * 0.1:.0f} {y - h * 0.96:.0f} q{w * 0.2:.0f} {h * 0.3:.0f} {w * 0.1:.0f} {h * 0.6:.0f}"
        sheet.path(crag, stroke=darken(color, 0.82), width=max(2, w * 0.07), opacity=0.5)
    sheet.rect(0, y - 2, scene.width, scene.tall(0.16), mix(color, scene.palette.haze, 0.55))
    scene.add(f"karst {depth}", sheet, depth)


def _terrace(scene: Scene, sheet: Drawing, row: int, height: float, depth: float) -> None:
    """One step: the paddy that holds the sky, rice in clumps on it, and the grassy bank it falls to the next."""
    chance, sky_ = scene.dice(f"terrace {row}"), scene.palette.sky
    points = ridge(scene, height, 0.022 + 0.006 * row, 400 + 7 * row + scene.seed % 97, step=40)
    deep, fall = scene.tall(0.030 + 0.014 * row), scene.tall(0.014 + 0.009 * row)
    bank = scene.color(grass_paint(scene, "#5f8a3c"), depth, 0.92)
    sheen = water_color(scene, "#7fb4c4", depth)
    fade = sheet.linear([(0, mix(sky_[3], "#ffffff", 0.1)), (1, mix(sky_[2], sheen, 0.4))])
    foot = [(x, y + deep * (0.8 + 0.3 * math.sin(x * 0.004 + row * 1.7))) for x, y in points]
    sheet.path(smooth(points, max(y for _, y in foot) + fall), fade)
    sheet.path(smooth(points), stroke=darken(bank, 0.7), width=2 + row, opacity=0.6)
    if scene.season != "winter":
        _rice(scene, sheet, points, foot, scene.color(_RICE.get(scene.season, _RICE[""]), depth), row)
    low = [(x, y + fall) for x, y in foot]
    face = smooth(foot) + " L" + " L".join(f"{x:.0f} {y:.0f}" for x, y in reversed(low)) + "Z"
    below = scene.color(grass_paint(scene, "#46682e"), depth, 0.8)
    sheet.path(smooth(low, scene.y(height + 0.3)), darken(below, 0.8))
    sheet.path(face, sheet.linear([(0, bank), (1, darken(bank, 0.55))]))
    sheet.path(smooth(foot), stroke=mix(bank, scene.palette.key, 0.4), width=3 + row)
    fringe = ""
    for _ in range(scene.count(70)):
        x = chance.uniform(0, scene.width)
        y = height_at(foot, x)
        fringe += f"M{x:.0f} {y + 3:.0f} l{chance.uniform(-4, 4):.0f} {-5 - 2 * row} "
    sheet.path(fringe, stroke=darken(bank, 0.9), width=1.6)


def _rice(scene: Scene, sheet: Drawing, points: list[Point], foot: list[Point], color: Color, row: int) -> None:
    """Clumps in rows that follow the bank; the water shows between them, widest in spring."""
    chance = scene.dice(f"rice {row}")
    thin = scene.season == "spring"
    tall = scene.tall(0.007 + 0.0035 * row) * (0.7 if thin else 1.1)
    for k in range(3):
        t = 0.28 + 0.30 * k
        shade, clumps = darken(color, 0.78 + 0.12 * k), ""
        x = chance.uniform(0, 20)
        while x < scene.width:
            y = height_at(points, x) * (1 - t) + height_at(foot, x) * t
            for lean in (-0.5, 0, 0.5):
                clumps += f"M{x:.0f} {y:.0f} q{lean * 3:.1f} {-tall * 0.6:.1f} {lean * tall:.1f} {-tall:.1f} "
            x += tall * (1.9 if thin else 0.95) * chance.uniform(0.8, 1.2)
        sheet.path(clumps, stroke=shade, width=1.4 + 0.5 * row)


def road(scene: Scene) -> Place:
    """A country road to the horizon between poplars and fields; poles and wires, a milestone."""
    chance = scene.dice("road")
    horizon = 0.57
    sky(scene, horizon)
    sheet, points = hill(scene, 0.545, 0.03, 0.18, far_paint(scene, "#86a0a8"), 211)
    grove(scene, sheet, points, 0.18, 12, (0.03, 0.06), chance)
    scene.add("hills", sheet, 0.18)
    sheet, _ = hill(scene, 0.595, 0.006, 0.4, far_paint(scene, "#9ab45c"), 212, mist=0.15, above=0.4)
    _crop_rows(scene, sheet, 0.60, 0.86, 0.5)
    scene.add("fields", sheet, 0.4)
    _avenue(scene)
    lawn(scene, "verge", 0.83, "#86ac54", 213, swing=0.006)
    _roadway(scene, horizon)
    sheet = scene.drawing(top=0.6)
    scenery.put(scene, sheet, "milestone", scene.x(0.10), scene.y(0.885), scene.tall(0.12), 0.85)
    scenery.put(scene, sheet, "sign", scene.x(0.90), scene.y(0.88), scene.tall(0.24), 0.85)
    scene.add("milestone", sheet, 0.83)
    frame(scene, "grass")
    return Place(0.93, horizon)


def _avenue(scene: Scene) -> None:
    """Poplars in two rows that shrink toward the vanishing point, and wires beside them."""
    x0, y0 = scene.x(0.5), scene.y(0.585)
    for group, (first, last, depth) in enumerate(((6, 9, 0.44), (3, 6, 0.54), (1, 3, 0.66))):
        sheet, chance = scene.drawing(top=-0.1, bottom=0.95), scene.dice(f"avenue {group}")
        for k in range(last - 1, first - 1, -1):
            near = 1 / (0.45 + 0.42 * k)
            for side in (-1, 1):
                x = x0 + side * scene.wide(0.36) * near
                y = y0 + scene.tall(0.30) * near * 0.8
                tree(scene, sheet, (x, y), scene.tall(0.62) * near, depth, chance, "poplar", "#5f9446")
        scene.add(f"avenue {group}", sheet, depth)
    sheet = scene.drawing(top=0.0, bottom=0.9)
    tops: list[Point] = []
    for near in (0.12, 0.2, 0.34, 0.6, 1.05):
        x, y, tall = x0 + scene.wide(0.62) * near, y0 + scene.tall(0.28) * near, scene.tall(0.66) * near
        scenery.put(scene, sheet, "pole", x, y, tall, 0.3 + 0.4 * near)
        tops.append((x, y - tall * 0.9))
    wires = ""
    for (ax, ay), (bx, by) in itertools.pairwise(tops):
        wires += (
            f"M{ax:.0f} {ay:.0f} Q{(ax + bx) / 2:.0f} {(ay + by) / 2 + (by - ay) * -0.2 + 12:.0f} {bx:.0f} {by:.0f} "
        )
    sheet.path(wires, stroke=darken(scene.palette.sky[0], 0.5), width=1.2, opacity=0.7)
    scene.add("poles", sheet, 0.5)


def _roadway(scene: Scene, horizon: float) -> None:
    sheet, chance = scene.drawing(top=horizon), scene.dice("roadway")
    color = snow_color(scene, 0.8) if scene.snowy else scene.color("#cdb58c", 0.85)
    x, y0, y1 = scene.x(0.5), scene.y(horizon + 0.03), scene.height
    wide = scene.wide(0.40)
    way = [(x - 4, y0), (x + 4, y0), (x + wide, y1), (x - wide, y1)]
    sheet.polygon(way, sheet.linear([(0, mix(color, scene.palette.haze, 0.4)), (0.4, color), (1, darken(color, 0.78))]))
    for a, b in ((-0.52, -0.34), (0.34, 0.52)):
        rut = [(x + 4 * a, y0), (x + 4 * b, y0), (x + wide * b, y1), (x + wide * a, y1)]
        sheet.polygon(rut, darken(color, 0.8), opacity=0.55)
    for _ in range(scene.count(60)):
        near = math.sqrt(chance.random())
        px, py = x + chance.uniform(-0.95, 0.95) * wide * near, y0 + (y1 - y0) * near
        shade = mix(color, "#ffffff", 0.3) if chance.random() < 0.4 else darken(color, 0.76)
        sheet.oval(px, py, 7 * near * chance.uniform(0.4, 1.2), shade, ry=2 * near, opacity=0.6)
    edges = ""
    for side in (-1, 1):
        for _ in range(scene.count(70)):
            near = chance.random()
            ex, ey = x + side * (wide * near + 4), y0 + (y1 - y0) * near
            tall = scene.tall(0.004 + 0.022 * near)
            edges += f"M{ex:.0f} {ey:.0f} q{-side * 2:.0f} {-tall * 0.6:.0f} {chance.uniform(-6, 6):.0f} {-tall:.0f} "
    sheet.path(edges, stroke=scene.color(grass_paint(scene, "#6f9a44"), 0.85), width=2.4)
    scene.add("roadway", sheet, 0.806, edge=0, drop=0)


SETTINGS = {
    "farm": Setting(farm, sun=(0.5, 0.2)),
    "rice field": Setting(rice_field, sun=(0.3, 0.2)),
    "road": Setting(road, sun=(0.5, 0.26)),
}
