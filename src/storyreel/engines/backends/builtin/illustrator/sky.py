"""Skies: gradient, sun, moon, stars, and three kinds of clouds."""

import math

import numpy as np

from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, glow, tinted
from storyreel.engines.backends.builtin.illustrator.noise import clouds as noise_clouds
from storyreel.engines.backends.builtin.illustrator.pixels import (
    Pixels,
    add,
    blur,
    dot,
    line,
    opaque,
    resize,
    to_bytes,
    weighted,
    without_alpha,
)
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import told_of

_STARS = {"night": 1.0, "space": 1.8, "dusk": 0.1}
_CLOUDS = {
    "day": 1.0,
    "dawn": 1.0,
    "dusk": 1.0,
    "night": 0.5,
    "storm": 2.0,
    "overcast": 1.6,
    "grey dusk": 1.6,
    "grey dawn": 1.6,
}

_LOW_SUN = "#ff5c14"
"""What makes it no moon."""
_BEFORE_CLOUDS = 0.085
"""How deep in the scene a sun is that the story tells of."""
_COVERED = ("storm", "overcast", "grey dusk", "grey dawn")
"""Hours of which the whole sky is under clouds."""


def gradient(scene: Scene, reach: float) -> Pixels:
    """The palette's sky colours from the top of the canvas down to `reach` (0 … 1 of its height)."""
    height = scene.height_px
    stops = np.array(scene.palette.sky)
    at = np.clip(np.linspace(0, 1, height) / reach, 0, 1) * (len(stops) - 1)
    column = np.stack([np.interp(at, range(len(stops)), stops[:, channel]) for channel in range(3)], axis=1)
    soft = blur(np.repeat(column[:, None], 4, axis=1).astype(np.float32), height * 0.03)[:, :1]
    return np.repeat(soft, scene.width_px, axis=1)


def sky(
    scene: Scene,
    horizon: float,
    *,
    stars: float | None = None,
    clouds: float | None = None,
    bodies: bool = True,
    low: float = 0.10,
) -> None:
    """The sky above a horizon. None: as many stars and clouds as the hour has. `bodies`: sun or moon, when up.

    `low`: how far above the horizon the sun rises and sets, where mountains would hide it.
    """
    palette = scene.palette
    width, height = scene.width_px // 2, scene.height_px // 2  # all of it is soft
    reach = scene.y(horizon) / scene.height
    air = gradient(scene, reach)[::2, ::2][:height, :width].copy()
    air *= (1 + 0.10 * (noise_clouds(width, height, scene.seed + 5, cells=2, octaves=4, stretch=2.5) - 0.5))[..., None]
    x, y = scene.x(scene.sun[0]) * scene.px, scene.y(scene.sun[1]) * scene.px
    if palette.hour in ("day", "dawn", "dusk"):
        rises = palette.hour != "day"
        above = horizon - low if rises and horizon < 0.9 else scene.sun[1]
        y = scene.y(above) * scene.px
        reach_px = scene.wide(0.6) * scene.px
        light = glow(width, height, (x / 2, y / 2), reach_px / 2, palette.key * (0.55 if rises else 0.16), 2.2)
        air += light * (1 - air)
    whole = resize(to_bytes(air), scene.width_px, scene.height_px)
    scene.layers.append(Layer("sky", opaque(whole), 0, Role.SKY))
    amount = _STARS.get(palette.hour, 0) if stars is None else stars
    if amount and scene.spec.weather in ("clear", "wind"):
        _stars(scene, amount, reach)
    several = told_of(scene.spec, "sun") > 1  # which are there by themselves
    if bodies and not several and palette.hour in ("day", "dawn", "dusk") and scene.spec.weather in ("clear", "wind"):
        _sun(scene, x, y)
    if bodies and palette.hour == "night" and scene.spec.weather in ("clear", "wind", "cloudy", "snow"):
        _moon(scene)
    cover = _CLOUDS.get(palette.hour, 0) if clouds is None else clouds
    if scene.spec.weather == "fog":
        cover = 0
    if cover:
        _cloud_layers(scene, horizon, cover)


