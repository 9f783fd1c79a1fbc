"""Bare places: desert, mountain, snowfield."""

from storyreel.engines.backends.builtin.illustrator.buildings import house
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import lawn, patches, ripples
from storyreel.engines.backends.builtin.illustrator.land import (
    field,
    frame,
    height_at,
    hill,
    mist,
    pine,
    ridge,
    snow_color,
    trace,
)
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.scenery import put
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth

_DUNES = (
    (0.56, 0.03, 0.16, "#d8a888"),
    (0.60, 0.06, 0.34, "#dca878"),
    (0.67, 0.06, 0.56, "#e2ad6c"),
    (0.80, 0.03, 0.80, "#e8b870"),
)


def desert(scene: Scene) -> Place:
    """Dunes with a lit and a shaded side, mesas far off, an oasis, cactus and stones near by."""
    sky(scene, 0.58)
    sheet = scene.drawing(top=0.2, bottom=0.66)
    for at, size in ((0.16, 0.13), (0.30, 0.09), (0.90, 0.16)):
        put(scene, sheet, "mesa", scene.x(at), scene.y(0.585), scene.tall(size), 0.2)
    scene.add("mesas", sheet, 0.12)
    for i, (height, swing, depth, paint) in enumerate(_DUNES):
        _dune(scene, i, height, swing, depth, paint)
        if i == 1:
            _oasis(scene)
    sheet = scene.drawing(top=0.5)
    for name, at, foot, size in (
        ("cactus", 0.90, 0.865, 0.30),
        ("cactus", 0.81, 0.835, 0.17),
        ("rock", 0.06, 0.885, 0.10),
    ):
        put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(size), 0.88)
    scene.add("cactus", sheet, 0.83)
    return Place(0.915, 0.58)


def _dune(scene: Scene, row: int, height: float, swing: float, depth: float, paint: str) -> None:
    """A row of dunes: slip faces in shade below sharp crests, wind ripples on the nearest."""
    chance = scene.dice(f"dune {row}")
    sheet, points = hill(scene, height, swing, depth, paint, 150 + row, mist=0.12)
    color = scene.color(paint, depth)
    lit, shade = mix(color, scene.palette.key, 0.3), mix(darken(color, 0.74), scene.palette.sky[1], 0.14)
    sheet.path(smooth(points), stroke=lit, width=3 + 2 * row)
    step = scene.wide(0.30)
    x = -chance.random() * step
    while x < scene.width:
        crest = x, height_at(points, x)
        long, deep = step * chance.uniform(0.6, 1.0), scene.tall(0.05 + 0.045 * row)
        lean = long if scene.sun[0] < 0.5 else -long
        face = trace("M", crest, "C", (x + lean * 0.1, crest[1] + deep * 0.5), (x + lean * 0.2, crest[1] + deep * 0.7))
        face += trace((x + lean * 0.5, crest[1] + deep), "C", (x + lean * 0.6, crest[1] + deep * 0.5))
        far = height_at(points, x + lean)
        sheet.path(face + trace((x + lean * 0.8, (crest[1] + far) / 2 + 6), (x + lean, far)) + "Z", shade, opacity=0.55)
        x += step * chance.uniform(0.9, 1.5)
    if row == 3:
        patches(scene, sheet, height, color, chance, darken(color, 0.88))
        ripples(scene, sheet, height, color, chance)
    scene.ground(f"dune {row}", sheet, depth, "sand", height - 0.03, tiles=1.6, strength=0.12)


def _oasis(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.3, bottom=0.75), scene.dice("oasis")
    x, y = scene.x(0.62), scene.y(0.645)
    pool = scene.color("#4f9aa4", 0.5)
    sheet.oval(x, y + 4, scene.wide(0.09), darken(scene.color("#7a9a4c", 0.5), 0.9), ry=12)
    sheet.oval(x, y + 6, scene.wide(0.065), sheet.linear([(0, scene.palette.sky[3]), (1, pool)]), ry=7)
    for dx, size in ((-0.07, 0.15), (-0.05, 0.2), (0.055, 0.17), (0.085, 0.13)):
        tree(scene, sheet, (x + scene.wide(dx), y + 6), scene.tall(size), 0.5, chance, "palm", "#5f9448")
    scene.add("oasis", sheet, 0.4)


