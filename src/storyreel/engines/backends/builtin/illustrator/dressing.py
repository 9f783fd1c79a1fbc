"""Dressing: which things are in a scene by themselves; on tables, in the sky, before who uses them, and elsewhere."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.blossoms import grow
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.standing import SMALL, Prop, breadth_of, span_of, standing, width_of
from storyreel.engines.backends.builtin.illustrator.words import known, number_in, told_of
from storyreel.engines.backends.builtin.vocabulary import entries

MOST_PROPS, _MOST_IN_SKY = 4, 12
_ALL = 99
_SKY = ((0.76, 0.24), (0.24, 0.22), (0.5, 0.16), (0.9, 0.4))
"""Where across and up the picture things in the sky are."""
_NEAREST = 0.98
"""What stands lower than this is nearer to the viewer than anybody."""
_HERO = {Framing.WIDE: 0.26, Framing.MEDIUM: 0.42, Framing.CLOSE: 0.56}
"""How tall or wide the largest thing is at least where nobody is, as a share of a 16:9 picture's height."""
_SUN_KEEPS_CLEAR = 0.2
"""How near the sun or moon, in shares of the picture, things in the sky are put only when there is no room else."""
_BEFORE_CLOUDS = 0.085
"""How deep in the scene what shines in the sky is that the story tells of: no cloud is before it, hills are."""
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
    if scene.air == "room" and piece and piece.light and (piece.where == "sky" or piece.smokes):
        return _ALL  # a fire is in the hearth
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
    taken = [span_of(actor.spot.x, actor.spot.size * actor.breadth) for actor in actors]
    taken += [breadth_of(prop) for prop in there]
    props: list[Prop] = []
    skies = _skies(scene, names)
    for name, piece in _on_a_table(scene, list(_to_put(scene, place, names, actors)), actors, there):
        table = next((prop for prop in (*props, *there) if prop.name == "table"), None)
        if piece.where == "table" and table:
            props.append(_on_table(name, piece, table, man, sum(prop.where == "table" for prop in props)))
        elif piece.where == "sky" and scene.air != "room":
            props.append(_in_sky(scene, place, name, piece, next(skies), names.count(name)))
        elif name == "table" and (sitter := _sitter(actors)):
            props.append(_before(sitter, name, piece, man))
            taken.append(breadth_of(props[-1]))
        elif name == "pot" and (cook := next((actor for actor in actors if stirs(actor)), None)):
            props.append(_before(cook, name, piece, man))
            taken.append(breadth_of(props[-1]))
        elif not (actors and scene.spec.framing is Framing.CLOSE and piece.height < SMALL):
            prop = standing(scene, place, name, piece, taken, man, names.count(name))
            nearest = prop.spot.y > scene.y(_NEAREST)
            y = prop.spot.y - (up if prop.where == "ground" and not nearest else 0)
            alike = sum(1 for other in props if other.name == name)
            props.append(_varied(replace(prop, spot=replace(prop.spot, y=y)), piece, alike))
            taken.append(breadth_of(props[-1]))
    return props


def alone(scene: Scene, names: Sequence[str], man: float) -> float:
    """How tall a man would be beside things that are by themselves, so that they are seen: a letter fills the hand.

    Where many are, things are no larger than usual.
    """
    if scene.spec.framing is not Framing.CLOSE and (scene.spec.crowd or scene.spec.setting == "market"):
        return man
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
        if place.water and piece.where == "back":  # a house, a tree
            continue
        low = piece.hand or piece.height < SMALL
        if place.water and low and piece.where in ("ground", "table"):  # there is nothing that it could lie on
            continue
        yield instead or name, piece


def _on_a_table(
    scene: Scene, put: list[tuple[str, art.Piece]], actors: Sequence[Actor], there: Sequence[Prop]
) -> list[tuple[str, art.Piece]]:
    """The things with a table for those of them that are not left on the floor of a room, nor on a market's ground."""
    stirred = "pot" if any(stirs(actor) for actor in actors) else ""
    small = any(piece.where == "table" and name != stirred for name, piece in put)
    tables = any(name == "table" for name in (*(name for name, _ in put), *(prop.name for prop in there)))
    laid = scene.air == "room" or scene.spec.setting == "market"  # a stall
    if not small or tables or not laid or scene.spec.framing is Framing.CLOSE:
        return put
    return [("table", art.piece("table") or art.Piece(1)), *put]


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
    x = actor.spot.x + actor.side * (width_of(name, size) / 2 + actor.spot.size * 0.1)
    return Prop(name, Spot(x, ground, size / 100, size, actor.spot.depth + 0.004), "ground")
