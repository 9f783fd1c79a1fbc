"""What a person does to a storyboard: edit, insert, reorder, restore, and ask for one shot's parts again."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storyreel.domain.project import MAX_TITLE_CHARACTERS, Project
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot, Version, VersionKind
from storyreel.domain.storyboard import SceneSpec, Transition, member_of
from storyreel.domain.task import Task, TaskType
from storyreel.errors import ConflictError, InvalidInputError, NotFoundError, StaleEditError
from storyreel.pipeline.asking import admit, begin
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.image import image_task, point_at_image
from storyreel.pipeline.narration import narration_task
from storyreel.pipeline.orders import clip_order, default_options, encoding, film_profile, image_order, voice_order
from storyreel.pipeline.storyboard import check_settings, clean_text, reread_scene
from storyreel.pipeline.tasks import start
from storyreel.store.database import events, projects, shots, tasks

MAX_SHOTS = 5000


async def edit_shot(
    pipeline: Pipeline, project: Project, shot: Shot, changes: dict[str, Any], revision: int | None = None
) -> Shot:
    """Change the fields sent, and only those: prompt, narration, transition, style, voice_name, take, scene.

    A new prompt makes the scene anew; a `scene` that is sent holds what of it shall be otherwise.

    Args:
        revision: the revision that the editor read; None edits whatever is there.

    Raises:
        StaleEditError: somebody edited the shot since that revision.
        NotFoundError: the scene names a character whom the project has not.
    """
    values = await _values(pipeline, project, shot, changes)
    return await pipeline.write(_save_shot, shot, values, revision)


async def _values(pipeline: Pipeline, project: Project, shot: Shot, changes: dict[str, Any]) -> dict[str, Any]:
    """What is to be kept of a shot that is changed so."""
    values = dict(changes)
    staged = shot.scene
    if "prompt" in values and values["prompt"] != shot.prompt:
        staged = (await reread_scene(pipeline, project, shot, values["prompt"])).scene
        values |= {"prompt_en": "", "scene": as_json(staged) if staged else None}
    if "scene" in changes:
        values["scene"] = as_json(staged or SceneSpec("abstract")) | changes["scene"]
        for subject in values["scene"]["subjects"]:
            member_of(project.characters, subject["character"])
    return values


def revert(pipeline: Pipeline, shot: Shot, to: int, revision: int | None = None) -> Shot:
    """The shot's words and choices as they were at the revision `to`; this is an edit like any other.

    Raises:
        NotFoundError: it never had that revision.
        StaleEditError: somebody edited the shot since the `revision` that the editor read.
    """
    with pipeline.database.write() as connection:
        state = shots.state_at(connection, shot.id, to)
        if state is None:
            raise NotFoundError(f"The shot has no earlier revision {to}.", code="revision_not_found")
        if shot.order == 0 and state["image"]:
            projects.update(connection, shot.project_id, {"cover": state["image"]})
        back = _save_shot(connection, shot, state, revision)
        shots.settle(connection, shot.id)
        return shots.get(connection, shot.id) or back


def _save_shot(connection: sa.Connection, shot: Shot, values: dict[str, Any], revision: int | None) -> Shot:
    current = shots.get(connection, shot.id)
    if current is None:
        raise NotFoundError("There is no such shot.", code="shot_not_found")
    if revision is not None and revision != current.revision:
        raise StaleEditError("The shot was changed by somebody else.", hint="Read it again, then repeat the edit.")
    if values:
        shots.update(connection, shot.id, values, current.revision if revision is None else revision)
        events.add(connection, shot.project_id, "shot", {"id": shot.id})
    return shots.get(connection, shot.id) or current


async def edit_project(
    pipeline: Pipeline, project: Project, own: dict[str, Any], settings: dict[str, Any], revision: int | None
) -> Project:
    """Change the project's title or style, and of its settings those that are given; leave all others alone.

    What was made from the old choices becomes stale.

    Raises:
        StaleEditError: somebody edited the project since that revision.
        InvalidInputError: a setting cannot be used.
    """
    check_settings(pipeline, replace(project.settings, **settings))
    changes = own | ({"title": clean_text(own["title"], "title", MAX_TITLE_CHARACTERS)} if "title" in own else {})

    def save(connection: sa.Connection) -> Project:
        current = projects.get(connection, project.id)
        if current is None:
            raise NotFoundError("There is no such project.", code="project_not_found")
        values = changes | {"settings": as_json(replace(current.settings, **settings))}
        projects.update(connection, project.id, values, current.revision if revision is None else revision)
        events.add(connection, project.id, "project", {"id": project.id})
        return projects.get(connection, project.id) or current

    return await pipeline.write(save)


async def insert_shot(
    pipeline: Pipeline,
    project: Project,
    *,
    order: int | None,
    prompt: str,
    narration: str,
    transition: Transition,
    shot_id: str | None = None,
) -> Shot:
    """A new shot at `order`, moving later ones on; None or beyond the end appends it."""
    blank = Shot(shot_id or str(uuid.uuid4()), project.id, 0, "", narration, transition)
    drafted = await reread_scene(pipeline, project, blank, prompt)

    def save(connection: sa.Connection) -> Shot:
        known = shots.get(connection, drafted.id)
        if known is not None:
            return known
        if shots.is_deleted(connection, drafted.id):
            raise ConflictError("The shot was deleted.", code="shot_deleted", hint="Bring it back, or use a new key.")
        others = [shot.id for shot in shots.of_project(connection, project.id)]
        if len(others) >= MAX_SHOTS:
            raise InvalidInputError(f"A storyboard has at most {MAX_SHOTS} shots.", code="too_many_shots")
        position = len(others) if order is None else min(order, len(others))
        shots.add(connection, [replace(drafted, order=position)])
        shots.place(connection, [*others[:position], drafted.id, *others[position:]])
        events.add(connection, project.id, "project", {"id": project.id})
        return shots.get(connection, drafted.id) or drafted

    return await pipeline.write(save)


def reorder(pipeline: Pipeline, project: Project, shot_ids: Sequence[str]) -> list[Shot]:
    """Put the shots in this order.

    Raises:
        ConflictError: these are not exactly the project's shots.
    """
    with pipeline.database.write() as connection:
        present = [shot.id for shot in shots.of_project(connection, project.id)]
        if len(shot_ids) != len(present) or set(shot_ids) != set(present):
            raise ConflictError(
                "The list does not name each of the project's shots once.",
                code="shots_mismatch",
                hint="Read the storyboard again; somebody may have added or removed a shot.",
            )
        shots.place(connection, shot_ids)
        events.add(connection, project.id, "project", {"id": project.id})
        return shots.of_project(connection, project.id)


def restore(pipeline: Pipeline, project: Project, shot: Shot, number: int) -> Shot:
    """Bring back a version: what was made, and the fields that it was made from.

    Raises:
        NotFoundError: the shot has no version of that number.
    """
    with pipeline.database.write() as connection:
        version = next((v for v in shots.versions_of(connection, shot.id) if v.number == number), None)
        if version is None:
            raise NotFoundError(f"The shot has no version {number}.", code="version_not_found")
        _restore(connection, pipeline, project, shot, version)
        events.add(connection, project.id, "shot", {"id": shot.id})
        return shots.get(connection, shot.id) or shot


def _restore(connection: sa.Connection, pipeline: Pipeline, project: Project, shot: Shot, version: Version) -> None:
    key = pipeline.artifacts.key
    fields = version.made_from
    if version.kind is VersionKind.IMAGE:
        back = replace(shot, **fields | ({"scene": _scene(fields["scene"])} if "scene" in fields else {}))
        shots.update(connection, shot.id, fields, shot.revision)
        answers = key(image_order(pipeline.engines, project, back))
        point_at_image(connection, project, back, version.artifact, answers)
    elif version.kind is VersionKind.NARRATION:
        order = voice_order(pipeline.engines, project, replace(shot, **fields))
        answers = {"voice": version.artifact, "voice_for": key(order) if order else None}
        shots.update(connection, shot.id, fields | answers, shot.revision)
    else:
        image_answers = key(image_order(pipeline.engines, project, shot))
        voice_wanted = voice_order(pipeline.engines, project, shot)
        voice = pipeline.artifacts.find(fields["voice"]) if fields["voice"] else None
        back = replace(shot, image=fields["image"])
        profile = film_profile(project, encoding(default_options(project)))
        answers = {
            "image": fields["image"],
            "image_for": image_answers,
            "voice": fields["voice"],
            "voice_for": key(voice_wanted) if voice_wanted else None,
            "clip": version.artifact,
            "clip_for": key(clip_order(pipeline.engines, project, back, voice, profile)),
        }
        shots.update(connection, shot.id, answers, shot.revision)


def _scene(data: dict[str, Any] | None) -> SceneSpec | None:
    return None if data is None else from_json(SceneSpec, data)


async def generate_image(
    pipeline: Pipeline, project: Project, shot: Shot, changes: dict[str, Any], task_id: str | None = None
) -> Task:
    """Draw the shot's picture with these changes. Asking again for a picture that is there draws another take.

    A task that is already drawing just this picture is returned instead of a second one; so is one of that `task_id`.

    Raises:
        TooManyRequestsError: the user has too many tasks waiting; then nothing was changed.
    """

    def wanted(connection: sa.Connection, edited: Shot) -> Task:
        order = image_order(pipeline.engines, project, edited)
        answered = edited.image is not None and edited.image_for == pipeline.artifacts.key(order)
        if answered and not changes:
            edited = _save_shot(connection, edited, {"take": edited.take + 1}, None)
            order = image_order(pipeline.engines, project, edited)
        return image_task(order, edited, task_id=task_id)

    return await _begin(pipeline, project, shot, changes, wanted, task_id)


async def generate_narration(
    pipeline: Pipeline, project: Project, shot: Shot, changes: dict[str, Any], task_id: str | None = None
) -> Task:
    """Speak the shot's narration with these changes.

    Raises:
        ConflictError: there is nothing to say.
        TooManyRequestsError: the user has too many tasks waiting; then nothing was changed.
    """

    def wanted(_connection: sa.Connection, edited: Shot) -> Task:
        order = voice_order(pipeline.engines, project, edited)
        if order is None:
            raise ConflictError("The shot has no narration.", code="narration_empty", hint="Write one first.")
        return narration_task(order, edited, task_id=task_id)

    return await _begin(pipeline, project, shot, changes, wanted, task_id)


async def generate_clip(
    pipeline: Pipeline,
    project: Project,
    shot: Shot,
    *,
    image: str | None,
    image_url: str | None,
    changes: dict[str, Any],
    task_id: str | None = None,
) -> Task:
    """Move the shot's picture: its own, the artifact `image`, or the one to be fetched from `image_url`.

    Raises:
        TooManyRequestsError: the user has too many tasks waiting; then nothing was changed.
    """
    encoded = encoding(default_options(project))

    def wanted(_connection: sa.Connection, edited: Shot) -> Task:
        return clip_task(edited, encoded, image=image, image_url=image_url, task_id=task_id)

    return await _begin(pipeline, project, shot, changes, wanted, task_id)


async def generate_all(
    pipeline: Pipeline, project: Project, only_missing: bool, batch_id: str | None = None
) -> list[Task]:
    """Tasks for the picture, the voice and the clip of every shot; `only_missing` leaves out what is up to date.

    The same `batch_id` again starts nothing and returns the tasks that were started under it; without one, those that
    do just the same already are among the tasks that are returned.

    Raises:
        TooManyRequestsError: the user would have too many tasks waiting; then none was started.
    """
    return await asyncio.to_thread(_begin_all, pipeline, project, only_missing, batch_id)


def _begin_all(pipeline: Pipeline, project: Project, only_missing: bool, batch_id: str | None) -> list[Task]:
    batch = batch_id or str(uuid.uuid4())
    with pipeline.database.read() as connection:
        storyboard = shots.of_project(connection, project.id)
        begun = tasks.many(connection, [_batch_task(batch, shot, type_) for shot in storyboard for type_ in _MADE])
    if begun:
        return begun
    wanted = [task for shot in storyboard for task in _tasks_for(pipeline, project, shot, only_missing, batch)]
    return begin(pipeline, [replace(task, batch=True) for task in wanted], named=batch_id is not None)


_MADE = (TaskType.SD, TaskType.TTS, TaskType.SVD)


def _batch_task(batch_id: str, shot: Shot, type_: TaskType) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{batch_id}:{shot.id}:{type_}"))


def _tasks_for(pipeline: Pipeline, project: Project, shot: Shot, only_missing: bool, batch_id: str) -> list[Task]:
    key = pipeline.artifacts.key
    image, voice = image_order(pipeline.engines, project, shot), voice_order(pipeline.engines, project, shot)
    fresh_image = shot.image is not None and shot.image_for == key(image)
    fresh_voice = voice is None or (shot.voice is not None and shot.voice_for == key(voice))
    wanted: list[Task] = []
    if not (only_missing and fresh_image):
        wanted.append(image_task(image, shot, task_id=_batch_task(batch_id, shot, TaskType.SD)))
    if voice is not None and not (only_missing and fresh_voice):
        wanted.append(narration_task(voice, shot, task_id=_batch_task(batch_id, shot, TaskType.TTS)))
    if wanted or not only_missing or shot.clip is None:
        encoded = encoding(default_options(project))
        wanted.append(clip_task(shot, encoded, task_id=_batch_task(batch_id, shot, TaskType.SVD)))
    return wanted


async def _begin(
    pipeline: Pipeline,
    project: Project,
    shot: Shot,
    changes: dict[str, Any],
    wanted: Callable[[sa.Connection, Shot], Task],
    task_id: str | None,
) -> Task:
    """Change the shot and begin the task that is wanted of it then: both, or neither.

    The task that was begun under this id before is returned: then nothing more is to be done, not even the change.
    """
    known = await pipeline.read(tasks.get, task_id) if task_id else None
    if known is not None:
        return known
    values = await _values(pipeline, project, shot, changes)

    def save(connection: sa.Connection) -> Task:
        task = wanted(connection, _save_shot(connection, shot, values, None))
        return admit(pipeline, connection, [task], named=task_id is not None)[0]

    begun = await pipeline.write(save)
    await asyncio.to_thread(start, pipeline, begun)
    return begun
