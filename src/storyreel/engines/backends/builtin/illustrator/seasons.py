"""What the season makes of a place: the colours of leaves, grass and flowers."""

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, mix, rgb
from storyreel.engines.backends.builtin.illustrator.scene import Scene


@dataclass(frozen=True, slots=True)
class Growth:
    """A row of seasons.json."""

    leaves: tuple[str, ...]
    share: float
    grass: str
    grass_share: float
    flowers: tuple[str, ...]
    bloom: float
    litter: tuple[str, ...]


@functools.cache
def _table() -> dict[str, Growth]:
    text = resources.files(__package__ or "").joinpath("seasons.json").read_text("utf-8")
    rows: dict[str, dict[str, Any]] = json.loads(text)
    return {
        name: Growth(
            tuple(row["leaves"]),
            row["share"],
            row["grass"],
            row["grass_share"],
            tuple(row["flowers"]),
            row["bloom"],
            tuple(row["litter"]),
        )
        for name, row in rows.items()
        if name != "about"
    }


def growth(scene: Scene) -> Growth:
    """How things grow in a scene's season."""
    return _table().get(scene.season) or _table()[""]


def leaf_paint(scene: Scene, paint: Paint, chance: Chance) -> Color:
    """A tree's own green as the season turns it; no two trees alike."""
    now = growth(scene)
    turn = chance.random()
    return mix(paint, now.leaves[int(turn * len(now.leaves))], now.share) if now.leaves else rgb(paint)


def grass_paint(scene: Scene, paint: Paint) -> Color:
    """Grass, or the snow that lies on it."""
    now = growth(scene)
    return mix(paint, now.grass, now.grass_share)


def far_paint(scene: Scene, paint: Paint) -> Color:
    """The colour of a hill in the distance: turned by the season, nearly white under snow."""
    now = growth(scene)
    return mix(paint, now.grass, 0.85 if scene.snowy else now.grass_share * 0.7)
