"""Heads of four-legged animals, drawn from animal_heads.json, with what they feel."""

from dataclasses import dataclass
from typing import Any

from storyreel.engines.backends.builtin.illustrator.color import Paint, darken
from storyreel.engines.backends.builtin.illustrator.puppets.shapes import fill
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_INK = "#231b1c"
_BROWS = {
    "angry": "l8 4.4",
    "determined": "l7.6 2.6",
    "sad": "m0 2 l7 -4",
    "cry": "m0 2 l7 -4",
    "scared": "m0 1 l7 -4",
}


@dataclass(frozen=True, slots=True)
class Fur:
    """The colours that the roles of a head's shapes stand for."""

    coat: Paint
    belly: Paint
    dark: Paint
    spots: Paint


def reach_of(head: str) -> tuple[float, float]:
    """How far a head goes before its origin, and above it."""
    measures: dict[str, Any] = table("animal_heads.json")[head]
    return measures["reach"], measures["top"]


def draw(sheet: Drawing, name: str, fur: Fur, expression: str, *, asleep: bool) -> None:
    """A head about the origin, facing right."""
    head: dict[str, Any] = table("animal_heads.json")[name]
    roles = {"coat": fur.coat, "belly": fur.belly, "dark": fur.dark, "spots": fur.spots, "ink": _INK}
    fill(sheet, roles, head["shapes"])
    for x, y, size in head["eyes"]:
        with sheet.group(f"translate({x} {y}) scale({size})"):
            _eye(sheet, head.get("rim", ""), expression, asleep)
    x, y, _ = head["eyes"][0]
    if expression in _BROWS:
        sheet.path(f"M{x - 4} {y - 7} {_BROWS[expression]}", stroke=_INK, width=1.8)
    if expression == "cry":
        sheet.path(f"M{x} {y + 4} q-3 5 0 7 q3 -2 0 -7Z", "#9fd8ff")
    _mouth(sheet, head["mouth"], fur, expression)


def _eye(sheet: Drawing, rim: str, expression: str, asleep: bool) -> None:
    if asleep or expression == "laugh":
        curve = "M-3.4 0 q3.4 2.8 6.8 0" if asleep else "M-3.4 1 q3.4 -4.4 6.8 0"
        sheet.path(curve, stroke=rim if rim and not asleep else _INK, width=1.6)
        return
    if expression in ("scared", "wonder"):
        sheet.oval(0, 0, 4.2, "#fffdf8", ry=5)
    elif rim:
        sheet.oval(0, 0, 4.3, rim, ry=4.8)
    sheet.oval(0, 0, 2.8, _INK, ry=3.5)
    sheet.oval(0.9, -1.2, 1.05, "#ffffff")


def _mouth(sheet: Drawing, place: list[float], fur: Fur, expression: str) -> None:
    x, y, length = place
    if expression in ("happy", "laugh", "wonder"):
        open_ = f"M{x - length} {y - 1} Q{x - 3} {y + 1.4} {x + 3} {y - 2.4} Q{x - 1} {y + 7} {x - length} {y - 1}Z"
        sheet.path(open_, "#8c3e38")
        sheet.path(f"M{x - length * 0.6} {y + 1.6} q3 -1.6 5 .4 q-2 2.4 -5 -.4Z", "#e08a84")
    elif expression in ("sad", "cry", "scared", "angry"):
        sheet.path(f"M{x - length * 0.7} {y + 2} q5 -4 10 -1.4", stroke=darken(fur.dark, 0.6), width=1.3)
