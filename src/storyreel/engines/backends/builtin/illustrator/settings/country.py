"""Green places: garden, meadow, village, park."""

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.buildings import building, house
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import frame, height_at, hill, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint, growth
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.smoke import smoke
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.water import water

_WALLS = ("#e3cda6", "#d8b896", "#cfc4a8", "#e0c49a", "#d4ae94")
_ROOFS = ("#a4553f", "#8a5c46", "#b5663f", "#6a6474", "#966f42")
_PLAYGROUND = (("swing", 0.16, 0.725, 0.19), ("slide", 0.34, 0.72, 0.15), ("fountain", 0.84, 0.735, 0.17))


def roof_snow(scene: Scene, depth: float) -> Color | None:
    return snow_color(scene, depth) if scene.snowy else None


def garden(scene: Scene) -> Place:
    chance = scene.dice("garden")
    sky(scene, 0.64)
    sheet, points = hill(scene, 0.60, 0.035, 0.22, far_paint(scene, "#7f9aa0"), 3, mist=0.3)
    grove(scene, sheet, points, 0.22, 20, (0.05, 0.10), chance, paint="#54805a")
    scene.add("hills", sheet, 0.22)
    sheet, points = hill(scene, 0.715, 0.012, 0.55, far_paint(scene, "#5d8a4a"), 8, mist=0.15, above=0.6)
    left = scene.x(0.03)
    tree(scene, sheet, (left + scene.wide(0.255), scene.y(0.765)), scene.tall(0.36), 0.6, chance, paint="#4c8246")
    _cottage(scene, sheet, left, scene.y(0.775), 0.20, 0.62, "#efe0c4", "#b0563e", smokes=True)
    tree(scene, sheet, (scene.x(0.93), scene.y(0.78)), scene.tall(0.50), 0.62, chance, paint="#487c40")
    scene.add("house", sheet, 0.55)
    _fence(scene)
    lawn(scene, "lawn", 0.80, "#72ae50", 12, bloom=1.2)
    path(scene, "#d8c49c", 0.81, to=0.30, width=0.8)
    _flower_bed(scene)
    frame(scene, "grass")
    frame(scene, "leaves", 1)
    return Place(0.915, 0.64)


def _fence(scene: Scene) -> None:
    sheet = scene.drawing(top=0.6, bottom=0.82)
    if scene.chinese:
        eastern.wall(scene, sheet, 0, scene.width, scene.y(0.80), scene.tall(0.085), 0.66)
        scene.add("fence", sheet, 0.66)
        return
    wood, foot, height = scene.color("#f0e6d4", 0.72), scene.y(0.80), scene.tall(0.075)
    snow = snow_color(scene, 0.8)
    for i in range(int(scene.width / 26) + 1):
        x = i * 26.0
        slat = f"M{x} {foot} V{foot - height} L{x + 7} {foot - height - 8} L{x + 14} {foot - height} V{foot}Z"
        sheet.path(slat, wood if i % 3 else darken(wood, 0.93))
        if scene.snowy:
            sheet.oval(x + 7, foot - height - 5, 8, snow, ry=4)
    for up in (0.18, 0.67):
        sheet.rect(0, foot - height * up - 3, scene.width, 6, darken(wood, 0.8))
    scene.add("fence", sheet, 0.66)


def _flower_bed(scene: Scene) -> None:
    """Bushes in front of the fence, flowering when anything does."""
    sheet, chance = scene.drawing(top=0.7, bottom=0.9), scene.dice("flower bed")
    blooms = growth(scene).flowers if growth(scene).bloom >= 1 else ()
    for _ in range(scene.count(15)):
        x, size = chance.uniform(0.45, 1.05) * scene.width, scene.tall(chance.uniform(0.025, 0.05))
        y = scene.y(0.815)
        color = snow_color(scene, 0.8) if scene.snowy else scene.color("#4f8a48", 0.8, chance.uniform(0.8, 1.05))
        sheet.oval(x, y - size * 0.5, size * 1.3, darken(color, 0.75), ry=size)
        sheet.oval(x - size * 0.2, y - size * 0.65, size, color, ry=size * 0.75)
        for k in range(9 if blooms else 0):
            at = x + chance.uniform(-1.1, 0.9) * size, y - size * chance.uniform(0.1, 1.3)
            sheet.oval(*at, chance.uniform(2.4, 4.4), scene.color(blooms[k % len(blooms)], 0.95))
    scene.add("flower bed", sheet, 0.78)


