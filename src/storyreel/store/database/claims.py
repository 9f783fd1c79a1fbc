"""Claims: which process makes which artifact just now, so that no other one makes, and pays, the same."""

import sqlalchemy as sa

from storyreel.store.database.rows import changed, fetch_all, scalar
from storyreel.store.database.tables import claims


def claim(connection: sa.Connection, key: str, executor_id: str) -> bool:
    """Claim it; False while another process has it."""
    holder = scalar(connection, sa.select(claims.c.executor_id).where(claims.c.key == key))
    if holder is None:
        connection.execute(claims.insert().values(key=key, executor_id=executor_id))
    return holder in (None, executor_id)


def release(connection: sa.Connection, key: str, executor_id: str) -> None:
    connection.execute(claims.delete().where(claims.c.key == key, claims.c.executor_id == executor_id))


def release_all(connection: sa.Connection, executor_id: str) -> int:
    """Let go of all that a process held which is gone; how many."""
    return changed(connection, claims.delete().where(claims.c.executor_id == executor_id))


def holders(connection: sa.Connection) -> set[str]:
    """The processes that hold any."""
    return {row["executor_id"] for row in fetch_all(connection, sa.select(claims.c.executor_id).distinct())}
