"""A database with a user in it, on every kind of database that is supported."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import real_postgres

from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskType
from storyreel.domain.user import User
from storyreel.store.database import projects, shots, tasks, users
from storyreel.store.database.connection import Database

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of that kind."""
    return f"sqlite:///{tmp_path / 'rows.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture(scope="session")
def migrated(postgres: real_postgres.Postgres) -> str:
    """The name of a database on PostgreSQL that others are made like, which is sooner done than migrating each."""
    return postgres.template("rows", lambda url: _open(url).close())


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'rows.db'}"
        else:
            like = request.getfixturevalue("migrated")
            url = stack.enter_context(real_postgres.database(request.getfixturevalue("postgres"), like))
        opened = _open(url)
        with opened.write() as connection:
            users.add(connection, User("u1", "Mia", NOON), "hash-of-mia")
        yield opened
        opened.close()


def _open(url: str) -> Database:
    opened = Database(url)
    opened.migrate()
    return opened


@pytest.fixture
def add_project(database: Database) -> Callable[..., Project]:
    """Adds a project, with these fields."""

    def add(identifier: str = "p1", **fields: Any) -> Project:
        project = Project(identifier, "u1", "A title", "A story.", Style.ANIME, ProjectSettings(), NOON)
        project = replace(project, **fields)
        with database.write() as connection:
            projects.add(connection, project)
        return project

    return add


@pytest.fixture
def add_shots(database: Database) -> Callable[..., list[Shot]]:
    """Adds shots s0, s1 … to project p1."""

    def add(count: int = 1, **fields: Any) -> list[Shot]:
        new = [Shot(f"s{order}", "p1", order, f"Prompt {order}", f"Say {order}.", **fields) for order in range(count)]
        with database.write() as connection:
            shots.add(connection, new)
        return new

    return add


@pytest.fixture
def add_task(database: Database) -> Callable[..., Task]:
    """Adds a task to project p1, with these fields."""

    def add(identifier: str = "t1", type_: TaskType = TaskType.SD, **fields: Any) -> Task:
        task = replace(Task(identifier, "p1", type_, {"a": [1, None, "好"]}, NOON), **fields)
        with database.write() as connection:
            assert tasks.add(connection, task)
        return task

    return add


@pytest.fixture
def threads() -> Callable[..., list[Any]]:
    """Calls a function in many threads at once; what each returned, or the exception it raised."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    def run(function: Callable[[int], Any], count: int = 12) -> list[Any]:
        barrier = Barrier(count)

        def one(number: int) -> Any:
            barrier.wait()
            return function(number)

        with ThreadPoolExecutor(count) as pool:
            futures = [pool.submit(one, number) for number in range(count)]
        return [future.exception() or future.result() for future in futures]

    return run
