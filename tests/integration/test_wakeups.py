"""Work is begun when it is queued, by whichever process, though nobody looks for it by themselves."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from storyreel.pipeline import wakeups
from storyreel.pipeline.durable import Durable

PATIENCE = 60
SELDOM = 3600.0


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return request.getfixturevalue("house_url")
    folder = tmp_path / "100 % sure?"  # what an address would be parted at
    folder.mkdir()
    return f"sqlite:///{folder / 'durable.db'}"


class Worker:
    """A process that never looks for work unless it is woken."""

    def __init__(self, url: str) -> None:
        self.made: list[str] = []
        self.durable = Durable(url, "worker")
        self.durable.launch(self.make, self.finish, queues={"SD": 1})

    async def make(self, task_id: str, round_: int) -> dict[str, Any]:
        self.made.append(task_id)
        return {"result": task_id}

    async def finish(self, task_id: str, outcome: dict[str, Any]) -> None:
        pass

    def has_made(self, *tasks: str) -> bool:
        end = time.monotonic() + PATIENCE
        while set(self.made) < set(tasks) and time.monotonic() < end:
            time.sleep(0.01)
        return sorted(self.made) == sorted(tasks)


ELSEWHERE = """
import sys
from storyreel.pipeline.durable import Durable
async def nothing(*_):
    return {}
other = Durable(sys.argv[1], "other")
other.launch(nothing, nothing, queues={"SD": 1}, listen=[])
other.start(sys.argv[2], "SD")
other.close()
"""


def start_elsewhere(url: str, task: str) -> None:
    """In a process that works at nothing."""
    subprocess.run([sys.executable, "-c", ELSEWHERE, url, task], check=True, timeout=PATIENCE)


def test_work_is_begun_when_it_is_queued_here_or_elsewhere(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "IDLE_SECONDS", SELDOM)
    worker = Worker(url)
    try:
        worker.durable.start("here", "SD")
        assert worker.has_made("here")
        start_elsewhere(url, "elsewhere")
        assert worker.has_made("here", "elsewhere")
    finally:
        worker.durable.close()


def test_what_was_queued_before_is_begun_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "IDLE_SECONDS", SELDOM)
    start_elsewhere(url, "before")
    worker = Worker(url)
    try:
        assert worker.has_made("before")
    finally:
        worker.durable.close()


def test_a_pause_ends_when_it_is_rung_or_told_to_stop() -> None:
    stop, rung = threading.Event(), threading.Event()
    pause = wakeups.Pause(stop, rung, lambda: False)
    rung.set()
    assert not pause.wait(SELDOM)
    assert not rung.is_set(), "once for each ring"
    threading.Timer(0.05, lambda: (stop.set(), rung.set())).start()
    assert pause.wait(SELDOM)
    assert pause.wait(SELDOM), "the ring may have gone before"


def test_where_work_is_being_done_room_is_looked_for_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "IDLE_SECONDS", SELDOM)
    assert not wakeups.Pause(threading.Event(), threading.Event(), lambda: True).wait(0.01)
