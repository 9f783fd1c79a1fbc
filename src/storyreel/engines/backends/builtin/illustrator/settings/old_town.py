"""A street and a market of old China: timber shops under tiled eaves, a gate tower at the end, signs and lanterns."""

from storyreel.engines.backends.builtin.illustrator import eastern
from storyreel.engines.backends.builtin.illustrator.buildings import lanterns
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import hill, lit_window, mist, snow_color, trace
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.settings.town import HORIZON, Front, beside_the_stall, pavement, row
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_TALL = (0.60, 0.83)
"""How high the eaves are; see `town.Front`."""
_WALLS = ("#e4d8c0", "#c9a87c", "#d8c4a0", "#b88a62")
_CLOTHS = ("#3f6a8a", "#a83a30", "#c9933a", "#5a7a56")
_REDS = ("#e0483a", "#e8603f", "#d93a2f", "#f07a45")


def old_street(scene: Scene) -> Place:
    _beyond(scene)
    _shops(scene)
    pavement(scene)
    sheet = scene.drawing(top=0.3, bottom=0.9)
    for at, size in ((0.245, 0.36), (0.765, 0.34)):
        spot = scene.x(at), scene.y(0.815)
        tree(scene, sheet, spot, scene.tall(size), 0.66, scene.dice(f"willow {at}"), "willow", "#8aa858")
    scene.add("willows", sheet, 0.58, motion=Motion(sway=1))
    return Place(0.945, HORIZON)


def old_market(scene: Scene) -> Place:
    _beyond(scene)
    _shops(scene)
    pavement(scene)
    sheet, x, y = scene.drawing(bottom=0.7), scene.x, scene.y
    lanterns(scene, sheet, (x(-0.05), y(0.16)), (x(0.60), y(0.34)), 40, 9, _REDS, 11)
    lanterns(scene, sheet, (x(1.05), y(0.10)), (x(0.42), y(0.38)), 46, 9, _REDS, 9)
    scene.add("lanterns", sheet, 0.7, drop=0, motion=Motion(sway=3))
    sheet, chance = scene.drawing(top=0.4, bottom=0.95), scene.dice("stalls")
    for number, (at, size) in enumerate(((0.245, 0.20), (0.80, 0.22))):
        _stall(scene, sheet, scene.x(at), scene.y(0.835), scene.tall(size), 0.7, chance, number)
    scene.add("stalls", sheet, 0.66)
    if not beside_the_stall(scene):
        return Place(0.945, HORIZON)
    sheet = scene.drawing(top=0.25)
    size = scene.tall(0.46)
    _stall(scene, sheet, scene.x(0.22) - size * 0.75, scene.y(1.03), size, 0.97, chance, 2)
    scene.add("near stall", sheet, 0.98, Role.THING)
    return Place(0.945, HORIZON)


def _beyond(scene: Scene) -> None:
    """Hills, roofs, and the gate tower at the street's end."""
    chance = scene.dice("beyond")
    sky(scene, HORIZON)
    sheet, _ = hill(scene, 0.50, 0.08, 0.12, far_paint(scene, "#8aa0b0"), 361)
    scene.add("hills", sheet, 0.12)
    sheet, number = scene.drawing(top=0.2, bottom=0.78), scene.count(9)
    for k in range(number):
        wide = scene.wide(chance.uniform(0.09, 0.15))
        at = scene.width * (k + chance.uniform(0.2, 0.8)) / number
        eastern.house(scene, sheet, at - wide / 2, scene.y(0.72), wide, 0.26, lantern=False)
    scene.add("roofs", sheet, 0.26)
    if not scene.look.manga:
        mist(scene, 0.66, 0.10, 0.28, 0.45, 12)
    sheet = scene.drawing(top=0.1, bottom=0.78)
    x, foot, wide, tall = scene.x(0.5), scene.y(0.755), scene.tall(0.36), scene.tall(0.13)
    stone = scene.color("#a29a8e", 0.4)
    wall = [(0, mix(stone, "#ffffff", 0.1)), (1, darken(stone, 0.8))]
    sheet.rect(x - wide / 2, foot - tall, wide, tall, sheet.linear(wall))
    courses = "".join(f"M{x - wide / 2:.1f} {foot - tall * k / 6:.1f} h{wide:.1f} " for k in range(1, 6))
    sheet.path(courses, stroke=darken(stone, 0.8), width=1, opacity=0.7)
    gate = wide * 0.1
    arch = trace("M", (x - gate, foot), "V") + f"{foot - tall * 0.45:.1f} A{gate:.1f} {gate:.1f} 0 0 1 "
    sheet.path(arch + f"{x + gate:.1f} {foot - tall * 0.45:.1f} V{foot:.1f}Z", mix(darken(stone, 0.4), "#6a4a30", 0.3))
    eastern.hall(scene, sheet, x, foot - tall, wide * 0.78, 0.42, storeys=2)
    scene.add("gate tower", sheet, 0.38)


