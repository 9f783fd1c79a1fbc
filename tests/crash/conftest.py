"""A house whose servers are killed again and again, a user who never gives up, and what must hold afterwards."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

SERVER = Path(__file__).parent / "server.py"
PATIENCE = 120
"""Seconds after which something hangs, however busy the machine is."""
KILLED = -signal.SIGKILL
STORYREEL = (sys.executable, "-c", "from storyreel.cli.main import main; main()")


@dataclass(frozen=True)
class Death:
    """What was on record at the moment of a kill, and how long the journals were then."""

    artifacts: dict[str, str]
    tasks: dict[str, tuple[str, str | None]]
    begun: int
    passed: int


class House:
    """One data folder and the servers that live on it, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.calls = folder / "calls"
        self.milestones = folder / "milestones"
        self.deaths: list[Death] = []
        self.settings: dict[str, str] = {}
        for file in (self.calls, self.milestones):
            file.touch()
        with closing(socket.create_server(("127.0.0.1", 0))) as door:
            self.port = door.getsockname()[1]

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYREEL_")}
        engines = {
            f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
            for kind in ("story", "image", "speech", "video")
        }
        own = {"STORYREEL_FAKE_JOURNAL": str(self.calls), "STORYREEL_CONCURRENCY": "2"}
        return kept | engines | own | self.settings | changes

    def bury(self) -> None:
        """Write down what the server that has just died left on record."""
        recorded, tasks = {}, {}
        if (self.data / "storyreel.db").exists():
            with closing(sqlite3.connect(self.data / "storyreel.db")) as rows:
                if rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'tasks'").fetchone():
                    recorded = dict(rows.execute("SELECT key, digest FROM artifacts"))
                    ended = rows.execute("SELECT id, status, result FROM tasks WHERE status IN ('SUCCESS', 'FAILED')")
                    tasks = {identifier: (status, result) for identifier, status, result in ended}
        begun, passed = len(lines(self.calls)), len(lines(self.milestones))
        self.deaths.append(Death(recorded, tasks, begun, passed))

    def check(self) -> None:
        """Nothing that was on record at a kill was lost, changed or done again."""
        calls, milestones = lines(self.calls), lines(self.milestones)
        with closing(sqlite3.connect(self.data / "storyreel.db")) as rows:
            recorded = dict(rows.execute("SELECT key, digest FROM artifacts"))
            tasks = {row[0]: row[1:] for row in rows.execute("SELECT id, status, result FROM tasks")}
            names = [row[0] for row in rows.execute("SELECT name FROM artifacts")]
        for death in self.deaths:
            assert death.artifacts.items() <= recorded.items()
            assert death.tasks.items() <= tasks.items()
            for line in calls[death.begun :]:
                assert line.split()[-1] not in death.artifacts, f"done again: {line}"
            for line in milestones[death.passed :]:
                point, _, identifier = line.rpartition(" ")
                if point.startswith("artifact.begun"):
                    assert identifier not in death.artifacts, f"done again: {line}"
                if point.startswith("task.running"):
                    assert identifier not in death.tasks, f"ended, but run again: {line}"
        assert all((self.data / "objects" / name[:2] / name).is_file() for name in names)

    def film(self, project_id: str) -> Path:
        """The finished film's file."""
        with closing(sqlite3.connect(self.data / "storyreel.db")) as rows:
            query = "SELECT name FROM artifacts JOIN projects ON film = key WHERE projects.id = ?"
            (name,) = rows.execute(query, (project_id,)).fetchone()
        return self.data / "objects" / name[:2] / name


