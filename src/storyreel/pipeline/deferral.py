"""Work that an engine handed to a remote node instead of doing it at once."""

from typing import Any, Protocol, TypeVar

from storyreel.engines.contracts.engine import Deferred
from storyreel.errors import EngineError

T = TypeVar("T")


class Waited(Protocol):
    """The job of a call that may be deferred. `decided`: its engine was told how the node's work ended."""

    @property
    def ticket(self) -> str: ...

    @property
    def decided(self) -> bool: ...


class HandedOver(Exception):
    """Leaves a recipe through the artifact rule: nothing was made yet, a node will report back."""

    def __init__(self, deferred: Deferred, ticket: str) -> None:
        super().__init__(deferred.job_id)
        self.deferred = deferred
        self.ticket = ticket


def unwrap(result: T | Deferred, job: Waited) -> T:
    """The result itself.

    Raises:
        HandedOver: a node has the work.
        EngineError: the engine waits on, although the node is done with it.
    """
    if isinstance(result, Deferred):
        if job.decided:
            raise EngineError(f"The engine still waits for the node {result.node}, which has reported.")
        raise HandedOver(result, job.ticket)
    return result


def deferred(handed: HandedOver) -> dict[str, Any]:
    """What a recipe returns when a node has the work."""
    work = handed.deferred
    return {"deferred": {"node": work.node, "job": work.job_id, "ticket": handed.ticket}}
