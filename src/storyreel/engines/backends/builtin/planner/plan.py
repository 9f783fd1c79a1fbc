"""Plans a storyboard, step by step: cut, read, follow the cast, stage, say it as prompts. Runs in a child process."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyreel.domain.project import Language
from storyreel.domain.storyboard import PlannedShot, Storyboard, Transition
from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.cutting import Span, cut, narration, width
from storyreel.engines.backends.builtin.planner.language import language_of
from storyreel.engines.backends.builtin.planner.names import named_in_chinese, names
from storyreel.engines.backends.builtin.planner.prompts import chinese_prompt, english_prompt
from storyreel.engines.backends.builtin.planner.reading import Reader, Reading
from storyreel.engines.backends.builtin.planner.staging import Stage, Staged, Who, transition
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.backends.builtin.planner.words import Splitter, Word
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import InvalidInputError
from storyreel.offload import Report

_HEADING = 60
_LOOK_AHEAD = 3  # the place may be named some shots after the beginning


@dataclass(frozen=True)
class Understood:
    """The story after reading: its shots' spans and scenes, who is in it, and how to read more of it."""

    language: Language
    spans: list[Span]
    staged: list[Staged]
    cast: Cast
    reader: Reader
    splitter: Splitter


def plan(report: Report, request: StoryRequest) -> Storyboard:
    """The storyboard of a whole story.

    Raises:
        InvalidInputError: code `story_empty`, when there is nothing but whitespace.
    """
    story = understand(report, request)
    chinese = story.language is Language.CHINESE
    shots: list[PlannedShot] = []
    for index, (span, staged) in enumerate(zip(story.spans, story.staged, strict=True)):
        text = narration(request.story, span)
        in_english = english_prompt(staged, request.style, text, told_in_english=not chinese)
        following = story.staged[index + 1] if index + 1 < len(story.staged) else None
        shots.append(
            PlannedShot(
                prompt=chinese_prompt(staged, request.style, text) if chinese else in_english,
                prompt_en=in_english,
                narration=text,
                scene=staged.scene,
                transition=transition(staged, following) if following else Transition.CUT,
            )
        )
    shown = frozenset(subject.character for shot in shots for subject in shot.scene.subjects)
    report(1.0)
    return Storyboard(story.language.value, story.cast.characters(shown), tuple(shots))


def understand(report: Report, request: StoryRequest) -> Understood:
    """Read the whole story."""
    text = request.story
    spans = cut(text)
    if not spans:
        raise InvalidInputError("There is no story to plan: the text is blank.", code="story_empty")
    words_known = vocabulary()
    introduced = named_in_chinese(text, words_known)
    splitter = Splitter(introduced)
    quoted = _quoted(text)
    split: list[list[Word]] = []
    for index, span in enumerate(spans):
        split.append(splitter.words(text[span.start : span.end], quoted[span.start : span.end]))
        report(0.5 * (index + 1) / len(spans))
    found = names(split, words_known, introduced)
    reader = Reader(words_known, found)
    readings: list[Reading] = []
    for index, (words, span) in enumerate(zip(split, spans, strict=True)):
        part = text[span.start : span.end]
        readings.append(Reading() if _is_heading(part, index) else reader.read(words, part))
        report(0.5 + 0.4 * (index + 1) / len(spans))
    cast = Cast(words_known.animals, found, request.seed)
    return Understood(
        language_of(text, request.language), spans, _staged(readings, cast, request), cast, reader, splitter
    )


def _staged(readings: Sequence[Reading], cast: Cast, request: StoryRequest) -> list[Staged]:
    ahead = (reading.setting or reading.hinted_setting for reading in readings[:_LOOK_AHEAD])
    stage = Stage(seed=request.seed, setting=next((setting for setting in ahead if setting), None))
    staged: list[Staged] = []
    for shot, reading in enumerate(readings):
        before = cast.before()
        who = _with_unsaid(reading, cast.stage(shot, reading.mentions), before)
        staged.append(stage.next(reading, who, before if reading.spoken_only else []))
    return staged


def _with_unsaid(reading: Reading, who: Who, before: list[Member]) -> Who:
    """Chinese leaves out who does something when that is clear: then it is whoever led before."""
    posed = [action for action in reading.actions if action.pose is not None and not action.verb.isascii()]
    if not posed or not before or (who and min(who) < posed[0].first):
        return who
    done_to = {thing.first for thing in posed[0].things}
    return {-1: before[:1], **who} if not who or min(who) in done_to else who


def _is_heading(text: str, index: int) -> bool:
    """Whether the story begins with its title: a short line of its own that is no sentence."""
    return index == 0 and text.endswith("\n") and width(text) < _HEADING and text.rstrip()[-1].isalnum()


def _quoted(text: str) -> list[bool]:
    """For each character whether it stands between quotation marks; a blank line ends a forgotten quotation."""
    inside = ""
    marks: list[bool] = []
    closing = {"“": "”", '"': '"', "「": "」", "『": "』"}
    for index, character in enumerate(text):
        if inside:
            marks.append(True)
            if character == inside or text.startswith("\n\n", index):
                inside = ""
        else:
            inside = closing.get(character, "")
            marks.append(bool(inside))
    return marks
