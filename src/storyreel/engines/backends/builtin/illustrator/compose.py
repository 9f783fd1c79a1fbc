"""From a request to a scene with all its layers."""

from dataclasses import dataclass, replace

from storyreel.domain.film import Canvas
from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator.actors import Actor, actor_of
from storyreel.engines.backends.builtin.illustrator.bare import furnish
from storyreel.engines.backends.builtin.illustrator.blossoms import blossoms
from storyreel.engines.backends.builtin.illustrator.layers import Layer, Role
from storyreel.engines.backends.builtin.illustrator.palette import hour_of, palette
from storyreel.engines.backends.builtin.illustrator.pixels import affine, warp
from storyreel.engines.backends.builtin.illustrator.placing import put_stage
from storyreel.engines.backends.builtin.illustrator.scene import Lamp, Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.settings import OLD_CHINA, SETTINGS
from storyreel.engines.backends.builtin.illustrator.staging import Stage, shown, stage
from storyreel.engines.backends.builtin.illustrator.weather import add_weather
from storyreel.engines.backends.builtin.illustrator.words import drawn_setting, known
from storyreel.engines.contracts.image import ImageRequest

_MOODS = ("calm", "happy", "wonder", "mysterious", "sad")
_SUNLIT = ("noon", "afternoon")
_NIGHTLY = {"moon", "star"}
"""Whoever tells of these means the night, whatever was before; but at dawn and dusk they are there too."""
_DRY = ("park", "garden", "meadow", "farm", "forest", "village", "mountain", "street", "road")
"""Where there is no water to row on, but may well be a lake."""
_IN_ARMS = ("hug", "carry")
_LOW = 0.8
"""Animals lower than this, in heights of who is there too, have their faces far below theirs."""
_EMPTY_NEARER, _ASIDE = 1.3, 0.2
"""How much nearer a place is where nobody is and nothing, and where across it one looks: or all its shots are alike."""
_ZOOM = {Framing.WIDE: 1.0, Framing.MEDIUM: 1.22, Framing.CLOSE: 1.6}
"""How much larger the nearest background is drawn."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A scene with everything in it, and who stands where; `walking`: passers-by, numbered after the actors."""

    scene: Scene
    stage: Stage
    walking: tuple[Actor, ...] = ()

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Who moves of their own accord, by their numbers."""
        return (*self.stage.actors, *self.walking)


def compose(request: ImageRequest, canvas: Canvas) -> Composition:
    """Draw all layers of a request at the size of a canvas. The same request gives the same layers."""
    spec = _understood(request)
    spec = replace(spec, framing=_framing(spec, request.characters, canvas))
    setting = _setting(spec)
    spec = replace(spec, season=setting.season or spec.season)
    hour = hour_of(setting.air, spec.time, spec.weather, spec.season)
    colors = palette(request.style, hour, spec.mood, "" if setting.air else spec.weather)
    scene = Scene(spec, request.style, colors, canvas, request.seed, setting.sun)
    scene.air = setting.air
    if setting.air == "room":
        hour = hour_of("", spec.time, spec.weather, spec.season)
        scene.outside = palette(request.style, hour, spec.mood, spec.weather)
    where = setting.draw(scene)
    staged = stage(scene, where, request.characters)
    furnish(scene, staged, where)
    blossoms(scene, where)
    _frame_background(scene, where, staged)
    walking = put_stage(scene, staged, where)
    if not setting.air:
        add_weather(scene, where)
    scene.layers.sort(key=lambda layer: layer.depth)
    return Composition(scene, staged, tuple(walking))


def _setting(spec: SceneSpec) -> Setting:
    """How the scene's place looks in its culture."""
    name = drawn_setting(spec.setting)
    return (OLD_CHINA.get(name) if spec.culture == "chinese" else None) or SETTINGS[name]


def _culture(request: ImageRequest, spec: SceneSpec) -> str:
    """That of the scene, or else what the looks of its characters tell."""
    looks = " ".join(character.looks.lower() for character in request.characters)
    told = ("chinese modern", "chinese", "medieval")
    return spec.culture or next((culture for culture in told if culture in looks), "")


def _understood(request: ImageRequest) -> SceneSpec:
    """The scene in words that there is a drawing or a palette for."""
    spec = request.scene
    if spec is None:
        return SceneSpec("abstract", time="dusk" if request.seed % 2 else "noon", mood=_MOODS[request.seed % 5])
    time = known("times", spec.time) or "noon"
    place = _where(spec)
    told = {known("props", name) for name in (*spec.props, *(_kind(request, subject) for subject in spec.subjects))}
    return replace(
        spec,
        setting=place,
        time="night" if time in _SUNLIT and told & _NIGHTLY and "sun" not in told else time,
        weather=known("weathers", spec.weather) or "clear",
        mood=known("moods", spec.mood) or "calm",
        culture=_culture(request, spec),
    )


def _framing(spec: SceneSpec, characters: tuple[Character, ...], canvas: Canvas) -> Framing:
    """How near it is shown: no bed is too near to be seen, and in a tall picture no low animal beside somebody."""
    if spec.framing is not Framing.CLOSE:
        return spec.framing
    tall = canvas.height > canvas.width
    actors = [actor_of(subject, characters, suited=False) for subject in shown(spec, tall=tall)]
    lying = any(actor.lies for actor in actors)
    touching = any(actor.pose in _IN_ARMS for actor in actors)
    people, others = ([actor.height for actor in actors if bool(actor.person) == some] for some in (True, False))
    low = bool(people and others) and min(others) < max(people) * _LOW
    return Framing.MEDIUM if lying or (low and not touching and tall) else Framing.CLOSE


def _where(spec: SceneSpec) -> str:
    """The setting that is drawn: nobody rows on a deck, and no trees to climb are indoors."""
    place = known("settings", spec.setting) or drawn_setting(spec.setting)
    for subject in spec.subjects:
        pose = known("poses", subject.pose)
        if pose == "row" and (place == "ship" or SETTINGS[place].air == "room"):
            return "sea"
        if pose == "row" and place in _DRY:
            return "lake"  # of the park
        if pose == "climb" and known("props", subject.toward or "") == "tree" and SETTINGS[place].air == "room":
            return "garden"
    return place


def _kind(request: ImageRequest, subject: Subject) -> str:
    """What a subject is: the kind of its character."""
    return next((one.kind for one in request.characters if one.id == subject.character), subject.character)


def _frame_background(scene: Scene, where: Place, staged: Stage) -> None:
    """Brings the background closer for medium and close shots: the nearer a layer, the more."""
    zoom = _ZOOM[scene.spec.framing]
    if zoom == 1:
        return
    seen = [*staged.actors, *(prop for prop in staged.props if prop.where != "sky")]
    empty = not staged.actors and not staged.props and not scene.spec.crowd
    zoom *= _EMPTY_NEARER if empty else 1
    main = seen[0].spot.x if seen else scene.x(_ASIDE if empty else 0.5)
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
