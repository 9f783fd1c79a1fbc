"""By fresh water: river, lake, bridge."""

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.buildings import house
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import floor_of, lawn, tiles
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.settings.country import roof_snow
from storyreel.engines.backends.builtin.illustrator.settings.heights import peak
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.water import water
from storyreel.engines.backends.builtin.illustrator.words import sails


def river(scene: Scene) -> Place:
    """A river that comes out of the hills and bends past the viewer; willow and reeds."""
    chance = scene.dice("river")
    sky(scene, 0.56)
    sheet, points = hill(scene, 0.50, 0.06, 0.14, far_paint(scene, "#8aa0b8"), 151)
    scene.add("far hills", sheet, 0.14)
    sheet, points = hill(scene, 0.57, 0.02, 0.32, far_paint(scene, "#74a266"), 152, mist=0.25)
    grove(scene, sheet, points, 0.32, 24, (0.08, 0.17), chance, kinds=("round", "round", "poplar", "pine"))
    scene.add("far bank", sheet, 0.32)
    x, y = scene.x, scene.y
    bends = f"M{x(0.56):.0f} {y(0.60):.0f} C{x(0.20):.0f} {y(0.625):.0f} {x(0.95):.0f} {y(0.655):.0f} {x(0.40):.0f} "
    bends += f"{y(0.70):.0f} C{x(0.0):.0f} {y(0.74):.0f} {x(-0.1):.0f} {y(0.80):.0f} {x(-0.4):.0f} {y(0.95):.0f} "
    bends += f"L{x(1.5):.0f} {y(0.98):.0f} C{x(1.3):.0f} {y(0.80):.0f} {x(0.95):.0f} {y(0.76):.0f} {x(0.90):.0f} "
    bends += f"{y(0.70):.0f} C{x(0.95):.0f} {y(0.645):.0f} {x(0.42):.0f} {y(0.63):.0f} {x(0.60):.0f} {y(0.60):.0f}Z"
    sheet, points = hill(scene, 0.60, 0.004, 0.42, far_paint(scene, "#82b058"), 155, mist=0.05, above=0.5)
    scene.add("meadow", sheet, 0.42)
    water(scene, "water", 0.598, 0.98, 0.5, mirrored=scene.color("#5d8a54", 0.4), reach=0.12, outline=bends)
    sheet = scene.drawing(top=0.3, bottom=0.9)
    tree(scene, sheet, (scene.x(0.06), scene.y(0.80)), scene.tall(0.52), 0.72, chance, "willow", "#7fa84e")
    tree(scene, sheet, (scene.x(0.97), scene.y(0.76)), scene.tall(0.36), 0.66, chance)
    scene.add("near trees", sheet, 0.7)
    lawn(scene, "bank", 0.83, "#7cb054", 153)
    reeds(scene, 0.845)
    frame(scene, "grass")
    return Place(0.93, 0.58, offshore=(0.79, 0.62))


def reeds(scene: Scene, at: float, spans: tuple[tuple[float, float], ...] = ((0, 0.22), (0.8, 1))) -> None:
    """Reeds and bulrushes along a shore, in stretches of the canvas's width."""
    sheet, chance = scene.drawing(top=at - 0.25, bottom=at + 0.05), scene.dice("reeds")
    stem_paint = "#b5a878" if scene.snowy else "#c0a050" if scene.season == "autumn" else "#6f9a4c"
    for k in range(scene.count(56)):
        x = chance.uniform(*spans[k % len(spans)]) * scene.width
        y, height = scene.y(at) + chance.uniform(0, 12), scene.tall(chance.uniform(0.07, 0.18))
        lean = chance.uniform(-0.25, 0.25) * height
        stem = scene.color(stem_paint, 0.8, chance.uniform(0.7, 1.05))
        curve = f"M{x:.0f} {y:.0f} q{lean * 0.2:.0f} {-height * 0.6:.0f} {lean:.0f} {-height:.0f}"
        sheet.path(curve, stroke=stem, width=2.8)
        if k % 3 == 0:
            sheet.oval(x + lean, y - height, 3.8, scene.color("#7a5236", 0.8), ry=11)
    scene.add("reeds", sheet, 0.815, drop=0, motion=Motion(sway=2))


def lake(scene: Scene) -> Place:
    """Still water between mountains and woods that it mirrors; a jetty, a boat, an islet."""
    chance = scene.dice("lake")
    horizon = 0.585
    sky(scene, horizon)
    sheet = scene.drawing(top=0.05, bottom=0.66)
    for k, at in enumerate((0.08, 0.40, 0.70, 0.98)):
        tall = scene.tall((0.26, 0.18, 0.34, 0.24)[k])
        peak(scene, sheet, scene.x(at), scene.y(horizon + 0.02), tall, "#7f94b4", 0.16, chance)
    scene.add("mountains", sheet, 0.14)
    mist(scene, horizon - 0.02, 0.06, 0.2, 0.4, 3)
    sheet, points = hill(scene, 0.555, 0.015, 0.34, far_paint(scene, "#5f8a62"), 171, mist=0.1)
    kinds = ("pine", "pine", "round")
    grove(scene, sheet, points, 0.34, 44, (0.06, 0.14), chance, kinds=kinds, paint="#47745a")
    scene.add("far shore", sheet, 0.34)
    shore = scene.color("#e4ecf4" if scene.snowy else "#4d7658", 0.4)
    water(scene, "water", horizon + 0.005, 0.95, 0.46, paint="#3f86a4", mirrored=shore, reach=0.16)
    _islet(scene)
    lawn(scene, "shore", 0.865, "#86b05c", 173, bloom=1.2)
    reeds(scene, 0.875, ((0.0, 0.2), (0.86, 1.0)))
    if not sails(scene.spec):  # which is where the jetty would be
        _jetty(scene)
    frame(scene, "leaves", -1)
    frame(scene, "grass")
    return Place(0.94, horizon, offshore=(0.80, 0.62))


