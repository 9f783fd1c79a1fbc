"""In town: the market street hung with lanterns, and a plain street."""

from collections.abc import Iterator, Sequence

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.buildings import building, lanterns
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.land import mist, snow_color
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role, glow
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_FACADES = ("#b5735a", "#c9a36f", "#7f9a8f", "#a8647a", "#8c86a8", "#c58d5a")
_AWNINGS = ("#d9553f", "#3f8f86", "#e0a03a", "#5a6fb5")
_LANTERNS = ("#ff8a4a", "#ffb84a", "#ff6a4a", "#ffd27a")
_FRUIT = ("#d8483a", "#e8a33a", "#7fa845", "#b8578a", "#e8c84a")
HORIZON = 0.60


def market(scene: Scene) -> Place:
    _skyline(scene)
    _facades(scene, awnings=True)
    pavement(scene)
    sheet = scene.drawing(bottom=0.7)
    x, y = scene.x, scene.y
    lanterns(scene, sheet, (x(-0.05), y(0.10)), (x(0.62), y(0.30)), 40, 9, _LANTERNS, 11)
    lanterns(scene, sheet, (x(1.05), y(0.04)), (x(0.42), y(0.36)), 46, 9, _LANTERNS, 9)
    lanterns(scene, sheet, (x(0.24), y(0.40)), (x(0.76), y(0.40)), 26, 6, _LANTERNS, 6)
    scene.add("lanterns", sheet, 0.7, drop=0, motion=Motion(sway=3))
    if beside_the_stall(scene):
        _stall(scene)
    return Place(0.945, HORIZON)


def street(scene: Scene) -> Place:
    _skyline(scene)
    _facades(scene, awnings=False)
    pavement(scene)
    sheet = scene.drawing(top=0.4, bottom=0.85)
    for at, size in ((0.27, 0.34), (0.73, 0.34)):
        spot = scene.x(at), scene.y(0.80)
        tree(scene, sheet, spot, scene.tall(size), 0.6, scene.dice(f"tree {at}"), paint="#5a9050")
    scene.add("street trees", sheet, 0.56)
    sheet = scene.drawing()
    for at, tall in ((0.14, 0.56), (0.90, 0.62)):
        _street_lamp(scene, sheet, scene.x(at), scene.y(0.92), scene.tall(tall))
    scene.add("street lamps", sheet, 0.86)
    return Place(0.945, HORIZON)


def _skyline(scene: Scene) -> None:
    chance = scene.dice("skyline")
    sky(scene, HORIZON)
    lit = 0.45 if scene.palette.lamps else 0.06
    rows = ((0.12, 22, 0.16, 0.40, "#7d7f95"), (0.28, 15, 0.22, 0.48, "#6d6a80"))
    for i, (depth, number, low, high, paint) in enumerate(rows):
        sheet = scene.drawing(top=0, bottom=0.76)
        count = scene.count(number)
        for k in range(count):
            x = k * scene.width / count
            outward = abs(x / scene.width - 0.5) * 2
            tall = low + (high - low) * chance.random() * (0.45 + 0.75 * outward) + 0.14
            width = scene.width / count * chance.uniform(0.8, 1.15)
            window = (5.0 + 3 * i, 6.0 + 4 * i)
            color = scene.color(paint, depth)
            building(sheet, x, scene.y(0.74), width, scene.tall(tall), color, chance, lit * (0.35 + 0.2 * i), window)
        scene.add(f"skyline {i}", sheet, depth)
        if not scene.look.manga:
            mist(scene, 0.66, 0.12, depth + 0.01, 0.5, i)


class Front:
    """One house front in the row on one side of the street, in perspective.

    `squeeze` is how much narrower all is where the picture is. `x` takes a share of the way in from the edge, `y` that
    and a height 0 (foot) … 1 (eaves). `tall`: how high the eaves are at the edge, and by how much less farther in.
    """

    def __init__(
        self,
        scene: Scene,
        side: int,
        start: float,
        end: float,
        number: int,
        *,
        paints: Sequence[str] = _FACADES,
        tall: tuple[float, float] = (0.92, 1.05),
    ) -> None:
        self.start, self.end, self.side = start, end, side
        self.width, self.depth = end - start, 0.62 - 0.7 * start
        self.squeeze = min(1.0, scene.picture_width * 0.545 / scene.wide(0.545))
        self._scene, self._tall, self._shrink = scene, tall, 1.0 if number % 2 else 0.93
        self.color = scene.color(paints[(number + (3 if side > 0 else 0)) % len(paints)], self.depth)

    def x(self, share: float) -> float:
        across = share * 16 / 9 * self._scene.unit
        left, right = self._scene.x(-0.045), self._scene.x(1.045)
        return left + across * self.squeeze if self.side < 0 else right - across * self.squeeze

    def y(self, share: float, height: float) -> float:
        foot = self._scene.y(0.74) + self._scene.tall(0.16 - 0.42 * share)
        return foot - self._scene.tall((self._tall[0] - self._tall[1] * share) * self._shrink * height)

    def quad(self, left: float, right: float, low: float, high: float) -> list[tuple[float, float]]:
        corners = ((left, low), (left, high), (right, high), (right, low))
        return [(self.x(share), self.y(share, height)) for share, height in corners]


