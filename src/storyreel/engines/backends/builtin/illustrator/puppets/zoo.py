"""Which drawing an animal kind has, and its build."""

import functools
import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any, cast

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.illustrator.chance import dice
from storyreel.engines.backends.builtin.illustrator.puppets.cast import read_looks
from storyreel.engines.backends.builtin.illustrator.puppets.quadruped import STANDARD_HEIGHT, Build, quadruped
from storyreel.engines.backends.builtin.illustrator.puppets.wild import (
    BIRD_HEIGHT,
    FISH_HEIGHT,
    RABBIT_HEIGHT,
    Plumage,
    Scales,
    bird,
    fish,
    rabbit,
)
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_RABBIT = 0.34


@functools.cache
def _animals() -> dict[str, dict[str, dict[str, Any]]]:
    text = (
        resources.files("storyreel.engines.backends.builtin.illustrator.puppets")
        .joinpath("animals.json")
        .read_text("utf-8")
    )
    return cast(dict[str, dict[str, dict[str, Any]]], json.loads(text))


def is_animal(kind: str) -> bool:
    return kind == "rabbit" or any(kind in _animals()[group] for group in ("quadrupeds", "birds", "fish"))


def swims(kind: str) -> bool:
    return kind in _animals()["fish"]


def height_of(kind: str) -> float:
    """1 is a grown man."""
    if kind == "rabbit":
        return _RABBIT
    return next(
        _animals()[group][kind]["height"] for group in ("quadrupeds", "birds", "fish") if kind in _animals()[group]
    )


def animal(character: Character, pose: str, phase: float, expression: str) -> tuple[Drawing, float]:
    """The drawing, and how many of its units are the animal's height."""
    kind = character.kind
    coat = _coat(character)
    if kind == "rabbit":
        return rabbit(pose, phase, expression, coat or "#f2ede6"), RABBIT_HEIGHT
    animals = _animals()
    if kind in animals["quadrupeds"]:
        build = Build(**animals["quadrupeds"][kind])
        tall = STANDARD_HEIGHT + 28 * (build.leg - 1) + build.neck
        return quadruped(replace(build, coat=coat or build.coat), pose, phase, expression), tall
    if kind in animals["birds"]:
        plumage = Plumage(**animals["birds"][kind])
        drawn = bird(replace(plumage, coat=coat or plumage.coat), pose, phase, expression)
        return drawn, BIRD_HEIGHT - 12 + plumage.legs + plumage.neck * 1.3
    scales = Scales(**animals["fish"][kind])
    return fish(replace(scales, coat=coat or scales.coat), phase), FISH_HEIGHT


def _coat(character: Character) -> str:
    """The colour that the looks give its fur, or one of those the kind comes in, by the seed; empty: the usual."""
    looks = read_looks(re.sub(r"\b(feathers|coat|scales)\b", "fur", character.looks))
    if "fur" in looks:
        return str(looks["fur"])
    for group in ("quadrupeds", "birds", "fish"):
        coats = _animals()[group].get(character.kind, {}).get("coats")
        if coats:
            return str(dice(character.seed).choice(coats))
    return ""
