"""What people build: houses, towers of windows, strings of lanterns."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.land import lit_window
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth

_CORD = "#1c1a22"


def house(
    scene: Scene,
    sheet: Drawing,
    x: float,
    y: float,
    width: float,
    depth: float,
    wall: str = "#c9a98a",
    roof: str = "#8a4b3c",
    snow: Color | None = None,
) -> None:
    """A cottage whose left foot is at (x, y); its windows are lit when lamps are, and light the scene."""
    w, h = width, width * 0.62
    walls, tiles, pane = scene.color(wall, depth), scene.color(roof, depth), lit_window(scene, depth)
    sheet.rect(x, y - h, w, h, sheet.linear([(0, darken(walls, 0.86)), (1, walls)]))
    sheet.rect(x + w * 0.72, y - h * 1.86, w * 0.11, h * 0.7, darken(tiles, 0.8))
    slope = f"M{x - w * 0.09:.1f} {y - h * 0.96:.1f} L{x + w * 0.5:.1f} {y - h * 1.72:.1f} "
    eaves = f"L{x + w * 1.09:.1f} {y - h * 0.96:.1f} Q{x + w * 0.5:.1f} {y - h * 1.06:.1f} "
    sheet.path(slope + eaves + f"{x - w * 0.09:.1f} {y - h * 0.96:.1f}Z", tiles if snow is None else snow)
    shine = f"L{x + w * 0.5:.1f} {y - h * 1.66:.1f} L{x - w * 0.02:.1f} {y - h * 0.98:.1f}Z"
    sheet.path(slope + shine, mix(tiles, "#ffffff", 0.18 if snow is None else 0.8))
    for at in (0.14, 0.62):
        sheet.rect(x + w * at - 2, y - h * 0.72 - 2, w * 0.24 + 4, h * 0.34 + 4, darken(walls, 0.6))
        sheet.rect(x + w * at, y - h * 0.72, w * 0.24, h * 0.34, pane)
        sheet.rect(x + w * (at + 0.115), y - h * 0.72, w * 0.012, h * 0.34, darken(walls, 0.55))
        sheet.rect(x + w * at, y - h * 0.56, w * 0.24, h * 0.02, darken(walls, 0.55))
        if scene.palette.lamps:
            scene.lamp(x + w * (at + 0.12), y - h * 0.55, w * 0.5, "#ffb860", 0.55)
    door = f"M{x + w * 0.42:.1f} {y:.1f} V{y - h * 0.42:.1f} Q{x + w * 0.5:.1f} {y - h * 0.52:.1f} "
    sheet.path(door + f"{x + w * 0.58:.1f} {y - h * 0.42:.1f} V{y:.1f}Z", darken(tiles, 0.62))
    sheet.oval(x + w * 0.5, y - h * 1.26, w * 0.05, pane)


def building(
    sheet: Drawing,
    x: float,
    y: float,
    width: float,
    height: float,
    color: Color,
    chance: Chance,
    lit: float,
    window: tuple[float, float] = (9, 12),
) -> None:
    """A tall block of windows standing on (x … x + width, y); `lit` is the share of them with a light on."""
    top = y - height
    sheet.rect(x, top, width, height + 4, sheet.linear([(0, darken(color, 0.92)), (1, mix(color, "#ffffff", 0.05))]))
    roof = chance.random()
    if roof < 0.3:
        sheet.rect(x + width * 0.3, top - height * 0.06, width * 0.4, height * 0.07, darken(color, 0.9))
    elif roof < 0.5:
        sheet.rect(x + width * 0.48, top - height * 0.16, 2.4, height * 0.17, color)
    elif roof < 0.62:
        peak = f"M{x:.1f} {top:.1f} L{x + width * 0.5:.1f} {top - width * 0.35:.1f} L{x + width:.1f} {top:.1f}Z"
        sheet.path(peak, darken(color, 0.92))
    across, down = window[0] * 1.9, window[1] * 1.8
    row = top + down * 0.6
    while row < y - down * 0.6:
        column = x + across * 0.5
        while column + window[0] < x + width - 4:
            on, bright = chance.random() < lit, chance.uniform(0.55, 1.0)
            pane = mix(color, "#ffcf7a", bright) if on else darken(color, 0.82)
            sheet.rect(column, row, *window, pane, opacity=1 if on else 0.55)
            column += across
        row += down


def lanterns(
    scene: Scene, sheet: Drawing, start: Point, end: Point, sag: float, number: int, paints: Sequence[str], size: float
) -> None:
    """A cord of glowing lanterns between two points."""

    def along(t: float) -> Point:
        return start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t + sag * 4 * t * (1 - t)

    sheet.path(smooth([along(i / (number * 3)) for i in range(number * 3 + 1)]), stroke=_CORD, width=1.6)
    for i in range(number):
        x, y = along((i + 0.5) / number)
        color = rgb(paints[i * 7 % 5 % len(paints)])
        sheet.path(f"M{x:.1f} {y:.1f} v5", stroke=_CORD, width=1.2)
        sheet.rect(x - size * 0.35, y + 4, size * 0.7, 3, darken(color, 0.6))
        warm = sheet.radial([(0, mix(color, "#fff4d0", 0.75)), (0.7, color), (1, darken(color, 0.8))])
        sheet.oval(x, y + 6 + size * 1.02, size, warm, ry=size * 1.1)
        sheet.rect(x - size * 0.35, y + 5 + size * 2.05, size * 0.7, 3, darken(color, 0.6))
        if scene.palette.lamps:
            scene.lamp(x, y + 6 + size, size * 7, mix(color, "#ffb050", 0.5), 0.42)
