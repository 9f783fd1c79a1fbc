"""Turns what the shots say into scenes: carries over what is not said again, places the cast, varies the camera."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from storyreel.domain.storyboard import SceneSpec, Subject, Transition
from storyreel.engines.backends.builtin.planner.actions import Action
from storyreel.engines.backends.builtin.planner.cast import Member, kind_of
from storyreel.engines.backends.builtin.planner.deeds import deeds, on_stage, subjects_of
from storyreel.engines.backends.builtin.planner.framing import Lens
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mounts import Mounts
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.resolving import Who

_AIRLESS = ("moon", "space", "planet", "underwater")
_ON_STAGE = 4
_PROPS = 4


@dataclass(frozen=True, slots=True)
class Staged:
    """One shot's scene, with whom it shows and what they do (in the order of `scene.subjects`)."""

    scene: SceneSpec
    who: Who
    members: tuple[Member, ...]
    actions: tuple[Action | None, ...]
    new_place: bool
    jump: bool
    told: Mapping[str, str]
    """Things with their number and colour, where told: {"sun": "ten suns"}."""

    def drawn(self) -> SceneSpec:
        """The scene with things as they are told of."""
        held = (
            replace(subject, holds=self.told.get(subject.holds or "", subject.holds)) for subject in self.scene.subjects
        )
        props = tuple(self.told.get(prop, prop) for prop in self.scene.props)
        return replace(self.scene, subjects=tuple(held), props=props)

    def member(self, id_: str | None) -> Member | None:
        """Who on stage has this id."""
        return next((one for one in self.members if one.id == id_), None)


@dataclass
class Stage:
    """What holds until the story says otherwise; `vehicles` are those that it told of, by how they travel."""

    lens: Lens
    setting: str | None = None
    time: str | None = None
    weather: str = "clear"
    season: str = ""
    mood: str = "calm"
    vehicles: dict[str, str] = field(default_factory=dict[str, str])
    mounts: Mounts = field(default_factory=Mounts)

    def next(self, reading: Reading, who: Who, speaker: Member | None, setting: str, time: str) -> Staged:
        """Stage one shot, in a setting, at a time of day. `speaker` is there also where only the words are told."""
        everybody = on_stage(who)
        if speaker is not None and speaker not in everybody:
            everybody.insert(0, speaker)
        new_place = self._move(reading, setting, time)
        crowd = next((_sort_of_crowd(member) for member in everybody if member.plural and kind_of(member)), None)
        members = [member for member in everybody if not member.plural and kind_of(member)][:_ON_STAGE]
        doing = deeds(reading, who, members)
        ridden = self.mounts.missing(members, doing)[: _ON_STAGE - len(members)]
        members, doing = [*members, *ridden], [*doing, *(None for _ in ridden)]
        seated = self.mounts.seated(subjects_of(reading, who, members, doing), members, doing)
        subjects = _speaking(seated, speaker)
        props = self._props(reading, setting, members, subjects)
        framing = self.lens.framing(reading, subjects, new_place=new_place, crowded=crowd is not None, props=props)
        scene = SceneSpec(
            setting=setting,
            time=time,
            weather="clear" if setting in _AIRLESS else self.weather,
            mood=self.mood,
            framing=framing,
            camera=self.lens.camera(framing, reading, subjects),
            subjects=subjects,
            props=props,
            season=self.season,
            crowd=crowd or reading.crowd,
            speaker=speaker.id if speaker is not None else None,
        )
        later = reading.jump or reading.another_day
        return Staged(scene, who, tuple(members), tuple(doing), new_place, later, dict(reversed(reading.told)))

    def _move(self, reading: Reading, setting: str, time: str) -> bool:
        """Take over what the shot says; whether it takes place somewhere else than the one before."""
        new_place = setting != self.setting
        recalled = reading.recalled and self.setting is not None
        new_day = reading.another_day and self.time in ("dawn", "dusk", "night")
        new_time = new_place and reading.time not in (None, self.time)
        self.setting, self.time = setting, time
        if recalled:
            return new_place  # what was long ago changes neither weather nor season
        if new_place or reading.jump:
            self.mood = "calm"
        if reading.jump or new_day or new_time:
            self.weather = "clear"
        self.weather = reading.weather or self.weather
        self._turn(reading)
        self.mood = reading.mood or self.mood
        return new_place

    def _turn(self, reading: Reading) -> None:
        """The season, as told or as falling snow tells it; in another one no snow goes on falling."""
        season = reading.season or (None if self.season else reading.season_hint)
        if season not in (None, self.season):
            self.season = season or ""
            if self.weather == "snow" and reading.weather is None and self.season != "winter":
                self.weather = "clear"
        elif reading.weather == "snow" and not self.season:
            self.season = "winter"

    def _props(
        self, reading: Reading, setting: str, members: list[Member], subjects: tuple[Subject, ...]
    ) -> tuple[str, ...]:
        """Things to be seen, and what people fly or sail in when the story told of it; not the setting itself."""
        for prop in reading.props:
            if way := grammar().group("vehicles", prop):
                self.vehicles[way] = prop
        too_large = grammar().words("outdoor_props") if setting in grammar().words("indoors") else frozenset[str]()
        held = {subject.holds for subject in subjects}
        shown = grammar().shown.get(setting, frozenset[str]()) | ({"star"} if self.time == "night" else set[str]())
        special = {thing for thing, told in reading.told if told.count(" ") > thing.count(" ")}  # two yellow flowers
        left_out = too_large | held | {setting} | (shown & reading.scenery - special)
        found = [prop for prop in reading.props if prop not in left_out]
        flying = any(subject.pose == "fly" for subject in subjects)
        vehicle = self.vehicles.get("fly" if flying else "sea" if setting == "sea" else "")
        if vehicle and vehicle not in found and any(not member.animal for member in members):
            found.insert(0, vehicle)
        return tuple(found[:_PROPS])


def _sort_of_crowd(group: Member) -> str:
    """What a crowd is made of: people in general are people, not men alone."""
    kind = kind_of(group)
    return "people" if kind == "man" and group.noun.sex is None else kind


def transition(one: Staged, two: Staged) -> Transition:
    """How a shot gives way to the next: black over a jump in time, a crossfade to another place, else a cut."""
    if two.jump or (one.scene.time != two.scene.time and two.new_place):
        return Transition.FADE_BLACK
    if two.new_place:
        return Transition.CROSSFADE
    return Transition.DISSOLVE if one.scene.time != two.scene.time else Transition.CUT


def _speaking(subjects: tuple[Subject, ...], speaker: Member | None) -> tuple[Subject, ...]:
    """The speaker talks, unless doing something else; those who listen look that way."""
    if speaker is None:
        return subjects
    place = next((at for at, subject in enumerate(subjects) if subject.character == speaker.id), 0)
    found: list[Subject] = []
    for at, subject in enumerate(subjects):
        if at == place and subject.pose == "stand":
            other = next((one.character for one in subjects if one.character != speaker.id), None)
            subject = replace(subject, pose="talk", toward=subject.toward or other)
        found.append(subject)
    return tuple(found)
