"""A church of stone on its green, with a tower and coloured windows."""

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, mist, snow_color, trace
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_PANES = ("#c9503f", "#3f6fa8", "#d8a83a", "#5a8f5a", "#7a5a9a")


def church(scene: Scene) -> Place:
    """Nave and tower behind a low wall, old trees at the sides, the path to the door."""
    chance, horizon = scene.dice("church"), 0.58
    sky(scene, horizon)
    sheet, points = hill(scene, 0.57, 0.04, 0.2, far_paint(scene, "#86a088"), 381, mist=0.3)
    grove(scene, sheet, points, 0.2, 22, (0.05, 0.1), chance)
    scene.add("hills", sheet, 0.2)
    mist(scene, 0.62, 0.07, 0.22, 0.35, 15)
    sheet = scene.drawing(top=0, bottom=0.85)
    unit = min(scene.tall(1), scene.picture_width * 0.86)
    _church(scene, sheet, scene.x(0.5), scene.y(0.785), unit)
    scene.add("church", sheet, 0.5)
    sheet = scene.drawing(top=0.2, bottom=0.9)
    _wall(scene, sheet)
    for at, size in ((0.04, 0.52), (0.16, 0.34), (0.88, 0.36), (0.98, 0.56)):
        tree(scene, sheet, (scene.x(at), scene.y(0.80)), scene.tall(size), 0.68, chance, paint="#4c7f44")
    scene.add("trees", sheet, 0.64)
    lawn(scene, "green", 0.79, "#7cae54", 382)
    path(scene, "#cfc0a0", 0.795, to=0.46)
    sheet = scene.drawing(top=0.4)
    for at in (0.17, 0.84):
        scenery.put(scene, sheet, "lamp_post", scene.x(at), scene.y(0.87), scene.tall(0.36), 0.86)
    scene.add("lamps", sheet, 0.82)
    frame(scene, "grass")
    frame(scene, "leaves", 1)
    return Place(0.925, horizon)


def _church(scene: Scene, sheet: Drawing, x: float, y: float, unit: float) -> None:
    """Its front's middle foot is at (x, y): the gable with door and rose window, the nave to the right, the tower."""
    stone, slate = scene.color("#c6bcaa", 0.56), scene.color("#5a6270", 0.56)
    roof = snow_color(scene, 0.56) if scene.snowy else slate
    nave = unit * 0.62
    left, eaves, ridge = x - nave * 0.30, y - unit * 0.24, y - unit * 0.40
    sheet.rect(left, eaves, nave, y - eaves, sheet.linear([(0, darken(stone, 0.94)), (1, darken(stone, 0.8))]))
    slope = trace(
        "M", (left - unit * 0.02, eaves), "L", (left + unit * 0.05, ridge), (left + nave - unit * 0.04, ridge)
    )
    slope += trace("L", (left + nave + unit * 0.02, eaves)) + "Z"
    sheet.path(slope, sheet.linear([(0, mix(roof, "#ffffff", 0.1)), (1, darken(roof, 0.8))]))
    for k in range(4):
        wx = left + nave * (0.42 + 0.15 * k)
        _window(scene, sheet, wx, y - unit * 0.05, unit * 0.052, unit * 0.14, stone, k)
        sheet.rect(wx + nave * 0.062, eaves + 4, nave * 0.022, y - eaves - 4, darken(stone, 0.7))
    _gable(scene, sheet, left + unit * 0.1, y, unit, stone, roof)
    _tower(scene, sheet, left - unit * 0.09, y, unit, stone, roof)


def _gable(scene: Scene, sheet: Drawing, x: float, y: float, unit: float, stone: Color, roof: Color) -> None:
    half, eaves, top = unit * 0.13, y - unit * 0.25, y - unit * 0.44
    front = trace("M", (x - half, y), "L", (x - half, eaves), (x, top), (x + half, eaves), (x + half, y)) + "Z"
    sheet.path(front, sheet.linear([(0, mix(stone, "#ffffff", 0.1)), (1, darken(stone, 0.88))]))
    edge = trace("M", (x - half * 1.1, eaves + unit * 0.015), "L", (x, top - unit * 0.012))
    sheet.path(edge + trace("L", (x + half * 1.1, eaves + unit * 0.015)), stroke=darken(roof, 0.9), width=unit * 0.02)
    r, cy = unit * 0.045, y - unit * 0.285
    sheet.oval(x, cy, r * 1.2, darken(stone, 0.66))
    for k, paint in enumerate(_PANES):
        wedge = f"M{x:.1f} {cy:.1f} l{r * 0.3:.1f} {-r:.1f} h{-r * 0.6:.1f}Z"
        sheet.path(wedge, _glass(scene, paint), transform=f"rotate({72 * k} {x:.1f} {cy:.1f})")
    sheet.oval(x, cy, r * 0.3, _glass(scene, "#d8a83a"))
    w, h = unit * 0.05, unit * 0.16
    for grow, paint in ((1.3, darken(stone, 0.62)), (1.0, scene.color("#6a4430", 0.56))):
        arch = trace("M", (x - w * grow, y), "L", (x - w * grow, y - h * 0.55), "Q", (x - w * grow, y - h * 0.9))
        arch += trace((x, y - h * (0.95 + 0.12 * grow)), "Q", (x + w * grow, y - h * 0.9), (x + w * grow, y - h * 0.55))
        sheet.path(arch + trace("L", (x + w * grow, y)) + "Z", paint)
    sheet.rect(x - 1, y - h, 2, h, scene.color("#4a3024", 0.56))


