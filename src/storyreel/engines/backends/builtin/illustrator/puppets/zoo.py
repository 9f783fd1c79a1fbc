"""Which drawing an animal kind has, and its build."""

import re
from dataclasses import replace
from typing import Any

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.illustrator.chance import dice
from storyreel.engines.backends.builtin.illustrator.puppets.cast import read_looks
from storyreel.engines.backends.builtin.illustrator.puppets.muzzle import reach_of
from storyreel.engines.backends.builtin.illustrator.puppets.quadruped import STANDARD_HEIGHT, Build, quadruped, sunk
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
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


def _animals() -> dict[str, dict[str, dict[str, Any]]]:
    return table("animals.json")


def is_animal(kind: str) -> bool:
    return kind == "rabbit" or any(kind in _animals()[group] for group in ("quadrupeds", "birds", "fish"))


def swims(kind: str) -> bool:
    return kind in _animals()["fish"]


def is_bird(kind: str) -> bool:
    return kind in _animals()["birds"]


def flies(kind: str) -> bool:
    """Whether it is a bird that flies."""
    bird = _animals()["birds"].get(kind)
    return bird is not None and not bird.get("upright") and not bird.get("walks")


def paddles(kind: str) -> bool:
    """Whether it is a bird that swims."""
    return bool(_animals()["birds"].get(kind, {}).get("paddles"))


def height_of(kind: str) -> float:
    """1 is a grown man."""
    if kind == "rabbit":
        return _RABBIT
    return next(
        _animals()[group][kind]["height"] for group in ("quadrupeds", "birds", "fish") if kind in _animals()[group]
    )


def _build(kind: str) -> Build | None:
    measures = _animals()["quadrupeds"].get(kind)
    return Build(**measures) if measures else None


def extent_of(kind: str) -> tuple[float, float]:
    """How far it reaches behind and before its origin, in the drawing's units."""
    build = _build(kind)
    if build:
        tail = {"": -46, "brush": -90, "curled": -80, "whip": -92, "stub": -50, "low": -68}.get(build.tail, -62)
        return tail, 42 + build.neck * 0.3 + reach_of(build.face)[0] * build.head
    if swims(kind):
        scales = _animals()["fish"][kind]
        large = "whale" in scales or "fin" in scales
        return -103 if large else -76, 78 if "beak" in scales else 66 if large else 58
    if kind == "rabbit":
        return -34, 34
    return (-34, 32) if _animals()["birds"][kind].get("upright") else (-76, 52)


def face_of(kind: str, pose: str = "stand") -> tuple[float, float, float]:
    """Where the head is in a pose, in the drawing's units, and about how large."""
    build = _build(kind)
    if build:
        return 42 + build.neck * 0.3, -66 + _rise(build) - build.neck + sunk(pose, 28 * build.leg), 24
    if kind == "rabbit":
        return 12, -56, 22
    if swims(kind):
        return 36, 0, 20
    plumage = Plumage(**_animals()["birds"][kind])
    return 24 + plumage.neck * 0.4, -plumage.legs - 46 - plumage.neck * 1.3, 20


def crown_of(kind: str, pose: str = "stand") -> float:
    """How high it reaches in a pose with ears, antlers and horns, in the drawing's units; up is negative."""
    build = _build(kind)
    if build:
        return face_of(kind, pose)[1] - reach_of(build.face)[1] * build.head
    _, y, radius = face_of(kind)
    return -RABBIT_HEIGHT if kind == "rabbit" else y - radius * 1.25


def seat_of(kind: str) -> tuple[float, float] | None:
    """Where a rider sits, in the drawing's units; None of what cannot be ridden."""
    build = _build(kind)
    if build:
        return -6, _rise(build) - build.girth - (84 if build.hump else 54)
    if swims(kind):
        return -4, -24
    return (-8, -_animals()["birds"][kind]["legs"] - 44) if kind in _animals()["birds"] else None


def steps(kind: str, pose: str) -> float:
    """Cycles a second of its movement in a pose; 0 when it has none."""
    if swims(kind):
        return 0.8
    if not is_animal(kind):
        return 0
    return {"walk": 0.95, "run": 1.5, "play": 1.2, "fly": 2.2 if kind in _animals()["birds"] else 0.0}.get(pose, 0)


def _rise(build: Build) -> float:
    """How much higher the trunk is than a fox's; up is negative."""
    return 28 - 28 * build.leg


def _tall(build: Build) -> float:
    return STANDARD_HEIGHT + 28 * (build.leg - 1) + build.neck


def animal(character: Character, pose: str, phase: float, expression: str) -> tuple[Drawing, float]:
    """The drawing, and how many of its units are the animal's height."""
    kind = character.kind
    coat = _coat(character)
    if kind == "rabbit":
        return rabbit(pose, phase, expression, coat or "#f2ede6"), RABBIT_HEIGHT
    animals = _animals()
    if kind in animals["quadrupeds"]:
        build = Build(**animals["quadrupeds"][kind])
        return quadruped(replace(build, coat=coat or build.coat), pose, phase, expression), _tall(build)
    if kind in animals["birds"]:
        plumage = Plumage(**animals["birds"][kind])
        drawn = bird(replace(plumage, coat=coat or plumage.coat), pose, phase, expression)
        return drawn, BIRD_HEIGHT - 12 + plumage.legs + plumage.neck * 1.3
    scales = Scales(**animals["fish"][kind])
    return fish(replace(scales, coat=coat or scales.coat), phase, asleep=expression == "sleep"), FISH_HEIGHT


def _coat(character: Character) -> str:
    """The colour that the looks give its fur, or one of those the kind comes in, by the seed; empty: the usual."""
    named = rf"\b({re.escape(character.kind)}|feathers|coat|scales)\b"  # "a white horse", "horse with a white coat"
    looks = read_looks(re.sub(named, "fur", character.looks))
    if "fur" in looks:
        return str(looks["fur"])
    for group in ("quadrupeds", "birds", "fish"):
        coats = _animals()[group].get(character.kind, {}).get("coats")
        if coats:
            return str(dice(character.seed).choice(coats))
    return ""
