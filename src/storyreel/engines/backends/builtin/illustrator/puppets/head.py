"""Heads: hair, hat and a face with an expression."""

import functools
import json
from importlib import resources
from typing import Any, cast

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

RADIUS = 14.0
"""The head's own measure: parts.json is drawn for it."""
_INK = "#2a1c1e"
_LIPS = "#9c4a3e"
_BLUSH = "#ee7a66"
_WIDE_EYED = ("scared", "wonder")


@functools.cache
def _parts() -> dict[str, Any]:
    return cast(
        dict[str, Any],
        json.loads(
            resources.files("storyreel.engines.backends.builtin.illustrator.puppets")
            .joinpath("parts.json")
            .read_text("utf-8")
        ),
    )


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
        if from_behind:
            _back(sheet, person)
        elif person.robot:
            _robot_face(sheet, person, expression)
        else:
            _front(sheet, person, expression, manga, talking)
        if not helmet:
            _part(sheet, person, _parts()["hats"].get(person.hat, []))
        else:
            _glass(sheet)


def _part(sheet: Drawing, person: Person, shapes: list[dict[str, Any]]) -> None:
    roles = {"hair": person.hair_color, "hat": person.hat_color, "accent": person.accent}

    def paint(shape: dict[str, Any], use: str) -> Color:
        name = str(shape[use])
        return darken(roles.get(name, name), shape.get("light", 1))

    for shape in shapes:
        if "fill" in shape:
            sheet.path(shape["d"], paint(shape, "fill"))
        else:
            sheet.path(shape["d"], stroke=paint(shape, "stroke"), width=shape["width"])


def _back(sheet: Drawing, person: Person) -> None:
    skin, hair = rgb(person.skin), rgb(person.hair_color)
    sheet.oval(0, 0, 14.2, skin, ry=13.6)
    sheet.oval(-13.6, 2.5, 2.6, skin)
    sheet.oval(13.6, 2.5, 2.6, skin)
    if person.hair == "bald":
        return
    sheet.path(
        "M-15 2 C-18 -14 -8 -20 1 -19 C11 -20 18 -13 15.2 3 C15 9 10 12.4 5 12 L3 14.5 L0 12.2 L-4 14 L-6 11.8 "
        "C-11 11 -15 8 -15 2Z",
        hair,
    )
    strands = "M-8 -15 C-3 -12 3 -12 9 -15 M-12 -6 C-10 2 -8 6 -6 9 M12 -6 C10 2 8 6 6 9"
    sheet.path(strands, stroke=darken(hair, 0.8), width=0.9)
    if person.hair in ("bob", "long", "pony", "fringe", "braids"):
        sheet.path("M-15 0 C-18 14 -12 20 -10 20 L10 20 C13 18 18 12 15 0Z", hair)


def _front(sheet: Drawing, person: Person, expression: str, manga: bool, talking: bool) -> None:
    skin, hair = rgb(person.skin), rgb(person.hair_color)
    _part(sheet, person, _parts()["hair_behind"].get(person.hair, []))
    sheet.path(
        "M-13.5 -1 C-13.5 -10 -7 -15 1 -15 C10 -15 14.5 -9 14.6 -1 C15.2 1.6 15.4 4.2 14 6 C12.5 11 7 13.8 1.5 13.8 "
        "C-6.5 13.8 -13.5 8.5 -13.5 -1Z",
        skin,
    )
    sheet.oval(12.2, 6.6, 2.5, _BLUSH, opacity=0.30)
    sheet.oval(0.2, 6.8, 3.2, _BLUSH, opacity=0.30)
    sheet.oval(-8.8, 2.4, 2.6, darken(skin, 0.95))
    sheet.path("M-9.8 1.4 q1.6 -.8 2 1.2", stroke=darken(skin, 0.8), width=0.7)
    _eyes(sheet, expression, manga)
    if expression != "sleep":
        lift = "translate(0 -2.2)" if manga else ""
        brows = _parts()["brows"]
        for brow in brows.get(expression, brows["calm"]):
            sheet.path(brow, stroke=mix(hair, _INK, 0.35), width=1.15, transform=lift)
    nose = "M7.2 6.2 q1 .7 1.5 -.2" if manga else "M8 3.7 q2 1.5 .2 2.3"
    sheet.path(nose, stroke=darken(skin, 0.74), width=0.95)
    _mouth(sheet, expression, talking)
    if person.glasses:
        for x in (3.2, 10.9):
            sheet.path(f"M{x - 3.4} 1.4 a3.4 3.4 0 1 0 6.8 0 a3.4 3.4 0 1 0 -6.8 0Z", stroke="#4a3f3a", width=0.8)
        sheet.path("M-.2 1 L-8.6 .2", stroke="#4a3f3a", width=0.8)
    _part(sheet, person, _parts()["hair"].get(person.hair, _parts()["hair"]["short"]))
    if person.hair not in ("bald", "baby"):
        shine = "M-9 -13 C-4 -17.4 4 -17.6 8 -15.6"
        sheet.path(shine, stroke=mix(hair, "#ffffff", 0.22), width=1.3, opacity=0.6)
    if person.beard:
        _beard(sheet, hair)


