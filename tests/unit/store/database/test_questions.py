"""A glance sees what a transaction sees."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from storyreel.store.database import projects, shots, tasks, users
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now

Add = Callable[..., Any]


async def test_a_glance_is_answered_like_a_transaction(database: Database, add_project: Add, add_shots: Add) -> None:
    project = add_project(title="50%_/off")
    (shot, *_) = add_shots()
    with database.write() as connection:
        users.add_token(connection, "d1", "u1", now() + timedelta(days=1))
    looks: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (users.by_token, ("d1",)),
        (users.by_token, ("d2",)),
        (projects.owned, (project.id, "u1")),
        (projects.page, ("u1", "%_/", "title", 1, 5)),
        (shots.owned, (shot.id, "u1")),
        (tasks.owned, ("none", "u1")),
    ]
    for look, asked in looks:
        with database.read() as connection:
            expected = look(connection, *asked)
        assert await database.glance(look, *asked) == expected
    assert (await database.glance(projects.page, "u1", "%_/", "title", 1, 5)).total == 1
    assert (await database.glance(projects.page, "u1", "5_%", "title", 1, 5)).total == 0
