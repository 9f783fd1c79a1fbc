"""LLM tasks: from a story to its storyboard."""

import asyncio
import re
import unicodedata
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import FRAME_RATES, canvas_for
from storyreel.domain.project import MAX_STORY_CHARACTERS, MAX_TITLE_CHARACTERS, Project, ProjectSettings, Style
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Storyboard
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.story import StoryEngine, StoryRequest
from storyreel.engines.registry import identity
from storyreel.engines.wrappers import ask, first_able
from storyreel.errors import ConflictError, EngineError, InvalidInputError
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.asking import admit
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.deferral import HandedOver, deferred, unwrap
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.progress import EngineJob, Progress
from storyreel.pipeline.tasks import new_task, start
from storyreel.store.database import deliveries, events, projects, shots
from storyreel.store.database.rows import now

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def clean_text(text: str, what: str, limit: int) -> str:
    """Text as it is kept: NFC, newlines only as line ends, no other control characters.

    Raises:
        InvalidInputError: empty, too long, or not text.
    """
    if "\x00" in text:
        raise InvalidInputError(f"The {what} holds a NUL character.", code="invalid_text", hint="Send plain text.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"The {what} is not valid Unicode.", code="invalid_text") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    cleaned = unicodedata.normalize("NFC", _CONTROL.sub("", lines)).strip()
    if not cleaned:
        raise InvalidInputError(f"The {what} is empty.", code=f"{what}_empty", hint=f"Write a {what} first.")
    if len(cleaned) > limit:
        raise InvalidInputError(
            f"The {what} has {len(cleaned):,} characters; at most {limit:,} fit.",
            code=f"{what}_too_long",
            hint="Split it into parts.",
        )
    return cleaned


def create_project(
    pipeline: Pipeline,
    owner_id: str,
    *,
    title: str,
    story_text: str,
    style: Style,
    settings: ProjectSettings,
    project_id: str | None = None,
    callback_url: str = "",
) -> tuple[Project, Task]:
    """Record a project and begin its storyboard; the same `project_id` again changes nothing and returns what is there.

    Raises:
        ConflictError: the project of that id was deleted since, or the user has as many as they may.
        TooManyRequestsError: the user has too many tasks waiting.
        NoRoomError: the storyboard could not be kept.
        InvalidInputError: the title, the story or a setting cannot be used.
    """
    project = Project(
        id=project_id or str(uuid.uuid4()),
        owner_id=owner_id,
        title=clean_text(title, "title", MAX_TITLE_CHARACTERS),
        story_text=clean_text(story_text, "story", MAX_STORY_CHARACTERS),
        style=style,
        settings=settings,
        created_at=now(),
    )
    check_settings(pipeline, settings)
    if callback_url:
        pipeline.fetcher.check(callback_url)
    task = new_task(project.id, TaskType.LLM, {}, task_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{project.id}:LLM")))
    begun_before = bool(pipeline.durable.state([task.id]))
    with pipeline.database.write() as connection:
        known = projects.get(connection, project.id)
        if known is None and (begun_before or projects.is_deleted(connection, project.id)):
            raise ConflictError("The project was deleted.", code="project_deleted", hint="Use a new Idempotency-Key.")
        if known is None:
            pipeline.artifacts.check_disk()  # whoever asks waits for the storyboard
            check_room(pipeline, connection, owner_id)
            projects.add(connection, project)
            if callback_url:
                deliveries.register(connection, project.id, callback_url)
            (task,) = admit(pipeline, connection, [task], named=True)
            events.add(connection, project.id, "project", {"id": project.id})
    start(pipeline, task)
    return known or project, task


def check_room(pipeline: Pipeline, connection: sa.Connection, owner_id: str) -> None:
    """Refuse one more project to whoever has as many as they may.

    Raises:
        ConflictError: code `too_many_projects`.
    """
    limit = pipeline.quotas.projects
    if limit and projects.count(connection, owner_id) >= limit:
        raise ConflictError(
            f"You have {limit:,} projects, and may not have more.", code="too_many_projects", hint="Delete one."
        )


def check_settings(pipeline: Pipeline, settings: ProjectSettings) -> None:
    """Refuse what no later step could work with.

    Raises:
        InvalidInputError: with the values that are possible.
    """
    canvas_for(settings.resolution, settings.aspect)
    if settings.fps not in FRAME_RATES:
        allowed = ", ".join(map(str, FRAME_RATES))
        raise InvalidInputError(
            f"{settings.fps} is not a frame rate we make.", code="unknown_fps", hint=f"Use one of {allowed}."
        )
    pipeline.engines.check(settings.engines)


def story_request(project: Project) -> StoryRequest:
    """What a story engine is asked for this project."""
    return StoryRequest(
        story=project.story_text,
        title=project.title,
        style=project.style,
        language=project.settings.language,
        aspect=project.settings.aspect,
        seed=project.settings.seed,
    )


async def make_storyboard(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: plan the story, keep the plan as an artifact, lay out its shots."""
    project = await pipeline.project(task.project_id)
    request = story_request(project)

    async def planned_by(engine: StoryEngine) -> Artifact:
        made_from = {"kind": "storyboard", "engine": identity(engine.info), "request": as_json(request)}

        async def produce(folder: Path) -> Made:
            job = EngineJob(pipeline.artifacts, made_from, folder, progress)
            plan = unwrap(await ask(engine, lambda: engine.plan(request, job)), job)
            if not plan.shots:
                raise EngineError("The story engine returned no shots.", hint="Try another engine.")
            file = folder / "storyboard.json"
            await asyncio.to_thread(file.write_bytes, orjson.dumps(as_json(plan)))
            return Made(file, "application/json", {"shots": len(plan.shots), "language": plan.language})

        return await pipeline.artifacts.make(made_from, produce)

    try:
        artifact = await first_able(pipeline.engines.stories(project.settings), planned_by)
    except HandedOver as handed:
        return deferred(handed)
    content = await asyncio.to_thread(pipeline.artifacts.path(artifact).read_bytes)
    storyboard = from_json(Storyboard, orjson.loads(content))
    await pipeline.write(_lay_out, task, storyboard)
    passed("storyboard.laid_out", task.type, task.id)
    return {"storyboard": artifact.key, "shots": len(storyboard.shots)}


def _lay_out(connection: sa.Connection, task: Task, storyboard: Storyboard) -> None:
    if projects.get(connection, task.project_id) is None:
        return
    if shots.of_project(connection, task.project_id):
        return  # a crash came after the shots were laid out; the user may have edited them since
    projects.update(
        connection,
        task.project_id,
        {"language": storyboard.language, "characters": [as_json(character) for character in storyboard.characters]},
    )
    planned = [
        Shot(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{task.id}:{order}")),
            project_id=task.project_id,
            order=order,
            prompt=shot.prompt,
            prompt_en=shot.prompt_en,
            narration=shot.narration,
            transition=shot.transition,
            scene=shot.scene,
        )
        for order, shot in enumerate(storyboard.shots)
    ]
    shots.add(connection, planned)
    events.add(connection, task.project_id, "project", {"id": task.project_id})


async def reread_scene(pipeline: Pipeline, project: Project, shot: Shot, prompt: str) -> Shot:
    """The shot with a prompt that a person wrote, and the scene as the story engine reads it now."""
    request = replace(story_request(project), characters=project.characters)
    scene = await first_able(
        pipeline.engines.stories(project.settings), lambda engine: engine.read_scene(prompt, shot.scene, request)
    )
    return replace(shot, prompt=prompt, prompt_en="", scene=scene)
