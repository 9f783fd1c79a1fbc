"""Bonds: who touches, carries, rides or faces whom, and how near that brings them to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storyreel.engines.backends.builtin.illustrator.actors import Actor, moved, turned_to
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import Point, Rest
from storyreel.engines.backends.builtin.illustrator.words import known

_KINDS = ("hug", "give", "carry", "ride", "fight", "dance", "hold")
_LIFTED = 0.8
"""Who is taller than this share of who carries it is led by the hand instead."""
_APART = {"give": 0.62, "fight": 0.78, "dance": 0.6, "hold": 0.5}
"""How far apart the two of a bond stand, in heights of the taller one."""
_VISITS = ("ride", "cling", "share")
"""Bonds in which the first is where the other is."""
_LIGHT = 1.2
"""How tall an animal is at most that rides another, as a share of the other's height."""
_NECK, _CHEST = 26.0, 14.0
"""Where an animal's neck begins before its origin, and how far below its throat its chest is, in its units."""
_STEEPEST = 0.4
"""How steeply an arm reaches up."""
_BITE = 6.0
"""How far before an animal's muzzle a hand is that gives it something, in its units."""
_YOUNG = 0.5
"""How tall an animal is at most that is carried, in heights of who carries it: larger ones are lambs and calves."""
_SEEN = 0.86
"""How near the faces of two are of whom one carries the other, in the sum of their radii."""
_CHEEKS = 1.02
"""How near two heads are that touch, in the sum of their radii."""
_LAPFUL, _LAPFUL_OF_FEATHERS = 0.37, 0.5
"""Animals no taller than this share of a grown man are taken into the arms by who hugs them."""
_SMALL_ONE = 0.8
"""What child one kneels down to to hug it, as a share of one's own height."""
_LOW = 0.5
"""Whom one must kneel down to, as a share of one's own height."""


@dataclass(frozen=True, slots=True)
class Bond:
    """Two actors by their numbers: whose pose it is, and whom it is about."""

    kind: str
    one: int
    other: int

    @property
    def stacked(self) -> bool:
        """Whether one of the two has no place of its own: the `guest`."""
        return self.kind == "carry" or self.visits

    @property
    def visits(self) -> bool:
        """Whether the first is where the other is, as who rides is on the mount, and not the other way round."""
        return self.kind in _VISITS

    @property
    def guest(self) -> int:
        return self.one if self.visits else self.other

    @property
    def host(self) -> int:
        return self.other if self.visits else self.one


def find(actors: Sequence[Actor]) -> list[Bond]:
    """Who is bound to whom; nobody is in more than one bond."""
    bonds: list[Bond] = []
    taken: set[int] = set()
    for i, actor in enumerate(actors):
        driver = (j for j in range(i) if actor.vehicle and actors[j].vehicle == actor.vehicle and j not in taken)
        if (found := next(driver, None)) is not None:
            bonds.append(Bond("share", i, found))
            taken |= {i, found}
            continue
        other = whom(actor, actors)
        if other is None or other == i or {i, other} & taken:
            continue
        kind = _kind(actor, actors[other])
        if kind:
            bonds.append(Bond(kind, i, other))
            taken |= {i, other}
    return bonds


def whom(actor: Actor, actors: Sequence[Actor]) -> int | None:
    """The number of the actor that an actor's pose is about."""
    if not actor.toward:
        return None
    for i, other in enumerate(actors):
        if other is not actor and actor.toward in (other.character.id, other.character.name):
            return i
    kind = known("kinds", actor.toward)
    return next((i for i, other in enumerate(actors) if other is not actor and other.character.kind == kind), None)


