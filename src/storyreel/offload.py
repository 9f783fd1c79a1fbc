"""Runs blocking work in child processes: killed when cancelled, reporting progress, never outliving the parent."""

import asyncio
import contextlib
import errno
import os
import pickle
import resource
import signal
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

import anyio
import anyio.to_process
from anyio.from_thread import BlockingPortal

P = ParamSpec("P")
T = TypeVar("T")
Report = Callable[[float], None]

_POLL_SECONDS = 0.2
_NICENESS = 10  # rendering must not slow the server's answers down


async def run(function: Callable[Concatenate[Report, P], T], report: Report, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `function(report, *args)` in a child process and return what it returns.

    At most one child per processor core works at a time; further calls wait. On cancellation the child is killed at
    once. `function`, its arguments and its result must be picklable; its exceptions are raised here.

    Args:
        function: a module-level function whose first argument is a `report(fraction)` callable, 0 … 1.
        report: called in this process with the latest fraction, a few times a second.
    """
    with tempfile.NamedTemporaryFile(prefix="storyreel-progress-") as board:
        payload = pickle.dumps((function, args, kwargs))
        watching = asyncio.create_task(_relay(Path(board.name), report))
        try:
            with _starting:  # several event loops may be the first at once
                pool = _pool()
            outcome = await asyncio.wrap_future(pool.start_task_soon(_in_pool, payload, board.name))
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
    return cast(T, outcome)


async def _in_pool(payload: bytes, board: str) -> object:
    return await anyio.to_process.run_sync(_in_child, payload, board, os.getpid(), cancellable=True)


@contextlib.contextmanager
def spare_memory(most: int) -> Generator[None]:
    """Have what needs more than so many further bytes of memory fail, where the system tells how many are in use.

    For child processes: it holds for all threads.
    """
    in_use = Path("/proc/self/statm")
    if not in_use.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(in_use.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def lacks_room(error: BaseException | None) -> bool:
    """Whether this error came of a disk that is full."""
    while error is not None:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):  # FFmpeg's errors are no OSErrors
            return True
        error = error.__cause__
    return False


def unwatched(_fraction: float) -> None:
    """The report of work that takes a few seconds at most."""


_starting = threading.Lock()


@cache
def _pool() -> BlockingPortal:
    """An event loop of our own: anyio ends a loop's child processes with the task that happened to need them first."""
    ready: Future[BlockingPortal] = Future()

    async def serve() -> None:
        async with BlockingPortal() as portal:
            ready.set_result(portal)
            await portal.sleep_until_stopped()

    def run_loop() -> None:
        # Child processes inherit this. Ctrl-C, and a service manager's SIGTERM, reach every process of the group, but
        # only the parent can stop in good order; it ends its children itself, and they end by themselves without it.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        anyio.run(serve)

    threading.Thread(target=run_loop, name="storyreel-offload", daemon=True).start()
    return ready.result()


async def _relay(board: Path, report: Report) -> None:
    last = -1.0
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        data = board.read_bytes()  # noqa: ASYNC240 - eight bytes from a temporary file
        if len(data) == 8 and (fraction := struct.unpack("d", data)[0]) != last:
            last = fraction
            report(fraction)


def _in_child(payload: bytes, board: str, parent: int) -> object:
    _settle(parent)
    function, args, kwargs = pickle.loads(payload)  # noqa: S301 - our own parent wrote it
    with open(board, "r+b", buffering=0) as out:

        def report(fraction: float) -> None:
            os.pwrite(out.fileno(), struct.pack("d", fraction), 0)

        try:
            return function(report, *args, **kwargs)
        except Exception as error:
            if lacks_room(error):  # what an error came of does not travel with it
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise


_settled = False


def _settle(parent: int) -> None:
    """Once per child: low priority, one thread per numeric library, and a watch on the parent's life."""
    global _settled
    if _settled:
        return
    _settled = True
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(name, "1")
    os.nice(_NICENESS)
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()


def _leave_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
