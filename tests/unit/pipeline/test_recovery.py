import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyreel.pipeline import recovery
from storyreel.pipeline.recovery import ExecutorLock, Watch

OTHER = """
import sys, pathlib
from storyreel.pipeline.recovery import ExecutorLock
lock = ExecutorLock(pathlib.Path(sys.argv[1]))
print(lock.executor_id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds a lock in the folder."""
    command = (sys.executable, "-c", OTHER, str(tmp_path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_only_the_dead_are_dead(tmp_path: Path, other: "subprocess.Popen[str]") -> None:
    assert other.stdout
    name = other.stdout.readline().strip()
    mine = ExecutorLock(tmp_path)
    assert mine.executor_id != name
    assert mine.dead() == []
    other.kill()
    other.wait()
    assert mine.dead() == [name]
    assert mine.dead() == [name], "until it is buried"
    mine.bury(name)
    mine.bury(name)
    assert mine.dead() == []
    mine.release()


def test_who_left_in_good_order_is_taken_over_too(tmp_path: Path) -> None:
    first, second = ExecutorLock(tmp_path), ExecutorLock(tmp_path)
    assert first.dead() == second.dead() == []
    first.release()
    assert second.dead() == [first.executor_id]
    second.release()


def test_a_failing_round_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recovery, "ROUND_SECONDS", 0.01)
    rounds: list[int] = []
    again = threading.Event()

    def round_() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise OSError("database is locked")
        again.set()

    watch = Watch(round_)
    with caplog.at_level(logging.ERROR):
        watch.start()
        assert again.wait(30)
        watch.stop()
    assert "database is locked" in caplog.text
    ended = len(rounds)
    time.sleep(0.1)
    assert len(rounds) == ended
