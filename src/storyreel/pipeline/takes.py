"""Has every shot's picture, voice and clip made, as a build system would: start what is missing, look again."""

import asyncio
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import FilmOptions
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot, VersionKind
from storyreel.domain.task import Task, TaskStatus
from storyreel.errors import ConflictError, EngineError
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.image import image_fields, image_task, point_at_image
from storyreel.pipeline.narration import narration_task
from storyreel.pipeline.orders import clip_order, film_profile, image_order, voice_order
from storyreel.pipeline.tasks import record, start
from storyreel.store.database import events, projects, shots, tasks

ROUND_SECONDS = 0.5
THINGS_PER_SHOT = 3  # picture, voice, clip


@dataclass(frozen=True, slots=True)
class Take:
    """One finished shot, as the film uses it."""

    shot: Shot
    clip: Artifact
    voice: Artifact | None


async def finished_takes(
    pipeline: Pipeline, film: Task, options: FilmOptions, report: Callable[[float], None]
) -> list[Take]:
    """Every shot's take, in order; what is missing or stale is made first, in parallel, by tasks of its own.

    Each round looks at the shots as they are then, so edits made meanwhile are taken in.

    Raises:
        EngineError: a shot's task failed; the message names the shot.
        ConflictError: there are no shots.
    """
    while True:
        states = await asyncio.to_thread(_one_round, pipeline, film, options)
        takes = [state for state in states if isinstance(state, Take)]
        if len(takes) == len(states) and not await pipeline.read(_at_work, film.id):
            return takes
        parts = sum(THINGS_PER_SHOT if isinstance(state, Take) else state for state in states)
        report(parts / (THINGS_PER_SHOT * len(states)))
        await asyncio.sleep(ROUND_SECONDS)


def _at_work(connection: sa.Connection, film_id: str) -> bool:
    """Whether a child has yet to record its end, though all is made: a film never ends before its children."""
    return bool(tasks.select(connection, parent_id=film_id, statuses=tasks.ACTIVE, limit=1))


def _one_round(pipeline: Pipeline, film: Task, options: FilmOptions) -> list[Take | float]:
    with pipeline.database.read() as connection:
        project = projects.get(connection, film.project_id)
        storyboard = shots.of_project(connection, film.project_id)
    if project is None or not storyboard:
        raise ConflictError("The storyboard has no shots.", code="no_shots", hint="Add a shot, then make the film.")
    return [_Maker(pipeline, film, project, shot, options).advance() for shot in storyboard]


class _Maker:
    """Looks at one shot once: takes what is there already, starts what can be started."""

    def __init__(self, pipeline: Pipeline, film: Task, project: Project, shot: Shot, options: FilmOptions) -> None:
        self._pipeline = pipeline
        self._film = film
        self._project = project
        self._shot = shot
        self._options = options

    def advance(self) -> Take | float:
        """The finished take; or how far the shot is, 0 … THINGS_PER_SHOT."""
        pictured = self._picture()
        voice, voiced = self._voice()
        if pictured < 1 or voiced < 1:
            return pictured + voiced
        profile = film_profile(self._project, self._options)
        order = clip_order(self._pipeline.engines, self._project, self._shot, voice, profile)
        key = self._key(order)
        clip = self._found(self._shot.clip if self._shot.clip_for == key else key)
        if clip is None:
            return pictured + voiced + self._child(key, partial(clip_task, self._shot, self._options))
        if clip.key != self._shot.clip:
            self._point({"clip": clip.key, "clip_for": key})
        return Take(self._shot, clip, voice)

    def _picture(self) -> float:
        """1 when the shot has a picture that answers to it; less while one is being made."""
        order = image_order(self._pipeline.engines, self._project, self._shot)
        key = self._key(order)
        if self._shot.image_for == key and self._found(self._shot.image):
            return 1.0
        if self._found(key):
            self._change(lambda connection: self._take_image(connection, key))
            return 0.99  # the next round sees the shot with it
        return self._child(key, partial(image_task, order, self._shot))

    def _voice(self) -> tuple[Artifact | None, float]:
        """The voice, and 1 when it is there or not needed; less while it is being made."""
        order = voice_order(self._pipeline.engines, self._project, self._shot)
        if order is None:
            return None, 1.0
        key = self._key(order)
        voice = self._found(self._shot.voice if self._shot.voice_for == key else key)
        if voice is None:
            return None, self._child(key, partial(narration_task, order, self._shot))
        if voice.key != self._shot.voice:
            self._point({"voice": voice.key, "voice_for": key})
        return voice, 1.0

    def _take_image(self, connection: sa.Connection, key: str) -> None:
        shots.add_version(connection, self._shot.id, VersionKind.IMAGE, key, image_fields(self._shot))
        point_at_image(connection, self._project, self._shot, key, key)

    def _key(self, order: dict[str, Any]) -> str:
        return self._pipeline.artifacts.key(order)

    def _found(self, key: str | None) -> Artifact | None:
        return self._pipeline.artifacts.find(key) if key else None

    def _point(self, values: dict[str, str]) -> None:
        self._change(lambda connection: shots.update(connection, self._shot.id, values))

    def _change(self, change: Callable[[sa.Connection], object]) -> None:
        """Change the shot, unless it was deleted since this round began."""
        with self._pipeline.database.write() as connection:
            if shots.get(connection, self._shot.id) is not None:
                change(connection)
                events.add(connection, self._project.id, "shot", {"id": self._shot.id})

    def _child(self, key: str, build: Callable[..., Task]) -> float:
        """Make sure that a task makes the artifact of this key; how far it is, below 1.

        Its id follows from what it is for: the same child, however often the film is run again after a crash.

        Raises:
            EngineError: it failed, and so does the film.
        """
        for attempt in itertools.count():
            name = f"{self._film.id}:{self._shot.id}:{key}:{attempt}"
            wanted = build(task_id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)), parent_id=self._film.id)
            with self._pipeline.database.read() as connection:
                child = tasks.get(connection, wanted.id)
            if child is None:
                return self._begin(wanted)
            if child.status is TaskStatus.FAILED:
                raise EngineError(
                    f"Shot {self._shot.order + 1}: {child.error}",
                    code=child.error_code,
                    hint="What is finished is kept: mend that shot, then make the film again.",
                )
            if child.status is not TaskStatus.SUCCESS or self._found(key):
                return min(0.99, child.progress / 100)
            # It made something else: the shot was changed before its run began, and was changed back since.
        raise AssertionError("some attempt is not there yet")

    def _begin(self, child: Task) -> float:
        with self._pipeline.database.write() as connection:
            self._check_film_is_wanted(connection)
            if shots.get(connection, self._shot.id) is None:
                return 0.0  # deleted since this round began: the next one does without it
            record(connection, child)
        start(self._pipeline, child)
        return 0.0

    def _check_film_is_wanted(self, connection: sa.Connection) -> None:
        """Cancelling ends the film and its children in one go; its run may take a second longer to notice."""
        film = tasks.get(connection, self._film.id)
        if film is None or film.status.terminal:
            raise ConflictError("The film was cancelled.", code="cancelled")
