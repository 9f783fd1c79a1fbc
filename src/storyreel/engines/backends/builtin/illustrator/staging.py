"""Staging: who and what goes where in the picture, and how large."""

import math
from dataclasses import dataclass, replace

from storyreel.domain.storyboard import Character, Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor, actor_of
from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.words import known
from storyreel.engines.backends.builtin.vocabulary import entries

MOST_ACTORS, MOST_PROPS = 4, 4
_MAN = {Framing.WIDE: 0.44, Framing.MEDIUM: 0.64, Framing.CLOSE: 1.25}
"""How tall a grown man is, as a share of a 16:9 picture's height."""
_LEAST = {Framing.WIDE: 0.24, Framing.MEDIUM: 0.38, Framing.CLOSE: 0.62}
"""How tall the tallest figure is at least, so that a mouse is seen too."""
_GAP = 0.15
"""The widest gap between two figures, as a share of a 16:9 picture's width."""
_SKY = ((0.76, 0.24), (0.24, 0.22), (0.5, 0.16), (0.9, 0.4))
_GROUND = (0.68, 0.30, 0.84, 0.16, 0.92, 0.52)
_SUN_KEEPS_CLEAR = 0.2
"""How near the sun or moon, in shares of the picture, things in the sky are put only when there is no room else."""


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing by itself in the scene."""

    name: str
    spot: Spot
    where: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands where. `man` is a grown man's height in scene units."""

    actors: tuple[Actor, ...]
    props: tuple[Prop, ...]
    man: float
    boat: Spot | None = None
    bed: Spot | None = None
    pilot: Actor | None = None


def stage(scene: Scene, place: Place, characters: tuple[Character, ...]) -> Stage:
    """Everybody and everything of a scene on their marks. The same scene and seed give the same marks."""
    spec = scene.spec
    chance = dice(scene.seed * 31 + 7)
    suited = scene.air in ("space", "planet")
    actors = [actor_of(subject, characters, suited=suited) for subject in spec.subjects[:MOST_ACTORS]]
    names = _prop_names(scene)
    actors = [_posed(actor, place, names) for actor in actors]
    pilot = _pilot(actors, names, place)
    if pilot:
        actors.remove(pilot)
    man = _man_height(scene, actors)
    bed = None
    sleeper = next((actor for actor in actors if actor.pose == "sleep" and actor.person), None)
    if sleeper and scene.air == "room" and spec.framing is not Framing.CLOSE:
        size = min(man * 1.05, scene.picture_width * 0.46)
        bed = Spot(scene.x(0.52), scene.y(place.ground + 0.01), size / 100, size, place.depth - 0.02)
        names = [name for name in names if name != "bed"]
    boat = None
    if place.water and any(not zoo.swims(actor.character.kind) and actor.pose != "fly" for actor in actors):
        size = man * 1.0
        boat = Spot(scene.x(0.47), scene.y(place.ground + 0.02), size / 100, size, place.depth, turn=_rocking(scene))
        names = [name for name in names if name != "boat"]
    marked = _marked(scene, place, actors, man, chance, boat, bed)
    props = _props(scene, place, names, marked, man, bed, scene.air == "room")
    return Stage(tuple(marked), tuple(props), man, boat, bed, pilot)


def _prop_names(scene: Scene) -> list[str]:
    names: list[str] = []
    for word in scene.spec.props:
        name = known("props", word)
        if name:
            name = str(entries("props")[name].get("like", name))
            if name not in names and art.piece(name) and not _in_the_sky_already(scene, name):
                names.append(name)
    return sorted(names[:MOST_PROPS], key=lambda name: name != "table")


def _in_the_sky_already(scene: Scene, name: str) -> bool:
    """Whether the setting itself shows the sun or moon that is asked for, or is the moon."""
    if name == "moon":
        return scene.spec.setting == "moon" or scene.outside.hour == "night"
    return name == "sun" and scene.outside.hour in ("day", "dawn", "dusk")


