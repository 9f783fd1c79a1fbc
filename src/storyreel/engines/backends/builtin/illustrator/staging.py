"""Staging: who and what goes where in the picture, and how large."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator import aboard, art, bonds, dressing, supports
from storyreel.engines.backends.builtin.illustrator.actors import Actor, actor_of, kind_of, moved, turned_to
from storyreel.engines.backends.builtin.illustrator.bonds import Bond
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.fitting import fitted
from storyreel.engines.backends.builtin.illustrator.folk import kinds_of, one_of
from storyreel.engines.backends.builtin.illustrator.marks import Marks, man_height, marks_of
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.cast import is_person
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import FREE, Point, Rest, pose
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.standing import Prop

MOST_ACTORS, MOST_CLOSE = 4, 2
_HANDS = 3
"""How many of a crowd are seen in a boat."""
_UPRIGHT = ("stand", "walk", "run", "look_up", "talk", "sit")
_ASHORE = {"walk": "stand", "run": "stand", "climb": "pull", "hide": "kneel", "sleep": "sit", "lie": "sit"}
"""What they do aboard who do this on land."""
_GOING = ("walk", "run", "fly", "swim")
_AHEAD, _RAISED = 0.8, 0.35
"""Where the hand with an umbrella is, ahead of the shoulder and below it, in lengths of the upper arm."""
_LYING = ("sleep", "lie", "sit")
"""In which poses a creature lies that can."""
_FLOWN = ("broom",)
"""On what one flies."""
_DRAWN = 20.4
"""How far a bow's string is drawn, as a percentage of a grown man's height."""
_STEEPEST = 0.45
"""How steeply an arm points up that is not before the face."""
_MOUTHFUL = 0.2
"""How large what one eats or drinks from the hand is at most, in heights of a man."""
_FAR_POINT = 600.0
"""How far away, in scene units, something lies that is pointed at but not seen."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands where. `man` is a grown man's height, `up` how far behind the usual place all are: scene units."""

    actors: tuple[Actor, ...]
    props: tuple[Prop, ...]
    man: float
    boat: Spot | None = None
    pilot: Actor | None = None
    up: float = 0


def stage(scene: Scene, place: Place, characters: tuple[Character, ...]) -> Stage:
    """Everybody and everything of a scene on their marks. The same scene and seed give the same marks."""
    names = dressing.names_of(scene)
    actors = _cast(scene, place, characters, names)
    pilot = _pilot(actors, names, place)
    if pilot:
        actors.remove(pilot)
    found = bonds.find(actors)
    for bond in found:
        actors[bond.one], actors[bond.other] = bonds.posed(bond, actors[bond.one], actors[bond.other])
    man, held = man_height(scene, actors, found), {bond.guest for bond in found if bond.stacked}
    crew = [i for i in aboard.crew(scene, place, actors) if i not in held]
    sailors = [actors[i] for i in crew]
    man = aboard.man_afloat(scene, sailors, man) if crew else man
    marks = marks_of(scene, place, actors, found, man)
    boat = aboard.boat(scene, place, sailors, man) if crew else None
    actors = _placed(scene, actors, marks, found, crew, boat)
    for bond in found:
        actors = bonds.join(bond, actors)
    sitting = tuple(actors)
    actors, used = _supported(scene, place, actors, names, man)
    actors = [_sheltered(actor) for actor in actors]
    fit = fitted(scene, place, actors, used, man, boat)
    actors = [_gesturing(_attentive(scene, actor, fit.actors)) for actor in fit.actors]
    there = {*(prop.name for prop in used), *(actor.character.kind for actor in actors), "boat" if boat else ""}
    if any(supports.throne(scene, actor) for actor in sitting):
        there.add("chair")  # for which a throne is told of
    left = [name for name in names if name not in there]
    man = fit.man if actors else dressing.alone(scene, left, fit.man)
    props = dressing.put(scene, place, left, actors, fit.there, man, fit.up)
    return Stage(tuple(actors), (*fit.there, *props), fit.man, fit.boat, pilot, fit.up)


def _cast(scene: Scene, place: Place, characters: tuple[Character, ...], names: list[str]) -> list[Actor]:
    """The actors in the poses that the place makes of those asked for, mounts that are only named among them."""
    suited = scene.air in ("space", "planet")
    actors = [
        _native(scene, actor_of(subject, characters, suited=suited))
        for subject in shown(scene.spec, tall=scene.is_tall)
    ]
    actors += _hands(scene, place, names, actors)
    for actor in tuple(actors):
        kind = kind_of(actor.toward) if actor.toward and actor.pose == "ride" else None
        if kind and bonds.whom(actor, actors) is None and len(actors) < MOST_ACTORS:
            mount = Character(f"{actor.character.id} {kind}", kind, kind, seed=actor.character.seed)
            facing = "left" if actor.mirrored else "right"
            actors.append(actor_of(Subject(mount.id, "walk", facing=facing), (mount,), suited=False))
            actors[actors.index(actor)] = replace(actor, toward=mount.id)
    dry = [name for name in names if not (place.water and _afloat(name))]  # nobody works at a boat that sails
    return [_posed(actor, place, dry, scene.spec.setting) for actor in actors]


