"""Several processes on one data folder: they share the work, and nobody takes what another one holds."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from storyreel.pipeline import editing

pytestmark = pytest.mark.slow

WORKER = (sys.executable, "-c", "from storyreel.cli.main import main; main()", "worker")


@pytest.fixture
def worker(studio: Any) -> Iterator[Any]:
    """Starts worker processes on the studio's folder."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        engines = {
            f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
            for kind in ("story", "image", "speech", "video")
        }
        command = (*WORKER, "--data-dir", str(studio.folder / "data"), *options)
        shared = {f"STORYREEL_{name.upper()}": value for name, value in studio.shared.items()}
        environment = os.environ | engines | shared | {"STORYREEL_CONCURRENCY": "1"}
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


def executors(studio: Any) -> Counter[tuple[str, str]]:
    """How many runs of each queue each process has taken."""
    return Counter(studio.runs("SELECT queue_name, executor_id FROM workflow_status WHERE executor_id IS NOT NULL"))


@pytest.mark.long
def test_two_processes_share_the_work(studio: Any, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0.4")
    worker()  # both come to a folder with nothing in it
    studio.open(concurrency=1)
    project = studio.project("One. Two. Three. Four. Five. Six. Seven. Eight.")
    film = studio.film(project)
    studio.done(film)
    taken = executors(studio)
    assert len({executor for _, executor in taken}) == 2
    assert sum(taken.values()) == len(studio.tasks(project_id=project.id)) == 2 + 3 * 8
    assert max(Counter(studio.calls()).values()) == 1, "begun twice"


@pytest.mark.long
@pytest.mark.parametrize("rows_on", ["postgresql"], indirect=True)
def test_what_two_processes_are_asked_for_at_once_is_made_and_paid_once(
    studio: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "1.5")
    worker("--queues", "SD")
    studio.open(listen=["SD"], concurrency=1)
    studio.wait_for(lambda: len(studio.app.workers()) == 2)
    boards = [studio.board(user) for user in ("u1", "u2")]
    tasks = [asyncio.run(editing.generate_image(studio.pipeline, project, board[0], {})) for project, board in boards]
    made = {studio.done(task).result["image"] for task in tasks}
    assert len(executors(studio)) == 2, "each took one"
    assert len(made) == len(studio.calls()) == 1


@pytest.mark.long
def test_a_newcomer_leaves_the_work_of_the_living_alone(
    studio: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open(concurrency=2)
    project = studio.project("One. Two.")
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "8")
    film = studio.film(project)
    studio.wait_for(lambda: len(studio.calls()) == 5)
    monkeypatch.delenv("STORYREEL_FAKE_SECONDS")
    newcomer = worker()
    studio.done(film)
    assert newcomer.poll() is None
    assert max(Counter(studio.calls()).values()) == 1, "begun twice"


def test_the_living_take_over_from_the_dead(studio: Any, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.open(listen=["LLM", "FILM", "TTS", "SVD"])
    project = studio.project("One. Two.")
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "60")
    painter = worker("--queues", "SD")
    monkeypatch.delenv("STORYREEL_FAKE_SECONDS")
    film = studio.film(project)
    studio.wait_for(lambda: "image" in dict(studio.calls()))
    at_work = "SELECT executor_id FROM workflow_status WHERE queue_name = 'SD' AND status = 'PENDING'"
    assert len(studio.runs(at_work)) == 1, "it does one at a time, whatever other processes do"
    painter.kill()
    painter.wait()
    worker("--queues", "SD")
    studio.done(film)
    assert max(Counter(studio.calls()).values()) == 2, "the one picture that was at work"
