"""A castle on its hill."""

from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.land import field, frame, grass, height_at, hill, leafy
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_BLOCKS = ((-1.2, 1.2, 4), (0.2, 3.2, 2.6), (1.0, 1.4, 6), (2.4, 1.2, 4.6), (3.6, 1.1, 3.4))
"""Left edge, width and height of each tower and of the hall (the wide one), in castle units."""


def castle(scene: Scene) -> Place:
    chance = scene.random
    sky(scene, 0.62)
    sheet, _ = hill(scene, 0.56, 0.08, 0.14, "#8a9ab4", 201, mist=0.2, jag=0.02, step=46)
    scene.add("mountains", sheet, 0.14)
    sheet, _ = hill(scene, 0.66, 0.04, 0.36, "#6f9a6a", 203, mist=0.2, above=0.6)
    _castle(scene, sheet)
    scene.add("castle", sheet, 0.36)
    sheet, points = hill(scene, 0.76, 0.03, 0.7, "#5f8f4c", 205, mist=0.05, above=0.4)
    for _ in range(scene.count(18)):
        x = chance.uniform(0, scene.width)
        if not 0.3 < x / scene.width < 0.8:
            tall = scene.tall(chance.uniform(0.14, 0.3))
            leafy(sheet, x, height_at(points, x) + 8, tall, scene.color("#477a48", 0.7), chance)
    scene.add("wood", sheet, 0.7)
    color = scene.color("#6f9f4f", 0.95)
    sheet, points = field(scene, 0.86, 0.015, color, 206, foot=0.6)
    grass(sheet, points, color, chance, scene.count(160), 13, scene.tall(0.1))
    scene.ground("lawn", sheet, 0.85, "grass", 0.80, strength=0.12)
    frame(scene, "leaves", -1)
    return Place(0.935, 0.62)


def _castle(scene: Scene, sheet: Drawing) -> None:
    unit = scene.tall(0.062)
    x0, y0 = scene.x(0.62), scene.y(0.60)
    stone, roof = scene.color("#b9b3c4", 0.42), scene.color("#6a5a9a", 0.45)
    foot = scene.y(0.70)
    sheet.path(
        f"M{x0 - unit * 6:.0f} {foot:.0f} Q{x0 - unit * 3:.0f} {y0 + unit * 0.2:.0f} {x0 - unit:.0f} {y0:.0f} "
        f"L{x0 + unit * 4:.0f} {y0:.0f} Q{x0 + unit * 6:.0f} {y0 + unit * 0.6:.0f} {x0 + unit * 9:.0f} {foot:.0f}Z",
        scene.color("#5f8a5c", 0.42),
    )
    for left, width, height in _BLOCKS:
        x, w, top = x0 + left * unit, width * unit, y0 - height * unit
        sheet.rect(x, top, w, height * unit + 8, sheet.linear([(0, mix(stone, "#ffffff", 0.1)), (1, stone)]))
        if width > 2:
            for merlon in range(5):
                sheet.rect(x + merlon * w / 5, top - unit * 0.3, w / 9, unit * 0.34, stone)
            continue
        tip = top - unit * 1.9
        sheet.path(
            f"M{x - unit * 0.18:.1f} {top:.1f} L{x + w / 2:.1f} {tip:.1f} L{x + w + unit * 0.18:.1f} {top:.1f}Z", roof
        )
        pennant = f"M{x + w / 2:.1f} {tip:.1f} v{-unit * 0.7:.1f} l{unit * 0.7:.1f} {unit * 0.2:.1f} "
        sheet.path(pennant + f"l{-unit * 0.7:.1f} {unit * 0.22:.1f}Z", scene.color("#d8604a", 0.6))
        window = "#ffd88a" if scene.palette.lamps else darken(stone, 0.5)
        sheet.rect(x + w * 0.38, top + unit * 0.6, w * 0.24, unit * 0.6, window, round_=2)
        if scene.palette.lamps:
            scene.lamp(x + w * 0.5, top + unit * 0.9, unit * 2, "#ffb860", 0.4)
    gate = f"M{x0 + unit * 1.3:.1f} {y0 + 8:.1f} V{y0 - unit * 0.8:.1f} Q{x0 + unit * 1.75:.1f} {y0 - unit * 1.5:.1f} "
    sheet.path(gate + f"{x0 + unit * 2.2:.1f} {y0 - unit * 0.8:.1f} V{y0 + 8:.1f}Z", darken(stone, 0.4))


SETTINGS = {
    "castle": Setting(castle, sun=(0.2, 0.2)),
}