def meadow(scene: Scene) -> Place:
    chance = scene.dice("meadow")
    sky(scene, 0.60)
    rows = (
        (0.55, 0.05, 0.12, "#8aa4b0", 0, (0.02, 0.04)),
        (0.60, 0.045, 0.28, "#7c9f86", 16, (0.04, 0.07)),
        (0.67, 0.035, 0.46, "#78a85c", 11, (0.09, 0.17)),
    )
    for i, (height, swing, depth, paint, number, sizes) in enumerate(rows):
        sheet, points = hill(scene, height, swing, depth, far_paint(scene, paint), 100 + i, mist=0.25)
        if number:
            grove(scene, sheet, points, depth, number, sizes, chance, kinds=("round", "round", "pine", "poplar"))
        scene.add(f"hills {i}", sheet, depth)
    sheet, points = hill(scene, 0.715, 0.02, 0.62, far_paint(scene, "#7fb052"), 104, mist=0.1, above=0.6)
    x = scene.x(0.86)
    tree(scene, sheet, (x, height_at(points, x) + 14), scene.tall(0.48), 0.66, chance, paint="#568f42")
    scene.add("oak", sheet, 0.6)
    lawn(scene, "meadow", 0.75, "#82b850", 130, bloom=1.5)
    path(scene, "#dcc48f", 0.765)
    frame(scene, "grass")
    frame(scene, "leaves", -1)
    return Place(0.915, 0.6)


def village(scene: Scene) -> Place:
    """Cottages about a green; where the cast is Chinese, white walls under grey tiles."""
    chance = scene.dice("village")
    sky(scene, 0.60)
    sheet, _ = hill(scene, 0.53, 0.06, 0.14, far_paint(scene, "#8a9fb4"), 141)
    scene.add("far hills", sheet, 0.14)
    sheet, points = hill(scene, 0.61, 0.045, 0.34, far_paint(scene, "#7c9f6e"), 142, mist=0.25)
    for i in range(scene.count(7)):
        x = scene.x((i + chance.uniform(0.1, 0.6)) / scene.count(7))
        walls, tiles = chance.choice(_WALLS), chance.choice(_ROOFS)
        beside = x - scene.wide(0.02)
        tree(scene, sheet, (beside, height_at(points, beside) + 8), scene.tall(0.12), 0.33, chance)
        _cottage(scene, sheet, x, height_at(points, x) + 14, 0.06, 0.36, walls, tiles)
    scene.add("far village", sheet, 0.34)
    if not scene.look.manga:
        mist(scene, 0.64, 0.08, 0.36, 0.35, 4)
    sheet, points = hill(scene, 0.73, 0.02, 0.58, far_paint(scene, "#6f9a52"), 143, mist=0.1, above=0.6)
    for at in (0.19, 0.665, 0.845):
        x = scene.x(at)
        tree(scene, sheet, (x, height_at(points, x) + 18), scene.tall(0.30), 0.58, chance)
    for which, (at, width) in enumerate(((0.0, 0.17), (0.215, 0.13), (0.69, 0.14), (0.865, 0.19))):
        x = scene.x(at)
        y = height_at(points, x) + 26
        _cottage(scene, sheet, x, y, width, 0.64, _WALLS[which], _ROOFS[which], smokes=which % 2 == 0)
    scene.add("village", sheet, 0.58)
    lawn(scene, "green", 0.79, "#82b256", 144)
    path(scene, "#d8c094", 0.795)
    sheet = scene.drawing(top=0.6, bottom=0.95)
    scenery.put(scene, sheet, "well", scene.x(0.80), scene.y(0.855), scene.tall(0.17), 0.85)
    scene.add("well", sheet, 0.82)
    frame(scene, "grass")
    return Place(0.915, 0.6)


