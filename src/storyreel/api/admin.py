"""What the installation's owner sees of it: what waits, and who is at work."""

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import Field

from storyreel.api.dependencies import Context, installation_owner
from storyreel.api.fields import View
from storyreel.api.problems import documented
from storyreel.domain.task import TaskStatus, TaskType
from storyreel.pipeline.queues import queues
from storyreel.store.database import tasks
from storyreel.store.database.rows import now

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(installation_owner)])


class QueueView(View):
    type: TaskType
    waiting: int = Field(description="Tasks that wait to be begun.")
    oldest_seconds: float = Field(description="How long the oldest of them has waited.")
    tasks: dict[TaskStatus, int] = Field(description="How many tasks there are of each status.")


class Queues(View):
    now: datetime = Field(description="The server's clock.")
    free_bytes: int = Field(description="What the disk of the server's data folder can still take.")
    items: list[QueueView]


class HeldTask(View):
    id: str
    type: TaskType
    progress: int
    created_at: datetime


class WorkerView(View):
    id: str = Field(description="Of the process, new each time it is started.")
    alive: bool = Field(description="false: it is gone, and its work is about to be taken over.")
    tasks: list[HeldTask] = Field(description="What it has begun.")


class Workers(View):
    items: list[WorkerView]


@router.get("/queues", summary="See what waits", responses=documented(401, 403))
def list_queues(context: Context) -> Queues:
    """The queue of every type of task, of all users. For the installation's owner: who was there first."""
    with context.pipeline.database.read() as connection:
        found = queues(connection)
    items = [
        QueueView(
            type=TaskType(queue.type),
            waiting=queue.tasks[TaskStatus.PENDING],
            oldest_seconds=queue.oldest,
            tasks={TaskStatus(status): number for status, number in queue.tasks.items()},
        )
        for queue in found
    ]
    return Queues(now=now(), free_bytes=context.free_bytes(), items=items)


@router.get("/workers", summary="See who works", responses=documented(401, 403))
def list_workers(context: Context) -> Workers:
    """The processes that take work, and those that are gone. For the installation's owner."""
    workers = context.workers()
    with context.pipeline.database.read() as connection:
        known = {task.id: task for task in tasks.many(connection, [id_ for worker in workers for id_ in worker.tasks])}
    return Workers(
        items=[
            WorkerView(
                id=worker.id,
                alive=worker.alive,
                tasks=[
                    HeldTask(id=task.id, type=task.type, progress=task.progress, created_at=task.created_at)
                    for id_ in worker.tasks
                    if (task := known.get(id_))
                ],
            )
            for worker in workers
        ]
    )
