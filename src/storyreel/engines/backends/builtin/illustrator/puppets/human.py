"""People: a body of jointed limbs in a pose, dressed, under a head."""

import functools
import json
import math
from dataclasses import dataclass
from importlib import resources
from typing import cast

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.head import draw_head
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

BOX = (-85.0, -140.0, 170.0, 170.0)
"""A grown person is 100 tall with the feet at the origin; the box leaves room for hats, arms and capes."""
_SUIT_WHITE, _SUIT_FRONT, _SUIT_GLOVE, _SUIT_BOOT = "#e9edf2", "#f4f6f9", "#c9d2dc", "#b9c3cf"


@dataclass(frozen=True, slots=True)
class Angles:
    """Degrees, as poses.json says; zero hangs straight down."""

    front_arm: tuple[float, float]
    back_arm: tuple[float, float]
    front_leg: tuple[float, float]
    back_leg: tuple[float, float]
    lean: float
    tilt: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure, and where its front hand is, in the drawing's own units."""

    drawing: Drawing
    hand: tuple[float, float]


@functools.cache
def _poses() -> dict[str, list[float]]:
    text = (
        resources.files("storyreel.engines.backends.builtin.illustrator.puppets")
        .joinpath("poses.json")
        .read_text("utf-8")
    )
    return cast(dict[str, list[float]], json.loads(text)["poses"])


def angles(pose: str, phase: float = 0) -> Angles:
    """The joints of a pose; `phase` 0 … 1 goes through one double step of a walk or run. Unknown poses stand."""
    turn = math.tau * phase
    swing, lift = math.sin(turn), math.cos(turn)
    if pose == "walk":
        front = 28 * swing - max(0, -lift) * 34 * (0.4 if swing > 0 else 1) - 4
        back = -28 * swing - max(0, lift) * 34 - 4
        arms = (-32 * swing, -32 * swing + 14), (32 * swing, 32 * swing + 14)
        return Angles(*arms, (28 * swing, front), (-28 * swing, back), 4, 0)
    if pose == "run":
        arms = (-50 * swing, -50 * swing + 80), (50 * swing, 50 * swing + 80)
        return Angles(*arms, (46 * swing, 46 * swing - 30), (-46 * swing, -46 * swing - 40), 14, -6)
    a = _poses().get(pose) or _poses()["stand"]
    return Angles((a[0], a[1]), (a[2], a[3]), (a[4], a[5]), (a[6], a[7]), a[8], a[9])


def human(
    person: Person,
    pose: str = "stand",
    phase: float = 0.13,
    expression: str = "calm",
    *,
    manga: bool = False,
    from_behind: bool = False,
    talking: bool = False,
) -> Figure:
    """A person facing right, 100 units tall when grown, children's proportions in the same height."""
    return _Body(person, pose, phase, from_behind).draw(expression, manga, talking)


