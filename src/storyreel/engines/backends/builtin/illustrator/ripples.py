"""Ripples: the water about who swims."""

from dataclasses import replace

from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.figures import place
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Scene

_DRAUGHT, _BEYOND = 0.26, 1.3
"""How high above an animal's feet the water is that it swims in, in its heights, and how much wider than it."""


def put_ripple(scene: Scene, actor: Actor, name: str, motion: Motion) -> None:
    """The water that hides what of a swimmer is below its surface: about a person's hip, or as wide as an animal."""
    bones, spot = actor.bones(), actor.spot
    if bones:
        size, (x, y) = spot.size * 0.8, actor.at(bones.hip)
    else:
        x, y = actor.at((sum(actor.extent) / 2, 0))[0], spot.y - spot.size * _DRAUGHT
        size = _BEYOND * actor.breadth * spot.size / art.draw("ripple").box[2] * 100
    water = replace(spot, x=x, y=y, scale=size / 100, size=size, depth=spot.depth + 0.001, turn=0, soft=True)
    place(scene, name, art.draw("ripple"), water, shadow=False, motion=motion, drop=False)
