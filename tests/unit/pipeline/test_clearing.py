"""What is cleared away, and what never is, whatever happens in whatever order."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskType
from storyreel.domain.user import User
from storyreel.pipeline.artifacts import Artifacts, Made
from storyreel.pipeline.clearing import clear_artifacts
from storyreel.store.database import clearing, projects, shots, tasks, users
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import fetch_all, now
from storyreel.store.database.tables import artifacts, cuts, films, revisions, versions
from storyreel.store.database.tables import projects as project_rows
from storyreel.store.database.tables import shots as shot_rows
from storyreel.store.database.tables import tasks as task_rows
from storyreel.store.objects.folder import FolderStore

NOTHING = "0" * 64
PLACES: dict[str, tuple[sa.Table, str]] = {
    "a shot's picture": (shot_rows, "image"),
    "its voice": (shot_rows, "voice"),
    "its clip": (shot_rows, "clip"),
    "a version": (versions, "artifact"),
    "what a version was made from": (versions, "made_from"),
    "how a shot was before": (revisions, "state"),
    "a cover": (project_rows, "cover"),
    "the last film": (project_rows, "film"),
    "a character": (project_rows, "characters"),
    "a film": (films, "artifact"),
    "its sound": (films, "sound"),
    "its clips": (films, "clips"),
    "a cut": (cuts, "pieces"),
    "its parts of sound": (cuts, "sound"),
    "a task under way": (task_rows, "request"),
}
ORDERS = st.integers(0, 3)
SOME = st.sampled_from(["a shot's picture", "a version", "a cut", "a task under way"])
"""For what depends on order and time; that each place counts has a test of its own."""


class Executor:
    """This process, which nobody takes for dead."""

    executor_id = "one"

    async def sure(self) -> None:
        pass


class Home:
    """A data folder with one row in every table that can point at something."""

    def __init__(self, folder: Path) -> None:
        (folder / "scratch").mkdir()
        self.database = Database(f"sqlite:///{folder / 'rows.db'}")
        self.database.migrate()
        self.objects = FolderStore(folder / "objects")
        self.artifacts = Artifacts(self.database, self.objects, folder / "scratch", Executor())
        with self.database.write() as connection:
            users.add(connection, User("u", "mia", now()), "")
            projects.add(connection, Project("p", "u", "Title", "Story.", Style.ANIME, ProjectSettings(), now()))
            shots.add(connection, [Shot("s", "p", 0, "Prompt", "Say.")])
            tasks.add(connection, Task("t", "p", TaskType.SVD, {}, now()))
            tasks.add(connection, Task("f", "p", TaskType.FILM, {}, now()))
            for row in self._rows():
                connection.execute(row)

    @staticmethod
    def _rows() -> Iterator[sa.Insert]:
        at = {"created_at": now()}
        yield versions.insert().values(shot_id="s", number=1, kind="image", artifact=NOTHING, made_from={}, **at)
        yield revisions.insert().values(shot_id="s", number=0, state={})
        made = {"artifact": NOTHING, "sound": NOTHING, "clips": []}
        yield films.insert().values(id="f", project_id="p", title="Title", options={}, **made, **at)
        yield cuts.insert().values(task_id="f", project_id="p", profile={}, pieces=[], sound=[], whole=True)

    def begin_anew(self) -> None:
        with self.database.write() as connection:
            connection.execute(artifacts.delete())
            for place in PLACES:
                self.point(connection, place, NOTHING)

    def point(self, connection: sa.Connection, place: str, key: str) -> None:
        table, column = PLACES[place]
        json = isinstance(table.c[column].type, sa.JSON)
        which = table.c.id == "t" if table is task_rows else sa.true()
        connection.execute(table.update().where(which).values({column: {"some": [{"thing": key}]} if json else key}))

    def grow_older(self, days: int) -> None:
        with self.database.write() as connection:
            for row in fetch_all(connection, sa.select(artifacts.c.key, artifacts.c.used_at)):
                older = artifacts.update().where(artifacts.c.key == row["key"])
                connection.execute(older.values(used_at=row["used_at"] - timedelta(days=days)))

    def make(self, order: int) -> str:
        async def produce(folder: Path) -> Made:
            file = folder / "made"
            file.write_text(f"content {order // 2}")  # two orders come to the same bytes each
            return Made(file, "image/png", {})

        return asyncio.run(self.artifacts.make({"kind": "test", "order": order}, produce)).key

    def content(self, key: str) -> str | None:
        """What the artifact's file says, without its use being noted."""
        with self.database.read() as connection:
            names = fetch_all(connection, sa.select(artifacts.c.name).where(artifacts.c.key == key))
        return self.objects.path(names[0]["name"]).read_text() if names else None

    def clear(self) -> int:
        pipeline: Any = SimpleNamespace(database=self.database, artifacts=self.artifacts)
        return clear_artifacts(pipeline)

    def close(self) -> None:
        self.objects.close()
        self.database.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home(tmp_path)
    yield opened
    opened.close()


