"""How much of which work is waiting, for whoever watches over the installation."""

from typing import NamedTuple

import sqlalchemy as sa

from storyreel.domain.task import TaskType
from storyreel.store.database import tasks
from storyreel.store.database.rows import now
from storyreel.telemetry.metrics import Queue


class Worker(NamedTuple):
    """A process that takes work: whether it is alive, and the tasks that it has begun."""

    id: str
    alive: bool
    tasks: tuple[str, ...]


def queues(connection: sa.Connection) -> list[Queue]:
    """The queue of every type of task."""
    census, since = tasks.census(connection), tasks.waiting_since(connection)
    return [
        Queue(
            str(type_),
            {str(status): number for status, number in census[type_].items()},
            max(0.0, (now() - since[type_]).total_seconds()) if type_ in since else 0.0,
        )
        for type_ in TaskType
    ]