def _kind(actor: Actor, other: Actor) -> str:
    if actor.pose == "pull" and actor.person and other.person:
        return "hold"  # by the hand
    if actor.pose == "ride":
        return "ride" if seat(other) and (actor.person or actor.height < other.height * _LIGHT) else ""
    if actor.pose not in _KINDS or actor.person is None:
        return ""
    if actor.pose == "carry" and other.height > actor.height * _LIFTED:
        return "hold"
    if actor.pose == "hug" and other.person and other.height <= actor.height * _LOW:
        return "carry"  # a baby
    if actor.pose == "hug" and other.person is None:
        lapful = _LAPFUL_OF_FEATHERS if zoo.is_bird(other.character.kind) else _LAPFUL
        return "carry" if other.height <= lapful else "cling"  # to its neck
    if actor.pose == "hold":
        return "hold" if other.person and not actor.holds else ""
    return actor.pose


def seat(mount: Actor) -> Point | None:
    """Where a rider of an actor sits, in the mount's units."""
    if mount.person:
        return (-4, -66) if mount.person.age not in ("baby", "child") else None
    if zoo.is_animal(mount.character.kind):
        return zoo.seat_of(mount.character.kind)
    return (-14, -52)


def distance(bond: Bond, one: Actor, other: Actor, man: float) -> float:
    """How far apart the two stand, in scene units, a grown man being `man` tall."""
    tallest = max(one.height, other.height) * man
    if bond.kind != "hug":
        return _APART.get(bond.kind, 0) * tallest + (0 if other.person else other.height * other.breadth * man * 0.3)
    return man * max(0.5 * (_girth(one) + _girth(other)), _cheek_to_cheek(one, other))


def _girth(actor: Actor) -> float:
    """How thick somebody is, as a share of a grown man's height: two who hug are as far apart as their halves."""
    bones = actor.bones()
    if bones is None:
        return actor.height * 0.4
    body = bones.frame
    return max(body.shoulder * 2, body.head * 1.75) / 100 * actor.height


def _cheek_to_cheek(one: Actor, other: Actor) -> float:
    """How far apart two must be so that neither head covers the other's face, as a share of a grown man's height."""
    mine, theirs = one.bones(), other.bones()
    if mine is None or theirs is None:
        return 0
    radii = (mine.frame.head * one.height + theirs.frame.head * other.height) * _CHEEKS
    across = mine.head[0] * one.height + theirs.head[0] * other.height
    down = mine.head[1] * one.height - theirs.head[1] * other.height
    return (math.sqrt(max(radii**2 - down**2, 0)) + across) / 100


def posed(bond: Bond, one: Actor, other: Actor) -> tuple[Actor, Actor]:
    """The two in the poses that their bond asks for, before they have their places."""
    low = other.height < one.height * _LOW
    idle = other.person is not None and other.pose in ("stand", "walk", "talk", "look_up", "sit", bond.kind)
    if bond.kind == "hug":
        one = replace(one, pose="kneel" if other.height < one.height * _SMALL_ONE else "hug")
        other = replace(other, pose="hug") if idle else other
    elif bond.kind == "cling":
        one = replace(one, pose="kneel" if low else "hug")
    elif bond.kind == "give":
        one = replace(one, pose="kneel" if low else "give")
        other = replace(other, pose="give" if other.height > one.height * _LOW else other.pose) if idle else other
    elif bond.kind in ("fight", "dance") and idle:
        other = replace(other, pose=bond.kind, holds=other.holds or (one.holds if bond.kind == "fight" else None))
    elif bond.kind == "hold":
        one = replace(
            one, pose=one.pose if one.pose in ("walk", "run") else "walk" if other.pose == "walk" else "stand"
        )
    elif bond.kind == "carry":
        one = replace(one, pose="carry", embraces=True)
        other = replace(other, pose="sit", seated=True)
    elif bond.kind == "ride":
        one = replace(one, pose="ride" if one.person else "sit", seated=True)
        other = replace(other, pose=other.pose if other.pose in ("run", "fly", "swim") else "walk")
    return one, other


