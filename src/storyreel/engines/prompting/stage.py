"""The words in which a model tells an illustrator what is to be seen, and what is made of any other word."""

import json
from functools import cache
from importlib import resources
from string import Template
from typing import Any, cast

from storyreel.domain.storyboard import Camera, Framing, Transition


@cache
def words(group: str) -> tuple[str, ...]:
    """The words of a group: settings, times, weathers, seasons, moods, poses, expressions, kinds, props …"""
    if group in _ENUMS:
        return tuple(_ENUMS[group])
    return tuple(cast(dict[str, list[str]], _file())[group])


def clamp(group: str, value: Any, otherwise: str) -> str:
    """The word of a group that a value means: itself, the one it is a form of, or `otherwise`.

    "sunset" is dusk, "the dark forest" is forest, "standing" is stand.
    """
    allowed = words(group)
    said = plain(value)
    for one in (said, said.replace(" ", "_"), _file()["means"].get(said, "")):
        if one and one in allowed:
            return one
    parts = said.replace("_", " ").split()
    found = [word for word in allowed if word and any(part.startswith(word.split()[0]) for part in parts)]
    found = [word for word in found if all(part in said for part in word.split())]
    return max(found, key=len, default=otherwise)


def plain(value: Any) -> str:
    """A short lower-case text, whatever was sent."""
    return " ".join(str(value).lower().split())[:60].strip(" .,") if isinstance(value, str) else ""


def instructions(name: str, **more: str) -> str:
    """What the model is told to do: a text of this folder, with the words it may choose from."""
    texts = resources.files(_HERE)
    listed = {group: _said(words(group)) for group in (*_ENUMS, *_file()) if group != "means"}
    listed |= {group: ", ".join(words(group)) for group in ("kinds", "props")}
    scene = Template(texts.joinpath("scene.txt").read_text("utf-8")).substitute(listed)
    return Template(texts.joinpath(f"{name}.txt").read_text("utf-8")).substitute(listed | more, scene=scene)


_HERE = __name__.rpartition(".")[0]
_ENUMS = {"framings": Framing, "cameras": Camera, "transitions": Transition}


def _said(allowed: tuple[str, ...]) -> str:
    return " | ".join(f'"{word}"' for word in allowed)


@cache
def _file() -> dict[str, Any]:
    return json.loads(resources.files(_HERE).joinpath("stage.json").read_text("utf-8"))