def _posed(actor: Actor, place: Place, names: list[str]) -> Actor:
    """The pose that the place and the props make of the one asked for."""
    pose = actor.pose
    piece = art.piece(actor.holds) if actor.holds else None
    if actor.person and place.floating and pose in ("stand", "walk", "run", "look_up", "talk", "sit"):
        pose = "swim" if pose in ("walk", "run") else "float"
    elif piece and piece.hand and pose in ("stand", "talk", "look_up", "think"):
        pose = "hold"
    elif pose == "work" and actor.holds is None and actor.person:
        builds = any((found := art.piece(name)) and found.where in ("back", "water") for name in names)
        actor = replace(actor, holds="hammer" if builds else None)
    if zoo.swims(actor.character.kind) or (place.floating and not actor.person and pose == "walk"):
        pose = "swim"
    sky = [name for name in names if (found := art.piece(name)) and found.where == "sky"]
    behind = pose == "look_up" and bool(sky) and actor.person is not None
    return replace(actor, pose=pose, from_behind=behind)


def _pilot(actors: list[Actor], names: list[str], place: Place) -> Actor | None:
    """In open space, who has a rocket looks out of its window instead of floating beside it."""
    if "rocket" in names and place.floating:
        return next((actor for actor in actors if actor.person), None)
    return None


def _man_height(scene: Scene, actors: list[Actor]) -> float:
    framing = scene.spec.framing
    man = _MAN[framing]
    if actors:
        tallest = max(actor.height for actor in actors)
        man = max(man, _LEAST[framing] / tallest)
        close = framing is Framing.CLOSE
        most = 0.74 if not close else 1.4 if any(actor.person for actor in actors) else 0.82
        man = min(man, most / tallest)
        room = scene.picture_width * (1.15 if close and len(actors) > 1 else 0.92)
        need = sum(actor.height * actor.breadth for actor in actors) * man * scene.unit
        man *= min(1.0, room / need)
    return man * scene.unit


def _rocking(scene: Scene) -> float:
    return -7.0 if scene.spec.weather == "storm" else -2.0


def _marked(
    scene: Scene,
    place: Place,
    actors: list[Actor],
    man: float,
    chance: Chance,
    boat: Spot | None,
    bed: Spot | None,
) -> list[Actor]:
    marks = _marks(scene, actors, man, boat)
    facing = _facing(actors)
    marked: list[Actor] = []
    for i, (actor, share, mirrored) in enumerate(zip(actors, marks, facing, strict=True)):
        x = share + chance.uniform(-0.02, 0.02)
        if len(actors) == 1:
            x = _alone(actor, mirrored)
        spot = _spot(scene, place, actor, man, x, i)
        if boat and actor.pose != "fly" and not zoo.swims(actor.character.kind):
            seat = boat.x + (i - (len(actors) - 1) / 2) * man * 0.42 - man * 0.06
            spot = replace(spot, x=seat, y=boat.y - man * 0.02, depth=boat.depth - 0.005)
        elif bed and actor.pose == "sleep" and actor.person:
            spot = replace(spot, x=bed.x, y=bed.y, depth=bed.depth)
        elif actor.pose == "sleep" and actor.person:
            spot = replace(spot, turn=-90 if not mirrored else 90, y=spot.y - spot.size * 0.06)
            actor = replace(actor, pose="lie")
        marked.append(replace(actor, mirrored=mirrored, spot=replace(spot, mirrored=mirrored)))
    return marked


def _marks(scene: Scene, actors: list[Actor], man: float, boat: Spot | None) -> list[float]:
    """Where each stands across the picture, 0 … 1: side by side about the middle, as far apart as there is room."""
    widths = [actor.height * actor.breadth * man / scene.picture_width for actor in actors]
    gap = min(_GAP * scene.wide(1) / scene.picture_width, max(0.0, 0.94 - sum(widths)) / (len(actors) + 1))
    left = 0.5 - (sum(widths) + gap * (len(actors) - 1)) / 2
    marks: list[float] = []
    for actor, width in zip(actors, widths, strict=True):
        marks.append(0.86 if boat and zoo.swims(actor.character.kind) else left + width / 2)
        left += width + gap
    return marks


def _alone(actor: Actor, mirrored: bool) -> float:
    """A single figure stands a little aside, with room before it; a walker farther back."""
    aside = 0.12 if actor.pose in ("walk", "run", "fly") else 0.06
    return 0.5 + (aside if mirrored else -aside)


def _facing(actors: list[Actor]) -> list[bool]:
    """Who is mirrored to face left: those on the right of a group turn to the others unless all are going somewhere."""
    if len(actors) < 2 or any(actor.pose in ("walk", "run", "fly", "swim") for actor in actors):
        return [actor.mirrored for actor in actors]
    middle = (len(actors) - 1) / 2
    return [i > middle for i in range(len(actors))]


