"""Turns what the shots say into scenes: carries over what is not said again, places the cast, varies the camera."""

from dataclasses import dataclass, field

from storyreel.domain.storyboard import Camera, Framing, SceneSpec, Subject, Transition
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.reading import Action, Reading

UNKNOWN_SETTING = "meadow"
_AIRLESS = ("moon", "space", "planet", "underwater")
_MOVING = ("walk", "run", "sit", "sleep", "fly", "swim")
_ON_STAGE = 3
_PROPS = 3
_CAMERAS = {
    Framing.WIDE: (Camera.PUSH_IN, Camera.PAN_RIGHT, Camera.RISE, Camera.PAN_LEFT),
    Framing.MEDIUM: (Camera.PAN_RIGHT, Camera.PUSH_IN, Camera.PAN_LEFT, Camera.PULL_OUT),
    Framing.CLOSE: (Camera.PUSH_IN, Camera.PULL_OUT),
}


@dataclass(frozen=True, slots=True)
class Staged:
    """One shot's scene, with whom it shows and what they do (in the order of `scene.subjects`)."""

    scene: SceneSpec
    members: tuple[Member, ...]
    actions: tuple[Action | None, ...]
    new_place: bool
    jump: bool


@dataclass
class Stage:
    """What holds until the story says otherwise."""

    seed: int = 0
    setting: str | None = None
    time: str | None = None
    weather: str = "clear"
    mood: str = "calm"
    framings: list[Framing] = field(default_factory=list[Framing])
    camera: Camera | None = None

    def next(self, reading: Reading, who: dict[int, list[Member]], carried: list[Member]) -> Staged:
        """Stage one shot. `carried` is whom to show when nobody is mentioned."""
        new_place = self._move(reading)
        members = _on_stage(who) or carried
        doing = _deeds(reading, who, members)
        setting = self.setting or UNKNOWN_SETTING
        framing = self._framing(reading, new_place, bool(members))
        scene = SceneSpec(
            setting=setting,
            time=self.time or ("night" if setting in ("space", "moon") else "noon"),
            weather="clear" if setting in _AIRLESS else self.weather,
            mood=self.mood,
            framing=framing,
            camera=self._camera(framing),
            subjects=tuple(_subject(reading, who, members, doing, place) for place in range(len(members))),
            props=_props(reading, setting),
        )
        return Staged(scene, tuple(members), tuple(doing), new_place, reading.jump)

    def _move(self, reading: Reading) -> bool:
        """Take over what the shot says; whether it takes place somewhere else than the one before."""
        said = reading.setting or (reading.hinted_setting if self.setting is None else None)
        new_place = said is not None and said != self.setting
        if new_place or reading.jump:
            self.mood = "calm"
            if reading.time is None and reading.jump and self.time in ("dusk", "night"):
                self.time = "morning"
            if reading.jump:
                self.weather = "clear"
        self.setting = said or self.setting
        self.time = reading.time or self.time
        self.weather = reading.weather or self.weather
        self.mood = reading.mood or self.mood
        return new_place

    def _framing(self, reading: Reading, new_place: bool, peopled: bool) -> Framing:
        if reading.framing:
            wanted = Framing(reading.framing)
        elif new_place or not peopled or not self.framings:
            wanted = Framing.WIDE
        else:
            wanted = Framing.CLOSE if self.framings[-1] is Framing.MEDIUM else Framing.MEDIUM
        if self.framings[-2:] == [wanted, wanted]:
            wanted = Framing.WIDE if wanted is not Framing.WIDE else Framing.MEDIUM
        self.framings = [*self.framings[-1:], wanted]
        return wanted

    def _camera(self, framing: Framing) -> Camera:
        choices = [camera for camera in _CAMERAS[framing] if camera is not self.camera]
        self.camera = choices[self.seed % len(choices)]
        self.seed += 1
        return self.camera


def transition(one: Staged, two: Staged) -> Transition:
    """How a shot gives way to the next: black over a jump in time, a crossfade to another place, else a cut."""
    if two.jump or (one.scene.time != two.scene.time and two.new_place):
        return Transition.FADE_BLACK
    return Transition.CROSSFADE if two.new_place else Transition.CUT


def _on_stage(who: dict[int, list[Member]]) -> list[Member]:
    found: dict[str, Member] = {}
    for members in who.values():
        for member in members:
            found.setdefault(member.id, member)
    return list(found.values())[:_ON_STAGE]


def _deeds(reading: Reading, who: dict[int, list[Member]], members: list[Member]) -> list[Action | None]:
    """What each one does: an action belongs to whoever was mentioned last before it."""
    deeds: dict[str, Action] = {}
    for action in reading.actions:
        for member in _doers(who, members, action.first):
            deeds.setdefault(member.id, action)
    return [deeds.get(member.id) for member in members]


def _doers(who: dict[int, list[Member]], members: list[Member], place: int) -> list[Member]:
    before = [first for first in who if first < place]
    if not before:
        return members[:1]
    doers = list(who[before[-1]])
    # Ann and Ben walk: two who are mentioned side by side do it together.
    if len(before) > 1 and before[-1] - before[-2] <= 3:
        doers += who[before[-2]]
    return doers


def _subject(
    reading: Reading, who: dict[int, list[Member]], members: list[Member], doing: list[Action | None], place: int
) -> Subject:
    member, action = members[place], doing[place]
    lead = doing[0]
    pose = action.pose if action else lead.pose if lead and lead.pose in _MOVING and place and not who else "stand"
    expression = next((id_ for at, id_ in reading.expressions if member in _doers(who, members, at)), "calm")
    holds = next((id_ for at, id_ in reading.held if member in _doers(who, members, at)), None)
    return Subject(
        character=member.id,
        pose=pose,
        expression="sleep" if pose == "sleep" else expression,
        facing="left" if place % 2 else "right",
        holds=holds,
    )


def _props(reading: Reading, setting: str) -> tuple[str, ...]:
    """Things to be seen; what the setting itself shows is left out."""
    return tuple(prop for prop in reading.props if prop != setting)[:_PROPS]
