"""What a command costs, with all the processes that it starts: wall time, processor time, memory. Linux only."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`wall` and `cpu` (user and system, of all processes) in seconds, `peak` memory of all processes in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(command: list[str], folder: Path, marked: bool) -> Cost:
    """Run a command in a folder. `marked`: it says `begin` and `end` on a line each, and only what is between counts.

    One that says only `end` is measured from its start. Without marks a command must wait for all that it starts.

    Raises:
        RuntimeError: it failed; the message has the end of what it complained.
    """
    with tempfile.TemporaryFile() as complaints:
        begun = time.perf_counter()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": complaints}
        process = subprocess.Popen(command, cwd=folder, env=_environment(), **pipes)
        with _Memory(process.pid) as memory:
            cost = _between_marks(process, memory) if marked else None
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        if process.returncode:
            complaints.seek(0)
            raise RuntimeError(f"{command[:3]} failed: {complaints.read().decode(errors='replace')[-2000:]}")
    return cost or Cost(wall, usage.ru_utime + usage.ru_stime, memory.peak)


def _between_marks(process: "subprocess.Popen[bytes]", memory: "_Memory") -> Cost | None:
    marks = [(time.perf_counter(), 0.0)]
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() in (b"begin", b"end"):
            marks.append((time.perf_counter(), sum(_cpu(pid) for pid in _tree(process.pid))))
            memory.peak = 0.0 if line.strip() == b"begin" else memory.peak
            if line.strip() == b"end":
                (begun, before), (ended, after) = marks[-2:]
                cost = Cost(ended - begun, after - before, memory.look())
                _answer(process.stdin)
                return cost
            _answer(process.stdin)
    return None


def _answer(stdin: IO[bytes]) -> None:
    stdin.write(b"\n")
    stdin.flush()


class _Memory:
    """Looks at the memory of a process and its descendants now and then; shared pages count once."""

    def __init__(self, pid: int) -> None:
        self.peak = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def look(self) -> float:
        """The peak so far, now included."""
        self.peak = max(self.peak, sum(_proportional_mib(pid) for pid in _tree(self._pid)))
        return self.peak

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self.look()


def _tree(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (the name before it may hold anything)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    """Seconds of a process and of its children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / _TICKS


def _proportional_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _environment() -> dict[str, str]:
    """One thread for each numeric library: parallelism is the contender's own."""
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
    return os.environ | single | {"PYTHONPATH": str(Path(__file__).parent.parent)}