def row() -> Iterator[tuple[int, float, float, int]]:
    """Of each front on both sides of a street its side, where it begins and ends, and its number."""
    for side in (-1, 1):
        start, number = 0.0, 0
        while start < 0.36:
            end = start + 0.115 * (1 - 0.9 * start)
            yield side, start, end, number
            start, number = end, number + 1


def _facades(scene: Scene, awnings: bool) -> None:
    sheet, chance = scene.drawing(), scene.dice("facades")
    for side, start, end, number in row():
        front = Front(scene, side, start, end, number)
        _front(scene, sheet, front, chance)
        (_shop if awnings else _door)(scene, sheet, front, chance)
    scene.add("facades", sheet, 0.5)


def _front(scene: Scene, sheet: Drawing, front: Front, chance: Chance) -> None:
    lit = 0.66 if scene.palette.lamps else 0.09
    wall = sheet.linear([(0, darken(front.color, 0.80)), (1, front.color)])
    sheet.polygon(front.quad(front.start, front.end, 0, 1), wall)
    for row in range(3):
        for column in range(2):
            left = front.start + front.width * (0.16 + 0.42 * column)
            low = 0.36 + 0.2 * row
            pane = mix(front.color, "#ffca72", 0.85) if chance.random() < lit else darken(front.color, 0.62)
            sheet.polygon(front.quad(left, left + front.width * 0.26, low, low + 0.11), pane)


def _shop(scene: Scene, sheet: Drawing, front: Front, chance: Chance) -> None:
    """A shop on the ground floor, bright inside by night, under a striped awning."""
    left, right = front.start + front.width * 0.06, front.end - front.width * 0.06
    lamps = scene.palette.lamps
    if lamps:
        glow_ = [(0, mix(front.color, "#ffc469", 0.72)), (0.55, mix(front.color, "#c8742f", 0.55))]
        fill = sheet.linear([*glow_, (1, mix(front.color, "#5a3426", 0.75))])
        middle = (left + right) / 2
        scene.lamp(front.x(middle), front.y(middle, 0.10), scene.wide(front.width * 1.1), "#ffab55", 0.40)
    else:
        fill = darken(front.color, 0.45)
    sheet.polygon(front.quad(left, right, 0, 0.24), fill)
    paint = chance.choice(_AWNINGS)
    out = scene.wide(0.030) * (1 - 1.3 * front.start) * -front.side
    for stripe in range(6):
        a, b = left + (right - left) * stripe / 6, left + (right - left) * (stripe + 1) / 6
        cloth = scene.color("#f3e7cf" if stripe % 2 else paint, 0.75)
        over, under = (front.x(a), front.y(a, 0.30)), (front.x(b), front.y(b, 0.30))
        sheet.polygon(
            [over, under, (front.x(b) + out, front.y(b, 0.205)), (front.x(a) + out, front.y(a, 0.205))], cloth
        )


def _door(scene: Scene, sheet: Drawing, front: Front, chance: Chance) -> None:
    """A front door and a ground-floor window."""
    left = front.start + front.width * 0.14
    sheet.polygon(front.quad(left, left + front.width * 0.24, 0, 0.24), darken(front.color, 0.45))
    pane = mix(front.color, "#ffca72", 0.8) if scene.palette.lamps else darken(front.color, 0.6)
    right = front.start + front.width * 0.55
    sheet.polygon(front.quad(right, right + front.width * 0.32, 0.09, 0.24), pane)
    if scene.palette.lamps:
        scene.lamp(front.x(right), front.y(right, 0.15), scene.wide(front.width * 0.7), "#ffab55", 0.3)


