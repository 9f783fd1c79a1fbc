"""Dressing: the things that stand, lie, hang or float in a scene by themselves."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.blossoms import grow
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.words import known, number_in, told_of
from storyreel.engines.backends.builtin.vocabulary import entries

MOST_PROPS, _MOST_IN_SKY = 4, 12
_ALL = 99
_SKY = ((0.76, 0.24), (0.24, 0.22), (0.5, 0.16), (0.9, 0.4))
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
_NEAREST = 0.98
"""What stands lower than this is nearer to the viewer than anybody."""
_FAR_HEIGHT = 0.36
"""How tall what is far away is, as a share of a 16:9 picture's height."""
_HEADROOM = 0.05
"""How near its top edge things reach in the picture."""
_HERO = {Framing.WIDE: 0.26, Framing.MEDIUM: 0.42, Framing.CLOSE: 0.56}
"""How tall or wide the largest thing is at least where nobody is, as a share of a 16:9 picture's height."""
_SUN_KEEPS_CLEAR = 0.2
"""How near the sun or moon, in shares of the picture, things in the sky are put only when there is no room else."""
_BEFORE_CLOUDS = 0.085
"""How deep in the scene what shines in the sky is that the story tells of: no cloud is before it, hills are."""
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
_SMALL = 0.26
"""Things lower than this, in heights of a man, lie near who is there; in close shots they are left out."""

_SHOWN = {
    "lighthouse": ("lighthouse", "tower", "house"),
    "castle": ("tower",),
    "bridge": ("bridge",),
    "ship": ("ship", "boat"),
}
"""What a place has of itself."""
_VARIED = (1.0, 0.82, 0.92, 0.74)
"""How large the second, the third … of some large things are, beside the first."""
_AT_WORK = ("work", "push", "pull")
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


def names_of(scene: Scene) -> list[str]:
    """What of the scene's props can be drawn, as often as it is there; tables first, since others stand on them."""
    numbers: dict[str, int] = {}
    for word in scene.spec.props:
        name = known("props", word)
        if name:
            name = str(entries("props")[name].get("like", name))
            number = number_in("props", word) - _shown_by_the_place(scene, name)
            if (piece := art.piece(name)) and name not in numbers and number > 0:
                numbers[name] = min(number, _MOST_IN_SKY if piece.where == "sky" else MOST_PROPS)
    kinds = sorted(list(numbers)[:MOST_PROPS], key=lambda name: name != "table")
    return [name for name in kinds for _ in range(numbers[name])]


def _shown_by_the_place(scene: Scene, name: str) -> int:
    """How many of a thing the place itself shows: its sun, moon or flowers; all, when it has no sky for them."""
    piece = art.piece(name)
    if name == "flower" and grow(scene):
        return _ALL
    if scene.air == "room" and piece and piece.where == "sky" and piece.light:
        return _ALL
    if name in _SHOWN.get(scene.spec.setting, ()):
        return _ALL
    if name == "moon":
        return scene.spec.setting == "moon" or scene.outside.hour == "night"
    return name == "sun" and told_of(scene.spec, "sun") == 1 and scene.outside.hour in ("day", "dawn", "dusk")


def put(
    scene: Scene,
    place: Place,
    names: Sequence[str],
    actors: Sequence[Actor],
    there: Sequence[Prop],
    man: float,
    up: float = 0,
) -> list[Prop]:
    """The things of a scene on their marks, where nothing else is; on the ground they are as far `up` as everybody."""
    taken = [_span(actor.spot.x, actor.spot.size * actor.breadth) for actor in actors]
    taken += [_breadth(prop) for prop in there]
    props: list[Prop] = []
    skies = _skies(scene, names)
    for name, piece in _to_put(scene, place, names, actors):
        table = next((prop for prop in (*props, *there) if prop.name == "table"), None)
        if piece.where == "table" and table:
            props.append(_on_table(name, piece, table, man, sum(prop.where == "table" for prop in props)))
        elif piece.where == "sky" and scene.air != "room":
            props.append(_in_sky(scene, place, name, piece, next(skies), names.count(name)))
        elif name == "table" and (sitter := _sitter(actors)):
            props.append(_before(sitter, name, piece, man))
            taken.append(_breadth(props[-1]))
        elif name == "pot" and (cook := next((actor for actor in actors if stirs(actor)), None)):
            props.append(_before(cook, name, piece, man))
            taken.append(_breadth(props[-1]))
        elif not (actors and scene.spec.framing is Framing.CLOSE and piece.height < _SMALL):
            prop = _standing(scene, place, name, piece, taken, man, names.count(name))
            nearest = prop.spot.y > scene.y(_NEAREST)
            y = prop.spot.y - (up if prop.where == "ground" and not nearest else 0)
            alike = sum(1 for other in props if other.name == name)
            props.append(_varied(replace(prop, spot=replace(prop.spot, y=y)), piece, alike))
            taken.append(_breadth(props[-1]))
    return props


