"""What all engines share: who they are, what they can, and the job that they report to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storyreel.domain.film import WordTime


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """`id` is unique per kind; `version` changes whenever the same request would give another result.

    `max_batch` is how many requests one call takes at most. `languages` is empty when language does not matter.
    `immediate` video engines answer at once and for free, with frames still to be drawn or a camera over a still: a
    film asks them when it is cut, and encodes no clip of each shot first.
    `at_once` is how many calls it wants at work at once, because it makes them together; 0 leaves that to the cores.
    `references` image engines take pictures of the characters to go by.
    """

    id: str
    kind: str
    version: str
    title: str
    languages: tuple[str, ...] = ()
    max_batch: int = 1
    immediate: bool = False
    at_once: int = 0
    references: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a remote node says of a job.

    `status` is PENDING or RUNNING while it is at work, SUCCESS or FAILED at the end, and LOST when nobody knows of the
    job any more. `result_url` is where the result lies; `error` why there is none; `words` when each word of a voice is
    spoken; `progress` how far it is, 0 … 1. `job_id` is the node's own id for it.
    """

    status: str
    job_id: str = ""
    result_url: str | None = None
    error: str = ""
    words: tuple[WordTime, ...] = ()
    progress: float = 0.0


class Job(Protocol):
    """The engine's side of one call. Cancellation arrives as `asyncio.CancelledError` at any await."""

    @property
    def key(self) -> str:
        """Stable over retries and restarts of the same work: pass it on as the provider's idempotency key."""
        ...

    @property
    def ticket(self) -> str:
        """What a remote node calls the work by when it reports (`task_id`); another one each time a person asks."""
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

    def handing_over(self, node: str) -> None:
        """Say that the work is about to be handed to this node, which may report before it has even answered. Blocks
        for a moment.
        """
        ...

    def reported(self) -> Report | None:
        """How the node that was named by `handing_over` says that the work ended; None while it is silent. Blocks for
        a moment.
        """
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
    """The work was handed to a remote node, which will report back later; `job_id` is the node's own id for it.

    The engine is called again with the same request and a job of the same key as soon as there are news: a report, a
    look at the node that found it changed, or the deadline, which reads as a failure that was reported.
    """

    node: str
    job_id: str


class Engine(Protocol):
    """Anything that the registry lists."""

    @property
    def info(self) -> EngineInfo: ...

    async def missing(self) -> Sequence[str]:
        """What keeps the engine from running here, each with how to get it; empty when it is ready."""
        ...
