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

_BELOW = 0.36
"""How far below its skyline a range of hills has faded into mist, as a share of the picture's height."""


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
    below: float = _BELOW,
) -> tuple[Drawing, list[Point]]:
    """A sheet with one range of hills, fading into mist below, and its skyline.

    The sheet leaves `above` of the picture's height for what will stand on the hills, and ends `below` them, where
    nearer land always covers it.
    """
    sheet = scene.drawing(top=height - swing * 1.4 - jag * 1.2 - above, bottom=height + swing + below)
    points = ridge(scene, height, swing, seed, jag, step)
    color = scene.color(paint, depth)
    top = min(y for _, y in points)
    fade = sheet.linear(
        [(0, color), (1, mix(color, scene.palette.haze, mist))],
        (0, top),
        (0, top + scene.tall(_BELOW)),
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
    sheet.rect(x - height * 0.022, y - height * 0.14, height * 0.044, height * 0.15, darken(color, 0.84))
    for tier in range(5):
        t = tier / 4
        top = y - height + height * 0.62 * t
        half = height * (0.085 + 0.165 * t) * chance.uniform(0.93, 1.07)
        drop = height * (0.20 + 0.10 * t)
        _fir_bough(sheet, x, top, half, drop, height, darken(color, 1.10 - 0.10 * (tier % 2) - 0.06 * t))
        if snow is not None:
            _snow_on_bough(sheet, x, top, half, drop, snow)


def _fir_bough(sheet: Drawing, x: float, top: float, half: float, drop: float, height: float, color: Color) -> None:
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
    thick = bank * np.clip(0.35 + 1.3 * (noise - 0.35), 0, 1) * strength * scene.look.haze
    bank = np.clip(thick - 0.012, 0, 0.9)  # what is too faint to see is as much work as the rest
    color = mix(scene.palette.haze, scene.palette.sky[3], 0.35)
    scene.layers.append(
        Layer("mist", tinted(bank.astype(np.float32), color), depth, Role.MIST, motion=Motion(drift=drift))
    )


def light_shafts(scene: Scene, shafts: Sequence[tuple[float, float]], depth: float) -> None:
    """Sun or moonlight that falls through leaves, when the sky is clear: where across each is, and its width."""
    if scene.spec.weather not in ("clear", "wind"):
        return
    sheet = scene.drawing()
    foot, lean = scene.y(0.85), scene.wide(0.12) * (1 if scene.sun[0] < 0.5 else -1)
    for at, wide in shafts:
        x, w = scene.x(at), scene.wide(wide)
        ray = sheet.linear([(0, "#ffffff", 0.5), (1, "#ffffff", 0)])
        sheet.polygon([(x, -5), (x + w, -5), (x + lean + w * 2, foot), (x + lean, foot)], ray)
    scene.shine("shafts", sheet, depth, scene.palette.key * (0.2 if scene.palette.dark else 0.4), soften=6)


def frame(scene: Scene, kind: str, side: int = -1) -> None:
    """Something dark and out of focus at the picture's edge (side -1 left, 1 right), for depth.

    Kinds: leaves, grass, rocks.
    """
    sheet = scene.drawing()
    color = darken(mix(scene.color("#2c4a34", 1.0), scene.palette.haze, 0.12), 0.42)
    {"leaves": _bough, "grass": _tufts, "rocks": _rocks}[kind](scene, sheet, color, side)
    soft = 2.2 + 3 * scene.look.focus
    scene.add(f"frame {kind}", sheet, 1.15, Role.FRAME, edge=0.06, drop=0, soften=soft, texture=0)


def _bough(scene: Scene, sheet: Drawing, color: Color, side: int) -> None:
    """A branch that reaches in from an upper corner, with what the season leaves on it."""
    chance = scene.dice(f"bough {side}")
    edge = scene.margin * 0.4 if side < 0 else scene.width - scene.margin * 0.4
    leaves = {"spring": "#e79ab4", "autumn": "#b5622c"}.get(scene.season, "#3f6a3c")
    paint = darken(mix(scene.color(leaves, 1), color, 0.55), 0.8)
    for k in range(3):
        start = edge + side * 60, scene.margin * 0.3 + k * scene.tall(0.06)
        reach, drop = scene.wide(chance.uniform(0.10, 0.2)), scene.tall(chance.uniform(0.04, 0.14))
        points: list[Point] = []
        for step in range(9):
            t = step / 8
            points.append((start[0] - side * reach * t, start[1] + drop * t * t + math.sin(t * 5 + k) * 5))
        sheet.path(smooth(points), stroke=darken(color, 0.8), width=7 - k)
        for x, y in points[2:]:
            for _ in range(0 if scene.snowy else 5):
                size, turn = chance.uniform(9, 19), chance.uniform(0, 180)
                spot = (
                    f"translate({x + chance.uniform(-16, 16):.0f} {y + chance.uniform(-10, 20):.0f}) rotate({turn:.0f})"
                )
                leaf = f"M{-size:.1f} 0 Q0 {-size * 0.7:.1f} {size:.1f} 0 Q0 {size * 0.7:.1f} {-size:.1f} 0Z"
                sheet.path(leaf, darken(paint, chance.uniform(0.75, 1.25)), transform=spot)


def _tufts(scene: Scene, sheet: Drawing, color: Color, side: int) -> None:
    chance = scene.dice("tufts")
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


def _rocks(scene: Scene, sheet: Drawing, color: Color, side: int) -> None:
    chance, y = scene.dice(f"rocks {side}"), scene.height + 6
    edge = 0.0 if side < 0 else scene.width
    for _ in range(3):
        x, width = edge - side * chance.uniform(-20, 160), chance.uniform(120, 240)
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