def pavement(scene: Scene) -> None:
    """Setts toward the vanishing point, and the sky's light on them."""
    sheet, chance, palette = scene.drawing(top=0.72), scene.dice("pavement"), scene.palette
    color = snow_color(scene, 0.8) if scene.snowy else scene.color("#9c8f86", 0.75)
    middle, w, top, foot = scene.x(0.5), scene.wide(1), scene.y(0.748), scene.height + 6
    fade = sheet.linear([(0, mix(color, palette.sky[2], 0.45)), (1, darken(color, 0.55))])
    sheet.rect(0, top, scene.width, foot - top, darken(mix(color, palette.sky[2], 0.3), 0.62))
    sheet.polygon(
        [(middle - w * 0.18, top), (middle + w * 0.18, top), (middle + w * 1.25, foot), (middle - w * 1.25, foot)], fade
    )
    for row in range(16):
        near = (row / 15) ** 2
        y = top + 3 + scene.tall(0.30) * near
        half = w * (0.18 + 0.41 * near)
        for k in range(22):
            x = middle - half + 2 * half * (k + 0.5 * (row % 2)) / 22
            stone = darken(mix(color, palette.sky[2], 0.32 * (1 - near)), chance.uniform(0.78, 1.12))
            tall = scene.tall(0.006 + 0.020 * near)
            sheet.rect(x, y, 2 * half / 22 * 0.86, tall, stone, opacity=0.8, round_=tall * 0.4)
    scene.add("pavement", sheet, 0.52, edge=0, drop=0)
    px = scene.px
    shine = mix(palette.sky[3], palette.key, 0.4) * (0.5 if palette.lamps else 0.15)
    center = (middle * px, scene.y(0.77) * px)
    size = (scene.width_px, scene.height_px)
    scene.add_light("shine", glow(*size, center, w * 0.24 * px, shine, 1.8, scene.tall(0.18) * px), 0.53)


def beside_the_stall(scene: Scene) -> bool:
    """Whether there is room for a stall that is close to the viewer, or it would be before somebody's face."""
    wide = scene.spec.framing is Framing.WIDE and scene.picture_width > scene.picture_height * 1.2
    return wide or (scene.spec.framing is not Framing.CLOSE and not scene.spec.subjects)


def _stall(scene: Scene) -> None:
    """The nearest stall, with fruit, at the left edge."""
    sheet, chance = scene.drawing(top=0.25), scene.dice("stall")
    y, w, h = scene.y(1.02), scene.wide(0.24), scene.unit
    x = scene.x(0.21) - w  # however narrow the picture is, it leaves the stage free
    wood = scene.color("#8a5f3f", 0.95)
    sheet.rect(x, y - h * 0.20, w, h * 0.24, sheet.linear([(0, wood), (1, darken(wood, 0.5))]))
    for k in range(6):
        sheet.rect(x + w * k / 6, y - h * 0.20, 2, h * 0.24, darken(wood, 0.6))
    for k, paint in enumerate(_FRUIT):
        for q in range(26):
            heap = chance.uniform(0, 0.035) * h * (1 - abs(q / 13 - 1) * 0.3)
            at = x + w * (0.02 + 0.195 * k) + chance.uniform(0, w * 0.17)
            sheet.oval(at, y - h * 0.205 - heap, h * 0.0135, scene.color(paint, 1, chance.uniform(0.8, 1.1)))
    for k in (0.02, 0.96):
        sheet.rect(x + w * k, y - h * 0.60, 7, h * 0.42, darken(wood, 0.7))
    for stripe in range(8):
        a, b = x - 12 + (w + 26) * stripe / 8, x - 12 + (w + 26) * (stripe + 1) / 8
        cloth = scene.color("#f1e3c8" if stripe % 2 else "#c9503c", 0.95)
        hem = f"Q{(a + b) / 2 + 6:.0f} {y - h * 0.49:.0f} {a + 6:.0f} {y - h * 0.52:.0f}Z"
        sheet.path(f"M{a:.0f} {y - h * 0.64:.0f} H{b:.0f} L{b + 6:.0f} {y - h * 0.52:.0f} {hem}", cloth)
    if scene.palette.lamps:
        scene.lamp(x + w * 0.5, y - h * 0.36, scene.wide(0.16), "#ffb560", 0.55)
    scene.add("stall", sheet, 0.98, Role.THING)


def _street_lamp(scene: Scene, sheet: Drawing, x: float, y: float, height: float) -> None:
    iron = scene.color("#3a3f48", 0.85)
    sheet.rect(x - 3, y - height, 6, height, iron)
    sheet.rect(x - 9, y - 16, 18, 16, iron, round_=3)
    sheet.rect(x - 7, y - height * 0.98, 14, 5, iron, round_=2)
    lit = "#ffe6a8" if scene.palette.lamps else scene.color("#dfe6ea", 0.85)
    sheet.path(f"M{x - 10:.0f} {y - height:.0f} l4 -30 h12 l4 30Z", lit)
    sheet.path(f"M{x - 9:.0f} {y - height - 30:.0f} l9 -13 l9 13Z", iron)
    if scene.palette.lamps:
        scene.lamp(x, y - height - 14, scene.wide(0.16), "#ffc878", 0.7)


SETTINGS = {
    "market": Setting(market, sun=(0.5, 0.4)),
    "street": Setting(street, sun=(0.5, 0.36)),
}
