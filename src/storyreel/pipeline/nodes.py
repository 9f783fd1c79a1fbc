"""Looks after what remote nodes hold: takes reports, asks how jobs are, gives up the silent, stops the unwanted."""

import asyncio
import logging
from datetime import timedelta

import sqlalchemy as sa

from storyreel.domain.handover import Handover
from storyreel.domain.serialize import as_json
from storyreel.domain.task import TaskStatus
from storyreel.engines.contracts.engine import Report
from storyreel.engines.contracts.node import RemoteNode
from storyreel.errors import ConflictError, EngineError, NotFoundError
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.progress import write_percent
from storyreel.pipeline.tasks import run
from storyreel.store.database import handovers, tasks
from storyreel.store.database.rows import now

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
TOLD_AGAIN = timedelta(seconds=15)
"""After which a node that did not answer is told again that a job is not needed, for as long as this:"""
TOLD_FOR = timedelta(days=1)
AT_WORK = (TaskStatus.PENDING, TaskStatus.RUNNING)


def take_report(pipeline: Pipeline, node: str, ticket: str, report: Report) -> None:
    """Keep what a node reports of a ticket, and let the task go on. Late and repeated reports change nothing.

    A report may come before the node's own answer is on record: it is kept until then.

    Raises:
        NotFoundError: no task has that ticket.
        ConflictError: the node does not hold it, or reports a success without a result.
    """
    task_id = ticket.partition(".")[0]
    with pipeline.database.write() as connection:
        task = tasks.get(connection, task_id)
        if task is None:
            raise NotFoundError("There is no such task.", code="task_not_found")
        if task.node != node:
            raise ConflictError(f"The node {node} does not hold this task.", code="task_not_held")
        if task.status.terminal:
            return
        if report.status in AT_WORK:
            handovers.touch(connection, task_id, heard=True)
            return
        if report.status == TaskStatus.SUCCESS and report.result_url is None:
            raise ConflictError("A finished task needs its result_url.", code="result_missing")
        held = _keep(connection, task_id, ticket, report)
    passed("node.reported", task.type, task_id)
    for each in held:
        _wake(pipeline, each)


def look_after(pipeline: Pipeline) -> None:
    """One round: whatever has news goes on, and nodes are asked how their jobs are. Blocks."""
    with pipeline.database.read() as connection:
        waiting, over = handovers.waiting(connection), handovers.over(connection, now() - TOLD_AGAIN)
        told = {held.task_id for held in waiting if handovers.reported(connection, held.ticket)}
    due: list[tuple[RemoteNode, Handover]] = []
    for held in waiting:
        node = pipeline.nodes.get(held.node)
        if held.task_id in told:
            _wake(pipeline, held)  # again, if a crash came between report and run; else it changes nothing
        elif now() - held.held_at > timedelta(seconds=pipeline.node_timeout):
            _decide(pipeline, held, Report("FAILED", error="It did not answer in time."))
        elif node and node.heartbeat and now() - held.seen_at > timedelta(seconds=node.heartbeat):
            due.append((node, held))
    if due or over:
        asyncio.run(_ask(pipeline, due, over))


async def _ask(pipeline: Pipeline, due: list[tuple[RemoteNode, Handover]], over: list[Handover]) -> None:
    await asyncio.gather(*(_look(pipeline, node, held) for node, held in due), *(_end(pipeline, held) for held in over))


async def _look(pipeline: Pipeline, node: RemoteNode, held: Handover) -> None:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            said = await node.look(held.job)
    except (EngineError, TimeoutError) as error:
        log.warning("the node %s does not say how %s is: %s", held.node, held.job, error)
        await pipeline.write(handovers.touch, held.task_id, heard=False)
        if now() - held.heard_at > timedelta(seconds=node.patience):
            _decide(pipeline, held, Report("LOST"))
        return
    await pipeline.write(_note, held, said)
    if said.status not in AT_WORK:
        _decide(pipeline, held, said)


def _note(connection: sa.Connection, held: Handover, said: Report) -> None:
    handovers.touch(connection, held.task_id, heard=True)
    task = tasks.get(connection, held.task_id)
    percent = min(99, int(said.progress * 100))
    if task is not None and percent > task.progress and held.ticket == task.id:
        write_percent(connection, task, percent)


async def _end(pipeline: Pipeline, held: Handover) -> None:
    """The task is over: the node may forget the job, unless another task waits for it too."""
    node = pipeline.nodes.get(held.node)
    shared = await pipeline.read(handovers.shared, held)
    if node and not shared:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await node.release(held.job)
        except (EngineError, TimeoutError) as error:
            log.info("the node %s was not told to forget %s: %s", held.node, held.job, error)
            if now() - held.held_at < TOLD_FOR:
                await pipeline.write(handovers.touch, held.task_id, heard=False)
                return
    await pipeline.write(handovers.drop, held.task_id)


def _decide(pipeline: Pipeline, held: Handover, report: Report) -> None:
    """Act as if the node had reported this."""
    with pipeline.database.write() as connection:
        woken = _keep(connection, held.task_id, held.ticket, report)
    for each in woken:
        _wake(pipeline, each)


def _keep(connection: sa.Connection, task_id: str, ticket: str, report: Report) -> list[Handover]:
    """Keep the report for every task that waits for the same job; what has to go on now."""
    held = handovers.get(connection, task_id)
    if tasks.get(connection, task_id) is None:
        return []
    handovers.report(connection, ticket, task_id, as_json(report))
    if held is None or held.ticket != ticket:
        return []  # it is not yet on record that the node took it; `tasks` looks for reports when it is
    others = [one for one in handovers.shared(connection, held) if one.task_id != task_id]
    for other in others:
        handovers.report(connection, other.ticket, other.task_id, as_json(report))
    return [held, *others]


def _wake(pipeline: Pipeline, held: Handover) -> None:
    with pipeline.database.read() as connection:
        task = tasks.get(connection, held.task_id)
    if task is not None and not task.status.terminal:
        run(pipeline, task, held.round)
