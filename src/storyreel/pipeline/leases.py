"""Knows which processes are alive where machines share a database: each renews a row there, by the database's clock."""

import asyncio
import logging
import os
import platform
import re
import threading
import time
from collections.abc import Callable

from storyreel.errors import UnavailableError
from storyreel.pipeline.recovery import ExecutorLock
from storyreel.store.database import executors
from storyreel.store.database.connection import Database

log = logging.getLogger(__name__)

LEASE_SECONDS = 15.0
"""Who has not renewed it for so long is dead to all others; its work is taken over a few seconds later."""
BEAT_SECONDS = 2.0
_A_BREAK = 3 * BEAT_SECONDS
_FENCED = 75
"""The exit status (EX_TEMPFAIL) of a process that others took for dead: whoever started it should start it again."""


class ExecutorLease:
    """Proof of life of one process, on whatever machine. See `ExecutorLock` for those of one machine alone.

    Nobody is judged by a process that has not itself reached the database all through the last lease: when that was
    away, everybody's rows are old. A process that stalled begins nothing new until it knows that it still counts as
    alive (`sure`), and ends at once when it does not.

    Whoever shares a data folder with a dead process, its successor above all, need not wait for that: its lock fell.

    Args:
        url: the database. It is renewed over a connection of its own, which no request can keep busy.
        lock: this process's among those of its data folder.
        suspects: whoever may have left something behind: the executors that have runs at work, dead or alive.
        fence: ends the process.
    """

    def __init__(
        self,
        url: str,
        lock: ExecutorLock,
        suspects: Callable[[], set[str]],
        fence: Callable[[], None] = lambda: os._exit(_FENCED),
    ) -> None:
        self._lock = lock
        self.executor_id = _known_as(lock.executor_id)
        self._database, self._suspects, self._fence = Database(url), suspects, fence
        with self._database.write_apart() as connection:
            executors.register(connection, self.executor_id)
        self._renewed = self._steady_since = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="storyreel-lease", daemon=True)
        self._thread.start()

    def dead(self) -> list[str]:
        """The suspects whose process is gone, or cut off."""
        suspects = self._suspects()  # asked for first: whoever takes work has registered before
        fallen = self._lock.dead()
        if fallen or self._may_judge():
            with self._database.write_apart() as connection:
                if self._may_judge():
                    executors.judge(connection, LEASE_SECONDS)
                for here in fallen:
                    executors.leave(connection, _known_as(here))
        for here in fallen:
            self._lock.bury(here)
        with self._database.read() as connection:
            return sorted(suspects - {self.executor_id, *executors.living(connection)})

    def everybody(self) -> dict[str, bool]:
        """The executors that are alive, on all machines."""
        with self._database.read() as connection:
            return dict.fromkeys(sorted(executors.living(connection)), True)

    def bury(self, executor_id: str) -> None:
        """Nothing is kept of the dead."""

    async def sure(self) -> None:
        """Returns once this process surely counts as alive: at once, unless it stalled or the database is away."""
        while time.monotonic() - self._renewed > LEASE_SECONDS:  # noqa: ASYNC110 - a thread renews it
            await asyncio.sleep(BEAT_SECONDS / 10)

    def release(self) -> None:
        """Leave in good order; work left behind is taken over at once."""
        self._stop.set()
        self._thread.join(timeout=30)
        try:
            with self._database.write_apart() as connection:
                executors.leave(connection, self.executor_id)
        except UnavailableError:
            log.warning("the database does not answer; what was at work here is taken over a little later")
        self._database.close()
        self._lock.release()

    def _may_judge(self) -> bool:
        now = time.monotonic()
        return now - self._renewed < _A_BREAK and now - self._steady_since > LEASE_SECONDS

    def _live(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._renew()
            except UnavailableError as error:
                log.warning("the lease of this process could not be renewed: %s", error)
            except Exception:
                log.exception("the lease of this process could not be renewed")

    def _renew(self) -> None:
        with self._database.write_apart() as connection:
            alive = executors.beat(connection, self.executor_id)
        if not alive:
            log.critical("this process stalled, and others have taken its work over: it ends")
            self._fence()
            return
        now = time.monotonic()
        if now - self._renewed > _A_BREAK:
            self._steady_since = now  # before the next line: else others would be judged in between
        self._renewed = now


def _known_as(here: str) -> str:
    """What others call an executor of this machine."""
    machine = re.sub(r"[^\w.-]", "", platform.node())[:30] or "unnamed"
    return f"{machine}-{here}"