def _hands(scene: Scene, place: Place, names: Sequence[str], actors: Sequence[Actor]) -> list[Actor]:
    """Of a crowd at sea, which has no ground to stand on, those who are in the boat, and row where one is told of."""
    sort = scene.spec.crowd or ""
    if not sort or not place.water or place.floating or actors or scene.spec.framing is Framing.CLOSE:
        return []
    if "ship" in names or not all(is_person(kind) for kind in kinds_of(sort)) or not kinds_of(sort):
        return []
    chance = scene.dice(f"hands {sort}")
    pose = "row" if "boat" in names else "stand"
    return [replace(one_of(sort, chance, scene, ()), pose=pose, mirrored=False) for _ in range(_HANDS)]


def _afloat(name: str) -> bool:
    piece = art.piece(name)
    return piece is not None and piece.where == "water"


def _native(scene: Scene, actor: Actor) -> Actor:
    """A creature as it is told of there, where that is another drawing: dragons of China have no wings."""
    kind = f"chinese {actor.character.kind}"
    if not scene.chinese or actor.person or art.piece(kind) is None:
        return actor
    return replace(actor, character=replace(actor.character, kind=kind))


def shown(spec: SceneSpec, *, tall: bool) -> Sequence[Subject]:
    """Who is in the picture: a close shot shows two at most, who speaks among them.

    In a tall one two are no nearer than usual: it shows one alone, unless what they do is about the other.
    """
    if spec.framing is not Framing.CLOSE:
        return spec.subjects[:MOST_ACTORS]
    first = sorted(spec.subjects, key=lambda subject: subject.character != spec.speaker)[:MOST_CLOSE]
    return first[:1] if tall and not any(subject.toward for subject in first) else first


def _equipped(actor: Actor, names: Sequence[str], setting: str) -> Actor:
    """Who fights with a bow on the back shoots; who works has a tool; what is in the hand is not on the back."""
    if actor.pose == "fight" and not actor.holds and not actor.toward and "bow" in actor.worn:
        actor = replace(actor, pose="shoot")
    if not actor.person:
        return actor
    usual = art.tool(setting, names, actor.character.kind) if actor.pose == "work" else pose(actor.pose).holds
    if actor.pose == "fight":
        usual = art.usual("fight").get(actor.character.kind, usual)
    elif actor.pose in ("play", "fly"):
        usual = next((name for name in names if (piece := art.piece(name)) and (piece.played or name in _FLOWN)), "")
    if actor.pose == "hold" and not actor.toward:
        usual = next((name for name in names if (piece := art.piece(name)) and piece.hand and piece.where != "sky"), "")
    holds = actor.holds or usual or None
    left = " ".join(extra for extra in actor.worn if extra != holds)
    return replace(actor, holds=holds, person=replace(actor.person, extras=left))


def _posed(actor: Actor, place: Place, names: Sequence[str], setting: str) -> Actor:
    """The pose that the place and the props make of the one asked for."""
    actor = _equipped(actor, names, setting)
    holds = actor.holds
    piece = art.piece(holds) if holds else None
    as_asked = actor.pose
    if as_asked in ("carry", "hold") and not holds and not actor.toward:
        as_asked = "stand"  # with what it carries on the back, or not drawn
    elif as_asked == "hug" and holds and not actor.toward:
        as_asked = "carry"  # a jar
    if actor.person and actor.person.tail and not place.floating:
        as_asked = _with_a_tail(as_asked, place)
    if actor.person and place.floating and as_asked in _UPRIGHT:
        as_asked = "swim" if as_asked in ("walk", "run") else "float"
    elif piece and (used := _using(piece, as_asked)):
        as_asked = used
    elif place.water and as_asked in _ASHORE:
        as_asked = _ASHORE[as_asked]
    if (creature := art.piece(actor.character.kind)) and creature.flies and not actor.person:
        as_asked = "fly"
    if creature and creature.lying and as_asked in _LYING:
        actor = replace(actor, character=replace(actor.character, kind=creature.lying))
    if zoo.swims(actor.character.kind) or (place.floating and not actor.person and as_asked == "walk"):
        as_asked = "swim"
    sky = [name for name in names if (found := art.piece(name)) and found.where == "sky"]
    behind = as_asked == "look_up" and bool(sky) and actor.person is not None
    return replace(actor, pose=as_asked, from_behind=behind)


