"""Land and what grows or stands on it: hills, trees, grass, houses, mist, and the frame of the foreground."""

import math
from collections.abc import Sequence

import numpy as np

from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, tinted
from storyreel.engines.backends.builtin.illustrator.noise import clouds
from storyreel.engines.backends.builtin.illustrator.pixels import resize
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point, smooth


def ridge(scene: Scene, height: float, swing: float, seed: int, jag: float = 0, step: float = 26) -> list[Point]:
    """A skyline across the canvas at a height of the picture, swinging by a share of it; `jag` makes it craggy."""
    chance = dice(seed)
    phases = [chance.uniform(0, math.tau) for _ in range(3)]
    points: list[Point] = []
    x = -20.0
    while x < scene.width + 40:
        u = x / scene.wide(1)
        wave = math.sin(u * 4.1 + phases[0]) * 0.6 + math.sin(u * 8.3 + phases[1]) * 0.3
        wave += math.sin(u * 17 + phases[2]) * 0.12
        y = scene.y(height) + scene.tall(swing) * wave + chance.uniform(-jag, jag) * scene.unit
        points.append((x, y))
        x += step
    return points


def trace(*parts: str | Point) -> str:
    """An SVG path of letters and points, as trace("M", start, "Q", bend, end)."""
    return "".join(f"{part} " if isinstance(part, str) else f"{part[0]:.1f} {part[1]:.1f} " for part in parts)


def height_at(points: Sequence[Point], x: float) -> float:
    return float(np.interp(x, [point[0] for point in points], [point[1] for point in points]))


def hill(
    scene: Scene,
    height: float,
    swing: float,
    depth: float,
    paint: Paint,
    seed: int,
    *,
    mist: float = 0.35,
    jag: float = 0,
    step: float = 26,
    above: float = 0.3,
) -> tuple[Drawing, list[Point]]:
    """A sheet with one range of hills, fading into mist below, and its skyline.

    The sheet leaves `above` of the picture's height for what will stand on the hills, and ends where nearer land
    always covers it.
    """
    sheet = scene.drawing(top=height - swing * 1.4 - jag * 1.2 - above, bottom=height + swing + 0.36)
    points = ridge(scene, height, swing, seed, jag, step)
    color = scene.color(paint, depth)
    top = min(y for _, y in points)
    fade = sheet.linear(
        [(0, color), (1, mix(color, scene.palette.haze, mist))],
        (0, top),
        (0, top + scene.tall(0.36)),
        absolute=True,
    )
    floor = scene.height + 5
    outline = smooth(points, floor)
    if jag:
        crags = " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
        outline = f"M{crags} L{scene.width + 50:.0f} {floor:.0f} L-30 {floor:.0f}Z"
    sheet.path(outline, fade)
    return sheet, points


def field(
    scene: Scene, height: float, swing: float, paint: Color, seed: int, *, foot: float = 0.55
) -> tuple[Drawing, list[Point]]:
    """A sheet with the ground the figures stand on, darkening to `foot` of its light at the picture's foot."""
    sheet = scene.drawing(top=height - swing - 0.06)
    points = ridge(scene, height, swing, seed)
    fade = sheet.linear(
        [(0, paint), (1, darken(paint, foot))],
        (0, scene.y(height - 0.01)),
        (0, scene.y(1.03)),
        absolute=True,
    )
    sheet.path(smooth(points, scene.height + 5), fade)
    return sheet, points


def grass(
    sheet: Drawing,
    points: Sequence[Point],
    color: Color,
    chance: Chance,
    number: int,
    height: float,
    spread: float,
) -> None:
    """Blades along a skyline and up to `spread` units below it."""
    for _ in range(number):
        x = chance.uniform(points[0][0], points[-1][0])
        y = height_at(points, x) + chance.uniform(0, spread)
        blade = height * chance.uniform(0.5, 1.3)
        lean = chance.uniform(-0.5, 0.5) * blade
        sheet.path(
            f"M{x - 1.6:.1f} {y + 2:.1f} Q{x + lean * 0.3:.1f} {y - blade * 0.6:.1f} {x + lean:.1f} {y - blade:.1f} "
            f"Q{x + lean * 0.4 + 1:.1f} {y - blade * 0.5:.1f} {x + 1.8:.1f} {y + 2:.1f}Z",
            darken(color, chance.uniform(0.85, 1.18)),
        )


