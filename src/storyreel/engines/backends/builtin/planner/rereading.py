"""Reads a prompt that a person rewrote, and changes the scene by what it mentions. Runs in a child process."""

from dataclasses import replace

from storyreel.domain.storyboard import Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.planner.plan import Understood, understand
from storyreel.engines.backends.builtin.planner.reading import Mention, Reading
from storyreel.engines.backends.builtin.planner.staging import UNKNOWN_SETTING
from storyreel.engines.contracts.story import StoryRequest
from storyreel.offload import Report


def reread(report: Report, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
    """The scene with what the prompt mentions changed; somebody whom the story does not know is named by kind."""
    story = understand(report, request)
    reading = story.reader.read(story.splitter.words(prompt), prompt)
    before = scene or SceneSpec(setting=UNKNOWN_SETTING)
    subjects = _subjects(story, reading, before)
    props = tuple(prop for prop in reading.props if prop != before.setting)
    return replace(
        before,
        setting=reading.setting or reading.hinted_setting or before.setting,
        time=reading.time or before.time,
        weather=reading.weather or before.weather,
        mood=reading.mood or before.mood,
        framing=Framing(reading.framing) if reading.framing else before.framing,
        subjects=subjects,
        props=props or before.props,
    )


def _subjects(story: Understood, reading: Reading, before: SceneSpec) -> tuple[Subject, ...]:
    old = {subject.character: subject for subject in before.subjects}
    named = [mention for mention in reading.mentions if not mention.pronoun]
    found: dict[str, Subject] = {}
    for mention in named:
        who = _id(story, mention)
        subject = old.get(who) or Subject(who, facing="left" if len(found) % 2 else "right")
        found.setdefault(who, subject)
    subjects = list(found.values()) or list(before.subjects)
    if subjects and reading.actions:
        subjects[0] = replace(subjects[0], pose=reading.actions[0].pose)
    if subjects and reading.expressions:
        subjects[0] = replace(subjects[0], expression=reading.expressions[0][1])
    if subjects and reading.held:
        subjects[0] = replace(subjects[0], holds=reading.held[0][1])
    return tuple(subjects)


def _id(story: Understood, mention: Mention) -> str:
    member = story.cast.find(replace(mention, new=False))
    return member.id if member is not None else mention.kind or "kid"
