"""Four-legged animals, from a fox to an elephant, by their measures."""

import math
from dataclasses import dataclass

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, rgb
from storyreel.engines.backends.builtin.illustrator.puppets import muzzle
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

BOX = (-110.0, -175.0, 225.0, 192.0)
"""Facing right, the feet at y 0; a fox's ears reach 92 up."""
STANDARD_HEIGHT = 92.0


@dataclass(frozen=True, slots=True)
class Build:
    """Measures and features; see animals.json. `face`: its head in animal_heads.json, `head`: how much larger.

    `girth`: more belly. `bib`: a pale chest.
    """

    height: float
    coat: str
    belly: str
    dark: str
    face: str
    tail: str = ""
    tail_tip: str = ""
    leg: float = 1.0
    leg_width: float = 7.6
    girth: float = 0
    neck: float = 0
    dark_legs: bool = False
    patch: bool = False
    bib: bool = False
    hoofs: bool = False
    udder: bool = False
    mane: bool = False
    wool: bool = False
    stripes: bool = False
    spots: str = ""
    dappled: bool = False
    spines: bool = False
    hump: bool = False
    head: float = 1
    coats: tuple[str, ...] = ()


_LYING = ("sleep", "sit", "kneel")
_FOLDED, _BOWED = 0.72, 24
"""How much of its legs who lies is lower, and how much lower the head of who sleeps is."""


def quadruped(build: Build, pose: str, phase: float, expression: str) -> Drawing:
    """`phase` 0 … 1 is one cycle of a walk; poses: walk, run, sleep and sit differ, others stand."""
    return _Animal(build, pose, phase, expression).draw()


def sunk(pose: str, leg: float) -> float:
    """How much lower the head is in a pose than of who stands, in the drawing's units, on legs of a length."""
    return (leg * _FOLDED if pose in _LYING else 0) + (_BOWED if pose == "sleep" else 0)