def _shops(scene: Scene) -> None:
    sheet, chance = scene.drawing(), scene.dice("shops")
    fronts = [Front(scene, *one, paints=_WALLS, tall=_TALL) for one in row()]
    for front in reversed(fronts):  # the nearest last: its eaves are before the next
        _shop(scene, sheet, front, chance)
    scene.add("shops", sheet, 0.5)


def _shop(scene: Scene, sheet: Drawing, front: Front, chance: Chance) -> None:
    """Open below between red posts, lattice above, tiled eaves over both, a lantern, and a sign or a cloth."""
    wood, red = scene.color("#6a4030", front.depth), scene.color("#9a3a2c", front.depth)
    left, right, wide = front.start, front.end, front.width
    sheet.polygon(front.quad(left, right, 0, 1), front.color)
    dark = scene.color("#4a3026", front.depth)
    inside = mix(dark, "#ffb45e", 0.55) if scene.palette.lamps else dark
    sheet.polygon(front.quad(left, right, 0, 0.44), sheet.linear([(0, inside), (1, darken(inside, 0.62))]))
    if scene.palette.lamps:
        scene.lamp(front.x(left + wide / 2), front.y(left, 0.2), scene.wide(wide * 0.9), "#ffab55", 0.36)
    sheet.polygon(front.quad(left + wide * 0.1, left + wide * 0.6, 0, 0.13), wood)
    for k in range(5):
        at = left + wide * (0.13 + 0.1 * k)
        goods = scene.color(chance.choice((*_CLOTHS, "#d8b068", "#e0d4b8")), front.depth)
        sheet.oval(front.x(at), front.y(at, 0.15), scene.wide(wide * 0.045), goods, ry=scene.wide(wide * 0.04))
    _lattices(scene, sheet, front, wood)
    for at in (0.0, 0.64, 0.95):
        sheet.polygon(front.quad(left + wide * at, left + wide * (at + 0.05), 0, 0.94), red)
    _eaves(scene, sheet, front, 0.46, 0.10, 0.03)
    _eaves(scene, sheet, front, 0.92, 0.24, 0.045)
    _sign(scene, sheet, front, chance)


def _lattices(scene: Scene, sheet: Drawing, front: Front, wood: Color) -> None:
    """A row of paper windows upstairs."""
    pane = lit_window(scene, front.depth) if scene.palette.lamps else scene.color("#e8dcc0", front.depth)
    bars = ""
    for k in range(3):
        a = front.start + front.width * (0.08 + 0.3 * k)
        b = a + front.width * 0.24
        sheet.polygon(front.quad(a, b, 0.60, 0.84), pane)
        for share in (0, 0.25, 0.5, 0.75, 1):
            at, up = a + (b - a) * share, 0.60 + 0.24 * share
            bars += trace("M", (front.x(at), front.y(at, 0.60)), "L", (front.x(at), front.y(at, 0.84)))
            bars += trace("M", (front.x(a), front.y(a, up)), "L", (front.x(b), front.y(b, up)))
    sheet.path(bars, stroke=wood, width=max(1.2, 3 * (1 - 2 * front.start)))


