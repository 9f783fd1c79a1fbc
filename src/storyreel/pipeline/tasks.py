"""Tasks from the first click to the last status: record, start, run, hold, cancel, reconcile."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storyreel.domain.handover import Handover
from storyreel.domain.serialize import as_json
from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.errors import ConflictError, StoryreelError, TaskTimeoutError, UnavailableError
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.durable import run_id
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.patience import patiently
from storyreel.pipeline.progress import Progress
from storyreel.store.database import deliveries, events, handovers, projects, shots, tasks, turns
from storyreel.store.database.rows import now
from storyreel.telemetry import traces
from storyreel.telemetry.about import about
from storyreel.telemetry.about import task_id as task_id_of_logs
from storyreel.telemetry.redaction import redacted

log = logging.getLogger(__name__)

GIVEN_UP = "The work was given up: it crashed its process too often, or its end could not be recorded. Try again."

Recipe = Callable[[Pipeline, Task, Progress], Awaitable[dict[str, Any]]]


def new_task(
    project_id: str,
    type_: TaskType,
    request: dict[str, Any],
    *,
    task_id: str | None = None,
    shot_id: str | None = None,
    parent_id: str | None = None,
) -> Task:
    """A task to be recorded and started."""
    return Task(
        id=task_id or str(uuid.uuid4()),
        project_id=project_id,
        type=type_,
        request=request,
        created_at=now(),
        shot_id=shot_id,
        parent_id=parent_id,
        batch=parent_id is not None,
    )


def record(connection: sa.Connection, task: Task) -> Task:
    """Record the task and what follows from it, and return it as it is kept; or the one of that id that was there."""
    queued = replace(task, turn=turns.turn_of(connection, task))
    if not tasks.add(connection, queued):
        return tasks.get(connection, task.id) or queued
    if task.shot_id is not None:
        shots.update(connection, task.shot_id, {"task_id": task.id})
    _announce(connection, task.id)
    return queued


def start(pipeline: Pipeline, task: Task) -> None:
    """Begin a recorded task's run. The row is the promise: if a crash comes first, `reconcile` starts the run."""
    passed("task.recorded", task.type, task.id)
    with traces.starting(task.id, task.parent_id, task.type):
        run(pipeline, task)
    passed("task.started", task.type, task.id)


def run(pipeline: Pipeline, task: Task, round_: int = 0) -> None:
    """Queue the run of a recorded task that goes on with it after so many rounds at nodes."""
    pipeline.durable.start(task.id, task.type, round_, priority=task.priority)


def cancel(pipeline: Pipeline, task: Task) -> Task:
    """End the task and those it started, as FAILED with the code `cancelled`; running work stops within 2 s.

    Raises:
        ConflictError: it has ended already.
    """
    with pipeline.database.write() as connection:
        children = tasks.select(connection, parent_id=task.id, statuses=tasks.ACTIVE, limit=100_000)
        if not _fail(connection, task.id, "Cancelled.", "cancelled"):
            raise ConflictError("The task has ended already.", code="task_ended")
        for child in children:
            _fail(connection, child.id, "Cancelled.", "cancelled")
    passed("task.cancel_recorded", task.type, task.id)
    stop_runs(pipeline, (task, *children))
    with pipeline.database.read() as connection:
        return tasks.get(connection, task.id) or task


def end_deleted(connection: sa.Connection, active: Sequence[Task]) -> None:
    """Record that these tasks ended because what they were for was deleted; `stop_runs` then stops them."""
    for task in active:
        _fail(connection, task.id, "It was deleted.", "deleted")


def stop_runs(pipeline: Pipeline, ended: Sequence[Task]) -> None:
    """Stop whatever is at work for tasks that are over."""
    ids = [task.id for task in ended]
    with pipeline.database.read() as connection:
        rounds = handovers.rounds(connection, ids)
    pipeline.durable.cancel([run_id(id_, rounds.get(id_, 0)) for id_ in ids])


