"""Tasks: status, list, cancel, retry."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from storyreel.api.dependencies import Context, Creating, CurrentUser, OwnTask
from storyreel.api.fields import NO_NUL, Body, Unicode, View
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.pipeline import asking
from storyreel.pipeline import tasks as work
from storyreel.store.database import tasks

router = APIRouter(tags=["tasks"])

MOST_LISTED = 1000
_LINKED = {"image": "image_url", "narration": "narration_url", "video": "video_url", "film": "film_url"}


class TaskView(View):
    """The record of one piece of work."""

    model_config = View.model_config | {
        "json_schema_extra": {
            "examples": [{"id": "t1", "type": "SD", "status": "RUNNING", "progress": 35, "result": None, "error": None}]
        }
    }

    id: str
    type: TaskType
    status: TaskStatus
    progress: int = Field(ge=0, le=100)
    result: dict[str, Any] | None = Field(description="When done: image_url, narration_url, video_url or film_url …")
    error: str | None = Field(description="When failed: what, why, and what to do next.")
    error_code: str | None = Field(description="Stable; `cancelled` for a cancelled task.")
    project_id: str
    shot_id: str | None
    parent_id: str | None = Field(description="The FILM task that started it.")
    created_at: datetime
    updated_at: datetime | None


class TaskList(View):
    items: list[TaskView] = Field(description="Newest first, at most 1000.")


class TaskQuery(Body):
    project_id: Annotated[str, Field(max_length=64, pattern=NO_NUL, description="Only this project's."), Unicode] = ""
    status: TaskStatus | SkipJsonSchema[None] = Field(default=None, description="Only those in this state.")


def task_view(task: Task, links: Links) -> TaskView:
    """The task as clients see it: artifact keys in the result become links."""
    result = None if task.result is None else {**task.result}
    if result is not None:
        result.pop("storyboard", None)
        for name in _LINKED.keys() & result.keys():
            result[_LINKED[name]] = links.to(result.pop(name))
    return TaskView(
        id=task.id,
        type=task.type,
        status=task.status,
        progress=task.progress,
        result=result,
        error=task.error,
        error_code=task.error_code,
        project_id=task.project_id,
        shot_id=task.shot_id,
        parent_id=task.parent_id,
        created_at=task.created_at,
        updated_at=task.updated_at,
    )


@router.get("/tasks/{task_id}/status", summary="Read a task", responses=documented(401, 404))
async def read_task(task: OwnTask, links: MediaLinks) -> TaskView:
    """How far the task is, and what came of it."""
    return task_view(task, links)


@router.get("/tasks", summary="List tasks", responses=documented(401, 422))
def list_tasks(
    user: CurrentUser,
    context: Context,
    links: MediaLinks,
    wanted: Annotated[TaskQuery, Query()],
) -> TaskList:
    """Your tasks, newest first."""
    with context.pipeline.database.read() as connection:
        found = tasks.select(
            connection,
            owner_id=user.id,
            project_id=wanted.project_id or None,
            statuses=[wanted.status] if wanted.status else (),
            limit=MOST_LISTED,
        )
    return TaskList(items=[task_view(task, links) for task in found])


@router.post("/tasks/{task_id}/cancel", summary="Cancel a task", responses=documented(401, 404, 409))
def cancel_task(task: OwnTask, context: Context, links: MediaLinks) -> TaskView:
    """End the task, and those it started, as FAILED with the code `cancelled`; finished parts are kept."""
    return task_view(work.cancel(context.pipeline, task), links)


@router.post("/tasks/{task_id}/retry", summary="Retry a failed task", responses=documented(401, 404, 409, 422, 429))
async def retry_task(task: OwnTask, context: Context, links: MediaLinks, creating: Creating) -> TaskView:
    """Ask the same again, as a new task; the failed one stays on record."""
    return task_view(asking.retry(context.pipeline, task, await creating.resource_id()), links)
