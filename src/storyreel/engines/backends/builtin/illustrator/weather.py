"""Weather in front of and behind the figures: rain, snow, fog, lightning, leaves in the wind."""

import numpy as np

from storyreel.engines.backends.builtin.illustrator.color import mix
from storyreel.engines.backends.builtin.illustrator.land import mist
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, glow, tinted
from storyreel.engines.backends.builtin.illustrator.pixels import blur, dot, line, without_alpha
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.seasons import growth
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_RAIN = ((420, 26, 1.0, 0.20, 1.2), (230, 46, 1.4, 0.26, 1.2), (60, 90, 2.2, 0.20, 1.2))
_SNOW = ((260, 1.1, 0.75, 1.2, 0.6), (150, 2.0, 0.85, 1.2, 0.9), (42, 4.6, 0.75, 1.2, 2.4))
_FOG = ((0.74, 0.55, 7), (0.86, 0.78, 9), (0.98, 1.1, 11))
"""Banks of fog: height in the picture, depth, and how they drift; the farthest stands still, which saves time."""
_LEAVES = ("#c9803a", "#d9a84a", "#8a9a4a", "#b8563a")
"""What the wind carries when the season has no leaves of its own."""


def add_weather(scene: Scene, place: Place) -> None:
    weather = scene.spec.weather
    if weather in ("rain", "storm"):
        _rain(scene, weather == "storm")
    if weather == "storm":
        _lightning(scene, place)
    if weather == "snow":
        _snow(scene)
    if weather == "fog":
        for i, (height, depth, drift) in enumerate(((place.horizon, 0.3, 0), *_FOG)):
            mist(scene, height, 0.16, depth, 0.85 - 0.12 * i, 20 + i, drift=drift)
    if weather == "wind":
        _leaves(scene)


def _rain(scene: Scene, storm: bool) -> None:
    """Each row: drops, length, width, strength, depth."""
    random = np.random.default_rng(scene.seed + 77)
    slant = -0.32 if storm else -0.14
    for k, (number, length, width, strength, depth) in enumerate(_RAIN):
        drops = np.zeros((scene.height_px, scene.width_px), np.uint8)
        for _ in range(scene.count(number)):
            x, y = random.random() * scene.width_px, random.random() * scene.height_px
            fall = length * scene.px * (0.6 + 0.8 * random.random())
            bright = (0.4 + 0.6 * random.random()) * 255
            for dx, dy in _wraps(scene):
                start = x + dx, y + dy
                line(drops, start, (start[0] + slant * fall, start[1] + fall), bright, width * scene.px)
        color = mix(scene.palette.key, "#ffffff", 0.3) * strength * 1.2
        light = without_alpha(tinted(blur(drops, 0.5 + 0.5 * k), color))
        speed = 900 + 500 * k
        motion = Motion(fall=(slant * speed, speed))
        scene.layers.append(Layer(f"rain {k}", light, depth, Role.WEATHER, glows=True, motion=motion))


def _wraps(scene: Scene) -> list[tuple[int, int]]:
    """Where else to draw what the canvas's edge cuts off, so that it comes in at the edge across as it falls."""
    return [(dx, dy) for dx in (0, -scene.width_px, scene.width_px) for dy in (0, -scene.height_px)]


def _snow(scene: Scene) -> None:
    """Each row: flakes, size, strength, depth, softness."""
    random = np.random.default_rng(scene.seed + 77)
    for k, (number, size, strength, depth, soft) in enumerate(_SNOW):
        flakes = np.zeros((scene.height_px, scene.width_px), np.uint8)
        reach = (1.4 * size + 2.5 * soft) * scene.px + 1  # so that none is cut by the edge
        for _ in range(scene.count(number)):
            x = reach + random.random() * (scene.width_px - 2 * reach)
            y = reach + random.random() * (scene.height_px - 2 * reach)
            radius = size * scene.px * (0.6 + 0.8 * random.random())
            dot(flakes, x, y, radius, (0.5 + 0.5 * random.random()) * strength * 255)
        motion = Motion(fall=(6 + 4 * k, 60 + 40 * k))
        white = mix("#ffffff", scene.palette.key, 0.2)
        mask = blur(flakes, soft * scene.px)
        scene.layers.append(Layer(f"snow {k}", tinted(mask, white), depth, Role.WEATHER, motion=motion))


def _lightning(scene: Scene, place: Place) -> None:
    sheet = Drawing(0, 0, scene.width, scene.height)
    chance, px = scene.dice("lightning"), scene.px
    x, y = scene.x(0.17), 0.0
    bolt = f"M{x:.0f} {y:.0f}"
    while y < scene.y(place.horizon) - 12:
        x, y = x + chance.uniform(-30, 34), y + chance.uniform(18, 40)
        bolt += f" L{x:.0f} {y:.0f}"
    sheet.path(bolt, stroke="#f4fbff", width=2.6)
    flash = sheet.raster(scene.width_px, scene.height_px)[..., :3]
    light = flash + blur(flash, 7 * px) * 2.2
    center = (scene.x(0.2) * px, scene.y(0.15) * px)
    light += glow(scene.width_px, scene.height_px, center, scene.wide(0.33) * px, "#8fb0d8") * 0.5
    scene.add_light("lightning", np.clip(light, 0, 1).astype(np.float32), 0.06)


def _leaves(scene: Scene) -> None:
    random = np.random.default_rng(scene.seed + 78)
    sheet, paints = Drawing(0, 0, scene.width, scene.height), growth(scene).leaves or _LEAVES
    for _ in range(scene.count(34)):
        size = 4 + 7 * random.random()
        x = size + random.random() * (scene.width - 2 * size)
        y = size + random.random() * (scene.height - 2 * size)
        paint = scene.color(paints[int(random.integers(len(paints)))], 1)
        leaf = f"M{-size:.1f} 0 Q0 {-size * 0.8:.1f} {size:.1f} 0 Q0 {size * 0.8:.1f} {-size:.1f} 0Z"
        turn = f"translate({x:.0f} {y:.0f}) rotate({random.random() * 360:.0f})"
        sheet.path(leaf, paint, transform=turn, opacity=0.9)
    picture, at = scene.shown(sheet)
    motion = Motion(fall=(240, 60))
    scene.layers.append(Layer("leaves", picture, 1.1, Role.WEATHER, motion=motion, at=at))
