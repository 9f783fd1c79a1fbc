"""Supports: the things that people sit on, lie in, climb, hide behind, ride, push and pull."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor, moved, turned_to
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import Point, Rest
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.standing import Prop
from storyreel.engines.backends.builtin.illustrator.words import known, sits_on_the_bed

_USES = {"sit": "sit", "sleep": "sleep", "lie": "sleep", "climb": "climb", "hide": "hide", "ride": "ride"} | {
    "push": "push",
    "pull": "push",
}
_TOO_LARGE = 1.2
"""Animals as tall as this hide nowhere."""
_SHARED = ("climb", "push")
_BACK_TO_BELLY = 0.42
"""How far behind the first of two who push the second one is, in heights."""
_BED = 0.68
"""A bed's height, in lengths of who sleeps in it, so that the mattress is longer than the sleeper."""
_MATTRESS, _PILLOW = -30.0, -84.0
"""Where in the bed's drawing the sleeper's back and crown lie."""
_PERCHES = ("rock", "log", "box", "sofa", "bed", "bench")
"""What animals sit and lie on."""
_PERCH = 0.78
"""How broad that is at least, as a share of the animal's length."""
_TRUNK = 0.06
"""Half of a tree's trunk, as a share of the tree's height."""
_LEAST_CLIMBED, _LOWER = 0.12, 0.4
"""How high above the ground a climber is at least, and how much lower the second of two, in heights of theirs."""
_ARMS_LENGTH = 1.2
"""How far apart those two are, in what their arms reach."""
_COVER, _LOW = 0.48, 0.75
"""How high things are that one looks over who hides behind them, in one's own heights; past higher ones than the
second figure one looks aside."""
_HARNESS = 0.7
"""Where behind an animal begins what it draws, as a share of how far it reaches behind: its tail is before it."""
_LEAST_HIDING = 0.3
"""Lower things hide nobody."""


def needed(scene: Scene, actors: Sequence[Actor], names: Sequence[str]) -> dict[int, str]:
    """Which thing each actor uses, by the actor's number: what its pose is about, what is there, or what is usual."""
    used: dict[int, str] = {}
    for i, actor in enumerate(actors):
        use = _USES.get(actor.pose)
        draws = actor.pose == "pull" and (bool(actor.toward) or "cart" in names)  # as a horse does a cart
        if actor.person is None and use in ("sit", "sleep"):
            used.update((i, name) for name in names if name in _PERCHES and name not in used.values())
        if (
            use is None
            or (actor.person is None and use != "hide" and not draws)
            or actor.on is not None
            or (actor.seated and use != "ride")
        ):
            continue
        asked = known("props", actor.toward) if actor.toward else None
        usual = "rock" if actor.person and actor.person.tail else _usual(scene, use)
        choices = [throne(scene, actor), asked, *names, "" if actor.pose == "pull" and not actor.toward else usual]
        found = next((name for name in choices if name and _serves(name, use)), None)
        if found and not (found == "bed" and found in used.values()):
            used[i] = found
    return used


def pairs(actors: Sequence[Actor], used: Mapping[int, str]) -> dict[int, int]:
    """Who climbs or pushes what somebody does already: the number of the second to that of the first."""
    found: dict[int, int] = {}
    alone: dict[str, int] = {}
    for i, name in used.items():
        if actors[i].person and actors[i].pose in _SHARED:
            first = alone.pop(name, None)
            if first is None:
                alone[name] = i
            elif actors[first].pose == actors[i].pose:
                found[i] = first
    return found


def beside(actor: Actor, first: Actor) -> Actor:
    """The actor behind another who pushes, or at the other side of what another climbs, and lower, face to face."""
    if actor.pose != "climb":
        x = first.spot.x - first.side * first.spot.size * _BACK_TO_BELLY
        return turned_to(moved(actor, x=x, y=first.spot.y, depth=first.spot.depth - 0.0005), first.spot.x)
    across = sum(_grip(one) * one.spot.scale for one in (actor, first)) * _ARMS_LENGTH
    y = min(first.spot.y + actor.spot.size * _LOWER, actor.spot.y - actor.spot.size * _LEAST_CLIMBED)
    there = moved(actor, x=first.spot.x + first.side * across, y=y, depth=first.spot.depth + 0.0005)
    return replace(turned_to(there, first.spot.x), seated=True)


