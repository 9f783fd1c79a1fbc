"""Crowds: many of one sort in the middle distance, behind the figures and paler than they."""

from dataclasses import replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.figures import Spot, place
from storyreel.engines.backends.builtin.illustrator.folk import kinds_of, one_of
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.ripples import put_ripple
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.staging import Stage

_FEWEST, _MOST = 7, 12
_LEAST_SHARE = 0.5
"""How many of them there are at least where the picture is narrow."""
_NEAR, _FAR = 0.66, 0.44
"""How tall those of a crowd are who stand nearest and farthest, beside the figures."""
_SPREAD = 0.4
"""Until when in a beat wings are spread."""
_ROOM = 2.2
"""How wide one of a crowd is at most, in what there is of the picture's width for each."""
_LEAST = 0.075
"""Nobody of a crowd is smaller than this share of the picture's height."""
_WALKING = 4
"""How many of a crowd walk at most: each of their steps is a drawing."""
_INSECTS, _BIRDS = (0.36, 0.78), (0.16, 0.5)
"""Between which heights insects fly, and birds, or fish swim, as shares of the picture's height from its top."""
_FARTHEST_OUT = 0.4
"""How far from the horizon to where figures swim the farthest of a shoal is."""
_CLEAR, _CLEAR_AT_MOST = 0.11, 0.13
"""How near a figure's middle, in 16:9 picture widths, nobody of the crowd stands; at most, in those of the picture."""


def put_crowd(scene: Scene, staged: Stage, where: Place) -> list[Actor]:
    """Those whom the scene says are many there; passers-by where a market is. Returns those of them who walk.

    Their numbers, as a layer's motion has them, come after those of the actors.
    """
    sort = scene.spec.crowd or ("villager" if scene.spec.setting == "market" else "")
    walking: list[Actor] = []
    if not sort or not kinds_of(sort) or not _at_home(sort, where) or scene.spec.framing is Framing.CLOSE:
        return walking
    chance = scene.dice(f"crowd {sort}")
    number = round(chance.randint(_FEWEST, _MOST) * min(1.0, max(_LEAST_SHARE, scene.picture_width / scene.wide(0.8))))
    aloft = all(_aloft(kind) for kind in kinds_of(sort))
    clear = [] if aloft else [actor.spot.x for actor in staged.actors]
    places, room = _places(scene, number, clear, chance), _ROOM * scene.picture_width / number
    for i, (x, near) in enumerate(places):
        actor = _spotted(scene, where, one_of(sort, chance, scene, staged.actors), (x, near), staged, i, room)
        walks = bool(actor.person and actor.pace and len(walking) < _WALKING)
        _place_one(scene, where, actor, len(staged.actors) + len(walking) if walks else None, i)
        walking += [actor] if walks else []
    return walking


def _places(scene: Scene, number: int, clear: list[float], chance: Chance) -> list[tuple[float, float]]:
    """Where across the picture each stands, and how near (0 … 1), the farthest first; none right behind a figure."""
    found: list[tuple[float, float]] = []
    for i in range(number):
        x = scene.x((i + 0.5) / number + chance.uniform(-0.35, 0.35) / number)
        if all(abs(x - other) > min(scene.wide(_CLEAR), _CLEAR_AT_MOST * scene.picture_width) for other in clear):
            found.append((x, chance.random()))
    return sorted(found, key=lambda spot: spot[1])


def _at_home(sort: str, where: Place) -> bool:
    """Whether a place has a ground for those who stand, and water for those who swim."""
    if any(zoo.swims(kind) for kind in kinds_of(sort)):
        return where.water or where.floating or where.offshore is not None
    return not where.water or all(_aloft(kind) or zoo.paddles(kind) for kind in kinds_of(sort))


def _aloft(kind: str) -> bool:
    """Whether it is seen above people rather than behind them."""
    creature = art.piece(kind)
    return creature.flies if creature else zoo.is_animal(kind) and (zoo.flies(kind) or zoo.swims(kind))


def _spotted(
    scene: Scene, where: Place, actor: Actor, at: tuple[float, float], staged: Stage, number: int, room: float
) -> Actor:
    """One of the crowd on its spot: smaller and higher in the picture the farther away, and no wider than its room."""
    x, near = at
    share = _FAR + (_NEAR - _FAR) * near
    if scene.spec.framing is Framing.MEDIUM:
        share *= 0.8
    size = max(min(staged.man * actor.height * share, room / actor.breadth), scene.tall(_LEAST))
    if zoo.flies(actor.character.kind) and (where.water or staged.actors) and not _paddles(where, actor):
        actor = replace(actor, pose="fly")  # where it would stand on the water, or behind somebody's legs
    afloat = zoo.swims(actor.character.kind) or _paddles(where, actor)
    if _paddles(where, actor):
        actor = replace(actor, pose="swim")
    y = scene.y(where.ground - 0.09 + 0.06 * near) - staged.up
    if afloat and not where.floating:
        y = _in_the_water(scene, where, near)
    elif actor.pose == "fly" or where.floating:
        top, bottom = _INSECTS if art.piece(actor.character.kind) else _BIRDS
        y = scene.y(top + (bottom - top) * ((number * 0.618) % 1))
    nearest = where.offshore[1] if where.offshore and afloat else where.depth
    depth = nearest - 0.075 + 0.03 * near
    return replace(actor, spot=Spot(x, y, size / actor.units(), size, depth, actor.mirrored))


def _in_the_water(scene: Scene, where: Place, near: float) -> float:
    """How far down the picture one of a shoal is, at the surface of the sea or off the shore."""
    surface = where.offshore[0] if where.offshore else where.ground
    return scene.y(where.horizon + (surface - where.horizon) * (_FARTHEST_OUT + (1 - _FARTHEST_OUT) * near))


def _paddles(where: Place, actor: Actor) -> bool:
    """Whether it is a duck or the like where there is water, which it is on rather than ashore."""
    return zoo.paddles(actor.character.kind) and bool(where.water or where.offshore)


def _afloat(where: Place, actor: Actor) -> bool:
    return where.floating or actor.pose == "swim" or zoo.swims(actor.character.kind)


def _place_one(scene: Scene, where: Place, actor: Actor, walks: int | None, number: int) -> None:
    """Lays one of the crowd down; `walks` is its number when it does."""
    afloat = _afloat(where, actor)
    shadow = not afloat and actor.pose != "fly"
    if walks is None:
        aloft = actor.pose == "fly"
        drawing = actor.drawing((number * 0.37) % 1 * (_SPREAD if aloft else 1), manga=scene.look.manga)
        hover = (0.7 + 0.2 * (number % 3)) * (-1) ** number  # not all at once
        motion = Motion(sway=0.6 if afloat else 0, hover=hover if aloft else 0)
        place(scene, f"crowd {number}", drawing, actor.spot, shadow=shadow, motion=motion)
        if _paddles(where, actor):
            put_ripple(scene, actor, f"crowd {number} ripple", motion)
    else:
        drawing, motion = actor.drawing(manga=scene.look.manga), Motion(actor=walks, bob=1)
        place(scene, f"crowd {number}", drawing, actor.spot, Role.ACTOR, motion=motion)
