"""Puts who and what is on stage into the scene, as layers."""

from dataclasses import replace

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.color import rgb
from storyreel.engines.backends.builtin.illustrator.figures import Spot, place
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role, glow
from storyreel.engines.backends.builtin.illustrator.puppets.head import draw_head
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.staging import Prop, Stage
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_PILOT_WINDOW = (-0.4, -56.5, 6.2)
"""Where in the rocket's drawing a head looks out, and its radius."""


def put_stage(scene: Scene, staged: Stage, where: Place) -> None:
    """Everything and everybody on their marks."""
    for prop in staged.props:
        _put_prop(scene, prop, staged, where)
    _put_furniture(scene, staged)
    for number, actor in enumerate(staged.actors):
        _put_actor(scene, actor, number, staged, where)


def _put_prop(scene: Scene, prop: Prop, staged: Stage, where: Place) -> None:
    motion = Motion(hover=1) if where.floating or prop.where == "water" else Motion()
    if prop.name == "rocket" and (where.floating or staged.pilot):
        _put_flying_rocket(scene, prop, staged)
        return
    drawing = art.draw(prop.name)
    if prop.where == "sky":
        place(scene, prop.name, drawing, prop.spot, Role.SKY, shadow=False, drop=False)
        _halo(scene, prop)
        return
    shadow = not (where.floating or where.water or scene.spec.framing is Framing.CLOSE)
    place(scene, prop.name, drawing, prop.spot, shadow=shadow and prop.where != "table", motion=motion)
    _prop_light(scene, prop.name, prop.spot)


def _halo(scene: Scene, prop: Prop) -> None:
    """The light round something that shines in the sky."""
    piece = art.piece(prop.name)
    if piece and piece.light:
        _, _, radius, color, strength = piece.light
        px, spot = scene.px, prop.spot
        reach = radius * spot.scale * px
        center = (spot.x * px, spot.y * px)
        halo = glow(scene.width_px, scene.height_px, center, reach, rgb(color) * strength, 1.6)
        scene.add_light(f"{prop.name} halo", halo, spot.depth - 0.005)


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


def _put_furniture(scene: Scene, staged: Stage) -> None:
    """The boat and the bed, in two parts with the figure between."""
    if staged.boat:
        sail = replace(staged.boat, depth=staged.boat.depth - 0.008)
        place(scene, "sail", art.draw("sail"), sail, shadow=False, motion=Motion(hover=1))
        hull = replace(staged.boat, depth=staged.boat.depth + 0.01)
        place(scene, "boat", art.draw("boat"), hull, shadow=False, motion=Motion(hover=1))
    if staged.bed:
        sheet = art.draw("bed")
        for actor in staged.actors:
            if actor.spot.x == staged.bed.x and actor.person:
                radius = 14.5 if actor.person.child else 12
                draw_head(sheet, actor.person, (-62, -50), radius, -62, "sleep", manga=scene.look.manga)
        art.add_to(sheet, "blanket")
        place(scene, "bed", sheet, staged.bed, drop=False)


def _put_actor(scene: Scene, actor: Actor, number: int, staged: Stage, where: Place) -> None:
    spot = actor.spot
    if staged.bed and actor.pose == "sleep" and actor.person:
        return
    afloat = where.floating or where.water
    motion = Motion(actor=number, bob=1, hover=1 if afloat else 0)
    shadow = not afloat and scene.spec.framing is not Framing.CLOSE and actor.pose != "fly"
    drawing = actor.drawing(manga=scene.look.manga)
    place(scene, f"actor {number}", drawing, spot, Role.ACTOR, shadow=shadow, motion=motion)
    hand = actor.hand(scene.look.manga)
    piece = art.piece(actor.holds) if actor.holds else None
    if hand and actor.holds and piece:
        side = -1 if spot.mirrored else 1
        size = spot.size / actor.height * piece.height * (1 if piece.hand else 0.45)
        held = Spot(
            spot.x + side * hand[0] * spot.scale,
            spot.y + hand[1] * spot.scale + (0 if piece.hand else size * 0.4),
            size / 100,
            spot.size,
            spot.depth + 0.0005,
            spot.mirrored,
            side * piece.turn,
        )
        place(scene, f"held {actor.holds}", art.draw(actor.holds), held, shadow=False, motion=motion, drop=False)
        _prop_light(scene, actor.holds, held)
