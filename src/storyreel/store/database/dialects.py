"""All that differs between SQLite and PostgreSQL: how each is opened, and how its transactions begin.

Both have one writer at a time, so that whoever reads and then writes, in one transaction, decides by what holds; and
so that events get their numbers in the order in which they are seen. Readers see one moment, and wait for nobody.
"""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from storyreel.errors import InvalidInputError

PATIENCE = 10
"""Seconds to wait for whoever writes."""
_IDLE = 5
"""Seconds after which PostgreSQL takes the place of the writer from a process that stalls in the midst of writing."""
_WRITERS = 7_358_621_904_117_035_283
"""The advisory lock that a writer holds on PostgreSQL; any number that nobody else there uses."""
_DISK_FULL = "53100"
"""PostgreSQL's `disk_full`."""
_CONNECTIONS = 15
"""Of one process to PostgreSQL at most, the durable engine's aside: a server has 100 for all, unless told otherwise."""


class Engines(NamedTuple):
    """Of one database: for a view of one moment, for one writer after the other, and for what none of them minds."""

    reading: sa.Engine
    writing: sa.Engine
    apart: sa.Engine


def open_engines(url: str) -> Engines:
    """Ways into the database at an SQLAlchemy URL, `sqlite:///…` or `postgresql://…`."""
    where = sa.make_url(url)
    return _sqlite(where) if where.get_backend_name() == "sqlite" else _postgresql(where)


def read_only(where: sa.URL) -> str:
    """The address of SQLite's file, for looking alone; its path may hold what would part an address."""
    return f"{Path(str(where.database)).absolute().as_uri()}?mode=ro"


def lost(error: DBAPIError) -> bool:
    """Whether a server, or a disk, was away or too busy: the same transaction may go well a little later."""
    if isinstance(error.orig, sqlite3.Error):
        return _primary(error.orig) == sqlite3.SQLITE_IOERR
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def full(error: DBAPIError) -> bool:
    """Whether the database's disk has no room left."""
    if isinstance(error.orig, sqlite3.Error):
        return _primary(error.orig) == sqlite3.SQLITE_FULL
    return getattr(error.orig, "sqlstate", None) == _DISK_FULL


def _primary(error: sqlite3.Error) -> int:
    """SQLite's result code without the detail in its upper bytes; 0 for what the driver says by itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _refuse_nul(
    _connection: sa.Connection, _cursor: Any, _statement: str, parameters: Any, _context: Any, many: bool
) -> None:
    """PostgreSQL keeps no NUL in text, and what one database refuses the other one does too."""
    rows: Iterable[Any] = parameters if many else (parameters,)
    for row in rows:
        values: Iterable[Any] = cast("dict[str, Any]", row).values() if isinstance(row, dict) else row
        if any(isinstance(value, str) and "\0" in value for value in values):
            raise InvalidInputError("Text may not hold NUL characters.", code="invalid_text")


def _postgresql(where: sa.URL) -> Engines:
    engine = sa.create_engine(
        where.set(drivername="postgresql+psycopg"),
        pool_size=5,
        max_overflow=_CONNECTIONS - 5,
        pool_timeout=PATIENCE,
        connect_args={
            "connect_timeout": PATIENCE,
            "tcp_user_timeout": PATIENCE * 1000,  # a server that is cut off is soon known to be
            "application_name": "storyreel",
        },
    )
    event.listen(engine, "connect", _tune_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return Engines(
        engine.execution_options(storyreel_begin="SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        # Each statement after this one sees what the last writer left. The lock falls once all see what was committed.
        engine.execution_options(storyreel_begin=f"SELECT pg_advisory_xact_lock({_WRITERS})"),
        engine,
    )


def _tune_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE}s'")
    connection.execute("SET timezone = 'UTC'")
    connection.commit()


def _begin_postgresql(connection: sa.Connection) -> None:
    if first := connection.get_execution_options().get("storyreel_begin"):
        connection.exec_driver_sql(first)


def _sqlite(where: sa.URL) -> Engines:
    engine = sa.create_engine(where, pool_size=20, max_overflow=40)
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    # Writers take the lock at once: a transaction that reads first and writes later fails at once when another
    # writer was quicker, whatever the busy timeout.
    writing = engine.execution_options(storyreel_begin="BEGIN IMMEDIATE")
    return Engines(engine, writing, writing)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where pysqlite guesses
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write outlives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch to the write-ahead log, which a file keeps to. While others open the file too, SQLite gives up at once."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("storyreel_begin", "BEGIN"))
