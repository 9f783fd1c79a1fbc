"""Fish's tails: what a mermaid has in place of legs."""

import math

from storyreel.engines.backends.builtin.illustrator.color import darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import Point, Skeleton
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_ON_GROUND = -12.0, 4.0
"""Whose feet would be between these heights stands or kneels on the ground."""
_FLUKE = "M-2.4 -3 C-4 4 -14 5 -21 15 C-13 17 -5 15 0 9 C5 15 13 17 21 15 C14 5 4 4 2.4 -3Z"
_RAYS = "M-1 2 C-4 8 -9 11 -15 13.4 M1 2 C4 8 9 11 15 13.4"


def draw_tail(sheet: Drawing, person: Person, bones: Skeleton) -> None:
    """A fish's tail from the hips, bent as the legs would be; on the ground it curls behind."""
    color, body = rgb(person.tail), bones.frame
    hip = bones.hip
    knee, end = _between_legs(bones, 1), _between_legs(bones, 2)
    if _ON_GROUND[0] < end[1] < _ON_GROUND[1]:
        knee, end = (hip[0] + 5, knee[1] + 2), (hip[0] - 22, -5)
    bend = 2 * knee[0] - (hip[0] + end[0]) / 2, 2 * knee[1] - (hip[1] + end[1]) / 2
    sides: tuple[list[Point], list[Point]] = [], []
    scales = ""
    for step in range(13):
        t = step / 12
        x, y = (hip[k] * (1 - t) ** 2 + 2 * bend[k] * t * (1 - t) + end[k] * t * t for k in (0, 1))
        along = [(bend[k] - hip[k]) * (1 - t) + (end[k] - bend[k]) * t for k in (0, 1)]
        length = math.hypot(*along) or 1
        across = -along[1] / length, along[0] / length
        half = body.hip * 0.86 * (1 - t) ** 1.1 + body.leg_width * 0.26
        for side, points in zip((-1, 1), sides, strict=True):
            points.append((x + side * across[0] * half, y + side * across[1] * half))
        if 0 < step < 11:
            (ax, ay), (bx, by) = (points[-1] for points in sides)
            scales += f"M{ax:.1f} {ay:.1f} Q{x + along[0] / length * half * 0.9:.1f} "
            scales += f"{y + along[1] / length * half * 0.9:.1f} {bx:.1f} {by:.1f} "
    toward = math.degrees(math.atan2(end[1] - bend[1], end[0] - bend[0])) - 90
    fluke = f"translate({end[0]:.1f} {end[1]:.1f}) rotate({toward:.0f})"
    sheet.path(_FLUKE, mix(color, "#ffffff", 0.16), transform=fluke)
    sheet.path(_RAYS, stroke=darken(color, 0.8), width=0.9, transform=fluke)
    outline = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in [*sides[0], *reversed(sides[1])]) + "Z"
    sheet.path(outline, color, stroke=color, width=1.6)
    with sheet.group(clip=sheet.clip(outline)):
        sheet.path(scales, stroke=darken(color, 0.8), width=1)
    sheet.path(_at_waist(sides), stroke=mix(color, "#ffffff", 0.3), width=2.6)


def _between_legs(bones: Skeleton, share: float) -> Point:
    (x, y), (other_x, other_y) = bones.front_leg.along(share), bones.back_leg.along(share)
    return (x + other_x) / 2, (y + other_y) / 2


def _at_waist(sides: tuple[list[Point], list[Point]]) -> str:
    (ax, ay), (bx, by) = sides[0][0], sides[1][0]
    return f"M{ax:.1f} {ay:.1f} Q{(ax + bx) / 2:.1f} {(ay + by) / 2 + 3:.1f} {bx:.1f} {by:.1f}"
