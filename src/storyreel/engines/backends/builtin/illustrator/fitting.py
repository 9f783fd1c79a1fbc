"""Fitting: moves and shrinks what is on its marks so that no crown is cut, and no face is under the captions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.dressing import Prop
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.marks import has_a_neck
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import pose
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene

_TOP = 0.05
"""How far below the picture's edge everybody's crown is, as a share of its height."""
_CAPTIONS, _CAPTIONS_IN_TALL = (0.78, 0.94), (0.69, 0.80)
"""From where to where captions stand, as shares of the picture's height: in tall ones higher, clear of the players."""
_RISE, _SINK = {Framing.WIDE: 0.105, Framing.MEDIUM: 0.16}, 0.985
"""How far everybody may stand behind the usual place, and the lowest that they stand, as shares of the height."""
_RISE_IN_TALL, _RISE_AFLOAT = 0.03, 0.07
"""How much farther where the picture is tall; and how far on the water, where waves are before and behind them."""
_OFFSHORE = 0.1
"""Who is so much deeper in the scene than its figures is out on the water."""
_FEET_IN_TALL = 0.9
"""Where the feet of an animal are that a close shot shows, as a share of a tall picture's height."""
_STEP = 0.01
_UNMOVED = 0.6
"""How much of a face is worth a move across the whole picture."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Who and what is in the picture, a grown man's height, and how far `up` everybody is, in scene units."""

    actors: tuple[Actor, ...]
    there: tuple[Prop, ...]
    man: float
    up: float = 0


def fitted(scene: Scene, place: Place, actors: Sequence[Actor], there: Sequence[Prop], man: float) -> Fitted:
    """Everything made smaller about the ground, lowered or raised where an edge or the captions would cut a head."""
    if not actors:
        return Fitted((), tuple(there), man)
    if scene.spec.framing is Framing.CLOSE:
        return _close_on(scene, actors, there, man)
    if place.floating:
        return Fitted(tuple(actors), tuple(there), man)
    if scene.spec.framing is Framing.MEDIUM:
        found = _lowered(scene, Fitted(tuple(actors), tuple(there), man))
    else:
        found = _shrunk(scene, place, Fitted(tuple(actors), tuple(there), man))
    return _clear_of_captions(scene, place, found)


def _moved(found: Fitted, move: Callable[[Spot], Spot], size: float = 1, up: float = 0) -> Fitted:
    actors = tuple(replace(actor, spot=move(actor.spot)) for actor in found.actors)
    there = tuple(replace(prop, spot=move(prop.spot)) for prop in found.there)
    return Fitted(actors, there, found.man * size, found.up + up)


def _shrunk(scene: Scene, place: Place, found: Fitted) -> Fitted:
    ground, limit = scene.y(place.ground), scene.y(_TOP)
    top = min(_crown(actor) for actor in found.actors)
    if top >= limit or ground <= limit:
        return found
    factor = (ground - limit) / (ground - top)
    middle = scene.x(0.5)

    def shrunk(spot: Spot) -> Spot:
        x, y = middle + (spot.x - middle) * factor, ground + (spot.y - ground) * factor
        return replace(spot, x=x, y=y, scale=spot.scale * factor, size=spot.size * factor)

    return _moved(found, shrunk, factor)


def _lowered(scene: Scene, found: Fitted) -> Fitted:
    """Lowered together until no crown is cut: feet are below the picture instead."""
    lower = max(0.0, scene.y(_TOP + 0.02) - min(_crown(actor) for actor in found.actors))
    return _moved(found, lambda spot: replace(spot, y=spot.y + lower))


def _close_on(scene: Scene, actors: Sequence[Actor], there: Sequence[Prop], man: float) -> Fitted:
    """The face brought to the middle: of the only animal, or of who is where a mount or a thing has put them."""
    found = Fitted(tuple(actors), tuple(there), man)
    main = next((actor for actor in actors if actor.person), None)
    if main is None and len(actors) == 1 and has_a_neck(actors[0]):
        main = actors[0]
    elif main is None or not any(actor.on is not None or actor.seated for actor in actors):
        return found
    x, y, _ = main.face()
    lying = main.spot.x - main.side * main.spot.size * 0.8, main.spot.y
    face = lying if main.spot.turn else main.at((x, y))
    right, down = scene.x(0.5) - face[0], scene.y(0.43) - face[1]
    if main.person is None:  # it stands, if it is small, and long ears are seen
        feet = _FEET_IN_TALL if scene.picture_height > scene.picture_width else 0.99
        down = max(down, scene.y(feet) - main.spot.y, scene.y(_TOP) - _crown(main))
    elif not main.spot.turn:  # who is in the arms is seen above the captions
        low = max(_face(actor)[1] for actor in actors)
        down = min(down, max(_captions(scene)[0] - low, scene.y(_TOP) - _crown(main)))
    return _moved(found, lambda spot: replace(spot, x=spot.x + right, y=spot.y + down))


def _clear_of_captions(scene: Scene, place: Place, found: Fitted) -> Fitted:
    """Everybody farther back, or nearer, where captions would stand over faces."""
    top, foot = _captions(scene)
    faces = [_face(actor) for actor in found.actors]
    ground = max(*(_foot(actor) for actor in found.actors), *(prop.spot.y for prop in found.there), 0.0)
    least = min(0.0, ground - scene.y(_SINK))
    rise = _RISE[scene.spec.framing] + (_RISE_IN_TALL if scene.picture_height > scene.picture_width else 0)
    most = min(ground - scene.y(place.ground - rise), _headroom(scene, found))
    if place.water or any(actor.spot.depth < place.depth - _OFFSHORE for actor in found.actors):
        least, most = 0.0, min(most, _RISE_AFLOAT * scene.picture_height)

    def cost(up: float) -> float:
        hidden = (max(0.0, min(low - up, foot) - max(high - up, top)) / (low - high) for high, low in faces)
        return sum(hidden) + abs(up) / scene.picture_height * _UNMOVED

    step = _STEP * scene.picture_height
    first, last = int(least // step), int(max(0.0, most) // step)
    up = min((number * step for number in chain(range(last + 1), range(first, 0))), key=cost)
    return _moved(found, lambda spot: replace(spot, y=spot.y - up), up=up)


def _captions(scene: Scene) -> tuple[float, float]:
    """From where to where captions stand, in scene units."""
    tall = scene.picture_height > scene.picture_width
    top, foot = _CAPTIONS_IN_TALL if tall else _CAPTIONS
    return scene.y(top), scene.y(foot)


def _headroom(scene: Scene, found: Fitted) -> float:
    return min(_crown(actor) for actor in found.actors) - scene.y(_TOP)


def _face(actor: Actor) -> tuple[float, float]:
    """From where to where its face reaches, in scene units."""
    x, y, radius = actor.face()
    radius *= actor.spot.scale
    middle = actor.spot.y if actor.lies else actor.at((x, y))[1]
    return middle - radius, middle + radius


def _foot(actor: Actor) -> float:
    """How low it reaches, in scene units."""
    return actor.spot.y + (actor.spot.size * 0.11 if actor.lies else 0)


def _crown(actor: Actor) -> float:
    """How high its head reaches, in scene units."""
    if actor.spot.turn and actor.person and pose(actor.pose).turn:
        return actor.spot.y - actor.spot.size * 0.2
    return actor.at(actor.crown())[1]