def join(bond: Bond, actors: Sequence[Actor]) -> list[Actor]:
    """All actors, the two of the bond touching. Their places on the ground are given."""
    joined = list(actors)
    one, other = joined[bond.one], joined[bond.other]
    if bond.kind == "share":
        joined[bond.one] = replace(one, on=bond.other)
        return joined
    if bond.kind == "ride":
        joined[bond.one] = replace(_mounted(one, other), on=bond.other)
        return joined
    if bond.kind == "cling":
        joined[bond.one] = replace(_at_the_neck(one, other), on=bond.other)
        return joined
    if bond.kind == "carry":
        joined[bond.one], joined[bond.other] = _carried(one, replace(other, on=bond.one))
        return joined
    if bond.kind != "hold":
        one, other = turned_to(one, other.spot.x), turned_to(other, one.spot.x)
    if bond.kind == "hug":
        one, other = _hugging(one, other)
    elif bond.kind in ("give", "hold", "dance"):
        one, other = _hand_to_hand(moved(one, depth=max(one.spot.depth, other.spot.depth) + 0.002), other)
    if bond.kind == "hold":
        other = replace(other, on=bond.one)
    joined[bond.one], joined[bond.other] = one, other
    return joined


def _mounted(rider: Actor, mount: Actor) -> Actor:
    place = seat(mount) or (0, 0)
    x, y = mount.at(place)
    if rider.person is None:  # its middle, not its feet, is there
        x -= mount.side * sum(rider.extent) / 2 * rider.spot.scale
    spot = replace(rider.spot, x=x, y=y, depth=mount.spot.depth + 0.001, mirrored=mount.spot.mirrored)
    rider = replace(rider, spot=spot, mirrored=mount.mirrored)
    hx, hy, radius = mount.face()
    reins = rider.local(mount.at((hx - radius * 0.7, hy + radius * 0.9)))
    return replace(rider, rest=Rest(reins, (reins[0], reins[1] + 3)))


def _at_the_neck(one: Actor, animal: Actor) -> Actor:
    """At an animal's neck, arms round it, behind its cheek: both faces are seen.

    Who looks over its back and is as tall as it stands behind it, the near arm over it; others before its shoulder.
    """
    mine = one.bones()
    if mine is None:
        return one
    one = replace(one, mirrored=animal.mirrored, spot=replace(one.spot, mirrored=animal.spot.mirrored))
    face_x, face_y, radius = animal.face()
    (x, y), unit, own = animal.at((face_x, face_y)), animal.spot.scale, one.spot.scale
    back = animal.at((0, (seat(animal) or (0, -50))[1]))[1]
    shoulder, head = one.at(mine.shoulder)[1], one.at(mine.head)[1]
    over = shoulder < back and head < y
    apart = (radius * unit + one.face()[2] * own) * _CHEEKS
    behind = math.sqrt(max(0.0, apart**2 - (head - y) ** 2))
    behind = max(behind, (face_x - _NECK) * unit)
    one = moved(one, x=x - one.side * (behind + mine.head[0] * own))
    one = moved(one, depth=animal.spot.depth + (-0.0004 if over else 0.002))
    throat = x - one.side * radius * 0.9 * unit, max(y + radius * 0.9 * unit, shoulder)  # no hand before the own face
    chest = throat[0], throat[1] + _CHEST * unit
    near, far = (chest, throat) if over else (throat, chest)
    return replace(one, embraces=over, rest=Rest(one.local(near), one.local(far)))


