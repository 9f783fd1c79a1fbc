"""Executors: the processes that are alive on a database that machines share, by its own clock. On PostgreSQL alone."""

from collections.abc import Collection

import sqlalchemy as sa

from storyreel.store.database.rows import changed, fetch_all
from storyreel.store.database.tables import executors

_NOW = sa.extract("epoch", sa.func.clock_timestamp())


def register(connection: sa.Connection, executor_id: str) -> None:
    connection.execute(executors.insert().values(id=executor_id, beaten_at=_NOW))


def beat(connection: sa.Connection, executor_id: str) -> bool:
    """Renew it; False when it was taken for dead."""
    return changed(connection, executors.update().where(executors.c.id == executor_id).values(beaten_at=_NOW)) > 0


def living(connection: sa.Connection) -> Collection[str]:
    return {row["id"] for row in fetch_all(connection, sa.select(executors.c.id))}


def judge(connection: sa.Connection, lease: float) -> None:
    """Those that have not renewed it for so many seconds live no more."""
    connection.execute(executors.delete().where(executors.c.beaten_at < _NOW - lease))


def leave(connection: sa.Connection, executor_id: str) -> None:
    connection.execute(executors.delete().where(executors.c.id == executor_id))
