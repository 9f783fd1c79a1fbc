"""Marks: where each actor stands across the picture, and how large everybody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import bonds
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.bonds import Bond
from storyreel.engines.backends.builtin.illustrator.chance import dice
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene

_MAN = {Framing.WIDE: 0.52, Framing.MEDIUM: 0.88, Framing.CLOSE: 1.0}
"""How tall a grown man is, as a share of a 16:9 picture's height; in close shots heads decide."""
_LEAST = {Framing.WIDE: 0.4, Framing.MEDIUM: 0.56, Framing.CLOSE: 0.62}
"""How tall the tallest figure is at least, so that a mouse is seen too."""
_MOST = {Framing.WIDE: 0.7, Framing.MEDIUM: 0.95, Framing.CLOSE: 3.0}
_HEAD = 0.5
"""How tall a head is in a close shot, as a share of a 16:9 picture's height."""
_HEAD_WIDTH = {1: 0.64, 2: 0.46}
"""How wide a head is at most in a close shot of so many, as a share of the picture's width."""
_HELMET = 1.25
"""How much wider than a head a space helmet is."""
_WITH_ARMS = 0.8
"""How much smaller heads are in a close shot that shows what is in the arms too."""
_BESIDE = 0.38
"""How wide an animal's head is at most beside somebody in a close shot, as a share of the picture's width."""
_REACHING = 0.86
"""How high an animal reaches at most in a close shot, as a share of the picture's height."""
_SNOUT, _SNOUT_WIDTH = 0.46, 0.42
"""How tall and wide an animal's head is at most that is alone in a close shot; see `_HEAD`."""
_TOUCHING, _TOUCHING_SNOUT = 0.86, 1.08
"""How near the faces of two people who touch, or of one and an animal, are in a close shot, in sums of their radii."""
_THIRDS, _CLEAR = 0.42, 1.05
"""How far apart two faces are in a close shot, as a share of the picture's width; and at least, in sums of radii."""
_LOW_MEDIUM = 0.66
"""A man's height in medium shots in which somebody is near the ground, whose feet must be seen too."""
_LOW = ("sit", "squat", "kneel", "sleep", "lie", "hide", "row", "fly", "swim", "jump", "fall", "climb", "ride")
_NARROW_NEARER, _TALL_NEARER = 1.2, 1.35
"""How much larger figures are where the picture is narrow, or even tall, which has height to spare."""
_ABOVE = 3
"""How much farther up, where nobody stands on a ground, the second row is."""
_OUT = 0.22
"""How tall what swims off a shore is at most, as a share of a 16:9 picture's height."""
_TINY = 0.1
"""Nobody is drawn smaller than this share of a 16:9 picture's height."""
_GAP = 0.15
"""The widest gap between two figures, as a share of a 16:9 picture's width."""
_BACK_ROW = 0.84
"""How much smaller those are who stand behind the others, where the picture is narrow."""
_IDLE, _GIVES_WAY, _GROWN = ("stand", "look_up", "think", "walk"), 1.15, 0.8
"""Who only does this stands behind who does more, unless those are so much taller, where all are at least so tall."""
_WIDE_PAIR = 1.5
"""How wide two are together, in heights of a grown man, who do not stand side by side in a tall picture."""
_IN_ROWS, _BEHIND = (1.3, 1.6), (0.07, 0.1)
"""How wide all in two rows may be together, in widths of a narrow picture and of a tall one; and how far apart, as
shares of a 16:9 picture's height, their feet are."""


@dataclass(frozen=True, slots=True)
class Marks:
    """A spot for each actor; `stacked` are those who are carried or who ride: they have none of their own."""

    spots: tuple[Spot, ...]
    stacked: frozenset[int]


