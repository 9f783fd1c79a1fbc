"""Green places: garden, meadow, village, river."""

from storyreel.engines.backends.builtin.illustrator.buildings import house
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.land import (
    field,
    flowers,
    frame,
    grass,
    height_at,
    hill,
    leafy,
    mist,
    pine,
    snow_color,
)
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import sky


def _snowy(scene: Scene) -> bool:
    return scene.spec.weather == "snow"


def _lawn(scene: Scene, name: str, height: float, paint: str, seed: int, paints: tuple[str, ...]) -> None:
    """The green that figures stand on; snow in winter."""
    chance = scene.random
    if _snowy(scene):
        sheet, _ = field(scene, height, 0.012, snow_color(scene, 0.9), seed, foot=0.72)
        scene.ground(name, sheet, 0.8, "snow", height - 0.06, strength=0.4)
        return
    color = scene.color(paint, 0.82, 1.12 if scene.palette.dark else 1)
    sheet, points = field(scene, height, 0.012, color, seed)
    grass(sheet, points, color, chance, scene.count(150), 13, 2)
    lower = [(x, y + scene.tall(0.05)) for x, y in points]
    grass(sheet, lower, darken(color, 0.9), chance, scene.count(110), 16, scene.tall(0.14))
    flowers(scene, sheet, paints, scene.count(44), height + 0.03)
    scene.ground(name, sheet, 0.8, "grass", height - 0.06, strength=0.14)


def garden(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.64)
    sheet, _ = hill(scene, 0.60, 0.035, 0.18, "#7f9aa0", 3, mist=0.3)
    scene.add("hills", sheet, 0.18)
    sheet, points = hill(scene, 0.665, 0.02, 0.34, "#e4ebf2" if _snowy(scene) else "#55794f", 5, mist=0.3)
    for _ in range(scene.count(26)):
        x = chance.uniform(0, scene.width)
        leaf = scene.color("#4f7a4a", 0.32, chance.uniform(0.85, 1.05))
        leafy(sheet, x, height_at(points, x) + 6, scene.tall(chance.uniform(0.09, 0.17)), leaf, chance)
    scene.add("far trees", sheet, 0.34)
    sheet, _ = hill(scene, 0.735, 0.012, 0.55, "#eef3f8" if _snowy(scene) else "#5d8a4a", 8, mist=0.15, above=0.6)
    roof_snow = snow_color(scene, 0.62) if _snowy(scene) else None
    house(scene, sheet, scene.x(0.045), scene.y(0.775), scene.wide(0.20), 0.62, snow=roof_snow)
    leafy(
        sheet, scene.x(0.045) + scene.wide(0.255), scene.y(0.77), scene.tall(0.34), scene.color("#4c7d46", 0.6), chance
    )
    leafy(sheet, scene.x(0.985), scene.y(0.78), scene.tall(0.52), scene.color("#456f42", 0.62), chance)
    scene.add("house", sheet, 0.55)
    _fence(scene)
    _lawn(scene, "lawn", 0.80, "#6fa552", 12, ("#f3e6c8", "#e7a0a8", "#f2cf6a"))
    frame(scene, "grass")
    frame(scene, "leaves", -1)
    return Place(0.915, 0.64)


def _fence(scene: Scene) -> None:
    sheet = scene.drawing(top=0.68, bottom=0.82)
    wood, foot, height = scene.color("#cdbfa6", 0.68), scene.y(0.80), scene.tall(0.082)
    for i in range(int(scene.width / 26) + 1):
        x = i * 26.0
        slat = f"M{x} {foot} V{foot - height} L{x + 7} {foot - height - 8} L{x + 14} {foot - height} V{foot}Z"
        sheet.path(slat, wood if i % 3 else darken(wood, 0.95))
    for up in (0.18, 0.67):
        sheet.rect(0, foot - height * up - 3, scene.width, 6, darken(wood, 0.82))
    scene.add("fence", sheet, 0.66)


