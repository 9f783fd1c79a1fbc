"""A castle on its hill, a moat and a road that leads to its gate."""

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, mist, snow_color, trace
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.water import water

_TOWERS = (
    (-3.6, 0.9, 3.0, 0.8),
    (-1.5, 1.0, 4.6, 0.9),
    (0.1, 1.3, 6.4, 1.0),
    (1.9, 1.0, 5.0, 0.9),
    (3.9, 0.9, 3.4, 0.8),
)
"""Of each tower its middle, half its width, its height, in castle units, and how much light falls on it."""
_WALLS = ((-3.6, -1.5, 1.7), (-1.5, 0.1, 2.6), (0.1, 1.9, 2.9), (1.9, 3.9, 1.9))


def castle(scene: Scene) -> Place:
    sky(scene, 0.62)
    sheet, _ = hill(scene, 0.54, 0.08, 0.14, far_paint(scene, "#8a9ab4"), 201, mist=0.2, jag=0.02, step=46)
    scene.add("mountains", sheet, 0.14)
    mist(scene, 0.60, 0.07, 0.16, 0.4, 2)
    sheet, points = hill(scene, 0.655, 0.03, 0.36, far_paint(scene, "#78a06c"), 203, mist=0.2, above=0.7)
    grove(scene, sheet, points, 0.34, 22, (0.06, 0.12), scene.dice("far wood"), gap=(0.34, 0.66))
    _castle(scene, sheet)
    scene.add("castle", sheet, 0.36)
    water(scene, "moat", 0.715, 0.82, 0.5, mirrored=scene.color("#a49eb0", 0.5), reach=0.07)
    chance = scene.dice("near wood")
    sheet = scene.drawing(top=0.2, bottom=0.9)
    for at, size, kind in ((0.02, 0.46, "round"), (0.13, 0.32, "round"), (0.88, 0.34, "pine"), (0.98, 0.50, "round")):
        tree(scene, sheet, (scene.x(at), scene.y(0.80)), scene.tall(size), 0.72, chance, kind, "#4c8446")
    scene.add("near wood", sheet, 0.7)
    lawn(scene, "lawn", 0.785, "#7cb056", 206)
    path(scene, "#d8c8a4", 0.79, to=0.50)
    frame(scene, "grass")
    frame(scene, "leaves", -1)
    return Place(0.93, 0.62)


def _castle(scene: Scene, sheet: Drawing) -> None:
    unit = min(scene.tall(0.072), scene.picture_width * 0.088)
    x, y = scene.x(0.5), scene.y(0.665)
    stone, roof = scene.color("#c4bccc", 0.5), scene.color("#5f6aa8", 0.52)
    foot = scene.y(0.72)
    mound = trace("M", (x - unit * 8, foot), "Q", (x - unit * 4.4, y - unit * 0.6), (x, y - unit * 0.3))
    green = scene.color(far_paint(scene, "#6f9a5c"), 0.45)
    sheet.path(mound + trace("Q", (x + unit * 4.6, y - unit * 0.5), (x + unit * 8, foot)) + "Z", green)
    for left, right, height in _WALLS:
        _wall(sheet, x + left * unit, x + right * unit, y, height * unit, darken(stone, 0.88), unit)
    for middle, half, height, light in _TOWERS:
        _tower(scene, sheet, x + middle * unit, y, half * unit * 0.62, height * unit, darken(stone, light), roof)
    gate, w = x + unit * 1.0, unit * 0.42
    arch = trace(
        "M", (gate - w, y + 6), "L", (gate - w, y - w * 1.6), "Q", (gate, y - w * 3.2), (gate + w, y - w * 1.6)
    )
    sheet.path(arch + trace("L", (gate + w, y + 6)) + "Z", darken(stone, 0.36))
    bars = "".join(f"M{gate - w + w * 0.5 * k:.1f} {y - w * 2.2:.1f} V{y + 4:.1f} " for k in range(1, 4))
    sheet.path(bars, stroke=darken(stone, 0.6), width=1.6)


def _wall(sheet: Drawing, left: float, right: float, y: float, height: float, stone: Color, unit: float) -> None:
    sheet.rect(left, y - height, right - left, height + 8, sheet.linear([(0, stone), (1, darken(stone, 0.82))]))
    step = unit * 0.3
    merlons = ""
    for k in range(int((right - left) / step)):
        corner = left + k * step, y - height - step * 0.6
        merlons += trace("M", corner) + f"h{step * 0.55:.1f} v{step * 0.7:.1f} h{-step * 0.55:.1f}Z "
    sheet.path(merlons, stone)
    slits = "".join(
        f"M{left + (right - left) * k / 4:.1f} {y - height * 0.6:.1f} v{unit * 0.3:.1f} " for k in (1, 2, 3)
    )
    sheet.path(slits, stroke=darken(stone, 0.5), width=2.4)


def _tower(
    scene: Scene, sheet: Drawing, x: float, y: float, half: float, height: float, stone: Color, roof: Color
) -> None:
    top = y - height
    lit = [(0, mix(stone, "#ffffff", 0.14)), (0.5, stone), (1, darken(stone, 0.66))]
    side = ((0, 0), (1, 0)) if scene.sun[0] < 0.5 else ((1, 0), (0, 0))
    sheet.rect(x - half, top, 2 * half, height + 8, sheet.linear(lit, *side))
    sheet.rect(x - half * 1.22, top - half * 0.2, half * 2.44, half * 0.7, sheet.linear(lit, *side))
    peak = top - half * 3.4
    cone = trace("M", (x - half * 1.36, top - half * 0.1), "Q", (x - half * 0.4, top - half * 1.2), (x, peak))
    over = snow_color(scene, 0.6) if scene.snowy else roof
    shade = [(0, mix(over, "#ffffff", 0.16)), (1, darken(over, 0.66))]
    slope = f"Q{x + half * 0.4:.1f} {top - half * 1.2:.1f} {x + half * 1.36:.1f} {top - half * 0.1:.1f}Z"
    sheet.path(cone + slope, sheet.linear(shade, *side))
    fly = half * 1.5
    sheet.path(
        f"M{x:.1f} {peak + 3:.1f} v{-half * 1.1:.1f} l{fly:.1f} {fly * 0.26:.1f} l{-fly:.1f} {fly * 0.26:.1f}Z",
        scene.color("#d8503f", 0.65),
    )
    pane = "#ffd88a" if scene.palette.lamps else darken(stone, 0.42)
    for up in (0.2, 0.5):
        wy = top + height * up
        sheet.oval(x, wy + half * 0.3, half * 0.22, pane, ry=half * 0.3)
        sheet.rect(x - half * 0.22, wy + half * 0.3, half * 0.44, half * 0.5, pane)
    if scene.palette.lamps:
        scene.lamp(x, top + height * 0.3, half * 4, "#ffb860", 0.4)


SETTINGS = {"castle": Setting(castle, sun=(0.2, 0.2))}
