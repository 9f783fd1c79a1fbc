"""Works off the node's jobs, one of each kind at a time, and can be told to stop one."""

import asyncio
import contextlib
import logging
from pathlib import Path

from storyreel.domain.task import TaskType
from storyreel.engines.contracts.engine import Report
from storyreel.engines.contracts.node import unpacked
from storyreel.engines.registry import EngineRegistry
from storyreel.errors import EngineUnavailableError, StoryreelError
from storyreel.node.jobs import Jobs, NodeJob
from storyreel.node.making import make

log = logging.getLogger(__name__)


class LocalJob:
    """The `Job` of an engine call on a node."""

    def __init__(self, jobs: Jobs, job: NodeJob, folder: Path) -> None:
        self.key = self.ticket = job.ticket
        self.folder = folder
        self._jobs = jobs
        self._id = job.id
        self._percent = 0

    def remember(self, text: str) -> None:
        self._jobs.note(self._id, text)

    def remembered(self) -> str:
        return self._jobs.noted(self._id)

    def handing_over(self, node: str) -> None:
        """Refuses: a node works itself."""
        raise EngineUnavailableError(f"A node hands nothing to another one, {node}.")

    def reported(self) -> Report | None:
        return None

    def wanted(self) -> bool:
        job = self._jobs.get(self._id)
        return job is not None and not job.ended

    def progress(self, fraction: float) -> None:
        percent = min(99, int(fraction * 100))
        if percent > self._percent:
            self._percent = percent
            self._jobs.progress(self._id, percent)


class Worker:
    """Runs in one event loop.

    Args:
        types: what this node does.
    """

    def __init__(self, jobs: Jobs, engines: EngineRegistry, types: tuple[TaskType, ...]) -> None:
        self.jobs = jobs
        self.engines = engines
        self.types = types
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._lines: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._lines = [asyncio.create_task(self._line(type_)) for type_ in self.types]

    def look(self) -> None:
        """There may be a new job."""
        self._news.set()

    async def release(self, job: NodeJob) -> None:
        """Nobody needs the job any more: stop it, and forget it."""
        await asyncio.to_thread(self.jobs.fail, job.id, "Cancelled.")
        work = self._at_work.get(job.id)
        if work:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await asyncio.to_thread(self.jobs.release, job.id)

    async def close(self) -> None:
        """Leave what is at work to the next process."""
        for line in [*self._lines, *self._at_work.values()]:
            line.cancel()
        await asyncio.gather(*self._lines, *self._at_work.values(), return_exceptions=True)

    async def _line(self, type_: TaskType) -> None:
        while True:
            job = await asyncio.to_thread(self.jobs.begin, type_)
            if job is None:
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await self._news.wait()
                continue
            work = self._at_work[job.id] = asyncio.create_task(self._work(job))
            await asyncio.wait([work])
            del self._at_work[job.id]

    async def _work(self, job: NodeJob) -> None:
        folder = self.jobs.folder(job.id)
        log.info("job %s (%s): begun", job.id, job.type)
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            sent = await asyncio.to_thread(self.jobs.request, job.id)
            request = await asyncio.to_thread(unpacked, job.type, sent, folder)
            made = await make(self.engines, job.type, request, LocalJob(self.jobs, job, folder))
            await asyncio.to_thread(self.jobs.succeed, job.id, made.file, made.media_type, made.words)
            log.info("job %s: done", job.id)
        except StoryreelError as error:
            log.warning("job %s failed: %s", job.id, error.message)
            await asyncio.to_thread(self.jobs.fail, job.id, f"{error.message} {error.hint}".strip())
        except Exception:
            log.exception("job %s failed unexpectedly", job.id)
            await asyncio.to_thread(self.jobs.fail, job.id, "Something went wrong inside the node; its log has it.")