class TaskRunner:
    """The durable engine's side: makes a task by its type's recipe and records how it ended.

    Args:
        recipes: how each type is made. A recipe returns the result, or `{"deferred": …}` when a remote node has it; it
            is followed again, from the start, when there are news of the node.
    """

    def __init__(self, pipeline: Pipeline, recipes: Mapping[TaskType, Recipe]) -> None:
        self._pipeline = pipeline
        self._recipes = recipes

    async def make(self, task_id: str, round_: int) -> dict[str, Any]:
        """Do the work; the outcome is `{"result": …}`, `{"error": …}`, `{"deferred": …}` or, if it was over, `{}`."""
        return await patiently(lambda: self._make(task_id, round_))

    async def finish(self, task_id: str, outcome: dict[str, Any]) -> None:
        """Record how it ended; a task that was cancelled meanwhile stays cancelled."""
        ended_with = next(iter(outcome), "nothing")
        passed("task.ending", ended_with, task_id)
        await patiently(lambda: self._pipeline.write(_finish, task_id, outcome))
        passed("task.finished", ended_with, task_id)

    async def _make(self, task_id: str, round_: int) -> dict[str, Any]:
        task = await self._pipeline.read(tasks.get, task_id)
        held = await self._pipeline.read(handovers.get, task_id)
        if held is not None and held.round > round_:  # a crash came after this round had ended: never submit twice
            return {"deferred": {}}
        if task is None or not await self._pipeline.write(_begin, task.id):
            return {}
        passed("task.running", task.type, task.id)
        work = self._recipes[task.type](self._pipeline, task, Progress(self._pipeline.database, task))
        with about(task_id_of_logs, task.id), traces.task(task.id, task.parent_id, task.type, round_):
            outcome = await self._outcome(task, work)
        if "deferred" in outcome:
            held, news = await self._pipeline.write(_hold, task.id, **outcome["deferred"])
            passed("task.held", task.type, task.id)
            if news:  # the node was quicker than we
                await asyncio.to_thread(run, self._pipeline, task, held.round)
        passed("task.made", task.type, task.id)
        return outcome

    async def _outcome(self, task: Task, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        limit = self._pipeline.time_limits[task.type]
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                result = await work
        except TimeoutError as error:
            failure = None if clock.expired() else error
        except UnavailableError:
            raise
        except StoryreelError as error:
            failure = error
        except Exception as error:
            log.exception("task %s failed unexpectedly", task.id)
            failure = error
        else:
            return result if "deferred" in result else {"result": result}
        if failure is None:
            failure = TaskTimeoutError(
                f"The {task.type} task took longer than {limit:.0f} s and was stopped.",
                hint="Try again, or raise the limit in the settings.",
            )
        return {"error": describe(failure)}


def describe(error: Exception) -> dict[str, str]:
    """An error in words for a person: `code`, `message`, `hint`; of one that nobody foresaw, no more than its kind."""
    if isinstance(error, StoryreelError):
        # An engine may have told it, in the words of a server that repeats what it was sent.
        told = {"code": error.code, "message": redacted(error.message), "hint": redacted(error.hint)}
        return {name: text.replace("\0", "") for name, text in told.items()}  # which no database keeps
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return {
        "code": StoryreelError.code,
        "message": f"Something went wrong inside Storyreel: {reason}.",
        "hint": "The server's log has the details. Try again; if it stays, please report it.",
    }


def _begin(connection: sa.Connection, task_id: str) -> bool:
    if not tasks.advance(connection, task_id, status=TaskStatus.RUNNING):
        return False
    _announce(connection, task_id)
    return True


def _hold(connection: sa.Connection, task_id: str, node: str, job: str, ticket: str) -> tuple[Handover, bool]:
    """Record who has the work, and say whether there are news of it already."""
    tasks.advance(connection, task_id, node=node)
    held = handovers.hold(connection, task_id, ticket, node, job)
    return held, handovers.reported(connection, ticket) is not None


def _finish(connection: sa.Connection, task_id: str, outcome: dict[str, Any]) -> None:
    if "error" in outcome:
        error = outcome["error"]
        _fail(connection, task_id, " ".join(filter(None, (error["message"], error["hint"]))), error["code"])
    elif "result" in outcome and tasks.advance(
        connection, task_id, status=TaskStatus.SUCCESS, progress=100, result=outcome["result"]
    ):
        _announce(connection, task_id)


def _fail(connection: sa.Connection, task_id: str, error: str, code: str) -> bool:
    failed = tasks.advance(connection, task_id, status=TaskStatus.FAILED, error=error, error_code=code)
    if failed:
        _announce(connection, task_id)
    return failed


def _announce(connection: sa.Connection, task_id: str) -> None:
    """Let the shot and the project follow the task, and tell whoever listens."""
    task = tasks.get(connection, task_id)
    if task is None:
        return
    if projects.settle(connection, task.project_id):
        events.add(connection, task.project_id, "project", {"id": task.project_id})
    brief = as_json(replace(task, request={}, result=None))
    keep = ("id", "type", "status", "progress", "error", "error_code", "shot_id", "parent_id")
    told = {name: brief[name] for name in keep}
    events.add(connection, task.project_id, "task", told)
    if task.status.terminal:
        noun = "film" if task.type is TaskType.FILM else "task"
        ended = "succeeded" if task.status is TaskStatus.SUCCESS else "failed"
        deliveries.add(connection, task.project_id, f"{noun}.{ended}", told | {"project_id": task.project_id})
    if task.shot_id is not None:
        shots.settle(connection, task.shot_id)
        events.add(connection, task.project_id, "shot", {"id": task.shot_id})


def reconcile(pipeline: Pipeline) -> None:
    """Mend what a crash left half-recorded: tasks whose run never began, runs that gave up without a word."""
    with pipeline.database.read() as connection:
        active = tasks.select(connection, statuses=tasks.ACTIVE, limit=10_000)
        rounds = handovers.rounds(connection, [task.id for task in active])
    old = [task for task in active if (now() - task.created_at).total_seconds() > 2]
    at = {task.id: run_id(task.id, rounds.get(task.id, 0)) for task in old}
    runs = pipeline.durable.state(list(at.values()))
    for task in old:
        if at[task.id] not in runs:
            if task.id not in rounds:  # else a node holds it, and no run is needed
                run(pipeline, task)
        elif runs[at[task.id]]:
            with pipeline.database.write() as connection:
                if handovers.rounds(connection, [task.id]).get(task.id) == rounds.get(task.id):
                    _fail(connection, task.id, GIVEN_UP, "run_given_up")