def flowers(scene: Scene, sheet: Drawing, paints: Sequence[str], number: int, top: float) -> None:
    """Dots of colour scattered from a height of the picture to its foot."""
    chance = scene.random
    for _ in range(number):
        x, y = chance.uniform(0, scene.width), scene.y(chance.uniform(top, 1))
        sheet.oval(x, y, chance.uniform(1.8, 3.6), scene.color(chance.choice(paints), 1))


def leafy(
    sheet: Drawing, x: float, y: float, height: float, color: Color, chance: Chance, trunk: str = "#5a4030"
) -> None:
    """A round-crowned tree that stands at (x, y)."""
    h = height
    sheet.path(
        f"M{x - h * 0.035:.1f} {y:.1f} C{x - h * 0.02:.1f} {y - h * 0.2:.1f} {x - h * 0.02:.1f} {y - h * 0.3:.1f} "
        f"{x - h * 0.03:.1f} {y - h * 0.5:.1f} L{x + h * 0.03:.1f} {y - h * 0.5:.1f} C{x + h * 0.02:.1f} "
        f"{y - h * 0.3:.1f} {x + h * 0.025:.1f} {y - h * 0.2:.1f} {x + h * 0.045:.1f} {y:.1f}Z",
        darken(mix(trunk, color, 0.35), 0.7),
    )
    puffs = [
        (x + chance.uniform(-0.22, 0.22) * h, y - h * chance.uniform(0.42, 0.86), h * chance.uniform(0.12, 0.2))
        for _ in range(13)
    ]
    for px, py, radius in puffs:
        sheet.oval(px, py, radius, darken(color, 0.80))
    for px, py, radius in puffs:
        sheet.oval(px - radius * 0.12, py - radius * 0.16, radius * 0.82, color)
    for px, py, radius in puffs[::2]:
        sheet.oval(px - radius * 0.24, py - radius * 0.34, radius * 0.5, mix(color, "#ffffff", 0.16))


def pine(
    sheet: Drawing,
    x: float,
    y: float,
    height: float,
    color: Color,
    chance: Chance,
    snow: Color | None = None,
) -> None:
    """A fir of five tiers that stands at (x, y), with snow on its boughs when a colour for it is given."""
    sheet.rect(x - height * 0.022, y - height * 0.14, height * 0.044, height * 0.15, darken(color, 0.55))
    for tier in range(5):
        t = tier / 4
        top = y - height + height * 0.62 * t
        half = height * (0.085 + 0.165 * t) * chance.uniform(0.93, 1.07)
        drop = height * (0.20 + 0.10 * t)
        _bough(sheet, x, top, half, drop, height, darken(color, 1.10 - 0.10 * (tier % 2) - 0.06 * t))
        if snow is not None:
            _snow_on_bough(sheet, x, top, half, drop, snow)


