"""What is on record, looked at all the time: what a kill left behind, when it was taken over, what was done twice."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from house import Life

LOOK_SECONDS = 0.25
_AT_WORK = "SELECT workflow_uuid FROM dbos.workflow_status WHERE status = 'PENDING' AND executor_id LIKE %s"
_WAITING = """
SELECT id FROM tasks WHERE status = 'PENDING'
AND NOT EXISTS (SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = tasks.id)
"""
_NOT_TAKEN_OVER = """
SELECT count(*) FROM dbos.workflow_status
WHERE workflow_uuid = ANY(%s) AND (status = 'ENQUEUED' OR status = 'PENDING' AND executor_id LIKE %s)
"""
_TWICE = {
    "end of one task": """
        SELECT data->>'id' FROM events WHERE kind = 'task' AND data->>'status' IN ('SUCCESS', 'FAILED')
        GROUP BY 1 HAVING count(*) > 1""",
    "film of one project": "SELECT project_id FROM films GROUP BY 1 HAVING count(*) > 1",
    "take of one shot": "SELECT shot_id || kind FROM versions GROUP BY shot_id, kind HAVING count(*) > 1",
    "task for one thing": """
        SELECT project_id || type || coalesce(shot_id, '') FROM tasks
        GROUP BY project_id, type, shot_id HAVING count(*) > 1""",
}


@dataclass
class Death:
    """What a process left behind when it died.

    Attributes:
        at: when that was, by this machine's steady clock; `taken_over` and `answering` are by the same one.
        left: the runs that it had at work.
        unstarted: tasks on record that had no run yet.
        door: where it is to answer again, if it is a server.
    """

    life: Life
    at: float
    left: list[str]
    unstarted: list[str]
    door: str | None
    taken_over: float | None = None
    answering: float | None = None

    @property
    def over(self) -> bool:
        return self.taken_over is not None and (self.answering is not None or self.door is None)


@dataclass
class Calls:
    """The engines' calls, by the key of what they make."""

    begun: Counter[str] = field(default_factory=Counter[str])
    cut_short: Counter[str] = field(default_factory=Counter[str])
    doubled: list[str] = field(default_factory=list[str])


class Ledger:
    """Looks at the rows and journals until it is closed.

    Args:
        url: the database.
        folder: where the journals are.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.deaths: list[Death] = []
        self.calls = Calls()
        self.lost: list[str] = []
        self._connection = psycopg.connect(url, autocommit=True)
        self._folder = folder
        self._read: Counter[Path] = Counter()
        self._recorded: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def bury(self, life: Life, door: str | None) -> None:
        """Note what a process that has just died left behind."""
        at = time.monotonic()
        with self._lock:
            left = [run for (run,) in self._ask(_AT_WORK, f"%{life.executor}%")]
            unstarted = [task for (task,) in self._ask(_WAITING)]
            self._look()
            begun = [line.split()[-1] for line in life.journal.read_text().splitlines() if line.startswith("begin")]
            self.calls.cut_short.update(key for key in set(begun) if key not in self._recorded)
            for earlier in self.deaths:
                if door and earlier.door == door and earlier.answering is None:
                    earlier.door = None  # killed again before it could answer
            self.deaths.append(Death(life, at, left, unstarted, door))

    def close(self) -> None:
        self._closing.set()
        self._watcher.join()
        self._connection.close()

    def doubled_calls(self) -> list[str]:
        """Keys that were asked for again though on record, or oftener than kills can excuse."""
        with self._lock:
            begun, cut_short = self.calls.begun, self.calls.cut_short
            oftener = [f"{key}: {times} times" for key, times in begun.items() if times > 1 + cut_short[key]]
            return [*self.calls.doubled, *oftener]

    def doubled_results(self) -> list[str]:
        return [f"a second {what}: {one}" for what, query in _TWICE.items() for (one,) in self._ask(query)]

    def counts(self) -> dict[str, int]:
        """How many of each there are on record."""
        return {
            table: self._ask(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our own tables
            for table in ("projects", "tasks", "artifacts", "films")
        }

    def _ask(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        return self._connection.execute(query.encode(), values or None).fetchall()

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            with self._lock:
                self._look()
                for death in self.deaths:
                    if not death.over:
                        self._follow(death)

    def _look(self) -> None:
        """Read what is on record, and then the calls since the last look, held against what was on record by then."""
        recorded = dict(self._ask("SELECT key, digest FROM artifacts"))
        ended = dict(self._ask("SELECT id, status || coalesce(result::text, '') FROM tasks WHERE status = 'SUCCESS'"))
        for journal in sorted(self._folder.glob("*.calls")):
            lines = journal.read_text().splitlines()
            for line in lines[self._read[journal] :]:
                what, _, key = line.split()
                if what == "begin":
                    self.calls.begun[key] += 1
                    if key in self._recorded:
                        self.calls.doubled.append(f"{key}, on record, by {journal.stem}")
            self._read[journal] = len(lines)
        self.lost += [f"artifact {key}" for key in self._recorded.keys() - recorded.keys()]
        self.lost += [f"artifact {key}: changed" for key, was in self._recorded.items() if recorded.get(key) != was]
        self.lost += [f"end of task {id_}" for id_, was in self._ended.items() if ended.get(id_) != was]
        self._recorded, self._ended = recorded, ended

    def _follow(self, death: Death) -> None:
        now = time.monotonic()
        if death.taken_over is None:
            waiting = set(death.unstarted) & {task for (task,) in self._ask(_WAITING)} if death.unstarted else ()
            (still,) = self._ask(_NOT_TAKEN_OVER, death.left, f"%{death.life.executor}%")[0] if death.left else (0,)
            if not still and not waiting:
                death.taken_over = now
        if death.answering is None and death.door and _answers(death.door):
            death.answering = now


def _answers(door: str) -> bool:
    try:
        return httpx.get(f"{door}/healthz", timeout=1).is_success
    except httpx.TransportError:
        return False
