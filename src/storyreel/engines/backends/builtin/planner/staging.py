"""Turns what the shots say into scenes: carries over what is not said again, places the cast, varies the camera."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from storyreel.domain.storyboard import SceneSpec, Subject, Transition
from storyreel.engines.backends.builtin.planner.cast import Member, kind_of
from storyreel.engines.backends.builtin.planner.clock import part_of_day
from storyreel.engines.backends.builtin.planner.deeds import deeds, on_stage, subjects_of
from storyreel.engines.backends.builtin.planner.framing import Lens
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.places import PART, TOWARD, WHOLE
from storyreel.engines.backends.builtin.planner.reading import Action, Reading
from storyreel.engines.backends.builtin.planner.resolving import Who
from storyreel.engines.backends.builtin.planner.scenes import Implied
from storyreel.engines.backends.builtin.planner.whereabouts import Whereabouts

UNKNOWN_SETTING = "meadow"
_AIRLESS = ("moon", "space", "planet", "underwater")
_WILDS = ("river", "mountain", "forest", "sea", "cave", "jungle", "lake", "rice field")
"""What lies not right outside of an office or a school, though the story was there before."""
_ON_STAGE = 4
_HALF_A_DAY = 12  # hours
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
    """What holds until the story says otherwise.

    `modern` tells that the story is of today, `guessed` that nothing has told the setting for sure, so that any place
    mentioned in Chinese may be it. `near` is the building that they are outside of, `within` the one that they were in
    last, `vehicles` those that the story told of, by how they travel.
    """

    lens: Lens
    setting: str | None = None
    guessed: bool = False
    outside: str | None = None
    near: str | None = None
    within: str | None = None
    time: str | None = None
    weather: str = "clear"
    season: str = ""
    mood: str = "calm"
    modern: bool = False
    vehicles: dict[str, str] = field(default_factory=dict[str, str])
    whereabouts: Whereabouts = field(default_factory=Whereabouts)

    def next(self, reading: Reading, who: Who, speaker: Member | None, implied: Implied) -> Staged:
        """Stage one shot. `speaker` is on stage even where only the words are told."""
        everybody = on_stage(who)
        if speaker is not None and speaker not in everybody:
            everybody.insert(0, speaker)
        theirs = self.whereabouts.told_by_who_is_there(reading, everybody)
        new_place = self._move(reading, theirs or implied.other_than(self.setting))
        self.whereabouts.see(everybody, self.setting, new_place=new_place)
        crowd = next((_sort_of_crowd(member) for member in everybody if member.plural and kind_of(member)), None)
        members = [member for member in everybody if not member.plural and kind_of(member)][:_ON_STAGE]
        doing = deeds(reading, who, members)
        subjects = _speaking(subjects_of(reading, who, members, doing), speaker)
        setting = self.setting or UNKNOWN_SETTING
        props = self._props(reading, setting, members, subjects)
        framing = self.lens.framing(reading, subjects, new_place=new_place, crowded=crowd is not None, props=props)
        scene = SceneSpec(
            setting=setting,
            time=self.time or ("night" if setting in ("space", "moon") else "noon"),
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
        return Staged(scene, who, tuple(members), tuple(doing), new_place, reading.jump, dict(reversed(reading.told)))

    def _move(self, reading: Reading, theirs: str | None) -> bool:
        """Take over what the shot says; whether it takes place somewhere else than the one before.

        `theirs` is where those are who are on stage, if that is somewhere else.
        """
        if reading.recalled and self.whereabouts.here:
            return False  # what was long ago changes nothing
        indoors = grammar().words("indoors")
        said = self._said(reading) or theirs
        inside = self.setting in indoors or self.setting == "underwater"
        if reading.outdoors and inside and (said is None or said in indoors):
            town = "street" if self.modern or self.setting in grammar().words("urban") else "village"
            near = None if self.setting in grammar().words("urban") and self.outside in _WILDS else self.outside
            said = grammar().group("outsides", self.setting or "") or near or town
        new_place = said is not None and said != self.setting
        self.guessed = self.guessed and (reading.setting is None or reading.told_by != WHOLE)
        if new_place or reading.jump:
            self.mood = "calm"
        if reading.jump:
            self.weather = "clear"
            if self.time not in (None, "noon"):
                self.time = reading.time_hint or "morning"
        elif new_place and reading.time not in (None, self.time):
            self.weather = "clear"
        self.near = None if new_place else self.near
        self.setting = said or self.setting
        if self.setting is not None and self.setting not in indoors:
            self.outside = self.setting
        elif self.setting is not None:
            self.within = self.setting
        told = part_of_day(reading.hour, self.time) if reading.hour is not None else None
        surely = told if (reading.hour or 0) > _HALF_A_DAY else None
        self.time = surely or reading.time or told or self.time or reading.time_hint
        self.weather = reading.weather or self.weather
        self._turn(reading)
        self.mood = reading.mood or self.mood
        return new_place

    def _said(self, reading: Reading) -> str | None:
        """Where the shot says that it is; a window or a bed is in the house where they are already."""
        if self.setting is None or (self.guessed and (reading.setting is None or reading.told_by == TOWARD)):
            return reading.setting or next(iter(reading.mentioned), None)
        indoors = grammar().words("indoors")
        said = reading.setting
        if said is None and self.setting not in indoors and _goes_in(reading) and (self.near or self.within):
            return self.near or self.within
        if said == "train" and not self.modern and self.setting != "train":
            said = "road"  # a carriage with horses
        if self.setting == "train" and not (reading.alights or reading.jump):
            return None  # what goes by outside the window
        if said in indoors and reading.told_by == TOWARD:
            self.near = said
        if said is None or reading.told_by == TOWARD or (reading.entering and self.setting in indoors):
            return None
        if reading.told_by == PART:
            if said in grammar().words("seen_from_afar") or (said in indoors) == (self.setting in indoors):
                return None
            return self._inside(said) if said in indoors else said
        return None if self.setting in (grammar().group("belonging", said), said) else said

    def _inside(self, said: str) -> str:
        """The inside of the place they are at: a castle's window is in its hall."""
        return grammar().group("insides", self.setting or "") or self.near or said

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


def _goes_in(reading: Reading) -> bool:
    """Whether somebody comes in, to where they stood outside: came in at daybreak, but not in a coat."""
    travels = grammar().words("travels")
    said = (f"{action.verb} {action.rest} .".split() for action in reading.actions)
    outside = ("a", "an", "the", "his", "her", "their")
    return any(
        words[0] in travels and words[1] in ("in", "inside", "indoors") and words[2] not in outside for words in said
    )


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
