"""A film as data, to be looked at: when each shot is seen and each word said, how it sounds, what changed since."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import Film, FilmClip, FilmOptions, WordTime, canvas_for
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Transition
from storyreel.errors import ConflictError, NotFoundError
from storyreel.media.captions import line_width
from storyreel.media.sound.peaks import PER_SECOND, write_peaks
from storyreel.media.timeline import Blend, ShotTiming, Timeline, build_timeline, clip_frames, guessed_voice
from storyreel.offload import unwatched
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.cards import last_word
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.narration import word_times
from storyreel.pipeline.orders import clip_order, default_options, encoding, film_profile, image_order, voice_order
from storyreel.store.database import artifacts, cuts, films, shots

_AT_ONCE = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One clip of a film: frames from `start` on, the last `overlap` of which are mixed with the next clip's first.

    Words are in seconds of the film. `voice` None and a narration: not spoken yet, the length is a guess. `file` is the
    artifact of its footage, if that is a file: what an engine draws at once is none.
    """

    clip: FilmClip
    file: str | None
    start: int
    frames: int
    overlap: int
    voice: Artifact | None
    voice_start: Fraction
    words: tuple[WordTime, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A film, finished (`film`) or as it would be cut now (None)."""

    film: Film | None
    timeline: Timeline
    clips: tuple[Reviewed, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Peaks, PER_SECOND, 0 … 255, from the film's start; `music` (and places) None as long as no film has any."""

    voice: list[int]
    music: list[int] | None


class Change(StrEnum):
    """What of a shot is not as it is in a film."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    IMAGE = "image"
    NARRATION = "narration"
    CLIP = "clip"
    TRANSITION = "transition"


def find_film(pipeline: Pipeline, project: Project, film_id: str) -> Film:
    """A finished film of the project.

    Raises:
        NotFoundError: it has none of that id.
    """
    with pipeline.database.read() as connection:
        found = films.get(connection, project.id, film_id)
    if found is None:
        raise NotFoundError("The project has no such cut.", code="cut_not_found", hint="GET …/cuts lists them.")
    return found


def review(pipeline: Pipeline, project: Project, film_id: str | None) -> Review:
    """The film of that id; without one, the film that the chosen takes would make.

    Raises:
        NotFoundError: there is no such film.
        ConflictError: there are no shots.
    """
    film = find_film(pipeline, project, film_id) if film_id else None
    options = film.options if film else default_options(project)
    clips = film.clips if film else clips_now(pipeline, project, options)
    if not clips:
        raise ConflictError("The storyboard has no shots.", code="no_shots", hint="Add a shot first.")
    with pipeline.database.read() as connection:
        made = artifacts.many(connection, {key for clip in clips for key in (clip.voice, clip.footage) if key})
    wide = line_width(canvas_for(options.resolution, project.settings.aspect))
    timeline = build_timeline([_timing(clip, made) for clip in clips], options.fps, line_width=wide)
    return Review(film, timeline, tuple(_reviewed(timeline, clips, made)))


def clips_now(pipeline: Pipeline, project: Project, options: FilmOptions) -> tuple[FilmClip, ...]:
    """What a film shows of the takes that are chosen now; those that are stale are in it as they are."""
    with pipeline.database.read() as connection:
        board = shots.of_project(connection, project.id)
    clips = [_clip_of(shot) for shot in board]
    if not clips or not options.cards:
        return tuple(clips)
    opening = _card(clips[0], project.title, Transition.CROSSFADE)
    closing = _card(clips[-1], last_word(project), Transition.FADE_BLACK)
    return (opening, *clips[:-1], replace(clips[-1], transition=Transition.CROSSFADE), closing)


def changes_since(pipeline: Pipeline, project: Project, film: Film) -> dict[str, tuple[Change, ...]]:
    """What the same film would show otherwise now, by shot, in the storyboard's order; then what is gone."""
    with pipeline.database.read() as connection:
        board = {shot.id: shot for shot in shots.of_project(connection, project.id)}
        cut = cuts.of_task(connection, film.id)
    encoded = encoding(film.options, cut.profile["encoder"] if cut else None)
    then = {clip.shot_id: clip for clip in film.clips if clip.card is None}
    now = {clip.shot_id: clip for clip in clips_now(pipeline, project, film.options) if clip.card is None}
    kept_now, kept_then = ([id_ for id_ in some if id_ in now and id_ in then] for some in (now, then))
    moved = {a for a, b in zip(kept_now, kept_then, strict=True) if a != b}
    found: dict[str, tuple[Change, ...]] = {}
    for id_, clip in now.items():
        if id_ not in then:
            found[id_] = (Change.ADDED,)
        else:
            changes = _differences(pipeline, project, board[id_], clip, then[id_], encoded)
            found[id_] = (*((Change.MOVED,) if id_ in moved else ()), *changes)
    found |= {id_: (Change.REMOVED,) for id_ in then if id_ not in now}
    return {id_: changes for id_, changes in found.items() if changes}


async def lanes(pipeline: Pipeline, reviewed: Review) -> Lanes:
    """How the film sounds, to be drawn: its voices, and what lies beneath them."""
    length = -(-reviewed.timeline.total_frames * PER_SECOND // reviewed.timeline.fps)
    spoken = [clip for clip in reviewed.clips if clip.voice]
    peaks = await asyncio.gather(*(_voice_peaks(pipeline, clip.voice) for clip in spoken if clip.voice))
    voice = [0] * length
    for clip, heard in zip(spoken, peaks, strict=True):
        _lay(voice, round(clip.voice_start * PER_SECOND), heard)
    beneath = await asyncio.to_thread(_beneath, pipeline, reviewed.film) if reviewed.film else []
    music = [0] * length if beneath else None
    for begins, heard in beneath:
        _lay(music or [], begins, heard)
    return Lanes(voice, music)


def _clip_of(shot: Shot) -> FilmClip:
    voice = shot.voice if shot.narration.strip() else None
    return FilmClip(shot.id, None, shot.narration, shot.transition, shot.image, voice, shot.clip)


def _card(beside: FilmClip, text: str, transition: Transition) -> FilmClip:
    return replace(beside, card=text, narration="", transition=transition, voice=None, footage=None)


def _timing(clip: FilmClip, made: dict[str, Artifact]) -> ShotTiming:
    voice = made.get(clip.voice or "")
    guess = guessed_voice(clip.narration) if clip.narration.strip() else None
    seconds = voice.facts["duration"] if voice else guess
    return ShotTiming(clip.shot_id, clip.narration, word_times(voice), seconds, clip.transition)


def _reviewed(timeline: Timeline, clips: Sequence[FilmClip], made: dict[str, Artifact]) -> list[Reviewed]:
    fps = timeline.fps
    ends = {segment.from_shot: segment.frames for segment in timeline.segments if isinstance(segment, Blend)}
    found: list[Reviewed] = []
    for number, (clip, start, at) in enumerate(zip(clips, timeline.shot_starts, timeline.voice_starts, strict=True)):
        voice = made.get(clip.voice or "")
        file = clip.footage if clip.footage in made else None
        words = (replace(word, start=float(at) + word.start, end=float(at) + word.end) for word in word_times(voice))
        frames = clip_frames(_timing(clip, made).voice_duration, fps)
        found.append(Reviewed(clip, file, start, frames, ends.get(number, 0), voice, at, tuple(words)))
    return found


def _differences(
    pipeline: Pipeline, project: Project, shot: Shot, now: FilmClip, then: FilmClip, encoded: dict[str, str | int]
) -> tuple[Change, ...]:
    key = pipeline.artifacts.key
    spoken = voice_order(pipeline.engines, project, shot)
    stale_image = shot.image_for != key(image_order(pipeline.engines, project, shot))
    stale_voice = spoken is not None and shot.voice_for != key(spoken)
    changes: list[Change] = []
    if stale_image or now.image != then.image:
        changes.append(Change.IMAGE)
    if stale_voice or (now.narration, now.voice) != (then.narration, then.voice):
        changes.append(Change.NARRATION)
    if not changes:
        voice = pipeline.artifacts.find(shot.voice) if spoken and shot.voice else None
        order = key(clip_order(pipeline.engines, project, shot, voice, film_profile(project, encoded)))
        if (shot.clip if shot.clip_for == order else order) != then.footage:
            changes.append(Change.CLIP)
    if now.transition != then.transition:
        changes.append(Change.TRANSITION)
    return tuple(changes)


async def _voice_peaks(pipeline: Pipeline, voice: Artifact) -> list[int]:
    async def produce(folder: Path) -> Made:
        out = folder / "peaks.json"
        await asyncio.to_thread(write_peaks, unwatched, pipeline.artifacts.path(voice), out)
        return Made(out, "application/json", {})

    made_from = {"kind": "peaks", "sound": voice.key, "per_second": PER_SECOND}
    async with _AT_ONCE:
        made = await pipeline.artifacts.make(made_from, produce)
    return json.loads(await asyncio.to_thread(pipeline.artifacts.path(made).read_bytes))


def _beneath(pipeline: Pipeline, film: Film) -> list[tuple[int, list[int]]]:
    """For each part of the sound track at which peak it begins, and the peaks of what lies under its voices."""
    sound = pipeline.artifacts.find(film.sound)
    with pipeline.database.read() as connection:
        parts = artifacts.many(connection, set(sound.facts["parts"]) if sound else set())
    return [(part.facts["begins"], part.facts["beneath"]) for part in parts.values() if "beneath" in part.facts]


def _lay(lane: list[int], at: int, heard: Sequence[int]) -> None:
    for place, peak in enumerate(heard, at):
        if place < len(lane):
            lane[place] = max(lane[place], peak)
