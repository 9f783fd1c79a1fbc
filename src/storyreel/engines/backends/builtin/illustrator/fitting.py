"""Fitting: moves and shrinks what is on its marks so that no crown is cut, and no face is under the captions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.marks import has_a_neck
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import pose
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.standing import Prop, breadth_of

_TOP = 0.05
"""How far below the picture's edge everybody's crown is, as a share of its height."""
_CAPTIONS, _CAPTIONS_IN_TALL = (0.78, 0.94), (0.715, 0.80)
"""From where to where captions stand, as shares of the picture's height: in tall ones higher, clear of the players."""
_RISE, _SINK = {Framing.WIDE: 0.105, Framing.MEDIUM: 0.16}, 0.985
"""How far everybody may stand behind the usual place, and the lowest that they stand, as shares of the height."""
_RISE_IN_TALL, _RISE_AFLOAT = 0.03, 0.07
"""How much farther where the picture is tall; and how far on the water, where waves are before and behind them."""
_OFFSHORE = 0.1
"""Who is so much deeper in the scene than its figures is out on the water."""
_FEET_IN_TALL = 0.9
"""Where the feet of an animal are that a close shot shows, as a share of a tall picture's height."""
_SIDE = 0.025
"""How far from the picture's sides all faces are, as a share of its width."""
_LEAST_FACTOR, _LEAST_WITH_LOAD = 0.7, 0.5
"""Nobody is made smaller than so for that; and than so for a cart or a car that is to be seen too."""
_TAIL = 0.08
"""How much of an animal's length an edge may cut behind."""
_CLOSEST = 0.5
"""How near the middle they are moved who stand before each other, as a share of how far off they were."""
_MOVING = ("push", "pull")
"""Who does so has what is moved in the picture too."""
_MANY, _NEARER = 3, 0.03
"""From so many on the small ones step before the others, so much nearer to the viewer."""
_STEPS_ASIDE, _STEP_ASIDE = 12, 0.02
"""How many steps aside are tried, and how wide they are, as a share of the picture's width."""
_CHEST = 0.5
"""How far below the face the chest reaches, in heights of the face."""
_LYING_HEAD = 0.85
"""How far from the feet the face of somebody is who lies, in heights."""
_STEP = 0.01
_UNMOVED = 0.6
"""How much of a face is worth a move across the whole picture."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Who and what is in the picture, a grown man's height, how far `up` all are, in scene units, and their boat."""

    actors: tuple[Actor, ...]
    there: tuple[Prop, ...]
    man: float
    up: float = 0
    boat: Spot | None = None


def fitted(
    scene: Scene, place: Place, actors: Sequence[Actor], there: Sequence[Prop], man: float, boat: Spot | None = None
) -> Fitted:
    """Everything made smaller about the ground, lowered or raised where an edge or the captions would cut a head."""
    if not actors:
        return Fitted((), tuple(there), man)
    if scene.spec.framing is Framing.CLOSE:
        return _close_on(scene, actors, there, man)
    found = Fitted(tuple(actors), tuple(there), man, boat=boat)
    if place.floating:
        return _within_sides(scene, place, found)
    found = _lowered(scene, found) if scene.spec.framing is Framing.MEDIUM else _shrunk(scene, place, found)
    found = _clear_of_captions(scene, place, _within_sides(scene, place, found))
    return replace(found, actors=_apart(scene, [_looking_out(scene, actor, found.actors) for actor in found.actors]))


def _moved(found: Fitted, move: Callable[[Spot], Spot], size: float = 1, up: float = 0) -> Fitted:
    actors = tuple(replace(actor, spot=move(actor.spot)) for actor in found.actors)
    there = tuple(replace(prop, spot=move(prop.spot)) for prop in found.there)
    boat = move(found.boat) if found.boat else None
    return Fitted(actors, there, found.man * size, found.up + up, boat)


def _shrunk(scene: Scene, place: Place, found: Fitted) -> Fitted:
    ground, limit = scene.y(place.ground), scene.picture_y(_TOP)
    top = min(_crown(actor) for actor in found.actors)
    if top >= limit or ground <= limit:
        return found
    factor = (ground - limit) / (ground - top)
    middle = scene.x(0.5)

    def shrunk(spot: Spot) -> Spot:
        x, y = middle + (spot.x - middle) * factor, ground + (spot.y - ground) * factor
        return replace(spot, x=x, y=y, scale=spot.scale * factor, size=spot.size * factor)

    return _moved(found, shrunk, factor)