def _grip(actor: Actor) -> float:
    """How far before a climber the middle of what it climbs is, in its units."""
    bones = actor.bones()
    return (bones.front_arm.end[0] if bones else 10) * 0.8


def throne(scene: Scene, actor: Actor) -> str:
    """The throne of who reigns and sits in its hall; empty for all others."""
    if actor.pose != "sit" or scene.spec.setting != "castle hall":
        return ""
    name = art.usual("reign").get(actor.character.kind, "")
    return f"dragon {name}" if name and scene.old_china else name


def _usual(scene: Scene, use: str) -> str:
    """What there is for a use in such a place."""
    if use == "sit" and sits_on_the_bed(scene.spec):
        return "bed"
    usual = art.usual(use)
    return usual.get(scene.spec.setting, usual.get(scene.air, usual.get("", "")))


def _serves(name: str, use: str) -> bool:
    piece = art.piece(name)
    if piece is None:
        return False
    if use == "sleep":
        return name == "bed"
    if use == "hide":
        return piece.height >= _LEAST_HIDING and piece.where in ("ground", "back")
    if use == "push":
        return piece.where == "ground"
    if use == "ride":
        return piece.seat is not None and piece.rides
    return piece.climb if use == "climb" else piece.seat is not None and not piece.rides


def use(scene: Scene, place: Place, actor: Actor, name: str, man: float) -> tuple[Actor, Prop]:
    """The actor on, in, at or behind the thing, and the thing where the actor is."""
    piece = art.piece(name) or art.Piece(1)
    size = man * piece.height
    spot = replace(actor.spot, scale=size / 100, size=size, turn=0, depth=actor.spot.depth - 0.001)
    how = _USES[actor.pose]
    if actor.person is None and how == "push":
        return actor, _drawn(actor, name, spot, piece)
    if actor.person is None and how != "hide":
        return _perched(actor, name, spot, piece)
    if how == "sleep":
        return _in_bed(actor, spot)
    if how in ("sit", "ride"):
        return _seated(actor, name, spot, piece)
    if how == "climb":
        return _climbing(scene, actor, name, spot, piece)
    if how == "hide":
        low = not piece.climb and size < actor.spot.size * _LOW
        size = actor.spot.size * _COVER if low else size
        spot = replace(spot, scale=size / 100, size=size)
        half = size * _TRUNK if piece.climb else art.draw(name).box[2] * spot.scale / 2
        aside = 0.06 * actor.spot.size if low else -half * 0.9  # the face looks out past its edge
        x = actor.spot.x + actor.side * aside
        front = replace(spot, x=x, depth=actor.spot.depth + 0.003, mirrored=False)
        return replace(actor, seated=True), Prop(name, front, piece.where)
    return _pushing(actor, name, spot, piece)


def _seated(actor: Actor, name: str, spot: Spot, piece: art.Piece) -> tuple[Actor, Prop]:
    seat = piece.seat or (0, -50)
    spot = replace(spot, mirrored=actor.spot.mirrored)
    y = spot.y + seat[1] * spot.scale
    if actor.lies or actor.pose == "ride":
        actor = replace(actor, pose="cycle" if name == "bicycle" else "sit")
    there = moved(actor, x=spot.x + actor.side * seat[0] * spot.scale, y=y)
    if piece.windows:
        there = at_window(there, spot, piece.windows[0])
    elif name == "bicycle":
        bar = there.local((spot.x + actor.side * 36 * spot.scale, spot.y - 80 * spot.scale))
        there = replace(there, rest=Rest(bar, (bar[0] - 2, bar[1])))
    inside = piece.rides and name != "bicycle"
    prop = Prop(name, replace(spot, depth=actor.spot.depth + (0.002 if inside else -0.001)), piece.where)
    return replace(there, seated=True), prop


