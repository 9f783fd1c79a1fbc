"""The palace of an emperor of China: its great court, and the hall of the throne."""

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import floor_of, tiles
from storyreel.engines.backends.builtin.illustrator.interior import Chamber, chamber, shell
from storyreel.engines.backends.builtin.illustrator.land import hill, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.layers import Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import sits

_HALL = {"wall": "#8f3a30", "pattern": "plain", "floor": ["checks", "#4f4a50", "#5f5860"], "ceiling": "#2f5a5a"}
_GOLD, _RED, _JADE = "#d8ac4a", "#a8322a", "#3f7a78"


def palace(scene: Scene) -> Place:
    """A hall with golden roofs on white terraces, red galleries beside it, flagstones before it."""
    sky(scene, 0.56)
    sheet, points = hill(scene, 0.55, 0.05, 0.16, far_paint(scene, "#8aa4b0"), 371)
    grove(scene, sheet, points, 0.16, 18, (0.03, 0.06), scene.dice("far wood"))
    scene.add("hills", sheet, 0.16)
    mist(scene, 0.60, 0.07, 0.18, 0.4, 14)
    sheet = scene.drawing(top=0, bottom=0.82)
    y = scene.y(0.75)
    for side in (-1, 1):
        for k, wide in enumerate((0.30, 0.26)):
            at = scene.x(0.5) + side * (min(scene.wide(0.34), scene.picture_width * 0.4) + scene.wide(0.21) * k)
            eastern.hall(scene, sheet, at, y + scene.tall(0.02 * k), scene.wide(wide), 0.46, tiles="#c99a3f")
    scene.add("galleries", sheet, 0.36)
    sheet = scene.drawing(top=0, bottom=0.86)
    wide = min(scene.wide(0.46), scene.picture_width * 0.74)
    top = _terraces(scene, sheet, wide)
    eastern.hall(scene, sheet, scene.x(0.5), top, wide, 0.62, storeys=2, tiles="#d0a03f")
    scene.add("great hall", sheet, 0.52)
    _court(scene)
    sheet = scene.drawing(top=0.4)
    for name, at, foot, size in (
        ("stone_lantern", 0.13, 0.88, 0.28),
        ("stone_lantern", 0.87, 0.88, 0.28),
        ("incense", 0.30, 0.845, 0.15),
        ("incense", 0.70, 0.845, 0.15),
    ):
        tall = scene.tall(size)
        scenery.shadow(sheet, scene.x(at), scene.y(foot) - 2, tall * scenery.breadth(name), scene.ground_color)
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), tall, 0.9)
    scene.add("court", sheet, 0.82)
    return Place(0.93, 0.56)


def _terraces(scene: Scene, sheet: Drawing, wide: float) -> float:
    """Three steps of white stone with balustrades; returns the height of the upper one."""
    x, y, rise = scene.x(0.5), scene.y(0.80), scene.tall(0.034)
    stone = scene.color("#e4dfd4", 0.6)
    for step in range(3):
        half, foot = wide * (0.86 - 0.09 * step), y - rise * step
        sheet.rect(x - half, foot - rise, 2 * half, rise, sheet.linear([(0, stone), (1, darken(stone, 0.8))]))
        posts = "".join(f"M{x - half + half * k / 12:.1f} {foot - rise:.1f} v{-rise * 0.5:.1f} " for k in range(25))
        sheet.path(posts, stroke=mix(stone, "#ffffff", 0.2), width=max(1.6, rise * 0.16))
        sheet.rect(x - half, foot - rise * 1.36, 2 * half, rise * 0.12, mix(stone, "#ffffff", 0.2))
    for k in range(9):
        half = wide * (0.2 - 0.008 * k)
        sheet.rect(
            x - half, y - rise * (k + 1) / 3, 2 * half, rise / 3, darken(stone, 0.74 + 0.03 * (k % 2) + 0.015 * k)
        )
    slab = scene.color("#d0c8b8", 0.6)
    sheet.polygon(
        [(x - wide * 0.05, y - rise * 3), (x + wide * 0.05, y - rise * 3), (x + wide * 0.07, y), (x - wide * 0.07, y)],
        slab,
    )
    return y - rise * 3