def _eaves(scene: Scene, sheet: Drawing, front: Front, height: float, rise: float, out: float) -> None:
    """A tiled roof that leans out over the street, its corners turned up."""
    tiles = snow_color(scene, front.depth) if scene.snowy else scene.color("#5f6670", front.depth)
    reach = scene.wide(out) * front.squeeze * (1 - 1.6 * front.start) * -front.side
    a, b = front.start - 0.004, front.end + 0.002
    low = [(front.x(at) + reach, front.y(at, height - 0.05)) for at in (a, b)]
    high = [(front.x(at), front.y(at, height + rise)) for at in (a, b)]
    lift = (low[0][1] - high[0][1]) * 0.16
    middle = (low[0][0] + low[1][0]) / 2, (low[0][1] + low[1][1]) / 2 + lift
    hem = trace("M", (low[0][0], low[0][1] - lift), "Q", middle, (low[1][0], low[1][1] - lift))
    slope = hem + trace("L", high[1], high[0]) + "Z"
    sheet.path(slope, sheet.linear([(0, darken(tiles, 0.74)), (1, mix(tiles, "#ffffff", 0.1))]))
    rows = ""
    for k in range(1, 12):
        share = k / 12
        top = high[0][0] + (high[1][0] - high[0][0]) * share, high[0][1] + (high[1][1] - high[0][1]) * share
        foot = low[0][0] + (low[1][0] - low[0][0]) * share, low[0][1] + (low[1][1] - low[0][1]) * share
        rows += trace("M", top, "L", foot)
    sheet.path(rows, stroke=darken(tiles, 0.7 if not scene.snowy else 0.9), width=1.4, opacity=0.7)
    sheet.path(hem, stroke=darken(tiles, 0.5), width=max(1.6, 4 * (1 - 2 * front.start)))


def _sign(scene: Scene, sheet: Drawing, front: Front, chance: Chance) -> None:
    """What hangs out over the street: a board with gold strokes, or a cloth; and a lantern."""
    unit = scene.tall(0.2) * (1 - 1.9 * front.start) * (0.5 + 0.5 * front.squeeze)
    side = -front.side
    at = front.start + front.width * 0.5
    x, y = front.x(at) + side * scene.wide(0.012), front.y(at, 0.80)
    wide, tall = unit * 0.22, unit * 0.8
    left = x if side > 0 else x - wide
    sheet.path(
        trace("M", (front.x(at), y - 4), "H") + f"{x + side * wide:.1f}", stroke=darken(front.color, 0.4), width=3
    )
    if chance.random() < 0.5:
        cloth = scene.color(chance.choice(_CLOTHS), 0.7)
        edge = f"M{left:.1f} {y:.1f} h{wide:.1f} v{tall:.1f} l{-wide / 2:.1f} {-wide * 0.5:.1f} l{-wide / 2:.1f} "
        sheet.path(edge + f"{wide * 0.5:.1f}Z", cloth)
        sheet.oval(left + wide / 2, y + tall * 0.4, wide * 0.34, mix(cloth, "#f4ead0", 0.85))
    else:
        sheet.rect(left, y, wide, tall, scene.color("#3a2a24", 0.75), round_=2)
        gold = scene.color("#e0b458", 0.8)
        for k in range(3):
            cy, r = y + tall * (0.2 + 0.3 * k), wide * 0.28
            stroke = f"M{left + wide / 2 - r:.1f} {cy:.1f} h{2 * r:.1f} m{-r:.1f} {-r:.1f} v{2 * r:.1f} "
            stroke += f"m{-r * 0.8:.1f} {-r * 0.2:.1f} l{r * 0.6:.1f} {-r:.1f} l{r:.1f} {r:.1f}"
            sheet.path(stroke, stroke=gold, width=max(1, wide * 0.09))
    lx, ly, r = front.x(front.end - 0.004) + side * scene.wide(0.016), front.y(front.end, 0.36), unit * 0.09
    glow = scene.color("#d93a2f", 0.9) if not scene.palette.lamps else mix("#ff6a45", "#ffd27a", 0.3)
    sheet.path(f"M{lx:.1f} {ly - r * 2:.1f} v{r * 4:.1f}", stroke=scene.color("#c9993a", 0.8), width=1.4)
    sheet.oval(lx, ly, r, glow, ry=r * 1.1)
    if scene.palette.lamps:
        scene.lamp(lx, ly, r * 7, "#ff8a50", 0.4)


