"""Skeletons: where a person's joints are in a pose, whatever it rests on and whatever its hands reach for."""

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

from storyreel.engines.backends.builtin.illustrator.puppets.tables import table

Point = tuple[float, float]
_SOLE = 0.42
"""How far the sole is below the ankle, as a share of the leg's width."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Proportions; see body.json. `waist` narrows or widens the belly, `stoop` bends the back, in degrees."""

    head: float
    head_y: float
    shoulder_y: float
    hip_y: float
    shoulder: float
    hip: float
    arm: float
    arm_width: float
    leg_width: float
    waist: float = 1
    stoop: float = 0

    @property
    def leg(self) -> float:
        """The length of a thigh, and of a shin."""
        return (-self.hip_y - self.leg_width * _SOLE) / 2


@dataclass(frozen=True, slots=True)
class Pose:
    """How joints are bent; see poses.json."""

    at: tuple[float, ...]
    swing: tuple[float, ...] = (0.0,) * 10
    rate: float = 0
    travel: float = 0
    base: str = "feet"
    lift: float = 0
    turn: float = 0
    astride: bool = False
    holds: str = ""

    def angles(self, phase: float) -> tuple[float, ...]:
        swung = math.sin(math.tau * phase)
        return tuple(angle + swing * swung for angle, swing in zip(self.at, self.swing, strict=True))


@dataclass(frozen=True, slots=True)
class Limb:
    """Shoulder, elbow and wrist; or hip, knee and ankle. `turn` is how the last part hangs, in degrees."""

    root: Point
    middle: Point
    end: Point
    turn: float

    def along(self, share: float) -> Point:
        """A place on the limb: 0 its root, 1 its middle joint, 2 its end."""
        start, stop = (self.root, self.middle) if share <= 1 else (self.middle, self.end)
        share = share if share <= 1 else share - 1
        return start[0] + (stop[0] - start[0]) * share, start[1] + (stop[1] - start[1]) * share


@dataclass(frozen=True, slots=True)
class Skeleton:
    """All joints, in the drawing's units: the ground is y 0, up is negative."""

    frame: Frame
    head: Point
    tilt: float
    lean: float
    shoulder: Point
    hip: Point
    front_arm: Limb
    back_arm: Limb
    front_leg: Limb
    back_leg: Limb
    astride: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """What the front and the back hand reach for, in the drawing's units; None is as the pose says."""

    reach: Point | None = None
    other_reach: Point | None = None


FREE = Rest()
"""Hands as the pose has them."""


@functools.cache
def frame(age: str, build: str) -> Frame:
    """The proportions of an age and a build."""
    tables = table("body.json")
    grown = Frame(**tables["ages"][age])
    build_factors: dict[str, float] = tables["builds"][build]
    return replace(grown, **{name: getattr(grown, name) * factor for name, factor in build_factors.items()})


@functools.cache
def pose(name: str) -> Pose:
    """A pose by name; unknown ones stand."""
    poses: dict[str, dict[str, Any]] = table("poses.json")["poses"]
    entry = poses.get(name)
    if entry is None:
        return pose("stand")
    measures: dict[str, Any] = entry | {angles: tuple(entry[angles]) for angles in ("at", "swing") if angles in entry}
    return Pose(**measures)


def skeleton(body: Frame, name: str, phase: float = 0, rest: Rest = FREE) -> Skeleton:
    """The joints of a body in a pose; `phase` 0 … 1 goes through one cycle of its movement."""
    bent = pose(name)
    angles = bent.angles(phase)
    lean, tilt = angles[8] + body.stoop, angles[9] - body.stoop * 0.4
    front_arm, back_arm, legs = _clear_of_head(body, angles[0:2]), _clear_of_head(body, angles[2:4]), angles[4:8]
    dy = _height(body, bent, legs)
    hip = (0.0, body.hip_y + dy)

    def leaning(x: float, y: float) -> Point:
        """A place on the trunk, given from the middle of the hips upright."""
        return turned((x, y), lean, hip)

    trunk = body.shoulder_y - body.hip_y
    low = trunk + body.arm_width * 0.42
    head = leaning(0, body.head_y - body.hip_y)
    spread = body.hip * 0.42
    return Skeleton(
        body,
        (head[0] + 1.5 + math.sin(math.radians(tilt)) * 2, head[1]),
        tilt,
        lean,
        leaning(0, trunk),
        hip,
        _arm(leaning(body.shoulder * 0.6, low), body.arm, front_arm, rest.reach),
        _arm(leaning(-body.shoulder * 0.66, low), body.arm, back_arm, rest.other_reach),
        _bent(leaning(spread, 0), body.leg, legs[0:2]),
        _bent(leaning(-spread, 0), body.leg, legs[2:4]),
        bent.astride,
    )


def _clear_of_head(body: Frame, bends: tuple[float, ...]) -> tuple[float, ...]:
    """Raised arms that are short beside a big head reach out past it, not before the face."""
    if bends[0] <= 100 or body.arm > body.head:
        return bends
    return tuple(100 + (bend - 100) * 0.4 for bend in bends)


def turned(point: Point, degrees: float, center: Point) -> Point:
    """A point given from a centre, turned clockwise about it."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return center[0] + point[0] * cosine - point[1] * sine, center[1] + point[0] * sine + point[1] * cosine


def _height(body: Frame, bent: Pose, legs: tuple[float, ...]) -> float:
    """How much lower than standing upright the hips are, so that the figure rests on what its pose says."""
    bottom = body.hip * 0.55
    if bent.base == "seat":
        return -body.hip_y - bottom
    if bent.base == "air":
        return -bent.lift
    lowest = bottom
    for thigh, shin in (legs[0:2], legs[2:4]):
        knee = body.leg * math.cos(math.radians(thigh))
        ankle = knee + body.leg * math.cos(math.radians(shin))
        lowest = max(lowest, knee + body.leg_width * 0.45, ankle + body.leg_width * _SOLE)
    return -body.hip_y - lowest - bent.lift


def _bent(root: Point, length: float, bends: tuple[float, ...]) -> Limb:
    first, second = (math.radians(bend) for bend in bends)
    middle = root[0] + length * math.sin(first), root[1] + length * math.cos(first)
    end = middle[0] + length * math.sin(second), middle[1] + length * math.cos(second)
    return Limb(root, middle, end, bends[1])


def _arm(root: Point, length: float, bends: tuple[float, ...], target: Point | None) -> Limb:
    """An arm bent as given, or with the hand on its target, as near as it comes, the elbow down."""
    if target is None:
        return _bent(root, length, bends)
    dx, dy = target[0] - root[0], target[1] - root[1]
    distance = min(max(math.hypot(dx, dy), length * 0.5), length * 1.98)
    toward = math.degrees(math.atan2(dx, dy))
    open_ = math.degrees(math.acos(distance / (2 * length)))
    side = -1 if dx >= 0 else 1
    return _bent(root, length, (toward + side * open_, toward - side * open_))