def man_height(scene: Scene, actors: Sequence[Actor], found: Sequence[Bond]) -> float:
    """How tall a grown man is, in scene units, so that all are seen well and have room."""
    framing = scene.spec.framing
    man = _MAN[framing] * _nearer(scene)
    if not actors:
        return man * scene.unit
    tallest = max(actor.height for actor in actors)
    if framing is Framing.CLOSE:
        return _close(scene, actors) * (_WITH_ARMS if any(bond.kind == "carry" for bond in found) else 1)
    if framing is Framing.MEDIUM and any(
        _is_low(actor, tallest) for actor in actors if not actor.seated or actor.pose == "ride"
    ):
        man = _LOW_MEDIUM * (_TALL_NEARER if scene.is_tall else 1)
    man = min(max(man, _LEAST[framing] / tallest), _MOST[framing] / tallest)
    need = sum(_width(actor, man * scene.unit) for actor in actors) - sum(
        _width(actors[bond.guest], man * scene.unit) for bond in found if bond.stacked
    )
    room = scene.picture_width * (_IN_ROWS[scene.is_tall] if _deep(scene, actors, found) else 0.94)
    return man * scene.unit * min(1.0, room / need)


def _is_low(actor: Actor, tallest: float) -> bool:
    return actor.pose in _LOW or actor.height < 0.5 or actor.height < tallest * 0.5


def _close(scene: Scene, actors: Sequence[Actor]) -> float:
    """By the first person's head; who is an animal is shown whole, near."""
    person = next((actor for actor in actors if actor.person), None)
    heads = min(len(actors), 2)
    if person is None and len(actors) == 1 and has_a_neck(actors[0]):
        share = 2 * actors[0].face()[2] / actors[0].units() * actors[0].height
        return min(_SNOUT * scene.unit, _SNOUT_WIDTH * scene.picture_width) / share
    if person is None:
        widest = max(actor.height * actor.breadth for actor in actors) * heads
        tallest = max(actor.height for actor in actors)
        return min(0.74 * scene.unit / tallest, 0.94 * scene.picture_width / widest)
    _, _, radius = person.face()
    helmet = _HELMET if person.person and person.person.coat == "suit" else 1
    share = radius * 2 / 100 * person.height * helmet
    return min(_HEAD * scene.unit, _HEAD_WIDTH[heads] * scene.picture_width) / share


def has_a_neck(actor: Actor) -> bool:
    """Whether it is an animal of which the head alone can be shown."""
    kind = actor.character.kind
    return actor.person is None and zoo.is_animal(kind) and not zoo.swims(kind) and actor.pose != "fly"


def _nearer(scene: Scene) -> float:
    if scene.is_tall:
        return _TALL_NEARER
    return _NARROW_NEARER if _narrow(scene) else 1


def _narrow(scene: Scene) -> bool:
    return scene.picture_width < scene.picture_height * 1.2


def _width(actor: Actor, man: float) -> float:
    return actor.height * actor.breadth * man


def marks_of(scene: Scene, place: Place, actors: Sequence[Actor], found: Sequence[Bond], man: float) -> Marks:
    """Side by side about the middle, partners as near as they touch, others as far apart as there is room."""
    stacked = {bond.guest: bond.host for bond in found if bond.stacked}
    order = _order([i for i in range(len(actors)) if i not in stacked], found)
    sizes = [_size(scene, actor, man, alone=len(actors) == 1) for actor in actors]
    rows = _rows(scene, actors, order, found)
    nearness = sorted(range(len(actors)), key=lambda i: (-sizes[i], i))  # smaller ones stand before larger ones
    xs = _across(scene, actors, order, found, sizes, man, crowded=any(rows.values()))
    spots: list[Spot] = []
    for i, actor in enumerate(actors):
        anchor = stacked.get(i, i)
        size = sizes[i] * (_BACK_ROW if rows.get(anchor) else 1)
        spots.append(_spot(scene, place, actor, size, xs[anchor], nearness.index(i), rows.get(anchor, False)))
    return Marks(tuple(spots), frozenset(stacked))


def _size(scene: Scene, actor: Actor, man: float, *, alone: bool) -> float:
    size = man * actor.height
    if scene.spec.framing is Framing.CLOSE and actor.person is None and not (alone and has_a_neck(actor)):
        face = 2 * actor.face()[2] / actor.units()
        widest = (0.9 if alone else _BESIDE) * scene.picture_width / face
        highest = scene.tall(_REACHING) / max(0.5, -actor.crown()[1] / actor.units())
        size = min(max(size, 0.3 * scene.unit), 0.86 * scene.unit, widest, highest)
    return max(size, _TINY * scene.unit)


