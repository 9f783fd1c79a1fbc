"""Removes rows that have had their time."""

from datetime import datetime

import sqlalchemy as sa

from storyreel.store.database.rows import changed, now
from storyreel.store.database.tables import events, idempotency_keys, projects, shots, tokens


def purge_deleted(connection: sa.Connection, before: datetime) -> int:
    """Projects and shots that were deleted before then, with all that is theirs; how many."""
    return sum(changed(connection, table.delete().where(table.c.deleted_at < before)) for table in (projects, shots))


def prune(connection: sa.Connection, before: datetime) -> None:
    """Events and Idempotency-Keys from before then, and tokens that open nothing any more."""
    for table in (events, idempotency_keys):
        connection.execute(table.delete().where(table.c.created_at < before))
    connection.execute(tokens.delete().where(tokens.c.expires_at < now()))
