"""Four-legged animals, from a fox to an elephant, by their measures."""

import math
from dataclasses import dataclass

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

BOX = (-110.0, -175.0, 225.0, 192.0)
"""Facing right, the feet at y 0; a fox's ears reach 92 up."""
STANDARD_HEIGHT = 92.0


@dataclass(frozen=True, slots=True)
class Build:
    """Measures and features; see animals.json. `ear` -1 hangs. `girth`: more belly. `head`: how much larger."""

    height: float
    coat: str
    belly: str
    dark: str
    tail: str = ""
    tail_tip: str = ""
    ear: float = 10
    round_ears: bool = False
    snout: float = 1.0
    leg: float = 1.0
    leg_width: float = 7.6
    girth: float = 0
    neck: float = 0
    dark_legs: bool = False
    patch: bool = False
    antlers: bool = False
    mane: bool = False
    horn: bool = False
    horns: bool = False
    goatee: bool = False
    wool: bool = False
    ruff: bool = False
    stripes: bool = False
    spots: str = ""
    spines: bool = False
    hump: bool = False
    trunk: bool = False
    head: float = 1
    coats: tuple[str, ...] = ()


def quadruped(build: Build, pose: str, phase: float, expression: str) -> Drawing:
    """`phase` 0 … 1 is one cycle of a walk; poses: walk, run, sleep and sit differ, others stand."""
    return _Animal(build, pose, phase, expression).draw()