def _within_sides(scene: Scene, place: Place, found: Fitted) -> Fitted:
    """Everybody aside, and if that is not enough smaller, so that no edge cuts a face, a body, or what is held."""
    reaches = [_whole(actor) for actor in found.actors]
    vehicles = {actor.vehicle for actor in found.actors}
    moved = any(actor.pose in _MOVING for actor in found.actors)
    reaches += [breadth_of(prop) for prop in found.there if moved or prop.name in vehicles]
    left, right = min(reach[0] for reach in reaches), max(reach[1] for reach in reaches)
    first, last = scene.x(_SIDE), scene.x(1 - _SIDE)
    least = _LEAST_WITH_LOAD if len(reaches) > len(found.actors) else _LEAST_FACTOR
    factor = max(least, min(1.0, (last - first) / (right - left)))
    middle, ground = scene.x(0.5), scene.y(place.ground)
    left, right = (middle + (x - middle) * factor for x in (left, right))
    aside = (first + last - left - right) / 2 if factor < 1 else max(0.0, first - left) - max(0.0, right - last)
    if factor == 1 and not aside:
        return found

    def kept(spot: Spot) -> Spot:
        x, y = middle + (spot.x - middle) * factor + aside, ground + (spot.y - ground) * factor
        return replace(spot, x=x, y=y, scale=spot.scale * factor, size=spot.size * factor)

    return _squeezed(scene, _moved(found, kept, factor))


def _squeezed(scene: Scene, found: Fitted) -> Fitted:
    """Those who still do not fit in beside each other moved before each other, unless they touch."""
    if any(actor.on is not None or actor.seated or actor.toward for actor in found.actors):
        return found
    first, middle, last = scene.x(_SIDE), scene.x(0.5), scene.x(1 - _SIDE)
    share = 1.0
    for actor in found.actors:
        left, right = _whole(actor)
        away = actor.spot.x - middle
        for beyond in (first - left, right - last):
            if beyond > 0 and away:
                share = min(share, 1 - beyond / abs(away))
    share = max(_CLOSEST, share)
    actors = (replace(one, spot=replace(one.spot, x=middle + (one.spot.x - middle) * share)) for one in found.actors)
    return replace(found, actors=tuple(actors))


def _whole(actor: Actor) -> tuple[float, float]:
    """The same with the body."""
    left, right = _reach(actor)
    if actor.lies:
        return min(left, actor.spot.x), max(right, actor.spot.x)
    back, front = actor.spread()
    tail = 0.0 if actor.person else (front - back) * _TAIL
    ends = [actor.spot.x + actor.side * end * actor.spot.scale for end in (back + tail, front)]
    return min(left, *ends), max(right, *ends)


def _reach(actor: Actor) -> tuple[float, float]:
    """From where to where across its face and what it holds reach, in scene units."""
    x, y, radius = actor.face()
    middle, radius = actor.at((x, y))[0], radius * actor.spot.scale
    if actor.lies:
        middle = actor.spot.x - actor.side * actor.spot.size * _LYING_HEAD
    held = actor.held_box()
    left, right = middle - radius, middle + radius
    return (min(left, held[0]), max(right, held[2])) if held else (left, right)


def _lowered(scene: Scene, found: Fitted) -> Fitted:
    """Lowered together until no crown is cut: feet are below the picture instead."""
    lower = max(0.0, scene.picture_y(_TOP + 0.02) - min(_crown(actor) for actor in found.actors))
    return _moved(found, lambda spot: replace(spot, y=spot.y + lower))


