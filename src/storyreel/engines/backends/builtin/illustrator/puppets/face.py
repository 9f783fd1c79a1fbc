"""Faces: their shape, eyes, brows, nose and mouth in an expression, larger than in nature so that films show them."""

from typing import Any

from storyreel.engines.backends.builtin.illustrator.color import darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.shapes import paint
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_INK = "#2a1c1e"
_BLUSH = "#ee6a5a"
_NEAR, _FAR = (3.2, 1.5), (11.0, 1.5)
"""Where the eyes are."""
_FAR_WIDTH = 0.88
"""The far eye is turned away a little."""
_BROWS = {"baby": 0.8, "child": 1.0, "teen": 1.2, "adult": 1.35, "old": 1.5}
"""How thick brows are."""
_CHILDLIKE = {"baby": 1.16, "child": 1.12, "teen": 1.06}
"""How much larger the eyes of the young are; their brows are as much higher."""
_DARK = 0.46
"""Dark eyes in skin darker than this have a paler rim, or they would be lost in it."""
_STARING = ("scared", "wonder")


def draw(sheet: Drawing, person: Person, expression: str, *, manga: bool, talking: bool) -> None:
    """A face without its hair, facing right, for a head of radius 14 at the origin."""
    faces: dict[str, Any] = table("faces.json")
    skin = mix(person.skin, "#e8eef4", 0.25) if expression == "scared" else rgb(person.skin)
    shape = faces["shapes"][person.face]
    sheet.path(shape, skin)
    with sheet.group(clip=sheet.clip(shape)):
        _hair_shadow(sheet, person)
        _cheeks(sheet, person, expression)
    sheet.oval(-9, 2.6, 2.8, darken(skin, 0.95))
    sheet.path("M-10 1.6 q1.7 -.9 2.1 1.3", stroke=darken(skin, 0.78), width=0.8)
    if person.age == "old":
        lines = "M-2.6 5.4 q2.4 2 5.2 1 M12 5.8 q1.4 .6 2 0 M-1 -8.6 q5 -1.4 10 0 M1.4 8 q-1 2 -.2 4"
        sheet.path(lines, stroke=darken(skin, 0.8), width=0.7)
    _eyes(sheet, person, expression, manga)
    paint(sheet, person, faces["beards"].get(person.beard, []))
    paint(sheet, person, faces["noses"][person.nose])
    mouths = faces["mouths"]
    paint(sheet, person, mouths["talking"] if talking else mouths.get(expression, mouths["calm"]))
    paint(sheet, person, faces["moustaches"].get(person.moustache, []))
    paint(sheet, person, faces["marks"].get(expression, []))
    paint(sheet, person, faces["glasses"].get(person.glasses, []))


def _hair_shadow(sheet: Drawing, person: Person) -> None:
    """What the hair casts on the brow, so that fair hair is seen on fair skin."""
    with sheet.group("translate(.7 1.5)"):
        for shape in table("parts.json")["hair"].get(person.hair, []):
            if "fill" in shape and "opacity" not in shape:
                sheet.path(shape["d"], darken(person.skin, 0.8))


def _cheeks(sheet: Drawing, person: Person, expression: str) -> None:
    glow = 0.42 if expression in ("happy", "laugh", "angry", "cry") else 0.3 if person.age in _CHILDLIKE else 0.2
    glow *= min(1.0, 0.4 + float(rgb(person.skin).mean()))  # on dark skin it would be paint
    sheet.oval(13.4, 6.7, 2.4, _BLUSH, opacity=glow)
    sheet.oval(-1.4, 7, 3.3, _BLUSH, ry=2.5, opacity=glow)
    if person.freckles and rgb(person.skin).mean() > _DARK:
        for x, y in ((-2.4, 5.8), (-0.4, 6.6), (1.4, 5.6), (11.2, 6), (12.8, 5.6)):
            sheet.oval(x, y, 0.5, darken(person.skin, 0.78))


def _eyes(sheet: Drawing, person: Person, expression: str, manga: bool) -> None:
    faces: dict[str, Any] = table("faces.json")
    brows = faces["brows"].get(expression, faces["brows"]["calm"])
    closed, lids = faces["closed"].get(expression), faces["lids"].get(expression)
    larger = _CHILDLIKE.get(person.age, 1.0)
    ink = mix(darken(person.hair_color, 0.7), _INK, 0.3 if person.age != "old" else 0)
    for i, (x, y) in enumerate((_NEAR, _FAR)):
        with sheet.group(f"translate({x} {y})"):
            if closed:
                sheet.path(closed[i], stroke=_INK, width=1.5)
            else:
                with sheet.group(f"scale({(_FAR_WIDTH if i else 1) * larger:.3f} {larger})"):
                    _manga_eye(sheet, person, expression) if manga else _eye(sheet, person, expression)
                    if person.lashes:
                        _lash(sheet, person, far=i == 1)
                if lids:
                    _lid(sheet, person, lids[i])
            if expression != "sleep":
                lift = f"translate(0 {-1 if manga else 6 - 6 * larger:.2f})"
                width = _BROWS[person.age] * (0.8 if person.lashes else 1)
                sheet.path(brows[i], stroke=ink, width=width, transform=lift)


