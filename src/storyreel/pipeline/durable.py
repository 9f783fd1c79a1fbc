"""The durable engine's one door: runs that survive crashes, queues, cancellation, messages. Only user of dbos."""

import contextvars
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_errors

from storyreel.errors import NotFoundError

# Runs begun by one version are finished by the next: recipes are one idempotent step each, so any version can.
APPLICATION_VERSION = "1"
# A run that kills its process is given up in the end; a machine that is restarted often must not lose its films.
MAX_ATTEMPTS = 100
POLL_SECONDS = 0.25
BATCH = 500

Outcome = dict[str, Any]
Make = Callable[[str], Coroutine[Any, Any, Outcome]]
Collect = Callable[[str, Outcome], Coroutine[Any, Any, Outcome]]
Finish = Callable[[str, Outcome], Coroutine[Any, Any, None]]

_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def _not_a_cancelled_run(record: logging.LogRecord) -> bool:
    """dbos reports runs that were cancelled on purpose as errors, with a page of traceback."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_errors.DBOSWorkflowCancelledError | dbos_errors.DBOSAwaitedWorkflowCancelledError)


class _Hooks:
    """What the one registered workflow calls; set by `Durable.launch`, since dbos wants module-level functions."""

    make: Make
    collect: Collect
    finish: Finish
    wait_seconds: float


@DBOS.workflow(name="task", max_recovery_attempts=MAX_ATTEMPTS)
async def _run(task_id: str) -> None:
    outcome = await DBOS.run_step_async({"name": "make", "preemptible": True}, _Hooks.make, task_id)
    if "deferred" in outcome:
        message = await DBOS.recv_async("delivery", timeout_seconds=_Hooks.wait_seconds)
        report = message if message is not None else {"status": "FAILED", "error": "The node did not answer in time."}
        outcome = await DBOS.run_step_async({"name": "collect", "preemptible": True}, _Hooks.collect, task_id, report)
    await DBOS.run_step_async({"name": "finish"}, _Hooks.finish, task_id, outcome)


def _batches(task_ids: Sequence[str]) -> Iterator[list[str]]:
    """SQLite limits the parameters of one statement."""
    for start in range(0, len(task_ids), BATCH):
        yield list(task_ids[start : start + BATCH])


def _enqueue(task_id: str, queue: str) -> None:
    with SetWorkflowID(task_id):
        DBOS.enqueue_workflow(queue, _run, task_id)


class Durable:
    """Starts, cancels and recovers runs. A run's id is its task's id.

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
            "notification_listener_polling_interval_sec": 4 * POLL_SECONDS,  # only waits for nodes listen
            "log_level": "ERROR",
        }
        DBOS(config=config)
        logging.getLogger("dbos").addFilter(_not_a_cancelled_run)

    def launch(
        self,
        make: Make,
        collect: Collect,
        finish: Finish,
        *,
        queues: Mapping[str, int],
        listen: Sequence[str] | None = None,
        wait_seconds: float,
    ) -> None:
        """Begin to take work.

        Args:
            make: does a task's work and returns its outcome; run again from the start after a crash.
            collect: turns a remote node's report into the outcome of a task that was handed to it.
            finish: records the outcome.
            queues: queue name → how many runs of it may be at work in this process at once.
            listen: the queues to take work from; None takes from all.
            wait_seconds: how long a remote node may take.
        """
        _Hooks.make, _Hooks.collect, _Hooks.finish, _Hooks.wait_seconds = make, collect, finish, wait_seconds
        if listen is not None:
            DBOS.listen_queues(list(listen))
        DBOS.launch()
        for name, concurrency in queues.items():
            DBOS.register_queue(
                name, worker_concurrency=concurrency, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
            )

    def start(self, task_id: str, queue: str) -> None:
        """Queue the task's run; a second call with the same id changes nothing."""
        # A film's recipe starts its shots' tasks: runs of their own, so outside the context of the run that asks.
        contextvars.Context().run(_enqueue, task_id, queue)

    def cancel(self, task_ids: Sequence[str]) -> None:
        """Stop these runs: those at work within about a second, those queued at once."""
        for ids in _batches(task_ids):
            at_work = DBOS.list_workflows(workflow_ids=ids, status="PENDING", load_input=False, load_output=False)
            DBOS.cancel_workflows(ids)
            for run in at_work:  # one that waits for a node would wait on, and keep its place in the queue
                DBOS.send(run.workflow_id, {}, "delivery", idempotency_key=f"{run.workflow_id}:cancelled")

    def deliver(self, task_id: str, message: dict[str, Any], idempotency_key: str) -> None:
        """Wake the run that waits for a remote node; the same key is delivered once.

        Raises:
            NotFoundError: no such run.
        """
        try:
            DBOS.send(task_id, message, "delivery", idempotency_key=f"{task_id}:{idempotency_key}")
        except dbos_errors.DBOSNonExistentWorkflowError as error:
            raise NotFoundError("No run of that id.", code="task_not_found") from error

    def state(self, task_ids: Sequence[str]) -> dict[str, bool]:
        """Of these runs, those that exist, and whether each has ended."""
        states: dict[str, bool] = {}
        for ids in _batches(task_ids):
            for run in DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False):
                states[run.workflow_id] = run.status in _ENDED
        return states

    def recover(self, executor_id: str) -> int:
        """Queue again what this dead executor held, and say how many runs that were. Safe to repeat."""
        # Private, but the one call that keeps attempts and deadlines; tests/integration/test_durable.py pins it.
        return len(DBOS._recover_pending_workflows([executor_id]))  # pyright: ignore[reportPrivateUsage]

    def holds_runs(self, executor_id: str) -> bool:
        """Whether this executor has runs at work; a dead one's that could not be queued again are among them."""
        return bool(
            DBOS.list_workflows(status="PENDING", executor_id=executor_id, limit=1, load_input=False, load_output=False)
        )

    def close(self) -> None:
        """Stop taking work; what is at work is left to be recovered by the next process."""
        DBOS.destroy()