def _bough(sheet: Drawing, x: float, top: float, half: float, drop: float, height: float, color: Color) -> None:
    foot = top + drop
    dip = height * 0.015
    hem = [(-1, 0.8), (-0.62, -1), (-0.40, 1.3), (0, -0.5), (0.42, 1.3), (0.64, -0.9), (1, 0.8)]
    points = [(x + half * along, foot + dip * down) for along, down in hem]
    sheet.path(
        f"M{x:.1f} {top:.1f} C{x - half * 0.22:.1f} {top + drop * 0.45:.1f} {x - half * 0.62:.1f} "
        f"{foot - drop * 0.16:.1f} "
        + " L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        + f" C{x + half * 0.62:.1f} {foot - drop * 0.16:.1f} {x + half * 0.22:.1f} {top + drop * 0.45:.1f} "
        f"{x:.1f} {top:.1f}Z",
        color,
    )
    shadow = points[:2:-1]
    sheet.path(
        f"M{x:.1f} {top:.1f} C{x + half * 0.22:.1f} {top + drop * 0.45:.1f} {x + half * 0.62:.1f} "
        f"{foot - drop * 0.16:.1f} "
        + " L".join(f"{px:.1f} {py:.1f}" for px, py in shadow)
        + f" C{x + half * 0.1:.1f} {top + drop * 0.5:.1f} {x:.1f} {top + drop * 0.2:.1f} {x:.1f} {top:.1f}Z",
        darken(color, 0.78),
        opacity=0.6,
    )


def _snow_on_bough(sheet: Drawing, x: float, top: float, half: float, drop: float, snow: Color) -> None:
    foot = top + drop
    hem = [(-1, 0), (-0.7, -0.02), (-0.55, -0.22), (-0.42, -0.12), (-0.3, -0.3), (-0.12, -0.34), (0, -0.3)]
    hem += [(0.2, -0.4), (0.3, -0.2), (0.5, -0.26), (0.7, -0.16), (0.85, -0.1), (0.97, -0.01)]
    points = [(x + half * along, foot + drop * up) for along, up in hem]
    left, right = points[0], points[-1]
    sheet.path(
        f"M{x:.1f} {top - 1:.1f} C{x - half * 0.25:.1f} {top + drop * 0.42:.1f} {x - half * 0.66:.1f} "
        f"{foot - drop * 0.2:.1f} {left[0]:.1f} {left[1]:.1f} "
        + smooth(points).replace("M", "L", 1)
        + f" L{right[0]:.1f} {right[1]:.1f} C{x + half * 0.62:.1f} {foot - drop * 0.24:.1f} {x + half * 0.22:.1f} "
        f"{top + drop * 0.42:.1f} {x:.1f} {top - 1:.1f}Z",
        snow,
        opacity=0.93,
    )


