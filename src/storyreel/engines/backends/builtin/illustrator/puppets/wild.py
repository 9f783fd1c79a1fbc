"""Rabbits, birds and fish."""

import math
from dataclasses import dataclass

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

RABBIT_HEIGHT, BIRD_HEIGHT, FISH_HEIGHT = 105.0, 100.0, 62.0
"""How tall the drawings are, in their own units."""


@dataclass(frozen=True, slots=True)
class Plumage:
    """Measures and features of a bird; see animals.json."""

    height: float
    coat: str
    belly: str
    beak: str
    neck: float = 0
    legs: float = 12
    owl: bool = False
    comb: bool = False
    upright: bool = False
    fan: bool = False
    walks: bool = False
    paddles: bool = False
    coats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scales:
    """Measures and features of what swims; see animals.json."""

    height: float
    coat: str
    belly: str
    dark: str
    whale: bool = False
    fin: bool = False
    beak: bool = False
    coats: tuple[str, ...] = ()


def rabbit(pose: str, phase: float, expression: str, coat: str = "#f2ede6") -> Drawing:
    """Sitting up, facing right, the feet at y 0."""
    sheet = Drawing(-62, -112, 124, 124)
    fur, shade = rgb(coat), darken(coat, 0.86)
    hop = -6 * abs(math.sin(math.tau * phase)) if pose in ("walk", "run") else 0
    twitch = 3 * math.sin(math.tau * phase)
    with sheet.group(f"translate(0 {hop:.1f})"):
        sheet.oval(-26, -16, 8, "#ffffff")
        sheet.path("M-28 -10 C-32 -34 -12 -46 4 -42 C18 -38 22 -20 18 -4 C10 0 -20 0 -28 -10Z", fur)
        sheet.path("M-26 -3 C-30 -18 -14 -26 -4 -20 C4 -14 4 -4 0 0 L-20 0 C-24 0 -26 -1 -26 -3Z", shade)
        sheet.path("M8 -26 C8 -12 8 -6 10 -1 M16 -26 C17 -14 17 -8 18 -1", stroke=fur, width=6.4)
        sheet.path("M10 -1 l5 0 M18 -1 l4 0", stroke=shade, width=4)
        sheet.path("M-14 -1 L4 -1", stroke=fur, width=5)
        for x, color, turn in ((6, shade, -14 + twitch), (14, fur, 4 - twitch)):
            with sheet.group(f"translate({x} -62) rotate({turn:.1f})"):
                sheet.path("M-5 0 C-9 -20 -6 -36 0 -40 C6 -36 9 -20 5 0Z", color)
                sheet.path("M-2.6 -2 C-5 -18 -3 -30 0 -34 C3 -30 5 -18 2.6 -2Z", "#efb3a8")
        sheet.path(
            "M-6 -54 C-6 -68 8 -72 18 -68 C28 -64 32 -54 29 -47 C26 -40 14 -37 6 -40 C-2 -42 -6 -48 -6 -54Z", fur
        )
        sheet.oval(17, -47, 5, "#ee8d80", opacity=0.3)
        if pose == "sleep" or expression == "sleep":
            sheet.path("M15 -57 q3 2.4 6 0", stroke="#2a1c1e", width=1.2)
        else:
            sheet.oval(18, -57, 2.3, "#2a1c1e", ry=3)
            sheet.oval(18.8, -58.2, 0.8, "#ffffff")
        sheet.path("M28 -53 l3.4 .2 l-2 2.6Z", "#d9786e")
        sheet.path("M28.6 -49 q-2 2.6 -4.6 1.2", stroke="#9c6a5e", width=0.9)
    return sheet


