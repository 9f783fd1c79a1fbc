"""Aboard: the boat that people are in on the water, and where in it each of them is."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import pose
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene

_LENGTH, _WHOLE = 1.86, 0.96
"""How long the hull is beside the height of its drawing, and how much of the picture's width it takes at most."""
_SMALLEST = 0.8
"""The size of a boat for children, beside that of one for grown people, which is a man's height."""
_SEATS, _BENCH = 1.24, 0.62
"""How much of the hull's size there is for seats, and how far apart two seats are at most."""
_GUNWALE = 0.33
"""How high the hull's edge is, as a share of its size: all look over it."""
_AFT = 0.06
"""How far behind the middle of the boat the middle of its seats is."""
_ROWING_SEATS, _ROWING_AFT = 1.06, 0.18
"""The same of several who row, whose legs are before them."""
_BESIDE = 0.24
"""How far from the middle of the picture, in its widths, somebody swims beside a boat."""
_BACK_ABOVE = 0.05
"""How much higher than the boat's keel the middle of a fish is that swims before it, in its sizes."""
_AFLOAT = 0.42
"""How far above the origin of its drawing the middle of somebody is who swims, in heights."""


def crew(scene: Scene, place: Place, actors: Sequence[Actor]) -> list[int]:
    """Who is in a boat: whoever cannot swim or fly where there is water, with who rows anywhere; not in close shots."""
    rows = any(actor.pose == "row" for actor in actors)
    if scene.spec.framing is Framing.CLOSE or not (rows or place.water):
        return []
    return [i for i, actor in enumerate(actors) if actor.pose not in ("fly", "swim") and not fishlike(actor)]


def man_afloat(scene: Scene, actors: Sequence[Actor], man: float) -> float:
    """A grown man's height, less if that is what it takes for the boat of these to be whole in the picture."""
    return min(man, _WHOLE * scene.picture_width / _LENGTH / _share(actors))


def boat(scene: Scene, place: Place, actors: Sequence[Actor], man: float) -> Spot:
    """The boat of these, in which a grown man is `man` tall."""
    turn = -7.0 if scene.spec.weather == "storm" else -2.0
    y, depth = place.offshore or (place.ground + 0.02, place.depth)
    size = man * _share(actors)
    return Spot(scene.x(0.48), scene.y(y), size / 100, size, depth, turn=turn)


def _share(actors: Sequence[Actor]) -> float:
    """How large the boat of these is, in heights of a grown man."""
    return min(1.0, max([_SMALLEST, *(actor.height for actor in actors)]))


def facing(actors: Sequence[Actor], sides: list[bool]) -> list[bool]:
    """Who is mirrored to face left: all who row face the same way, so that no oar is in a face."""
    first = next((side for actor, side in zip(actors, sides, strict=True) if actor.pose == "row"), False)
    return [first if actor.pose == "row" else side for actor, side in zip(actors, sides, strict=True)]


def seated(hull: Spot, everybody: Sequence[Actor], members: Sequence[int], i: int) -> Actor:
    """One of the crew in its place in the boat."""
    actor, place = everybody[i], members.index(i)
    people = [number for number, member in enumerate(members) if everybody[member].person]
    rowing = all(everybody[number].pose == "row" for number in people) and len(people) > 1
    room, aft = (_ROWING_SEATS, _ROWING_AFT * everybody[people[0]].side) if rowing else (_SEATS, _AFT)
    step = min(_BENCH, room / max(1, len(members) - 1)) * hull.size
    sits = actor.person is not None and pose(actor.pose).base == "seat"
    _, face_y, radius = actor.face()
    floor = min(-hull.size * (0.13 if sits else 0.02), -hull.size * _GUNWALE - (face_y + radius) * actor.spot.scale)
    before = 0.002 if actor.person else 0.0  # so that no animal hides anybody
    spot = replace(
        actor.spot,
        x=hull.x + (place - (len(members) - 1) / 2) * step - hull.size * aft,
        y=hull.y + floor,
        depth=hull.depth - 0.005 + 0.0005 * i + before,
    )
    if actor.person is None and people:
        spot = replace(spot, mirrored=place < sum(people) / len(people))  # an animal's head is over nobody
    return replace(actor, seated=True, mirrored=spot.mirrored, spot=spot)


def beside(scene: Scene, hull: Spot, actor: Actor) -> Actor:
    """Somebody with a fish's tail beside the boat and behind it, or where the picture is tall a fish before it."""
    spot = actor.spot
    if scene.is_tall and actor.person is None:
        middle = sum(actor.extent) / 2 * actor.side * spot.scale
        y = hull.y - spot.size * _BACK_ABOVE
        return replace(actor, spot=replace(spot, x=scene.x(0.5) - middle, y=y, depth=hull.depth + 0.03))
    y = hull.y - scene.tall(0.05) + (_AFLOAT * spot.size if actor.person else 0)
    spot = replace(spot, x=scene.x(0.5 + _BESIDE * actor.side), y=y, depth=hull.depth - 0.02)
    return replace(actor, spot=spot)


def fishlike(actor: Actor) -> bool:
    """Whether it is beside a boat rather than in it."""
    return zoo.swims(actor.character.kind) or (actor.person is not None and bool(actor.person.tail))
