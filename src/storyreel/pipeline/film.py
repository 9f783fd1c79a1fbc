"""FILM tasks: have every shot's picture and voice; meanwhile cut and sound the film, then join it into one file."""

import asyncio
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.film import Cut, Film, FilmClip, FilmOptions
from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.task import Task, TaskType
from storyreel.media.encode import encoder_for
from storyreel.media.join import Piece, join_film
from storyreel.media.profile import EncodeProfile
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.asking import begin
from storyreel.pipeline.cards import Cards
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.cutting import CuttingRoom, FinishedCut
from storyreel.pipeline.footage import Lettered
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.orders import encoding, film_profile, video_facts
from storyreel.pipeline.progress import Progress
from storyreel.pipeline.takes import Take, Takes
from storyreel.pipeline.tasks import new_task
from storyreel.store.database import artifacts, cuts, events, films, projects
from storyreel.store.database.rows import now

SHOTS_SHARE, SEGMENTS_SHARE = 0.40, 0.58
"""Shares of a film's work, measured on the built-in engines: joining is hardly any."""
ROUND_SECONDS = 0.5
_LEAST_IDLE = 5
"""Looking at the shots takes at most a sixth of the time, however many they are."""


def begin_film(pipeline: Pipeline, project: Project, options: FilmOptions, task_id: str | None = None) -> Task:
    """Record and start the film's task; without a `task_id`, one for just the same that is active already will do.

    Raises:
        TooManyRequestsError: the user has too many tasks waiting.
    """
    task = new_task(project.id, TaskType.FILM, as_json(options), task_id=task_id)
    return begin(pipeline, [task], named=task_id is not None)[0]


async def make_film(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: have what is missing or stale made, render segments and sound meanwhile, join."""
    options = from_json(FilmOptions, task.request)
    encoder = await asyncio.to_thread(encoder_for, options.codec, options.hardware)
    encoded = encoding(options, encoder)
    project = await pipeline.project(task.project_id)
    profile = film_profile(project, encoded)
    takes = Takes(pipeline, task, encoded)
    room = CuttingRoom(pipeline, project, options, profile)
    cards = Cards(pipeline, project, profile) if options.cards else None
    try:
        cut = await _cut(pipeline, task, takes, cards, room, profile, progress)
    finally:
        await room.close()
    passed("film.cut", task.type, task.id)
    film = await join(pipeline, project, options, profile, cut)
    listed = Film(
        id=task.id,
        project_id=project.id,
        artifact=film.key,
        sound=cut.sound.key,
        title=project.title,
        language=project.language,
        options=options,
        clips=tuple(_clip(take) for take in cut.takes),
        created_at=now(),
    )
    await pipeline.write(_choose, listed)
    passed("film.chosen", task.type, task.id)
    return {"film": film.key, "duration": film.facts["duration"], "frames": film.facts["frames"]}


async def _cut(
    pipeline: Pipeline,
    task: Task,
    takes: Takes,
    cards: Cards | None,
    room: CuttingRoom,
    profile: EncodeProfile,
    progress: Progress,
) -> FinishedCut:
    """Look at the shots, work for a while, and again, until nothing is left to do."""
    known: Cut | None = None
    while True:
        began = time.monotonic()
        seen = await asyncio.to_thread(takes.look)
        room.follow(cards.around(seen) if cards else seen)
        finished = room.finished()
        if finished is not None and not await asyncio.to_thread(takes.at_work):
            return finished
        await room.work(max(ROUND_SECONDS, _LEAST_IDLE * (time.monotonic() - began)))
        made = sum(take.made for take in seen) / len(seen)
        progress.report(SHOTS_SHARE * made + SEGMENTS_SHARE * room.progress())
        cut = Cut(task.id, task.project_id, as_json(profile), room.pieces(), room.parts(), room.finished() is not None)
        if cut.pieces and cut.sound and cut != known:
            await pipeline.write(cuts.put, cut)
            known = cut
            passed("film.shown", task.type, task.id)


async def join(
    pipeline: Pipeline, project: Project, options: FilmOptions, profile: EncodeProfile, cut: FinishedCut
) -> Artifact:
    """The film of a finished cut: found, or else joined."""
    cues = cut.timeline.cues if options.subtitles.track else None
    made_from: dict[str, Any] = {
        "kind": "film",
        "pieces": as_json(cut.pieces),
        "soundtrack": cut.sound.key,
        "captions": as_json(cues) if cues is not None else None,
        "profile": profile.identity(),
        "title": project.title,
        "language": project.language,
    }

    async def produce(folder: Path) -> Made:
        out = folder / "film.mp4"
        files = await pipeline.read(artifacts.many, {piece.artifact for piece in cut.pieces})
        pieces = [Piece(pipeline.artifacts.path(files[piece.artifact]), piece.first, piece.end) for piece in cut.pieces]
        track = pipeline.artifacts.path(cut.sound)
        language = project.language or ""
        await offload.run(join_film, offload.unwatched, pieces, track, cues, profile, project.title, language, out)
        return Made(out, "video/mp4", video_facts(profile, cut.timeline.total_frames))

    return await pipeline.artifacts.make(made_from, produce)


def _clip(take: Take) -> FilmClip:
    footage = take.footage
    return FilmClip(
        shot_id=take.shot.id,
        card=footage.made_from["text"] if isinstance(footage, Lettered) else None,
        narration=take.shot.narration,
        transition=take.shot.transition,
        image=take.image.key if take.image else None,
        voice=take.voice.key if take.voice else None,
        footage=footage.key if footage else None,
    )


def _choose(connection: sa.Connection, film: Film) -> None:
    if projects.get(connection, film.project_id) is None:
        return
    films.add(connection, film)
    projects.update(connection, film.project_id, {"film": film.artifact})
    events.add(connection, film.project_id, "project", {"id": film.project_id})
