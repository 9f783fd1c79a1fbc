"""Work that an engine handed to a remote node instead of doing it at once."""

from typing import Any, TypeVar

from storyreel.engines.contracts.engine import Deferred

T = TypeVar("T")


class HandedOver(Exception):
    """Leaves a recipe through the artifact rule: nothing was made yet, a node will report back."""

    def __init__(self, deferred: Deferred) -> None:
        super().__init__(deferred.job_id)
        self.deferred = deferred


def unwrap(result: T | Deferred) -> T:
    """The result itself.

    Raises:
        HandedOver: a node has the work.
    """
    if isinstance(result, Deferred):
        raise HandedOver(result)
    return result


def deferred(handed: HandedOver) -> dict[str, Any]:
    """What a recipe returns when a node has the work."""
    return {"deferred": {"node": handed.deferred.node, "job_id": handed.deferred.job_id}}
