"""What every recipe works with; built by assembly, passed to all."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task, TaskType
from storyreel.engines.registry import EngineRegistry
from storyreel.errors import FetchError, NotFoundError
from storyreel.pipeline.artifacts import Artifacts
from storyreel.store.database import projects, shots
from storyreel.store.database.connection import Database

if TYPE_CHECKING:
    from storyreel.pipeline.durable import Durable
    from storyreel.pipeline.fetch import Fetcher

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`time_limits` are seconds per task type. `node_origins` maps a remote node to where it may serve results from.

    `fetcher` is for addresses that users give: public ones. `node_fetcher` reaches the nodes' origins, often private.
    """

    database: Database
    artifacts: Artifacts
    engines: EngineRegistry
    durable: "Durable"
    fetcher: "Fetcher"
    node_fetcher: "Fetcher"
    time_limits: Mapping[TaskType, float]
    node_origins: Mapping[str, str]

    async def read(self, query: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one repository function in a read transaction, off the event loop."""

        def work() -> T:
            with self.database.read() as connection:
                return query(connection, *args, **kwargs)

        return await asyncio.to_thread(work)

    async def write(self, change: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one function in a write transaction, off the event loop."""

        def work() -> T:
            with self.database.write() as connection:
                return change(connection, *args, **kwargs)

        return await asyncio.to_thread(work)

    async def project(self, project_id: str) -> Project:
        """The project; a recipe whose project was deleted meanwhile ends here."""
        found = await self.read(projects.get, project_id)
        if found is None:
            raise NotFoundError("The project was deleted.", code="project_not_found")
        return found

    async def shot(self, shot_id: str | None) -> Shot:
        """The shot; a recipe whose shot was deleted meanwhile ends here."""
        found = await self.read(shots.get, shot_id or "")
        if found is None:
            raise NotFoundError("The shot was deleted.", code="shot_not_found")
        return found

    async def fetch_result(
        self, task: Task, url: str, into: Path, *, max_bytes: int, media_types: Collection[str]
    ) -> None:
        """Fetch what a remote node made for a task that it holds: from that node's registered origin only.

        Raises:
            FetchError: the node has no registered origin, the URL is not of it, or the file cannot be had.
        """
        origin = self.node_origins.get(task.node or "")
        if origin is None:
            raise FetchError(
                f"The node {task.node} has no registered origin.",
                code="fetch_refused",
                hint="Set STORYREEL_NODE_ORIGINS.",
            )
        await self.node_fetcher.fetch(url, into, max_bytes=max_bytes, media_types=media_types, origin=origin)