class Warm:
    """Quickly started servers that kill themselves at chosen points."""

    def __init__(self, house: House, points: list[str]) -> None:
        self.house = house
        self.points = points
        command = (sys.executable, str(SERVER), str(house.data), str(house.port), str(house.milestones))
        self._mother = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=house.environment()
        )
        self._server = 0
        self.start()

    @property
    def died_at(self) -> list[str]:
        marked = (line for line in lines(self.house.milestones) if line.startswith("killed at "))
        return [line.removeprefix("killed at ") for line in marked]

    def start(self) -> None:
        left = [point for point in self.points if point not in self.died_at]
        assert self._mother.stdin
        assert self._mother.stdout
        self._mother.stdin.write(json.dumps(left) + "\n")
        self._mother.stdin.flush()
        self._server = int(self._mother.stdout.readline())

    def revive(self) -> None:
        """The server does not answer: if it is dead, start the next one."""
        if Path(f"/proc/{self._server}").exists():
            time.sleep(0.02)
            return
        assert self._mother.stdout
        assert int(self._mother.stdout.readline()) == KILLED
        self._server = 0
        self.house.bury()
        self.start()

    def close(self) -> None:
        if self._server:
            os.kill(self._server, signal.SIGKILL)
        self._mother.communicate(timeout=PATIENCE)


class Real:
    """Servers started as users start them, in process groups of their own, as terminals and service managers do."""

    def __init__(self, house: House, **changes: str) -> None:
        self.house = house
        self._environment = house.environment(**changes)
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        command = ("serve", "--port", str(self.house.port), "--data-dir", str(self.house.data))
        self.process = subprocess.Popen((*STORYREEL, *command), env=self._environment, start_new_session=True)
        return self.process

    def revive(self) -> None:
        """The server does not answer: if it is dead, start the next one."""
        if self.process.poll() is None:
            time.sleep(0.02)
            return
        self.house.bury()
        self.start()

    def children(self) -> list[int]:
        """The processes that the server started."""
        return [pid for pid, parent in processes() if parent == self.process.pid]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def processes() -> Iterator[tuple[int, int]]:
    """Each running process of this machine and its parent."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            yield int(stat.parent.name), int(fields[1])


class User:
    """Asks until there is an answer: repeats a request that the connection was lost on.

    Args:
        revive: called when there was no answer; returns when it is time to ask again.
    """

    def __init__(self, url: str, revive: Callable[[], None]) -> None:
        self._client = httpx.Client(base_url=f"{url}/api", timeout=PATIENCE)
        self._revive = revive
        self.acknowledged: set[str] = set()
        self._end = time.monotonic() + 3 * PATIENCE

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            assert time.monotonic() < self._end, "it never ends"
            try:
                return self._client.request(method, path, **options)
            except httpx.TransportError:
                self._revive()

    def ok(self, method: str, path: str, **options: Any) -> Any:
        answer = self.ask(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def sign_in(self) -> None:
        token = self.ok("POST", "/auth/login", json={"username": "mia", "password": "correct horse battery"})["token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def start(self, path: str, key: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """A POST that starts a task, safe to repeat."""
        answer = self.ok("POST", path, json=body, headers={"Idempotency-Key": key, **headers})
        self.acknowledged.add(answer["task_id"])
        return answer

    def ended(self, task_id: str) -> dict[str, Any]:
        """The task once it has ended, however."""
        while True:
            task = self.ok("GET", f"/tasks/{task_id}/status")
            if task["status"] in ("SUCCESS", "FAILED"):
                return task
            time.sleep(0.05)

    def close(self) -> None:
        self._client.close()


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def warm(house: House) -> Iterator[Callable[[list[str]], Warm]]:
    """Starts the first of a row of servers that die at these points."""
    opened: list[Warm] = []

    def start(points: list[str]) -> Warm:
        opened.append(Warm(house, points))
        return opened[0]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def real(house: House) -> Iterator[Callable[..., Real]]:
    """Starts the first of a row of real servers, with these variables in their environment."""
    opened: list[Real] = []

    def start(**changes: str) -> Real:
        opened.append(Real(house, **changes))
        return opened[0]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def running() -> Callable[[int], bool]:
    """Whether a process runs."""
    return lambda pid: any(pid == other for other, _ in processes())


@pytest.fixture
def user(house: House) -> Iterator[Callable[[Callable[[], None]], User]]:
    """A user of the house's servers."""
    opened: list[User] = []

    def open_(revive: Callable[[], None]) -> User:
        opened.append(User(f"http://127.0.0.1:{house.port}", revive))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()
