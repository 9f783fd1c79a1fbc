"""Task: the user-visible record of one durable run."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ENDED_BY_DELETION = "deleted"
"""The error code of work that ended when its shot or project was deleted: brought back, they do not count it."""


class TaskType(StrEnum):
    """LLM: storyboard. SD: image. TTS: narration. SVD: clip. FILM: the joined film."""

    LLM = "LLM"
    SD = "SD"
    TTS = "TTS"
    SVD = "SVD"
    FILM = "FILM"


class TaskStatus(StrEnum):
    """A terminal status never changes."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"

    @property
    def terminal(self) -> bool:
        return self in (TaskStatus.SUCCESS, TaskStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Task:
    """`request` is what was asked, `result` what came of it (artifact keys), both JSON objects.

    `progress` is 0 … 100. `parent_id` is the FILM task this one was started by.
    `batch` marks one of many that were asked for at once, `turn` its place in the queue; see `store/database/turns`.
    `node` names the remote node that holds the work, while one does; `error_code` is stable, `error` is for a human.
    """

    id: str
    project_id: str
    type: TaskType
    request: dict[str, Any]
    created_at: datetime
    status: TaskStatus = TaskStatus.PENDING
    progress: int = 0
    result: dict[str, Any] | None = None
    error: str | None = None
    error_code: str | None = None
    shot_id: str | None = None
    parent_id: str | None = None
    node: str | None = None
    batch: bool = False
    turn: int = 0
    updated_at: datetime | None = None

    @property
    def priority(self) -> int:
        """From 1; the lowest one of a queue is begun first: at each turn what was asked for by itself, then batches."""
        return 1 + 2 * self.turn + self.batch
