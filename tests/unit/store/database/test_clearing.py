from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.store.database import clearing, events, idempotency, projects, shots, tables, tasks, users
from storyreel.store.database.connection import Database
from storyreel.store.database.references import referenced
from storyreel.store.database.rows import fetch_all, now

DAY = timedelta(days=1)
KEY, OTHER = "a1" * 32, "b2" * 32


def count(connection: sa.Connection, table: sa.Table) -> int:
    return len(fetch_all(connection, table.select()))


def test_what_was_deleted_long_ago_goes_with_all_that_is_its(
    database: Database, add_project: Callable[..., Project], add_shots: Callable[..., list[Shot]]
) -> None:
    add_project("p1")
    add_project("p2")
    add_shots(2)
    with database.write() as connection:
        shots.mark_deleted(connection, ["s0"], now() - 31 * DAY)
        shots.mark_deleted(connection, ["s1"], now() - 29 * DAY)
        connection.execute(
            tables.projects.update().where(tables.projects.c.id == "p2").values(deleted_at=now() - 31 * DAY)
        )
        events.add(connection, "p2", "project", {"id": "p2"})
        assert clearing.purge_deleted(connection, now() - 30 * DAY) == 2
        assert [row["id"] for row in fetch_all(connection, tables.shots.select())] == ["s1"]
        assert [row["id"] for row in fetch_all(connection, tables.projects.select())] == ["p1"]
        assert count(connection, tables.events) == 0
        assert projects.get(connection, "p1")


def test_old_news_keys_and_tokens_go(database: Database, add_project: Callable[..., Project]) -> None:
    add_project()
    with database.write() as connection:
        for days in (31, 29):
            events.add(connection, "p1", "project", {"id": "p1"})
            idempotency.claim(connection, "u1", f"key {days}", "f", "r")
            users.add_token(connection, f"{days}" * 32, "u1", now() + (30 - days) * DAY)
            at = {"created_at": now() - days * DAY}
            newest = sa.select(sa.func.max(tables.events.c.id)).scalar_subquery()
            connection.execute(tables.events.update().where(tables.events.c.id == newest).values(at))
            keys = tables.idempotency_keys
            connection.execute(keys.update().where(keys.c.key == f"key {days}").values(at))
        clearing.prune(connection, now() - 30 * DAY)
        assert count(connection, tables.events) == 1
        assert [row["key"] for row in fetch_all(connection, tables.idempotency_keys.select())] == ["key 29"]
        assert [row["digest"] for row in fetch_all(connection, tables.tokens.select())] == ["29" * 32]


def test_keys_are_found_wherever_they_stand(
    database: Database, add_project: Callable[..., Project], add_shots: Callable[..., Any], add_task: Callable[..., Any]
) -> None:
    add_project()
    add_shots(1, image=KEY)
    add_task(request={"order": {"references": [OTHER], "digest": "c3" * 40}})
    with database.write() as connection:
        assert referenced(connection) == {KEY, OTHER}
        tasks.advance(connection, "t1", status="FAILED")
        assert referenced(connection) == {KEY}