def mountain(scene: Scene) -> Place:
    """Snowy peaks over a valley of firs; a ledge with boulders to stand on."""
    sky(scene, 0.60, low=0.38)
    peaks = ((0.50, 0.34, 0.12, "#8c9fbe", 241), (0.56, 0.24, 0.28, "#76889f", 242))
    for i, (height, tall, depth, paint, seed) in enumerate(peaks):
        sheet, chance = scene.drawing(top=0.0), scene.dice(f"peaks {i}")
        for k in range(scene.count(4 - i)):
            x = scene.x((k + 0.5 + chance.uniform(-0.3, 0.3)) / scene.count(4 - i))
            size = scene.tall(tall * chance.uniform(0.75, 1.25))
            peak(scene, sheet, x, scene.y(height + 0.12), size, paint, depth, chance)
        points = ridge(scene, height + 0.10, 0.03, seed)
        sheet.path(smooth(points, scene.height + 5), scene.color(far_paint(scene, paint), depth))
        scene.add(f"peaks {i}", sheet, depth)
        mist(scene, height + 0.10, 0.07, depth + 0.02, 0.45, i)
    for i, (height, depth, number, sizes) in enumerate(
        ((0.675, 0.42, 34, (0.06, 0.12)), (0.73, 0.56, 16, (0.12, 0.22)))
    ):
        sheet, points = hill(scene, height, 0.035, depth, far_paint(scene, "#5f8560"), 243 + i, mist=0.2, above=0.4)
        grove(
            scene,
            sheet,
            points,
            depth,
            number,
            sizes,
            scene.dice(f"firs {i}"),
            kinds=("pine",),
            paint="#3f6652",
            gap=(0.38, 0.60) if i else (1, 0),
        )
        scene.add(f"slope {i}", sheet, depth)
    lawn(scene, "ledge", 0.80, "#88a862", 244, swing=0.02)
    sheet, chance = scene.drawing(top=0.1), scene.dice("ledge")
    _boulders(scene, sheet, 0.83, 0.99, "#9a958f")
    tree(scene, sheet, (scene.x(0.95), scene.y(0.845)), scene.tall(0.66), 0.84, chance, "pine", "#35594a")
    tree(scene, sheet, (scene.x(0.86), scene.y(0.83)), scene.tall(0.34), 0.8, chance, "pine", "#35594a")
    scene.add("boulders", sheet, 0.83)
    frame(scene, "rocks", -1)
    return Place(0.92, 0.6)


def peak(
    scene: Scene, sheet: Drawing, x: float, foot: float, height: float, paint: Paint, depth: float, chance: Chance
) -> None:
    """One snow-capped peak, its left face in the light."""
    half, top = height * 0.95, foot - height
    rock = scene.color(paint, depth)

    def edge(side: int) -> list[Point]:
        return [
            (
                x + side * half * t + chance.uniform(-0.03, 0.03) * half,
                top + height * t + chance.uniform(-0.03, 0.03) * height,
            )
            for t in (0.22, 0.45, 0.7, 1.0)
        ]

    left, right = edge(-1), edge(1)
    sheet.polygon([(x, top), *right, *reversed(left)], mix(rock, "#ffffff", 0.06))
    spine = [(x + chance.uniform(-0.06, 0.10) * half * t * 3, top + height * t) for t in (0.2, 0.4, 0.65, 1.0)]
    sheet.polygon([(x, top), *right, *reversed(spine)], darken(rock, 0.84))
    cap = snow_color(scene, depth + 0.15)
    hem = [left[1], (x - half * 0.24, top + height * 0.36), (x - half * 0.10, top + height * 0.5)]
    hem += [(x + half * 0.04, top + height * 0.37), (x + half * 0.2, top + height * 0.48), right[1]]
    sheet.polygon([(x, top), right[0], *reversed(hem), left[0]], cap)
    sheet.polygon([(x, top), right[0], right[1], hem[4], hem[3], spine[0]], darken(cap, 0.86))


