"""Knows which processes are alive, takes over what a dead one held, and mends what a crash left half-recorded."""

import fcntl
import logging
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

from storyreel.errors import UnavailableError

log = logging.getLogger(__name__)

ROUND_SECONDS = 2.0


class ExecutorLock:
    """Proof of life of one process on this machine: a file lock that the system drops when the process dies.

    Unlike a heartbeat it needs no clock and no lease: a restarted server takes over its predecessor's work at once.

    Args:
        folder: where the executors of one data folder keep their locks.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.executor_id = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        fresh = folder / f"{self.executor_id}.new"
        self._file = fresh.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        fresh.rename(folder / f"{self.executor_id}.lock")  # only now may others judge us

    def dead(self) -> list[str]:
        """The ids of executors whose process is gone."""
        return [path.stem for path in self.folder.glob("*.lock") if path.stem != self.executor_id and _unlocked(path)]

    def everybody(self) -> dict[str, bool]:
        """The executors of this machine, and whether each is alive; the dead leave once their work is taken over."""
        dead = set(self.dead())
        return {path.stem: path.stem not in dead for path in self.folder.glob("*.lock")}

    def bury(self, executor_id: str) -> None:
        """Forget a dead executor whose work was taken over."""
        (self.folder / f"{executor_id}.lock").unlink(missing_ok=True)

    async def sure(self) -> None:
        """Returns at once: as long as it lives, nobody else takes it for dead."""

    def release(self) -> None:
        """Leave in good order; work left behind is then taken over like a dead process's."""
        self._file.close()


def _unlocked(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # held; or buried by another process since it was listed
        return False
    return True


class Watch:
    """Calls `round` now and every few seconds until it is stopped; a failing round is logged and tried again."""

    def __init__(self, round_: Callable[[], None], seconds: float = ROUND_SECONDS) -> None:
        self._round, self._seconds = round_, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="storyreel-recovery", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Safe also before `start`."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                self._round()
            except UnavailableError as error:
                log.warning("recovery waits: %s", error)
            except Exception:
                log.exception("recovery round failed")
            self._stop.wait(self._seconds)
