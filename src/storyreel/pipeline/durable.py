"""The durable engine's one door: runs that survive crashes, queues, cancellation. Only user of dbos."""

import contextvars
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

import dbos._queue as dbos_queues
import dbos._sys_db as dbos_rows
import dbos._workflow_commands as dbos_sweeps
import psycopg
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_errors
from dbos._queue import Queue
from dbos._sys_db import SystemDatabase
from dbos._utils import retriable_postgres_exception, retriable_sqlite_exception
from sqlalchemy.exc import DBAPIError

from storyreel.pipeline.wakeups import Wakeups
from storyreel.store.database.connection import translated
from storyreel.store.database.dialects import full, lost

# Runs begun by one version are finished by the next: recipes are one idempotent step each, so any version can.
APPLICATION_VERSION = "1"
# A run that kills its process is given up in the end; a machine that is restarted often must not lose its films.
MAX_ATTEMPTS = 100
POLL_SECONDS = 0.25
BATCH = 500
CONNECTIONS = 5
"""To PostgreSQL, of one process at most."""
CLOSED_WITHIN = 5.0
"""Seconds for which a process that stops waits for its last looks for work; these take longer while rows are away."""

Outcome = dict[str, Any]
Make = Callable[[str, int], Coroutine[Any, Any, Outcome]]
Finish = Callable[[str, Outcome], Coroutine[Any, Any, None]]

STRAY_AFTER = 5
"""Looks in a row at which a run is ours by the rows and not at work here, after which it is queued again. Looks, not
seconds: a process that stalls does not look."""

_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def _not_a_cancelled_run(record: logging.LogRecord) -> bool:
    """dbos reports runs that were cancelled on purpose as errors, with a page of traceback."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_errors.DBOSWorkflowCancelledError | dbos_errors.DBOSAwaitedWorkflowCancelledError)


_own_limits: dict[str, int] = {}
_get_queue = SystemDatabase.get_queue


def _get_limited_queue(
    self: SystemDatabase, name: str, *, client_system_database: SystemDatabase | None = None
) -> Queue | None:
    """A queue as dbos keeps it, in one row for all processes, but for how much of it this process does at once."""
    queue = _get_queue(self, name, client_system_database=client_system_database)
    if queue is not None and name in _own_limits:
        queue._worker_concurrency = _own_limits[name]  # pyright: ignore[reportPrivateUsage]
    return queue


# Private; tests/integration/test_durable.py pins that it is asked before each look for work.
SystemDatabase.get_queue = _get_limited_queue


_hurried = contextvars.ContextVar("hurried", default=False)


def _waited_for(error: Exception) -> bool:
    """Whether dbos does the same again, as often as it takes, until the database is back.

    It knows that a connection was lost, but not every way in which none can be made: a server on this machine that is
    down, or a name that nobody resolves. All that the driver says itself, without a word of a server, is of that kind.
    A run that failed by it would stay at work for ever: that it failed could not be recorded either.
    """
    driver_error = getattr(error, "orig", None)
    away = isinstance(driver_error, psycopg.OperationalError) and driver_error.sqlstate is None
    return not _hurried.get() and (away or retriable_postgres_exception(error))


def _waited_for_on_sqlite(error: Exception) -> bool:
    """Likewise: dbos knows of a lock, but not of a disk that is full."""
    out_of_room = isinstance(error, DBAPIError) and (full(error) or lost(error))
    return retriable_sqlite_exception(error) or (out_of_room and not _hurried.get())


# Private; tests/integration/test_outages.py and test_full_disk.py pin it.
dbos_rows.retriable_postgres_exception = _waited_for  # pyright: ignore[reportPrivateImportUsage]
dbos_rows.retriable_sqlite_exception = _waited_for_on_sqlite  # pyright: ignore[reportPrivateImportUsage]


@contextmanager
def _at_once() -> Generator[None]:
    """Runs wait for the database; whoever asks from outside hears at once, as UnavailableError, that it is away."""
    before = _hurried.set(True)
    try:
        with translated():
            yield
    finally:
        _hurried.reset(before)


class _Hooks:
    """What the one registered workflow calls, and who wakes queues; set by `Durable.launch`, since dbos wants functions
    of modules."""

    make: Make
    finish: Finish
    wakeups: Wakeups


_look_for_work = dbos_queues.queue_worker_thread


def _look_when_woken(stop: threading.Event, dbos: DBOS, queue: Queue) -> None:
    """One queue's thread, which else looks several times a second, for ever."""
    at_work = dbos._active_workflows_set  # pyright: ignore[reportPrivateUsage]
    pause = _Hooks.wakeups.pause(queue.name, stop, lambda: at_work.count_for_queue(queue.name))
    _look_for_work(cast("threading.Event", pause), dbos, queue)