def _boulders(scene: Scene, sheet: Drawing, top: float, foot: float, paint: Paint) -> None:
    chance = scene.dice("boulders")
    for _ in range(scene.count(12)):
        x, y, w = chance.uniform(0, scene.width), scene.y(chance.uniform(top, foot)), chance.uniform(8, 34)
        color: Color = scene.color(paint, 0.95, chance.uniform(0.8, 1.05))
        stone = f"M{x - w:.0f} {y:.0f} Q{x - w:.0f} {y - w * 0.8:.0f} {x - w * 0.2:.0f} {y - w * 0.8:.0f} "
        sheet.path(stone + f"Q{x + w:.0f} {y - w * 0.9:.0f} {x + w:.0f} {y:.0f}Z", darken(color, 0.75))
        light = f"M{x - w * 0.9:.0f} {y - w * 0.1:.0f} Q{x - w * 0.9:.0f} {y - w * 0.75:.0f} {x - w * 0.2:.0f} "
        sheet.path(light + f"{y - w * 0.76:.0f} Q{x + w * 0.4:.0f} {y - w * 0.7:.0f} {x + w * 0.2:.0f} {y:.0f}Z", color)


def snowfield(scene: Scene) -> Place:
    """Open snow: blue ice hills, drifts with firs, a cabin whose window is lit."""
    sky(scene, 0.60)
    sheet, _ = hill(scene, 0.55, 0.07, 0.2, "#a8c0dc", 251, mist=0.25, jag=0.02, step=52)
    scene.add("ice hills", sheet, 0.16)
    for i, (height, depth, number) in enumerate(((0.63, 0.34, 12), (0.71, 0.54, 8))):
        sheet, points = hill(scene, height, 0.03, depth, "#e6eff8", 252 + i, mist=0.15, above=0.5)
        chance = scene.dice(f"drifts {i}")
        for _ in range(scene.count(number)):
            x = chance.uniform(0, scene.width)
            tall = scene.tall(0.10 + 0.09 * i) * chance.uniform(0.7, 1.3)
            if i == 0 or not 0.3 < x / scene.width < 0.8:
                needles, boughs = scene.color("#4b6b69", depth), snow_color(scene, depth + 0.1)
                pine(sheet, x, height_at(points, x) + 8, tall, needles, chance, boughs)
        if i == 1:
            x = scene.x(0.70)
            house(
                scene,
                sheet,
                x,
                height_at(points, x) + 20,
                scene.wide(0.13),
                0.62,
                "#9a6f4c",
                "#6a4a3c",
                snow_color(scene, 0.7),
            )
        scene.add(f"drifts {i}", sheet, depth)
    color = snow_color(scene, 0.92)
    sheet, _ = field(scene, 0.78, 0.02, color, 254, foot=0.74)
    patches(scene, sheet, 0.78, color, scene.dice("snow"), mix(color, scene.palette.sky[0], 0.24))
    scene.ground("snow", sheet, 0.8, "snow", 0.72, strength=0.5)
    sheet, chance = scene.drawing(top=0.0), scene.dice("near firs")
    for at, size in ((0.02, 0.72), (0.12, 0.42), (0.97, 0.56)):
        boughs = snow_color(scene, 0.9)
        pine(sheet, scene.x(at), scene.y(0.85), scene.tall(size), scene.color("#3c5c5c", 0.8), chance, boughs)
    scene.add("near firs", sheet, 0.82)
    frame(scene, "rocks", 1)
    return Place(0.925, 0.6)


SETTINGS = {
    "desert": Setting(desert, sun=(0.3, 0.24)),
    "mountain": Setting(mountain, sun=(0.28, 0.2)),
    "snow": Setting(snowfield, season="winter"),
}