def _stars(scene: Scene, amount: float, reach: float) -> None:
    random_ = np.random.default_rng(scene.seed + 11)
    width, height, px, palette = scene.width_px, scene.height_px, scene.px, scene.palette
    if palette.hour == "space" or palette.hour == "night":
        _milky_way(scene, float(random_.random()))
    whole = palette.hour == "space"
    for group in range(3):
        field = np.zeros((height, width), np.uint8)
        for _ in range(scene.count(150 * amount)):
            x, y = random_.random() * width, random_.random() ** 1.25 * height * (1 if whole else reach)
            size = (0.55 + 0.9 * random_.random() ** 4 * (1.6 if scene.look.manga else 1)) * px * 1.15
            dot(field, x, y, max(size, 1), (random_.random() ** 3 * 0.9 + 0.12) * 255)
        bright = np.zeros_like(field)
        for _ in range(scene.count(6 * amount)):
            x, y = random_.random() * width, random_.random() * height * reach * 0.9
            dot(bright, x, y, max(1, 1.5 * px), 255)
            if scene.look.manga:
                ray = (7 + 6 * random_.random()) * px
                line(bright, (x - ray, y), (x + ray, y), 0.55 * 255, 1)
                line(bright, (x, y - ray), (x, y + ray), 0.55 * 255, 1)
        field = weighted(np.maximum(field, bright), 1, blur(bright, 4 * px), 2.2)
        light = without_alpha(tinted(field, mix("#ffffff", palette.key, 0.4)))
        scene.add_light(f"stars {group}", light, 0.01, Role.STARS, Motion(twinkle=group + 1))


def _milky_way(scene: Scene, chance: float) -> None:
    width, height = scene.width_px, scene.height_px
    angle = 0.5 + 0.2 * chance
    down = (np.linspace(0, 1, height, dtype=np.float32) - 0.34)[:, None] * math.cos(angle)
    across = (np.linspace(0, 1, width, dtype=np.float32) - 0.5)[None] * math.sin(angle) * 0.9
    wisps = noise_clouds(width, height, scene.seed + 3, cells=5, octaves=6, gain=0.58)
    band = np.exp(-(((down - across) / 0.16) ** 2)) * np.clip((wisps - 0.40) * 3.2, 0, 1) * 0.55
    color = mix(scene.palette.sky[2], scene.palette.sky[3], 0.6)
    scene.add_light("milky way", (band[..., None] * color).astype(np.float32), 0.01)


def _sun(scene: Scene, x: float, y: float) -> None:
    palette, look = scene.palette, scene.look
    radius = (34 if palette.hour == "day" else 52) * scene.px * (1.15 if look.manga else 1)
    size = (scene.width_px, scene.height_px)
    if look.clouds == "soft" and palette.hour == "day":
        light = to_bytes(glow(*size, (x, y), radius * 8, mix(palette.key, "#ffffff", 0.5), 3.0))
    else:
        light = to_bytes(glow(*size, (x, y), radius * 7, palette.key * 0.55, 2.6))
        disc = np.zeros(light.shape[:2], np.uint8)
        dot(disc, x, y, radius, 255)
        color = mix(palette.key, "#ffffff", 0.55) if palette.hour == "day" else mix(palette.key, _LOW_SUN, 0.6)
        add(light, without_alpha(tinted(disc, color * 0.95)), light)
    crescent = look.clouds == "soft" and palette.hour != "day"  # what a cloud would leave of it
    scene.add_light("sun", light, _BEFORE_CLOUDS if crescent or told_of(scene.spec, "sun") else 0.02)


def _moon(scene: Scene) -> None:
    radius = 60.0 if scene.look.manga else 44.0
    x, y = scene.x(scene.sun[0]), scene.y(scene.sun[1])
    sheet = scene.drawing()
    draw_moon(sheet, x, y, radius, mix("#f7f1de", scene.palette.key, 0.35))
    halo = mix(scene.palette.key, scene.palette.sky[3], 0.3) * 0.5
    px = scene.px
    scene.add_light(
        "moon glow", glow(scene.width_px, scene.height_px, (x * px, y * px), radius * 5.5 * px, halo, 2.4), 0.02
    )
    scene.add("moon", sheet, 0.02, Role.SKY, texture=0, edge=0, drop=0)


