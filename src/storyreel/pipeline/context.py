"""What every recipe works with; built by assembly, passed to all."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec, TypeVar

import sqlalchemy as sa

from storyreel.domain.project import Project
from storyreel.domain.shot import Shot
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.node import RemoteNode
from storyreel.engines.registry import EngineRegistry
from storyreel.errors import NotFoundError
from storyreel.pipeline.artifacts import Artifacts
from storyreel.store.database import projects, shots
from storyreel.store.database.connection import Database

if TYPE_CHECKING:
    from storyreel.pipeline.durable import Durable
    from storyreel.pipeline.fetch import Fetcher

P = ParamSpec("P")
T = TypeVar("T")


class Quotas(NamedTuple):
    """What one user may have: tasks that wait to be begun, and projects. 0: any number."""

    waiting: int
    projects: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`time_limits` are seconds per task type; `node_timeout` those that a remote node may take.

    `fetcher` is for addresses that users give: public ones. `nodes` are the remote nodes by name.
    """

    database: Database
    artifacts: Artifacts
    engines: EngineRegistry
    durable: "Durable"
    fetcher: "Fetcher"
    time_limits: Mapping[TaskType, float]
    nodes: Mapping[str, RemoteNode]
    node_timeout: float
    quotas: Quotas

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
