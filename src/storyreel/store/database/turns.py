"""Whose turn it is: in each queue users take turns, however much one of them has waiting.

Turns are counted as in start-time fair queueing: whoever has nothing waiting or at work is next, the second thing of
theirs comes one turn later, and so on. Who has much waiting is thus served between the others, and never overtaken by
more than one thing of each of them, however often they come.
"""

from typing import Any

import sqlalchemy as sa

from storyreel.domain.task import Task, TaskStatus
from storyreel.store.database.rows import scalar
from storyreel.store.database.tables import projects, tasks

_NONE = -1


def owner_of(project_id: str) -> "sa.ScalarSelect[str]":
    """Whose project it is, within another query."""
    return sa.select(projects.c.owner_id).where(projects.c.id == project_id).scalar_subquery()


def turn_of(connection: sa.Connection, task: Task) -> int:
    """The turn of a task that is queued now. One of a batch comes after all that its user has; others pass batches."""
    first, last = sa.func.min(tasks.c.turn), sa.func.max(tasks.c.turn)
    own = [tasks.c.owner_id == owner_of(task.project_id)] + ([] if task.batch else [tasks.c.batch.is_(False)])
    at_work, waiting, *own_last = connection.execute(
        sa.select(
            _among(task, last, TaskStatus.RUNNING),
            _among(task, first, TaskStatus.PENDING),
            _among(task, last, TaskStatus.RUNNING, *own),
            _among(task, last, TaskStatus.PENDING, *own),
        )
    ).one()
    # When nothing is at work just now, or only what began long ago, whoever waits longest is next.
    now = at_work if waiting == _NONE or at_work >= waiting - 1 else waiting
    return max(now, 0, *(turn + 1 for turn in own_last))


def _among(task: Task, which: "sa.Function[int]", status: TaskStatus, *own: Any) -> "sa.ColumnElement[int]":
    """The first or the last turn in the task's queue of those that have this status."""
    query = sa.select(which).where(tasks.c.status == status, tasks.c.type == task.type, *own)
    return sa.func.coalesce(query.scalar_subquery(), _NONE)


def waiting(connection: sa.Connection, project_id: str) -> int:
    """How many tasks the project's owner has asked for that wait to be begun; those that films start do not count."""
    own = sa.select(sa.func.count()).where(tasks.c.owner_id == owner_of(project_id))
    return scalar(connection, own.where(tasks.c.status == TaskStatus.PENDING, tasks.c.parent_id.is_(None)))