def _islet(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.4, bottom=0.75), scene.dice("islet")
    x, y, half = scene.x(0.27), scene.y(0.665), scene.wide(0.075)
    rock = scene.color("#8a948c", 0.5)
    sheet.oval(x, y + 5, half * 1.1, darken(rock, 0.5), ry=8, opacity=0.5)
    sheet.path(
        f"M{x - half:.0f} {y:.0f} Q{x - half * 0.5:.0f} {y - 24:.0f} {x:.0f} {y - 20:.0f} T{x + half:.0f} {y:.0f}Z",
        rock,
    )
    for dx, tall in ((-0.35, 0.13), (0.3, 0.11), (0.0, 0.19)):
        tree(scene, sheet, (x + dx * half, y - 10), scene.tall(tall), 0.5, chance, "pine", "#3f6a50")
    scene.add("islet", sheet, 0.5)


def _jetty(scene: Scene) -> None:
    """Planks on posts, out over the water from the right, with a boat at its head."""
    chance = scene.dice("jetty")
    wood = snow_color(scene, 0.8) if scene.snowy else scene.color("#a8845c", 0.82)
    near, far = (scene.x(1.0), scene.y(0.93)), (scene.x(0.70), scene.y(0.735))
    wide = scene.wide(0.11)
    sheet = scene.drawing(top=0.4, bottom=0.8)
    scenery.put(scene, sheet, "moored_boat", far[0] - scene.wide(0.035), far[1] + 4, scene.tall(0.2), 0.66)
    scene.add("moored boat", sheet, 0.6, motion=Motion(hover=0.5))  # behind who swims
    sheet = scene.drawing(top=0.45)
    number = 15
    for k in range(number, 0, -1):
        a, b = ((k - 1) / number) ** 0.8, (k / number) ** 0.8
        (xa, ya, wa), (xb, yb, wb) = (
            (near[0] + (far[0] - near[0]) * t, near[1] + (far[1] - near[1]) * t, wide * (1 - 0.68 * t)) for t in (a, b)
        )
        if k % 4 == 0:
            for x in (xb, xb + wb):
                sheet.rect(x - 4, yb - 12, 8, 48 * (1.2 - b), darken(scene.color("#6a4c34", 0.8), 0.9))
        board = [(xa, ya - 1), (xb, yb + 2), (xb + wb, yb + 2), (xa + wa, ya - 1)]
        sheet.polygon(board, darken(wood, chance.uniform(0.84, 1.05)))
    sheet.path(f"M{near[0]:.0f} {near[1]:.0f} L{far[0]:.0f} {far[1]:.0f}", stroke=darken(wood, 0.6), width=4)
    scene.add("jetty", sheet, 0.74)


def bridge(scene: Scene) -> Place:
    """On a stone bridge: its parapet behind the figures, the river and another bridge in the distance."""
    chance = scene.dice("bridge")
    horizon = 0.55
    sky(scene, horizon)
    sheet, points = hill(scene, 0.50, 0.05, 0.16, far_paint(scene, "#8aa0b8"), 181)
    scene.add("hills", sheet, 0.16)
    sheet, points = hill(scene, 0.555, 0.01, 0.3, far_paint(scene, "#7aa268"), 182, mist=0.2, above=0.4)
    grove(scene, sheet, points, 0.3, 18, (0.06, 0.12), chance, gap=(0.38, 0.62))
    scene.add("far bank", sheet, 0.3)
    water(scene, "water", 0.575, 0.9, 0.34, mirrored=scene.color("#6f9064", 0.4), reach=0.07)
    _banks(scene)
    _far_bridge(scene)
    _deck(scene)
    frame(scene, "leaves", -1)
    return Place(0.935, horizon)


