"""The node's memory: each job, how it is and what came of it, in one SQLite file; it outlives restarts."""

import json
import secrets
import shutil
import sqlite3
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storyreel.domain.task import TaskType

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, ticket TEXT NOT NULL UNIQUE, type TEXT NOT NULL, request TEXT NOT NULL,
    callback_url TEXT NOT NULL, base_url TEXT NOT NULL, status TEXT NOT NULL, progress INTEGER NOT NULL DEFAULT 0,
    result TEXT, media_type TEXT, words TEXT NOT NULL DEFAULT '[]', error TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '', told INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0, created_at REAL NOT NULL, ended_at REAL
)
"""
PULLED = "pull:"
"""Stands for a callback's address where the work was fetched: its end is brought the same way."""
KEPT_SECONDS = 7 * 86_400.0
"""How long ended jobs are kept for servers that do not say when they are done with them."""


@dataclass(frozen=True, slots=True)
class NodeJob:
    """`ticket` is the server's name for it; `result` the unguessable name under which the file can be fetched.

    `told` says whether the server has heard how it ended, `tries` how often it was told in vain.
    """

    id: str
    ticket: str
    type: TaskType
    callback_url: str
    base_url: str
    status: str
    progress: int
    result: str | None
    media_type: str | None
    words: list[dict[str, Any]]
    error: str
    tries: int
    told: bool

    @property
    def ended(self) -> bool:
        return self.status in ("SUCCESS", "FAILED")

    @property
    def result_url(self) -> str | None:
        return f"{self.base_url.rstrip('/')}/results/{self.result}" if self.result else None


_COLUMNS = "id, ticket, type, callback_url, base_url, status, progress, result, media_type, words, error, tries, told"


class Jobs:
    """All jobs of one data folder. Safe from any thread; every change is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(folder / "node.db", check_same_thread=False, isolation_level=None)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("PRAGMA synchronous=FULL")
        self._rows.execute(_SCHEMA)
        self._do("UPDATE jobs SET status = 'PENDING' WHERE status = 'RUNNING'")  # of the process before this one

    def take(self, ticket: str, type_: TaskType, request: dict[str, Any], callback_url: str, base_url: str) -> NodeJob:
        """The job of that ticket, begun now or before. A failed one begins again, a finished one is told of again."""
        self._do(
            "INSERT INTO jobs (id, ticket, type, request, callback_url, base_url, status, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'PENDING', ?) ON CONFLICT (ticket) DO UPDATE SET"
            " callback_url = excluded.callback_url, base_url = excluded.base_url, told = 0, next_try = 0,"
            " status = CASE status WHEN 'FAILED' THEN 'PENDING' ELSE status END",
            uuid.uuid4().hex,
            ticket,
            type_.value,
            json.dumps(request),
            callback_url,
            base_url,
            time.time(),
        )
        (job,) = self._found("ticket = ?", ticket)
        return job

    def get(self, job_id: str) -> NodeJob | None:
        return next(iter(self._found("id = ?", job_id)), None)

    def by_ticket(self, ticket: str) -> NodeJob | None:
        return next(iter(self._found("ticket = ?", ticket)), None)

    def result(self, name: str) -> tuple[Path, str] | None:
        """The file of that unguessable name, and its media type."""
        job = next(iter(self._found("result = ?", name)), None)
        return (self.folder(job.id) / name, job.media_type or "") if job else None

    def request(self, job_id: str) -> dict[str, Any]:
        (row,) = self._ask("SELECT request FROM jobs WHERE id = ?", job_id)
        return json.loads(row[0])

    def begin(self, type_: TaskType) -> NodeJob | None:
        """The oldest job of this type that nobody works at, which somebody does from now on."""
        rows = self._ask(
            "UPDATE jobs SET status = 'RUNNING' WHERE id = (SELECT id FROM jobs WHERE status = 'PENDING'"
            " AND type = ? ORDER BY created_at LIMIT 1) RETURNING id",
            type_.value,
        )
        return self.get(rows[0][0]) if rows else None

    def progress(self, job_id: str, percent: int) -> None:
        self._do("UPDATE jobs SET progress = ? WHERE id = ? AND status = 'RUNNING'", percent, job_id)

    def succeed(self, job_id: str, file: Path, media_type: str, words: list[dict[str, Any]]) -> None:
        """Keep what was made. The file is in the job's folder."""
        name = f"{secrets.token_urlsafe(32)}{file.suffix}"
        file.rename(self.folder(job_id) / name)
        self._do(
            "UPDATE jobs SET status = 'SUCCESS', progress = 100, result = ?, media_type = ?, words = ?, ended_at = ?"
            " WHERE id = ? AND status = 'RUNNING'",
            name,
            media_type,
            json.dumps(words),
            time.time(),
            job_id,
        )

    def fail(self, job_id: str, error: str) -> None:
        self._do(
            "UPDATE jobs SET status = 'FAILED', error = ?, ended_at = ?"
            " WHERE id = ? AND status IN ('PENDING', 'RUNNING')",
            error,
            time.time(),
            job_id,
        )

    def release(self, job_id: str) -> None:
        """Nobody needs the job any more: it is forgotten, with all that was made of it."""
        self._do("DELETE FROM jobs WHERE id = ?", job_id)
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def untold(self, now: float) -> list[NodeJob]:
        """Ended jobs whose server has not heard of it, and is to be told by now."""
        return self._found(
            "status IN ('SUCCESS', 'FAILED') AND told = 0 AND callback_url LIKE 'http%' AND next_try <= ?", now
        )

    def told(self, job_id: str) -> None:
        self._do("UPDATE jobs SET told = 1 WHERE id = ?", job_id)

    def tell_later(self, job_id: str, at: float) -> None:
        self._do("UPDATE jobs SET tries = tries + 1, next_try = ? WHERE id = ?", at, job_id)

    def pulled(self) -> list[NodeJob]:
        """Jobs that were fetched, until their server says that it does not want them any more."""
        return self._found("callback_url = ?", PULLED)

    def sweep(self) -> None:
        """Forget what ended long ago."""
        for job in self._found("ended_at < ?", time.time() - KEPT_SECONDS):
            self.release(job.id)

    def note(self, job_id: str, text: str) -> None:
        self._do("UPDATE jobs SET note = ? WHERE id = ?", text, job_id)

    def noted(self, job_id: str) -> str:
        rows = self._ask("SELECT note FROM jobs WHERE id = ?", job_id)
        return rows[0][0] if rows else ""

    def folder(self, job_id: str) -> Path:
        """Where the job's files lie."""
        return self._folder / "jobs" / job_id

    def close(self) -> None:
        with self._lock:
            self._rows.close()

    def _found(self, where: str, *values: Any) -> list[NodeJob]:
        rows = self._ask(f"SELECT {_COLUMNS} FROM jobs WHERE {where} ORDER BY created_at", *values)  # noqa: S608 - ours
        names = _COLUMNS.split(", ")
        return [_job(dict(zip(names, row, strict=True))) for row in rows]

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._rows.execute(statement, values).fetchall()

    def _do(self, statement: str, *values: Any) -> None:
        self._ask(statement, *values)


def _job(row: dict[str, Any]) -> NodeJob:
    data = dict(row)
    data["type"], data["words"], data["told"] = TaskType(row["type"]), json.loads(row["words"]), bool(row["told"])
    return NodeJob(**data)