def bird(plumage: Plumage, pose: str, phase: float, expression: str) -> Drawing:
    """Facing right, the feet at y 0; flying ones beat their wings once a `phase`."""
    sheet = Drawing(-105, -150, 210, 165)
    flying = pose == "fly"
    coat, belly, dark = rgb(plumage.coat), rgb(plumage.belly), darken(plumage.coat, 0.7)
    legs, neck = plumage.legs, plumage.neck
    y = -legs - 6
    beat = math.sin(math.tau * phase)
    if plumage.fan:
        _fan(sheet, y)
    if flying:
        _wing(sheet, y, -beat, darken(coat, 0.78))
    elif pose != "swim":
        step = 8 * math.sin(math.tau * phase) if pose in ("walk", "run") else 0
        for x, move in ((-4, step), (8, -step)):
            foot = x + move
            sheet.path(f"M{x} {y + 2} L{foot:.1f} -2 l7 2 M{foot:.1f} -2 l-4 2", stroke=plumage.beak, width=3)
    if plumage.upright:
        sheet.path("M-24 -12 C-32 -50 -22 -84 2 -86 C26 -86 32 -50 24 -12 C14 -2 -14 -2 -24 -12Z", coat)
        sheet.path("M-8 -10 C-14 -44 -4 -66 12 -66 C26 -60 26 -30 20 -10 C12 -4 0 -4 -8 -10Z", belly)
        head, flap = (8, -84), f"M-16 -58 C-34 {-44 + beat * 4:.0f} -34 -28 -28 -20 C-20 -26 -14 -40 -12 -54Z"
        sheet.path(flap, dark)
    else:
        sheet.path(f"M-36 {y - 16} C-60 {y - 26} -72 {y - 22} -78 {y - 14} C-66 {y - 8} -50 {y - 4} -34 {y - 2}Z", dark)
        sheet.path(
            f"M-40 {y - 14} C-34 {y - 44} 16 {y - 52} 30 {y - 26} "
            f"C36 {y - 4} 6 {y + 4} -12 {y + 2} C-28 {y + 2} -40 {y - 4} -40 {y - 14}Z",
            coat,
        )
        sheet.path(f"M30 {y - 28} C38 {y - 6} 8 {y + 4} -12 {y + 2} C6 {y - 4} 16 {y - 14} 18 {y - 34}Z", belly)
        head = (24 + neck * 0.4, y - 40 - neck * 1.3)
        if neck:
            sheet.path(
                f"M18 {y - 26} C26 {y - 40} {head[0] - 8} {head[1] + 20} {head[0]} {head[1]}", stroke=coat, width=14
            )
        if flying:
            _wing(sheet, y, beat, dark)
        else:
            sheet.path(
                f"M-30 {y - 22} C-16 {y - 40} 10 {y - 38} 12 {y - 22} C4 {y - 8} -20 {y - 8} -44 {y - 10}Z", dark
            )
    _bird_head(sheet, plumage, head, pose == "sleep" or expression == "sleep")
    return sheet


def _fan(sheet: Drawing, y: float) -> None:
    """A peacock's tail, spread."""
    for i in range(11):
        turn = math.radians(-168 + 15 * i)
        x, top = -16 + 74 * math.cos(turn), y - 18 + 74 * math.sin(turn)
        sheet.path(f"M-16 {y - 18} L{x:.1f} {top:.1f}", stroke="#3f8f5a", width=8)
        sheet.oval(x, top, 10, "#4fa86a")
        sheet.oval(x, top, 6, "#e0b040")
        sheet.oval(x, top, 3.4, "#2f4f9a")


def _wing(sheet: Drawing, y: float, beat: float, color: Color) -> None:
    tip = y - 30 - 62 * beat
    sheet.path(
        f"M-22 {y - 26} C-30 {y - 40 - 30 * beat:.0f} -50 {tip:.0f} -72 {tip - 8:.0f} C-40 {tip + 6:.0f} 8 "
        f"{y - 40 - 20 * beat:.0f} 16 {y - 28}Z",
        color,
    )


