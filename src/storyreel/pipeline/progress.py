"""How far a task is: from an engine's fractions to the task's percent, written as often as a person would look."""

import asyncio
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel.domain.serialize import from_json
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.engine import Report
from storyreel.errors import ConflictError, EngineUnavailableError
from storyreel.pipeline.artifacts import Artifacts
from storyreel.pipeline.milestones import passed
from storyreel.store.database import events, handovers, tasks
from storyreel.store.database.connection import Database

SECONDS_BETWEEN_WRITES = 0.4


class Progress:
    """One task's progress. `report` is cheap, safe from any thread, and never goes back."""

    def __init__(self, database: Database, task: Task) -> None:
        self._database = database
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._percent = task.progress
        self._written_at = 0.0

    def report(self, fraction: float) -> None:
        """Say that this fraction, 0 … 1, of the task is done; 100 is kept for the finished task."""
        percent = min(99, int(fraction * 100))
        due = time.monotonic() - self._written_at >= SECONDS_BETWEEN_WRITES
        if percent > self._percent and due:
            self._percent = percent
            self._written_at = time.monotonic()
            self._loop.call_soon_threadsafe(self._loop.run_in_executor, None, self._write, percent)

    def task_is_active(self) -> bool:
        """Whether the task is still to be done. Blocks: it reads the database."""
        with self._database.read() as connection:
            task = tasks.get(connection, self._task.id)
        return task is not None and not task.status.terminal

    @property
    def task(self) -> Task:
        return self._task

    @property
    def database(self) -> Database:
        return self._database

    def _write(self, percent: int) -> None:
        with self._database.write() as connection:
            write_percent(connection, self._task, percent)


def write_percent(connection: sa.Connection, task: Task, percent: int) -> None:
    """Record how far an active task is, and tell whoever listens."""
    if tasks.advance(connection, task.id, progress=percent):
        data = {"id": task.id, "type": task.type, "status": "RUNNING", "progress": percent}
        events.add(connection, task.project_id, "task", data | {"shot_id": task.shot_id, "parent_id": task.parent_id})


OWN_KIND = {TaskType.LLM: "storyboard", TaskType.SD: "image", TaskType.TTS: "voice", TaskType.SVD: "clip"}
"""What a task of each type makes. A clip's task may have to make its picture and voice first, as jobs of their own."""


class EngineJob:
    """The `Job` that an engine call reports to."""

    def __init__(self, artifacts: Artifacts, made_from: dict[str, Any], folder: Path, report: Progress) -> None:
        self.key = artifacts.key(made_from)
        self.folder = folder
        self.decided = False
        self._kind = made_from["kind"]
        self._artifacts = artifacts
        self._progress = report
        own = OWN_KIND.get(report.task.type) == made_from["kind"]
        self.ticket = report.task.id if own else f"{report.task.id}.{made_from['kind']}"

    def remember(self, text: str) -> None:
        self._artifacts.note(self.key, text)
        passed("job.remembered", self._kind, self.key)

    def remembered(self) -> str:
        return self._artifacts.noted(self.key)

    def handing_over(self, node: str) -> None:
        with self._progress.database.write() as connection:
            if not tasks.advance(connection, self._progress.task.id, node=node):
                raise ConflictError("The task has ended already.", code="task_ended")
            handovers.forget_report(connection, self.ticket)
        passed("job.handing_over", self._kind, self.key)

    def reported(self) -> Report | None:
        with self._progress.database.read() as connection:
            data = handovers.reported(connection, self.ticket)
        report = from_json(Report, data) if data else None
        self.decided = report is not None and report.status != "LOST"
        return report

    def wanted(self) -> bool:
        return self._progress.task_is_active()

    def progress(self, fraction: float) -> None:
        self._progress.report(fraction)


class UnwatchedJob:
    """The `Job` of a call outside of any task, which is over before it could be watched or forgotten."""

    def __init__(self, key: str, folder: Path) -> None:
        self.key = self.ticket = key
        self.folder = folder
        self.decided = False

    def handing_over(self, node: str) -> None:
        """Refuses: nobody would hear the node's report."""
        raise EngineUnavailableError(
            f"The node {node} is for tasks; this was asked for outside of any.",
            hint="Name another engine after it: remote_node,builtin.",
        )

    def reported(self) -> Report | None:
        return None

    def remember(self, text: str) -> None:
        """Nothing would ask for it."""

    def remembered(self) -> str:
        return ""

    def wanted(self) -> bool:
        return False

    def progress(self, fraction: float) -> None:
        """Nobody looks."""