def _banks(scene: Scene) -> None:
    """Houses and trees that lead in from both sides."""
    sheet, chance = scene.drawing(top=0.25, bottom=0.9), scene.dice("banks")
    for side in (-1, 1):
        edge = scene.x(0.5) + side * scene.wide(0.62)
        inner = scene.x(0.5) + side * scene.wide(0.07)
        color = scene.color(far_paint(scene, "#7aa85a"), 0.5)
        bank = (
            f"M{edge:.0f} {scene.y(0.60):.0f} L{inner:.0f} {scene.y(0.58):.0f} Q{inner + side * scene.wide(0.12):.0f} "
        )
        sheet.path(
            bank + f"{scene.y(0.64):.0f} {inner + side * scene.wide(0.28):.0f} {scene.y(0.86):.0f} H{edge:.0f}Z", color
        )
        for k, (out, up, size) in enumerate(((0.13, 0.595, 0.06), (0.22, 0.635, 0.10), (0.36, 0.70, 0.16))):
            x, y = scene.x(0.5) + side * scene.wide(out), scene.y(up)
            depth = 0.36 + 0.1 * k
            tree(scene, sheet, (x + scene.wide(size) * 0.9 * side, y + 4), scene.tall(size * 1.9), depth, chance)
            left = x - scene.wide(size) / 2
            if scene.chinese:
                eastern.house(scene, sheet, left, y, scene.wide(size), depth, lantern=k > 1)
            else:
                walls, tiled = ("#e3cda6", "#d8b8a0", "#cfc8b4")[k], ("#a4553f", "#6a6474", "#9a5a42")[k]
                house(scene, sheet, left, y, scene.wide(size), depth, walls, tiled, roof_snow(scene, depth))
    scene.add("banks", sheet, 0.48)


def _far_bridge(scene: Scene) -> None:
    sheet = scene.drawing(top=0.45, bottom=0.68)
    stone = scene.color("#b8ac9a", 0.38)
    x, y, w = scene.x(0.5), scene.y(0.60), scene.wide(0.19)
    arch = (
        f"M{x - w:.0f} {y - 4:.0f} Q{x:.0f} {y - w * 0.42:.0f} {x + w:.0f} {y - 4:.0f} V{y + 8:.0f} H{x + w * 0.5:.0f} "
    )
    sheet.path(arch + f"A{w * 0.5:.0f} {w * 0.30:.0f} 0 0 0 {x - w * 0.5:.0f} {y + 8:.0f} H{x - w:.0f}Z", stone)
    rail = f"M{x - w:.0f} {y - 6:.0f} Q{x:.0f} {y - w * 0.44:.0f} {x + w:.0f} {y - 6:.0f}"
    sheet.path(rail, stroke=snow_color(scene, 0.5) if scene.snowy else mix(stone, "#ffffff", 0.25), width=4)
    sheet.oval(x, y + 10, w * 0.49, darken(stone, 0.5), ry=w * 0.035, opacity=0.3)
    scene.add("far bridge", sheet, 0.4)


def _deck(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.5), scene.dice("deck")
    stone = scene.color("#c4b8a4", 0.85)
    top, rail = scene.y(0.845), scene.y(0.745)
    sheet.rect(0, top - 4, scene.width, scene.height - top + 8, darken(stone, 0.6))
    floor = floor_of(scene, 0.60, 0.17)
    tiles(sheet, floor, top, round(scene.width * 1.6 / floor.width) + 6, 0.7, [stone, darken(stone, 0.94)], chance)
    shade = sheet.linear([(0, "#000000", 0.3), (0.3, "#000000", 0), (1, "#000000", 0.35)])
    sheet.rect(0, top, scene.width, scene.height - top, shade)
    _parapet(scene, sheet, rail, top)
    scene.add("deck", sheet, 0.76)


def _parapet(scene: Scene, sheet: Drawing, rail: float, foot: float) -> None:
    """Balusters under a coping, posts with lamps on them."""
    stone = scene.color("#d4c8b2", 0.82)
    cope = snow_color(scene, 0.85) if scene.snowy else mix(stone, "#ffffff", 0.12)
    step = scene.wide(0.022)
    for k in range(int(scene.width / step) + 2):
        x = k * step
        sheet.path(
            f"M{x - step * 0.2:.1f} {foot:.1f} Q{x - step * 0.42:.1f} {(foot + rail) / 2:.1f} {x - step * 0.14:.1f} "
            f"{rail:.1f} H{x + step * 0.14:.1f} Q{x + step * 0.42:.1f} {(foot + rail) / 2:.1f} "
            f"{x + step * 0.2:.1f} {foot:.1f}Z",
            darken(stone, 0.9),
        )
    sheet.rect(0, foot - 10, scene.width, 14, darken(stone, 0.78))
    sheet.rect(0, rail - 8, scene.width, 16, sheet.linear([(0, cope), (1, darken(stone, 0.72))]))
    for at in (-0.02, 0.24, 0.76, 1.02):
        x, w = scene.x(at), scene.wide(0.026)
        sheet.rect(x - w / 2, rail - 24, w, foot - rail + 30, sheet.linear([(0, stone), (1, darken(stone, 0.7))]))
        sheet.rect(x - w * 0.65, rail - 32, w * 1.3, 11, cope)
        lamp = "stone_lantern" if scene.chinese else "lamp_post"
        scenery.put(scene, sheet, lamp, x, rail - 30, scene.tall(0.15 if scene.chinese else 0.30), 0.85)


SETTINGS = {
    "river": Setting(river),
    "lake": Setting(lake, sun=(0.42, 0.2)),
    "bridge": Setting(bridge, sun=(0.5, 0.24)),
}
