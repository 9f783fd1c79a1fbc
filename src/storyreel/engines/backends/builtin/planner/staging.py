"""Turns what the shots say into scenes: carries over what is not said again, places the cast, varies the camera."""

from dataclasses import dataclass, field

from storyreel.domain.storyboard import Camera, Framing, SceneSpec, Subject, Transition
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.reading import Action, Reading

UNKNOWN_SETTING = "meadow"
_AIRLESS = ("moon", "space", "planet", "underwater")
_ON_STAGE = 3
_PROPS = 3
_TALL = ("flag", "ladder")
"""What a hand holds up higher than a close view reaches."""
_CAMERAS = {
    Framing.WIDE: (Camera.PUSH_IN, Camera.PAN_RIGHT, Camera.RISE, Camera.PAN_LEFT),
    Framing.MEDIUM: (Camera.PAN_RIGHT, Camera.PUSH_IN, Camera.PAN_LEFT, Camera.PULL_OUT),
    Framing.CLOSE: (Camera.PUSH_IN, Camera.PULL_OUT),
}

Who = dict[int, list[Member]]
"""Who is meant by each mention, by the place of its word; −1 for somebody whom the sentence leaves out."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One shot's scene, with whom it shows and what they do (in the order of `scene.subjects`)."""

    scene: SceneSpec
    who: Who
    members: tuple[Member, ...]
    actions: tuple[Action | None, ...]
    new_place: bool
    jump: bool


@dataclass
class Stage:
    """What holds until the story says otherwise. `vehicles` are those that the story told of, by how they travel."""

    seed: int = 0
    setting: str | None = None
    time: str | None = None
    weather: str = "clear"
    mood: str = "calm"
    framings: list[Framing] = field(default_factory=list[Framing])
    camera: Camera | None = None
    vehicles: dict[str, str] = field(default_factory=dict[str, str])

    def next(self, reading: Reading, who: Who, carried: list[Member]) -> Staged:
        """Stage one shot. `carried` is whom to show when nobody is mentioned."""
        new_place = self._move(reading)
        members = _on_stage(who) or carried
        doing = deeds(reading, who, members)
        subjects = subjects_of(reading, who, members, doing)
        setting = self.setting or UNKNOWN_SETTING
        tall = any(subject.holds in _TALL for subject in subjects)
        framing = self._framing(reading, new_place, bool(members), tall)
        scene = SceneSpec(
            setting=setting,
            time=self.time or ("night" if setting in ("space", "moon") else "noon"),
            weather="clear" if setting in _AIRLESS else self.weather,
            mood=self.mood,
            framing=framing,
            camera=self._camera(framing),
            subjects=subjects,
            props=self._props(reading, setting, members, subjects),
        )
        return Staged(scene, who, tuple(members), tuple(doing), new_place, reading.jump)

    def _move(self, reading: Reading) -> bool:
        """Take over what the shot says; whether it takes place somewhere else than the one before."""
        said = reading.setting or (reading.hinted_setting if self.setting is None else None)
        new_place = said is not None and said != self.setting
        if new_place or reading.jump:
            self.mood = "calm"
        if new_place and reading.time not in (None, self.time):
            self.weather = "clear"
        if reading.jump:
            self.weather = "clear"
            if self.time in ("dusk", "night"):
                self.time = "morning"
        self.setting = said or self.setting
        self.time = reading.time or self.time
        self.weather = reading.weather or self.weather
        self.mood = reading.mood or self.mood
        return new_place

    def _framing(self, reading: Reading, new_place: bool, peopled: bool, tall: bool) -> Framing:
        if reading.framing:
            wanted = Framing(reading.framing)
        elif new_place or not peopled or not self.framings or tall:
            wanted = Framing.WIDE
        else:
            wanted = Framing.CLOSE if self.framings[-1] is Framing.MEDIUM else Framing.MEDIUM
        if self.framings[-2:] == [wanted, wanted]:
            wanted = Framing.WIDE if wanted is not Framing.WIDE else Framing.MEDIUM
        self.framings = [*self.framings[-1:], wanted]
        return wanted

    def _props(
        self, reading: Reading, setting: str, members: list[Member], subjects: tuple[Subject, ...]
    ) -> tuple[str, ...]:
        """Things to be seen, and what people fly or sail in when the story told of it; not the setting itself."""
        for prop in reading.props:
            if way := grammar().group("vehicles", prop):
                self.vehicles[way] = prop
        too_large = grammar().words("outdoor_props") if setting in grammar().words("indoors") else frozenset[str]()
        found = [prop for prop in reading.props if prop != setting and prop not in too_large]
        flying = any(subject.pose == "fly" for subject in subjects)
        vehicle = self.vehicles.get("fly" if flying else "sea" if setting == "sea" else "")
        if vehicle and vehicle not in found and any(not member.animal for member in members):
            found.insert(0, vehicle)
        return tuple(found[:_PROPS])

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


def _on_stage(who: Who) -> list[Member]:
    found = {member.id: member for members in who.values() for member in members}
    return list(found.values())[:_ON_STAGE]


def deeds(reading: Reading, who: Who, members: list[Member]) -> list[Action | None]:
    """What each one does; an action that has a pose goes before one that has none."""
    found: dict[str, Action] = {}
    for action in sorted(reading.actions, key=lambda action: action.pose is None):
        for member in _doers(reading, who, members, action.first):
            found.setdefault(member.id, action)
    return [found.get(member.id) for member in members]


def _doers(reading: Reading, who: Who, members: list[Member], place: int) -> list[Member]:
    """Whose the word at `place` is: theirs who were mentioned last before it, but not as the object of a deed."""
    before = [
        first
        for first in who
        if first < place and not any(action.first < first <= action.last for action in reading.actions)
    ]
    if not before:
        return members[:1]
    doers = list(who[before[-1]])
    # Ann and Ben walk: two who are mentioned side by side do it together.
    if len(before) > 1 and before[-1] - before[-2] <= 3:
        doers += who[before[-2]]
    return doers


def subjects_of(reading: Reading, who: Who, members: list[Member], doing: list[Action | None]) -> tuple[Subject, ...]:
    subjects: list[Subject] = []
    in_hand: set[int] = set()
    for place, (member, action) in enumerate(zip(members, doing, strict=True)):
        pose = (action.pose if action else None) or "stand"
        felt = (id_ for at, id_ in reading.expressions if member in _doers(reading, who, members, at))
        held = [
            (at, id_) for at, id_ in reading.held if at not in in_hand and member in _doers(reading, who, members, at)
        ]
        in_hand |= {at for at, _ in held[:1]}
        subjects.append(
            Subject(
                character=member.id,
                pose=pose,
                expression="sleep" if pose == "sleep" else next(felt, "calm"),
                facing="left" if place % 2 else "right",
                holds=held[0][1] if held else None,
            )
        )
    return tuple(subjects)
