"""Standing: where things that are by themselves stand, lie and sail, and how large they are there."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene

SMALL = 0.26
"""Things lower than this, in heights of a man, lie near who is there; in close shots they are left out."""
_GROUND = (0.72, 0.27, 0.86, 0.14, 0.93, 0.07, 0.5)
"""Where across the picture things are put, the first that is free."""
_HEARTH = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68)
"""Where the fire is that several are round, the middle first."""
_ALONE = (0.58, 0.3, 0.8)
"""Where they are put when nobody is there."""
_FOOT = 10
"""How far a drawing that stands may reach below its origin, in its units."""
_AFLOAT = 0.56
"""How tall what is on the water is at most, as a share of a 16:9 picture's height: waves are before it."""
_FAR_HEIGHT = 0.36
"""How tall what is far away is, as a share of a 16:9 picture's height."""
_HEADROOM = 0.05
"""How near its top edge things reach in the picture."""
_TOY = 0.3
"""A rocket in a nursery is a toy."""
_ROCKET = 0.52
"""How large a rocket is at most, that flies aslant with its flame, as a share of the picture's width."""
_LONG = 2.4
"""What is held in the hand and this much longer than wide lies, since it cannot stand."""
_CUT = 3.0
"""How much worse it is that the picture's edge cuts a thing than that somebody stands before it."""
_STEPS = 18
"""Places across the picture that are tried when none of the usual ones is free."""
_LEAST_OF_MANY, _ROOM_OF_MANY = 0.5, 0.9
"""How much smaller large things are at most when there are many, and how much of the picture's width they may take."""
_OFFSHORE = 0.15
"""How tall a man is at most beside what sails off a shore, as a share of a 16:9 picture's height."""
_WIDEST = 0.86
"""How wide a thing is at most, as a share of the picture's width."""
_BELOW = 1.06
"""Where things stand beside a face in a close shot, as a share of the picture's height: their foot is not seen."""
_BEHIND_WAVES = 0.11
"""How far behind the figures what sails is, so that a wave is before its keel."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing by itself in the scene."""

    name: str
    spot: Spot
    where: str


def standing(
    scene: Scene, place: Place, name: str, piece: art.Piece, taken: Sequence[Span], man: float, number: int
) -> Prop:
    """A thing on its mark; `number` of its kind there are in all."""
    indoors = scene.air == "room"
    size = man * piece.height
    if indoors and piece.where in ("back", "far", "water") and not piece.climb:
        size *= _TOY
    size = min(size, scene.tall(_AFLOAT if piece.where == "water" else 0.72))
    where = "ground" if indoors or (piece.where == "far" and not taken) else piece.where
    size = scene.tall(_FAR_HEIGHT) if where == "far" else size
    if where == "water" and place.offshore:
        size = min(size, scene.tall(_OFFSHORE) * piece.height)
    y, depth = _ground(scene, place, where, beside=bool(taken))
    if piece.smokes and len(taken) > 1:  # they are round it
        x = min((scene.x(share) for share in _HEARTH), key=lambda x: round(_overlap(x, width_of(name, size), taken)))
        return Prop(name, Spot(x, scene.y(0.985), size / 100, size, depth + 0.04), where)
    left, top, wide, high = art.draw(name).box
    if piece.where != "sky":
        size = min(size, (y - scene.y(_HEADROOM)) / max(0.3, (high if top + high > _FOOT else -top) / 100))
    size *= min(1.0, _WIDEST * scene.picture_width / width_of(name, size))
    if number > 1:  # side by side, or nearly
        size *= min(1.0, max(_LEAST_OF_MANY, _ROOM_OF_MANY * scene.picture_width / (number * width_of(name, size))))
    lies = piece.hand and piece.light is None and where == "ground" and top + high > _FOOT and high > wide * _LONG
    x = _free(scene, taken, size * high / 100 if lies else width_of(name, size), near=piece.height < SMALL)
    x -= 0 if lies else (left + wide / 2) * size / 100
    if name == "rocket" and place.floating:
        wide = scene.picture_width > scene.picture_height
        x, y = scene.x(0.40 if wide else 0.5), scene.y(0.68 if wide else 0.5)
        size = min(scene.tall(0.62), _ROCKET * scene.picture_width)
    if lies:
        x, y = x + (top + high / 2) * size / 100, y - (left + wide) * size / 100
    elif top + high > _FOOT:  # drawn about its middle, or hanging from the hand
        y -= (top + high) * size / 100
    return Prop(name, Spot(x, y, size / 100, size, depth, turn=90 if lies else 0), where)


def _ground(scene: Scene, place: Place, where: str, *, beside: bool) -> tuple[float, float]:
    """Where things of a kind stand, and how deep in the scene; `beside` somebody, or nobody is there."""
    if place.floating:
        return scene.y(0.6), place.depth - 0.05
    if where == "far":
        return scene.y(place.horizon + 0.02), 0.34
    if where == "back":
        return scene.y(place.ground - 0.035), place.depth - 0.06
    if where == "water" and place.water:
        return scene.y(place.ground + 0.035), place.depth - _BEHIND_WAVES
    if where == "water" and place.offshore:
        return scene.y(place.offshore[0]), place.offshore[1] - 0.02
    if scene.spec.framing is Framing.CLOSE and beside and where == "ground" and not place.water:
        return scene.y(_BELOW), place.depth - 0.03  # behind all of them
    if scene.spec.framing is not Framing.WIDE and not place.water:
        return scene.y(max(place.ground, 0.955)), place.depth - 0.01
    return scene.y(place.ground - 0.005), place.depth - 0.01


def width_of(name: str, size: float) -> float:
    return art.draw(name).box[2] * size / 100 * 0.9


def breadth_of(prop: Prop) -> Span:
    """From where to where a thing reaches."""
    left, _, wide, _ = art.draw(prop.name).box
    side = -1 if prop.spot.mirrored else 1
    return span_of(prop.spot.x + side * (left + wide / 2) * prop.spot.scale, width_of(prop.name, prop.spot.size))


def span_of(x: float, width: float) -> Span:
    return x - width / 2, x + width / 2


def _overlap(x: float, width: float, taken: Sequence[Span]) -> float:
    """How much of what others take something takes that is so wide and has its middle at x."""
    left, right = span_of(x, width)
    return sum(max(0.0, min(right, b) - max(left, a)) for a, b in taken)


def _free(scene: Scene, taken: Sequence[Span], width: float, near: bool) -> float:
    """The first of the usual places that nothing stands in; else that, anywhere, where there is the least overlap.

    Small things are put close by who is there, since they belong to them.
    """

    def overlap(x: float) -> float:
        left, right = span_of(x, width)
        beyond = max(0.0, scene.x(0.05) - left) + max(0.0, right - scene.x(0.95))  # the camera moves closer
        return beyond * _CUT + _overlap(x, width, taken)

    usual = _GROUND if taken else (0.5,) if scene.spec.framing is Framing.CLOSE else _ALONE
    places = [scene.x(share) for share in usual]
    places += [scene.x(0.05 + 0.9 * step / _STEPS) for step in range(_STEPS + 1)]
    if near and taken:
        left, right = min(span[0] for span in taken[:1]), max(span[1] for span in taken[:1])
        places = [right + width * 0.7, left - width * 0.7, *places]
    return min(places, key=lambda x: round(overlap(x)))
