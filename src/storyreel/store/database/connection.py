"""Opens the database, brings it up to date, and hands out transactions."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

MIGRATIONS = Path(__file__).parent / "migrations"
_PATIENCE = 10
"""Seconds to wait for whoever holds SQLite's lock."""


class Database:
    """One engine, two kinds of transaction. Never hold either across an engine call or an encode.

    Args:
        url: an SQLAlchemy URL: `sqlite:///…` or `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url, pool_size=20, max_overflow=40)
        self._writing = self.engine.execution_options(storyreel_write=True)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _tune_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A consistent view of the rows."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """All of it is kept, or none."""
        with self._writing.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the schema to this version's, creating it when there is none. Safe to call from several processes."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self.engine.dispose()


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where pysqlite guesses
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write outlives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch to the write-ahead log, which a file keeps to. While others open the file too, SQLite gives up at once."""
    until = time.monotonic() + _PATIENCE
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
    # Writers take the lock at once: a transaction that reads first and writes later fails at once when another
    # writer was quicker, whatever the busy timeout.
    write = connection.get_execution_options().get("storyreel_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
