"""Cuts: what of a film can be watched while the rest of it is still being made."""

import sqlalchemy as sa

from storyreel.domain.film import Cut, CutPiece
from storyreel.domain.serialize import as_json
from storyreel.store.database.rows import fetch_one
from storyreel.store.database.tables import cuts, tasks


def put(connection: sa.Connection, cut: Cut) -> None:
    """Record how far a task's cut is now; nothing, when the task is gone."""
    if fetch_one(connection, sa.select(tasks.c.id).where(tasks.c.id == cut.task_id)) is None:
        return
    connection.execute(cuts.delete().where(cuts.c.task_id == cut.task_id))
    connection.execute(cuts.insert().values(**as_json(cut)))


def newest(connection: sa.Connection, project_id: str) -> Cut | None:
    """What the project's last film task that got so far has cut."""
    query = sa.select(cuts).join(tasks, tasks.c.id == cuts.c.task_id).where(cuts.c.project_id == project_id)
    row = fetch_one(connection, query.order_by(tasks.c.created_at.desc()).limit(1))
    if row is None:
        return None
    pieces = tuple(CutPiece(**piece) for piece in row.pop("pieces"))
    return Cut(**row, pieces=pieces)