def _court(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.7), scene.dice("court")
    stone = scene.color("#b4aca0", 0.85)
    if scene.snowy:
        stone = mix(stone, snow_color(scene, 0.85), 0.75)
    top = scene.y(0.795)
    sheet.rect(0, top, scene.width, scene.height, darken(stone, 0.7))
    floor = floor_of(scene, 0.60, 0.17)
    tiles(sheet, floor, top, round(scene.width * 2 / floor.width) + 6, 0.7, [stone, darken(stone, 0.95)], chance)
    shade = sheet.linear([(0, "#000000", 0.22), (0.3, "#000000", 0), (1, "#000000", 0.3)])
    sheet.rect(0, top, scene.width, scene.height - top, shade)
    scene.ground_color = stone
    scene.add("flagstones", sheet, 0.56, edge=0, drop=0)


def throne_hall(scene: Scene) -> Place:
    """Red columns that lead to the throne before its golden screen, beams in jade and gold, lanterns."""
    box = chamber(scene, inset=0.2, ceiling=0.12, floor=0.69, eye=0.42)
    shell(scene, box, _HALL)
    sheet = scene.drawing(bottom=0.75)
    _panels(scene, sheet, box)
    _beams(scene, sheet, box)
    scene.add("panels", sheet, 0.34)
    _throne(scene, box)
    for near, depth in ((1.1, 0.5), (1.5, 0.6), (2.15, 0.72)):
        _columns(scene, box, near, depth)
    return Place(0.92, 0.69)


def _panels(scene: Scene, sheet: Drawing, box: Chamber) -> None:
    """Lattice doors along the back wall."""
    tall = box.floor - box.ceiling
    number = 2 * max(2, round((box.right - box.left) / tall * 3.2))
    wide = (box.right - box.left) / number
    pane = scene.color("#e8c884", 0.9) if scene.palette.lamps else mix(scene.outside.sky[2], "#f0e0b8", 0.6)
    for k in range(number):
        x = box.left + wide * k
        sheet.rect(x + 2, box.ceiling + tall * 0.22, wide - 4, tall * 0.78, scene.color(_RED, 0.9, 0.8))
        eastern.lattice(
            sheet,
            x + wide * 0.14,
            box.ceiling + tall * 0.27,
            wide * 0.72,
            tall * 0.42,
            pane,
            scene.color("#7a3a24", 0.9),
            5,
        )
        sheet.rect(x + wide * 0.16, box.ceiling + tall * 0.75, wide * 0.68, tall * 0.17, scene.color("#8a2c24", 0.9))
        sheet.oval(x + wide * 0.5, box.ceiling + tall * 0.835, wide * 0.2, scene.color(_GOLD, 0.9), ry=tall * 0.045)


def _beams(scene: Scene, sheet: Drawing, box: Chamber) -> None:
    """The painted beams over the wall, and those that run across the ceiling."""
    tall = box.floor - box.ceiling
    jade, gold = scene.color(_JADE, 0.9), scene.color(_GOLD, 0.95)
    for near in (1.0, 1.3, 1.75):
        left, right = box.side(-1, near, 1.0)[0], box.side(1, near, 1.0)[0]
        y = box.side(-1, near, 0.88 if near == 1 else 1.0)[1]
        high = tall * 0.09 * near
        sheet.rect(left, y - high, right - left, high, sheet.linear([(0, jade), (1, darken(jade, 0.7))]))
        step = high * 1.7
        for k in range(int((right - left) / step)):
            sheet.oval(left + step * (k + 0.5), y - high / 2, high * 0.24, gold if k % 2 else scene.color(_RED, 0.95))
        for edge in (0.0, 0.9):
            sheet.rect(left, y - high + high * edge, right - left, high * 0.1, gold)


