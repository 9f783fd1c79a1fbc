"""What every repository needs: the present moment, and statements run with plain dicts as rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

Row = dict[str, Any]


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)


def fetch_all(connection: sa.Connection, query: sa.Executable) -> list[Row]:
    """Every row of a query."""
    found = connection.execute(query).mappings().all()
    return [dict(cast("Mapping[str, Any]", row)) for row in found]


def fetch_one(connection: sa.Connection, query: sa.Executable) -> Row | None:
    """The first row of a query, if there is one."""
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(cast("Mapping[str, Any]", row))


def scalar(connection: sa.Connection, query: sa.Executable) -> Any:
    """The first column of the first row; None when there is no row."""
    return connection.execute(query).scalar()


def changed(connection: sa.Connection, statement: sa.Executable) -> int:
    """Run an INSERT, UPDATE or DELETE; how many rows it touched."""
    return cast("sa.CursorResult[Any]", connection.execute(statement)).rowcount
