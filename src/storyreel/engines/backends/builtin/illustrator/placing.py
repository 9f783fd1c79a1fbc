"""Puts who and what is on stage into the scene, as layers."""

import math
from collections.abc import Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.color import rgb
from storyreel.engines.backends.builtin.illustrator.crowd import put_crowd
from storyreel.engines.backends.builtin.illustrator.dressing import stirs
from storyreel.engines.backends.builtin.illustrator.figures import Spot, place
from storyreel.engines.backends.builtin.illustrator.layers import STILL, Motion, Role, glow
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.head import draw_head
from storyreel.engines.backends.builtin.illustrator.ripples import put_ripple
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.smoke import smoke
from storyreel.engines.backends.builtin.illustrator.staging import Stage
from storyreel.engines.backends.builtin.illustrator.standing import Prop
from storyreel.engines.backends.builtin.illustrator.tracks import put_tracks
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import color_of

_STIRRING = 188.0
"""How many degrees from upright a stick is that is in a pot."""
_TURNED = {("sweep", ""): -4.0, ("fly", "broom"): 78.0}
"""How many degrees from upright what is held is in a pose: what reaches the ground, and what one flies on."""
_BEHIND = -0.004
"""How much deeper in the scene than who holds it an umbrella is, and than who is given it: no face is behind it."""
_WATERLINE = 13
"""How far below the origin of its drawing the water about what sails is, in its units."""
_PILOT_WINDOW = (-0.4, -56.5, 6.2)
"""Where in the rocket's drawing a head looks out, and its radius."""


def put_stage(scene: Scene, staged: Stage, where: Place) -> list[Actor]:
    """Everything and everybody on their marks; returns those of the crowd who walk."""
    walking = put_crowd(scene, staged, where)
    for prop in staged.props:
        _put_prop(scene, prop, staged, where)
    _put_boat(scene, staged)
    for number, actor in enumerate(staged.actors):
        put_tracks(scene, where, actor, number)
        _put_actor(scene, actor, number, staged, where)
    return walking


def _put_prop(scene: Scene, prop: Prop, staged: Stage, where: Place) -> None:
    motion = Motion(hover=1) if where.floating or prop.where == "water" else Motion()
    if prop.name == "rocket" and (where.floating or staged.pilot):
        _put_flying_rocket(scene, prop, staged)
        return
    piece = art.piece(prop.name)
    drawn = piece.snowed if piece and scene.snowy and not scene.air else ""
    drawing = art.draw(drawn or prop.name, color_of(scene.spec, prop.name))
    if piece and piece.burns:
        motion = replace(motion, flicker=1)
        _halo(scene, prop.name, prop.spot, 0.5, Motion(flicker=1))
    if piece and piece.smokes:
        top = prop.spot.y - prop.spot.size * 0.9
        smoke(scene, prop.spot.x, top, max(prop.spot.size, scene.tall(0.2)), prop.spot.depth - 0.004)
    if prop.where == "sky":
        place(scene, prop.name, drawing, prop.spot, Role.SKY, shadow=False, drop=False)
        _halo(scene, prop.name, prop.spot)
        return
    shadow = not (where.floating or where.water or scene.spec.framing is Framing.CLOSE)
    place(scene, prop.name, drawing, prop.spot, shadow=shadow and prop.where not in ("table", "far"), motion=motion)
    _prop_light(scene, prop.name, prop.spot)
    if prop.where == "water" and (where.water or where.offshore):
        _put_in_water(scene, prop, motion)
    if prop.name == "bed" and any(actor.lies and actor.seated for actor in staged.actors):
        over = replace(prop.spot, depth=prop.spot.depth + 0.03)
        place(scene, "blanket", art.draw("blanket"), over, shadow=False, drop=False)


def _put_in_water(scene: Scene, prop: Prop, motion: Motion) -> None:
    """The water about the keel of what sails."""
    left, _, wide, _ = art.draw(prop.name).box
    scale = prop.spot.scale * wide / art.draw("ripple").box[2]
    x, y = prop.spot.x + (left + wide / 2) * prop.spot.scale, prop.spot.y + _WATERLINE * prop.spot.scale
    about = replace(prop.spot, x=x, y=y, scale=scale, size=scale * 100, depth=prop.spot.depth + 0.001, soft=True)
    place(scene, f"{prop.name} water", art.draw("ripple"), about, shadow=False, motion=motion, drop=False)