class _Animal:
    def __init__(self, build: Build, pose: str, phase: float, expression: str) -> None:
        x, y, wide, tall = BOX
        self.sheet, self.build = Drawing(x, y - build.neck, wide, tall + build.neck), build
        self.moving = pose in ("walk", "run")
        self.swing = 34 if pose == "run" else 22
        self.lying = pose in ("sleep", "sit", "kneel")
        self.asleep = pose == "sleep" or expression == "sleep"
        self.expression = expression
        self.phase = phase
        self.coat, self.belly, self.dark = rgb(build.coat), rgb(build.belly), rgb(build.dark)
        self.leg = 28 * build.leg
        self.up = -(self.leg - 28) + (self.leg * 0.72 if self.lying else 0)
        self.sway = 4 * math.sin(math.tau * phase * 0.5)
        head = (42 + build.neck * 0.3, -66 + self.up - build.neck)
        self.head = (head[0], head[1] + (24 if pose == "sleep" else 0))

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
        with self.sheet.group(f"translate({hx:.1f} {hy:.1f}) scale({self.build.head}) translate({-hx:.1f} {-hy:.1f})"):
            self._ears()
            self._crown()
            self._face()
        return self.sheet

    def _tail(self) -> None:
        y, w, c = self.up, self.sway, self.coat
        kind = self.build.tail
        if kind in ("brush", "plume"):
            lift = 34 if kind == "plume" else 0
            tip = self.belly if self.build.tail_tip else darken(c, 0.75)
            self.sheet.path(
                f"M-32 {-38 + y} C-58 {-26 + y} -84 {-36 + y + w - lift} -88 {-62 + y + w - lift} "
                f"C-74 {-58 + y - lift} -52 {-58 + y} -30 {-48 + y}Z",
                c,
            )
            self.sheet.path(
                f"M-88 {-62 + y + w - lift} C-87 {-52 + y + w - lift} -83 {-45 + y - lift} -78 {-40 + y - lift} "
                f"C-76 {-46 + y - lift} -72 {-48 + y - lift} -66 {-56 + y - lift} C-74 {-58 + y - lift} -82 "
                f"{-60 + y - lift} -88 {-62 + y + w - lift}Z",
                tip,
            )
        strokes: dict[str, tuple[str, float, Color]] = {
            "up": (f"M-34 {-44 + y} C-50 {-50 + y} -56 {-66 + y} -48 {-74 + y + w}", 7, c),
            "thin": (f"M-36 {-44 + y} C-58 {-40 + y} -58 {-24 + y} -54 {-14 + y + w}", 5, c),
            "whip": (f"M-36 {-34 + y} C-66 {-24 + y} -76 {-40 + y} -98 {-28 + y + w}", 4, self.dark),
            "tuft": (f"M-34 {-46 + y} C-58 {-46 + y} -62 {-72 + y} -52 {-80 + y + w}", 5, c),
            "curl": (f"M-40 {-44 + y} q-10 -2 -9 -9 q5 -6 8 0 q-2 7 -12 4", 3.4, c),
            "hair": (f"M-38 {-50 + y} C-58 {-48 + y} -56 {-24 + y} -62 {-8 + y + w}", 12, self.dark),
        }
        if kind in strokes:
            path, width, color = strokes[kind]
            self.sheet.path(path, stroke=color, width=width)
        if kind == "tuft":
            self.sheet.oval(-52, -82 + y + w, 7, self.dark)
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
        if not (self.build.spines or self.build.wool or self.build.trunk):
            self.sheet.path(
                f"M26 {-50 + y} C40 {-46 + y} 42 {-36 + y} 35 {-29 + y} C26 {-23 + y} 10 {-24 + y} -6 {-23 + y} "
                f"C8 {-30 + y} 20 {-34 + y} 26 {-50 + y}Z",
                self.belly,
                opacity=0.9,
            )
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
        if self.build.spots:
            for x, dy, r in ((-28, -48, 10), (-4, -40, 8), (14, -56, 11), (-14, -62, 7), (30, -40, 6)):
                self.sheet.oval(x, dy + y, r, self.build.spots, ry=r * 0.8)
        if self.build.patch:
            self.sheet.rect(10, -80 + y, 18, 80, self.dark, round_=6)

    def _neck(self) -> None:
        (hx, hy), y = self.head, self.up
        color = self.dark if self.build.patch else self.coat
        self.sheet.path(f"M14 {-55 + y} L{hx - 10} {hy} L{hx + 6} {hy + 12} L36 {-36 + y}Z", color)
        if self.build.mane:
            self.sheet.path(
                f"M6 {-58 + y} C{hx - 30} {hy + 6} {hx - 22} {hy - 18} {hx - 4} {hy - 18} "
                f"L{hx - 8} {hy} L16 {-50 + y}Z",
                self.dark,
            )
        if self.build.ruff:
            for i in range(12):
                turn = math.tau * i / 12
                self.sheet.oval(
                    hx - 4 + 17 * math.cos(turn),
                    hy + 3 + 18 * math.sin(turn),
                    8.5,
                    darken(self.dark, 0.9 + 0.2 * (i % 2)),
                )

    def _ears(self) -> None:
        (hx, hy), ear, coat = self.head, self.build.ear, self.coat
        if self.build.trunk:
            self.sheet.path(
                f"M{hx - 10} {hy - 14} c-24 -8 -32 20 -16 36 c10 -4 16 -14 20 -22Z",
                darken(coat, 0.86),
            )
        if ear <= 0:
            return
        if self.build.patch:
            coat = self.dark
        for dx, light in ((-12, 0.83), (3, 1.0)):
            color = darken(coat, light)
            if self.build.round_ears:
                self.sheet.oval(hx + dx, hy - 13, ear, color)
                self.sheet.oval(hx + dx, hy - 13, ear * 0.55, self.dark)
                continue
            x = hx + dx
            outer = f"M{x - 7} {hy - 8} L{x - 2} {hy - 12 - ear} L{x + 7} {hy - 11}Z"
            self.sheet.path(outer, color, stroke=color, width=2)
            self.sheet.path(f"M{x - 3} {hy - 11} L{x - 1} {hy - 8 - ear} L{x + 4} {hy - 11.5}Z", self.dark)

    def _crown(self) -> None:
        """Antlers and horns."""
        hx, hy = self.head
        if self.build.antlers:
            branches = f"M{hx - 2} {hy - 14} c-8 -16 -2 -26 -10 -32 M{hx - 6} {hy - 28} l-10 -8 "
            branches += f"M{hx + 4} {hy - 14} c4 -16 10 -22 6 -34 M{hx + 9} {hy - 28} l10 -6"
            self.sheet.path(branches, stroke="#7a5636", width=3)
        if self.build.horns:
            self.sheet.path(
                f"M{hx - 2} {hy - 12} q-8 -6 -6 -16 M{hx + 6} {hy - 12} q6 -6 4 -16", stroke="#d8c8a8", width=3.6
            )
        if self.build.horn:
            self.sheet.path(f"M{hx + 2} {hy - 13} L{hx + 14} {hy - 44} L{hx + 10} {hy - 11}Z", "#f4d57a")

    def _face(self) -> None:
        (hx, hy), s, b = self.head, self.build.snout, self.build
        color = self.dark if b.wool else self.coat
        jaw = f"{hx + 16 + 10 * s} {hy + 14} {hx + 12} {hy + 15} {hx + 6} {hy + 15.5}"
        self.sheet.path(
            f"M{hx - 19} {hy + 1} C{hx - 19} {hy - 17} {hx + 12} {hy - 19} {hx + 16} {hy - 4} "
            f"C{hx + 18 + 8 * s} {hy - 1} {hx + 18 + 15 * s} {hy + 5} {hx + 17 + 16 * s} {hy + 8} "
            f"C{jaw} C{hx - 6} {hy + 18} {hx - 20} {hy + 14} {hx - 19} {hy + 1}Z",
            color,
        )
        if not (b.wool or b.trunk):
            self.sheet.path(
                f"M{hx - 17} {hy + 7} C{hx - 6} {hy + 6} {hx + 6} {hy + 6} {hx + 12} {hy + 2} C{hx + 17} {hy + 1} "
                f"{hx + 18 + 12 * s} {hy + 5} {hx + 17 + 16 * s} {hy + 8} C{jaw} "
                f"C{hx - 6} {hy + 18} {hx - 17} {hy + 14} {hx - 17} {hy + 7}Z",
                self.belly,
            )
        if b.patch:
            self.sheet.oval(hx + 8, hy - 1, 5.4, self.dark, ry=6.4)
        if b.trunk:
            nose = f"M{hx + 14} {hy + 2} C{hx + 34} {hy + 8} {hx + 24} {hy + 46} {hx + 32} {hy + 58} q8 4 10 -4"
            self.sheet.path(nose, stroke=darken(self.coat, 0.94), width=11)
            self.sheet.path(f"M{hx + 10} {hy + 14} q12 10 22 4", stroke="#f4efe2", width=4)
        else:
            self.sheet.oval(hx + 17 + 14.5 * s, hy + 6.6, 3, "#231b1c", ry=2.5)
            self._mouth()
        self._eye(hx + 8, hy - 2)
        if b.ear < 0:
            self.sheet.path(
                f"M{hx - 8} {hy - 13} C{hx - 22} {hy - 14} {hx - 24} {hy + 6} {hx - 17} {hy + 12} C{hx - 12} {hy + 8} "
                f"{hx - 9} {hy - 4} {hx - 2} {hy - 12}Z",
                self.dark,
            )
        if b.goatee:
            self.sheet.path(f"M{hx + 8} {hy + 14} l4 16 l6 -15Z", self.belly)
        if b.wool:
            for dx, dy in ((-8, -12), (0, -15), (8, -13)):
                self.sheet.oval(hx + dx, hy + dy, 7, self.coat)

    def _eye(self, x: float, y: float) -> None:
        ink = mix(self.dark, "#f4efe2", 0.9) if self.build.wool else rgb("#231b1c")
        if self.asleep or self.expression == "laugh":
            curve = f"M{x - 3.4} {y} q3.4 2.8 6.8 0" if self.asleep else f"M{x - 3.4} {y + 1} q3.4 -4.4 6.8 0"
            self.sheet.path(curve, stroke=ink, width=1.6)
        else:
            wide = 1.3 if self.expression in ("scared", "wonder") else 1.0
            if wide > 1:
                self.sheet.oval(x, y, 4.2, "#fffdf8", ry=5)
            self.sheet.oval(x, y, 2.9, ink, ry=3.6)
            self.sheet.oval(x + 0.9, y - 1.2, 1.0, "#ffffff" if not self.build.wool else "#231b1c")
        brow = {
            "angry": "l8 4.4",
            "determined": "l7.6 2.6",
            "sad": "m0 2 l7 -4",
            "cry": "m0 2 l7 -4",
            "scared": "m0 1 l7 -4",
        }
        if self.expression in brow:
            self.sheet.path(f"M{x - 4} {y - 7} {brow[self.expression]}", stroke=ink, width=1.8)
        if self.expression == "cry":
            self.sheet.path(f"M{x} {y + 4} q-3 5 0 7 q3 -2 0 -7Z", "#9fd8ff")

    def _mouth(self) -> None:
        (hx, hy), s = self.head, self.build.snout
        x, y = hx + 10 + 12 * s, hy + 11
        if self.expression in ("happy", "laugh", "wonder"):
            self.sheet.path(
                f"M{x - 9 * s} {y - 1} Q{x - 3} {y + 1} {x + 4} {y - 2} Q{x} {y + 7} {x - 9 * s} {y - 1}Z", "#8c3e38"
            )
        elif self.expression in ("sad", "cry", "scared", "angry"):
            self.sheet.path(f"M{x - 7 * s} {y + 2} q5 -4 10 -1.4", stroke=darken(self.dark, 0.6), width=1.3)