def _spot(scene: Scene, place: Place, actor: Actor, man: float, x: float, index: int) -> Spot:
    size = man * actor.height
    scale = size / actor.units()
    y = scene.y(place.ground) + (index % 2) * scene.tall(0.012)
    turn = 0.0
    framing = scene.spec.framing
    if place.floating or (zoo.swims(actor.character.kind) and place.water):
        y = scene.y(0.52 if place.floating else place.ground + 0.02) + (size * 0.5 if actor.person else 0)
        turn = 12.0 if actor.person and actor.pose != "swim" else 0.0
    elif actor.pose == "fly":
        y -= scene.tall(0.16)
    elif framing is Framing.MEDIUM and not place.water:
        y = max(y, scene.y(0.965))
    if framing is Framing.CLOSE:
        y = scene.y(0.47) + size * 0.83 if actor.person else scene.y(0.96)
        if place.floating:
            turn = 0.0
    return Spot(scene.x(x), y, scale, size, place.depth + 0.002 * index, turn=turn)


def _props(
    scene: Scene, place: Place, names: list[str], actors: list[Actor], man: float, bed: Spot | None, toys: bool
) -> list[Prop]:
    taken = [_span(actor.spot.x, actor.spot.size * actor.breadth) for actor in actors]
    if bed:
        taken.append(_span(bed.x, bed.size * 2))
    props: list[Prop] = []
    skies = iter(sorted(_SKY, key=lambda spot: math.dist(spot, scene.sun) < _SUN_KEEPS_CLEAR))
    for name in names:
        piece = art.piece(name)
        if piece is None or any(actor.holds == name for actor in actors):
            continue
        size = man * piece.height
        table = next((prop for prop in props if prop.name == "table"), None)
        if piece.where == "table" and table:
            top = table.spot.y - table.spot.size * 0.99
            onto = replace(table.spot, y=top, scale=size / 100, size=size, depth=table.spot.depth + 0.001)
            props.append(Prop(name, onto, "table"))
            continue
        if piece.where == "sky":
            size = scene.tall(piece.height * 0.5) * (1 if scene.spec.framing is Framing.WIDE else 1.25)
            x, y = next(skies)
            _, top, _, height = art.draw(name).box
            shining = piece.light is not None
            depth = 0.06 if shining else 0.45
            middle = (top + height / 2) * size / 100
            spot = Spot(scene.x(x), scene.y(y) - middle, size / 100, size, depth, shining=shining)
            if name == "rainbow":
                size = scene.tall(0.5)
                spot = Spot(scene.x(0.42), scene.y(place.horizon), size / 100, size, 0.06, shining=True)
            props.append(Prop(name, spot, "sky"))
            continue
        if toys and piece.where in ("back", "water"):
            size *= 0.3  # a rocket in a nursery is a toy
        size = min(size, scene.tall(0.66))
        x = _free(scene, taken, size * 0.6)
        taken.append(_span(x, size * 0.6))
        y, depth = _prop_ground(scene, place, "ground" if toys else piece.where)
        if name == "rocket" and place.floating:
            x, y, size = scene.x(0.40), scene.y(0.68), scene.tall(0.62)
        props.append(Prop(name, Spot(x, y, size / 100, size, depth), piece.where))
    return props


def _prop_ground(scene: Scene, place: Place, where: str) -> tuple[float, float]:
    """Where things of a kind stand, and how deep in the scene."""
    if place.floating:
        return scene.y(0.6), place.depth - 0.05
    if where == "back":
        return scene.y(place.ground - 0.035), place.depth - 0.06
    if where == "water" and place.water:
        return scene.y(place.ground + 0.02), place.depth - 0.02
    if scene.spec.framing is not Framing.WIDE and not place.water:
        return scene.y(max(place.ground, 0.955)), place.depth - 0.01
    return scene.y(place.ground - 0.005), place.depth - 0.01


def _span(x: float, width: float) -> tuple[float, float]:
    return x - width / 2, x + width / 2


def _free(scene: Scene, taken: list[tuple[float, float]], width: float) -> float:
    """The first of the usual places that nothing stands in; else where there is the least overlap."""

    def overlap(x: float) -> float:
        left, right = _span(x, width)
        return sum(max(0.0, min(right, b) - max(left, a)) for a, b in taken)

    return min((scene.x(share) for share in _GROUND), key=lambda x: round(overlap(x)))