class Life(RuleBasedStateMachine):
    """People make things, point at them and let them go; time passes; what is not needed is cleared away."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.home = home
        home.begin_anew()
        self.keys: dict[int, str] = {}
        self.days: dict[int, int] = {}
        self.points: dict[str, int] = {}

    @rule(order=ORDERS)
    def make_or_find(self, order: int) -> None:
        self.keys[order] = self.home.make(order)
        self.days[order] = 0

    @rule(place=SOME, order=ORDERS)
    def point(self, place: str, order: int) -> None:
        self.make_or_find(order)
        with self.home.database.write() as connection:
            self.home.point(connection, place, self.keys[order])
        self.points[place] = order

    @precondition(lambda self: self.points)
    @rule(data=st.data())
    def let_go(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.points)))
        with self.home.database.write() as connection:
            self.home.point(connection, place, NOTHING)
        del self.points[place]

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.home.grow_older(days)
        self.days = {order: age + days for order, age in self.days.items()}

    @rule(days=st.sampled_from([0, 0, 5, 9]))
    def clear(self, days: int) -> None:
        self.time_passes(days)
        self.home.clear()
        needed = set(self.points.values())
        for order in [order for order, age in self.days.items() if age > 8 and order not in needed]:
            assert self.home.content(self.keys[order]) is None, "nobody needs it any more"
            assert not self.home.objects.exists(f"{self.keys[order]}.meta")
            del self.days[order]

    @invariant()
    def what_is_needed_is_there(self) -> None:
        lately = {order for order, age in self.days.items() if age < 6}
        for order in {*self.points.values(), *lately}:
            assert self.home.content(self.keys[order]) == f"content {order // 2}"


def test_nothing_that_is_needed_is_cleared_away(home: Home) -> None:
    how = settings(
        max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(lambda: Life(home), settings=how)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_each_place_keeps_what_it_points_at(home: Home, place: str) -> None:
    key = home.make(0)
    with home.database.write() as connection:
        home.point(connection, place, key)
    home.grow_older(100)
    assert home.clear() == 0
    assert home.content(key)
    with home.database.write() as connection:
        home.point(connection, place, NOTHING)
    assert home.clear() == 1


def test_what_is_deleted_is_kept_until_it_cannot_be_brought_back(home: Home) -> None:
    key = home.make(0)
    with home.database.write() as connection:
        home.point(connection, "a version", key)
        shots.mark_deleted(connection, ["s"], now() - timedelta(days=29))
        assert clearing.purge_deleted(connection, now() - timedelta(days=30)) == 0
    home.grow_older(50)
    assert home.clear() == 0
    with home.database.write() as connection:
        assert clearing.purge_deleted(connection, now() - timedelta(days=28)) == 1
    assert home.clear() == 1
    assert home.content(key) is None


def test_a_task_that_has_ended_keeps_nothing(home: Home) -> None:
    key = home.make(0)
    with home.database.write() as connection:
        home.point(connection, "a task under way", key)
    home.grow_older(8)
    assert home.clear() == 0
    with home.database.write() as connection:
        tasks.advance(connection, "t", status="SUCCESS")
    assert home.clear() == 1


def test_equal_bytes_are_one_file_that_the_last_takes_along(home: Home) -> None:
    first, second = home.make(0), home.make(1)
    (file,) = {home.objects.path(name) for name in names(home)}
    with home.database.write() as connection:
        home.point(connection, "a cover", second)
    home.grow_older(8)
    assert home.clear() == 1
    assert file.is_file()
    assert home.content(first) is None
    with home.database.write() as connection:
        home.point(connection, "a cover", NOTHING)
    assert home.clear() == 1
    assert not file.exists()


def names(home: Home) -> list[str]:
    with home.database.read() as connection:
        return [row["name"] for row in fetch_all(connection, sa.select(artifacts.c.name))]


def test_what_is_cleared_away_is_made_anew(home: Home) -> None:
    key = home.make(0)
    home.grow_older(8)
    home.clear()
    assert home.artifacts.find(key) is None
    assert home.make(0) == key
    assert home.content(key) == "content 0"


def test_who_comes_while_it_is_cleared_away_finds_it_or_makes_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at a row and the note of its use another process clears it away."""
    key = home.make(0)
    home.grow_older(8)
    noted = home.artifacts._note_use

    def cleared_before(of: str) -> bool:
        home.clear()
        return noted(of)

    monkeypatch.setattr(home.artifacts, "_note_use", cleared_before)
    assert home.artifacts.find(key) is None
    monkeypatch.undo()
    home.make(0)
    home.grow_older(8)
    assert home.artifacts.find(key)
    assert home.clear() == 0, "its use counts"
