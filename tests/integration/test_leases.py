"""Processes that share a PostgreSQL: who is alive, who is not, and that nobody is judged while the database is away."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import real_postgres

from storyreel.pipeline import leases
from storyreel.pipeline.leases import ExecutorLease
from storyreel.pipeline.recovery import ExecutorLock
from storyreel.store.database.connection import Database

LEASE = 1.5
PATIENCE = 30
Open = Callable[..., "Process"]


class Process:
    """One process's lease; `cut_off` stops it from being renewed, as a stall or a dead network would."""

    def __init__(self, url: str, folder: Path, suspects: set[str]) -> None:
        self.suspects = suspects
        self.fenced = Event()
        self.lock = ExecutorLock(folder)
        self.lease = ExecutorLease(url, self.lock, lambda: self.suspects, self.fenced.set)
        self.suspects.add(self.lease.executor_id)

    def cut_off(self) -> None:
        self.lease._stop.set()
        self.lease._thread.join()

    def dead(self) -> list[str]:
        return self.lease.dead()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", LEASE)
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(leases, "_A_BREAK", 0.9 * LEASE)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_postgres.Postgres]:
    """A PostgreSQL that nobody else uses: it may die."""
    with real_postgres.shared(tmp_path_factory.mktemp("own")) as own:
        yield own


@pytest.fixture
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens processes at a database, on folders of their own or in one; what they hold is known to all."""
    opened: list[Process] = []
    held: set[str] = set()

    def open_(url: str, folder: str = "") -> Process:
        if not opened:
            database = Database(url)
            database.migrate()
            database.close()
        opened.append(Process(url, tmp_path / (folder or str(len(opened))), held))
        return opened[-1]

    yield open_
    for each in opened:
        each.lease.release()


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def test_who_is_cut_off_is_dead_and_finds_out(process: Open, postgres_url: str) -> None:
    one, two = process(postgres_url), process(postgres_url)
    one.suspects.add("long-gone")
    assert one.dead() == two.dead() == ["long-gone"]
    time.sleep(2 * LEASE)
    assert one.dead() == ["long-gone"]
    assert set(one.lease.everybody()) == {one.lease.executor_id, two.lease.executor_id}
    two.cut_off()
    wait_for(lambda: two.lease.executor_id in one.dead())
    assert not two.fenced.is_set()
    two.lease._renew()
    assert two.fenced.is_set()
    assert not one.fenced.is_set()


def test_who_leaves_in_good_order_is_dead_at_once(process: Open, postgres_url: str) -> None:
    one, two = process(postgres_url), process(postgres_url)
    two.lease.release()
    assert one.dead() == [two.lease.executor_id]


def test_who_died_on_our_own_disk_is_dead_at_once(process: Open, postgres_url: str) -> None:
    one, two, far = process(postgres_url, "disk"), process(postgres_url, "disk"), process(postgres_url)
    for gone in (two, far):
        gone.cut_off()
    two.lock.release()  # as the system does it for a process that was killed
    assert one.dead() == [two.lease.executor_id]
    assert far.lease.executor_id in one.lease.everybody()
    assert one.dead() == [two.lease.executor_id]


async def test_nothing_new_is_begun_in_doubt(process: Open, postgres_url: str) -> None:
    one = await asyncio.to_thread(process, postgres_url)
    await asyncio.wait_for(one.lease.sure(), LEASE / 2)
    await asyncio.to_thread(one.cut_off)
    await asyncio.sleep(LEASE * 1.2)
    waiting = asyncio.create_task(one.lease.sure())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await asyncio.to_thread(one.lease._renew)
    await asyncio.wait_for(waiting, PATIENCE)


@pytest.mark.slow
@pytest.mark.long
def test_nobody_is_judged_while_the_database_was_away(process: Open, server: real_postgres.Postgres) -> None:
    url = server.url("postgres")
    both = [process(url), process(url)]
    time.sleep(2 * LEASE)
    server.stop("immediate")
    time.sleep(3 * LEASE)
    server.start()
    for _ in range(20):
        for each in both:
            wait_for(lambda each=each: _judged(each) == [])
        time.sleep(0.1)
    assert not any(each.fenced.is_set() for each in both)
    both[1].cut_off()
    wait_for(lambda: both[0].dead() == [both[1].lease.executor_id])


def _judged(process: Process) -> list[str] | None:
    """Who is dead; None while the database does not answer yet."""
    from storyreel.errors import UnavailableError

    try:
        return process.dead()
    except UnavailableError:
        return None
