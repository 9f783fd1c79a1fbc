"""What remote nodes hold, and what they reported. Of a ticket the first report counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.handover import Handover
from storyreel.domain.task import TaskStatus
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now
from storyreel.store.database.tables import handovers, reports, tasks


def hold(connection: sa.Connection, task_id: str, ticket: str, node: str, job: str) -> Handover:
    """Record that the node took the work. The clock of the same job goes on; another job's begins."""
    known = get(connection, task_id)
    same = known is not None and (known.ticket, known.node, known.job) == (ticket, node, job)
    held = Handover(
        task_id=task_id,
        ticket=ticket,
        node=node,
        job=job,
        round=known.round + 1 if known else 1,
        held_at=known.held_at if known and same else now(),
        seen_at=now(),
        heard_at=known.heard_at if known and same else now(),
    )
    drop(connection, task_id)
    values = {name: getattr(held, name) for name in Handover.__slots__}
    connection.execute(handovers.insert().values(**values))
    return held


def get(connection: sa.Connection, task_id: str) -> Handover | None:
    row = fetch_one(connection, sa.select(handovers).where(handovers.c.task_id == task_id))
    return None if row is None else Handover(**row)


def rounds(connection: sa.Connection, task_ids: Sequence[str]) -> dict[str, int]:
    """How often each of these tasks was held; those that never were are left out."""
    found: list[Row] = []
    for start in range(0, len(task_ids), 500):  # SQLite limits the parameters of one statement
        query = sa.select(handovers.c.task_id, handovers.c.round)
        found += fetch_all(connection, query.where(handovers.c.task_id.in_(task_ids[start : start + 500])))
    return {row["task_id"]: row["round"] for row in found}


def waiting(connection: sa.Connection) -> list[Handover]:
    """What nodes hold for tasks that are still active, the one that was looked at longest ago first."""
    query = sa.select(handovers).join(tasks, tasks.c.id == handovers.c.task_id)
    active = query.where(tasks.c.status.in_([TaskStatus.PENDING, TaskStatus.RUNNING]))
    return [Handover(**row) for row in fetch_all(connection, active.order_by(handovers.c.seen_at))]


def over(connection: sa.Connection, again: datetime) -> list[Handover]:
    """What was held for tasks that ended or are gone, unless its node was told so in vain since `again`."""
    query = sa.select(handovers).outerjoin(tasks, tasks.c.id == handovers.c.task_id)
    ended = sa.or_(tasks.c.id.is_(None), tasks.c.status.in_([TaskStatus.SUCCESS, TaskStatus.FAILED]))
    due = sa.or_(handovers.c.seen_at <= tasks.c.updated_at, handovers.c.seen_at < again)
    return [Handover(**row) for row in fetch_all(connection, query.where(ended, due))]


def shared(connection: sa.Connection, held: Handover) -> list[Handover]:
    """The same job of the same node, as active tasks hold it."""
    return [one for one in waiting(connection) if (one.node, one.job) == (held.node, held.job)]


def touch(connection: sa.Connection, task_id: str, *, heard: bool) -> None:
    """Note that the node was asked just now, and whether it answered."""
    times = {"seen_at": now()} | ({"heard_at": now()} if heard else {})
    connection.execute(handovers.update().where(handovers.c.task_id == task_id).values(**times))


def drop(connection: sa.Connection, task_id: str) -> None:
    connection.execute(handovers.delete().where(handovers.c.task_id == task_id))


def report(connection: sa.Connection, ticket: str, task_id: str, data: dict[str, Any]) -> bool:
    """Keep what a ticket's node reported; False, changing nothing, when it has reported before."""
    if reported(connection, ticket) is not None:
        return False
    values = {"ticket": ticket, "task_id": task_id, "report": data, "created_at": now()}
    return changed(connection, reports.insert().values(**values)) > 0


def reported(connection: sa.Connection, ticket: str) -> dict[str, Any] | None:
    """What the node that has the ticket reported."""
    row = fetch_one(connection, sa.select(reports.c.report).where(reports.c.ticket == ticket))
    return None if row is None else row["report"]


def forget_report(connection: sa.Connection, ticket: str) -> None:
    """The ticket is handed out anew."""
    connection.execute(reports.delete().where(reports.c.ticket == ticket))