def _close_on(scene: Scene, actors: Sequence[Actor], there: Sequence[Prop], man: float) -> Fitted:
    """The face brought to the middle: of the only animal, or of who is where an animal or a thing has put them."""
    found = _above_captions(scene, Fitted(tuple(actors), tuple(there), man))
    actors = found.actors
    main = next((actor for actor in actors if actor.person), None)
    if main is None and len(actors) == 1 and has_a_neck(actors[0]):
        main = actors[0]
    elif main is None or not (main.on is not None or any(actor.seated for actor in actors)):
        return found
    x, y, _ = main.face()
    lying = main.spot.x - main.side * main.spot.size * 0.8, main.spot.y
    face = lying if main.spot.turn else main.at((x, y))
    middle = face[0]
    if main.on is not None and not main.seated:  # cheek to cheek
        middle = (middle + actors[main.on].at(actors[main.on].face()[:2])[0]) / 2
    right, down = scene.x(0.5) - middle, scene.picture_y(0.43) - face[1]
    if main.person is None:  # it stands, if it is small, and long ears are seen
        feet = _FEET_IN_TALL if scene.is_tall else 0.99
        down = max(down, scene.picture_y(feet) - main.spot.y, scene.picture_y(_TOP) - _crown(main))
    elif not main.spot.turn:  # who is in the arms is seen above the captions
        low = max(_face(actor)[1] for actor in actors)
        down = min(down, max(_captions(scene)[0] - low, scene.picture_y(_TOP) - _crown(main)))
    return _moved(found, lambda spot: replace(spot, x=spot.x + right, y=spot.y + down))


def _above_captions(scene: Scene, found: Fitted) -> Fitted:
    """In a tall close shot everybody higher, if somebody small would have the captions before the face."""
    lows = [_face(actor)[1] for actor in found.actors]
    if not scene.is_tall or not any(actor.person for actor in found.actors):
        return found
    up = max(0.0, min(max(lows) - _captions(scene)[0], _headroom(scene, found)))
    return _moved(found, lambda spot: replace(spot, y=spot.y - up))


