"""What the pipeline leans on the durable engine for. Run these first after changing its pinned version."""

import asyncio
import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS

from storyreel.pipeline.durable import STRAY_AFTER, Durable

PATIENCE = 60
CANCELLED_WITHIN = 2.5
"""The promise is 2 s; the rest is for a busy machine."""


class Process:
    """One life of a process: a durable engine and what it was asked to do."""

    def __init__(self, url: str, name: str, limit: int = 2) -> None:
        self.made: list[str] = []
        self.finished: list[tuple[str, Any]] = []
        self.stopped: list[str] = []
        self.how: Callable[[str], Any] = self.at_once
        self.durable = Durable(url, name)
        queues = {"SD": limit, "FILM": limit}
        self.durable.launch(self.make, self.finish, queues=queues)

    async def make(self, task_id: str, round_: int) -> dict[str, Any]:
        self.made.append(f"{task_id}{round_ or ''}")
        try:
            return await self.how(task_id)
        except asyncio.CancelledError:
            self.stopped.append(task_id)
            raise

    async def finish(self, task_id: str, outcome: dict[str, Any]) -> None:
        self.finished.append((task_id, outcome))

    async def at_once(self, task_id: str) -> dict[str, Any]:
        return {"result": task_id}

    async def endless(self, task_id: str) -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def endless_in_threads(self, task_id: str) -> dict[str, Any]:
        while True:
            await asyncio.to_thread(time.sleep, 0.05)

    async def endless_in_a_group(self, task_id: str) -> dict[str, Any]:
        async with asyncio.TaskGroup() as group, asyncio.timeout(3600):
            group.create_task(self.endless(task_id))
            await self.endless_in_threads(task_id)
        return {}

    async def by_a_node(self, task_id: str) -> dict[str, Any]:
        return {"deferred": {"node": "n"}} if self.made[-1] == task_id else {"result": task_id}


Open = Callable[..., Process]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The durable engine's database; one parameter per kind."""
    return f"sqlite:///{tmp_path / 'durable.db'}" if request.param == "sqlite" else request.getfixturevalue("house_url")


@pytest.fixture
def process(url: str) -> Iterator[Open]:
    """Opens one process after the other; opening the next one closes the last."""
    opened: list[Process] = []

    def close() -> None:
        if opened:
            opened.pop().durable.close()

    def open_(name: str, limit: int = 2) -> Process:
        close()
        opened.append(Process(url, name, limit))
        return opened[0]

    yield open_
    close()


@pytest.fixture
def database(url: str) -> sa.Engine:
    """The engine's own database."""
    if url.startswith("sqlite"):
        return sa.create_engine(url, poolclass=sa.NullPool)
    named = {"options": "-c search_path=dbos"}
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"), connect_args=named, poolclass=sa.NullPool
    )


@pytest.fixture
def rows(database: sa.Engine) -> Callable[[str], list[Any]]:
    """Reads the engine's own database."""

    def query(statement: str) -> list[Any]:
        with database.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    return query


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def test_the_same_id_runs_once(process: Open) -> None:
    one = process("one")
    one.durable.start("a", "SD")
    one.durable.start("a", "SD")
    wait_for(lambda: one.durable.state(["a"]) == {"a": True})
    one.durable.start("a", "SD")
    one.durable.start("b", "SD")
    wait_for(lambda: one.durable.state(["b"]).get("b"))
    assert one.made == ["a", "b"]
    assert one.finished == [("a", {"result": "a"}), ("b", {"result": "b"})]


def test_state_knows_any_number_of_runs(process: Open) -> None:
    one = process("one")
    one.durable.start("a", "SD")
    wait_for(lambda: one.finished)
    many = [f"none-{number}" for number in range(40_000)]
    wait_for(lambda: one.durable.state([*many, "a"]) == {"a": True})
    assert one.durable.state([]) == {}


@pytest.mark.parametrize("how", ["endless", "endless_in_threads", "endless_in_a_group"])
def test_a_stop_leaves_work_unfinished_and_unjudged(process: Open, rows: Callable[..., Any], how: str) -> None:
    one = process("one")
    one.how = getattr(one, how)
    one.durable.start("a", "SD")
    wait_for(lambda: one.made)
    one.durable.close()
    assert one.stopped == ["a"]
    assert rows("SELECT status, executor_id, error FROM workflow_status") == [("PENDING", "one", None)]
    assert rows("SELECT * FROM operation_outputs") == []

    two = process("two")
    assert two.durable.holds_runs("one")
    time.sleep(1)  # nothing is taken over by itself
    assert two.made == []
    assert two.durable.recover("one") == 1
    assert not two.durable.holds_runs("one")
    wait_for(lambda: two.finished)
    assert two.durable.recover("one") == 0
    assert (one.made, two.made, two.finished) == (["a"], ["a"], [("a", {"result": "a"})])


def test_work_taken_over_stays_in_its_queue(process: Open, rows: Callable[..., Any]) -> None:
    one = process("one")
    one.how = one.endless
    one.durable.start("a", "FILM", priority=7)
    wait_for(lambda: one.made)
    two = process("two")
    two.how = two.endless
    two.durable.recover("one")
    wait_for(lambda: two.made)
    assert rows("SELECT queue_name, priority, status, executor_id, recovery_attempts FROM workflow_status") == [
        ("FILM", 7, "PENDING", "two", 2)
    ]


