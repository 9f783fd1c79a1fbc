"""Opens the database, brings it up to date, and hands out transactions."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from storyreel.errors import NoRoomError, UnavailableError
from storyreel.store.database.dialects import full, lost, open_engines, read_only
from storyreel.store.database.questions import Reader

MIGRATIONS = Path(__file__).parent / "migrations"
_GLANCE = 0.05
"""Seconds for which the event loop waits for SQLite: readers wait for nobody, unless its log is being rebuilt."""

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Database:
    """Three kinds of transaction. Never hold any across an engine call or an encode.

    Each raises UnavailableError when PostgreSQL goes away meanwhile, or others write for too long; then it may or may
    not have been kept. It raises NoRoomError when the disk is full; reading goes on then.

    Args:
        url: an SQLAlchemy URL: `sqlite:///…` or `postgresql://…`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engines = open_engines(url)

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A consistent view of the rows."""
        with translated(), self._engines.reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """All of it is kept, or none; one after the other, so that what it reads holds until it is kept."""
        with translated(), self._engines.writing.begin() as connection:
            yield connection

    @contextmanager
    def write_apart(self) -> Generator[sa.Connection]:
        """The same without a turn, where the database allows: for rows that one process alone writes."""
        with translated(), self._engines.apart.begin() as connection:
            yield connection

    async def glance(
        self, look: Callable[Concatenate[Reader, Asked], Answer], *args: Asked.args, **more: Asked.kwargs
    ) -> Answer:
        """What a repository's function says of the rows as they are now; it may ask only `Question`s.

        On SQLite it is asked at once, on the event loop, whose own connection takes microseconds; else by a thread.
        """
        if self._engines.reading.dialect.name == "sqlite":
            return look(self._plain, *args, **more)
        return await asyncio.to_thread(self._look, look, *args, **more)

    def _look(
        self, look: Callable[Concatenate[Reader, Asked], Answer], *args: Asked.args, **more: Asked.kwargs
    ) -> Answer:
        with self.read() as connection:
            return look(connection, *args, **more)

    @cached_property
    def _plain(self) -> sqlite3.Connection:
        file = read_only(sa.make_url(self.url))
        return sqlite3.connect(file, uri=True, timeout=_GLANCE, isolation_level=None, check_same_thread=False)

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
        self._engines.reading.dispose()
        if "_plain" in vars(self):
            self._plain.close()


@contextmanager
def translated() -> Generator[None]:
    """Says UnavailableError for whatever SQLAlchemy says when the database is away, or has no time or room."""
    try:
        yield
    except NoConnectionLeft as error:
        raise UnavailableError("Too many are asking the database at once.") from error
    except DBAPIError as error:
        if full(error):
            raise NoRoomError("The database's disk is full.") from error
        if not lost(error):
            raise
        raise UnavailableError(f"The database does not answer: {type(error.orig).__name__}.") from error
