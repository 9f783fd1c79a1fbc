"""What the engines of all kinds have in common: hand a request to a node once, and see it through."""

import asyncio
import json
import logging
import zlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from storyreel.engines.backends.remote_node import ID
from storyreel.engines.contracts.engine import Deferred, EngineInfo, Job, Report
from storyreel.engines.contracts.node import KINDS, RemoteNode, Request, Submission, packed
from storyreel.errors import EngineError, EngineUnavailableError, FetchError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """Who was handed the work, and by what id that node knows it; empty until it has answered."""

    node: str = ""
    job: str = ""


class NodeEngine:
    """An engine of one kind, on any of several nodes that make the same of the same request.

    Args:
        nodes: all that there are; those of other kinds are left alone.
    """

    kind: ClassVar[str]
    what: ClassVar[str]
    number: ClassVar[str] = "1"
    """Of the engine itself: grows when the same node would be asked, or its answer read, in another way."""
    max_bytes: ClassVar[int]
    media_types: ClassVar[Collection[str]]

    def __init__(self, *, nodes: Sequence[RemoteNode] = ()) -> None:
        self._nodes = {node.name: node for node in nodes if self.kind in node.kinds}

    @property
    def languages(self) -> tuple[str, ...]:
        return ()

    @property
    def info(self) -> EngineInfo:
        """Another model gives other results, so the models' names are part of the version; the nodes' are not."""
        models = ",".join(sorted({node.model for node in self._nodes.values()})) or "none"
        return EngineInfo(
            id=ID,
            kind=self.kind,
            version=f"{self.number}-{models}",
            title=f"{self.what} by {', '.join(self._nodes) or 'a remote node'}",
            languages=self.languages,
            references=self.kind == "image" and any(node.references for node in self._nodes.values()),
        )

    async def missing(self) -> Sequence[str]:
        """Asks the nodes, for a few seconds at most; one that works is enough."""
        if not self._nodes:
            return [f"A node for {self.kind}: set STORYREEL_NODES."]
        found = await asyncio.gather(*(node.missing() for node in self._nodes.values()))
        return found if all(found) else []

    @property
    def nodes(self) -> Sequence[RemoteNode]:
        return list(self._nodes.values())

    async def made(self, request: Request, job: Job, into: Path) -> Report | Deferred:
        """The result, in `into`, with what else its node reported; or who has the work.

        Raises:
            EngineError: the node failed, or none can be had.
        """
        known = _known(await asyncio.to_thread(job.remembered))
        report = await asyncio.to_thread(job.reported)
        if report is None or report.status == "LOST":
            return await self._not_reported(request, job, into, known, lost=report is not None)
        if report.status == "FAILED":
            await asyncio.to_thread(job.remember, "")
            reason = report.error.strip().rstrip(".") or "it gave no reason"
            raise EngineError(f"The node {known.node} failed: {reason}.", code="node_failed")
        node = self._nodes.get(known.node)
        if node is None:
            raise EngineUnavailableError(
                f"The node {known.node} made it, but is not configured any more.", hint="Set STORYREEL_NODES."
            )
        return await self._fetched(node, report, job, into)

    async def _not_reported(
        self, request: Request, job: Job, into: Path, known: Known, *, lost: bool
    ) -> Report | Deferred:
        node = self._nodes.get(known.node)
        if node is None or lost:
            return await self._handed(request, job, into, avoid=known.node)
        if not known.job:  # a crash or a broken connection came before its answer
            return await self._submitted(node, request, job, into)
        if not node.heartbeat:
            return Deferred(node.name, known.job)
        try:
            said = await node.look(known.job)
        except EngineError as error:
            log.warning("%s It is waited for.", error.message)
            return Deferred(node.name, known.job)
        if said.status == "SUCCESS":
            return await self._fetched(node, said, job, into)
        if said.status in ("FAILED", "LOST"):  # of an earlier task's time, or it would have been reported
            return await self._handed(request, job, into, avoid=known.node)
        job.progress(said.progress)
        return Deferred(node.name, known.job)

    async def _handed(self, request: Request, job: Job, into: Path, *, avoid: str) -> Report | Deferred:
        """Hand the work to the first node that is there. Which one begins follows from the job."""
        names = sorted(self._nodes)
        first = zlib.crc32(job.key.encode()) % max(1, len(names))
        failed: EngineError = EngineUnavailableError(f"There is no node for {self.kind}.", hint="Set STORYREEL_NODES.")
        for name in sorted(names[first:] + names[:first], key=lambda name: name == avoid):
            await asyncio.to_thread(job.handing_over, name)
            await asyncio.to_thread(_remember, job, Known(name))
            try:
                return await self._submitted(self._nodes[name], request, job, into)
            except EngineError as error:
                if error.code not in ("engine_unreachable", "engine_busy"):
                    raise
                failed = error
                await asyncio.to_thread(job.remember, "")
        raise failed

    async def _submitted(self, node: RemoteNode, request: Request, job: Job, into: Path) -> Report | Deferred:
        sent = await asyncio.to_thread(packed, request)
        try:
            said = await node.submit(Submission(job.ticket, KINDS[self.kind], sent), into)
        except EngineError as error:
            if not error.retryable:
                await asyncio.to_thread(job.remember, "")
            raise
        if said.status == "SUCCESS":
            return await self._fetched(node, said, job, into)
        await asyncio.to_thread(_remember, job, Known(node.name, said.job_id))
        return Deferred(node.name, said.job_id)

    async def _fetched(self, node: RemoteNode, report: Report, job: Job, into: Path) -> Report:
        """The result in `into`; nothing is to be done when it came with the answer."""
        if report.result_url is None:
            if await asyncio.to_thread(into.is_file):
                return report
            raise EngineError(f"The node {node.name} made it, but does not say where it is.", code="node_failed")
        try:
            await node.fetch(report.result_url, into, max_bytes=self.max_bytes, media_types=self.media_types)
        except FetchError as error:
            if not error.retryable:
                await asyncio.to_thread(job.remember, "")
            raise EngineError(
                f"What the node {node.name} made cannot be had. {error.message}",
                code=error.code,
                retryable=error.retryable,
                hint=error.hint,
            ) from error
        return report


def _known(note: str) -> Known:
    try:
        return Known(**json.loads(note)) if note else Known()
    except (ValueError, TypeError):
        return Known()  # another engine's note, of the time before the engines were changed


def _remember(job: Job, known: Known) -> None:
    job.remember(json.dumps(asdict(known)))
