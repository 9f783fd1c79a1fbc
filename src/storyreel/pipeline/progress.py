"""How far a task is: from an engine's fractions to the task's percent, written as often as a person would look."""

import asyncio
import time
from pathlib import Path

from storyreel.domain.task import Task
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

    def _write(self, percent: int) -> None:
        with self._database.write() as connection:
            if tasks.advance(connection, self._task.id, progress=percent):
                data = {"id": self._task.id, "type": self._task.type, "status": "RUNNING", "progress": percent}
                events.add(connection, self._task.project_id, "task", data | {"shot_id": self._task.shot_id})


class EngineJob:
    """The `Job` that an engine call reports to."""

    def __init__(self, key: str, folder: Path, report: Progress) -> None:
        self.key = key
        self.folder = folder
        self._progress = report

    def progress(self, fraction: float) -> None:
        self._progress.report(fraction)