def _lid(sheet: Drawing, person: Person, line: str) -> None:
    """The upper lid, lowered to a line."""
    (x0, y0), (x1, y1) = (tuple(float(part) for part in end.split()) for end in line[1:].split(" L"))
    sheet.path(f"M{x0} {y0} L{x1} {y1} L{x1} -4.6 L{x0} -4.6Z", rgb(person.skin))
    sheet.path(line, stroke=_INK, width=1.1)


def _lash(sheet: Drawing, person: Person, *, far: bool) -> None:
    """A hint at the outer corner."""
    kind: dict[str, Any] = table("faces.json")["eyes"][person.eyes]
    side, rx, ry = 1 if far else -1, kind["rx"], kind["ry"]
    sheet.path(f"M{side * rx * 0.72:.2f} {-ry * 0.66:.2f} l{side * 1.2} -.9", stroke=_INK, width=0.8)


def _eye(sheet: Drawing, person: Person, expression: str) -> None:
    kind: dict[str, Any] = table("faces.json")["eyes"][person.eyes]
    rx, ry = kind["rx"], kind["ry"]
    if expression in _STARING:
        sheet.oval(0, -0.2, 3.4, "#fffdf8", ry=4)
        pupil = 1.35 if expression == "scared" else 1.9
        sheet.oval(0.5, 0 if expression == "scared" else -0.5, pupil, _INK)
        sheet.oval(1.0, -0.9, 0.55, "#ffffff")
        return
    if float(rgb(person.skin).mean()) < _DARK:
        sheet.oval(-0.1, 0, rx + 0.45, mix(person.skin, "#fff4e4", 0.26), ry=ry + 0.4)
    sheet.oval(0, 0, rx, mix(person.iris, _INK, 0.7), ry=ry)
    sheet.oval(rx * 0.32, -ry * 0.38, rx * 0.36, "#ffffff")
    sheet.oval(-rx * 0.3, ry * 0.42, rx * 0.16, "#ffffff", opacity=0.7)


def _manga_eye(sheet: Drawing, person: Person, expression: str) -> None:
    size = 1.14 if expression in _STARING else 1.0
    sheet.oval(0, 0.2, 2.35 * size, "#fffdf8", ry=3.6 * size)
    sheet.oval(0.1, 0.2, 1.95 * size, "#2a1a2c", ry=3.3 * size)
    sheet.oval(0.1, 1.3, 1.5 * size, mix(person.iris, "#e0a878", 0.45), ry=1.8 * size)
    sheet.oval(0.75, -1.1, 0.85, "#ffffff", ry=1.1)
    sheet.oval(-0.6, 1.9, 0.45, "#ffffff", opacity=0.9)
    sheet.path(f"M-2.6 -1.2 Q-.2 {-4.1 * size:.2f} 2.5 -1.7", stroke="#2a1a2c", width=0.9)


def robot(sheet: Drawing, person: Person, expression: str) -> None:
    """A robot's head."""
    metal = rgb(person.skin)
    sheet.rect(-15, -16, 30, 29, metal, round_=6)
    sheet.rect(-17.5, -5, 4, 9, darken(metal, 0.75), round_=2)
    sheet.rect(-7, -9, 21, 14, "#22303f", round_=5)
    if expression in ("sleep", "laugh"):
        curve = "M-3 -2 h5 M6 -2 h5" if expression == "sleep" else "M-3 -1 q2.5 -4 5 0 M6 -1 q2.5 -4 5 0"
        sheet.path(curve, stroke="#7fe0ff", width=1.6)
    else:
        for x in (-0.5, 8.5):
            sheet.oval(x, -2, 2.6, "#ff7a6a" if expression == "angry" else "#7fe0ff")
            sheet.oval(x + 0.7, -2.8, 0.9, "#ffffff")
    smile = "M0 9.6 q4 -2 8 0" if expression in ("sad", "cry", "scared", "angry") else "M0 8.6 q4 2.4 8 0"
    sheet.path(smile, stroke="#5a6672", width=1.4)
