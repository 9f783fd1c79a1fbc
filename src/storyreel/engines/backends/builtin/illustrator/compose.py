"""From a request to a scene with all its layers."""

from dataclasses import dataclass, replace

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import Framing, SceneSpec
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.color import rgb
from storyreel.engines.backends.builtin.illustrator.figures import Spot, place
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Motion, Role, glow
from storyreel.engines.backends.builtin.illustrator.palette import palette
from storyreel.engines.backends.builtin.illustrator.pixels import affine, warp
from storyreel.engines.backends.builtin.illustrator.puppets.cast import passer_by
from storyreel.engines.backends.builtin.illustrator.puppets.head import draw_head
from storyreel.engines.backends.builtin.illustrator.puppets.human import human
from storyreel.engines.backends.builtin.illustrator.scene import Lamp, Place, Scene
from storyreel.engines.backends.builtin.illustrator.settings import SETTINGS, SUNS
from storyreel.engines.backends.builtin.illustrator.staging import Prop, Stage, stage
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.weather import INDOORS, add_weather
from storyreel.engines.backends.builtin.illustrator.words import drawn_setting, known
from storyreel.engines.contracts.image import ImageRequest

_MOODS = ("calm", "happy", "wonder", "mysterious", "sad")
_HOURS = {"noon": "day"}
"""Palettes that are not called what the time of day is called."""
_ZOOM = {Framing.WIDE: 1.0, Framing.MEDIUM: 1.22, Framing.CLOSE: 1.6}
"""How much larger the nearest background is drawn."""
_PILOT_WINDOW = (-0.4, -56.5, 6.2)
"""Where in the rocket's drawing a head looks out, and its radius."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A scene with everything in it, and who stands where."""

    scene: Scene
    stage: Stage


def compose(request: ImageRequest, canvas: Canvas) -> Composition:
    """Draw all layers of a request at the size of a canvas. The same request gives the same layers."""
    spec = _understood(request)
    setting = drawn_setting(spec.setting)
    colors = palette(request.style, _hour(setting, spec), spec.mood)
    scene = Scene(spec, request.style, colors, canvas, request.seed, SUNS.get(setting, (0.72, 0.2)))
    if setting == "room":
        scene.outside = palette(request.style, _HOURS.get(spec.time, spec.time), spec.mood)
    where = SETTINGS[setting](scene)
    staged = stage(scene, where, setting, request.characters)
    _frame_background(scene, where, staged)
    if setting == "market" and spec.framing is not Framing.CLOSE:
        _crowd(scene, [actor.spot.x for actor in staged.actors])
    for prop in staged.props:
        _put_prop(scene, prop, staged, where)
    _put_furniture(scene, staged)
    for number, actor in enumerate(staged.actors):
        _put_actor(scene, actor, number, staged, where)
    if setting not in INDOORS:
        add_weather(scene, where)
    scene.layers.sort(key=lambda layer: layer.depth)
    return Composition(scene, staged)


def _understood(request: ImageRequest) -> SceneSpec:
    """The scene in words that there is a drawing or a palette for."""
    spec = request.scene
    if spec is None:
        return SceneSpec("abstract", time="dusk" if request.seed % 2 else "noon", mood=_MOODS[request.seed % 5])
    return replace(
        spec,
        setting=known("settings", spec.setting) or drawn_setting(spec.setting),
        time=known("times", spec.time) or "noon",
        weather=known("weathers", spec.weather) or "clear",
        mood=known("moods", spec.mood) or "calm",
    )


def _hour(setting: str, spec: SceneSpec) -> str:
    """The palette of a setting at a time of day in a weather."""
    fixed = {"moon": "space", "space": "space", "underwater": "water", "cave": "cave"}.get(setting)
    if fixed:
        return fixed
    if setting == "room":
        return "room_night" if spec.time in ("night", "dusk") else "room_day"
    if spec.weather == "storm" and spec.time != "night":
        return "storm"
    if spec.weather in ("snow", "rain", "cloudy", "fog") and spec.time in ("noon", "morning", "afternoon"):
        return "overcast"
    return _HOURS.get(spec.time, spec.time)


def _frame_background(scene: Scene, where: Place, staged: Stage) -> None:
    """Brings the background closer for medium and close shots: the nearer a layer, the more."""
    zoom = _ZOOM[scene.spec.framing]
    if zoom == 1:
        return
    main = staged.actors[0].spot.x if staged.actors else scene.x(0.5)
    focus = main, scene.y(where.ground if scene.spec.framing is Framing.MEDIUM else 0.62)
    for layer in scene.layers:
        if layer.role is Role.FRAME:
            factor = 1 + (zoom - 1) * 0.6
        elif layer.name == "sky" or layer.role is Role.STARS:
            factor = 1 + (zoom - 1) * 0.12
        else:
            factor = 1 + (zoom - 1) * (0.25 + 0.75 * max(0.0, min(layer.depth, 1)))
        _zoom_layer(scene, layer, factor, (focus[0] * scene.px, focus[1] * scene.px))
    scene.lamps = [
        Lamp(
            focus[0] + (lamp.x - focus[0]) * 1.15,
            focus[1] + (lamp.y - focus[1]) * 1.15,
            lamp.radius * 1.15,
            lamp.color,
            lamp.strength,
        )
        for lamp in scene.lamps
    ]


def _zoom_layer(scene: Scene, layer: Layer, factor: float, focus: tuple[float, float]) -> None:
    height, width = layer.picture.shape[:2]
    left = focus[0] + (layer.at[0] - focus[0]) * factor
    top = focus[1] + (layer.at[1] - focus[1]) * factor
    x0, y0 = max(0, int(left)), max(0, int(top))
    x1, y1 = min(scene.width_px, int(left + width * factor) + 1), min(scene.height_px, int(top + height * factor) + 1)
    if x1 <= x0 or y1 <= y0:
        layer.picture, layer.at = layer.picture[:1, :1] * 0, (0, 0)
        return
    full = width >= scene.width_px
    matrix = affine(factor, 0, left - x0, 0, factor, top - y0)
    layer.picture = warp(layer.picture, matrix, x1 - x0, y1 - y0, replicate=full)
    layer.at = (x0, y0)


def _crowd(scene: Scene, kept_clear: list[float]) -> None:
    """Passers-by in the middle distance, paler with distance, none right behind a figure."""
    chance = scene.random
    for _ in range(scene.count(10)):
        near = chance.random()
        x, y = 0.54 + chance.uniform(-0.5, 0.5) * (0.26 + 0.42 * near), 0.775 + 0.075 * near
        if any(abs(scene.x(x) - other) < scene.wide(0.06) for other in kept_clear):
            continue
        size, seed = scene.tall(0.20 + 0.19 * near), chance.randrange(9999)
        figure = human(
            passer_by(seed),
            chance.choice(("walk", "walk", "stand", "look_up")),
            chance.random(),
            manga=scene.look.manga,
            from_behind=chance.random() < 0.5,
        )
        spot = Spot(scene.x(x), scene.y(y), size / 100, size, 0.55 + 0.2 * near, chance.random() < 0.5)
        place(scene, f"passer-by {seed}", figure.drawing, spot, Role.THING)


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