def _tower(scene: Scene, sheet: Drawing, x: float, y: float, unit: float, stone: Color, roof: Color) -> None:
    half, top = unit * 0.07, y - unit * 0.46
    lit = [(0, mix(stone, "#ffffff", 0.12)), (1, darken(stone, 0.7))]
    sheet.rect(x - half, top, 2 * half, y - top, sheet.linear(lit, (0, 0), (1, 0)))
    for at in (0.0, 0.2, 0.36):
        sheet.rect(x - half * 1.1, top + unit * at, half * 2.2, unit * 0.014, darken(stone, 0.74))
    spire = trace("M", (x - half * 1.16, top), "L", (x, top - unit * 0.26), (x + half * 1.16, top)) + "Z"
    sheet.path(spire, sheet.linear([(0, mix(roof, "#ffffff", 0.14)), (1, darken(roof, 0.72))], (0, 0), (1, 0)))
    peak, gold = top - unit * 0.26, scene.color("#d8b052", 0.6)
    cross = f"M{x:.1f} {peak + 2:.1f} v{-unit * 0.045:.1f} M{x - unit * 0.012:.1f} {peak - unit * 0.028:.1f} "
    sheet.path(cross + f"h{unit * 0.024:.1f}", stroke=gold, width=max(1.6, unit * 0.006))
    _window(scene, sheet, x, top + unit * 0.13, unit * 0.045, unit * 0.1, stone, 2)
    sheet.oval(x, top + unit * 0.27, half * 0.42, scene.color("#f2ead8", 0.58))
    sheet.path(
        f"M{x:.1f} {top + unit * 0.27:.1f} v{-half * 0.3:.1f} m0 {half * 0.3:.1f} h{half * 0.2:.1f}",
        stroke=scene.color("#3a3430", 0.58),
        width=1.6,
    )


def _window(
    scene: Scene, sheet: Drawing, x: float, y: float, wide: float, tall: float, stone: Color, number: int
) -> None:
    """A pointed window of coloured panes whose middle foot is (x, y), lit when lamps are."""

    def arch(grow: float) -> str:
        w, h = wide / 2 + grow, tall + grow
        shape = trace("M", (x - w, y + grow), "L", (x - w, y - h * 0.6), "Q", (x - w, y - h * 0.85), (x, y - h))
        return shape + trace("Q", (x + w, y - h * 0.85), (x + w, y - h * 0.6), "L", (x + w, y + grow)) + "Z"

    sheet.path(arch(wide * 0.12), darken(stone, 0.6))
    with sheet.group(clip=sheet.clip(arch(0))):
        for k in range(5):
            paint = _glass(scene, _PANES[(k + number) % 5])
            sheet.rect(x - wide / 2, y - tall * (k + 1) / 5, wide, tall / 5 + 1, paint)
    sheet.path(f"M{x:.1f} {y:.1f} V{y - tall:.1f}", stroke=darken(stone, 0.5), width=1.4)
    if scene.palette.lamps:
        scene.lamp(x, y - tall / 2, tall * 1.1, "#ffb860", 0.22)


def _glass(scene: Scene, paint: str) -> Color:
    return (
        mix(paint, "#ffd27a", 0.5) if scene.palette.lamps else mix(scene.color(paint, 0.56), scene.palette.sky[2], 0.25)
    )


def _wall(scene: Scene, sheet: Drawing) -> None:
    """A low wall of field stones, open where the path goes through."""
    y, tall, chance = scene.y(0.805), scene.tall(0.05), scene.dice("wall")
    stone = snow_color(scene, 0.7) if scene.snowy else scene.color("#a49a8a", 0.7)
    gate = scene.wide(0.07)
    for left, right in ((0.0, scene.x(0.5) - gate), (scene.x(0.5) + gate, scene.width)):
        sheet.rect(left, y - tall, right - left, tall, darken(stone, 0.7))
        x = left
        while x < right:
            for row in range(3):
                wide = tall * chance.uniform(0.5, 0.9)
                sheet.rect(
                    x + row * 3,
                    y - tall * (row + 1) / 3,
                    wide,
                    tall / 3.4,
                    darken(stone, chance.uniform(0.8, 1.05)),
                    round_=3,
                )
            x += tall * 0.75
        sheet.rect(left, y - tall * 1.12, right - left, tall * 0.16, stone, round_=2)
