"""A studio: the whole pipeline in this process, with fake engines, on a data folder that outlives restarts."""

import hashlib
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storyreel.assembly import Storyreel
from storyreel.domain.artifact import Artifact
from storyreel.domain.film import FilmOptions, Subtitles
from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskStatus
from storyreel.domain.user import User
from storyreel.pipeline import film, storyboard
from storyreel.pipeline.context import Pipeline
from storyreel.settings import Settings
from storyreel.store.database import projects, shots, tables, tasks, users
from storyreel.store.database.rows import fetch_all, now

PATIENCE = 90
FAKE = "storyreel.engines.testing:Fake{}Engine"
SIZE = "256x144"
STORY = "A kid walks. A dog barks! They run."


class Studio:
    """One data folder and the process's life on it; rows and files are there too, or where `shared` settings say."""

    def __init__(self, folder: Path, **shared: str) -> None:
        self.folder = folder
        self.shared = shared
        self.database_url = shared.get("database_url")
        self.journal = folder / "calls"
        self.journal.touch()
        self.app: Storyreel | None = None

    @property
    def pipeline(self) -> Pipeline:
        assert self.app
        return self.app.pipeline

    def open(self, listen: list[str] | None = None, **settings: Any) -> None:
        """Start, or start again."""
        self.close()
        engines = {f"{kind}_engine": FAKE.format(kind.title()) for kind in ("story", "image", "speech", "video")}
        self.app = Storyreel(Settings(data_dir=self.folder / "data", **engines | self.shared | settings))
        with self.app.database.write() as connection:
            if users.get(connection, "u1") is None:
                users.add(connection, User("u1", "mia", now()), "")
        self.app.start(listen)

    def close(self) -> None:
        if self.app:
            self.app.close()
        self.app = None

    def begin(self, story: str = STORY, **settings: Any) -> tuple[Project, Task]:
        return storyboard.create_project(
            self.pipeline,
            "u1",
            title="Test",
            story_text=story,
            style=Style.ANIME,
            settings=ProjectSettings(**{"resolution": SIZE, **settings}),
        )

    def project(self, story: str = STORY, **settings: Any) -> Project:
        """A project with its storyboard."""
        begun, task = self.begin(story, **settings)
        assert self.ended(task).status is TaskStatus.SUCCESS
        return self.current(begun)

    def board(self, user: str = "u1", number: int = 3) -> tuple[Project, list[Shot]]:
        """A user's project with so many shots, as if it had been planned."""
        settings = ProjectSettings(resolution=SIZE)
        project = Project(str(uuid.uuid4()), user, "Title", STORY, Style.ANIME, settings, now(), language="en")
        planned = [
            Shot(str(uuid.uuid4()), project.id, order, f"Shot {order}", f"Say {order}.") for order in range(number)
        ]
        with self.pipeline.database.write() as connection:
            if users.get(connection, user) is None:
                users.add(connection, User(user, user, now()), "")
            projects.add(connection, project)
            shots.add(connection, planned)
        return project, planned

    def current(self, project: Project) -> Project:
        with self.pipeline.database.read() as connection:
            found = projects.get(connection, project.id)
        assert found
        return found

    def shots(self, project: Project) -> list[Shot]:
        with self.pipeline.database.read() as connection:
            return shots.of_project(connection, project.id)

    def edit(self, shot: Shot, **changes: Any) -> None:
        with self.pipeline.database.write() as connection:
            shots.update(connection, shot.id, changes)

    def film(self, project: Project, subtitles: Subtitles = Subtitles.NONE) -> Task:
        """The film's task, begun."""
        return film.begin_film(
            self.pipeline, self.current(project), FilmOptions(SIZE, 24, subtitles, music=False, cards=False)
        )

    def task(self, task: Task) -> Task | None:
        with self.pipeline.database.read() as connection:
            return tasks.get(connection, task.id)

    def tasks(self, **conditions: Any) -> list[Task]:
        with self.pipeline.database.read() as connection:
            return tasks.select(connection, **conditions)

    def ended(self, task: Task) -> Task:
        """The task once it has ended, however."""
        self.wait_for(lambda: (now_ := self.task(task)) is None or now_.status.terminal)
        found = self.task(task)
        assert found
        return found

    def done(self, task: Task) -> Task:
        """The task once it has succeeded."""
        found = self.ended(task)
        assert found.status is TaskStatus.SUCCESS, found
        return found

    def artifact(self, key: str | None) -> Artifact:
        assert key
        found = self.pipeline.artifacts.find(key)
        assert found
        return found

    def path(self, key: str | None) -> Path:
        return self.pipeline.artifacts.path(self.artifact(key))

    def kinds(self) -> Counter[str]:
        """How many artifacts of each kind there are."""
        with self.pipeline.database.read() as connection:
            found = fetch_all(connection, sa.select(tables.artifacts))
        return Counter(row["made_from"]["kind"] for row in found)

    def recorded(self) -> set[str]:
        """The keys of all artifacts on record; also while nothing runs."""
        url = self.database_url or f"sqlite:///{self.folder / 'data' / 'storyreel.db'}"
        return {key for (key,) in query(url, "SELECT key FROM artifacts")}

    def runs(self, statement: str, *values: str) -> list[Any]:
        """What the durable engine's own database answers."""
        url = f"{self.database_url}&options=-csearch_path%3Ddbos" if self.database_url else None
        return query(url or f"sqlite:///{self.folder / 'data' / 'durable.db'}", statement, *values)

    def calls(self, what: str = "begin") -> list[tuple[str, str]]:
        """The engines' calls: kind and key."""
        rows = (line.split() for line in self.journal.read_text().splitlines())
        return [(kind, key) for event, kind, key in rows if event == what]

    def settled(self, project: Project, seconds: float = 2.5) -> None:
        """Wait until no task is left and, soon after, no process works; then nothing half-written may lie anywhere."""
        self.wait_for(lambda: not self.tasks(project_id=project.id, statuses=tasks.ACTIVE))
        self.wait_for(lambda: not self._held_open() and not self._unfinished(), seconds)
        for file in (self.folder / "data").rglob("*"):
            if len(file.stem) == 64 and file.suffix != ".meta":
                assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem, "it is named after its own bytes"
        for key in self.recorded():
            assert self.path(key).stat().st_size == self.artifact(key).size

    @staticmethod
    def children() -> list[int]:
        """The processes that this one started."""
        found = (path.read_text().split() for path in Path("/proc/self/task").glob("*/children"))
        return [int(child) for children in found for child in children]

    def _held_open(self) -> list[str]:
        """Files of this studio that child processes have open."""
        held: list[str] = []
        for child in self.children():
            with suppress(OSError):  # it has ended meanwhile
                held += [os.readlink(handle) for handle in Path(f"/proc/{child}/fd").iterdir()]
        return [file for file in held if file.startswith(str(self.folder / "data"))]

    def _unfinished(self) -> list[Path]:
        """What lies in the folders for work in progress."""
        try:
            return [*(self.folder / "data").glob("scratch/*/*"), *(self.folder / "data").glob("**/tmp/*/*")]
        except FileNotFoundError as gone:  # taken away while it was looked for: look again
            return [Path(gone.filename)]

    @staticmethod
    def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never came to that"
            time.sleep(0.02)


def query(url: str, statement: str, *values: str) -> list[Any]:
    """What a database answers to a statement that has `?` where the values go; what it changes is kept."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(statement.replace("?", "?" if "sqlite" in url else "%s"), values)
        return [tuple(row) for row in found] if found.returns_rows else []


@pytest.fixture
def rows_on(request: pytest.FixtureRequest) -> str:
    """What the studio stands on: `sqlite` and a folder, or, where a test asks for both, `postgresql` and a bucket."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def studio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_on: str, request: pytest.FixtureRequest
) -> Iterator[Studio]:
    shared: dict[str, str] = {}
    if rows_on == "postgresql":
        bucket = request.getfixturevalue("bucket")
        shared = {"database_url": request.getfixturevalue("house_url"), "objects_url": bucket.url}
        shared["objects_endpoint"] = bucket.endpoint
    new = Studio(tmp_path, **shared)
    monkeypatch.setenv("STORYREEL_FAKE_JOURNAL", str(new.journal))
    monkeypatch.delenv("STORYREEL_FAKE_SECONDS", raising=False)
    yield new
    new.close()
