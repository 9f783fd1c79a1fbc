"""Heads: hair, hat, and what is worn on them, round a face."""

import functools
from typing import Any

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.pixels import bounds
from storyreel.engines.backends.builtin.illustrator.puppets import face
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.shapes import paint
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

RADIUS = 14.0
"""The head's own measure: parts.json and faces.json are drawn for it."""
_BARE_CROWN = 1.5
"""How far above its middle a head with short hair reaches, in its radii."""
_BOWL = "M-20 -1 a20 20 0 1 0 40 0 a20 20 0 1 0 -40 0Z"
"""What is inside of a space helmet."""
_UNDER_HAT = "M-60 -9 L60 -11 L60 80 L-60 80Z"
"""Where hair is seen below a hat."""


def draw_head(
    sheet: Drawing,
    person: Person,
    place: tuple[float, float],
    radius: float,
    tilt: float,
    expression: str,
    *,
    manga: bool,
    from_behind: bool = False,
    helmet: bool = False,
    talking: bool = False,
) -> None:
    """A head about `place`, facing right. `tilt` is degrees, positive nods forward."""
    x, y = place
    with sheet.group(f"translate({x:.2f} {y:.2f}) rotate({tilt:.1f}) scale({radius / RADIUS:.3f})"):
        with sheet.group(clip=sheet.clip(_BOWL) if helmet else ""):  # no hair is so big that it is outside
            if from_behind:
                _back(sheet, person)
            elif person.robot:
                face.robot(sheet, person, expression)
            else:
                _front(sheet, person, expression, manga, talking)
        if helmet:
            _glass(sheet)
        else:
            _wear(sheet, person, "hats", person.hat)


@functools.cache
def crown(person: Person) -> float:
    """How far above its middle a head reaches with its hair and hat or helmet, in its radii."""
    sheet = Drawing(-4 * RADIUS, -5 * RADIUS, 8 * RADIUS, 5 * RADIUS)
    draw_head(sheet, person, (0, 0), RADIUS, 0, "calm", manga=False, helmet=person.coat == "suit")
    picture, (_, top) = sheet.shown(112, 70)  # fourteen pixels to a radius
    return max(_BARE_CROWN, 5 - (top + bounds(picture)[1]) / 14)


def _wear(sheet: Drawing, person: Person, group: str, name: str) -> None:
    paint(sheet, person, table("parts.json")[group].get(name, []))


def _hair(sheet: Drawing, person: Person, group: str) -> None:
    """Hair, of which a hat leaves only what is below it."""
    parts: dict[str, Any] = table("parts.json")
    shapes = parts[group].get(person.hair, [])
    if not shapes:
        return
    if person.hat in parts["bareheaded"] or person.coat == "suit":
        paint(sheet, person, shapes)
        return
    with sheet.group(clip=sheet.clip(_UNDER_HAT)):
        paint(sheet, person, shapes)


def _back(sheet: Drawing, person: Person) -> None:
    skin, hair = rgb(person.skin), rgb(person.hair_color)
    sheet.oval(0, 0, 14.2, skin, ry=13.6)
    sheet.oval(-13.6, 2.5, 2.6, skin)
    sheet.oval(13.6, 2.5, 2.6, skin)
    if person.hair in ("bald", "shaven"):
        _hair(sheet, person, "hair")
        return
    _hair(sheet, person, "hair_behind")
    sheet.path(
        "M-15 2 C-18 -14 -8 -20 1 -19 C11 -20 18 -13 15.2 3 C15 9 10 12.4 5 12 L3 14.5 L0 12.2 L-4 14 L-6 11.8 "
        "C-11 11 -15 8 -15 2Z",
        hair,
    )
    strands = "M-8 -15 C-3 -12 3 -12 9 -15 M-12 -6 C-10 2 -8 6 -6 9 M12 -6 C10 2 8 6 6 9"
    sheet.path(strands, stroke=darken(hair, 0.8), width=0.9)
    if person.hair in ("bob", "long", "pony", "fringe", "wavy"):
        sheet.path("M-15 0 C-18 14 -12 20 -10 20 L10 20 C13 18 18 12 15 0Z", hair)


def _front(sheet: Drawing, person: Person, expression: str, manga: bool, talking: bool) -> None:
    _hair(sheet, person, "hair_behind")
    face.draw(sheet, person, expression, manga=manga, talking=talking)
    _hair(sheet, person, "hair")
    if person.hair not in ("bald", "receding", "wild", "buzz", "shaven") and not person.hat:
        shine: Color = mix(person.hair_color, "#ffffff", 0.22)
        sheet.path("M-9 -13 C-4 -17.4 4 -17.6 8 -15.6", stroke=shine, width=1.3, opacity=0.6)
    for extra in table("parts.json")["extras_head"]:
        if extra in person.extras:
            _wear(sheet, person, "extras_head", extra)


def _glass(sheet: Drawing) -> None:
    """The bowl of a space helmet."""
    sheet.oval(0, -1, 21, "#dff1ff", opacity=0.07)
    bowl = "M-20.5 -1 a20.5 20.5 0 1 0 41 0 a20.5 20.5 0 1 0 -41 0Z"
    sheet.path(bowl, stroke="#eef2f6", width=2.6)
    sheet.path("M-15 -9 A17.5 17.5 0 0 1 -3 -18", stroke="#ffffff", width=2.2, opacity=0.85)
    sheet.path("M15.5 4 A17 17 0 0 1 8 13.6", stroke="#bfe4ff", width=1.6, opacity=0.6)