def alone(scene: Scene, names: Sequence[str], man: float) -> float:
    """How tall a man would be beside things that are by themselves, so that they are seen: a letter fills the hand."""
    heights = [
        piece.height * max(art.draw(name).box[2:]) / 100
        for name in names
        if (piece := art.piece(name)) and piece.where != "sky"
    ]
    return max(man, _HERO[scene.spec.framing] * scene.unit / max(heights)) if heights else man


def _varied(prop: Prop, piece: art.Piece, number: int) -> Prop:
    """Of several large things of a kind the later ones a little otherwise."""
    if piece.hand or not number:
        return prop
    spot, size = prop.spot, _VARIED[number % len(_VARIED)]
    return replace(prop, spot=replace(spot, scale=spot.scale * size, size=spot.size * size, mirrored=number % 2 == 1))


def _to_put(
    scene: Scene, place: Place, names: Sequence[str], actors: Sequence[Actor]
) -> Iterator[tuple[str, art.Piece]]:
    """What of the things has a place of its own, or what is there in its stead."""
    for name in names:
        piece = art.piece(name)
        if piece is None or any(actor.holds == name or name in actor.worn for actor in actors):
            continue
        if _out_of_sight(scene, place, piece, actors):
            continue
        instead = (piece.afloat if place.water else "") or piece.alone
        piece = art.piece(instead) or piece
        if place.water and piece.hand and piece.where in ("ground", "table"):  # there is nothing that it could lie on
            continue
        yield instead or name, piece


def _out_of_sight(scene: Scene, place: Place, piece: art.Piece, actors: Sequence[Actor]) -> bool:
    """Whether what sails has no place: by the face of who is in it, or, if it is large and not built, on dry land."""
    if piece.where != "water" or place.floating or scene.air == "room":
        return False
    if place.water:
        return bool(actors) and scene.spec.framing is Framing.CLOSE
    built = any(actor.pose in _AT_WORK for actor in actors)
    return piece.height > 1 and place.offshore is None and not built


def _on_table(name: str, piece: art.Piece, table: Prop, man: float, number: int) -> Prop:
    size = man * piece.height
    top, side = table.spot.y - table.spot.size * 0.99, (0, 1, -1, 2)[number % 4]
    x = table.spot.x + side * table.spot.size * 0.45
    onto = replace(table.spot, x=x, y=top, scale=size / 100, size=size, depth=table.spot.depth + 0.001)
    return Prop(name, onto, "table")


