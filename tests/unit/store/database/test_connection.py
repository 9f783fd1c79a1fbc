import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storyreel.errors import InvalidInputError, UnavailableError
from storyreel.store.database import dialects, events, projects
from storyreel.store.database.connection import Database
from storyreel.store.database.tables import metadata

P1 = events.of_project("p1")


def test_migrations_lead_to_the_declared_schema(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
        found = sa.inspect(connection)
        for table in metadata.sorted_tables:
            declared = {(key.column.table.name, key.ondelete) for key in table.foreign_keys}
            made = found.get_foreign_keys(table.name)
            assert {(key["referred_table"], key["options"].get("ondelete")) for key in made} == declared
            assert {column["name"]: column["nullable"] for column in found.get_columns(table.name)} == {
                column.name: column.nullable for column in table.columns
            }


def test_what_is_sorted_is_sorted_alike_everywhere(database: Database) -> None:
    with database.read() as connection:
        found = sa.inspect(connection)
        keys = [column for table in ("projects", "users") for column in found.get_columns(table)]
        assert {getattr(key["type"], "collation", None) for key in keys if key["name"].endswith("_key")} == {
            "C" if connection.dialect.name == "postgresql" else None
        }


def test_text_with_a_nul_is_refused(database: Database, add_project: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        add_project(title="A\0fox")
    assert refusal.value.code == "invalid_text"
    with database.read() as connection, pytest.raises(InvalidInputError):
        projects.get(connection, "p\0")


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_writer_that_stalls_loses_its_turn(
    database: Database, add_project: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_project()
    monkeypatch.setattr(dialects, "_IDLE", 0.2)
    stalling = Database(database.url)

    def stall() -> None:
        with stalling.write() as connection:
            events.add(connection, "p1", "task", {"id": "1"})
            time.sleep(0.6)

    with pytest.raises(UnavailableError):
        stall()
    with database.write() as connection:
        assert _last_id(connection) == 0
    stalling.close()


def test_migrating_again_changes_nothing(database: Database, add_project: Callable[..., Any]) -> None:
    add_project()
    database.migrate()
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM projects")).scalar() == 1


def test_many_may_migrate_an_empty_database_at_once(url: str, threads: Callable[..., list[Any]]) -> None:
    opened = [Database(url) for _ in range(4)]
    assert threads(lambda number: opened[number].migrate(), 4) == [None] * 4
    for each in opened:
        each.close()


def _last_id(connection: sa.Connection) -> int:
    last = events.last(connection, P1)
    return last.id if last else 0


def test_a_failed_write_keeps_nothing(database: Database, add_project: Callable[..., Any]) -> None:
    add_project()

    def half() -> None:
        with database.write() as connection:
            events.add(connection, "p1", "task", {"id": "1"})
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with database.read() as connection:
        assert _last_id(connection) == 0


def test_a_reader_sees_one_moment_and_blocks_nobody(database: Database, add_project: Callable[..., Any]) -> None:
    add_project()
    with database.read() as reading:
        assert _last_id(reading) == 0
        with database.write() as writing:
            events.add(writing, "p1", "task", {"id": "1"})
        assert _last_id(reading) == 0
    with database.read() as reading:
        assert _last_id(reading) == 1


def test_writers_wait_for_each_other(
    database: Database, add_project: Callable[..., Any], threads: Callable[..., list[Any]]
) -> None:
    add_project()

    def read_then_write(number: int) -> None:
        with database.write() as connection:
            last = _last_id(connection)
            time.sleep(0.01)
            events.add(connection, "p1", "task", {"id": str(number), "last": last})

    assert threads(read_then_write) == [None] * 12
    with database.read() as connection:
        assert [event.data["last"] for event in events.after(connection, P1, 0)] == list(range(12))


def test_rows_of_nobody_are_refused(database: Database) -> None:
    def orphan() -> None:
        with database.write() as connection:
            events.add(connection, "no-such-project", "task", {"id": "1"})

    with pytest.raises(sa.exc.IntegrityError):
        orphan()
