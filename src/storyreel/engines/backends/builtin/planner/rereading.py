"""Reads a prompt that a person rewrote, and changes the scene by what it mentions. Runs in a child process."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.planner.cast import Member, kind_of
from storyreel.engines.backends.builtin.planner.deeds import deeds, subjects_of
from storyreel.engines.backends.builtin.planner.lexicon import Noun
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.plan import Understood, understand
from storyreel.engines.backends.builtin.planner.prompts import without_style
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.resolving import Who
from storyreel.engines.backends.builtin.planner.words import Word
from storyreel.engines.contracts.story import StoryRequest
from storyreel.offload import Report

_ANYWHERE = "meadow"


def reread(report: Report, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
    """The scene with what the prompt mentions changed; somebody whom the story does not know is named by kind."""
    story = understand(report, request)
    content = without_style(prompt)
    words = story.splitter.words(content)
    reading = story.reader.read(words, content)
    felt = tuple((at, id_) for at, id_ in reading.expressions if not _says_mood(words, at))
    reading = replace(reading, expressions=felt)
    told = dict(reversed(reading.told))
    before = scene or SceneSpec(setting=_ANYWHERE)
    return replace(
        before,
        setting=reading.setting or next(iter(reading.mentioned), None) or before.setting,
        season=reading.season or before.season,
        crowd=_crowd(reading) or before.crowd,
        time=reading.time or before.time,
        weather=reading.weather or before.weather,
        mood=reading.mood or before.mood,
        framing=Framing(reading.framing) if reading.framing else before.framing,
        subjects=_subjects(story, reading, before.subjects, request.characters),
        props=tuple(told.get(prop, prop) for prop in reading.props if prop != before.setting) or before.props,
    )


def _crowd(reading: Reading) -> str | None:
    """The kind of whom the prompt says that many are there: soldiers, a crowd of children."""
    many = (mention.noun.kind for mention in reading.mentions if mention.count == 0 and mention.noun)
    return next((kind for kind in many if kind), None)


def _says_mood(words: Sequence[Word], at: int) -> bool:
    """A happy mood is the picture's, not a face's."""
    return any(word.lower in ("mood", "气氛") for word in words[max(0, at - 2) : at + 3])


def _subjects(
    story: Understood, reading: Reading, before: tuple[Subject, ...], cast: Sequence[Character]
) -> tuple[Subject, ...]:
    """Whom the prompt names, or else those who were there, with the pose, face and thing that it gives them."""
    who: Who = {
        mention.first: [_member(story, mention, cast)]
        for mention in reading.mentions
        if not mention.pronoun and mention.count
    }
    members = list({member.id: member for found in who.values() for member in found}.values())
    if not members:
        members = [Member(subject.character, "") for subject in before]
    doing = deeds(reading, who, members)
    old = {subject.character: subject for subject in before}
    changed: list[Subject] = []
    for subject, action in zip(subjects_of(reading, who, members, doing), doing, strict=True):
        known = old.get(subject.character, subject)
        changed.append(
            replace(
                known,
                pose=action.pose if action is not None and action.pose else known.pose,
                expression=subject.expression if subject.expression != "calm" else known.expression,
                holds=subject.holds or known.holds,
            )
        )
    return tuple(changed[:3])


def _of_cast(mention: Mention, cast: Sequence[Character]) -> Character | None:
    """Who of the cast is called so: by name, by another word of the story, or as the only one of a kind."""
    words = {word.lower() for word in (mention.name or "", mention.word) if word}
    by_name = [one for one in cast if one.name.lower() in words]
    if called := by_name or [one for one in cast if words & {alias.lower() for alias in one.aliases}]:
        return called[0]
    kind = mention.noun.kind if mention.noun is not None and not mention.name else None
    alike = [one for one in cast if kind is not None and one.kind == kind]
    return alike[0] if len(alike) == 1 else None


def _member(story: Understood, mention: Mention, cast: Sequence[Character]) -> Member:
    """Whom the prompt names: one of the cast as it stands; somebody who is not of it has their kind as their id."""
    if listed := _of_cast(mention, cast):
        return Member(listed.id, listed.name.lower(), mention.noun or Noun(), listed.name)
    known = story.resolver.find(replace(mention, new=False))
    if known is not None and (not cast or any(known.id == character.id for character in cast)):
        return known
    stranger = Member(
        "", mention.word, mention.noun or Noun(), mention.name, mention.noun.sex if mention.noun else None
    )
    stranger.id = kind_of(stranger)
    return stranger
