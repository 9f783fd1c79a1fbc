"""Blossoms: flowers that grow about the place, where a scene tells of flowers that nobody holds."""

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.seasons import growth
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import color_in, known

_NUMBER = 110
"""Flowers in a 16:9 picture."""
_REACH = 0.13
"""How far behind the figures they grow, as a share of the picture's height."""
_USUAL = ("#f6d060", "#f0959a", "#fff6dc", "#b99ae0")
_STEM = "#5f9a46"


def grow(scene: Scene) -> bool:
    """Whether flowers that are told of grow there: outdoors, when nobody holds them."""
    held = (known("props", subject.holds) for subject in scene.spec.subjects if subject.holds)
    return not scene.air and "flower" not in held


def blossoms(scene: Scene, where: Place) -> None:
    """Smaller and closer together in the distance; those nearest to the viewer are before the figures' feet."""
    told = next((word for word in scene.spec.props if known("props", word) == "flower"), None)
    if told is None or not grow(scene) or where.water or where.floating:
        return
    own = color_in(told)
    paints = (own, own, mix(own, "#ffffff", 0.25)) if own else growth(scene).flowers or _USUAL
    chance = scene.dice("blossoms")
    for name, first, last, depth in (("far", -_REACH, 0.0, where.depth - 0.03), ("near", 0.02, 0.1, 0.99)):
        sheet = scene.drawing(top=where.ground - 0.3)
        rows = sorted(chance.uniform(first, last) for _ in range(scene.count(_NUMBER * (last - first) / 0.21)))
        for down in rows:
            near = (down + _REACH) / (_REACH + 0.1)
            tall = scene.tall(0.022 + 0.05 * near) * chance.uniform(0.75, 1.2)
            paint = scene.color(chance.choice(paints), 0.96)
            _flower(sheet, chance.uniform(0, scene.width), scene.y(where.ground + down), tall, paint, scene)
        scene.add(f"blossoms {name}", sheet, depth, drop=0, motion=Motion(sway=1.2 if name == "near" else 0))


def _flower(sheet: Drawing, x: float, y: float, tall: float, paint: Color, scene: Scene) -> None:
    """Five petals about a heart, on a stem with a leaf."""
    petal, top = tall * 0.17, y - tall
    green = scene.color(_STEM, 0.92)
    stem = f"M{x:.1f} {y:.1f} q{tall * 0.1:.1f} {-tall * 0.5:.1f} 0 {-tall:.1f} "
    stem += f"M{x:.1f} {y - tall * 0.25:.1f} q{tall * 0.22:.1f} {-tall * 0.06:.1f} {tall * 0.26:.1f} {-tall * 0.24:.1f}"
    sheet.path(stem, stroke=darken(green, 0.85), width=max(1.0, tall * 0.06))
    for dx, dy in ((0, -1), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31)):
        sheet.oval(x + dx * petal, top + dy * petal * 0.8, petal, darken(paint, 0.94 if dy > 0 else 1), ry=petal * 0.8)
    sheet.oval(x, top, petal * 0.75, scene.color("#c98a2e", 0.96), ry=petal * 0.6)