def at_window(actor: Actor, spot: Spot, window: Point) -> Actor:
    """The actor in what stands on a spot, bareheaded, the face at a window."""
    person = replace(actor.person, hat="") if actor.person else None
    behind = replace(actor.spot, mirrored=spot.mirrored, depth=min(actor.spot.depth, spot.depth - 0.0005))
    inside = replace(actor, pose="drive", seated=True, person=person, spot=behind)
    side = -1 if spot.mirrored else 1
    x, y = spot.x + side * window[0] * spot.scale, spot.y + window[1] * spot.scale
    face_x, face_y = inside.at(inside.face()[:2])
    return moved(inside, x=inside.spot.x + x - face_x, y=inside.spot.y + y - face_y)


def _perched(actor: Actor, name: str, spot: Spot, piece: art.Piece) -> tuple[Actor, Prop]:
    """An animal on a thing as broad as it is, under its middle."""
    left, _, wide, _ = art.draw(name).box
    scale = max(spot.scale, actor.spot.size * actor.breadth * _PERCH / wide)
    middle = actor.spot.x + actor.side * sum(actor.extent) / 2 * actor.spot.scale
    spot = replace(spot, x=middle - (left + wide / 2) * scale, scale=scale, size=scale * 100, mirrored=False)
    there = moved(actor, y=spot.y + (piece.seat or (0, -50))[1] * scale)
    return replace(there, seated=True), Prop(name, spot, piece.where)


def _in_bed(actor: Actor, spot: Spot) -> tuple[Actor, Prop]:
    size = actor.spot.size * _BED
    bed = replace(spot, scale=size / 100, size=size, mirrored=actor.spot.mirrored)
    x = bed.x + actor.side * _PILLOW * bed.scale + actor.side * actor.spot.size
    y = bed.y + _MATTRESS * bed.scale - actor.spot.size * 0.1
    turn = -90.0 * actor.side
    lying = replace(actor, pose="lie", seated=True, spot=replace(actor.spot, x=x, y=y, turn=turn))
    return lying, Prop("bed", bed, "ground")


def _climbing(scene: Scene, actor: Actor, name: str, spot: Spot, piece: art.Piece) -> tuple[Actor, Prop]:
    if name == "rope":
        spot = replace(spot, y=scene.y(0) + spot.size, mirrored=False)
    x = actor.spot.x + actor.side * _grip(actor) * actor.spot.scale
    top = spot.y - spot.size
    y = max(actor.spot.y - spot.size * 0.34, top + actor.spot.size * 0.95)
    there = moved(actor, y=min(y, actor.spot.y - actor.spot.size * _LEAST_CLIMBED))
    return replace(there, seated=True), Prop(name, replace(spot, x=x, mirrored=False), piece.where)


def _drawn(actor: Actor, name: str, spot: Spot, piece: art.Piece) -> Prop:
    """What an animal draws, behind it."""
    left, _, width, _ = art.draw(name).box
    back = actor.at((actor.extent[0] * _HARNESS, 0))[0]
    x = back - actor.side * (left + width if actor.side > 0 else -left) * spot.scale
    return Prop(name, replace(spot, x=x, mirrored=actor.spot.mirrored), piece.where)


def _pushing(actor: Actor, name: str, spot: Spot, piece: art.Piece) -> tuple[Actor, Prop]:
    bones = actor.bones()
    reach = (bones.front_arm.end[0] if bones else 20) * actor.spot.scale
    left, _, width, _ = art.draw(name).box
    half = min(-left, left + width) * spot.scale
    side = actor.side
    return actor, Prop(name, replace(spot, x=actor.spot.x + side * (reach + half), mirrored=False), piece.where)
