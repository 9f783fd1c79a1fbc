"""Plans a storyboard, step by step: cut, read, follow the cast, stage, say it as prompts. Runs in a child process."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from storyreel.domain.dialogue import quotations
from storyreel.domain.project import Language
from storyreel.domain.storyboard import PlannedShot, Storyboard, Transition
from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.chain import Step
from storyreel.engines.backends.builtin.planner.chinese_heads import head_of
from storyreel.engines.backends.builtin.planner.chinese_names import chinese_names
from storyreel.engines.backends.builtin.planner.cutting import Span, cut, narration, width
from storyreel.engines.backends.builtin.planner.daylight import likeliest_times, moments
from storyreel.engines.backends.builtin.planner.deeds import doers
from storyreel.engines.backends.builtin.planner.dialogue import Dialogue
from storyreel.engines.backends.builtin.planner.eras import ages_by_name, culture
from storyreel.engines.backends.builtin.planner.framing import Lens
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han, language_of
from storyreel.engines.backends.builtin.planner.looks import looks_of, told_looks
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT
from storyreel.engines.backends.builtin.planner.names import names, without_vessels
from storyreel.engines.backends.builtin.planner.passages import passages
from storyreel.engines.backends.builtin.planner.places import is_tale
from storyreel.engines.backends.builtin.planner.presence import Presence, Told
from storyreel.engines.backends.builtin.planner.prompts import chinese_prompt, english_prompt
from storyreel.engines.backends.builtin.planner.reading import Reader, Reading
from storyreel.engines.backends.builtin.planner.resolving import Resolver
from storyreel.engines.backends.builtin.planner.route import likeliest_places
from storyreel.engines.backends.builtin.planner.sexes import told_sexes
from storyreel.engines.backends.builtin.planner.signs import signs_of
from storyreel.engines.backends.builtin.planner.staging import Stage, Staged, transition
from storyreel.engines.backends.builtin.planner.tenses import told_in_past
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.backends.builtin.planner.words import Splitter, Word
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import InvalidInputError
from storyreel.offload import Report

_HEADING = 60
_CONVENTIONAL = 0.5  # of the quotations begin a paragraph where each speaker has their own: “Yes,” she said. “I see.”
_COMING = 4  # shots in which somebody may be told of by name whom a pronoun means before
_RIGHT_BEHIND = 3  # words at most between a quotation and who acts after it


@dataclass(frozen=True)
class Telling:
    """For each shot whether it answers the quotation right before it; and whether paragraphs mix speakers."""

    answering: Sequence[bool]
    mixed: bool


@dataclass(frozen=True)
class _Read:
    """The story's shots, each read by itself, and how to read more of it."""

    language: Language
    spans: list[Span]
    split: list[list[Word]]
    readings: list[Reading]
    reader: Reader
    splitter: Splitter


@dataclass(frozen=True)
class Understood:
    """The story after reading: its shots' spans, what they tell of people, its scenes; who is in it; how to read on."""

    language: Language
    culture: str
    spans: list[Span]
    told: list[Told]
    staged: list[Staged]
    cast: Cast
    resolver: Resolver
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
                scene=replace(staged.drawn(), culture=story.culture),
                transition=transition(staged, following) if following else Transition.CUT,
            )
        )
    ids = {subject.character for shot in shots for subject in shot.scene.subjects}
    shown = [member for member in story.cast.members if member.id in ids]
    looks = looks_of(shown, story.culture, request.seed)
    report(1.0)
    return Storyboard(story.language.value, story.cast.characters(shown, looks), tuple(shots))


def understand(report: Report, request: StoryRequest) -> Understood:
    """Read the whole story."""
    told = _read(report, request)
    text, spans, split, readings = request.story, told.spans, told.split, told.readings
    cast = Cast(request.seed, ages_by_name(text, split), told_sexes(readings))
    quoted = _quoted(text)
    telling = Telling([_answers(text, quoted, span) for span in spans], _mixes_speakers(text))
    steps = _passages(request, told)
    places = likeliest_places(steps, told.language.value)
    times = likeliest_times(moments(readings, steps, places), told.language.value)
    resolver, stage = Resolver(cast), Stage(Lens(request.seed))
    people = _followed(told, telling, resolver)
    presence = Presence(people, told.language)
    staged = [
        stage.next(reading, presence.shown(shot), people[shot].speaker, places[shot], times[shot])
        for shot, reading in enumerate(readings)
    ]
    return Understood(
        told.language,
        culture(text, split, told.language),
        spans,
        people,
        staged,
        cast,
        resolver,
        told.reader,
        told.splitter,
    )


def passages_of(request: StoryRequest) -> list[Step]:
    """What each shot of a story tells of where it is: what route.json is learnt from."""
    return _passages(request, _read(_unwatched, request))


def moments_of(request: StoryRequest) -> list[Step]:
    """What each shot of a story tells of the time of day: what daylight.json is learnt from."""
    told = _read(_unwatched, request)
    steps = _passages(request, told)
    return moments(told.readings, steps, likeliest_places(steps, told.language.value))


def _unwatched(_: float) -> None:
    """Nobody waits."""


