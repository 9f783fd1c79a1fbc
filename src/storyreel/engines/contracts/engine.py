"""What all engines share: who they are, what they can, and the job that they report to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """`id` is unique per kind; `version` changes whenever the same request would give another result.

    `max_batch` is how many requests one call takes at most. `languages` is empty when language does not matter.
    `immediate` video engines answer at once and for free, with frames still to be drawn or a camera over a still: a
    film asks them when it is cut, and encodes no clip of each shot first.
    `references` image engines take pictures of the characters to go by.
    """

    id: str
    kind: str
    version: str
    title: str
    languages: tuple[str, ...] = ()
    max_batch: int = 1
    immediate: bool = False
    references: bool = False


class Job(Protocol):
    """The engine's side of one call. Cancellation arrives as `asyncio.CancelledError` at any await."""

    @property
    def key(self) -> str:
        """Stable over retries and restarts of the same work: pass it on as the provider's idempotency key."""
        ...

    @property
    def folder(self) -> Path:
        """An empty folder of this call's own; files left there that no result names are deleted."""
        ...

    def remember(self, text: str) -> None:
        """Keep a short text over retries, crashes and restarts of the same work, such as the provider's id of a job
        that must not be paid twice; an empty one forgets it. Blocks for a moment.
        """
        ...

    def remembered(self) -> str:
        """The text that was kept; empty when there is none. Blocks for a moment."""
        ...

    def wanted(self) -> bool:
        """Whether the work goes on later where it is left now: this process stops, or time is up, but nobody cancelled
        it. To be asked when `CancelledError` arrives, by engines whose work goes on elsewhere. Blocks for a
        moment.
        """
        ...

    def progress(self, fraction: float) -> None:
        """Say how far the work is, 0 … 1. Cheap; safe from any thread; call it as often as is natural."""
        ...


@dataclass(frozen=True, slots=True)
class Deferred:
    """The work was handed to a remote node, which will report back later; `job_id` is the node's own id for it."""

    node: str
    job_id: str


class Engine(Protocol):
    """Anything that the registry lists."""

    @property
    def info(self) -> EngineInfo: ...

    async def missing(self) -> Sequence[str]:
        """What keeps the engine from running here, each with how to get it; empty when it is ready."""
        ...
