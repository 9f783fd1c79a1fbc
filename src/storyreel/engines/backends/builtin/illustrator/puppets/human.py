"""People: a body of jointed limbs in a pose, dressed, under a head."""

from dataclasses import dataclass

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, rgb
from storyreel.engines.backends.builtin.illustrator.puppets import clothes
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.head import draw_head
from storyreel.engines.backends.builtin.illustrator.puppets.shapes import paint
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import (
    FREE,
    Limb,
    Point,
    Rest,
    Skeleton,
    frame,
    skeleton,
)
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.puppets.tail import draw_tail
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

BOX = (-95.0, -155.0, 190.0, 205.0)
"""A grown person is 100 tall with the feet at the origin; the box leaves room for hats, arms and capes."""
_SUIT_WHITE, _SUIT_FRONT, _SUIT_GLOVE, _SUIT_BOOT = "#e9edf2", "#f4f6f9", "#c9d2dc", "#b9c3cf"
_STOCKINGS = "#e6dccb"
_FAR_SHADE = 0.8
"""How dark the far limbs are."""
_CLOSE_FITTING = 1.1
"""Sleeves wider than this hang open."""
_SKIRT_HEM = 0.3
"""Garments longer than this are skirts: legs may be bare below."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure and its joints, in the drawing's own units."""

    drawing: Drawing
    bones: Skeleton

    @property
    def hand(self) -> Point:
        return self.bones.front_arm.end


def bones_of(person: Person, pose: str, phase: float = 0, rest: Rest = FREE) -> Skeleton:
    """The joints of a person in a pose."""
    build = "suit" if person.coat == "suit" else person.build
    return skeleton(frame(person.age, build), pose, phase, rest)


def human(
    person: Person,
    pose: str = "stand",
    phase: float = 0.13,
    expression: str = "calm",
    *,
    manga: bool = False,
    from_behind: bool = False,
    talking: bool = False,
    rest: Rest = FREE,
    arm_only: bool = False,
    armless: bool = False,
) -> Figure:
    """A person facing right, 100 units tall when standing, children's proportions in the same height.

    `arm_only` draws the front arm alone, which goes before what is held in both arms, or moves by itself; `armless`
    all but that arm.
    """
    body = _Body(person, bones_of(person, pose, phase, rest), from_behind)
    if not arm_only:
        body.draw(expression, manga, talking)
    if not armless:
        body.front_arm()
    return Figure(body.sheet, body.bones)


