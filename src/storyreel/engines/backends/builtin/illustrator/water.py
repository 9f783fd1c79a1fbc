"""Water that lies still or flows: it holds the sky, mirrors what stands beyond, and glints."""

from contextlib import nullcontext

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing


def water_color(scene: Scene, paint: str = "#4f93a8", depth: float = 0.6) -> Color:
    """Water's own colour; in a hard winter, ice."""
    return mix(scene.color(paint, depth), scene.color("#cfe2ee", depth), 0.55 if scene.season == "winter" else 0)


def water(
    scene: Scene,
    name: str,
    top: float,
    foot: float,
    depth: float,
    *,
    paint: str = "#4f93a8",
    mirrored: Color | None = None,
    reach: float = 0.09,
    outline: str = "",
) -> None:
    """Water between two heights of the picture, or within an outline in scene units.

    `mirrored` is the colour of what stands on the far shore, whose image reaches down by `reach`.
    """
    sheet, chance = scene.drawing(top=top - 0.005, bottom=foot), scene.dice(name)
    y0, y1 = scene.y(top), min(scene.y(foot), scene.height)
    sky, color = scene.palette.sky, water_color(scene, paint, depth)
    stops = [(0, mix(sky[3], color, 0.22)), (0.45, mix(sky[2], color, 0.45)), (1, mix(sky[1], color, 0.7))]
    fade = sheet.linear(stops, (0, y0), (0, y1), absolute=True)
    whole = outline or f"M0 {y0:.0f} H{scene.width:.0f} V{y1:.0f} H0Z"
    sheet.path(whole, fade)
    with sheet.group(clip=sheet.clip(outline)) if outline else nullcontext():
        if mirrored is not None:
            image = mix(mirrored, color, 0.4)
            stops = [(0, image, 0.8), (1, image, 0)]
            sheet.rect(0, y0, scene.width, scene.tall(reach), sheet.linear(stops))
            _broken_image(scene, sheet, y0, reach, image, chance)
        _glints(scene, sheet, y0, y1, color, chance)
    scene.add(name, sheet, depth, edge=0, drop=0, motion=Motion(sway=4))


def _broken_image(scene: Scene, sheet: Drawing, y0: float, reach: float, image: Color, chance: Chance) -> None:
    for _ in range(scene.count(46)):
        x, down = chance.uniform(0, scene.width), chance.random() ** 1.3
        half = scene.wide(chance.uniform(0.008, 0.03)) * (1.2 - down * 0.5)
        y = y0 + scene.tall(reach * (0.5 + down))
        sheet.oval(x, y, half, image, ry=1.2 + 2 * down, opacity=0.5 * (1 - down * 0.7))


def _glints(scene: Scene, sheet: Drawing, y0: float, y1: float, color: Color, chance: Chance) -> None:
    """Strokes of light, thickest under the sun or moon, and of shade; longer toward the viewer."""
    light, shade = mix(scene.palette.sky[3], scene.palette.key, 0.6), darken(color, 0.72)
    sun = scene.x(scene.sun[0])
    clear = scene.spec.weather in ("clear", "wind")
    for k in range(scene.count(90)):
        near = chance.random() ** 1.5
        y, length = y0 + (y1 - y0) * near, scene.wide(0.012 + 0.05 * near) * chance.uniform(0.5, 1.6)
        x, strong = chance.uniform(0, scene.width), 0.34
        if clear and k % 3 == 0:
            x, strong = sun + chance.gauss(0, 1) * scene.wide(0.03 + 0.05 * near), 0.8
        paint = light if k % 4 else shade
        sheet.rect(x - length / 2, y, length, 1 + 2 * near, paint, opacity=strong * (0.5 + 0.5 * near), round_=1.2)