def _clear_of_captions(scene: Scene, place: Place, found: Fitted) -> Fitted:
    """Everybody farther back, or nearer, where captions would stand over faces."""
    top, foot = _captions(scene)
    tall = scene.is_tall
    faces = [_face(actor) if tall else _bust(actor) for actor in found.actors]
    ground = max(*(_foot(actor) for actor in found.actors), *(prop.spot.y for prop in found.there), 0.0)
    least = min(0.0, ground - scene.picture_y(_SINK))
    rise = _RISE[scene.spec.framing] + (_RISE_IN_TALL if tall else 0)
    most = min(ground - scene.y(place.ground - rise), _headroom(scene, found))
    if place.water or any(actor.spot.depth < place.depth - _OFFSHORE for actor in found.actors):
        least, most = 0.0, min(most, _RISE_AFLOAT * scene.picture_height)

    free = [_steps_forward(scene, found, actor) for actor in found.actors]

    standing = [face for face, steps in zip(faces, free, strict=True) if not steps]

    def cost(up: float) -> float:
        hidden = (_hidden(high - up, low - up, top, foot) for high, low in standing)
        return sum(hidden) + abs(up) / scene.picture_height * _UNMOVED

    step = _STEP * scene.picture_height
    first, last = int(least // step), int(max(0.0, most) // step)
    up = min((number * step for number in chain(range(last + 1), range(first, 0))), key=cost)
    moved = _moved(found, lambda spot: replace(spot, y=spot.y - up), up=up)
    forward = zip(moved.actors, free, strict=True)
    return replace(moved, actors=tuple(_forward(scene, actor) if steps else actor for actor, steps in forward))


def _hidden(high: float, low: float, top: float, foot: float) -> float:
    """How much of a face between two heights is under the captions."""
    return max(0.0, min(low, foot) - max(high, top)) / (low - high)


def _steps_forward(scene: Scene, found: Fitted, actor: Actor) -> bool:
    """Whether somebody small stands nearer than all others in a tall picture, the face below the captions."""
    if not scene.is_tall or len(found.actors) < _MANY or actor.seated or actor.on is not None:
        return False
    if zoo.swims(actor.character.kind):
        return False  # the nearest waves would hide it
    bound = {other.toward for other in found.actors} | {other.character.id for other in found.actors if other.toward}
    if actor.character.id in bound or any(other.on is not None for other in found.actors):
        return False
    high, _ = _face(actor)
    return actor.spot.y - high < scene.picture_y(_SINK) - _captions(scene)[1]


def _forward(scene: Scene, actor: Actor) -> Actor:
    high, low = _face(actor)
    top, foot = _captions(scene)
    if not _hidden(high, low, top, foot):
        return actor
    spot = actor.spot
    return replace(actor, spot=replace(spot, y=spot.y + foot - high, depth=spot.depth + _NEARER))


def _looking_out(scene: Scene, actor: Actor, actors: Sequence[Actor]) -> Actor:
    """An animal whose face would be behind somebody nearer turns round, unless it is going somewhere or to somebody."""
    others = [one for one in actors if one is not actor and one.spot.depth > actor.spot.depth and not one.spot.turn]
    held = any(one.on is not None and actors[one.on] is actor for one in actors)
    if actor.person or held or actor.seated or actor.moves or actor.toward or not _covered(actor, others):
        return actor
    middle = actor.spot.x + actor.side * sum(actor.extent) * actor.spot.scale
    mirrored = not actor.spot.mirrored
    turned = replace(actor, mirrored=mirrored, spot=replace(actor.spot, x=middle, mirrored=mirrored))
    left, right = _whole(turned)
    aside = max(0.0, scene.x(0) - left) or min(0.0, scene.x(1) - right)
    turned = replace(turned, spot=replace(turned.spot, x=turned.spot.x + aside))
    left, right = _reach(turned)
    whole = scene.x(0) <= left and right <= scene.x(1)
    return turned if whole and not _covered(turned, others) else actor


def _apart(scene: Scene, actors: Sequence[Actor]) -> tuple[Actor, ...]:
    """Who stands before somebody's face steps aside, as little as is enough and as far as there is room."""
    placed = list(actors)
    for number, actor in enumerate(placed):
        others = placed[:number] + placed[number + 1 :]
        held = actor.toward and (actor.person is not None or actor.pose == "ride")  # an animal holds nobody
        bound = held or actor.on is not None or actor.seated or actor.character.id in {o.toward for o in others}
        if bound or not _covers(actor, others):
            continue
        for step in sorted(range(-_STEPS_ASIDE, _STEPS_ASIDE + 1), key=abs):
            spot = replace(actor.spot, x=actor.spot.x + step * _STEP_ASIDE * scene.picture_width)
            aside = replace(actor, spot=spot)
            (left, right), nearer = _reach(aside), [one for one in others if one.spot.depth > actor.spot.depth]
            hides = _covers(aside, others) or _covered(aside, nearer)
            if scene.x(0) <= left and right <= scene.x(1) and not hides:
                placed[number] = aside
                break
    return tuple(placed)


def _covers(actor: Actor, others: Sequence[Actor]) -> bool:
    """Whether its face is before the face of one of the others."""
    return any(_covered(other, [actor]) for other in others if other.spot.depth < actor.spot.depth)


def _covered(actor: Actor, others: Sequence[Actor]) -> bool:
    """Whether its face is behind the face of one of the others."""
    (x, y, radius), near = actor.face(), [(one.at(one.face()[:2]), one.face()[2] * one.spot.scale) for one in others]
    return any(math.dist(actor.at((x, y)), face) < radius * actor.spot.scale + reach for face, reach in near)


def _captions(scene: Scene) -> tuple[float, float]:
    """From where to where captions stand, in scene units."""
    tall = scene.is_tall
    top, foot = _CAPTIONS_IN_TALL if tall else _CAPTIONS
    return scene.picture_y(top), scene.picture_y(foot)


def _headroom(scene: Scene, found: Fitted) -> float:
    return min(_crown(actor) for actor in found.actors) - scene.picture_y(_TOP)


def _face(actor: Actor) -> tuple[float, float]:
    """From where to where its face reaches, in scene units."""
    x, y, radius = actor.face()
    radius *= actor.spot.scale
    middle = actor.spot.y if actor.lies else actor.at((x, y))[1]
    return middle - radius, middle + radius


def _bust(actor: Actor) -> tuple[float, float]:
    """The same with a person's chest, for who sits is no head on a caption; in tall pictures legs are below them."""
    high, low = _face(actor)
    return high, low + (low - high) * _CHEST if actor.person and not actor.lies else low


def _foot(actor: Actor) -> float:
    """How low it reaches, in scene units."""
    below = 0.11 if actor.lies else 0.5 if zoo.swims(actor.character.kind) else 0
    return actor.spot.y + actor.spot.size * below


def _crown(actor: Actor) -> float:
    """How high its head reaches, in scene units."""
    if actor.spot.turn and actor.person and pose(actor.pose).turn:
        return actor.spot.y - actor.spot.size * 0.2
    crown, held = actor.at(actor.crown())[1], actor.held_box()
    return min(crown, held[1]) if held else crown
