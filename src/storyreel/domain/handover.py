"""Handover: work of a task that a remote node holds."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """`job` is the node's own id of the work, `ticket` what the node reports by.

    `round` counts how often the task was held: each time it is woken, a run of its own goes on with it.
    `held_at` is when the node took it, `seen_at` when it was last asked about, `heard_at` when it last answered.
    """

    task_id: str
    ticket: str
    node: str
    job: str
    round: int
    held_at: datetime
    seen_at: datetime
    heard_at: datetime
