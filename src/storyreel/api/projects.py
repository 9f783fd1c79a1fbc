"""Projects: create, list, read, edit, delete, storyboard."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.cast import CharacterView, character_view
from storyreel.api.context import ApiContext
from storyreel.api.dependencies import Context, Creating, CurrentUser, OwnProject, Revision, tag
from storyreel.api.fields import Body, Flag, Resolution, Seed, Story, Title, Unicode, View, VoiceName, example
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented, problem
from storyreel.api.shots import Deleted, ShotView, shot_view
from storyreel.domain.film import Aspect
from storyreel.domain.project import Language, Project, ProjectSettings, ProjectStatus, Style
from storyreel.domain.task import ENDED_BY_DELETION, Task, TaskStatus
from storyreel.errors import NotFoundError
from storyreel.pipeline import deleting, deliveries, duplicating, editing, storyboard
from storyreel.store.database import projects, shots, tasks

router = APIRouter(tags=["projects"])

POLL_SECONDS = 0.05
FrameRate = Literal[24, 25, 30, 60]
EngineName = Annotated[str, Field(min_length=1, max_length=200), Unicode]
EngineChoice = Annotated[
    dict[EngineName, EngineName],
    Field(max_length=4, description="Kind (story, image, speech, video) → engine id: see GET /api/engines."),
]


CallbackUrl = Annotated[
    str,
    Field(max_length=2000, description='Told of every task\'s end; "" for nowhere. See GET …/deliveries.'),
    Unicode,
]
Secret = Annotated[
    str | None,
    Field(description="What deliveries to `callback_url` are signed with. Shown in the answer that sets it alone."),
]


class ProjectView(View):
    """A story on its way to becoming a film."""

    id: str
    title: str
    story_text: str | None = Field(default=None, description="Left out of listings.")
    style: Style
    created_at: datetime
    cover_url: str | None
    status: ProjectStatus
    film_url: str | None
    live_url: str = Field(description="Plays the film (HLS) while it is being made; 404 while there is nothing of it.")
    aspect: Aspect
    language: str
    voice: str | None
    resolution: str
    fps: int
    seed: int
    engines: dict[str, str]
    characters: list[CharacterView]
    revision: int
    callback_secret: Secret = None


class NewProject(Body):
    model_config = example(title="Moon Walk", story_text="A kid walks on the moon...", style="Cinematic")

    title: Title
    story_text: Story
    style: Style = Field(examples=["Cinematic"])
    aspect: Aspect = Aspect.WIDE
    language: Language = Language.AUTO
    voice: VoiceName | None = None
    resolution: Resolution = "720p"
    fps: FrameRate = 24
    seed: Seed = 0
    engines: EngineChoice = Field(default_factory=dict[str, str])
    callback_url: CallbackUrl = ""


class ProjectChanges(Body):
    model_config = example(title="Moon Walk", style="Anime")

    title: Title | None = None
    style: Style | None = None
    aspect: Aspect | None = None
    voice: VoiceName | None = None
    resolution: Resolution | None = None
    fps: FrameRate | None = None
    seed: Seed | None = None
    engines: EngineChoice | None = None
    callback_url: CallbackUrl | None = None


class DuplicateRequest(Body):
    model_config = example(title="Moon Walk, the other ending")

    title: Title | None = Field(default=None, description="The copy's; marked as a copy if left out.")


class Created(View):
    project_id: str
    storyboard: list[ShotView]
    task_id: str = Field(description="The LLM task that made the storyboard.")
    callback_secret: Secret = None


class Accepted(View):
    project_id: str
    task_id: str
    callback_secret: Secret = None


class StoryboardView(View):
    project_id: str
    shots: list[ShotView]


class ReorderRequest(Body):
    model_config = example(shot_ids=["s2", "s1"])

    shot_ids: Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=10_000)]


class GenerateAll(Body):
    model_config = example(only_missing=True)

    only_missing: Flag = Field(default=True, description="Leave alone what is there and up to date.")


class StartedAll(View):
    task_ids: list[str]


def project_view(project: Project, links: Links) -> ProjectView:
    """The project as clients see it."""
    return ProjectView(**fields_at_a_glance(project, links), story_text=project.story_text)


def fields_at_a_glance(project: Project, links: Links) -> dict[str, Any]:
    """The fields of a ProjectView but its story, which listings leave out."""
    settings = project.settings
    return {
        "id": project.id,
        "title": project.title,
        "style": project.style,
        "created_at": project.created_at,
        "cover_url": links.to(project.cover),
        "status": project.status,
        "film_url": links.to(project.film),
        "live_url": links.live(project.id),
        "aspect": settings.aspect,
        "language": project.language or settings.language,
        "voice": settings.voice,
        "resolution": settings.resolution,
        "fps": settings.fps,
        "seed": settings.seed,
        "engines": dict(settings.engines),
        "characters": [character_view(member, links) for member in project.characters],
        "revision": project.revision,
    }


@router.post(
    "/projects/create",
    summary="Create a project",
    response_model=Created,
    responses={202: {"model": Accepted, "description": "With `Prefer: respond-async`: the storyboard is being made."}}
    | documented(400, 401, 404, 409, 413, 422, 429, 500, 502, 503, 504),
)
async def create_project(
    body: NewProject,
    user: CurrentUser,
    context: Context,
    links: MediaLinks,
    creating: Creating,
    prefer: Annotated[
        str | SkipJsonSchema[None], Header(alias="Prefer", description="`respond-async` answers at once, with 202.")
    ] = None,
) -> Any:
    """Break the story into shots: each with a prompt to paint from and the narration to be spoken over it."""
    settings = ProjectSettings(
        body.aspect, body.language, body.voice, body.seed, body.resolution, body.fps, body.engines
    )
    project, task = await asyncio.to_thread(
        storyboard.create_project,
        context.pipeline,
        user.id,
        title=body.title,
        story_text=body.story_text,
        style=body.style,
        settings=settings,
        project_id=await creating.resource_id(),
        callback_url=body.callback_url,
    )
    secret = None
    if body.callback_url:
        secret = await asyncio.to_thread(deliveries.secret_of, context.pipeline, context.signer, project.id)
    if prefer and "respond-async" in prefer.lower():
        answer = Accepted(project_id=project.id, task_id=task.id, callback_secret=secret).model_dump()
        return JSONResponse(answer, 202, {"Location": f"/api/tasks/{task.id}/status"})
    ended = await _ended(context, task)
    if ended.status is TaskStatus.FAILED:
        extra = {"project_id": project.id, "task_id": task.id}
        return problem(502, ended.error_code or "engine_failed", ended.error or "No storyboard.", extra=extra)
    view = await asyncio.to_thread(_storyboard, context, project.id, links)
    return Created(project_id=project.id, storyboard=view, task_id=task.id, callback_secret=secret)


async def _ended(context: ApiContext, task: Task) -> Task:
    """The task once it has ended; its own time limit bounds the wait."""
    while True:
        current = await context.pipeline.read(tasks.get, task.id)
        if current is None or current.error_code == ENDED_BY_DELETION:
            raise NotFoundError("The project was deleted meanwhile.", code="project_not_found")
        if current.status.terminal:
            return current
        await asyncio.sleep(POLL_SECONDS)


def _storyboard(context: ApiContext, project_id: str, links: Links) -> list[ShotView]:
    with context.pipeline.database.read() as connection:
        project = projects.get(connection, project_id)
        board = shots.of_project(connection, project_id)
    return [shot_view(shot, project, links) for shot in board] if project else []


@router.get("/projects/{project_id}", summary="Read a project", responses=documented(401, 404))
def read_project(project: OwnProject, links: MediaLinks, response: Response) -> ProjectView:
    """The project, with its ETag."""
    tag(response, project.revision)
    return project_view(project, links)


@router.patch("/projects/{project_id}", summary="Edit a project", responses=documented(400, 401, 404, 412, 413, 422))
async def edit_project(
    body: ProjectChanges,
    project: OwnProject,
    context: Context,
    links: MediaLinks,
    revision: Revision,
    response: Response,
) -> ProjectView:
    """Change what is sent. What was made from the old choices becomes stale; `make_film` makes it anew."""
    sent = {name: getattr(body, name) for name in body.model_fields_set if getattr(body, name) is not None}
    own = {name: sent.pop(name) for name in ("title", "style") if name in sent}
    callback_url = sent.pop("callback_url", None)
    if callback_url:
        context.pipeline.fetcher.check(callback_url)
    edited = await editing.edit_project(context.pipeline, project, own, sent, revision)
    tag(response, edited.revision)
    view = project_view(edited, links)
    if callback_url is not None:
        register = partial(deliveries.register, context.pipeline, context.signer, project.id)
        view.callback_secret = await asyncio.to_thread(register, callback_url)
    return view


@router.delete("/projects/{project_id}", summary="Delete a project", responses=documented(401, 404))
def delete_project(project: OwnProject, context: Context) -> Deleted:
    """Stop all its work and delete it. For 30 days, `undelete` brings it back."""
    deleting.delete_project(context.pipeline, project)
    return Deleted()


@router.post(
    "/projects/{project_id}/duplicate",
    summary="Duplicate a project",
    responses=documented(400, 401, 404, 409, 413, 422),
)
async def duplicate_project(
    project: OwnProject,
    context: Context,
    links: MediaLinks,
    creating: Creating,
    body: DuplicateRequest | None = None,
) -> ProjectView:
    """A copy with the same story, storyboard and media, to try something else with. Its film is yet to be made."""
    title = body.title if body else None
    copy = await duplicating.duplicate_project(context.pipeline, project, title, await creating.resource_id())
    return project_view(copy, links)


@router.get("/projects/{project_id}/storyboard", summary="Read the storyboard", responses=documented(401, 404))
def read_storyboard(project: OwnProject, context: Context, links: MediaLinks) -> StoryboardView:
    """The shots, in order."""
    return StoryboardView(project_id=project.id, shots=_storyboard(context, project.id, links))


@router.post(
    "/projects/{project_id}/reorder",
    summary="Reorder the shots",
    responses=documented(400, 401, 404, 409, 413, 422),
)
def reorder(body: ReorderRequest, project: OwnProject, context: Context, links: MediaLinks) -> StoryboardView:
    """Put the shots in this order; the list must name each of them once."""
    board = editing.reorder(context.pipeline, project, body.shot_ids)
    return StoryboardView(project_id=project.id, shots=[shot_view(shot, project, links) for shot in board])


@router.post(
    "/projects/{project_id}/generate_all",
    summary="Generate all shots",
    responses=documented(400, 401, 404, 413, 422, 429),
)
async def generate_all(
    project: OwnProject, context: Context, creating: Creating, body: GenerateAll | None = None
) -> StartedAll:
    """Start the tasks for the picture, the voice and the clip of every shot."""
    only_missing = body.only_missing if body else True
    started = await editing.generate_all(context.pipeline, project, only_missing, await creating.resource_id())
    return StartedAll(task_ids=[task.id for task in started])
