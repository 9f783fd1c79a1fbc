"""Events: what changed in a project, in order, for streams that resume where they stopped."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storyreel.store.database.rows import fetch_all, now, scalar
from storyreel.store.database.tables import events, projects


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is task, shot or project; `data` holds at least the `id` of what changed."""

    id: int
    project_id: str
    kind: str
    data: dict[str, Any]


def add(connection: sa.Connection, project_id: str, kind: str, data: dict[str, Any]) -> None:
    connection.execute(events.insert().values(project_id=project_id, kind=kind, data=data, created_at=now()))


def after(connection: sa.Connection, project_id: str, event_id: int, limit: int = 500) -> list[Event]:
    """The project's events that follow `event_id`, oldest first."""
    return _after(connection, events.c.project_id == project_id, event_id, limit)


def after_by_owner(connection: sa.Connection, owner_id: str, event_id: int, limit: int = 500) -> list[Event]:
    """The same of all the user's projects."""
    return _after(connection, _of_owner(owner_id), event_id, limit)


def last_id(connection: sa.Connection, project_id: str) -> int:
    """The id of the project's newest event; 0 when there is none."""
    return _last_id(connection, events.c.project_id == project_id)


def last_id_by_owner(connection: sa.Connection, owner_id: str) -> int:
    """The same of all the user's projects."""
    return _last_id(connection, _of_owner(owner_id))


def _of_owner(owner_id: str) -> sa.ColumnElement[bool]:
    return events.c.project_id.in_(sa.select(projects.c.id).where(projects.c.owner_id == owner_id))


def _after(connection: sa.Connection, those: sa.ColumnElement[bool], event_id: int, limit: int) -> list[Event]:
    query = (
        sa.select(events.c.id, events.c.project_id, events.c.kind, events.c.data)
        .where(those, events.c.id > event_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return [Event(**row) for row in fetch_all(connection, query)]


def _last_id(connection: sa.Connection, those: sa.ColumnElement[bool]) -> int:
    return scalar(connection, sa.select(sa.func.max(events.c.id)).where(those)) or 0