def _halo(scene: Scene, name: str, spot: Spot, share: float = 1, motion: Motion = STILL) -> None:
    """The light round something that shines in the sky, or burns; `share` is how much of its light."""
    piece = art.piece(name)
    if piece and piece.light:
        x, y, radius, color, strength = piece.light
        px, side = scene.px, -1 if spot.mirrored else 1
        reach = radius * spot.scale * px
        center = ((spot.x + side * x * spot.scale) * px, (spot.y + y * spot.scale) * px)
        halo = glow(scene.width_px, scene.height_px, center, reach, rgb(color) * strength * share, 1.6)
        scene.add_light(f"{name} halo", halo, spot.depth - 0.005, motion=motion)


def _prop_light(scene: Scene, name: str, spot: Spot) -> None:
    piece = art.piece(name)
    if piece and piece.light and scene.palette.lamps:
        x, y, radius, color, strength = piece.light
        side = -1 if spot.mirrored else 1
        scene.lamp(spot.x + side * x * spot.scale, spot.y + y * spot.scale, radius * spot.scale, color, strength)


def _put_flying_rocket(scene: Scene, prop: Prop, staged: Stage) -> None:
    drawing = Drawing(-45, -108, 90, 220)
    with drawing.group("translate(0 -4)"):
        art.add_to(drawing, "flame")
    art.add_to(drawing, "rocket")
    if staged.pilot and staged.pilot.person:
        x, y, radius = _PILOT_WINDOW
        porthole = f"M{x - 8} {y - 1.5} a8 8 0 1 0 16 0 a8 8 0 1 0 -16 0Z"
        with drawing.group(clip=drawing.clip(porthole)):
            person = replace(staged.pilot.person, hat="")
            draw_head(drawing, person, (x, y), radius, 0, staged.pilot.expression, manga=scene.look.manga)
    spot = replace(prop.spot, turn=52)
    place(scene, "rocket", drawing, spot, shadow=False, motion=Motion(hover=0.6, glide=90))
    scene.lamp(spot.x - spot.size * 0.28, spot.y + spot.size * 0.22, spot.size * 1.1, "#ff9a4a", 0.75)
    scene.lamp(spot.x - spot.size * 0.28, spot.y + spot.size * 0.22, spot.size * 0.4, "#ffe0a0", 0.6)


def _put_boat(scene: Scene, staged: Stage) -> None:
    """The boat in two parts, with who is in it between; who rows needs no sail."""
    if staged.boat is None:
        return
    if not any(actor.pose == "row" for actor in staged.actors):
        sail = replace(staged.boat, depth=staged.boat.depth - 0.008)
        place(scene, "sail", art.draw("sail"), sail, shadow=False, motion=Motion(hover=1))
    hull = replace(staged.boat, depth=staged.boat.depth + 0.01)
    place(scene, "boat", art.draw("boat", color_of(scene.spec, "boat")), hull, shadow=False, motion=Motion(hover=1))


def _put_actor(scene: Scene, actor: Actor, number: int, staged: Stage, where: Place) -> None:
    spot, manga = actor.spot, scene.look.manga
    afloat = where.floating or where.water or (where.offshore is not None and spot.depth < where.depth - 0.1)
    motion = Motion(actor=number, bob=1, hover=1 if afloat else 0)
    grounded = not afloat and not actor.seated and actor.pose != "fly"
    shadow = grounded and scene.spec.framing is not Framing.CLOSE
    place(scene, f"actor {number}", actor.drawing(manga=manga), spot, Role.ACTOR, shadow=shadow, motion=motion)
    stirring = stirs(actor) and any(prop.name == "pot" for prop in staged.props)
    turned = _STIRRING if stirring else _TURNED.get((actor.pose, actor.holds or ""), _TURNED.get((actor.pose, "")))
    _put_held(scene, actor, motion, staged.actors, turned)
    if actor.pose == "swim" and not where.floating and not zoo.swims(actor.character.kind):
        put_ripple(scene, actor, f"ripple {number}", motion)
    arm = actor.near_arm(manga=manga)
    if arm:
        before = replace(spot, depth=spot.depth + 0.001)
        motion = replace(motion, gesture=actor.gestures)
        place(scene, f"arm {number}", arm, before, shadow=False, motion=motion, drop=False)