def meadow(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.60)
    hills = ((0.56, 0.05, 0.12, "#8aa4b0"), (0.61, 0.045, 0.28, "#7c9f86"), (0.67, 0.035, 0.46, "#74a457"))
    for i, (height, swing, depth, paint) in enumerate(hills):
        paint = "#e4ebf2" if _snowy(scene) and i else paint
        sheet, points = hill(scene, height, swing, depth, paint, 100 + i, mist=0.25)
        for _ in range(scene.count(8 + 6 * i)):
            x = chance.uniform(0, scene.width)
            grow = leafy if chance.random() < 0.6 else pine
            size = scene.tall(0.03 + 0.05 * i) * chance.uniform(0.8, 1.4)
            grow(sheet, x, height_at(points, x) + 5, size, scene.color("#4e7f4c", depth), chance)
        scene.add(f"hills {i}", sheet, depth)
    _lawn(scene, "meadow", 0.75, "#7db24e", 130, ("#fff6dc", "#f0959a", "#f6d060", "#b99ae0"))
    _path(scene, "#dcc48f", 0.765)
    frame(scene, "grass")
    frame(scene, "leaves", 1)
    return Place(0.915, 0.6)


def _path(scene: Scene, paint: str, top: float) -> None:
    """A path that winds from the middle distance to the viewer."""
    sheet = scene.drawing(top=top - 0.03)
    color = scene.color("#eef2f6" if _snowy(scene) else paint, 0.85)
    middle, w, end = scene.x(0.46), scene.wide(1), scene.height
    y = scene.y
    bend = (y(top) * 2 + end) / 3
    fade = sheet.linear([(0, color), (1, darken(color, 0.8))])
    sheet.path(
        f"M{middle - w * 0.02:.0f} {y(top):.0f} C{middle + w * 0.06:.0f} {bend:.0f} {middle - w * 0.06:.0f} "
        f"{bend + 20:.0f} {middle - w * 0.22:.0f} {end:.0f} L{middle + w * 0.20:.0f} {end:.0f} "
        f"C{middle + w * 0.12:.0f} {bend + 50:.0f} {middle + w * 0.10:.0f} {bend:.0f} "
        f"{middle - w * 0.005:.0f} {y(top):.0f}Z",
        fade,
        opacity=0.85,
    )
    scene.add("path", sheet, 0.805, edge=0, drop=0)


_WALLS = ("#d8c3a0", "#c9a98a", "#b9b3a0", "#d2b48c", "#c7a58f")
_ROOFS = ("#8a4b3c", "#7a5a4a", "#a05a3f", "#5f5a6a", "#8a6a3f")


def village(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.60)
    sheet, _ = hill(scene, 0.53, 0.06, 0.14, "#8a9fb4", 141)
    scene.add("far hills", sheet, 0.14)
    sheet, points = hill(scene, 0.61, 0.045, 0.32, "#e4ebf2" if _snowy(scene) else "#7c9f6e", 142, mist=0.25)
    roof_snow = snow_color(scene, 0.4) if _snowy(scene) else None
    for i in range(scene.count(7)):
        x = scene.x((i + chance.uniform(0.1, 0.6)) / scene.count(7))
        walls, roof = chance.choice(_WALLS), chance.choice(_ROOFS)
        house(scene, sheet, x, height_at(points, x) + 14, scene.wide(0.055), 0.34, walls, roof, roof_snow)
        beside = x - scene.wide(0.02)
        leafy(sheet, beside, height_at(points, beside) + 8, scene.tall(0.10), scene.color("#557f4e", 0.32), chance)
    scene.add("far village", sheet, 0.32)
    if not scene.look.manga:
        mist(scene, 0.64, 0.08, 0.36, 0.35, 4)
    sheet, points = hill(scene, 0.73, 0.02, 0.56, "#eef3f8" if _snowy(scene) else "#6f9a52", 143, mist=0.1, above=0.5)
    roof_snow = snow_color(scene, 0.6) if _snowy(scene) else None
    rows = ((0.01, 0.17, 0), (0.22, 0.13, 1), (0.70, 0.14, 2), (0.86, 0.19, 3))
    for at, width, which in rows:
        x = scene.x(at)
        colors = _WALLS[which], _ROOFS[which]
        house(scene, sheet, x, height_at(points, x) + 26, scene.wide(width), 0.6, *colors, roof_snow)
    for at in (0.19, 0.66, 0.84):
        x = scene.x(at)
        leafy(sheet, x, height_at(points, x) + 18, scene.tall(0.24), scene.color("#4f7f48", 0.58), chance)
    scene.add("village", sheet, 0.56)
    _lawn(scene, "green", 0.79, "#7fae54", 144, ("#fff6dc", "#f0959a", "#f6d060"))
    _path(scene, "#d8c094", 0.795)
    frame(scene, "grass")
    return Place(0.915, 0.6)


