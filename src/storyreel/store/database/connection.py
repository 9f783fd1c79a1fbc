"""Opens the database, brings it up to date, and hands out transactions."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from storyreel.errors import UnavailableError
from storyreel.store.database.dialects import lost, open_engines

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Three kinds of transaction. Never hold any across an engine call or an encode.

    Each raises UnavailableError when PostgreSQL goes away meanwhile, or others write for too long; then it may or may
    not have been kept.

    Args:
        url: an SQLAlchemy URL: `sqlite:///…` or `postgresql://…`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engines = open_engines(url)

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A consistent view of the rows."""
        with _translated(), self._engines.reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """All of it is kept, or none; one after the other, so that what it reads holds until it is kept."""
        with _translated(), self._engines.writing.begin() as connection:
            yield connection

    @contextmanager
    def write_apart(self) -> Generator[sa.Connection]:
        """The same without a turn, where the database allows: for rows that one process alone writes."""
        with _translated(), self._engines.apart.begin() as connection:
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
        self._engines.reading.dispose()


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except NoConnectionLeft as error:
        raise UnavailableError("Too many are asking the database at once.") from error
    except DBAPIError as error:
        if not lost(error):
            raise
        raise UnavailableError(f"The database does not answer: {type(error.orig).__name__}.") from error
