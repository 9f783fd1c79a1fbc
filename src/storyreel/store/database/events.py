"""Events: what changed in a project, in order, for streams that resume where they stopped."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storyreel.store.database.rows import fetch_all, now, scalar
from storyreel.store.database.tables import events


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is task, shot or project; `data` holds at least the `id` of what changed."""

    id: int
    kind: str
    data: dict[str, Any]


def add(connection: sa.Connection, project_id: str, kind: str, data: dict[str, Any]) -> None:
    connection.execute(events.insert().values(project_id=project_id, kind=kind, data=data, created_at=now()))


def after(connection: sa.Connection, project_id: str, event_id: int, limit: int = 500) -> list[Event]:
    """The events that follow `event_id`, oldest first."""
    query = (
        sa.select(events.c.id, events.c.kind, events.c.data)
        .where(events.c.project_id == project_id, events.c.id > event_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return [Event(**row) for row in fetch_all(connection, query)]


def last_id(connection: sa.Connection, project_id: str) -> int:
    """The newest event's id; 0 when there is none."""
    query = sa.select(sa.func.max(events.c.id)).where(events.c.project_id == project_id)
    return scalar(connection, query) or 0