def river(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.58)
    sheet, _ = hill(scene, 0.52, 0.06, 0.14, "#8aa0b8", 151)
    scene.add("far hills", sheet, 0.14)
    sheet, points = hill(scene, 0.585, 0.02, 0.32, "#e4ebf2" if _snowy(scene) else "#6f9a62", 152, mist=0.25)
    for _ in range(scene.count(22)):
        x = chance.uniform(0, scene.width)
        grow = leafy if chance.random() < 0.7 else pine
        size = scene.tall(chance.uniform(0.10, 0.2))
        grow(sheet, x, height_at(points, x) + 8, size, scene.color("#4b7a4c", 0.32), chance)
    scene.add("far bank", sheet, 0.32)
    _water(scene, 0.63)
    _lawn(scene, "bank", 0.82, "#74a850", 153, ("#fff6dc", "#8fb6f0", "#f6d060"))
    _reeds(scene)
    frame(scene, "grass")
    return Place(0.93, 0.58)


def _water(scene: Scene, top: float) -> None:
    sheet = scene.drawing(top=top)
    chance, sky_color = scene.random, scene.palette.sky
    water = scene.color("#4f93a8", 0.6)
    fade = sheet.linear([(0, mix(sky_color[3], water, 0.25)), (0.5, mix(sky_color[1], water, 0.55)), (1, water)])
    sheet.rect(0, scene.y(top), scene.width, scene.height - scene.y(top), fade)
    for _ in range(scene.count(110)):
        down = chance.random() ** 1.4
        length = chance.uniform(24, 120) * (0.4 + down)
        shine = scene.color("#eef8fb", 0.75)
        x, y = chance.uniform(0, scene.width), scene.y(top + 0.21 * down)
        sheet.rect(x, y, length, 1.4 + 2.6 * down, shine, opacity=0.22 + 0.2 * down, round_=1.2)
    scene.add("water", sheet, 0.5, edge=0, drop=0, motion=Motion(sway=5))


def _reeds(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.6), scene.random
    for _ in range(scene.count(46)):
        x = chance.choice((chance.uniform(0, 0.24), chance.uniform(0.76, 1))) * scene.width
        y, height = scene.y(0.83) + chance.uniform(0, 12), scene.tall(chance.uniform(0.08, 0.18))
        lean = chance.uniform(-0.25, 0.25) * height
        stem = scene.color("#5f8a44", 0.78, chance.uniform(0.7, 1))
        sheet.path(
            f"M{x:.0f} {y:.0f} q{lean * 0.2:.0f} {-height * 0.6:.0f} {lean:.0f} {-height:.0f}", stroke=stem, width=2.6
        )
        if chance.random() < 0.4:
            tip = scene.color("#7a5236", 0.8)
            sheet.oval(x + lean, y - height, 3.4, tip, ry=10)
    scene.add("reeds", sheet, 0.79, drop=0, motion=Motion(sway=2))


SETTINGS = {
    "garden": Setting(garden, sun=(0.8, 0.2)),
    "meadow": Setting(meadow),
    "village": Setting(village, sun=(0.22, 0.2)),
    "river": Setting(river),
}