def _using(piece: art.Piece, as_asked: str) -> str:
    """What one does with what is in the hand; empty when it is as asked."""
    if as_asked == "work" and (piece.planted or piece.floor):
        return "plant" if piece.planted else "sweep"
    if piece.played and as_asked in ("play", "fly", "hold", "stand", "raise", "work"):
        return piece.played
    return "hold" if piece.hand and as_asked in ("stand", "talk", "look_up", "think") else ""


def _with_a_tail(as_asked: str, place: Place) -> str:
    """What somebody with a fish's tail does: swims at sea, and where others walk by water; sits where they stand."""
    if place.water or (place.offshore and as_asked in (*_ASHORE, *_GOING, "jump", "dance")):
        return "swim"
    if as_asked in (*_ASHORE, *_GOING, "jump", "dance"):
        return "sit"
    return "sit" if as_asked in _UPRIGHT else as_asked


def _pilot(actors: list[Actor], names: list[str], place: Place) -> Actor | None:
    """In open space, who has a rocket looks out of its window instead of floating beside it."""
    if "rocket" in names and place.floating:
        return next((actor for actor in actors if actor.person), None)
    return None


def _placed(
    scene: Scene, actors: Sequence[Actor], marks: Marks, found: Sequence[Bond], crew: Sequence[int], boat: Spot | None
) -> list[Actor]:
    facing = aboard.facing(actors, _facing(scene, actors, marks, found))
    bound = {number for bond in found if not bond.visits for number in (bond.one, bond.other)}
    placed: list[Actor] = []
    for i, actor in enumerate(actors):
        spot = replace(marks.spots[i], mirrored=facing[i])
        if i not in bound:  # its middle, not its feet, goes on the mark
            spot = replace(spot, x=spot.x - (-1 if facing[i] else 1) * sum(actor.extent) / 2 * spot.scale)
        actor = replace(actor, mirrored=facing[i], spot=spot)
        if boat and i in crew:
            actor = aboard.seated(boat, [*placed, actor, *actors[i + 1 :]], crew, i)
        elif boat and aboard.fishlike(actor):
            actor = aboard.beside(scene, boat, actor)
        placed.append(actor)
    return [_laid(actor) for actor in placed]


def _facing(scene: Scene, actors: Sequence[Actor], marks: Marks, found: Sequence[Bond]) -> list[bool]:
    """Who is mirrored to face left: those on the right of a group turn to the others unless all are going somewhere."""
    standing = [i for i in range(len(actors)) if i not in marks.stacked]
    going = any(actor.pose in (*_GOING, "ride") for actor in actors)
    if scene.spec.framing is Framing.CLOSE and any(actor.person is None for actor in actors):
        going = False  # or an animal's body would be between the faces
    facing = [actor.mirrored for actor in actors]
    if going and all(actor.pose == "ride" or (actor.pose in _GOING and not actor.toward) for actor in actors):
        facing = [actors[0].mirrored] * len(actors)  # who go together go the same way
    if len(standing) > 1 and not going:
        middle = sum(marks.spots[i].x for i in standing) / len(standing)
        facing = [marks.spots[i].x > middle + 1 for i in range(len(actors))]
    for bond in found:
        if bond.kind == "ride":
            facing[bond.other] = facing[bond.one] = actors[bond.one].mirrored
        elif bond.kind in ("share", "cling"):
            facing[bond.one] = facing[bond.other]
    return facing


def _laid(actor: Actor) -> Actor:
    """Who lies or sleeps without a bed lies on the ground, seen from the side."""
    if not actor.lies:
        return actor
    spot, side = actor.spot, actor.side
    turned = replace(spot, x=spot.x + side * spot.size * 0.5, y=spot.y - spot.size * 0.11, turn=-90.0 * side)
    return replace(actor, spot=turned)


