"""Where projects want to be called back, and the queue of what is told there, in order."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.delivery import Callback, Delivery, DeliveryStatus
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now
from storyreel.store.database.tables import callbacks, deliveries

_PENDING = deliveries.c.status == DeliveryStatus.PENDING


def register(connection: sa.Connection, project_id: str, url: str) -> None:
    """Deliver to this address from now on, signed with a new secret."""
    unregister(connection, project_id)
    values = {"project_id": project_id, "url": url, "nonce": secrets.token_hex(16), "created_at": now()}
    connection.execute(callbacks.insert().values(**values))


def unregister(connection: sa.Connection, project_id: str) -> None:
    connection.execute(callbacks.delete().where(callbacks.c.project_id == project_id))


def callback(connection: sa.Connection, project_id: str) -> Callback | None:
    """Where the project's events are delivered, if anywhere."""
    wanted = sa.select(callbacks.c.project_id, callbacks.c.url, callbacks.c.nonce)
    row = fetch_one(connection, wanted.where(callbacks.c.project_id == project_id))
    return None if row is None else Callback(**row)


def add(connection: sa.Connection, project_id: str, type_: str, data: dict[str, Any]) -> None:
    """Have the event delivered, if the project has a callback."""
    if callback(connection, project_id) is None:
        return
    values = {"project_id": project_id, "type": type_, "data": data, "status": DeliveryStatus.PENDING, "attempts": 0}
    connection.execute(deliveries.insert().values(**values, next_try_at=now(), created_at=now()))


def of_project(connection: sa.Connection, project_id: str, limit: int) -> list[Delivery]:
    """The project's deliveries, newest first."""
    query = sa.select(deliveries).where(deliveries.c.project_id == project_id)
    return [_delivery(row) for row in fetch_all(connection, query.order_by(deliveries.c.id.desc()).limit(limit))]


def due(connection: sa.Connection) -> bool:
    """Whether there is anything to be delivered by now."""
    return bool(fetch_all(connection, _due().limit(1)))


def claim(connection: sa.Connection, until: datetime) -> list[tuple[Delivery, Callback | None]]:
    """The oldest undelivered event of each project, where it is due, and where to; nobody else gets it `until` then."""
    found = [_delivery(row) for row in fetch_all(connection, _due())]
    for one in found:
        connection.execute(deliveries.update().where(deliveries.c.id == one.id).values(next_try_at=until))
    return [(one, callback(connection, one.project_id)) for one in found]


def heard(connection: sa.Connection, delivery_id: int) -> None:
    _end(connection, delivery_id, DeliveryStatus.SUCCESS, None)


def given_up(connection: sa.Connection, delivery_id: int, error: str) -> None:
    _end(connection, delivery_id, DeliveryStatus.FAILED, error)


def again(connection: sa.Connection, delivery_id: int, error: str, at: datetime) -> None:
    """It failed, and is tried again at that time."""
    values = {"attempts": deliveries.c.attempts + 1, "error": error, "next_try_at": at}
    connection.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**values))


def sweep(connection: sa.Connection, before: datetime) -> int:
    """Forget deliveries that ended before then; how many."""
    return changed(connection, deliveries.delete().where(deliveries.c.ended_at < before))


def _due() -> sa.Select[Any]:
    heads = sa.select(sa.func.min(deliveries.c.id)).where(_PENDING).group_by(deliveries.c.project_id)
    return sa.select(deliveries).where(deliveries.c.id.in_(heads), deliveries.c.next_try_at <= now())


def _end(connection: sa.Connection, delivery_id: int, status: DeliveryStatus, error: str | None) -> None:
    values = {"status": status, "attempts": deliveries.c.attempts + 1, "error": error, "next_try_at": None}
    connection.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**values, ended_at=now()))


def _delivery(row: Row) -> Delivery:
    data = dict(row)
    data["status"] = DeliveryStatus(data["status"])
    return Delivery(**data)