class _Body:
    def __init__(self, person: Person, bones: Skeleton, from_behind: bool) -> None:
        self.sheet = Drawing(*BOX)
        self.person, self.bones, self.behind = person, bones, from_behind
        self.suit = person.coat == "suit"
        self.cut = clothes.garment(person.coat)
        self.skin, self.bottom = rgb(person.skin), rgb(person.bottom)
        self.skirted = self.cut is not None and self.cut.hem > _SKIRT_HEM
        covered = self.cut is not None and self.cut.bodice and self.cut.sleeves > 0
        self.sleeve = rgb(person.coat_color if covered else person.top)
        self.top = rgb(person.top)
        if self.suit:
            self.top = self.sleeve = self.bottom = rgb(_SUIT_WHITE)
        self.glove = rgb(_SUIT_GLOVE) if self.suit else self.skin
        self.shoe = rgb(_SUIT_BOOT) if self.suit else rgb(person.shoes) if person.shoes else self.skin

    def draw(self, expression: str, manga: bool, talking: bool) -> None:
        self._behind_body()
        self._arm(self.bones.back_arm, _FAR_SHADE)
        if not self.person.tail:
            if not self.bones.astride:
                self._leg(self.bones.back_leg, _FAR_SHADE)
            self._leg(self.bones.front_leg, 1)
        (sx, sy), (hx, hy) = self.bones.shoulder, self.bones.head
        radius = self.bones.frame.head
        self.sheet.path(f"M{sx} {sy + 2} L{hx:.1f} {hy:.1f}", stroke=darken(self.skin, 0.86), width=radius * 0.52)
        self._torso()
        clothes.wear(self.sheet, self.person, self.bones, behind=self.behind)
        if self.person.tail:
            draw_tail(self.sheet, self.person, self.bones)
        if self.person.apron and not self.behind:
            clothes.apron(self.sheet, self.person, self.bones)
        self._accessories()
        draw_head(
            self.sheet,
            self.person,
            self.bones.head,
            radius,
            self.bones.tilt,
            expression,
            manga=manga,
            from_behind=self.behind,
            helmet=self.suit,
            talking=talking,
        )

    def front_arm(self) -> None:
        if self.behind:
            arm = self.bones.front_arm
            across = 2 * self.bones.shoulder[0]
            root, middle, end = ((across - x, y) for x, y in (arm.root, arm.middle, arm.end))
            self._arm(Limb(root, middle, end, -arm.turn), 1, edge=True)
        self._arm(self.bones.front_arm, 1, edge=True)

    def _arm(self, arm: Limb, shade: float, *, edge: bool = False) -> None:
        width = self.bones.frame.arm_width
        cloth, hand = darken(rgb(_SUIT_FRONT) if self.suit and edge else self.sleeve, shade), darken(self.glove, shade)
        covers = self.cut.sleeves if self.cut and self.cut.bodice and self.cut.sleeves else 2.0
        if edge:
            self._stroke(arm, 2, darken(cloth, 0.72), width + 1.5, start=0.35)
        if covers < 2:
            self._stroke(arm, 2, hand, width * 0.86)
        self._stroke(arm, covers, cloth, width)
        if self.cut and self.cut.edge and self.cut.sleeves == 2 and self.cut.sleeve <= _CLOSE_FITTING:
            (ax, ay), (bx, by) = arm.along(1.66), arm.along(1.74)
            cuff = darken(self.person.trim, shade)
            self.sheet.path(f"M{ax:.1f} {ay:.1f} L{bx:.1f} {by:.1f}", stroke=cuff, width=width + 0.4)
        (mx, my), (x, y) = arm.middle, arm.end
        dx, dy = (x - mx) * 0.13, (y - my) * 0.13
        self.sheet.oval(x + dx, y + dy, width * 0.56, hand)
        thumb = f"M{x + dx:.1f} {y + dy:.1f} l{dx - dy * 1.3:.1f} {dy - abs(dx) * 1.3:.1f}"
        self.sheet.path(thumb, stroke=hand, width=width * 0.36)
        if self.cut and self.cut.bodice and self.cut.sleeve > _CLOSE_FITTING and self.cut.sleeves >= 0.6:
            clothes.sleeve(self.sheet, arm, width, cloth, self.person, self.cut)

    def _stroke(self, limb: Limb, reach: float, color: Color, width: float, start: float = 0.0) -> None:
        """A limb as far as `reach` (1 its middle joint, 2 its end), soft at the joint."""
        (x, y), (mx, my) = limb.along(start), limb.middle
        path = f"M{x:.1f} {y:.1f}"
        if reach > 1.35:
            (ax, ay), (bx, by), (ex, ey) = limb.along(0.65), limb.along(1.35), limb.along(reach)
            path += f" L{ax:.1f} {ay:.1f} Q{mx:.1f} {my:.1f} {bx:.1f} {by:.1f} L{ex:.1f} {ey:.1f}"
        else:
            ex, ey = limb.along(reach)
            path += f" L{ex:.1f} {ey:.1f}"
        self.sheet.path(path, stroke=color, width=width)

    def _leg(self, leg: Limb, shade: float) -> None:
        width, person = self.bones.frame.leg_width, self.person
        trousers = person.legs == "trousers" or (person.legs != "shorts" and not self.skirted)
        bare = self.bottom if trousers else rgb(_STOCKINGS) if person.legs == "tights" else self.skin
        cloth, bare, shoe = darken(self.bottom, shade), darken(bare, shade), darken(self.shoe, shade)
        if shade == 1:
            self._stroke(leg, 2, darken(bare, 0.78), width + 1.2, start=0.35)
        self._stroke(leg, 2, bare, width if trousers else width * 0.86)
        if person.legs == "shorts":
            self._stroke(leg, 0.86, cloth, width * 1.14)
        if person.boots:
            (ax, ay), (bx, by) = leg.along(1.42), leg.along(1.98)
            self.sheet.path(f"M{ax:.1f} {ay:.1f} L{bx:.1f} {by:.1f}", stroke=shoe, width=width * 1.1)
        x, y = leg.end
        turn = f"translate({x:.1f} {y:.1f}) rotate({-leg.turn * 0.6:.0f}) scale({width / 8.6:.2f})"
        self.sheet.path("M-4.4 -2.8 C-4.8 2.6 -3.4 3.7 -.4 3.7 L7.6 3.7 C10 3.1 8.8 -.8 4 -2.8Z", shoe, transform=turn)

    def _behind_body(self) -> None:
        (sx, sy), (_, hy) = self.bones.shoulder, self.bones.hip
        half = self.bones.frame.hip
        if self.suit and not self.behind:
            self.sheet.rect(sx - half * 1.9, sy - 4, half * 1.5, 30, "#c4ccd6", round_=4)
        if self.person.cape:
            cape, foot = darken(self.person.cape, 0.85), min(hy + 40, -3)
            self.sheet.path(
                f"M{sx + 5:.1f} {sy - 3:.1f} C{sx - 14:.1f} {sy + 4:.1f} {sx - 20:.1f} {sy + 40:.1f} {sx - 25:.1f} "
                f"{foot:.1f} C{sx - 10:.1f} {foot - 5:.1f} {sx + 2:.1f} {foot + 1:.1f} {sx + 12:.1f} {foot - 4:.1f}Z",
                cape,
            )
        if self.person.wings:
            for turn, size in ((-28, 1.0), (8, 0.75)):
                self.sheet.path(
                    "M0 0 C-14 -34 -46 -36 -50 -14 C-50 4 -20 10 0 4Z",
                    "#eef6ff",
                    opacity=0.75,
                    transform=f"translate({sx - 3:.1f} {sy + 10:.1f}) rotate({turn}) scale({size})",
                )
        self._worn("extras_behind")

    def _worn(self, group: str) -> None:
        parts = table("parts.json")[group]
        for extra, shapes in parts.items():
            if extra in self.person.extras.split(" ") or extra == self.person.extras:
                with self.sheet.group(clothes.on_trunk(self.bones)), self.sheet.group(clothes.on_shoulders(self.bones)):
                    paint(self.sheet, self.person, shapes)

    def _torso(self) -> None:
        outline = clothes.torso(self.bones)
        with self.sheet.group(clothes.on_trunk(self.bones)):
            self.sheet.path(outline, self.top)
            with self.sheet.group(clip=self.sheet.clip(outline)), self.sheet.group(clothes.on_shoulders(self.bones)):
                if self.suit:
                    self._suit_fittings()
                else:
                    self._pattern()

    def _pattern(self) -> None:
        """What the top is like, about the shoulders: 10 wide on each side, the hips 28 below."""
        person, sheet = self.person, self.sheet
        if person.pattern == "stripe":
            for row in range(6):
                sheet.rect(-30, 4 + row * 6.4, 60, 3, person.stripes, opacity=0.85)
        elif person.pattern == "dots":
            for i in range(20):
                sheet.oval(-11 + i % 5 * 5.4 + i // 5 % 2 * 2.7, 3 + i // 5 * 7, 1.3, person.stripes)
        elif person.pattern == "yoke":
            sheet.path("M-30 -6 H30 V5 Q3 11 -30 5Z", person.stripes, opacity=0.85)
        elif person.pattern == "overall":
            sheet.path(
                "M-3 9 H11 V40 H-3Z M-30 22 H30 V40 H-30Z M-3 10 L-5 -4 h3 L0 10Z M11 10 L11 -4 h-3 L8 10Z", self.bottom
            )
            sheet.oval(-0.6, 11, 1, person.accent)
            sheet.oval(8.8, 11, 1, person.accent)
        elif person.robot:
            sheet.rect(-4, 8, 13, 12, "#5f6c7a", round_=2)
            sheet.oval(2.5, 14, 3, "#f0c24a")

    def _suit_fittings(self) -> None:
        sheet, badge = self.sheet, self.person.top
        sheet.rect(-60, 24, 120, 4, badge, opacity=0.9)
        if self.behind:
            sheet.rect(-9.5, -1, 19, 27, "#b9c4d0", round_=5)
            sheet.rect(-8.5, 0, 17, 24, "#d3dbe4", round_=4.5)
            sheet.rect(-5.5, 4, 11, 6, "#aab6c4", round_=2)
            sheet.oval(-2.6, 16, 1.9, badge)
            sheet.oval(2.8, 16, 1.9, self.person.accent)
        else:
            sheet.rect(-4, 9, 12, 8, "#aab6c4", round_=2)
            sheet.oval(-1, 13, 1.5, badge)
            sheet.oval(4.4, 13, 1.5, self.person.accent)

    def _accessories(self) -> None:
        if self.suit:
            with self.sheet.group(clothes.on_trunk(self.bones)), self.sheet.group(clothes.on_shoulders(self.bones)):
                self.sheet.path("M-9.5 -2.5 Q0 3 9.5 -2.5", stroke="#b4bfcc", width=4.2)
            return
        if self.behind:
            return
        self._worn("extras")
        if self.person.scarf:
            cloth = rgb(self.person.accent)
            with self.sheet.group(clothes.on_trunk(self.bones)), self.sheet.group(clothes.on_shoulders(self.bones)):
                self.sheet.path("M-6 3 L-14 20 L-8 21 L-2 5Z", darken(cloth, 0.88))
                self.sheet.path("M-9 -3 Q0 4 10 -3 L9 4 Q0 9 -8 4Z", cloth)
