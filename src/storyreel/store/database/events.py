"""Events: what changed in a project, in order, for streams that resume where they stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.store.database.rows import fetch_all, fetch_one, now
from storyreel.store.database.tables import events, projects


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is task, shot or project; `data` holds at least the `id` of what changed."""

    id: int
    project_id: str
    kind: str
    data: dict[str, Any]
    created_at: datetime

    @property
    def mark(self) -> str:
        """What no other event has, in whatever database: of two that begin anew, the same numbers mean other things."""
        return f"{self.id}-{round(self.created_at.timestamp() * 1_000_000):x}"


Those = sa.ColumnElement[bool]


def add(connection: sa.Connection, project_id: str, kind: str, data: dict[str, Any]) -> None:
    connection.execute(events.insert().values(project_id=project_id, kind=kind, data=data, created_at=now()))


def of_project(project_id: str) -> Those:
    """The events of one project."""
    return events.c.project_id == project_id


def of_owner(owner_id: str) -> Those:
    """The events of all the user's projects, also of those that are deleted."""
    return events.c.project_id.in_(sa.select(projects.c.id).where(projects.c.owner_id == owner_id))


def after(connection: sa.Connection, those: Those, event_id: int, limit: int = 500) -> list[Event]:
    """Those of the events that follow `event_id`, oldest first."""
    query = sa.select(events).where(those, events.c.id > event_id).order_by(events.c.id).limit(limit)
    return [Event(**row) for row in fetch_all(connection, query)]


def last(connection: sa.Connection, those: Those) -> Event | None:
    """The newest of the events."""
    row = fetch_one(connection, sa.select(events).where(those).order_by(events.c.id.desc()).limit(1))
    return None if row is None else Event(**row)


def marked(connection: sa.Connection, those: Those, mark: str) -> Event | None:
    """The one of the events that has this mark; None for a mark that none of them has, or any other text."""
    number = mark.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    row = fetch_one(connection, sa.select(events).where(those, events.c.id == int(number)))
    found = None if row is None else Event(**row)
    return found if found and found.mark == mark else None


def latest(those: Sequence[Event]) -> list[Event]:
    """Of events in order, for each thing the last one alone: it tells all that the earlier ones did."""
    last_of = {(event.kind, event.data["id"]): event.id for event in those}
    return [event for event in those if last_of[event.kind, event.data["id"]] == event.id]
