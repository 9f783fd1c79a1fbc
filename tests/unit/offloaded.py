"""What test_offload.py has done in child processes."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from storyreel.errors import MediaError

Report = Callable[[float], None]


def count(report: Report, steps: int) -> int:
    for step in range(steps):
        report(step / steps)
        time.sleep(0.1)
    report(1.0)
    time.sleep(0.5)
    return steps


def fail(_report: Report, message: str) -> None:
    raise MediaError(message, code="media_odd", hint="Look at it.", retryable=True)


def crash(_report: Report) -> None:
    os._exit(3)


def hang(_report: Report, file: Path) -> None:
    file.write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)


def describe(_report: Report) -> dict[str, object]:
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    threads = os.environ["OMP_NUM_THREADS"]
    return {"pid": os.getpid(), "nice": os.nice(0), "blocked": sorted(blocked), "threads": threads}


def overlap(_report: Report, folder: Path, number: int) -> int:
    """How many calls were at work when this one had begun."""
    mine = folder / str(number)
    mine.touch()
    time.sleep(0.3)
    at_work = len(list(folder.iterdir()))
    mine.unlink()
    return at_work
