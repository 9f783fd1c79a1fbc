"""Places that are no place: ribbons of colour round a light, and the sky among clouds."""

from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.land import hill
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.sky import cumulus, sky

_RIBBONS = ("#8a9ab4", "#a88fa0", "#7f9a8f", "#6a7f9a", "#5f6f86", "#4a5a72")


def abstract(scene: Scene) -> Place:
    sky(scene, 1.0, clouds=0, stars=0.6 if scene.palette.dark else 0)
    for i, paint in enumerate(_RIBBONS):
        depth = 0.15 + 0.15 * i
        sheet, _ = hill(scene, 0.52 + 0.09 * i, 0.07, depth, paint, 300 + i + scene.seed % 1000, mist=0.45)
        scene.add(f"ribbon {i}", sheet, depth, motion=Motion(sway=4 + 3 * i))
    return Place(0.9, 0.6)


def clouds(scene: Scene) -> Place:
    """High in the air: banks of cloud below and beside."""
    chance, palette = scene.dice("banks"), scene.palette
    sky(scene, 1.05)
    white = darken(mix(palette.ambient, "#ffffff", 0.3), 0.9)
    rows = ((0.74, 0.22, 8, 0.25), (0.86, 0.36, 6, 0.5), (1.0, 0.5, 5, 0.85))
    for i, (height, size, number, depth) in enumerate(rows):
        sheet = scene.drawing(top=0.3)
        light = mix(white, palette.sky[3], 0.6 - 0.5 * depth)
        shades = (mix(light, palette.sky[1], 0.45), mix(light, palette.sky[2], 0.35), light)
        count = scene.count(number)
        for k in range(count):
            x = scene.x((k + 0.5 + chance.uniform(-0.3, 0.3)) / count)
            y = scene.y(height + chance.uniform(-0.03, 0.03))
            cumulus(sheet, x, y, scene.wide(size) * chance.uniform(0.8, 1.3), chance.uniform(0.8, 1.3), shades, chance)
        sheet.rect(0, scene.y(height) - 4, scene.width, scene.height, sheet.linear([(0, shades[1]), (1, shades[0])]))
        motion = Motion(drift=4 + 5 * i)
        scene.add(f"bank {i}", sheet, depth, Role.LAND, texture=0, edge=0, drop=0, soften=1.2, motion=motion)
    return Place(0.62, 1.05, floating=True)


SETTINGS = {
    "abstract": Setting(abstract, sun=(0.5, 0.42)),
    "sky": Setting(clouds),
}
