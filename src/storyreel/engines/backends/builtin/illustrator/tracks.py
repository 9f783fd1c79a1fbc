"""Tracks: what those who walk print into snow, sand and moon dust, behind them and while they go on."""

from storyreel.domain.storyboard import Framing
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.layers import STILL, Layer, Motion, Role
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_SOFT = ("moon", "planet", "desert", "beach", "snow")
"""Places with sand or dust; elsewhere there is snow in winter."""
_GAITS = ("walk", "run")
_SHOE, _PAW = (0.27, 0.1, 0.1), (0.17, 0.055, 0.34)
"""From a print to the next, how long it is, and how far behind its middle somebody's last foot is: in heights."""
_FLAT, _APART, _RECEDES = 0.36, 0.022, 0.05
"""How flat prints lie; how far the left ones are from the right ones, in heights; and how far away they come from."""
_DARK, _BRIGHT, _STRENGTH = 0.5, 0.4, 0.8
"""How dark the hollow is, how much its rim catches the light, and how strongly both show."""


def put_tracks(scene: Scene, where: Place, actor: Actor, number: int) -> None:
    """The prints that lead to somebody's feet, and those still to come, which nobody sees before they are trodden."""
    soft = scene.spec.setting in _SOFT or (scene.snowy and not scene.air)
    afoot = actor.pose in _GAITS and actor.pace and actor.on is None and actor.spot.depth > where.depth - 0.1
    if not (soft and afoot) or where.floating or where.water or scene.spec.framing is Framing.CLOSE:
        return
    size, side, spot = actor.spot.size, actor.side, actor.spot
    step, length, last = (share * size for share in (_SHOE if actor.person else _PAW))
    behind = Drawing(0, spot.y - size, scene.width, 1.2 * size)
    x, count = spot.x - side * last, 0
    while 0 < x < scene.width:
        _print(scene, behind, actor, x, length, count)
        x, count = x - side * step, count + 1
    _lay(scene, behind, actor, STILL)
    x, count = spot.x - side * (last - step), 1
    while 0 < x < scene.width:
        ahead = Drawing(x - length, spot.y - length, 2 * length, 2 * length)
        _print(scene, ahead, actor, x, length, count)
        _lay(scene, ahead, actor, Motion(trod=(number, count * step)))
        x, count = x + side * step, count + 1


def _print(scene: Scene, sheet: Drawing, actor: Actor, x: float, length: float, count: int) -> None:
    away = max(0.0, actor.side * (actor.spot.x - x))
    y = actor.spot.y - away * _RECEDES + actor.spot.size * _APART * (-1) ** count
    radius = length / 2 * max(0.5, 1 - away / scene.width)
    hollow, rim = darken(scene.ground_color, _DARK), mix(scene.ground_color, "#ffffff", _BRIGHT)
    with sheet.group(f"translate({x:.1f} {y:.1f}) scale(1 {_FLAT})", opacity=_STRENGTH):
        sheet.oval(0, radius * 0.3, radius, rim)
        sheet.oval(0, 0, radius, hollow)
        sheet.oval(-actor.side * radius * 1.05, 0, radius * 0.6, hollow)


def _lay(scene: Scene, sheet: Drawing, actor: Actor, motion: Motion) -> None:
    x, y, wide, high = sheet.box
    picture, (left, top) = sheet.shown(round(wide * scene.px), round(high * scene.px))
    at = round(x * scene.px) + left, round(y * scene.px) + top
    scene.layers.append(Layer("tracks", picture, actor.spot.depth - 0.002, Role.SHADOW, motion=motion, at=at))
