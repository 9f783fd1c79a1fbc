"""How fast something is once it is warm, and how busy the graphics card was meanwhile."""

import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch


def device(*, tiny: bool) -> str:
    """The card; the processor for a try-out of the scripts.

    Raises:
        SystemExit: neither.
    """
    if torch.cuda.is_available():
        return "cuda:0"
    if tiny:
        return "cpu"
    print("There is no graphics card here: nothing is measured. --tiny tries this script on the processor.")
    raise SystemExit(0)


def seconds_each(run: Callable[[], int], at_least: float) -> float:
    """Seconds per result, over at least so many seconds, after two runs that do not count. `run` says how many."""
    run()
    run()
    _wait()
    made, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < at_least:
        made += run()
        _wait()
    return (time.perf_counter() - begun) / made


@dataclass(slots=True)
class Busy:
    """Percent of the time that the card was at work, as its driver says five times a second."""

    samples: list[int] = field(default_factory=list[int])

    def __str__(self) -> str:
        return f"{statistics.mean(self.samples):.0f} %" if self.samples else "not known"


@contextmanager
def watched_card() -> Iterator[Busy]:
    """Watches the card while the block runs."""
    busy, tool = Busy(), shutil.which("nvidia-smi")
    if tool is None:
        yield busy
        return
    line = [tool, "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--loop-ms=200", "--id=0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        lines = process.stdout
        assert lines
        reader = threading.Thread(target=lambda: busy.samples.extend(int(text) for text in lines))
        reader.start()
        yield busy
        process.terminate()
        reader.join()


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
