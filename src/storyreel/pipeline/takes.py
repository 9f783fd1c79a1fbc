"""Has every shot's picture, voice and clip made, as a build system would: start what is missing, look again."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot, VersionKind
from storyreel.domain.task import ENDED_BY_DELETION, Task, TaskStatus
from storyreel.errors import ConflictError, EngineError
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.footage import Drawn, Lettered
from storyreel.pipeline.image import image_fields, image_task, point_at_image
from storyreel.pipeline.narration import narration_task
from storyreel.pipeline.orders import clip_order, film_profile, image_order, voice_order
from storyreel.pipeline.tasks import record, start
from storyreel.store.database import events, projects, shots, tasks


@dataclass(frozen=True, slots=True)
class Take:
    """One shot, as far as it is made, as the film uses it.

    Attributes:
        made: how much of picture, voice and clip is there, 0 … 1.
        voiced: whether its voice is there, or it has nothing to say: so, how long it lasts.
        image: its picture, once it is there.
        footage: its clip, or what it is drawn from; None while one of its parts is missing.
    """

    shot: Shot
    made: float
    voiced: bool
    voice: Artifact | None
    image: Artifact | None = None
    footage: Artifact | Drawn | Lettered | None = None


class Takes:
    """Every shot's take, looked at again and again; what is missing or stale is made, in parallel, by tasks.

    Each look sees the shots as they are then, so edits made meanwhile are taken in.
    """

    def __init__(self, pipeline: Pipeline, film: Task, encoded: dict[str, Any]) -> None:
        """`encoded` says how the film is encoded; see `orders.encoding`."""
        self._pipeline = pipeline
        self._film = film
        self._encoded = encoded
        self._known: dict[str, tuple[Project, Shot, Take]] = {}

    def look(self) -> list[Take]:
        """The takes as they are now, in the film's order. Blocks: it reads the database.

        Raises:
            EngineError: a shot's task failed; the message names the shot.
            ConflictError: there are no shots, or the film was cancelled.
        """
        with self._pipeline.database.read() as connection:
            project = projects.get(connection, self._film.project_id)
            storyboard = shots.of_project(connection, self._film.project_id)
        if project is None or not storyboard:
            raise ConflictError("The storyboard has no shots.", code="no_shots", hint="Add a shot, then make the film.")
        return [self._take(project, shot) for shot in storyboard]

    def at_work(self) -> bool:
        """Whether a child has yet to record its end, though all is made: a film never ends before its children."""
        with self._pipeline.database.read() as connection:
            return bool(tasks.select(connection, parent_id=self._film.id, statuses=tasks.ACTIVE, limit=1))

    def _take(self, project: Project, shot: Shot) -> Take:
        known = self._known.get(shot.id)
        if known is not None and known[:2] == (project, shot) and known[2].footage:
            return known[2]
        take = _Maker(self._pipeline, self._film, project, shot, self._encoded).advance()
        self._known[shot.id] = (project, shot, take)
        return take


class _Maker:
    """Looks at one shot once: takes what is there already, starts what can be started."""

    def __init__(self, pipeline: Pipeline, film: Task, project: Project, shot: Shot, encoded: dict[str, Any]) -> None:
        self._pipeline = pipeline
        self._film = film
        self._project = project
        self._shot = shot
        self._encoded = encoded

    def advance(self) -> Take:
        immediate = self._pipeline.engines.video(self._project.settings).info.immediate
        parts = 2 if immediate else 3
        image, pictured = self._picture()
        voice, spoken = self._voice()
        take = Take(self._shot, (pictured + spoken) / parts, spoken == 1, voice, image)
        if image is None or spoken < 1:
            return take
        profile = film_profile(self._project, self._encoded)
        order = clip_order(self._pipeline.engines, self._project, self._shot, voice, profile)
        key = self._key(order)
        clip = self._found(self._shot.clip if self._shot.clip_for == key else key)
        if clip is None and immediate:
            return replace(take, made=1.0, footage=Drawn(key, order, image, voice))
        if clip is None:
            animated = self._child(key, partial(clip_task, self._shot, self._encoded))
            return replace(take, made=(pictured + spoken + animated) / parts)
        if clip.key != self._shot.clip:
            self._point({"clip": clip.key, "clip_for": key})
        return replace(take, made=1.0, footage=clip)

    def _picture(self) -> tuple[Artifact | None, float]:
        """The picture that answers to the shot, and 1; less while one is being made."""
        order = image_order(self._pipeline.engines, self._project, self._shot)
        key = self._key(order)
        image = self._found(self._shot.image) if self._shot.image_for == key else None
        if image is not None:
            return image, 1.0
        if self._found(key):
            self._change(lambda connection: self._take_image(connection, key))
            return None, 0.99  # the next look sees the shot with it
        return None, self._child(key, partial(image_task, order, self._shot))

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
        """Change the shot, unless it was deleted since this look began."""
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
            if child.error_code == ENDED_BY_DELETION:
                continue  # the shot was brought back, or it was deleted since this look began
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
                return 0.0  # deleted since this look began: the next one does without it
            child = record(connection, child)
        start(self._pipeline, child)
        return 0.0

    def _check_film_is_wanted(self, connection: sa.Connection) -> None:
        """Cancelling ends the film and its children in one go; its run may take a second longer to notice."""
        film = tasks.get(connection, self._film.id)
        if film is None or film.status.terminal:
            raise ConflictError("The film was cancelled.", code="cancelled")
