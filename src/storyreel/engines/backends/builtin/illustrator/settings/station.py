"""A railway station: the platform under its canopy, a train that waits."""

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.buildings import building
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import floor_of, tiles
from storyreel.engines.backends.builtin.illustrator.land import hill, snow_color, trace
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_IRON = "#3f5a5a"


def station(scene: Scene) -> Place:
    chance, horizon = scene.dice("station"), 0.57
    sky(scene, horizon)
    sheet = scene.drawing(top=0.2, bottom=0.7)
    number = scene.count(13)
    for k in range(number):
        lit = 0.4 if scene.palette.lamps else 0.05
        tall, color = scene.tall(chance.uniform(0.06, 0.2)), scene.color("#948a90", 0.2)
        building(
            sheet, k * scene.width / number, scene.y(0.62), scene.width / number * 0.9, tall, color, chance, lit, (5, 7)
        )
    scene.add("town", sheet, 0.16)
    sheet, points = hill(scene, 0.60, 0.012, 0.34, far_paint(scene, "#7a9c68"), 331, mist=0.2)
    grove(scene, sheet, points, 0.34, 16, (0.06, 0.13), chance)
    scene.add("trees", sheet, 0.34)
    _rails(scene)
    sheet = scene.drawing(top=0.3, bottom=0.82)
    tall = scene.tall(0.31)
    step = tall * 3.22
    for k in range(-1, int(scene.picture_width / step) + 2):
        scenery.put(scene, sheet, "carriage", scene.x(0.18) + step * k, scene.y(0.775), tall, 0.7)
    scene.add("train", sheet, 0.52)
    _platform(scene)
    _canopy(scene)
    sheet = scene.drawing(top=0.2)
    for name, at, foot, size in (
        ("bench", 0.14, 0.885, 0.15),
        ("station_clock", 0.83, 0.885, 0.50),
        ("barrel", 0.96, 0.90, 0.16),
    ):
        scenery.shadow(
            sheet, scene.x(at), scene.y(foot) - 2, scene.tall(size) * scenery.breadth(name) * 0.8, scene.ground_color
        )
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(size), 0.9)
    scene.add("bench", sheet, 0.82)
    return Place(0.935, horizon)


def _rails(scene: Scene) -> None:
    sheet = scene.drawing(top=0.6, bottom=0.86)
    bed = snow_color(scene, 0.6) if scene.snowy else scene.color("#8f8478", 0.55)
    sheet.rect(0, scene.y(0.655), scene.width, scene.tall(0.2), sheet.linear([(0, bed), (1, darken(bed, 0.66))]))
    steel = scene.color("#9aa2aa", 0.6)
    for y in (0.685, 0.70, 0.765, 0.785):
        ties = "".join(f"M{x:.0f} {scene.y(y) + 4:.0f} l-5 7 " for x in range(0, int(scene.width), 26))
        sheet.path(ties, stroke=darken(bed, 0.5), width=9)
        sheet.rect(0, scene.y(y), scene.width, 4, steel)
    scene.add("rails", sheet, 0.46)


def _platform(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.7), scene.dice("platform")
    stone = scene.color("#b4aa9c", 0.85)
    top = scene.y(0.815)
    sheet.rect(0, top, scene.width, scene.height, darken(stone, 0.66))
    floor = floor_of(scene, 0.60, 0.15)
    tiles(
        sheet,
        floor,
        top + 10,
        round(scene.width * 2 / floor.width) + 6,
        0.7,
        [stone, darken(stone, 0.94)],
        chance,
        broken=False,
    )
    edge = snow_color(scene, 0.8) if scene.snowy else scene.color("#e8c860", 0.85)
    sheet.rect(0, top, scene.width, 5, mix(stone, "#ffffff", 0.3))
    sheet.rect(0, top + scene.tall(0.018), scene.width, scene.tall(0.008), edge, opacity=0.85)
    sheet.rect(0, top - scene.tall(0.03), scene.width, scene.tall(0.031), darken(stone, 0.45))
    sheet.rect(0, top, scene.width, scene.height - top, sheet.linear([(0, "#000000", 0), (1, "#000000", 0.35)]))
    scene.ground_color = stone
    scene.add("platform", sheet, 0.6, drop=0.2, edge=0)


def _canopy(scene: Scene) -> None:
    """A glass and iron roof overhead on slender columns, with hanging lamps."""
    sheet = scene.drawing()
    iron, glass = scene.color(_IRON, 0.8), mix(scene.palette.sky[1], scene.color("#dfeef0", 0.8), 0.4)
    y, deep = scene.y(0.16), scene.tall(0.075)
    sheet.rect(0, 0, scene.width, y, glass, opacity=0.5)
    bars = "".join(f"M{x:.0f} 0 V{y:.0f} " for x in range(0, int(scene.width), 52))
    sheet.path(bars, stroke=iron, width=4)
    for rung in (0.25, 0.62):
        sheet.rect(0, y * rung, scene.width, 5, iron)
    sheet.rect(0, y - 8, scene.width, 18, iron)
    if scene.snowy:
        sheet.rect(0, y - 14, scene.width, 8, snow_color(scene, 0.9))
    valance = "".join(
        f"M{x} {y + 8:.0f} h22 v{deep * 0.5:.0f} l-11 {deep * 0.28:.0f} l-11 {-deep * 0.28:.0f}Z "
        for x in range(0, int(scene.width) + 22, 24)
    )
    sheet.path(valance, mix(iron, "#f0e6d0", 0.75))
    number = max(2, round(scene.picture_width / scene.tall(0.62)))
    for k in range(number + 1):
        x = scene.x(0.0) + scene.picture_width * (k / number) * 0.94 + scene.picture_width * 0.03
        _pillar(scene, sheet, x, y, iron)
        if k < number:
            tall = scene.tall(0.15)
            scenery.put(scene, sheet, "pendant", x + scene.picture_width / number / 2, y + tall, tall, 0.9)
    scene.add("canopy", sheet, 0.76)


def _pillar(scene: Scene, sheet: Drawing, x: float, top: float, iron: Color) -> None:
    foot, w = scene.y(0.865), scene.tall(0.012)
    sheet.rect(
        x - w,
        top,
        2 * w,
        foot - top,
        sheet.linear([(0, mix(iron, "#ffffff", 0.2)), (1, darken(iron, 0.6))], (0, 0), (1, 0)),
    )
    sheet.rect(x - w * 2, foot - w * 3, w * 4, w * 3, darken(iron, 0.85), round_=3)
    for side in (-1, 1):
        brace = trace("M", (x, top + w * 14), "Q", (x + side * w, top + w * 3), (x + side * w * 11, top + w * 1.4))
        sheet.path(brace, stroke=iron, width=w)
        sheet.path(trace("M", (x, top + w * 7), "L", (x + side * w * 5, top + w * 3)), stroke=iron, width=w * 0.5)


SETTINGS = {"station": Setting(station, sun=(0.3, 0.28))}
