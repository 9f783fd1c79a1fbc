"""Forest, green or under snow."""

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import frame, grass, height_at, mist, pine, ridge, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.vector import smooth

_ROWS = ((0.12, 34, 0.26, 0.655), (0.24, 24, 0.36, 0.68), (0.40, 15, 0.52, 0.71))
_NEAR = ((0.06, 0.80), (0.20, 0.56), (0.86, 0.88), (0.74, 0.50), (0.97, 0.66))


def forest(scene: Scene) -> Place:
    snow = scene.spec.weather == "snow"
    horizon = 0.66
    sky(scene, horizon)
    for i, row in enumerate(_ROWS):
        _row(scene, i, *row, snow)
        if not scene.look.manga or i == 0:
            mist(scene, row[3] - 0.02, 0.10, row[0] + 0.02, 0.40, i)
    _near_trees(scene, snow)
    _floor(scene, snow)
    if snow:
        frame(scene, "rocks", 1)
        frame(scene, "rocks", -1)
    else:
        frame(scene, "trunk", -1)
        frame(scene, "grass")
    return Place(0.925, horizon)


def _row(scene: Scene, row: int, depth: float, number: float, height: float, at: float, snow: bool) -> None:
    """A row of firs on its own ground, a gap left in the nearest for the figures."""
    chance = scene.random
    sheet = scene.drawing(top=at - height * 1.5)
    points = ridge(scene, at, 0.012, 40 + row)
    boughs = snow_color(scene, depth + 0.1) if snow and row else None
    needles = scene.color("#4b6b69" if snow else "#3f6652", depth)
    count = scene.count(number)
    for k in sorted(range(count), key=lambda _: chance.random()):
        x = (k + chance.uniform(-0.4, 0.4)) / count * scene.width
        if row == 2 and 0.33 < x / scene.width < 0.68:
            continue
        tall = scene.tall(height) * chance.uniform(0.75, 1.2)
        pine(sheet, x, height_at(points, x) + 8, tall, needles, chance, boughs)
    color = scene.color("#eef3f8" if snow else "#5b7a52", depth)
    top = min(y for _, y in points)
    fade = sheet.linear(
        [(0, color), (1, mix(color, scene.palette.haze, 0.25))], (0, top), (0, top + scene.tall(0.36)), absolute=True
    )
    sheet.path(smooth(points, scene.height + 5), fade)
    scene.add(f"trees {row}", sheet, depth)


def _near_trees(scene: Scene, snow: bool) -> None:
    sheet = scene.drawing()
    color = _floor_color(scene, snow, 0.8)
    points = ridge(scene, 0.755, 0.022, 52)
    fade = sheet.linear([(0, color), (1, darken(color, 0.72))], (0, scene.y(0.73)), (0, scene.y(1.02)), absolute=True)
    sheet.path(smooth(points, scene.height + 5), fade)
    needles = scene.color("#3c5c5c" if snow else "#35594a", 0.72)
    boughs = snow_color(scene, 0.8) if snow else None
    for at, height in _NEAR:
        x = scene.x(at)
        pine(sheet, x, height_at(points, x) + 10, scene.tall(height), needles, scene.random, boughs)
    scene.add("near trees", sheet, 0.66)


def _floor(scene: Scene, snow: bool) -> None:
    chance = scene.random
    sheet = scene.drawing(top=0.79)
    points = ridge(scene, 0.845, 0.016, 61)
    color = _floor_color(scene, snow, 0.95)
    fade = sheet.linear(
        [(0, mix(color, "#ffffff", 0.08)), (1, darken(color, 0.66))],
        (0, scene.y(0.82)),
        (0, scene.y(1.03)),
        absolute=True,
    )
    sheet.path(smooth(points, scene.height + 5), fade)
    if snow:
        for _ in range(scene.count(9)):
            x, y, half = chance.uniform(0, scene.width), scene.y(chance.uniform(0.88, 0.99)), chance.uniform(60, 170)
            drift = f"M{x - half:.0f} {y:.0f} Q{x:.0f} {y - 12:.0f} {x + half:.0f} {y:.0f} Q{x:.0f} {y + 5:.0f} "
            sheet.path(drift + f"{x - half:.0f} {y:.0f}Z", darken(color, 0.86), opacity=0.55)
    else:
        grass(sheet, points, color, chance, scene.count(200), 16, scene.tall(0.12))
    scene.ground("floor", sheet, 0.82, "snow" if snow else "grass", 0.80, tiles=2.2, strength=0.5 if snow else 0.16)


def _floor_color(scene: Scene, snow: bool, depth: float) -> Color:
    return scene.color("#f6f8fb" if snow else "#5f7f45", depth)


SETTINGS = {
    "forest": Setting(forest),
}