def _passages(request: StoryRequest, told: _Read) -> list[Step]:
    title = request.title.lower()
    return passages(
        told.split,
        told.readings,
        [signs_of(words) for words in told.split],
        [span.paragraph for span in told.spans],
        title=told.splitter.words(title, [False] * len(title)),
        tale=is_tale(told.split),
    )


def _read(report: Report, request: StoryRequest) -> _Read:
    text = request.story
    spans = cut(text)
    if not spans:
        raise InvalidInputError("There is no story to plan: the text is blank.", code="story_empty")
    words_known = vocabulary()
    introduced = chinese_names(text, words_known) | _cast_names(request)
    splitter = Splitter(introduced)
    quoted = _quoted(text)
    split: list[list[Word]] = []
    for index, span in enumerate(spans):
        split.append(splitter.words(text[span.start : span.end], quoted[span.start : span.end]))
        report(0.5 * (index + 1) / len(spans))
    split = without_vessels(split)
    found = names(split, words_known, introduced)
    reader = Reader(words_known, found, past=told_in_past(split))
    readings: list[Reading] = []
    for index, (words, span) in enumerate(zip(split, spans, strict=True)):
        part = text[span.start : span.end]
        reading = reader.read(words, part)
        readings.append(Reading(season=reading.season) if _is_heading(part, index) else reading)
        report(0.5 + 0.4 * (index + 1) / len(spans))
    return _Read(language_of(text, request.language), spans, split, readings, reader, splitter)


def _cast_names(request: StoryRequest) -> frozenset[str]:
    """The names of the cast as it is known already: those that are no common words."""
    words = (word for character in request.characters for word in (character.name, *character.aliases))
    parts = (part for word in words for part in word.split())
    return frozenset(part for part in parts if part[0].isupper() or (is_han(part[0]) and not head_of(part)))


def _mixes_speakers(text: str) -> bool:
    """Whether paragraphs hold talk of several speakers: most quotations do not begin one."""
    starts = [start for start, _ in quotations(text)]
    begin = sum(text[:start].rstrip(" ")[-1:] in ("", "\n") for start in starts)
    return begin < _CONVENTIONAL * len(starts)


def _answers(text: str, quoted: Sequence[bool], span: Span) -> bool:
    """Whether the span begins with a quotation that stands right behind another one."""
    start = next(place for place in range(span.start, span.end) if not text[place].isspace())
    end = next((place for place in range(start - 1, -1, -1) if not text[place].isspace()), 0)
    joined = text[end] in "”」』" and text[start] in "“「『"
    return quoted[start] and quoted[end] and (joined or not all(quoted[end:start]))


def _followed(told: _Read, telling: Telling, resolver: Resolver) -> list[Told]:
    """What each shot tells of people, read in order."""
    split, readings, spans = told.split, told.readings, told.spans
    dialogue = Dialogue(mixed=telling.mixed)
    story: list[Told] = []
    for index, (words, reading, span) in enumerate(zip(split, readings, spans, strict=True)):
        lately = resolver.lately()
        if _only_spoken(words) and index + 1 < len(spans) and spans[index + 1].paragraph == span.paragraph:
            doer = _first_doer(readings[index + 1], resolver)
            dialogue.announced(words, split[index + 1], doer, span.paragraph)
        coming = readings[index + 1 : index + 1 + _COMING]
        who = resolver.next(reading, asker=dialogue.asker(words, span.paragraph), coming=coming)
        for at, look in told_looks(words):
            for member in doers(reading, who, (), at)[:1]:
                member.wear(look)
        speaker = dialogue.speaker(words, reading, who, lately, span.paragraph, answering=telling.answering[index])
        if speaker is not None and not dialogue.told and (teller := resolver.teller()) is not None:
            speaker = dialogue.rather(teller)  # “My name is Jonas.”
        if speaker is not None:
            resolver.speaks(speaker)
            resolver.introduces(speaker, reading.introduced)
        quoted = 2 if _only_spoken(words) else int(any(word.quoted for word in words))
        story.append(Told(resolver.meant, who, speaker, span.paragraph, quoted, reading.actions, resolver.choices))
    return story


def _only_spoken(words: Sequence[Word]) -> bool:
    return bool(words) and all(word.quoted or word.mark == "end" for word in words)


def _first_doer(reading: Reading, resolver: Resolver) -> Member | None:
    first = reading.mentions[0] if reading.mentions else None
    return (
        resolver.meet(first) if first is not None and first.role == SUBJECT and first.first <= _RIGHT_BEHIND else None
    )


def _is_heading(text: str, index: int) -> bool:
    """Whether the story begins with its title: a short line of its own that is no sentence."""
    return index == 0 and text.endswith("\n") and width(text) < _HEADING and text.rstrip().rstrip("》")[-1:].isalnum()


@lru_cache(maxsize=1)
def _written() -> re.Pattern[str]:
    """What a message or a note says behind a colon in Chinese: 手机上有一条消息：饺子给你热着呢。"""
    return re.compile(rf"(?:{'|'.join(sorted(grammar().words('written')))})[：:]([^“「\n。！？]+[。！？]?)")


def _quoted(text: str) -> list[bool]:
    """For each character whether it stands between quotation marks, or is what a message says."""
    marks = [False] * len(text)
    written = [match.span(1) for match in _written().finditer(text)]
    for start, end in (*quotations(text), *written):
        marks[start:end] = [True] * (end - start)
    return marks