def mist(
    scene: Scene, height: float, thickness: float, depth: float, strength: float, seed: int, drift: float = 0
) -> None:
    """A bank of mist about a height of the picture."""
    noise = clouds(scene.width_px // 4, scene.height_px // 4, scene.seed + 90 + seed, octaves=4, stretch=3)
    noise = resize(noise, scene.width_px, scene.height_px)
    rows = np.linspace(0, scene.height, scene.height_px, dtype=np.float32)[:, None]
    bank = np.exp(-(((rows - scene.y(height)) / scene.tall(thickness)) ** 2))
    bank = np.clip(bank * np.clip(0.35 + 1.3 * (noise - 0.35), 0, 1) * strength * scene.look.haze, 0, 0.9)
    color = mix(scene.palette.haze, scene.palette.sky[3], 0.35)
    scene.layers.append(
        Layer("mist", tinted(bank.astype(np.float32), color), depth, Role.MIST, motion=Motion(drift=drift))
    )


def frame(scene: Scene, kind: str, side: int = -1) -> None:
    """Something dark and out of focus at the picture's edge (side -1 left, 1 right), for depth.

    Kinds: leaves, grass, trunk, rocks.
    """
    sheet = scene.drawing()
    color = darken(scene.color("#1f3326", 1.0), 0.35)
    edge = 0.0 if side < 0 else scene.width
    {"leaves": _leaves, "grass": _tufts, "trunk": _trunk, "rocks": _rocks}[kind](scene, sheet, color, edge, -side)
    scene.add(f"frame {kind}", sheet, 1.15, Role.FRAME, edge=0.04, drop=0, soften=3.2 + 3 * scene.look.focus, texture=0)


def _leaves(scene: Scene, sheet: Drawing, color: Color, edge: float, inward: int) -> None:
    chance = scene.random
    for _ in range(20):
        length = chance.uniform(90, 250)
        x, y = edge + inward * chance.uniform(0, 120), chance.uniform(-10, scene.tall(0.36))
        angle = math.radians(chance.uniform(10, 75))
        dx, dy = inward * math.cos(angle) * length * 0.5, math.sin(angle) * length * 0.4
        sheet.path(
            f"M{x:.0f} {y:.0f} Q{x + dx * 0.5 - dy * 0.3:.0f} {y + dy * 0.3 + dx * 0.1:.0f} {x + dx:.0f} {y + dy:.0f} "
            f"Q{x + dx * 0.5 + dy * 0.3:.0f} {y + dy * 0.8:.0f} {x:.0f} {y:.0f}Z",
            darken(color, chance.uniform(0.8, 1.3)),
        )


def _tufts(scene: Scene, sheet: Drawing, color: Color, edge: float, inward: int) -> None:
    chance = scene.random
    for _ in range(scene.count(46)):
        x = chance.uniform(0, scene.width)
        outward = abs(x / scene.width - 0.5) * 2
        if chance.random() > outward**1.3 + 0.08:
            continue
        blade = chance.uniform(60, 150) * (0.35 + 0.8 * outward)
        lean, y = chance.uniform(-0.4, 0.4) * blade, scene.height + 4
        sheet.path(
            f"M{x - 8:.0f} {y:.0f} Q{x + lean * 0.2:.0f} {y - blade * 0.6:.0f} {x + lean:.0f} {y - blade:.0f} "
            f"Q{x + lean * 0.5 + 6:.0f} {y - blade * 0.5:.0f} {x + 10:.0f} {y:.0f}Z",
            darken(color, chance.uniform(0.8, 1.4)),
        )


def _trunk(scene: Scene, sheet: Drawing, color: Color, edge: float, inward: int) -> None:
    width, foot = scene.random.uniform(110, 150), scene.height
    x = edge + inward * (scene.margin + width * 0.22)
    sheet.path(
        f"M{x - width * 0.5:.0f} -10 C{x - width * 0.42:.0f} {foot * 0.4:.0f} {x - width * 0.5:.0f} {foot * 0.8:.0f} "
        f"{x - width * 0.75:.0f} {foot + 10:.0f} L{x + width * 0.75:.0f} {foot + 10:.0f} C{x + width * 0.45:.0f} "
        f"{foot * 0.8:.0f} {x + width * 0.42:.0f} {foot * 0.4:.0f} {x + width * 0.55:.0f} -10Z",
        color,
    )


def _rocks(scene: Scene, sheet: Drawing, color: Color, edge: float, inward: int) -> None:
    chance, y = scene.random, scene.height + 6
    for _ in range(3):
        x, width = edge + inward * chance.uniform(-20, 160), chance.uniform(120, 240)
        sheet.path(
            f"M{x - width:.0f} {y:.0f} C{x - width * 0.7:.0f} {y - width * 0.42:.0f} {x - width * 0.2:.0f} "
            f"{y - width * 0.62:.0f} {x + width * 0.1:.0f} {y - width * 0.5:.0f} C{x + width * 0.6:.0f} "
            f"{y - width * 0.4:.0f} {x + width * 0.8:.0f} {y - width * 0.2:.0f} {x + width:.0f} {y:.0f}Z",
            darken(color, chance.uniform(0.9, 1.3)),
        )


def snow_color(scene: Scene, depth: float) -> Color:
    """Snow at a depth: a little blue in the shade."""
    return mix(scene.color("#f5f8fb", depth), scene.color("#dfe9f5", depth), 0.3)


def lit_window(scene: Scene, depth: float) -> Color:
    """A window pane: lamplight when lamps are on, else the sky in the glass."""
    if scene.palette.lamps:
        return rgb("#ffd27a")
    return mix(scene.color("#9fb8c8", depth), scene.palette.sky[2], 0.5)