# Private; tests/integration/test_wakeups.py pins it.
dbos_queues.queue_worker_thread = _look_when_woken
# Private: for delays and deadlines of runs, of which ours have none, it would look every second.
dbos_sweeps._BACKGROUND_JOBS_INTERVAL_SEC = 60.0  # pyright: ignore[reportPrivateUsage]


@DBOS.workflow(name="task", max_recovery_attempts=MAX_ATTEMPTS)
async def _run(task_id: str, round_: int = 0) -> None:
    outcome = await DBOS.run_step_async({"name": "make", "preemptible": True}, _Hooks.make, task_id, round_)
    if "deferred" not in outcome:  # else a node has the work: another run goes on when there are news
        await DBOS.run_step_async({"name": "finish"}, _Hooks.finish, task_id, outcome)


def run_id(task_id: str, round_: int = 0) -> str:
    """The id of the run that goes on with a task after it was held by nodes so many times."""
    return f"{task_id}:{round_}" if round_ else task_id


def _batches(run_ids: Sequence[str]) -> Iterator[list[str]]:
    """SQLite limits the parameters of one statement."""
    for start in range(0, len(run_ids), BATCH):
        yield list(run_ids[start : start + BATCH])


def _enqueue(task_id: str, queue: str, round_: int, priority: int) -> None:
    with _at_once(), SetWorkflowID(run_id(task_id, round_)), SetEnqueueOptions(priority=priority):
        DBOS.enqueue_workflow(queue, _run, task_id, round_)


