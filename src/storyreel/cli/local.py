"""Projects that the command line makes without a server: whose they are, and how the same wish finds the same one."""

import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from storyreel.cli.stopping import StopRequest
from storyreel.domain.film import canvas_for
from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.domain.user import LOCAL_USER, User
from storyreel.errors import ConflictError, InvalidInputError, StoryreelError

if TYPE_CHECKING:
    from storyreel.pipeline.context import Pipeline
    from storyreel.store.database.connection import Database


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a film of, and how it should look."""

    title: str
    story: str
    style: Style
    settings: ProjectSettings

    def __post_init__(self) -> None:
        canvas_for(self.settings.resolution, self.settings.aspect)


def local_user(database: "Database") -> User:
    """The user who owns what is made without a server, made on first use. Its password is known to nobody."""
    from storyreel.store.credentials import hash_password
    from storyreel.store.database import users
    from storyreel.store.database.rows import now

    with database.read() as connection:
        known = users.by_name(connection, LOCAL_USER)
    if known is not None:
        return known[0]
    fresh, unknowable = User(str(uuid.uuid4()), LOCAL_USER, now()), hash_password(secrets.token_urlsafe(32))
    with database.write() as connection:
        known = users.by_name(connection, LOCAL_USER)  # another process may have been quicker
        if known is None:
            users.add(connection, fresh, unknowable)
    return known[0] if known else fresh


def begin_storyboard(pipeline: "Pipeline", wish: Wish) -> tuple[Project, Task]:
    """The wish's project and the task that makes its storyboard, which may be done already.

    The same wish finds the same project again, as long as the story engine is the same: a second run goes on where the
    first one stopped.

    Raises:
        InvalidInputError: the title, the story or a setting cannot be used.
    """
    from storyreel.pipeline.asking import retry
    from storyreel.pipeline.storyboard import create_project
    from storyreel.store.database import tasks

    project, _ = create_project(
        pipeline,
        local_user(pipeline.database).id,
        title=wish.title,
        story_text=wish.story,
        style=wish.style,
        settings=wish.settings,
        project_id=_project_id(pipeline, wish),
    )
    with pipeline.database.read() as connection:
        newest = tasks.select(connection, project_id=project.id, types=[TaskType.LLM], limit=1)[0]
    return project, retry(pipeline, newest) if newest.status is TaskStatus.FAILED else newest


def _project_id(pipeline: "Pipeline", wish: Wish) -> str:
    from storyreel.domain.project import MAX_STORY_CHARACTERS, MAX_TITLE_CHARACTERS
    from storyreel.domain.serialize import as_json, digest_of
    from storyreel.engines.registry import identity
    from storyreel.pipeline.storyboard import clean_text

    made_from = {
        "title": clean_text(wish.title, "title", MAX_TITLE_CHARACTERS),
        "story": clean_text(wish.story, "story", MAX_STORY_CHARACTERS),
        "style": wish.style,
        "settings": as_json(wish.settings),
        "engine": identity(pipeline.engines.story(wish.settings).info),
    }
    return str(uuid.uuid5(uuid.NAMESPACE_OID, digest_of(made_from)))


def stop_work(pipeline: "Pipeline", project: Project) -> None:
    """End whatever is still to be done for the project; what is finished is kept."""
    from storyreel.pipeline.tasks import cancel
    from storyreel.store.database import tasks

    with pipeline.database.read() as connection:
        active = tasks.select(connection, project_id=project.id, statuses=tasks.ACTIVE, limit=100_000)
    for task in sorted(active, key=lambda task: task.parent_id is not None):
        try:
            cancel(pipeline, task)
        except ConflictError:
            continue  # it ended meanwhile, most often with the film that it was for


def require(pipeline: "Pipeline", project: Project, task: Task, stop: StopRequest) -> dict[str, Any]:
    """The result of a task that went well; else nothing more is done for the project.

    Raises:
        typer.Exit: somebody asked to stop.
        StoryreelError: the task failed, with the reason.
    """
    if task.status is TaskStatus.SUCCESS and task.result is not None:
        return task.result
    stop_work(pipeline, project)
    if not task.status.terminal:
        typer.echo("Stopped. What is finished is kept: run the same command again to go on from there.", err=True)
        raise typer.Exit(stop.exit_code)
    raise StoryreelError(task.error or "It failed without a reason.", code=task.error_code)


def check_voice(pipeline: "Pipeline", voice: str | None) -> None:
    """Refuse a voice that is not there, before anything begins.

    Raises:
        InvalidInputError: with the voices that are.
    """
    import asyncio

    if voice is None:
        return
    voices = asyncio.run(_voices(pipeline))
    if voice not in voices:
        raise InvalidInputError(
            f"There is no voice '{voice[:40]}'.", code="unknown_voice", hint=f"Use one of {', '.join(voices)}."
        )


async def _voices(pipeline: "Pipeline") -> list[str]:
    return [voice.id for voice in await pipeline.engines.speech().voices()]
