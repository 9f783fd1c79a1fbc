"""Cuts: what of a film can be watched while the rest of it is still being made."""

from typing import Any

import sqlalchemy as sa

from storyreel.domain.film import Cut, CutPiece
from storyreel.domain.serialize import as_json
from storyreel.store.database.rows import Row, fetch_all, fetch_one
from storyreel.store.database.tables import cuts, tasks
from storyreel.store.database.tasks import ACTIVE


def put(connection: sa.Connection, cut: Cut) -> None:
    """Record how far a task's cut is now; nothing when the task has ended or is gone: players were told of the end."""
    active = sa.select(tasks.c.id).where(tasks.c.id == cut.task_id, tasks.c.status.in_(ACTIVE))
    if fetch_one(connection, active) is None:
        return
    connection.execute(cuts.delete().where(cuts.c.task_id == cut.task_id))
    connection.execute(cuts.insert().values(**as_json(cut)))


def of_task(connection: sa.Connection, task_id: str) -> Cut | None:
    """What a film task has cut."""
    row = fetch_one(connection, sa.select(cuts).where(cuts.c.task_id == task_id))
    return None if row is None else _cut(row)


def newest(connection: sa.Connection, project_id: str) -> Cut | None:
    """What the project's last film task that got so far has cut."""
    row = fetch_one(connection, _latest_first(project_id).limit(1))
    return None if row is None else _cut(row)


def with_artifact(connection: sa.Connection, project_id: str, artifact: str) -> list[Cut]:
    """The project's cuts that an artifact is in, latest first."""
    seen, heard = (sa.cast(of, sa.Text).contains(artifact, autoescape=True) for of in (cuts.c.pieces, cuts.c.sound))
    query = _latest_first(project_id).where(seen | heard)
    return [_cut(row) for row in fetch_all(connection, query)]


def _latest_first(project_id: str) -> sa.Select[Any]:
    joined = sa.select(cuts).join(tasks, tasks.c.id == cuts.c.task_id)
    return joined.where(cuts.c.project_id == project_id).order_by(tasks.c.created_at.desc())


def _cut(row: Row) -> Cut:
    pieces = tuple(CutPiece(**piece) for piece in row.pop("pieces"))
    sound = tuple(row.pop("sound"))
    return Cut(**row, pieces=pieces, sound=sound)