def _order(standing: list[int], found: Sequence[Bond]) -> list[int]:
    """Those on the ground from left to right, partners side by side."""
    order: list[int] = []
    for i in standing:
        if i in order:
            continue
        order.append(i)
        partner = next((b.other if b.one == i else b.one for b in found if i in (b.one, b.other)), None)
        if partner in standing and partner not in order:
            order.append(partner)
    return order


def _deep(scene: Scene, actors: Sequence[Actor], found: Sequence[Bond]) -> bool:
    """Whether there are two rows: of three and more where the picture is narrow, of a wide pair where it is tall."""
    wide = len(actors) == 2 and not found and sum(actor.height * actor.breadth for actor in actors) > _WIDE_PAIR
    return _narrow(scene) and (len(actors) >= 3 or (wide and scene.is_tall))


def _rows(scene: Scene, actors: Sequence[Actor], order: Sequence[int], found: Sequence[Bond]) -> dict[int, bool]:
    """Who stands in a second row behind the others: every other one, the taller ones, where the picture is narrow.

    In a narrow close shot of two it is the taller one, whose head is above the other's.
    """
    apart = scene.is_tall and all(bond.kind != "hug" for bond in found)
    if len(order) == 2 and scene.spec.framing is Framing.CLOSE and (apart or (_narrow(scene) and not found)):
        tall = max(order, key=lambda number: actors[number].height)
        return {number: number == tall for number in order}
    bound = {number for bond in found for number in (bond.one, bond.other)}
    if not _deep(scene, [actors[number] for number in order], found):
        return {}
    grown = all(actors[number].height > _GROWN for number in order)  # or a fox would be before a child
    odd = max((1, 0), key=lambda first: _behind_others([actors[number] for number in order[first::2]], grown=grown))
    return {number: place % 2 == odd and number not in bound for place, number in enumerate(order)}


def _behind_others(row: Sequence[Actor], *, grown: bool) -> float:
    """What speaks for a row to be the one behind: how tall it is, and that nobody in it does or holds anything."""
    idle = grown and all(actor.pose in _IDLE and not actor.holds for actor in row)
    return mean(actor.height for actor in row) * (_GIVES_WAY if idle else 1)


def _across(
    scene: Scene,
    actors: Sequence[Actor],
    order: Sequence[int],
    found: Sequence[Bond],
    sizes: Sequence[float],
    man: float,
    *,
    crowded: bool,
) -> dict[int, float]:
    """Where each stands across the picture, in scene units."""
    widths = {i: sizes[i] * actors[i].breadth * (0.66 if crowded else 1) for i in order}
    pair = scene.spec.framing is Framing.CLOSE and len(order) == 2
    touching = bool(found) and (found[0].kind == "hug" or any(actors[i].person is None for i in order))
    if pair and (touching or not found or scene.is_tall):
        return _two_faces(scene, [actors[i] for i in order], order, [sizes[i] for i in order], touching=touching)
    near = {frozenset((b.one, b.other)): bonds.distance(b, actors[b.one], actors[b.other], man) for b in found}
    room = 0.94 * scene.picture_width - sum(widths.values())
    gap = min(_GAP * scene.wide(1), max(0.0, room) / (len(order) + 1))
    steps = [near.get(frozenset(pair), widths[pair[0]] / 2 + gap + widths[pair[1]] / 2) for pair in pairwise(order)]
    chance = dice(scene.seed * 31 + 7)
    if not order:
        return {}
    if len(order) == 1:
        actor = actors[order[0]]
        aside = 0.14 if actor.pose in ("walk", "run", "fly", "ride") else 0.0 if actor.pose == "sleep" else 0.06
        x = scene.x(0.5 + (aside if actor.mirrored else -aside) + chance.uniform(-0.02, 0.02))
        half = min(widths[order[0]], scene.picture_width) / 2
        return {order[0]: min(max(x, scene.x(0) + half), scene.x(1) - half)}
    uneven = (widths[order[0]] - widths[order[-1]]) / 4  # the middle of the group is there, not of its marks
    x = scene.x(0.5) - sum(steps) / 2 + uneven + scene.wide(chance.uniform(-0.015, 0.015))
    places: dict[int, float] = {}
    for number, step in zip(order, [*steps, 0.0], strict=True):
        places[number] = x
        x += step
    return places


