"""Rooms that are a box with windows and furniture, as rooms.json has them; a row there is a setting."""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, cast

from storyreel.engines.backends.builtin.illustrator.color import mix
from storyreel.engines.backends.builtin.illustrator.interior import Chamber, beside, chamber, furnish, near, shell
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.windows import Box, beam, window
from storyreel.engines.backends.builtin.illustrator.words import sits_on_the_bed


@functools.cache
def _rows(table: str) -> dict[str, dict[str, Any]]:
    text = resources.files(__package__ or "").joinpath("rooms.json").read_text("utf-8")
    return cast(dict[str, dict[str, Any]], json.loads(text)[table])


def _room(scene: Scene, table: str, name: str) -> Place:
    """A room by daylight or lamplight; hour, weather and season outside show in its windows."""
    row = _rows(table)[name]
    box = chamber(scene)
    shell(scene, box, row["shell"])
    openings = _windows(scene, box, row)
    furnish(scene, box, _with_its_bed(scene, row["wall"]), openings)
    if "rug" in row:
        _rug(scene, *row["rug"])
    for opening in openings:
        beam(scene, opening, box.floor)
    beside(scene, row["beside"])
    near(scene, row["near"])
    return Place(0.935, 0.75)


def _windows(scene: Scene, box: Chamber, row: Mapping[str, Any]) -> list[Box]:
    sheet, chance = scene.drawing(bottom=0.8), scene.dice("windows")
    openings: list[Box] = []
    for made in row["windows"]:
        wide, tall = (scene.tall(share) for share in made["size"])
        wide = min(wide, (box.right - box.left) * 0.6)
        x = min(max(box.x(made["at"]) - wide / 2, box.left + 24), box.right - wide - 24)
        opening = (x, box.floor - scene.tall(made["sill"]) - tall, wide, tall)
        window(scene, sheet, opening, made, chance)
        openings.append(opening)
    scene.add("windows", sheet, 0.34, edge=0.05, texture=scene.look.texture * 0.4)
    return openings


def _with_its_bed(scene: Scene, pieces: list[list[Any]]) -> list[list[Any]]:
    """Without the bed by the wall where a bed stands on the stage: it is the same one."""
    lies = any(subject.pose in ("sleep", "lie") for subject in scene.spec.subjects)
    staged = "bed" in scene.spec.props or lies or sits_on_the_bed(scene.spec)
    return [piece for piece in pieces if not (staged and piece[0] in ("cot", "canopy_bed"))]


def _rug(scene: Scene, paint: str, band: str) -> None:
    sheet, color, light = scene.drawing(top=0.8), scene.color(paint, 1), scene.color(band, 1)
    x, y = scene.x(0.5), scene.y(0.92)
    half = min(scene.wide(0.27), scene.picture_width * 0.44)
    for size, shade in ((1, color), (0.9, light), (0.82, color), (0.46, mix(color, light, 0.4)), (0.36, color)):
        sheet.oval(x, y, half * size, shade, ry=scene.tall(0.075) * size)
    scene.add("rug", sheet, 0.45, edge=0, drop=0.1)


def _all(table: str) -> dict[str, Setting]:
    return {name: Setting(functools.partial(_room, table=table, name=name), air="room") for name in _rows(table)}


SETTINGS = _all("rooms")
OLD_CHINA = _all("old_china")
