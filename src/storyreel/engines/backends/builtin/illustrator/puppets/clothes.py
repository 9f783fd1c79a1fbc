"""Clothes: what is worn over a body's joints, cut from the measures in garments.json."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storyreel.engines.backends.builtin.illustrator.color import Color, darken, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.shapes import paint
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import Limb, Point, Skeleton, turned
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.vector import Drawing


@dataclass(frozen=True, slots=True)
class Garment:
    """How something is cut; see garments.json. `waist`: how far down the trunk the belt sits, 0 … 1."""

    hem: float
    flare: float
    sleeve: float = 1
    sleeves: float = 2
    collar: str = ""
    front: str = ""
    belt: str = ""
    waist: float = 0.86
    lower: str = "coat"
    bodice: bool = True
    edge: bool = False


@functools.cache
def garment(name: str) -> Garment | None:
    """The cut of what is called so; None of what is no garment by itself, as a space suit."""
    cut: dict[str, Any] | None = table("garments.json")["garments"].get(name)
    return Garment(**cut) if cut else None


def role(person: Person, name: str) -> Color:
    """The colour of a part of the dress."""
    colors = {"coat": person.coat_color, "accent": person.accent, "bottom": person.bottom, "trim": person.trim}
    return rgb(colors[name]) if name in colors else darken(person.coat_color, 0.62)


def torso(bones: Skeleton, wider: float = 1.0) -> str:
    """The outline of the trunk, from the middle of the hips as its origin, upright."""
    body = bones.frame
    tall, s, h = body.hip_y - body.shoulder_y, body.shoulder * wider, body.hip * wider
    m = (s + h) / 2 * body.waist
    return (
        f"M{-s:.1f} {-tall:.1f} C{-s * 0.4:.1f} {-tall - 4:.1f} {s * 0.4:.1f} {-tall - 4:.1f} {s:.1f} {-tall:.1f} "
        f"C{s * 1.08:.1f} {-tall * 0.75:.1f} {m:.1f} {-tall * 0.6:.1f} {m:.1f} {-tall * 0.35:.1f} "
        f"C{m:.1f} {-tall * 0.15:.1f} {h * 1.02:.1f} {-tall * 0.1:.1f} {h:.1f} 3 "
        f"C{h * 0.4:.1f} 6 {-h * 0.4:.1f} 6 {-h:.1f} 3 "
        f"C{-h * 1.02:.1f} {-tall * 0.1:.1f} {-m:.1f} {-tall * 0.15:.1f} {-m:.1f} {-tall * 0.35:.1f} "
        f"C{-m:.1f} {-tall * 0.6:.1f} {-s * 1.08:.1f} {-tall * 0.75:.1f} {-s:.1f} {-tall:.1f}Z"
    )


def on_trunk(bones: Skeleton) -> str:
    """The transform to the trunk's own place: origin at the hips, leaning as it does."""
    return f"translate({bones.hip[0]:.2f} {bones.hip[1]:.2f}) rotate({bones.lean:.2f})"


def on_shoulders(bones: Skeleton) -> str:
    """The transform, within the trunk's, to where fronts, collars and extras are drawn."""
    body = bones.frame
    tall = body.hip_y - body.shoulder_y
    return f"translate(0 {-tall:.2f}) scale({body.shoulder / 10:.3f} {tall / 28:.3f})"


def wear(sheet: Drawing, person: Person, bones: Skeleton, *, behind: bool) -> None:
    """The garment over trunk and legs, without its sleeves."""
    cut = garment(person.coat)
    if cut is None:
        return
    lower = role(person, cut.lower)
    if cut.hem > 0.3:
        _skirt(sheet, bones, cut, lower, rgb(person.trim) if cut.edge else None)
    with sheet.group(on_trunk(bones)):
        outline = torso(bones, 1.07)
        body = bones.frame
        tall = body.hip_y - body.shoulder_y
        belt = -tall * (1 - cut.waist)
        if cut.bodice:
            sheet.path(outline, person.coat_color)
            with sheet.group(clip=sheet.clip(outline)):
                if cut.lower != "coat":
                    sheet.rect(-40, belt, 80, 60, lower)
                if cut.front and not behind:
                    with sheet.group(on_shoulders(bones)):
                        paint(sheet, person, table("garments.json")["fronts"][cut.front])
        if cut.belt:
            wide = (body.hip * 0.55 + (body.shoulder + body.hip) / 2 * body.waist * 0.52) * 1.02
            band = f"M{-wide:.1f} {belt:.1f} Q0 {belt + 3:.1f} {wide:.1f} {belt:.1f}"
            sheet.path(band, stroke=role(person, cut.belt), width=3)
        if cut.collar and not behind:
            with sheet.group(on_shoulders(bones)):
                paint(sheet, person, table("garments.json")["collars"][cut.collar])