class Durable:
    """Starts, cancels and recovers runs. A task has one run, and another each time that a node held it; see `run_id`.

    Args:
        url: the durable engine's own database, as SQLAlchemy writes it.
        executor_id: unique per process; a dead process's id is how its work is found.
    """

    def __init__(self, url: str, executor_id: str) -> None:
        self.executor_id = executor_id
        if url.startswith("sqlite:///"):
            # dbos leaves SQLite in rollback mode, where readers and the writer block each other.
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            connection.execute("PRAGMA journal_mode=WAL")
            connection.close()
        config: DBOSConfig = {
            "name": "storyreel",
            "system_database_url": url,
            "executor_id": executor_id,
            "application_version": APPLICATION_VERSION,
            "serializer": DBOSPortableJSONSerializer(),  # the default is pickle: rows would be code
            "notification_listener_polling_interval_sec": 4 * POLL_SECONDS,  # nobody listens
            "use_listen_notify": False,
            "log_level": "ERROR",
        }
        if not url.startswith("sqlite:///"):
            config["sys_db_pool_size"] = CONNECTIONS
        self._wakeups, self._dbos = Wakeups(url), DBOS(config=config)
        self._idle: dict[str, int] = {}
        self._queues: tuple[str, ...] = ()
        logging.getLogger("dbos").addFilter(_not_a_cancelled_run)

    def launch(
        self,
        make: Make,
        finish: Finish,
        *,
        queues: Mapping[str, int],
        listen: Sequence[str] | None = None,
    ) -> None:
        """Begin to take work.

        Args:
            make: does a task's work in this round and returns its outcome, or `{"deferred": …}` when a node has it now;
                run again from the start after a crash.
            finish: records the outcome.
            queues: queue name → how many runs of it may be at work in this process at once.
            listen: the queues to take work from; None takes from all.
        """
        _Hooks.make, _Hooks.finish, _Hooks.wakeups = make, finish, self._wakeups
        _own_limits.update(queues)
        self._queues = tuple(queues)
        if listen is not None:
            DBOS.listen_queues(list(listen))
        DBOS.launch()
        for name, concurrency in queues.items():
            DBOS.register_queue(
                name,
                worker_concurrency=concurrency,  # kept for all, but see `_get_limited_queue`
                polling_interval_sec=POLL_SECONDS,
                on_conflict="always_update",
            )
        self._wakeups.start()

    def start(self, task_id: str, queue: str, round_: int = 0, *, priority: int = 1) -> None:
        """Queue the task's run of this round; a second call for the same changes nothing.

        Args:
            priority: 1 … 2³¹ - 1; the queue begins the lowest first, and of equal ones the oldest.
        """
        # A film's recipe starts its shots' tasks: runs of their own, so outside the context of the run that asks.
        contextvars.Context().run(_enqueue, task_id, queue, round_, priority)
        self._tell([queue])

    def _tell(self, queues: Collection[str]) -> None:
        self._wakeups.tell(queues, self._dbos._sys_db.engine)  # pyright: ignore[reportPrivateUsage]

    @_at_once()
    def cancel(self, run_ids: Sequence[str]) -> None:
        """Stop these runs: those at work within about a second, those queued at once."""
        for ids in _batches(run_ids):
            DBOS.cancel_workflows(ids)

    @_at_once()
    def state(self, run_ids: Sequence[str]) -> dict[str, bool]:
        """Of these runs, those that exist, and whether each has ended."""
        states: dict[str, bool] = {}
        for ids in _batches(run_ids):
            for run in DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False):
                states[run.workflow_id] = run.status in _ENDED
        return states

    @_at_once()
    def recover(self, executor_id: str) -> int:
        """Queue again what this dead executor held, and say how many runs that were. Safe to repeat."""
        # Private, but the one call that keeps attempts and deadlines; tests/integration/test_durable.py pins it.
        recovered = len(DBOS._recover_pending_workflows([executor_id]))  # pyright: ignore[reportPrivateUsage]
        if recovered:
            self._tell(self._queues)
        return recovered

    @_at_once()
    def give_back(self) -> int:
        """Queue again what is this living process's by the rows and not at work here; how many runs that were.

        Nobody would take them over. There are such when the database goes away just as it gives us work: that we got
        it is kept, but we never hear of it. To be called every few seconds.
        """
        ours = DBOS.list_workflows(status="PENDING", executor_id=self.executor_id, load_input=False, load_output=False)
        # All private; tests/integration/test_durable.py pins it.
        at_work = set(self._dbos._active_workflows_set.activeList())  # pyright: ignore[reportPrivateUsage]
        idle = [run.workflow_id for run in ours if run.workflow_id not in at_work]
        self._idle = {run: self._idle.get(run, 0) + 1 for run in idle}
        strays = [run for run, looks in self._idle.items() if looks >= STRAY_AFTER]
        for run in strays:
            self._dbos._sys_db.reenqueue_for_recovery(run, [self.executor_id], "")  # pyright: ignore[reportPrivateUsage]
        if strays:
            self._tell(self._queues)
        return len(strays)

    @_at_once()
    def holds_runs(self, executor_id: str) -> bool:
        """Whether this executor has runs at work; a dead one's that could not be queued again are among them."""
        return bool(
            DBOS.list_workflows(status="PENDING", executor_id=executor_id, limit=1, load_input=False, load_output=False)
        )

    @_at_once()
    def held(self) -> dict[str, list[str]]:
        """Executor → the tasks whose runs it has at work."""
        held: dict[str, list[str]] = {}
        for run in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            held.setdefault(run.executor_id or "", []).append(run.workflow_id.partition(":")[0])
        return held

    @_at_once()
    def forget_ended(self, before: datetime) -> int:
        """Forget runs that began before then and have ended; how many."""
        forgotten = 0
        while ended := DBOS.list_workflows(
            status=list(_ENDED), end_time=before.isoformat(), limit=BATCH, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([run.workflow_id for run in ended])
            forgotten += len(ended)
        return forgotten

    def close(self) -> None:
        """Stop taking work; what is at work is left to be recovered by the next process."""
        # dbos itself would end the loop in which runs work before those that still start some there.
        for stop in self._dbos.background_thread_stop_events:
            stop.set()
        self._wakeups.close()
        until = time.monotonic() + CLOSED_WITHIN
        for thread in threading.enumerate():
            if thread.name.startswith("queue-worker-") and thread.is_alive():  # else dbos is about to start it
                thread.join(max(0, until - time.monotonic()))
        DBOS.destroy()
