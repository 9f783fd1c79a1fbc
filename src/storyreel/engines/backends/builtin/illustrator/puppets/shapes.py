"""Shapes kept in data files, and their painting in a person's colours."""

from collections.abc import Mapping
from typing import Any

from storyreel.engines.backends.builtin.illustrator.color import Paint, darken
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_INK, _LIPS = "#2a1c1e", "#9c4238"


def paint(sheet: Drawing, person: Person, shapes: list[dict[str, Any]]) -> None:
    """Draws shapes: {"d": …, "fill": a colour or a role, or "stroke" and "width"; "light" multiplies, "opacity"}."""
    roles = {
        "hair": person.hair_color,
        "hat": person.hat_color,
        "accent": person.accent,
        "trim": person.trim,
        "coat": person.coat_color,
        "top": person.top,
        "skin": person.skin,
        "iris": person.iris,
        "ink": _INK,
        "lip": _LIPS,
    }
    fill(sheet, roles, shapes)


def fill(sheet: Drawing, roles: Mapping[str, Paint], shapes: list[dict[str, Any]]) -> None:
    """Draws shapes whose colours may be roles, in the colours that the roles stand for."""
    for shape in shapes:
        use = "fill" if "fill" in shape else "stroke"
        name = str(shape[use])
        color = darken(roles.get(name, name), shape.get("light", 1))
        opacity = float(shape.get("opacity", 1))
        if use == "fill":
            sheet.path(shape["d"], color, opacity=opacity)
        else:
            sheet.path(shape["d"], stroke=color, width=shape["width"], opacity=opacity)