def _eyes(sheet: Drawing, expression: str, manga: bool) -> None:
    if expression == "sleep":
        sheet.path("M1 3 q2.2 2 4.2 .2 M9 3 q1.8 1.8 3.6 .2", stroke=_INK, width=1.1)
        return
    size = 1.18 if expression in _WIDE_EYED else 1.0
    if not manga:
        for x, width in ((3.6, 1.55), (10.9, 1.35)):
            sheet.oval(x, 1.6, width * size, _INK, ry=2.25 * size)
            sheet.oval(x + 0.5, 0.8, 0.55, "#ffffff")
        return
    for x, width in ((2.4, 2.2), (9.9, 1.9)):
        sheet.oval(x, 1.7, width * size, "#2a1a2c", ry=3.4 * size)
        sheet.oval(x + 0.1, 3.0, width * 0.74 * size, "#8a5a4a", ry=1.9 * size)
        sheet.oval(x + 0.75, 0.2, 0.85, "#ffffff", ry=1.05)
        sheet.oval(x - 0.7, 3.6, 0.42, "#ffffff", opacity=0.9)
        lid = f"M{x - width - 0.5:.2f} .4 Q{x - 0.2:.2f} {-3.0 * size:.2f} {x + width + 0.3:.2f} -.6"
        sheet.path(lid, stroke="#2a1a2c", width=1.05)


def _mouth(sheet: Drawing, expression: str, talking: bool) -> None:
    drawn = _parts()["mouths"].get(expression)
    if talking:
        sheet.oval(7.6, 9.2, 2.1, "#8c3e38", ry=1.7)
    elif expression == "laugh":
        sheet.path("M3.4 7.4 Q7.4 9 11 7.4 Q10.6 12 7.2 12 Q4 12 3.4 7.4Z", "#8c3e38")
    elif drawn:
        sheet.path(drawn, stroke=_LIPS, width=1.05)
    else:
        sheet.oval(7.6, 9.2, 1.7, "#8c3e38", ry=2.1 if expression == "scared" else 1.5)
    if expression == "cry":
        for x, y in ((4.4, 5.2), (11.2, 5.6)):
            sheet.path(f"M{x} {y} q-2 3.4 0 4.4 q2 -1 0 -4.4Z", "#8fd0ff", opacity=0.9)


def _beard(sheet: Drawing, hair: Color) -> None:
    beard = "M-8 4 C-7 16 2 19 7 17.6 C12 17 15 11 14 6 C11 8 9 6.6 7.6 7 C3 8 -2 8 -8 4Z"
    sheet.path(beard, hair)
    sheet.path("M5.6 9.8 q2.2 1.2 4.4 .1", stroke=darken(hair, 0.6), width=1)


def _robot_face(sheet: Drawing, person: Person, expression: str) -> None:
    metal = rgb(person.skin)
    sheet.rect(-15, -16, 30, 29, metal, round_=6)
    sheet.rect(-17.5, -5, 4, 9, darken(metal, 0.75), round_=2)
    sheet.rect(-7, -9, 21, 14, "#22303f", round_=5)
    if expression == "sleep":
        sheet.path("M-3 -2 h5 M6 -2 h5", stroke="#7fe0ff", width=1.6)
    else:
        for x in (-0.5, 8.5):
            sheet.oval(x, -2, 2.6, "#7fe0ff")
            sheet.oval(x + 0.7, -2.8, 0.9, "#ffffff")
    smile = "M0 9.6 q4 -2 8 0" if expression in ("sad", "cry", "scared") else "M0 8.6 q4 2.4 8 0"
    sheet.path(smile, stroke="#5a6672", width=1.4)


def _glass(sheet: Drawing) -> None:
    """The bowl of a space helmet."""
    sheet.oval(0, -1, 21, "#dff1ff", opacity=0.07)
    bowl = "M-20.5 -1 a20.5 20.5 0 1 0 41 0 a20.5 20.5 0 1 0 -41 0Z"
    sheet.path(bowl, stroke="#eef2f6", width=2.6)
    sheet.path("M-15 -9 A17.5 17.5 0 0 1 -3 -18", stroke="#ffffff", width=2.2, opacity=0.85)
    sheet.path("M15.5 4 A17 17 0 0 1 8 13.6", stroke="#bfe4ff", width=1.6, opacity=0.6)