def _stall(
    scene: Scene, sheet: Drawing, x: float, y: float, size: float, depth: float, chance: Chance, kind: int
) -> None:
    """A table under a cloth on poles, whose middle foot is (x, y): steamers, fruit, or jars."""
    wood, cloth = scene.color("#8a5f3f", depth), scene.color(_CLOTHS[kind % 4], depth)
    half, top = size * 0.62, y - size * 0.42
    for side in (-1, 1):
        sheet.rect(x + side * half * 0.94 - size * 0.015, y - size * 1.15, size * 0.03, size * 1.15, darken(wood, 0.6))
    sheet.rect(x - half, top, 2 * half, size * 0.42, sheet.linear([(0, darken(wood, 0.95)), (1, darken(wood, 0.5))]))
    sheet.path(
        "".join(f"M{x - half + 2 * half * k / 7:.1f} {top:.1f} v{size * 0.42:.1f} " for k in range(1, 7)),
        stroke=darken(wood, 0.55),
        width=1.6,
    )
    sheet.rect(x - half * 1.06, top - size * 0.035, 2.12 * half, size * 0.05, wood)
    for k in range(6):
        gx = x - half * 0.86 + half * 1.72 * (k + 0.5) / 6
        if (k + kind) % 2:
            _steamers(scene, sheet, gx, top - size * 0.03, size * 0.11, depth, 1 + (k + kind) % 3)
        else:
            paint = scene.color(chance.choice(("#d8483a", "#e8a33a", "#7fa845", "#e8c84a")), depth)
            for q in range(7):
                fx, fy = gx + (q % 4 - 1.5) * size * 0.045, top - size * (0.06 + 0.04 * (q // 4))
                sheet.oval(fx, fy, size * 0.03, darken(paint, chance.uniform(0.8, 1.1)))
    hang = y - size * 1.15
    sheet.path(
        trace(
            "M",
            (x - half * 1.0, hang - size * 0.2),
            "L",
            (x + half * 1.0, hang - size * 0.2),
            (x + half * 1.22, hang),
            (x - half * 1.22, hang),
        )
        + "Z",
        sheet.linear([(0, cloth), (1, darken(cloth, 0.8))]),
    )
    scallops = f"M{x - half * 1.22:.1f} {hang:.1f} "
    for _ in range(8):
        scallops += f"q{half * 0.1525:.1f} {size * 0.1:.1f} {half * 0.305:.1f} 0 "
    sheet.path(scallops + "Z", mix(cloth, "#f4ead0", 0.7))
    if scene.palette.lamps:
        scene.lamp(x, y - size * 0.7, size * 1.1, "#ffb560", 0.5)


def _steamers(scene: Scene, sheet: Drawing, x: float, y: float, width: float, depth: float, number: int) -> None:
    """Bamboo steamers, one on the other."""
    cane = scene.color("#d8b478", depth)
    tall = width * 0.34
    for k in range(number):
        sheet.rect(x - width / 2, y - tall * (k + 1), width, tall * 0.9, darken(cane, 0.92 + 0.04 * (k % 2)), round_=1)
        sheet.rect(x - width / 2, y - tall * (k + 1), width, tall * 0.2, darken(cane, 0.7))
    sheet.oval(x, y - tall * number, width / 2, mix(cane, "#ffffff", 0.1), ry=tall * 0.5)


OLD_CHINA = {
    "market": Setting(old_market, sun=(0.5, 0.4)),
    "street": Setting(old_street, sun=(0.5, 0.36)),
}