def _throne(scene: Scene, box: Chamber) -> None:
    """The dais with its steps, the golden screen, the throne, censers, and the carpet down to the viewer."""
    sheet = scene.drawing(top=0)
    x, foot, unit = box.eye_x, box.floor + scene.tall(0.05), scene.tall(1)
    gold, red = scene.color(_GOLD, 0.95), scene.color(_RED, 0.95)
    carpet = f"M{x - unit * 0.075:.0f} {foot - unit * 0.07:.0f} H{x + unit * 0.075:.0f} "
    carpet += f"L{x + unit * 0.30:.0f} {scene.height:.0f} H{x - unit * 0.30:.0f}Z"
    sheet.path(carpet, sheet.linear([(0, darken(red, 0.8)), (1, red)]))
    for side in (-1, 1):
        hem = f"M{x + side * unit * 0.066:.0f} {foot - unit * 0.07:.0f} L{x + side * unit * 0.272:.0f} "
        sheet.path(hem + f"{scene.height:.0f}", stroke=gold, width=unit * 0.012)
    for step in range(3):
        half, y = unit * (0.29 - 0.04 * step), foot - unit * 0.026 * step
        sheet.rect(x - half, y - unit * 0.026, 2 * half, unit * 0.027, darken(red, 0.62 + 0.1 * step))
        sheet.rect(x - half, y - unit * 0.026, 2 * half, unit * 0.006, gold)
        sheet.rect(x - unit * 0.07, y - unit * 0.026, unit * 0.14, unit * 0.027, darken(red, 0.85 + 0.08 * step))
    base = foot - unit * 0.076
    for panel, (at, tall) in enumerate(((-0.105, 0.26), (0, 0.31), (0.105, 0.26))):
        wide = unit * 0.1
        left = x + unit * at - wide / 2
        sheet.rect(left, base - unit * tall, wide, unit * tall, darken(gold, 0.8), round_=4)
        inner = sheet.linear([(0, mix(gold, "#fff0c0", 0.3)), (1, darken(gold, 0.85))])
        sheet.rect(left + wide * 0.1, base - unit * tall * 0.95, wide * 0.8, unit * tall * 0.9, inner, round_=3)
        curl = wide * 0.22 * (1 if panel % 2 else -1)
        coil = f"M{left + wide * 0.5:.1f} {base - unit * tall * 0.85:.1f} "
        coil += "".join(
            f"q{curl * (1 if k % 2 else -1):.1f} {unit * tall * 0.08:.1f} 0 {unit * tall * 0.15:.1f} " for k in range(5)
        )
        sheet.path(coil, stroke=darken(gold, 0.6), width=wide * 0.07)
    if not sits(scene.spec):  # who reigns has a throne nearer to the viewer
        scenery.put(scene, sheet, "dragon_throne", x, base, unit * 0.2, 0.95)
    for side in (-1, 1):
        scenery.put(scene, sheet, "incense", x + side * unit * 0.22, foot, unit * 0.12, 0.95)
    scene.add("dais", sheet, 0.44)


def _columns(scene: Scene, box: Chamber, near: float, depth: float) -> None:
    """One on each side, lacquered red, gold at its foot and head; a palace lantern beside it."""
    sheet = scene.drawing()
    red, gold = scene.color(_RED, depth + 0.3), scene.color(_GOLD, depth + 0.3)
    for side in (-1, 1):
        (x, foot), top = box.side(side, near, 0), box.side(side, near, 1)[1]
        wide = scene.tall(0.05) * near
        round_ = [(0, darken(red, 0.55)), (0.4, mix(red, "#ffffff", 0.12)), (1, darken(red, 0.5))]
        sheet.rect(x - wide / 2, top - wide, wide, foot - top + wide, sheet.linear(round_, (0, 0), (1, 0)))
        for y, tall in ((foot - wide * 0.9, 0.5), (top + wide * 0.4, 0.9)):
            bright = [(0, darken(gold, 0.6)), (0.4, mix(gold, "#ffffff", 0.2)), (1, darken(gold, 0.55))]
            sheet.rect(x - wide * 0.52, y, wide * 1.04, wide * tall, sheet.linear(bright, (0, 0), (1, 0)))
        stone = scene.color("#a09a94", depth + 0.3)
        sheet.rect(x - wide * 0.75, foot - wide * 0.42, wide * 1.5, wide * 0.45, darken(stone, 0.8), round_=wide * 0.2)
        hang = (foot - top) * 0.24
        scenery.put(scene, sheet, "red_lantern", x - side * wide * 1.3, top + hang * 1.05, hang, depth + 0.3)
    scene.add(f"columns {near}", sheet, depth, Role.LAND, edge=0.12)


OLD_CHINA = {
    "castle": Setting(palace, sun=(0.2, 0.2)),
    "castle hall": Setting(throne_hall, air="room"),
}