def _skirt(sheet: Drawing, bones: Skeleton, cut: Garment, color: Color, edge: Color | None) -> None:
    """What hangs from the hips, round both legs as they are bent."""
    hem, sides = _hem(bones, cut.hem, cut.flare)
    waist = [turned((side * bones.frame.hip * 1.05, 0), bones.lean, bones.hip) for side in (-1, 1)]
    outline = hull([*waist, *sides, *hem])
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in outline) + "Z"
    sheet.path(path, color, stroke=color, width=2.4)
    ends = sorted(hem, key=lambda point: point[0])
    left, right = ends[0], ends[-1]
    for share in (0.35, 0.68):
        x, y = (left[i] + (right[i] - left[i]) * share for i in (0, 1))
        top = bones.hip[0] + (share - 0.5) * bones.frame.hip, bones.hip[1] + 3
        sheet.path(f"M{top[0]:.1f} {top[1]:.1f} L{x:.1f} {y - 1:.1f}", stroke=darken(color, 0.86), width=1)
    if edge is not None:
        with sheet.group(clip=sheet.clip(path)):
            lowest = " L".join(f"{x:.1f} {y:.1f}" for x, y in _lower_side(outline, left, right))
            sheet.path(f"M{lowest}", stroke=edge, width=4.4)


def _hem(bones: Skeleton, hem: float, flare: float) -> tuple[list[Point], list[Point]]:
    """The corners of a hem round both legs, and the places above it that the cloth goes round."""
    corners: list[Point] = []
    sides: list[Point] = []
    legs = (bones.front_leg,) if bones.astride else (bones.front_leg, bones.back_leg)
    for leg in legs:
        for share, into in ((hem * 0.5, sides), (min(hem, 1.0), sides), (hem, corners)):
            x, y = leg.along(share)
            ahead, after = leg.along(min(2, share + 0.05)), leg.along(max(0, share - 0.05))
            length = math.hypot(ahead[0] - after[0], ahead[1] - after[1]) or 1
            across = -(ahead[1] - after[1]) / length, (ahead[0] - after[0]) / length
            half = bones.frame.leg_width * (0.62 + (flare - 0.62) * share / max(hem, 0.1))
            into.extend((x + side * across[0] * half, y + side * across[1] * half) for side in (-1, 1))
    return corners, sides


def _lower_side(outline: Sequence[Point], left: Point, right: Point) -> list[Point]:
    """The part of an outline between its two corners that runs lower."""
    start, stop = outline.index(left) if left in outline else 0, outline.index(right) if right in outline else -1
    around = [*outline[start:], *outline[:start]]
    cut = around.index(outline[stop])
    ways = around[: cut + 1], [*around[cut:], around[0]]
    return max(ways, key=lambda way: sum(y for _, y in way) / len(way))


def hull(points: Sequence[Point]) -> list[Point]:
    """The corners of the tightest convex shape round some points (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def chain(row: Sequence[Point]) -> list[Point]:
        kept: list[Point] = []
        for point in row:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return [*chain(ordered), *chain(ordered[::-1])]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def apron(sheet: Drawing, person: Person, bones: Skeleton) -> None:
    """A bib and its skirt, over the front."""
    cloth, body = rgb(person.apron), bones.frame
    knee = bones.front_leg.along(0.85)
    top = [turned((x, -4), bones.lean, bones.hip) for x in (-body.hip * 0.45, body.hip * 1.1)]
    low = [(knee[0] + side * body.leg_width * 0.75, knee[1]) for side in (-1.5, 1)]
    outline = hull([*top, *low])
    sheet.path("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in outline) + "Z", cloth, stroke=cloth, width=2)
    with sheet.group(on_trunk(bones)), sheet.group(on_shoulders(bones)):
        sheet.path("M-4 7 L10 7 L12 30 L-6 30Z", cloth)
        sheet.path("M-4 8 L-5 -3 M10 8 L9.6 -3", stroke=darken(cloth, 0.88), width=1.8)
        sheet.path("M-10.6 24 Q2 28 12 23", stroke=darken(cloth, 0.85), width=2)
        sheet.path("M-1 13 h9 v5 h-9Z", stroke=darken(cloth, 0.84), width=0.9)


def sleeve(sheet: Drawing, arm: Limb, width: float, color: Color, person: Person, cut: Garment) -> None:
    """A sleeve that hangs open, over an arm already drawn in its colour."""
    (ax, ay), (wx, wy) = arm.along(0.75), arm.along(1.9)
    length = math.hypot(wx - ax, wy - ay) or 1
    up = (wy - ay) / length, -(wx - ax) / length
    if up[1] > 0:
        up = -up[0], -up[1]
    hang = width * (cut.sleeve - 0.5) * 1.25
    droop = (wx - up[0] * hang * 0.5, wy + hang * 0.75 + abs(up[0]) * 1.5)
    sheet.path(
        f"M{ax + up[0] * width * 0.5:.1f} {ay + up[1] * width * 0.5:.1f} "
        f"L{wx + up[0] * width * 0.6:.1f} {wy + up[1] * width * 0.6:.1f} L{droop[0]:.1f} {droop[1]:.1f} "
        f"Q{(ax + droop[0]) / 2:.1f} {max(ay, droop[1]) + 1:.1f} "
        f"{ax - up[0] * width * 0.5:.1f} {ay - up[1] * width * 0.5:.1f}Z",
        color,
        stroke=color,
        width=1,
    )
    if cut.edge:
        rim = f"M{wx + up[0] * width * 0.6:.1f} {wy + up[1] * width * 0.6:.1f} L{droop[0]:.1f} {droop[1]:.1f}"
        sheet.path(rim, stroke=person.trim, width=2)
