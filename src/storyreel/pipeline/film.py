"""FILM tasks: have every shot's picture, voice and clip; then cut, sound and join them into one file."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.film import FilmOptions, Subtitles
from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json
from storyreel.domain.task import Task, TaskType
from storyreel.media.encode import EncodeProfile
from storyreel.media.join import join_film
from storyreel.media.mix import render_soundtrack, soundtrack_identity
from storyreel.media.segment import is_whole_clip, render_segment, segment_identity
from storyreel.media.timeline import Cue, Segment, ShotTiming, Timeline, build_timeline
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.narration import word_times
from storyreel.pipeline.orders import film_profile, video_facts
from storyreel.pipeline.progress import Progress
from storyreel.pipeline.takes import Take, finished_takes
from storyreel.pipeline.tasks import new_task, record, start
from storyreel.store.database import events, projects, tasks

# Shares of a film's work, measured on the built-in engines: nearly all of it is drawing and encoding the shots.
SHOTS_SHARE, SEGMENTS_SHARE = 0.80, 0.17


def begin_film(pipeline: Pipeline, project: Project, options: FilmOptions, task_id: str | None = None) -> Task:
    """Record and start the film's task; without a `task_id`, one for just the same that is active already will do."""
    task = new_task(project.id, TaskType.FILM, as_json(options), task_id=task_id)
    with pipeline.database.write() as connection:
        active = tasks.select(connection, project_id=project.id, types=[TaskType.FILM], statuses=tasks.ACTIVE)
        same = None if task_id else next((other for other in active if other.request == task.request), None)
        if same is None:
            record(connection, task)
    start(pipeline, same or task)
    return same or task


async def make_film(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: make what is missing or stale, render what the cut needs, mix, join."""
    options = FilmOptions(
        resolution=task.request["resolution"],
        fps=task.request["fps"],
        subtitles=Subtitles(task.request["subtitles"]),
        music=task.request["music"],
    )
    project = await pipeline.project(task.project_id)
    profile = film_profile(project, options)
    takes = await finished_takes(pipeline, task, options, lambda fraction: progress.report(SHOTS_SHARE * fraction))
    passed("film.shots_ready", task.type, task.id)
    timeline = build_timeline([_timing(take) for take in takes], options.fps)
    film = await _Cut(pipeline, project, options, profile, takes, timeline, progress).make()
    await pipeline.write(_choose, project.id, film)
    passed("film.chosen", task.type, task.id)
    return {"film": film.key, "duration": film.facts["duration"], "frames": film.facts["frames"]}


def _timing(take: Take) -> ShotTiming:
    return ShotTiming(
        shot_id=take.shot.id,
        narration=take.shot.narration,
        words=word_times(take.voice),
        voice_duration=take.voice.facts["duration"] if take.voice else None,
        transition=take.shot.transition,
    )


class _Cut:
    """Renders, mixes and joins one film from its finished shots; every part is an artifact of its own."""

    def __init__(
        self,
        pipeline: Pipeline,
        project: Project,
        options: FilmOptions,
        profile: EncodeProfile,
        takes: Sequence[Take],
        timeline: Timeline,
        progress: Progress,
    ) -> None:
        self._pipeline = pipeline
        self._project = project
        self._options = options
        self._profile = profile
        self._takes = takes
        self._timeline = timeline
        self._progress = progress

    async def make(self) -> Artifact:
        done = [0.0] * len(self._timeline.segments)

        async def one(index: int, segment: Segment) -> Artifact:
            def report(fraction: float) -> None:
                done[index] = fraction
                self._progress.report(SHOTS_SHARE + SEGMENTS_SHARE * sum(done) / len(done))

            artifact = await self._segment(segment, report)
            report(1.0)
            return artifact

        async with asyncio.TaskGroup() as group:
            sound = group.create_task(self._soundtrack())
            pieces = [group.create_task(one(i, segment)) for i, segment in enumerate(self._timeline.segments)]
        return await self._join([piece.result() for piece in pieces], sound.result())

    async def _segment(self, segment: Segment, report: offload.Report) -> Artifact:
        clips = [self._takes[index].clip for index in segment.shots]
        cues = self._timeline.cues_in(segment) if self._options.subtitles.burned else ()
        if not cues and is_whole_clip(segment, clips[0].facts["frames"]):
            return clips[0]
        identity = segment_identity(segment, [clip.key for clip in clips], cues, self._profile)

        async def produce(folder: Path) -> Made:
            out = folder / "segment.mp4"
            paths = [self._pipeline.artifacts.path(clip) for clip in clips]
            await offload.run(render_segment, report, segment, paths, cues, self._profile, out)
            return Made(out, "video/mp4", video_facts(self._profile, segment.frames))

        return await self._pipeline.artifacts.make({"kind": "segment"} | identity, produce)

    async def _soundtrack(self) -> Artifact:
        spoken = [
            (take.voice, at) for take, at in zip(self._takes, self._timeline.voice_starts, strict=True) if take.voice
        ]
        mood = self._mood() if self._options.music else None
        seed = self._project.settings.seed
        keys = [(voice.key, at) for voice, at in spoken]
        identity = soundtrack_identity(keys, self._timeline.duration, mood, seed)

        async def produce(folder: Path) -> Made:
            out = folder / "sound.m4a"
            voices = [(self._pipeline.artifacts.path(voice), at) for voice, at in spoken]
            await offload.run(render_soundtrack, _unseen, voices, self._timeline.duration, mood, seed, out)
            return Made(out, "audio/mp4", {"duration": float(self._timeline.duration)})

        return await self._pipeline.artifacts.make({"kind": "soundtrack"} | identity, produce)

    def _mood(self) -> str:
        moods = Counter(take.shot.scene.mood for take in self._takes if take.shot.scene)
        return moods.most_common(1)[0][0] if moods else "calm"

    async def _join(self, pieces: Sequence[Artifact], sound: Artifact) -> Artifact:
        cues: tuple[Cue, ...] | None = tuple(self._timeline.cues) if self._options.subtitles.track else None
        made_from: dict[str, Any] = {
            "kind": "film",
            "segments": [piece.key for piece in pieces],
            "soundtrack": sound.key,
            "captions": as_json(cues) if cues is not None else None,
            "profile": self._profile.identity(),
            "title": self._project.title,
        }

        async def produce(folder: Path) -> Made:
            out = folder / "film.mp4"
            paths = [self._pipeline.artifacts.path(piece) for piece in pieces]
            track = self._pipeline.artifacts.path(sound)
            await offload.run(join_film, _unseen, paths, track, cues, self._profile, self._project.title, out)
            return Made(out, "video/mp4", video_facts(self._profile, self._timeline.total_frames))

        return await self._pipeline.artifacts.make(made_from, produce)


def _unseen(_fraction: float) -> None:
    """Mixing and joining take a few seconds at most."""


def _choose(connection: sa.Connection, project_id: str, film: Artifact) -> None:
    if projects.get(connection, project_id) is None:
        return
    projects.update(connection, project_id, {"film": film.key})
    events.add(connection, project_id, "project", {"id": project_id})