def _bird_head(sheet: Drawing, plumage: Plumage, head: tuple[float, float], asleep: bool) -> None:
    x, y = head
    radius = 22 if plumage.owl else 17
    coat = rgb(plumage.coat)
    if plumage.comb:
        sheet.path(f"M{x - 10} {y - 12} q2 -12 7 -6 q3 -10 7 -2 q6 -6 6 6Z", "#d3473a")
        sheet.path(f"M{x + 12} {y + 8} q4 10 8 0Z", "#d3473a")
    beak = f"M{x + radius - 5} {y - 5} L{x + radius + 14} {y + 2} L{x + radius - 5} {y + 7}Z"
    if not plumage.owl:
        sheet.path(beak, plumage.beak)
    sheet.oval(x, y, radius, coat)
    if plumage.owl:
        sheet.path(f"M{x - 18} {y - 12} l2 -18 l12 10Z M{x + 18} {y - 12} l-2 -18 l-12 10Z", coat)
        for dx in (-8, 9):
            sheet.oval(x + dx, y - 1, 9.5, plumage.belly)
            if not asleep:
                sheet.oval(x + dx + 1, y - 1, 5, "#2a1c1e")
                sheet.oval(x + dx + 2.6, y - 3, 1.6, "#ffffff")
            else:
                sheet.path(f"M{x + dx - 5} {y} q5 4 10 0", stroke="#2a1c1e", width=1.6)
        sheet.path(f"M{x - 3} {y + 5} h7 l-3.5 8Z", plumage.beak)
        return
    if plumage.upright:
        sheet.oval(x + 7, y + 3, 9, plumage.belly)
    if asleep:
        sheet.path(f"M{x + 2} {y - 3} q4 3 8 0", stroke="#2a1c1e", width=1.6)
    else:
        bright = sum(rgb(plumage.coat)) < 0.8 and not plumage.upright
        sheet.oval(x + 6, y - 4, 3.4, mix("#ffffff", coat, 0.1) if bright else "#2a1c1e")
        sheet.oval(x + 7, y - 5 if not bright else y - 4, 1.3, "#2a1c1e" if bright else "#ffffff")


def fish(scales: Scales, phase: float, *, asleep: bool = False) -> Drawing:
    """Swimming to the right, about the origin; the tail beats once a `phase`."""
    sheet = Drawing(-110, -60, 220, 120)
    coat, belly, dark = rgb(scales.coat), rgb(scales.belly), rgb(scales.dark)
    beat = 8 * math.sin(math.tau * phase)
    long = 1.35 if scales.whale or scales.fin else 1.0
    sheet.path(
        f"M{-44 * long:.0f} 0 C{-58 * long:.0f} {-6 + beat:.1f} {-70 * long:.0f} {-26 + beat:.1f} "
        f"{-76 * long:.0f} {-28 + beat:.1f} "
        f"C{-70 * long:.0f} {-8 + beat:.1f} {-70 * long:.0f} {8 + beat:.1f} {-76 * long:.0f} {26 + beat:.1f} "
        f"C{-66 * long:.0f} {22 + beat:.1f} {-56 * long:.0f} 10 {-44 * long:.0f} 4Z",
        dark,
    )
    if scales.fin:
        sheet.path("M-8 -24 C-2 -44 -12 -52 -20 -54 C-22 -40 -26 -30 -30 -20Z", dark)
    elif not scales.whale:
        sheet.path("M-24 -20 C-14 -40 14 -40 22 -18Z", dark)
    nose = 66 if scales.whale else 58
    outline = f"M{-48 * long:.0f} 2 C-30 -34 30 -40 {nose} 2 C34 34 -26 32 {-48 * long:.0f} 2Z"
    sheet.path(outline, coat)
    with sheet.group(clip=sheet.clip(outline)):
        sheet.path(f"M{-60 * long:.0f} 12 C-20 10 30 10 80 -2 L80 60 L-80 60Z", belly)
        if not (scales.whale or scales.fin):
            for x in (-20, 0, 20):
                sheet.path(f"M{x} -30 q10 30 0 60", stroke=dark, width=4, opacity=0.5)
        if scales.whale:
            for row in range(4):
                sheet.path(
                    f"M10 {16 + row * 5} Q36 {16 + row * 5} 70 {6 + row * 3}", stroke=darken(belly, 0.85), width=1.4
                )
    if scales.beak:
        sheet.path("M50 -6 C62 -6 74 0 78 4 C70 8 58 8 50 8Z", coat)
    sheet.path("M4 14 C-4 30 -16 36 -24 36 C-20 26 -16 16 -8 10Z", dark)
    if asleep:
        sheet.path("M31.5 -6 q4.5 4 9 0", stroke="#22202a", width=1.8)
    else:
        sheet.oval(36, -6, 4 if scales.whale else 5, "#ffffff")
        sheet.oval(37.4, -6, 2.6 if scales.whale else 3.2, "#22202a")
    sheet.path("M44 8 q8 2 12 -3", stroke=darken(dark, 0.7), width=1.8)
    return sheet