def _cottage(
    scene: Scene,
    sheet: Drawing,
    x: float,
    y: float,
    width: float,
    depth: float,
    wall: str,
    tiles: str,
    *,
    smokes: bool = False,
) -> None:
    if scene.chinese:
        eastern.house(scene, sheet, x, y, scene.wide(width), depth, lantern=depth > 0.5)
    else:
        house(scene, sheet, x, y, scene.wide(width), depth, wall, tiles, roof_snow(scene, depth))
    if smokes:
        wide = scene.wide(width)
        smoke(scene, x + wide * 0.775, y - wide * (0.8 if scene.chinese else 1.17), scene.tall(0.24), depth - 0.03)


def _city(scene: Scene, chance: Chance) -> None:
    """Houses beyond the trees."""
    sheet = scene.drawing(top=0.2, bottom=0.66)
    number = scene.count(15)
    for k in range(number):
        tall = scene.tall(chance.uniform(0.12, 0.3))
        color = scene.color("#8f95a8", 0.16)
        lit = 0.4 if scene.palette.lamps else 0.05
        building(
            sheet,
            k * scene.width / number,
            scene.y(0.64),
            scene.width / number * 0.92,
            tall,
            color,
            chance,
            lit,
            (5, 7),
        )
    scene.add("city", sheet, 0.14)


def park(scene: Scene) -> Place:
    """Lawns about a pond, a lamp-lit path with a bench, swings and a slide, the city beyond; a hall in old China."""
    chance = scene.dice("park")
    sky(scene, 0.58)
    if not scene.old_china:
        _city(scene, chance)
    sheet, points = hill(scene, 0.62, 0.015, 0.36, far_paint(scene, "#6f9a5c"), 161, mist=0.25)
    grove(scene, sheet, points, 0.36, 26, (0.12, 0.24), chance, paint="#4c8448")
    scene.add("trees", sheet, 0.36)
    sheet, points = hill(scene, 0.685, 0.01, 0.5, far_paint(scene, "#78ac52"), 162, mist=0.1, above=0.6)
    if scene.old_china:
        eastern.hall(scene, sheet, scene.x(0.22), scene.y(0.735), scene.wide(0.2), 0.6)
    else:
        for name, at, foot, tall in _PLAYGROUND:
            scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(tall), 0.6)
    scene.add("playground", sheet, 0.52)
    shore = f"M{scene.x(0.52):.0f} {scene.y(0.745):.0f} C{scene.x(0.6):.0f} {scene.y(0.715):.0f} {scene.x(1.1):.0f} "
    shore += f"{scene.y(0.72):.0f} {scene.width:.0f} {scene.y(0.74):.0f} V{scene.y(0.80):.0f} H{scene.x(0.6):.0f}Z"
    water(scene, "pond", 0.715, 0.82, 0.56, mirrored=scene.color("#4c8448", 0.5), reach=0.04, outline=shore)
    lawn(scene, "lawn", 0.775, "#74b04e", 163)
    path(scene, "#d9cbb0", 0.785, to=0.42)
    sheet = scene.drawing(top=0.25)
    tree(scene, sheet, (scene.x(0.03), scene.y(0.86)), scene.tall(0.62), 0.86, chance, paint="#4f8a40")
    lamp, tall = ("stone_lantern", 0.26) if scene.old_china else ("lamp_post", 0.47)
    for name, at, high in ((lamp, 0.20, tall), ("bench", 0.78, 0.14), (lamp, 0.93, tall)):
        scenery.put(scene, sheet, name, scene.x(at), scene.y(0.867), scene.tall(high), 0.86)
    scene.add("bench", sheet, 0.83)
    frame(scene, "grass")
    frame(scene, "leaves", 1)
    return Place(0.92, 0.58)


SETTINGS = {
    "garden": Setting(garden, sun=(0.80, 0.2)),
    "meadow": Setting(meadow),
    "village": Setting(village, sun=(0.22, 0.2)),
    "park": Setting(park, sun=(0.3, 0.18)),
}