class _Body:
    def __init__(self, person: Person, pose: str, phase: float, from_behind: bool) -> None:
        self.sheet = Drawing(*BOX)
        self.person, self.behind = person, from_behind
        self.suit = person.coat == "suit"
        child, bulk = person.child, 1.2 if person.coat == "suit" else 1.0
        self.angles = angles(pose, phase)
        self.head_radius = 15.5 if child else 10.8
        self.head_y, shoulder_y, self.hip_y = (-83, -66, -36) if child else (-88, -75, -46)
        self.shoulder_half, self.hip_half = (8.4 if child else 9.8) * bulk, (9.2 if child else 9.0) * bulk
        self.arm_width = (7.4 if child else 7.2) * (1.5 if self.suit else 1)
        self.leg_width = (9.4 if child else 9.2) * (1.42 if self.suit else 1)
        self.arm = (13.0, 13.0) if child else (17.5, 17.0)
        self.leg = (-self.hip_y - 3.5) / 2
        self.sink = self.leg * {"sit": 0.95, "kneel": 0.9}.get(pose, 0)
        self.hip = self._leaning(0, self.hip_y)
        self.shoulder = self._leaning(0, shoulder_y)
        self.skin, self.bottom = rgb(person.skin), rgb(person.bottom)
        self.top = self.sleeve = rgb(person.top)
        if self.suit:
            self.top = self.sleeve = self.bottom = rgb(_SUIT_WHITE)
        elif person.coat in ("coat", "rain", "robe", "cardigan", "armor"):
            self.sleeve = rgb(person.coat_color)
        self.dress = person.coat in ("dress", "robe")
        self.glove = rgb(_SUIT_GLOVE) if self.suit else self.skin
        self.boot = rgb(_SUIT_BOOT) if self.suit else rgb(person.shoes)

    def _leaning(self, x: float, y: float) -> tuple[float, float]:
        return x - math.sin(math.radians(self.angles.lean)) * (y - self.hip_y), y + self.sink

    def draw(self, expression: str, manga: bool, talking: bool) -> Figure:
        (sx, sy), (hx, hy) = self.shoulder, self.hip
        a = self.angles
        self._behind_body()
        back_hand = darken(self.sleeve, 0.8), darken(self.glove, 0.86)
        self._limb(sx - self.shoulder_half * 0.7, sy + 3, a.back_arm, self.arm, self.arm_width, *back_hand)
        legs = self.skin if self.dress else self.bottom
        lengths = (self.leg, self.leg)
        back = darken(legs, 0.8), darken(self.boot, 0.8)
        self._limb(hx - self.hip_half * 0.42, hy, a.back_leg, lengths, self.leg_width, *back, foot=True)
        front = legs, self.boot
        self._limb(hx + self.hip_half * 0.42, hy, a.front_leg, lengths, self.leg_width, *front, foot=True, edge=True)
        head = self._leaning(0, self.head_y)
        head = (head[0] - math.sin(math.radians(a.tilt)) * -2 + (0 if self.behind else 1.5), head[1])
        self.sheet.path(
            f"M{sx} {sy + 1} L{head[0]:.1f} {head[1]:.1f}",
            stroke=darken(self.skin, 0.86),
            width=self.head_radius * 0.55,
        )
        self._torso()
        self._coat()
        if self.person.scarf and not self.suit:
            self._scarf()
        draw_head(
            self.sheet,
            self.person,
            head,
            self.head_radius,
            a.tilt,
            expression,
            manga=manga,
            from_behind=self.behind,
            helmet=self.suit,
            talking=talking,
        )
        return Figure(self.sheet, self._front_arm())

    def _front_arm(self) -> tuple[float, float]:
        (sx, sy), a = self.shoulder, self.angles
        sleeve = rgb(_SUIT_FRONT) if self.suit else self.sleeve
        if self.behind:
            away = (-abs(a.front_arm[0]), -abs(a.front_arm[1]))
            x = sx - self.shoulder_half * 0.8
            self._limb(x, sy + 3, away, self.arm, self.arm_width, sleeve, self.glove, edge=True)
        x = sx + self.shoulder_half * (0.85 if self.behind else 0.62)
        return self._limb(x, sy + 3, a.front_arm, self.arm, self.arm_width, sleeve, self.glove, edge=True)

    def _limb(
        self,
        x: float,
        y: float,
        bends: tuple[float, float],
        lengths: tuple[float, float],
        width: float,
        color: Color,
        end: Color,
        *,
        foot: bool = False,
        edge: bool = False,
    ) -> tuple[float, float]:
        """An arm or leg from (x, y); `edge` sets it off from what is behind. Returns where it ends."""
        first, second = (math.radians(bend) for bend in bends)
        kx, ky = x + lengths[0] * math.sin(first), y + lengths[0] * math.cos(first)
        ex, ey = kx + lengths[1] * math.sin(second), ky + lengths[1] * math.cos(second)
        if edge:
            start = f"M{x + (kx - x) * 0.35:.1f} {y + (ky - y) * 0.35:.1f}"
            self.sheet.path(
                f"{start} Q{kx:.1f} {ky:.1f} {ex:.1f} {ey:.1f}", stroke=darken(color, 0.72), width=width + 1.5
            )
        self.sheet.path(f"M{x:.1f} {y:.1f} Q{kx:.1f} {ky:.1f} {ex:.1f} {ey:.1f}", stroke=color, width=width)
        if foot:
            turn = f"translate({ex:.1f} {ey - 0.5:.1f}) rotate({-bends[1] * 0.5:.0f}) scale({width / 8.6:.2f})"
            self.sheet.path("M-4.2 -2.6 C-4.4 3 -3 4 0 4 L7.4 4 C9.6 3.4 8.6 -.6 3.8 -2.6Z", end, transform=turn)
        else:
            self.sheet.oval(ex, ey, width * 0.52, end)
        return ex, ey

    def _behind_body(self) -> None:
        (sx, sy), (_, hy) = self.shoulder, self.hip
        if self.suit and not self.behind:
            self.sheet.rect(sx - self.hip_half * 1.9, sy - 4, self.hip_half * 1.5, 30, "#c4ccd6", round_=4)
        if self.person.cape:
            cape = rgb(self.person.cape)
            self.sheet.path(
                f"M{sx + 4:.1f} {sy - 3:.1f} C{sx - 14:.1f} {sy + 4:.1f} {sx - 22:.1f} {sy + 40:.1f} {sx - 26:.1f} "
                f"{hy + 34:.1f} C{sx - 10:.1f} {hy + 28:.1f} {sx + 2:.1f} {hy + 32:.1f} {sx + 8:.1f} {hy + 26:.1f}Z",
                darken(cape, 0.85),
            )
        if self.person.wings:
            for turn, size in ((-28, 1.0), (8, 0.75)):
                self.sheet.path(
                    "M0 0 C-14 -34 -46 -36 -50 -14 C-50 4 -20 10 0 4Z",
                    "#eef6ff",
                    opacity=0.75,
                    transform=f"translate({sx - 3:.1f} {sy + 10:.1f}) rotate({turn}) scale({size})",
                )

    def _torso(self) -> None:
        (sx, sy), (hx, hy) = self.shoulder, self.hip
        s, h = self.shoulder_half, self.hip_half
        outline = (
            f"M{sx - s:.1f} {sy:.1f} C{sx - s * 0.4:.1f} {sy - 4:.1f} {sx + s * 0.4:.1f} {sy - 4:.1f} {sx + s:.1f} "
            f"{sy:.1f} C{sx + s * 1.1:.1f} {sy + 10:.1f} {hx + h * 1.05:.1f} {hy - 10:.1f} {hx + h:.1f} {hy + 3:.1f} "
            f"C{hx + h * 0.4:.1f} {hy + 6:.1f} {hx - h * 0.4:.1f} {hy + 6:.1f} {hx - h:.1f} {hy + 3:.1f} "
            f"C{hx - h * 1.05:.1f} {hy - 10:.1f} {sx - s * 1.1:.1f} {sy + 10:.1f} {sx - s:.1f} {sy:.1f}Z"
        )
        self.sheet.path(outline, self.top)
        with self.sheet.group(clip=self.sheet.clip(outline)):
            if self.suit:
                self._suit_fittings()
            elif self.person.pattern == "stripe" and self.person.coat not in ("coat", "rain", "armor"):
                for row in range(7):
                    self.sheet.rect(-50, sy + 4 + row * 7, 100, 3, self.person.stripes, opacity=0.85)
            elif self.person.pattern == "overall":
                self.sheet.rect(sx - 5, sy + 11, 13, 40, self.bottom)
                self.sheet.rect(-50, hy - 6, 100, 20, self.bottom)
            elif self.person.robot:
                self.sheet.rect(sx - 4, sy + 8, 12, 12, "#5f6c7a", round_=2)
                self.sheet.oval(sx + 2, sy + 14, 3, "#f0c24a")
        if self.suit:
            collar = f"M{sx - s * 0.95:.1f} {sy - 2.5:.1f} Q{sx:.1f} {sy + 3:.1f} {sx + s * 0.95:.1f} {sy - 2.5:.1f}"
            self.sheet.path(collar, stroke="#b4bfcc", width=4.2)

    def _suit_fittings(self) -> None:
        (sx, sy), (_, hy), badge = self.shoulder, self.hip, self.person.top
        self.sheet.rect(-60, hy - 3, 120, 4, badge, opacity=0.9)
        if self.behind:
            self.sheet.rect(sx - 9.5, sy - 1, 19, 27, "#b9c4d0", round_=5)
            self.sheet.rect(sx - 8.5, sy, 17, 24, "#d3dbe4", round_=4.5)
            self.sheet.rect(sx - 5.5, sy + 4, 11, 6, "#aab6c4", round_=2)
            self.sheet.oval(sx - 2.6, sy + 16, 1.9, badge)
            self.sheet.oval(sx + 2.8, sy + 16, 1.9, self.person.accent)
        else:
            self.sheet.rect(sx - 4, sy + 9, 12, 8, "#aab6c4", round_=2)
            self.sheet.oval(sx - 1, sy + 13, 1.5, badge)
            self.sheet.oval(sx + 4.4, sy + 13, 1.5, self.person.accent)

    def _coat(self) -> None:
        draw = {
            "coat": self._long_coat,
            "rain": self._long_coat,
            "cardigan": self._long_coat,
            "armor": self._armor,
            "dress": self._dress,
            "robe": self._dress,
            "apron": self._apron,
        }.get(self.person.coat)
        if draw:
            draw()

    def _long_coat(self) -> None:
        (sx, sy), (hx, hy), kind = self.shoulder, self.hip, self.person.coat
        cloth = rgb(self.person.coat_color)
        s, flare = self.shoulder_half, self.hip_half * (1.08 if kind == "cardigan" else 1.35)
        hem = hy + self.leg * {"coat": 0.75, "rain": 0.5}.get(kind, 0.12)
        self.sheet.path(
            f"M{sx - s * 1.15:.1f} {sy:.1f} C{sx - s * 0.4:.1f} {sy - 5:.1f} {sx + s * 0.4:.1f} {sy - 5:.1f} "
            f"{sx + s * 1.15:.1f} {sy:.1f} C{sx + s * 1.25:.1f} {sy + 14:.1f} {hx + flare:.1f} {hy:.1f} "
            f"{hx + flare * 1.15:.1f} {hem:.1f} C{hx + flare * 0.3:.1f} {hem + 3:.1f} {hx - flare * 0.5:.1f} "
            f"{hem + 3:.1f} {hx - flare * 1.25:.1f} {hem:.1f} C{hx - flare:.1f} {hy:.1f} {sx - s * 1.25:.1f} "
            f"{sy + 14:.1f} {sx - s * 1.15:.1f} {sy:.1f}Z",
            cloth,
        )
        if self.behind:
            return
        if kind != "rain":
            open_ = f"M{sx + 0.5:.1f} {sy - 1:.1f} L{sx + 4:.1f} {sy + 14:.1f} L{sx + 7.4:.1f} {sy - 1:.1f}Z"
            self.sheet.path(open_, self.top)
        seam = f"M{sx + 3:.1f} {sy + 12:.1f} C{hx + 4:.1f} {hy - 10:.1f} {hx + 4:.1f} {hy:.1f} {hx + 4:.1f} {hem:.1f}"
        self.sheet.path(seam, stroke=darken(cloth, 0.74), width=1)
        if kind == "coat":
            belt = f"M{hx - self.hip_half * 1.3:.1f} {hy - 6:.1f} L{hx + self.hip_half * 1.3:.1f} {hy - 6:.1f}"
            self.sheet.path(belt, stroke=darken(cloth, 0.66), width=2.6)
            lapel = f"M{sx - 5:.1f} {sy - 6:.1f} L{sx + 4:.1f} {sy + 13:.1f} L{sx - 4:.1f} {sy + 7:.1f}Z"
            self.sheet.path(lapel, darken(cloth, 0.88))
            lapel = f"M{sx + 10:.1f} {sy - 4:.1f} L{sx + 4:.1f} {sy + 13:.1f} L{sx + 11:.1f} {sy + 5:.1f}Z"
            self.sheet.path(lapel, darken(cloth, 0.80))
        else:
            for button in range(3):
                self.sheet.oval(sx + 6, sy + 8 + button * 8, 1.1, darken(cloth, 0.6))

    def _armor(self) -> None:
        (sx, sy), (hx, hy) = self.shoulder, self.hip
        s, plate = self.shoulder_half, rgb(self.person.coat_color)
        self.sheet.path(
            f"M{sx - s:.1f} {sy - 1:.1f} L{sx + s:.1f} {sy - 1:.1f} L{hx + s * 1.05:.1f} {hy - 8:.1f} "
            f"Q{hx:.1f} {hy - 2:.1f} {hx - s * 1.05:.1f} {hy - 8:.1f}Z",
            self.sheet.linear([(0, darken(plate, 1.2)), (1, darken(plate, 0.8))], (0, 0), (1, 0)),
        )
        skirt = f"M{hx - s:.1f} {hy - 8:.1f} L{hx + s:.1f} {hy - 8:.1f} L{hx + s * 1.2:.1f} {hy + 8:.1f} "
        self.sheet.path(skirt + f"L{hx - s * 1.2:.1f} {hy + 8:.1f}Z", rgb(self.person.accent))
        self.sheet.path(f"M{sx + 3:.1f} {sy} L{hx + 3:.1f} {hy - 6:.1f}", stroke=darken(plate, 0.7), width=1)

    def _dress(self) -> None:
        (sx, sy), (hx, hy) = self.shoulder, self.hip
        s, h, cloth = self.shoulder_half, self.hip_half, rgb(self.person.coat_color)
        hem = hy + self.leg * (1.0 if self.person.coat == "dress" else 1.75)
        self.sheet.path(
            f"M{sx - s:.1f} {sy:.1f} C{sx - s * 0.4:.1f} {sy - 4:.1f} {sx + s * 0.4:.1f} {sy - 4:.1f} {sx + s:.1f} "
            f"{sy:.1f} C{sx + s:.1f} {hy - 14:.1f} {hx + h * 1.6:.1f} {hy + 6:.1f} {hx + h * 2:.1f} {hem:.1f} "
            f"Q{hx:.1f} {hem + 5:.1f} {hx - h * 2:.1f} {hem:.1f} C{hx - h * 1.6:.1f} {hy + 6:.1f} {sx - s:.1f} "
            f"{hy - 14:.1f} {sx - s:.1f} {sy:.1f}Z",
            cloth,
        )
        sash = f"M{hx - h * 0.95:.1f} {hy - 9:.1f} Q{hx:.1f} {hy - 6:.1f} {hx + h * 0.95:.1f} {hy - 9:.1f}"
        self.sheet.path(sash, stroke=darken(cloth, 0.72), width=2.2)

    def _apron(self) -> None:
        (sx, sy), (hx, hy) = self.shoulder, self.hip
        if not self.behind:
            hem, cloth = hy + self.leg * 0.6, rgb(self.person.coat_color)
            self.sheet.path(
                f"M{sx - 4:.1f} {sy + 8:.1f} L{sx + 8:.1f} {sy + 8:.1f} L{hx + self.hip_half * 1.2:.1f} {hy - 6:.1f} "
                f"L{hx + self.hip_half * 1.2:.1f} {hem:.1f} L{hx - 6:.1f} {hem:.1f} L{hx - 6:.1f} {hy - 6:.1f}Z",
                cloth,
            )
            pocket = f"M{hx - 1:.1f} {hy + 4:.1f} h8 v6 h-8Z"
            self.sheet.path(pocket, stroke=darken(cloth, 0.8), width=0.8)

    def _scarf(self) -> None:
        (sx, sy), cloth = self.shoulder, rgb(self.person.accent)
        tail = f"M{sx - 6:.1f} {sy + 3:.1f} L{sx - 14:.1f} {sy + 20:.1f} L{sx - 8:.1f} {sy + 21:.1f} L{sx - 2:.1f} "
        self.sheet.path(tail + f"{sy + 5:.1f}Z", darken(cloth, 0.88))
        self.sheet.path(
            f"M{sx - 9:.1f} {sy - 3:.1f} Q{sx:.1f} {sy + 4:.1f} {sx + 10:.1f} {sy - 3:.1f} L{sx + 9:.1f} {sy + 4:.1f} "
            f"Q{sx:.1f} {sy + 9:.1f} {sx - 8:.1f} {sy + 4:.1f}Z",
            cloth,
        )
