"""Tasks that somebody asks for: a double click is one, a failed one is retried, one user has so many waiting."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from storyreel.domain.task import Task, TaskStatus
from storyreel.errors import ConflictError, TooManyRequestsError
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.tasks import new_task, record, start
from storyreel.store.database import tasks, turns


def begin(pipeline: Pipeline, wanted: Sequence[Task], *, named: bool) -> list[Task]:
    """Record and start these tasks; see `admit`."""
    with pipeline.database.write() as connection:
        admitted = admit(pipeline, connection, wanted, named=named)
    for task in admitted:
        start(pipeline, task)
    return admitted


def admit(pipeline: Pipeline, connection: sa.Connection, wanted: Sequence[Task], *, named: bool) -> list[Task]:
    """Record these tasks of one project, all or none; then `start` each that is returned.

    Args:
        named: whether whoever asks chose their ids. If not, one that does just the same is returned in place of each,
            unless it waits in a batch and the other would not.

    Raises:
        TooManyRequestsError: their user has too many waiting already.
    """
    if not wanted:
        return []
    project_id, limit = wanted[0].project_id, pipeline.quotas.waiting
    before = turns.waiting(connection, project_id)
    under_way = {} if named else _under_way(connection, wanted)
    admitted = [_same(task, under_way) or record(connection, task) for task in wanted]
    after = turns.waiting(connection, project_id)
    if 0 < limit < after and before < after:
        raise TooManyRequestsError(
            f"You have {before:,} tasks waiting, and {limit:,} may wait at once.",
            code="too_many_waiting",
            hint="Wait until some of them have begun, or cancel some.",
        )
    return admitted


Place = tuple[str, str | None]


def _place(task: Task) -> Place:
    return task.type, task.shot_id


def _under_way(connection: sa.Connection, wanted: Sequence[Task]) -> dict[Place, list[Task]]:
    """What is waiting or at work already where these tasks would be."""
    types, shots = {task.type for task in wanted}, {task.shot_id for task in wanted}
    found: dict[Place, list[Task]] = defaultdict(list)
    for task in tasks.select(
        connection,
        project_id=wanted[0].project_id,
        shot_id=shots.pop() if len(shots) == 1 else None,
        types=sorted(types),
        statuses=tasks.ACTIVE,
        limit=100_000,
    ):
        found[_place(task)].append(task)
    return found


def _same(task: Task, under_way: dict[Place, list[Task]]) -> Task | None:
    for other in under_way.get(_place(task), ()):
        as_soon = task.batch or not other.batch or other.status is TaskStatus.RUNNING
        if as_soon and other.request == task.request:
            return other
    return None


def retry(pipeline: Pipeline, task: Task, task_id: str | None = None) -> Task:
    """A new task that asks the same again; the failed one stays as it is, for a terminal status never changes.

    Raises:
        ConflictError: it has not failed.
        TooManyRequestsError: its user has too many waiting already.
    """
    if task.status is not TaskStatus.FAILED:
        raise ConflictError("Only a failed task can be tried again.", code="task_not_failed")
    again = new_task(task.project_id, task.type, task.request, task_id=task_id, shot_id=task.shot_id)
    return begin(pipeline, [again], named=task_id is not None)[0]
