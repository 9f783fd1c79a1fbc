"""Tasks: what was asked, how far it is, what came of it. A terminal status never changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.serialize import as_json
from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.store.database.questions import Question, Reader
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now
from storyreel.store.database.tables import projects, tasks
from storyreel.store.database.turns import owner_of

ACTIVE = (TaskStatus.PENDING, TaskStatus.RUNNING)


def _task(row: Row) -> Task:
    data = dict(row)
    del data["owner_id"]
    data["type"] = TaskType(data["type"])
    data["status"] = TaskStatus(data["status"])
    return Task(**data)


def add(connection: sa.Connection, task: Task) -> bool:
    """Record the task; False when one of that id is there already."""
    if get(connection, task.id) is not None:
        return False
    times = {"created_at": task.created_at, "updated_at": task.created_at}
    connection.execute(tasks.insert().values(**as_json(task) | times, owner_id=owner_of(task.project_id)))
    return True


def get(connection: sa.Connection, task_id: str) -> Task | None:
    row = fetch_one(connection, sa.select(tasks).where(tasks.c.id == task_id))
    return None if row is None else _task(row)


def many(connection: sa.Connection, task_ids: Sequence[str]) -> list[Task]:
    """Those of the tasks that are there, oldest first."""
    found: list[Row] = []
    for start in range(0, len(task_ids), 500):  # SQLite limits the parameters of one statement
        found += fetch_all(connection, sa.select(tasks).where(tasks.c.id.in_(task_ids[start : start + 500])))
    return sorted(map(_task, found), key=lambda task: task.created_at)


_OWNED = Question(
    sa.select(tasks)
    .join(projects, projects.c.id == tasks.c.project_id)
    .where(tasks.c.id == sa.bindparam("task_id"), projects.c.owner_id == sa.bindparam("owner_id"))
    .where(projects.c.deleted_at.is_(None))
)


def owned(reader: Reader, task_id: str, owner_id: str) -> Task | None:
    """The task, if its project is that user's."""
    row = _OWNED.row(reader, task_id=task_id, owner_id=owner_id)
    return None if row is None else _task(row)


def select(
    connection: sa.Connection,
    *,
    owner_id: str | None = None,
    project_id: str | None = None,
    shot_id: str | None = None,
    parent_id: str | None = None,
    types: Sequence[TaskType] = (),
    statuses: Sequence[TaskStatus] = (),
    limit: int = 1000,
) -> list[Task]:
    """Tasks that fit every condition given, newest first."""
    query = sa.select(tasks).order_by(tasks.c.created_at.desc(), tasks.c.id).limit(limit)
    if owner_id is not None:
        query = query.join(projects, projects.c.id == tasks.c.project_id)
        query = query.where(projects.c.owner_id == owner_id, projects.c.deleted_at.is_(None))
    if project_id is not None:
        query = query.where(tasks.c.project_id == project_id)
    if shot_id is not None:
        query = query.where(tasks.c.shot_id == shot_id)
    if parent_id is not None:
        query = query.where(tasks.c.parent_id == parent_id)
    if types:
        query = query.where(tasks.c.type.in_(types))
    if statuses:
        query = query.where(tasks.c.status.in_(statuses))
    return [_task(row) for row in fetch_all(connection, query)]


def census(connection: sa.Connection) -> dict[TaskType, dict[TaskStatus, int]]:
    """How many tasks of each type have which status."""
    counted = sa.select(tasks.c.type, tasks.c.status, sa.func.count().label("number"))
    found = {type_: dict.fromkeys(TaskStatus, 0) for type_ in TaskType}
    for row in fetch_all(connection, counted.group_by(tasks.c.type, tasks.c.status)):
        found[TaskType(row["type"])][TaskStatus(row["status"])] = row["number"]
    return found


def waiting_since(connection: sa.Connection) -> dict[TaskType, datetime]:
    """Since when the oldest task of each type waits to be begun."""
    oldest = sa.select(tasks.c.type, sa.func.min(tasks.c.created_at).label("since"))
    waiting = oldest.where(tasks.c.status == TaskStatus.PENDING).group_by(tasks.c.type)
    return {TaskType(row["type"]): row["since"] for row in fetch_all(connection, waiting)}


def advance(connection: sa.Connection, task_id: str, **values: Any) -> bool:
    """Change a task that is still active; False, changing nothing, when it is terminal or gone."""
    query = tasks.update().where(tasks.c.id == task_id, tasks.c.status.in_(ACTIVE))
    return changed(connection, query.values(updated_at=now(), **values)) > 0
