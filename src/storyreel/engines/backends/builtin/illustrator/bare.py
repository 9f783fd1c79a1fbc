"""What gives a picture of a place alone something to look at: pieces close to the viewer, and birds in the sky."""

import functools
import json
from importlib import resources
from typing import Any, cast

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.seasons import grass_paint
from storyreel.engines.backends.builtin.illustrator.staging import Stage

_DRY = ("clear", "cloudy", "wind")
_DAY = ("day", "dawn", "dusk", "overcast", "grey dawn", "grey dusk", "winter day")


@functools.cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__ or "").joinpath("foreground.json").read_text("utf-8")
    return cast(dict[str, Any], json.loads(text))


def furnish(scene: Scene, staged: Stage, where: Place) -> None:
    """Where nobody is and the air is open: what stands nearest, unless a thing is shown, and birds by day."""
    if scene.air or staged.actors or staged.pilot or scene.spec.crowd:
        return
    if not any(prop.where != "sky" for prop in staged.props) and not where.floating:
        _near(scene)
    if scene.palette.hour in _DAY and scene.spec.weather in _DRY and scene.spec.setting in _table()["birds"]:
        _birds(scene, where)


def _near(scene: Scene) -> None:
    pieces: dict[str, list[list[Any]]] = _table()["near"]
    name = "winter" if scene.snowy and scene.spec.setting not in _table()["keep"] else scene.spec.setting
    rows = pieces.get(name, pieces[""])
    if not rows:
        return
    sheet = scene.drawing(top=0.3)
    for name, at, foot, tall in rows:
        x, y, height = scene.x(at), scene.y(foot), scene.tall(tall)
        scenery.shadow(sheet, x, y - 2, height * scenery.breadth(name), scene.ground_color)
        green = grass_paint(scene, "#6f9a50") if name in ("bush", "tall_grass") else None
        light = 0.86 if green is None else 0.62 + 0.4 * float(green.mean())  # as the season's grass is
        scenery.put(scene, sheet, name, x, y, height, 0.98, mirrored=at > 0.5, light=light)
    scene.add("foreground", sheet, 0.985, motion=Motion(sway=1.5))


def _birds(scene: Scene, where: Place) -> None:
    """A few, far away, that glide across."""
    sheet, chance = scene.drawing(bottom=where.horizon), scene.dice("birds")
    paint = mix(darken(scene.palette.sky[0], 0.3), scene.palette.haze, 0.25)
    x, y = scene.x(chance.uniform(0.3, 0.6)), scene.y(where.horizon * chance.uniform(0.32, 0.5))
    for k in range(chance.randint(4, 6)):
        wing = scene.tall(chance.uniform(0.014, 0.024))
        bx, by = x + wing * (2.6 * k - 5) + chance.uniform(-9, 9), y + abs(k - 2) * wing * 1.3 + chance.uniform(-8, 8)
        lift = chance.uniform(0.35, 0.75)
        shape = (
            f"M{bx - wing:.1f} {by - wing * lift:.1f} Q{bx - wing * 0.4:.1f} {by - wing * 0.5:.1f} {bx:.1f} {by:.1f} "
        )
        shape += f"Q{bx + wing * 0.4:.1f} {by - wing * 0.5:.1f} {bx + wing:.1f} {by - wing * lift:.1f}"
        sheet.path(shape, stroke=paint, width=max(1.6, wing * 0.16))
    scene.add("birds", sheet, 0.07, texture=0, edge=0, drop=0, motion=Motion(drift=11))