def _carried(carrier: Actor, other: Actor) -> tuple[Actor, Actor]:
    """The other on the carrier's arms, before its chest; the near arm is before both."""
    bones = carrier.bones()
    if bones is None:
        return carrier, other
    chest = bones.shoulder[0] + bones.frame.shoulder * 1.1, bones.hip[1] - (bones.hip[1] - bones.shoulder[1]) * 0.05
    x, y = carrier.at(chest)
    mirrored = not carrier.mirrored if other.person else carrier.mirrored  # an animal looks away from the sleeves
    depth = carrier.spot.depth + 0.0004
    if other.person is None and other.spot.size > carrier.spot.size * _YOUNG:
        less = carrier.spot.size * _YOUNG / other.spot.size
        other = replace(other, spot=replace(other.spot, size=other.spot.size * less, scale=other.spot.scale * less))
    x += carrier.side * other.height / carrier.height * carrier.spot.size * 0.12
    other = replace(other, mirrored=mirrored, spot=replace(other.spot, x=x, y=y, depth=depth, mirrored=mirrored))
    if other.person is None:
        x, y = _before_the_face(carrier, moved(other, y=y + other.spot.size * 0.1))
    else:
        x += carrier.side * _too_near(carrier, other)
    other = moved(other, x=x, y=y)
    hold = other.spot.size * 0.12
    near = carrier.local((x + carrier.side * hold * 0.8, y - hold * 0.2))
    far = carrier.local((x + carrier.side * hold, y - hold * 1.6))
    return replace(carrier, rest=Rest(near, far)), other


def _too_near(carrier: Actor, other: Actor) -> float:
    """How much farther ahead somebody in the arms must be so that neither face is before the other."""
    (x, y), (other_x, other_y) = (one.at(one.face()[:2]) for one in (carrier, other))
    apart = sum(one.face()[2] * one.spot.scale for one in (carrier, other)) * _SEEN
    return max(0.0, math.sqrt(max(0.0, apart**2 - (other_y - y) ** 2)) - carrier.side * (other_x - x))


def _before_the_face(carrier: Actor, animal: Actor) -> Point:
    """Where an animal in somebody's arms is, so that its ears are before no mouth."""
    (x, y, radius), (face_x, _, reach) = carrier.face(), animal.face()
    chin = carrier.at((x + radius * 0.85, y + radius * 0.7))
    ahead = reach * 0.9 if animal.at(animal.crown())[1] < chin[1] else 0.0
    return chin[0] + carrier.side * (ahead - face_x) * animal.spot.scale, animal.spot.y


def _hugging(one: Actor, other: Actor) -> tuple[Actor, Actor]:
    """Arms round each other; the first is in front."""
    one = moved(one, depth=max(one.spot.depth, other.spot.depth) + 0.002)
    return replace(one, rest=_arms_round(one, other)), replace(other, rest=_arms_round(other, one))


def _arms_round(one: Actor, other: Actor) -> Rest:
    """Hands on the other's back, as high as one's own arms find natural."""
    mine, theirs = one.bones(), other.bones()
    if mine is None:
        return one.rest
    if theirs is None:
        return one.rest
    back = other.spot.x + one.side * theirs.frame.shoulder * 0.75 * other.spot.scale
    top, low = (other.at((0, theirs.shoulder[1]))[1], other.at((0, theirs.hip[1]))[1])
    own = one.at((0, mine.shoulder[1] + 8))[1]
    height = min(max(own, top + (low - top) * 0.2), low)
    return Rest(one.local((back, height)), one.local((back, height + (low - top) * 0.3)))


def _hand_to_hand(one: Actor, other: Actor) -> tuple[Actor, Actor]:
    mine, theirs = one.bones(), other.bones()
    if mine is None:
        return one, other
    if theirs is None:
        hx, hy, radius = other.face()
        mouth = other.at((max(hx + radius, other.extent[1]) + _BITE, hy + radius * 0.5))
        x, y = one.local(mouth)
        up = mine.shoulder[1] - abs(x) * _STEEPEST  # no hand is before the own face
        return replace(one, rest=Rest((x, max(y, up)))), other
    x = (one.spot.x + other.spot.x) / 2
    y = max(one.at((0, mine.shoulder[1] + 12))[1], other.at((0, theirs.shoulder[1] + 12))[1])
    toward = one.side * (x - one.spot.x) >= 0
    first = Rest(one.local((x, y))) if toward else Rest(None, one.local((x, y)))
    toward = other.side * (x - other.spot.x) >= 0
    second = Rest(other.local((x, y))) if toward else Rest(None, other.local((x, y)))
    return replace(one, rest=first), replace(other, rest=second)