class _Animal:
    def __init__(self, build: Build, pose: str, phase: float, expression: str) -> None:
        x, y, wide, tall = BOX
        self.sheet, self.build = Drawing(x, y - build.neck, wide, tall + build.neck), build
        self.moving = pose in ("walk", "run")
        self.swing = 34 if pose == "run" else 22
        self.lying = pose in _LYING
        self.asleep = pose == "sleep" or expression == "sleep"
        self.expression = expression
        self.phase = phase
        self.coat, self.belly, self.dark = rgb(build.coat), rgb(build.belly), rgb(build.dark)
        self.leg = 28 * build.leg
        self.up = -(self.leg - 28) + (self.leg * _FOLDED if self.lying else 0)
        self.sway = 4 * math.sin(math.tau * phase * 0.5)
        head = (42 + build.neck * 0.3, -66 + self.up - build.neck)
        self.head = (head[0], head[1] + (_BOWED if pose == "sleep" else 0))

    def draw(self) -> Drawing:
        self._tail()
        shade = darken(self.coat, 0.78)
        far = darken(self.dark, 0.8)
        self._leg(-18, 0.5, shade, far)
        self._leg(28, 0.0, shade, far)
        self._body()
        self._leg(-28, 0.0, self.coat, self.dark)
        self._leg(20, 0.5, self.coat, self.dark)
        self._neck()
        hx, hy = self.head
        fur = muzzle.Fur(self.coat, self.belly, self.dark, rgb(self.build.spots) if self.build.spots else self.dark)
        with self.sheet.group(f"translate({hx:.1f} {hy:.1f}) scale({self.build.head})"):
            muzzle.draw(self.sheet, self.build.face, fur, self.expression, asleep=self.asleep)
        return self.sheet

    def _tail(self) -> None:
        y, w, c = self.up, self.sway, self.coat
        kind = self.build.tail
        if kind == "brush":
            tip = self.belly if self.build.tail_tip else darken(c, 0.75)
            self.sheet.path(
                f"M-32 {-38 + y} C-58 {-26 + y} -84 {-36 + y + w} -88 {-62 + y + w} "
                f"C-74 {-58 + y} -52 {-58 + y} -30 {-48 + y}Z",
                c,
            )
            self.sheet.path(
                f"M-88 {-62 + y + w} C-87 {-52 + y + w} -83 {-45 + y} -78 {-40 + y} "
                f"C-76 {-46 + y} -72 {-48 + y} -66 {-56 + y} C-74 {-58 + y} -82 "
                f"{-60 + y} -88 {-62 + y + w}Z",
                tip,
            )
        strokes: dict[str, tuple[str, float, Color]] = {
            "up": (f"M-34 {-44 + y} C-50 {-50 + y} -56 {-66 + y} -48 {-74 + y + w}", 7, c),
            "thin": (f"M-36 {-44 + y} C-58 {-40 + y} -58 {-24 + y} -54 {-14 + y + w}", 5, c),
            "whip": (f"M-36 {-34 + y} C-66 {-24 + y} -76 {-40 + y} -98 {-28 + y + w}", 4, self.dark),
            "tuft": (f"M-34 {-46 + y} C-58 {-46 + y} -62 {-72 + y} -52 {-80 + y + w}", 5, c),
            "curl": (f"M-40 {-44 + y} q-10 -2 -9 -9 q5 -6 8 0 q-2 7 -12 4", 3.4, c),
            "tassel": (f"M-38 {-46 + y} C-52 {-42 + y} -50 {-26 + y} -50 {-18 + y + w}", 3.6, c),
            "hair": (f"M-38 {-50 + y} C-58 {-48 + y} -56 {-24 + y} -62 {-8 + y + w}", 12, self.dark),
        }
        if kind in strokes:
            path, width, color = strokes[kind]
            self.sheet.path(path, stroke=color, width=width)
        if kind == "tuft":
            self.sheet.oval(-52, -82 + y + w, 7, self.dark)
        if kind == "tassel":
            self.sheet.oval(-50, -13 + y + w, 4.2, self.dark, ry=7)
        if kind == "low":
            self.sheet.path(
                f"M-32 {-50 + y} C-54 {-50 + y} -62 {-30 + y} -66 {-6 + y + w} "
                f"C-54 {-8 + y} -44 {-16 + y} -30 {-34 + y}Z",
                darken(c, 0.9),
            )
        if kind == "curled":
            self.sheet.path(
                f"M-34 {-26 + y} C-64 {-10 + y} -84 {-40 + y} -74 {-72 + y + w} C-68 {-96 + y + w} -40 {-104 + y + w} "
                f"-32 {-86 + y + w} C-28 {-74 + y + w} -40 {-68 + y + w} -46 {-76 + y + w} "
                f"C-50 {-58 + y} -46 {-44 + y} -30 {-40 + y}Z",
                c,
            )
            line = f"M-40 {-30 + y} C-62 {-30 + y} -70 {-54 + y} -62 {-76 + y + w}"
            self.sheet.path(line, stroke=darken(c, 0.82), width=4)
        if kind == "stub":
            self.sheet.path(f"M-34 {-46 + y} q-10 -2 -8 -12 q8 0 12 8Z", self.belly)

    def _leg(self, x: float, offset: float, color: Color, dark: Color) -> None:
        width = self.build.leg_width
        if self.build.dark_legs:
            color = dark
        if self.lying:
            paw = f"M{x} {-10} L{x + 15} {-4}"
            self.sheet.path(paw, stroke=color, width=width)
            self.sheet.path(f"M{x + 13} {-4} h5", stroke=dark, width=width * 0.8)
            return
        turn = math.tau * (self.phase + offset)
        bend = self.swing * math.sin(turn) if self.moving else 0
        lift = 5 * max(0, math.cos(turn)) if self.moving else 0
        fx, fy = x + self.leg * math.sin(math.radians(bend)), -2 - lift
        knee = x + self.leg * 0.5 * math.sin(math.radians(bend * 0.6)) + 1.5
        self.sheet.path(
            f"M{x} {-30 + self.up} Q{knee:.1f} {-self.leg * 0.5:.1f} {fx:.1f} {fy:.1f}", stroke=color, width=width
        )
        if self.build.hoofs:
            hoof = f"M{fx - width * 0.42:.1f} {fy - 2.6:.1f} h{width * 0.84:.1f} l2 5.6 h{-width * 0.84 - 3.4:.1f}Z"
            self.sheet.path(hoof, dark)
            return
        shin = f"M{x * 0.4 + fx * 0.6:.1f} {-self.leg * 0.38:.1f} L{fx:.1f} {fy:.1f}"
        self.sheet.path(shin, stroke=dark, width=width * 0.86)
        self.sheet.path(f"M{fx - 2:.1f} {fy + 1.6:.1f} h5", stroke=dark, width=width * 0.62)

    def _body(self) -> None:
        y, g = self.up, self.build.girth
        trunk = (
            f"M-40 {-42 + y} C-36 {-60 + y - g} -6 {-58 + y - g} 14 {-58 + y - g} C34 {-60 + y - g} 42 {-46 + y} 38 "
            f"{-34 + y} C34 {-22 + y} 12 {-24 + y + g} -8 {-22 + y + g} C-26 {-18 + y + g} -44 {-22 + y} -40 {-42 + y}Z"
        )
        if self.build.hump:
            self.sheet.path(f"M-22 {-54 + y} C-14 {-92 + y} 8 {-92 + y} 14 {-54 + y}Z", self.coat)
        self.sheet.path(trunk, self.coat)
        if self.build.bib:
            self.sheet.path(
                f"M26 {-50 + y} C40 {-46 + y} 42 {-36 + y} 35 {-29 + y} C26 {-23 + y} 10 {-24 + y} -6 {-23 + y} "
                f"C8 {-30 + y} 20 {-34 + y} 26 {-50 + y}Z",
                self.belly,
                opacity=0.9,
            )
        if self.build.udder:
            self.sheet.oval(-16, -21 + y + g, 8, "#e6ab9f", ry=6)
        with self.sheet.group(clip=self.sheet.clip(trunk)):
            self._markings(y)
        if self.build.wool:
            for i in range(16):
                turn = math.tau * i / 16
                puff = darken(self.coat, 0.97 + 0.03 * (i % 2))
                self.sheet.oval(-2 + 36 * math.cos(turn), -40 + y + 17 * math.sin(turn), 11, puff)
            self.sheet.oval(-2, -41 + y, 32, self.coat, ry=17)
        if self.build.spines:
            for i in range(44):
                x, row = -44 + (i % 15) * 5.4, i // 15
                top = -62 + y - 6 * math.sin((x + 44) / 76 * math.pi) + row * 13
                spine = darken(self.dark, 0.85 + 0.3 * (i % 3) / 2)
                self.sheet.path(f"M{x + 9} {top + 14} L{x - 4} {top - 5} L{x + 2} {top + 16}Z", spine)

    def _markings(self, y: float) -> None:
        if self.build.stripes:
            for i in range(7):
                x = -34 + i * 10
                self.sheet.path(f"M{x} {-64 + y} l6 0 l-5 {26 + 4 * (i % 2)}Z", self.dark)
        if self.build.dappled:
            for i in range(24):
                x, dy = -38 + i % 8 * 9.4 + i // 8 % 2 * 4.6, -54 + i // 8 * 11
                self.sheet.oval(x, dy + y, 2.7, self.build.spots, ry=2.2)
        elif self.build.spots:
            for x, dy, r in ((-28, -48, 10), (-4, -40, 8), (14, -56, 11), (-14, -62, 7), (30, -40, 6)):
                self.sheet.oval(x, dy + y, r, self.build.spots, ry=r * 0.8)
        if self.build.patch:
            self.sheet.rect(10, -80 + y, 18, 80, self.dark, round_=6)

    def _neck(self) -> None:
        (hx, hy), y = self.head, self.up
        color = self.dark if self.build.patch else self.coat
        self.sheet.path(f"M14 {-55 + y} L{hx - 10} {hy} L{hx + 6} {hy + 12} L36 {-36 + y}Z", color)
        if self.build.neck > 50:  # a giraffe's is as spotted as the rest
            for i in range(6):
                share = 0.12 + 0.14 * i
                x, at = 24 + (hx - 26) * share, -46 + y + (hy + 52 - y) * share
                self.sheet.oval(x + 4 * (-1) ** i, at, 5, self.build.spots, ry=6)
        if self.build.mane:
            self.sheet.path(
                f"M6 {-58 + y} C{hx - 30} {hy + 6} {hx - 22} {hy - 18} {hx - 4} {hy - 18} "
                f"L{hx - 8} {hy} L16 {-50 + y}Z",
                self.dark,
            )