def _supported(
    scene: Scene, place: Place, actors: Sequence[Actor], names: Sequence[str], man: float
) -> tuple[list[Actor], list[Prop]]:
    """The actors on, in, at and behind the things that their poses need, and those things."""
    used = supports.needed(scene, actors, names)
    pairs = supports.pairs(actors, used)
    there: list[Prop] = []
    supported: list[Actor] = []
    for i, actor in enumerate(actors):
        if i in pairs:
            actor = supports.beside(actor, supported[pairs[i]])
        elif i in used:
            if i in pairs.values() and actor.pose == "climb":
                actor = turned_to(actor, max(actors[other].spot.x for other in pairs if pairs[other] == i))
            upright = replace(actor, spot=replace(actor.spot, turn=0)) if actor.lies else actor
            if actor.lies:
                back = actor.spot.x - actor.side * actor.spot.size * 0.5
                upright = moved(upright, x=back, y=actor.spot.y + actor.spot.size * 0.11)
            actor, prop = supports.use(scene, place, upright, used[i], man)
            there.append(prop)
        elif actor.on is not None and (beside := next((prop for prop in there if prop.name == actor.vehicle), None)):
            actor = supports.at_window(actor, beside.spot, (art.piece(beside.name) or art.Piece(1)).windows[1])
        elif actor.person:
            actor = _unsupported(place, actor)
        supported.append(actor)
    return supported, there


def _unsupported(place: Place, actor: Actor) -> Actor:
    """Somebody who has nothing to sit on, to ride, to climb or to push."""
    if actor.pose == "sit" and not actor.seated and not place.floating:
        return replace(actor, pose="squat")
    if actor.pose in ("ride", "cycle") and actor.on is None:
        return replace(actor, pose="walk")
    if actor.pose == "climb" and not place.floating:
        return replace(actor, pose="walk")  # stairs, or a hill
    if actor.pose in ("push", "pull") and actor.on is None:
        return replace(actor, pose="stand")  # a coat, or a string
    return actor


def _sheltered(actor: Actor) -> Actor:
    """Who holds an umbrella holds it up, whatever else the hands would do."""
    piece, bones = art.piece(actor.holds) if actor.holds else None, actor.bones()
    if piece is None or bones is None or not piece.over or actor.rest != FREE or actor.lies:
        return actor
    x, y = bones.front_arm.root
    return replace(actor, rest=Rest((x + bones.frame.arm * _AHEAD, y + bones.frame.arm * _RAISED)))


def _attentive(scene: Scene, actor: Actor, actors: Sequence[Actor]) -> Actor:
    """Who looks, points, talks or waves at somebody is turned to them; who points, points there."""
    other = bonds.whom(actor, actors)
    if other is not None and actor.pose in ("point", "talk", "look_up", "wave", "think", "laugh", "cry"):
        actor = turned_to(actor, actors[other].spot.x)
    if actor.pose == "shoot" and (bones := actor.bones()):
        x, y = bones.front_arm.end  # the other hand is on the string
        return replace(actor, rest=Rest(None, (x - _DRAWN / actor.height, y + 0.2 * _DRAWN / actor.height)))
    if actor.pose == "hold" and actor.holds and scene.spec.framing is Framing.CLOSE and actor.person:
        x, y, radius = actor.face()
        return replace(actor, rest=Rest((x + radius * 1.35, y + radius * 0.9)))  # so that it is in the picture
    if actor.pose in ("sit", "squat") and _is_small(actor.holds) and actor.person:
        x, y, radius = actor.face()
        return replace(actor, rest=Rest((x + radius * 1.2, y + radius * 1.3)))  # a cup, on its way to the mouth
    if actor.pose == "point" and actor.person and other is not None:
        return replace(actor, rest=Rest(_short_of(actor, actors[other])))
    if actor.pose == "point" and actor.person and scene.spec.framing is Framing.WIDE:
        return replace(actor, rest=Rest((_FAR_POINT, -_FAR_POINT * 0.35)))
    return actor


def _is_small(thing: str | None) -> bool:
    """Whether one eats or drinks it from the hand."""
    piece = art.piece(thing) if thing else None
    return piece is not None and piece.hand and piece.height <= _MOUTHFUL


def _gesturing(actor: Actor) -> Actor:
    """Who talks with free hands moves the near one."""
    free = actor.person is not None and not actor.embraces and actor.rest == FREE and not actor.holds
    return replace(actor, gestures=free and actor.pose == "talk" and not actor.from_behind)


def _short_of(actor: Actor, other: Actor) -> Point:
    """Where somebody's hand points at another: it ends before the other's face and hair."""
    x, y, radius = other.face()
    aim, bones = actor.local(other.at((x, y + radius * 0.5))), actor.bones()
    root = bones.front_arm.root if bones else (0.0, 0.0)
    away = math.dist(root, aim)
    aim = aim[0], max(aim[1], root[1] - _STEEPEST * abs(aim[0] - root[0]))
    share = max(0.1, 1 - radius * 1.5 * other.spot.scale / actor.spot.scale / max(away, 1))
    return root[0] + (aim[0] - root[0]) * share, root[1] + (aim[1] - root[1]) * share