def draw_moon(sheet: Drawing, x: float, y: float, radius: float, color: Color) -> None:
    sheet.oval(x, y, radius, sheet.radial([(0, mix(color, "#ffffff", 0.4)), (1, color)], (0.4, 0.4), 0.7))
    spots = dice(5)  # the same face every night
    for _ in range(9):
        turn, away = spots.uniform(0, math.tau), spots.uniform(0, 0.72) * radius
        size = spots.uniform(0.07, 0.2) * radius
        sheet.oval(x + away * math.cos(turn), y + away * math.sin(turn), size, darken(color, 0.86), opacity=0.55)


def _cloud_layers(scene: Scene, horizon: float, amount: float) -> None:
    kind = scene.look.clouds
    if scene.palette.hour in _COVERED and kind == "streaks":
        kind = "soft"
    top = mix(scene.palette.key, "#ffffff", 0 if scene.palette.dark else 0.35)
    low = mix(scene.palette.sky[1], scene.palette.sky[2], 0.5)
    {"cumulus": _cumulus_rows, "streaks": _streaks, "soft": _soft}[kind](scene, horizon, amount, top, low)


def _cumulus_rows(scene: Scene, horizon: float, amount: float, top: Color, low: Color) -> None:
    palette, chance = scene.palette, scene.dice("clouds")
    storm = palette.hour in _COVERED
    dim = 0.33 if palette.dark else 0.42 if storm else 0.82
    shades = (
        mix(low, palette.sky[2], 0.2) if palette.dark else mix(palette.sky[2], low, 0.4),
        mix(low, top, dim * 0.6),
        mix(low, top, dim),
    )
    if palette.hour == "storm":
        shades = (mix(palette.sky[1], palette.sky[2], 0.35), palette.sky[2], mix(palette.sky[2], palette.sky[3], 0.7))
    rows = ((horizon - 0.07, 0.16, 7, 0.04), (horizon - 0.16, 0.40, 4, 0.07))
    for row, (height, size, number, depth) in enumerate(rows):
        sheet = scene.drawing(bottom=horizon + 0.1)
        veiled = [mix(shade, palette.sky[3], 0.45) for shade in shades] if row == 0 else shades
        count = scene.count(number)
        for i in range(count):
            x = scene.x((i + 0.5 + chance.uniform(-0.35, 0.35)) / count * 1.1 - 0.05)
            width = scene.wide(size) * chance.uniform(0.65, 1.25)
            if row == 1 and not storm and (palette.dark or chance.random() < 0.35):
                continue
            rise = 1.0 if row == 0 else chance.uniform(1.0, 1.7)
            cumulus(sheet, x, scene.y(height + chance.uniform(-0.03, 0.03)), width, rise, veiled, chance)
        motion = Motion(drift=3 + 4 * row)
        scene.add(f"clouds {row}", sheet, depth, Role.CLOUD, texture=0, edge=0, drop=0, motion=motion)


def cumulus(
    sheet: Drawing,
    x: float,
    y: float,
    width: float,
    rise: float,
    shades: "list[Color] | tuple[Color, ...]",
    chance: Chance,
) -> None:
    puffs: list[tuple[float, float, float]] = []
    for i in range(16):
        along = (i + 0.5) / 16 * 2 - 1 + chance.uniform(-0.06, 0.06)
        full = max(0.0, 1 - along * along)
        radius = width * (0.05 + 0.085 * full) * chance.uniform(0.75, 1.25)
        lift = radius * 0.55 + full * width * 0.10 * rise * chance.uniform(0.2, 1.3)
        puffs.append((x + along * width * 0.5, y - lift, radius))
        if full > 0.45:
            over = full * width * 0.22 * rise * chance.uniform(0.6, 1.15)
            beside = x + along * width * 0.38 + chance.uniform(-0.05, 0.05) * width
            puffs.append((beside, y - over, radius * chance.uniform(0.6, 0.95)))
    for shade, (dx, dy, size) in zip(shades, ((0, 0, 1), (-0.10, -0.14, 0.88), (-0.2, -0.28, 0.66)), strict=True):
        tops = "".join(_flat_footed(px + dx * radius, py + dy * radius, radius * size, y) for px, py, radius in puffs)
        sheet.path(tops, shade)
    for _ in range(4):
        length = width * chance.uniform(0.2, 0.5)
        left = x + chance.uniform(-0.45, 0.2) * width
        sheet.rect(left, y - width * 0.012, length, width * 0.024, shades[0], round_=width * 0.012)


