"""The storyboard: what a story engine understood of the story. SceneSpec is what an illustrator draws from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from storyreel.errors import NotFoundError


class Transition(StrEnum):
    """How a shot gives way to the next one."""

    CUT = "cut"
    CROSSFADE = "crossfade"
    FADE_BLACK = "fade_black"
    DISSOLVE = "dissolve"
    WIPE = "wipe"
    SLIDE = "slide"


class Framing(StrEnum):
    """Shot size."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE = "close"


class Camera(StrEnum):
    """How the camera moves during the shot."""

    PUSH_IN = "push_in"
    PULL_OUT = "pull_out"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    RISE = "rise"


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody who recurs. `looks` is a short English description; `seed` fixes all that it leaves open.

    `kind` is an English singular noun: kid, girl, boy, woman, man, old man, fox, rabbit …  `aliases` are the other
    words by which the story calls them. `sex` is female, male, or empty when the story does not tell.
    `description` is what every prompt says of them, word for word, in any language. `voice` speaks what they say, if
    the speech engine has a voice of that id. `reference` is the artifact key of a picture of them.
    """

    id: str
    name: str
    kind: str
    looks: str = ""
    seed: int = 0
    aliases: tuple[str, ...] = ()
    sex: str = ""
    description: str = ""
    voice: str | None = None
    reference: str | None = None


def member_of(cast: Iterable[Character], character_id: str) -> Character:
    """The character of that id.

    Raises:
        NotFoundError: there is none.
    """
    for member in cast:
        if member.id == character_id:
            return member
    raise NotFoundError("The story has no such character.", code="character_not_found")


def naming(character: Character) -> re.Pattern[str]:
    """Finds the character's name in a text, but not as a part of a longer word."""
    return re.compile(rf"(?<![A-Za-z]){re.escape(character.name)}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody on stage: `character` is a Character's id; pose, expression and `holds` are English words.

    `toward` is whom or what the pose is about: the id of another subject's character, or a prop; who rides a horse,
    hugs somebody, hands something over.
    """

    character: str
    pose: str = "stand"
    expression: str = "calm"
    facing: str = "right"
    holds: str | None = None
    toward: str | None = None


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """One shot as a stage direction: all words English, lower case, so that it reads the same in every language.

    `setting`: garden, forest, moon, space, room, street …  `time`: dawn, morning, noon, afternoon, dusk, night.
    `weather`: clear, cloudy, rain, snow, storm, fog, wind.  `mood`: calm, happy, sad, tense, mysterious, wonder.
    `season`: spring, summer, autumn, winter, or empty when the story leaves it open.
    `props` are things to be seen that nobody holds, with their number and colour where told: ten suns, yellow flowers.
    `crowd` is the kind of those of whom many are there: villager, child, soldier, bird …
    `speaker` is the id of the character whose words stand in quotation marks in the narration.
    `culture` is how people build and dress there: chinese, chinese modern, medieval, or empty when the story leaves it
    open.
    """

    setting: str
    time: str = "noon"
    weather: str = "clear"
    mood: str = "calm"
    framing: Framing = Framing.WIDE
    camera: Camera = Camera.PUSH_IN
    subjects: tuple[Subject, ...] = ()
    props: tuple[str, ...] = ()
    season: str = ""
    crowd: str | None = None
    speaker: str | None = None
    culture: str = ""


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """A shot as the story engine proposes it.

    `prompt` reads well in the story's language; `prompt_en` says the same in English, for image models.
    """

    prompt: str
    prompt_en: str
    narration: str
    scene: SceneSpec
    transition: Transition = Transition.CUT


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The whole story as shots. `language` is `en` or `zh`; the narrations joined are the story, in order."""

    language: str
    characters: tuple[Character, ...]
    shots: tuple[PlannedShot, ...]