def _two_faces(
    scene: Scene, actors: Sequence[Actor], order: Sequence[int], sizes: Sequence[float], *, touching: bool
) -> dict[int, float]:
    """Two faces in a close shot: on the thirds of the picture, or as near its edges as they are whole."""
    scales = [size / actor.units() for actor, size in zip(actors, sizes, strict=True)]
    radii = [actor.face()[2] * scale for actor, scale in zip(actors, scales, strict=True)]
    step = min(max(_THIRDS * scene.picture_width, sum(radii) * _CLEAR), scene.picture_width - sum(radii))
    if touching:
        near = _TOUCHING if all(actor.person for actor in actors) else _TOUCHING_SNOUT
        step = min(step, sum(radii) * near)
    elif any(actor.person is None for actor in actors):
        step = min(max(step, sum(radii) * 1.2), scene.picture_width - sum(radii))
    left = scene.x(0) + (scene.picture_width - step + radii[0] - radii[1]) / 2
    middles = [0.0 if touching or actor.person else sum(actor.extent) / 2 for actor in actors]
    before = [
        0.0 if actor.person and not touching else (actor.face()[0] - middle) * scale
        for actor, middle, scale in zip(actors, middles, scales, strict=True)
    ]
    return {order[0]: left - before[0], order[1]: left + step + before[1]}


def _spot(scene: Scene, place: Place, actor: Actor, size: float, x: float, index: int, behind: bool) -> Spot:
    """`index` counts from who stands farthest away."""
    scale = size / actor.units()
    depth = place.depth + 0.003 * index - (0.02 if behind else 0)
    y = scene.y(place.ground) + (index % 2) * scene.tall(0.012)
    framing, turn = scene.spec.framing, 0.0
    swims = zoo.swims(actor.character.kind)
    if place.offshore and (swims or actor.pose == "swim"):
        size = min(size, scene.tall(_OUT)) if swims or zoo.paddles(actor.character.kind) else size
        scale = size / actor.units()
        y, depth = scene.y(place.offshore[0]), place.offshore[1] + 0.003 * index
    elif place.floating or (place.water and (swims or actor.pose == "swim")):
        y = scene.picture_y(0.52) if place.floating else scene.y(place.ground + 0.02)
        turn = 12.0 if actor.pose == "float" else 0.0
    elif swims:
        y = scene.y(place.ground) - size * 0.55
    elif framing is Framing.MEDIUM and not place.water:
        y = scene.y(0.965)
    drawn_whole = actor.person is not None or not zoo.is_animal(actor.character.kind)
    if drawn_whole and (place.floating or actor.pose == "swim"):
        y += size * ((0.5 if actor.person else 0.6) if place.floating else 0.42)  # the middle is there, not the feet
    if actor.pose == "fly" and not place.floating:
        y -= scene.tall(0.2)
    if behind:
        y -= scene.tall(_BEHIND[scene.is_tall]) * (_ABOVE if place.floating else 1)
    if framing is Framing.CLOSE:
        y, turn = _close_up(scene, actor, scale, behind), 0.0
    return Spot(x, y, scale, size, depth, turn=turn)


def _close_up(scene: Scene, actor: Actor, scale: float, behind: bool) -> float:
    """Where the ground must be so that the face is a little above the middle, and clear of the captions."""
    _, head_y, _ = actor.face()
    if actor.person is None:
        return scene.y(0.95) if not zoo.swims(actor.character.kind) else scene.picture_y(0.5)
    lower = (0.04 if actor.height < 0.8 else 0) + (0 if behind or not _narrow(scene) else 0.1)
    return max(scene.picture_y(0.42 + lower) - head_y * scale, scene.picture_y(1.02))