def _skies(scene: Scene, names: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Where in the sky things are, those places first that are clear of the sun; where many are, all over it."""
    many = sum(1 for name in names if (piece := art.piece(name)) and piece.where == "sky")
    spots = _SKY
    if many > len(_SKY):
        spots = tuple((0.08 + 0.8 * i / (many + 1), 0.12 + 0.26 * (i * 0.618 % 1)) for i in range(many + 2))
    return iter(sorted(spots, key=lambda spot: math.dist(spot, scene.sun) < _SUN_KEEPS_CLEAR))


def _in_sky(scene: Scene, place: Place, name: str, piece: art.Piece, at: tuple[float, float], number: int) -> Prop:
    size = scene.tall(piece.height * 0.5) * (1 if scene.spec.framing is Framing.WIDE else 1.25)
    size /= max(1.0, number / 3) ** 0.5
    if name == "rainbow":
        size = scene.tall(0.5)
        spot = Spot(scene.x(0.42), scene.y(place.horizon), size / 100, size, 0.06, shining=True)
        return Prop(name, spot, "sky")
    x, y = at
    _, top, _, height = art.draw(name).box
    shining = piece.light is not None
    middle = (top + height / 2) * size / 100
    depth = _BEFORE_CLOUDS if shining else 0.72
    return Prop(name, Spot(scene.x(x), scene.y(y) - middle, size / 100, size, depth, shining=shining), "sky")


def stirs(actor: Actor) -> bool:
    """Whether somebody works with a stick, as in a pot."""
    return actor.person is not None and actor.pose == "work" and actor.holds == "stick"


def _sitter(actors: Sequence[Actor]) -> Actor | None:
    return next((actor for actor in actors if actor.pose in ("sit", "write", "read", "eat") and actor.person), None)


def _before(actor: Actor, name: str, piece: art.Piece, man: float) -> Prop:
    """A table before who sits or writes at it."""
    size = man * piece.height
    ground = actor.spot.y + (man * 0.23 if actor.seated else 0)
    x = actor.spot.x + actor.side * (_width(name, size) / 2 + actor.spot.size * 0.1)
    return Prop(name, Spot(x, ground, size / 100, size, actor.spot.depth + 0.004), "ground")


def _standing(
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
        x = min((scene.x(share) for share in _HEARTH), key=lambda x: round(_overlap(x, _width(name, size), taken)))
        return Prop(name, Spot(x, scene.y(0.985), size / 100, size, depth + 0.04), where)
    left, top, wide, high = art.draw(name).box
    if piece.where != "sky":
        size = min(size, (y - scene.y(_HEADROOM)) / max(0.3, (high if top + high > _FOOT else -top) / 100))
    size *= min(1.0, _WIDEST * scene.picture_width / _width(name, size))
    if number > 1:  # side by side, or nearly
        size *= min(1.0, max(_LEAST_OF_MANY, _ROOM_OF_MANY * scene.picture_width / (number * _width(name, size))))
    lies = piece.hand and piece.light is None and where == "ground" and top + high > _FOOT and high > wide * _LONG
    x = _free(scene, taken, size * high / 100 if lies else _width(name, size), near=piece.height < _SMALL)
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


def _width(name: str, size: float) -> float:
    return art.draw(name).box[2] * size / 100 * 0.9


def _breadth(prop: Prop) -> Span:
    """From where to where a thing reaches."""
    left, _, wide, _ = art.draw(prop.name).box
    side = -1 if prop.spot.mirrored else 1
    return _span(prop.spot.x + side * (left + wide / 2) * prop.spot.scale, _width(prop.name, prop.spot.size))


def _span(x: float, width: float) -> Span:
    return x - width / 2, x + width / 2


def _overlap(x: float, width: float, taken: Sequence[Span]) -> float:
    """How much of what others take something takes that is so wide and has its middle at x."""
    left, right = _span(x, width)
    return sum(max(0.0, min(right, b) - max(left, a)) for a, b in taken)


def _free(scene: Scene, taken: Sequence[Span], width: float, near: bool) -> float:
    """The first of the usual places that nothing stands in; else that, anywhere, where there is the least overlap.

    Small things are put close by who is there, since they belong to them.
    """

    def overlap(x: float) -> float:
        left, right = _span(x, width)
        beyond = max(0.0, scene.x(0.05) - left) + max(0.0, right - scene.x(0.95))  # the camera moves closer
        return beyond * _CUT + _overlap(x, width, taken)

    places = [scene.x(share) for share in (_GROUND if taken else _ALONE)]
    places += [scene.x(0.05 + 0.9 * step / _STEPS) for step in range(_STEPS + 1)]
    if near and taken:
        left, right = min(span[0] for span in taken[:1]), max(span[1] for span in taken[:1])
        places = [right + width * 0.7, left - width * 0.7, *places]
    return min(places, key=lambda x: round(overlap(x)))
