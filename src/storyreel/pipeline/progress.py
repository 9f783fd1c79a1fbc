"""How far a task is: from an engine's fractions to the task's percent, written as often as a person would look."""

import asyncio
import time
from pathlib import Path
from typing import Any

from storyreel.domain.task import Task
from storyreel.pipeline.artifacts import Artifacts
from storyreel.store.database import events, tasks
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

    def _write(self, percent: int) -> None:
        with self._database.write() as connection:
            if tasks.advance(connection, self._task.id, progress=percent):
                data = {"id": self._task.id, "type": self._task.type, "status": "RUNNING", "progress": percent}
                events.add(connection, self._task.project_id, "task", data | {"shot_id": self._task.shot_id})


class EngineJob:
    """The `Job` that an engine call reports to."""

    def __init__(self, artifacts: Artifacts, made_from: dict[str, Any], folder: Path, report: Progress) -> None:
        self.key = artifacts.key(made_from)
        self.folder = folder
        self._artifacts = artifacts
        self._progress = report

    def remember(self, text: str) -> None:
        self._artifacts.note(self.key, text)

    def remembered(self) -> str:
        return self._artifacts.noted(self.key)

    def wanted(self) -> bool:
        return self._progress.task_is_active()

    def progress(self, fraction: float) -> None:
        self._progress.report(fraction)


class UnwatchedJob:
    """The `Job` of a call outside of any task, which is over before it could be watched or forgotten."""

    def __init__(self, key: str, folder: Path) -> None:
        self.key = key
        self.folder = folder

    def remember(self, text: str) -> None:
        """Nothing would ask for it."""

    def remembered(self) -> str:
        return ""

    def wanted(self) -> bool:
        return False

    def progress(self, fraction: float) -> None:
        """Nobody looks."""
