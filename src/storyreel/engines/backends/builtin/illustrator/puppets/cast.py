"""Who is who: how a character looks, from its kind, the words of its looks, and its seed; the same in every shot."""

import functools
import json
import re
from dataclasses import dataclass, fields, replace
from importlib import resources
from typing import Any, cast

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.illustrator.chance import dice


@dataclass(frozen=True, slots=True)
class Person:
    """How a person is drawn. Colours are "#rrggbb"; empty means that there is none of it.

    `height` 1 is a grown man. `coat`: coat, rain, dress, robe, cardigan, apron, armor, suit. `pattern`: of the top.
    """

    height: float = 1
    child: bool = False
    skin: str = "#f6cfae"
    hair: str = "short"
    hair_color: str = "#4a2f22"
    beard: bool = False
    glasses: bool = False
    hat: str = ""
    hat_color: str = "#3a4660"
    top: str = "#d9573f"
    stripes: str = "#f3e3c3"
    bottom: str = "#3f5577"
    shoes: str = "#5a3a2a"
    coat: str = ""
    coat_color: str = "#c9a06a"
    cape: str = ""
    accent: str = "#e0b040"
    pattern: str = "stripe"
    scarf: bool = False
    wings: bool = False
    robot: bool = False


@functools.cache
def _people() -> dict[str, Any]:
    text = (
        resources.files("storyreel.engines.backends.builtin.illustrator.puppets")
        .joinpath("people.json")
        .read_text("utf-8")
    )
    return cast(dict[str, Any], json.loads(text))


_FIELDS = {field.name for field in fields(Person)}


def is_person(kind: str) -> bool:
    return kind in _people()["kinds"]


def person_of(character: Character) -> Person:
    """How a character looks. A kind that is not known is somebody ordinary."""
    people = _people()
    chance = dice(character.seed * 2654435761 + 97)
    kinds: dict[str, dict[str, Any]] = people["kinds"]
    kind = kinds.get(character.kind) or kinds[chance.choice(("man", "woman", "kid"))]
    chosen: dict[str, Any] = {
        "skin": chance.choice(people["skins"]),
        "hair": chance.choice(kind["hair"]),
        "hair_color": chance.choice(people["hairs"]),
        "top": chance.choice(people["clothes"]),
        "coat_color": chance.choice(people["coats"]),
        "bottom": chance.choice(people["bottoms"]),
        "accent": chance.choice(people["clothes"]),
        "hat_color": chance.choice(people["clothes"]),
        "pattern": chance.choice(("stripe", "plain", "overall")),
    }
    chosen |= {name: value for name, value in kind.items() if name != "hair"}
    chosen |= read_looks(character.looks)
    return Person(**{name: value for name, value in chosen.items() if name in _FIELDS})


def read_looks(looks: str) -> dict[str, Any]:
    """What a description changes: {"coat": "rain", "coat_color": "#c9403a"} for "a red raincoat"."""
    people = _people()
    colors: dict[str, str] = people["colors"]
    garments: dict[str, dict[str, Any]] = people["garments"]
    changes: dict[str, Any] = {}
    color = ""
    for word in re.findall(r"[a-z]+|[,.;]", looks.lower()):
        if word in ",.;":
            color = ""
        elif word in colors:
            color = colors[word]
        elif word in garments:
            changes |= {name: value for name, value in garments[word].items() if name != "color"}
            target = garments[word].get("color")
            if target and color:
                changes[target] = color
                color = ""
    return changes


def in_space_suit(person: Person) -> Person:
    return replace(person, coat="suit", hat="", cape="", wings=False)


def passer_by(seed: int) -> Person:
    """Somebody in a crowd, in quiet colours."""
    chance = dice(seed)
    people = _people()
    return Person(
        hair=chance.choice(("short", "bob", "bun", "long", "bald", "curly")),
        hair_color=chance.choice(people["hairs"]),
        skin=chance.choice(people["skins"]),
        top=chance.choice(("#8a5a5a", "#5a6f8a", "#7f7f5a", "#8a6f9a", "#b08a5a")),
        bottom=chance.choice(("#3a3f4a", "#4a3a3a", "#2f3f4f")),
        coat=chance.choice(("", "coat", "dress", "")),
        coat_color=chance.choice(("#6f5a4a", "#5a6f6a", "#7a4a4a", "#4a4a6a")),
        hat=chance.choice(("", "", "", "beanie", "cap", "fedora")),
        pattern="plain",
    )
