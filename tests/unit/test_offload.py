import asyncio
import operator
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyio import BrokenWorkerProcess

from storyreel import offload
from storyreel.errors import MediaError

PATIENCE = 60
FILE = str(Path(__file__).with_name("offloaded.py"))


class Module:
    """offloaded.py by its path: children cannot import it by name."""

    def __reduce__(self) -> Any:
        return runpy.run_path, (FILE,)


class Work:
    """A function of offloaded.py."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> Any:
        return operator.getitem, (Module(), self.name)

    def __call__(self, report: Callable[[float], None], *args: Any) -> Any:
        raise AssertionError("it is called in a child")


def unseen(_fraction: float) -> None:
    pass


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def becomes(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.02)


async def test_it_returns_and_reports_how_far_it_is() -> None:
    seen: list[float] = []
    assert await offload.run(Work("count"), seen.append, 5) == 5
    assert seen == sorted(set(seen))
    assert len(seen) >= 2
    assert seen[-1] == 1.0
    await asyncio.sleep(0.5)
    assert seen[-1] == 1.0


async def test_errors_come_through_whole() -> None:
    with pytest.raises(MediaError) as raised:
        await offload.run(Work("fail"), unseen, "It is odd.")
    error = raised.value
    assert (error.message, error.code, error.hint, error.retryable) == ("It is odd.", "media_odd", "Look at it.", True)


async def test_a_child_that_dies_is_an_error_and_not_the_end() -> None:
    with pytest.raises(BrokenWorkerProcess):
        await offload.run(Work("crash"), unseen)
    assert await offload.run(Work("count"), unseen, 1) == 1


async def test_cancelling_kills_the_child(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    work = asyncio.create_task(offload.run(Work("hang"), unseen, file))
    await becomes(lambda: file.exists() and file.read_text())
    child = int(file.read_text())
    assert runs(child)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await becomes(lambda: not runs(child))
    assert await offload.run(Work("count"), unseen, 1) == 1


async def test_children_are_polite_and_leave_signals_to_their_parent() -> None:
    told = await offload.run(Work("describe"), unseen)
    assert told["pid"] != os.getpid()
    assert told["nice"] >= os.nice(0) + 10 or told["nice"] == 19
    assert {signal.SIGINT, signal.SIGTERM} <= set(told["blocked"])
    assert told["threads"] == "1"


async def test_only_so_many_work_at_once(tmp_path: Path) -> None:
    cores = os.cpu_count() or 1
    calls = [offload.run(Work("overlap"), unseen, tmp_path, number) for number in range(3 * cores)]
    at_work = await asyncio.gather(*calls)
    assert max(at_work) == cores


def test_any_event_loop_may_ask() -> None:
    results: list[int] = []

    def ask(number: int) -> None:
        results.append(asyncio.run(offload.run(Work("count"), unseen, number)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(results) == [1, 2, 3]
    assert asyncio.run(offload.run(Work("count"), unseen, 4)) == 4


PARENT = """
import asyncio, pathlib, sys
from storyreel import offload

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    import offloaded

    asyncio.run(offload.run(offloaded.hang, print, pathlib.Path(sys.argv[2])))
"""


async def test_a_child_does_not_outlive_its_parent(tmp_path: Path) -> None:
    script, file = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT)
    command = (sys.executable, str(script), str(Path(__file__).parent), str(file))
    parent = subprocess.Popen(command)  # noqa: ASYNC220 - begun at once
    try:
        await becomes(lambda: file.exists() and file.read_text())
        child = int(file.read_text())
        assert runs(child)
    finally:
        parent.kill()
        parent.wait()
    begun = time.monotonic()
    await becomes(lambda: not runs(child))
    assert time.monotonic() - begun < 10