def _flat_footed(x: float, y: float, radius: float, foot: float) -> str:
    """What of a disc is above a line: a clip would take ten times as long."""
    above = foot - y
    if above <= -radius:
        return ""
    arc = f"A{radius:.1f} {radius:.1f} 0"
    if above >= radius:
        return f"M{x - radius:.1f} {y:.1f} {arc} 1 1 {x + radius:.1f} {y:.1f} {arc} 1 1 {x - radius:.1f} {y:.1f}Z "
    half = math.sqrt(radius**2 - above**2)
    return f"M{x - half:.1f} {foot:.1f} {arc} {int(above > 0)} 1 {x + half:.1f} {foot:.1f}Z "


def _streaks(scene: Scene, horizon: float, amount: float, top: Color, low: Color) -> None:
    chance = scene.dice("clouds")
    for row in range(2):
        sheet = scene.drawing(bottom=horizon)
        for _ in range(scene.count(7 * amount)):
            y = scene.y(chance.uniform(0.05, horizon - 0.06))
            near_horizon = y / scene.y(horizon)
            x = chance.uniform(-0.05, 1.0) * scene.width
            length = chance.uniform(120, 420) * (1.2 - 0.4 * near_horizon)
            thick = chance.uniform(7, 18) * (1.15 - 0.7 * near_horizon)
            lit = 0.12 if scene.palette.dark else 0.35 + 0.3 * near_horizon
            color = mix(mix(low, scene.palette.sky[3], 0.5 * near_horizon), top, lit)
            sheet.path(
                f"M{x:.0f} {y:.0f} C{x + length * 0.2:.0f} {y - thick * 1.2:.0f} {x + length * 0.4:.0f} "
                f"{y - thick * 0.2:.0f} {x + length * 0.55:.0f} {y - thick:.0f} C{x + length * 0.75:.0f} "
                f"{y - thick * 1.4:.0f} {x + length * 0.9:.0f} {y - thick * 0.1:.0f} {x + length:.0f} {y:.0f} "
                f"C{x + length * 0.7:.0f} {y + thick * 0.5:.0f} {x + length * 0.3:.0f} {y + thick * 0.5:.0f} "
                f"{x:.0f} {y:.0f}Z",
                color,
                opacity=0.55,
            )
        motion = Motion(drift=2 + 3 * row)
        depth = 0.03 + 0.02 * row
        scene.add(f"clouds {row}", sheet, depth, Role.CLOUD, texture=0, edge=0, drop=0, motion=motion, soften=1.6)


def _soft(scene: Scene, horizon: float, amount: float, top: Color, low: Color) -> None:
    palette = scene.palette
    width, height = scene.width_px // 2, scene.height_px // 2
    wisps = 0.75 * noise_clouds(width, height, scene.seed + 21, cells=4, octaves=7, gain=0.55, stretch=3.4)
    wisps += 0.25 * noise_clouds(width, height, scene.seed + 22, cells=3, octaves=3, stretch=2.5)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    reach = scene.y(horizon) / scene.height
    cover = np.clip((wisps - 0.53 + 0.06 * amount) * 7, 0, 1)
    cover *= np.clip(down * 5 + 0.2, 0, 1) * np.clip((reach + 0.02 - down) * 7, 0, 1)
    cover *= 0.5 if palette.hour == "night" else 0.9
    shift = (max(1, int(6 * scene.px)), -max(1, int(5 * scene.px)))
    lit = np.clip((wisps - np.roll(wisps, shift, (0, 1))) * 9 + 0.5, 0, 1)[..., None]
    shadow = mix(low, palette.sky[0], 0.3 if palette.hour == "storm" else 0.05)
    crown = mix(mix(low, top, 0.3 if palette.dark else 0.8), palette.sky[3], 0.3)
    color = (1 - lit) * shadow + lit * crown
    if palette.dark:
        color = color * 0.8 + 0.2 * rgb(palette.sky[2])
    picture = np.dstack([color * cover[..., None], cover]).astype(np.float32)
    picture = np.clip(resize(picture, scene.width_px, scene.height_px, cubic=True), 0, 1)
    scene.layers.append(Layer("clouds", picture, 0.04, Role.CLOUD, motion=Motion(drift=3)))