def test_work_that_was_given_to_a_process_which_never_heard_of_it_is_queued_again(
    process: Open, database: sa.Engine, rows: Callable[[str], list[Any]]
) -> None:
    one = process("one", 1)
    one.how = one.endless
    one.durable.start("a", "SD")
    wait_for(lambda: one.made)
    one.durable.start("b", "SD")
    with database.begin() as connection:  # as a claim leaves it whose answer was lost
        connection.exec_driver_sql(
            "UPDATE workflow_status SET status = 'PENDING', executor_id = 'one', owner_xid = 'x' "
            "WHERE workflow_uuid = 'b'"
        )
    assert [one.durable.give_back() for _ in range(STRAY_AFTER)] == [*[0] * (STRAY_AFTER - 1), 1]
    one.durable.cancel(["a"])
    wait_for(lambda: one.made == ["a", "b"])
    assert [one.durable.give_back() for _ in range(2 * STRAY_AFTER)] == [0] * 2 * STRAY_AFTER, "it is at work"
    assert rows("SELECT recovery_attempts FROM workflow_status WHERE workflow_uuid = 'b'") == [(1,)]


def test_each_round_of_a_task_is_one_run(process: Open) -> None:
    one = process("one")
    one.how = one.by_a_node
    one.durable.start("a", "SD")
    wait_for(lambda: one.durable.state(["a"]) == {"a": True})
    assert one.finished == [], "a node has it"
    for _ in range(3):
        one.durable.start("a", "SD", 1)
    wait_for(lambda: one.durable.state(["a", "a:1"]) == {"a": True, "a:1": True})
    one.durable.start("a", "SD", 1)
    one.durable.start("b", "SD", 1)
    wait_for(lambda: len(one.finished) == 2)
    assert one.made == ["a", "a1", "b1"]
    assert one.finished == [("a", {"result": "a"}), ("b", {"result": "b"})]


def test_cancel_stops_work_at_once(process: Open) -> None:
    one = process("one")
    one.how = one.endless_in_a_group
    for run in ("a", "b", "c", "d"):  # two at work, two queued
        one.durable.start(run, "SD")
    wait_for(lambda: len(one.made) == 2)
    asked = time.monotonic()
    one.durable.cancel(["a", "b", "c", "d"])
    wait_for(lambda: len(one.stopped) == 2)
    assert time.monotonic() - asked < CANCELLED_WITHIN
    assert one.durable.state(["a", "b", "c", "d"]) == dict.fromkeys("abcd", True)
    one.how = one.at_once
    one.durable.start("e", "SD")  # the places in the queue are free again
    wait_for(lambda: one.finished)
    assert one.finished == [("e", {"result": "e"})]
    assert len(one.made) == 3


def test_the_lowest_priority_is_begun_first_and_of_equal_ones_the_oldest(process: Open) -> None:
    one = process("one", 1)
    one.how = one.endless
    one.durable.start("first", "SD", priority=9)
    wait_for(lambda: one.made)
    for run, priority in (("late", 2_000_000_000), ("soon", 2), ("next", 1), ("too", 2)):
        one.durable.start(run, "SD", priority=priority)
    one.how = one.at_once
    one.durable.cancel(["first"])
    wait_for(lambda: len(one.finished) == 4)
    assert one.made == ["first", "next", "soon", "too", "late"]


def test_each_process_has_limits_of_its_own(process: Open) -> None:
    one = process("one", 3)
    one.how = one.endless
    DBOS.register_queue("SD", worker_concurrency=1, on_conflict="always_update")  # as a process that does less would
    for run in ("a", "b", "c", "d"):
        one.durable.start(run, "SD")
    wait_for(lambda: len(one.made) == 3)
    time.sleep(1)
    assert len(one.made) == 3


def test_a_run_starts_others(process: Open) -> None:
    one = process("one")

    async def parent(task_id: str) -> dict[str, Any]:
        if task_id == "parent":
            for child in ("x", "y", "x"):
                await asyncio.to_thread(one.durable.start, child, "SD")
            one.durable.start("z", "SD")
        return {"result": task_id}

    one.how = parent
    one.durable.start("parent", "FILM")
    wait_for(lambda: len(one.finished) == 4)
    assert sorted(one.made) == ["parent", "x", "y", "z"]


def test_the_database_holds_json_and_never_pickles(
    process: Open, database: sa.Engine, rows: Callable[..., Any]
) -> None:
    one = process("one")

    async def failing_or_held(task_id: str) -> dict[str, Any]:
        if task_id == "bad":
            raise ValueError("no")
        return {"deferred": {"node": "n", "job": task_id}}

    one.how = failing_or_held
    one.durable.start("bad", "SD")
    one.durable.start("held", "SD")
    wait_for(lambda: list(one.durable.state(["bad", "held"]).values()) == [True, True])
    tables = sa.inspect(database).get_table_names()
    values = [value for table in tables for row in rows(f'SELECT * FROM "{table}"') for value in row]  # noqa: S608
    texts = [value for value in values if isinstance(value, str)]
    assert not [value for value in values if isinstance(value, bytes)]
    assert not [text for text in texts if _is_pickle(text)]
    outputs = rows("SELECT output FROM operation_outputs WHERE function_name = 'make' AND output IS NOT NULL")
    assert json.loads(outputs[0][0]) == {"deferred": {"node": "n", "job": "held"}}


def _is_pickle(text: str) -> bool:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return data[:1] == b"\x80" and data[-1:] == b"."


def test_closing_while_a_queue_is_about_to_be_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread is listed before it is started, and could not be waited for."""
    process = Process(f"sqlite:///{tmp_path / 'durable.db'}", "worker")
    running = threading.enumerate
    monkeypatch.setattr(threading, "enumerate", lambda: [*running(), threading.Thread(name="queue-worker-LATE")])
    process.durable.close()
    monkeypatch.undo()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("queue-worker-")]
