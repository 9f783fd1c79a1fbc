"""A node's parts, put together: its memory, its worker, and whoever tells its servers."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from storyreel.domain.task import TaskType
from storyreel.engines.registry import EngineRegistry
from storyreel.node.jobs import Jobs
from storyreel.node.reporting import Reporter
from storyreel.node.worker import Worker

Aside = Callable[["NodeService"], Coroutine[Any, Any, None]]


class NodeService:
    """What runs on a node while it is up; to be started in its event loop.

    Args:
        types: what this node does.
        secret: shared with its server.
        aside: what else runs as long as the node does: fetching work, for one that cannot be reached.
    """

    def __init__(
        self,
        folder: Path,
        engines: EngineRegistry,
        types: tuple[TaskType, ...],
        secret: str,
        aside: Aside | None = None,
    ) -> None:
        self.jobs = Jobs(folder)
        self.engines = engines
        self.worker = Worker(self.jobs, engines, types)
        self._reporter = Reporter(self.jobs, secret)
        self._aside = aside
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.jobs.sweep()
        self.worker.start()
        self._running = [asyncio.create_task(self._reporter.run())]
        if self._aside:
            self._running.append(asyncio.create_task(self._aside(self)))

    async def close(self) -> None:
        """Stop; unfinished jobs are begun again by the next process."""
        for each in self._running:
            each.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await each
        await self.worker.close()
        self.jobs.close()