def _put_held(
    scene: Scene, actor: Actor, motion: Motion, everybody: Sequence[Actor], turned: float | None = None
) -> None:
    """What is in the front hand, or the mouth, over it; `turned` so many degrees, or else as it is held."""
    hand, spot = actor.grip(), actor.spot
    piece = art.piece(actor.holds) if actor.holds else None
    if piece is None or actor.holds is None or spot.turn:
        return
    size = actor.held_size()
    x, y = actor.at(hand)
    if piece.string and actor.pose == piece.played:
        _put_flown(scene, actor, (x, y), piece.string * spot.size / actor.height, motion)
        return
    if actor.pose == "sweep":
        _, top, _, high = art.draw(actor.holds).box
        size = (spot.y - y) / (top + high) * 100
    planted = piece.planted and actor.pose == "plant"
    if turned is None and not planted:
        turned = _held_turn(actor, piece, (x, y), [one for one in everybody if one is not actor])
    held = Spot(
        x,
        spot.y if planted else y + (0 if piece.hand else size * 0.4),
        size / 100,
        spot.size,
        spot.depth + (_BEHIND if piece.over else 0.003),  # behind the rim of a pot, and what stands on a table
        spot.mirrored,
        actor.side * (turned or 0),
    )
    motion = replace(motion, hand=True, flicker=1 if piece.burns else 0)
    drawing = art.draw(actor.holds, color_of(scene.spec, actor.holds))
    place(scene, f"held {actor.holds}", drawing, held, shadow=False, motion=motion, drop=False)
    if actor.pace and scene.palette.lamps:
        _halo(scene, actor.holds, held, motion=motion)  # for it goes along
    else:
        _prop_light(scene, actor.holds, held)


def _put_flown(scene: Scene, actor: Actor, hand: tuple[float, float], away: float, motion: Motion) -> None:
    """What flies on a string, ahead of whoever holds it and above."""
    (x, y), size, name = hand, actor.held_size(), actor.holds or ""
    ahead = min(away * 0.6, scene.picture_width - abs(x - scene.x(0 if actor.side > 0 else 1)) - size * 0.5)
    up = min(away * 0.8, y - scene.picture_y(0.04) - size)
    right, depth = actor.side * max(0.0, ahead), actor.spot.depth + 0.003
    line = Drawing(min(0, right) - 2, -up - 2, abs(right) + 4, up + 4)
    line.path(
        f"M0 0 Q{right * 0.7:.1f} {-up * 0.3:.1f} {right:.1f} {-up:.1f}", stroke="#f4f1ea", width=max(1.4, size / 90)
    )
    place(scene, "string", line, Spot(x, y, 1, actor.spot.size, depth), shadow=False, motion=motion, drop=False)
    spot = Spot(x + right, y - up, size / 100, actor.spot.size, depth, actor.spot.mirrored, actor.side * 20.0)
    drawing = art.draw(name, color_of(scene.spec, name))
    place(scene, f"held {name}", drawing, spot, shadow=False, motion=motion, drop=False)


def _held_turn(actor: Actor, piece: art.Piece, hand: tuple[float, float], others: Sequence[Actor]) -> float:
    """How a thing is held: as usual, or upright, or hanging down when it would be before somebody's face."""
    if piece.played or actor.moves or not others:
        return piece.turn
    long = piece.height * actor.spot.size / actor.height

    def hides(turn: float) -> bool:
        angle = math.radians(turn)
        tip = hand[0] + actor.side * math.sin(angle) * long, hand[1] - math.cos(angle) * long
        return any(_near(face, hand, tip) for other in others for face in _ways(other, hand[0]))

    return next((turn for turn in (piece.turn, -8.0, 192.0) if not hides(turn)), piece.turn)


def _ways(other: Actor, x: float) -> list[tuple[float, float, float]]:
    """Where a face is, in scene units with its radius: now, and on the way to x of who walks there."""
    face_x, face_y, radius = other.face()
    now = other.at((face_x, face_y))
    comes = other.pace and (x > now[0]) != other.spot.mirrored
    return [
        (now[0] + (x - now[0]) * share, now[1], radius * other.spot.scale)
        for share in ((0, 0.4, 0.7) if comes else (0,))
    ]


def _near(face: tuple[float, float, float], hand: tuple[float, float], tip: tuple[float, float]) -> bool:
    """Whether what reaches from a hand to its tip is before a face."""
    x, y, radius = face
    steps = [(hand[0] + (tip[0] - hand[0]) * k / 6, hand[1] + (tip[1] - hand[1]) * k / 6) for k in range(7)]
    return any(math.dist((x, y), step) < radius * 1.05 for step in steps)
