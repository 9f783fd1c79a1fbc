"""A job from submission to its file: on the server with least to do, watched, found again after a crash, cancelled."""

import asyncio
import json
import logging
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from storyreel.engines.backends.comfyui.outputs import chosen, execution_fault, refusal
from storyreel.engines.backends.comfyui.server import Comfy, File
from storyreel.engines.backends.comfyui.watching import News
from storyreel.engines.backends.comfyui.workflow import Workflow
from storyreel.engines.contracts.engine import Job
from storyreel.errors import EngineError

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""How long a server that holds a job may be away: it may be starting anew, though then it has forgotten the job."""
PROBE_SECONDS = 5.0
_CANCEL_SECONDS = 2.0
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """A workflow to run with these values, and these pictures, by name; `extensions` are those of the file wanted."""

    workflow: Workflow
    values: Mapping[str, Any]
    pictures: Mapping[str, Path]
    extensions: Collection[str]


@dataclass(frozen=True, slots=True)
class _Held:
    """A job that a server has; its id is also that of the client who listens for it."""

    server: Comfy
    id: str


class Servers:
    """The servers that may be asked, of which any will do."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = tuple(address.rstrip("/") for address in addresses)
        self._ours: Counter[str] = Counter()

    async def answering(self, session: aiohttp.ClientSession) -> dict[Comfy, int]:
        """Those that answer, with how many jobs of others they have.

        Raises:
            EngineError: none does.
        """
        asked = [Comfy(address, session) for address in self.addresses]
        loads = await asyncio.gather(*map(self._load, asked))
        found = {server: load for server, load in zip(asked, loads, strict=True) if load is not None}
        if not found:
            raise EngineError(
                f"No ComfyUI server answers: {', '.join(self.addresses) or 'none is named'}.",
                code="engine_unreachable",
                retryable=True,
                hint="Start one, or correct STORYREEL_COMFYUI_URLS.",
            )
        return found

    def idlest(self, loads: Mapping[Comfy, int]) -> Comfy:
        """The one with least to do now, our jobs and others'."""
        return min(loads, key=lambda server: loads[server] + self._ours[server.address])

    def taken_on(self, server: Comfy) -> None:
        """A job of ours goes there, and is counted before the server itself can."""
        self._ours[server.address] += 1

    def done_with(self, server: Comfy) -> None:
        """A job of ours there has ended, or was not taken."""
        self._ours[server.address] -= 1

    async def _load(self, server: Comfy) -> int | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return max(0, len(await server.queue()) - self._ours[server.address])
        except (EngineError, TimeoutError) as error:
            log.info("a ComfyUI server is left out: %s", error or server.name)
            return None


async def made(session: aiohttp.ClientSession, servers: Servers, order: Order, job: Job) -> tuple[Comfy, File]:
    """The file that comes of an order, and the server that has it.

    Called again for the same work, it goes on with the job that it submitted before.

    Raises:
        EngineError: a server refuses the workflow, or failed at it; retryable when the same call may yet succeed.
    """
    try:
        held = await _found_again(session, servers, job) or await _submitted(session, servers, order, job)
        try:
            return held.server, await _file(held, order, job)
        finally:
            servers.done_with(held.server)
    except asyncio.CancelledError:
        if not await asyncio.to_thread(job.wanted):
            await _given_up(await asyncio.to_thread(_kept, session, servers, job))
            await asyncio.to_thread(job.remember, "")
        raise


async def _file(held: _Held, order: Order, job: Job) -> File:
    news = News(held.id, len(order.workflow.nodes), job.progress)
    listening = asyncio.create_task(news.follow(held.server))
    try:
        outputs = await _outputs(held, order.workflow, news)
        return chosen(held.server, outputs, order.workflow, order.extensions)
    except EngineError:
        await asyncio.to_thread(job.remember, "")
        raise
    finally:
        listening.cancel()


def _kept(session: aiohttp.ClientSession, servers: Servers, job: Job) -> _Held | None:
    """The job that was submitted before, if to one of these servers."""
    kept = json.loads(job.remembered() or "{}")
    return _Held(Comfy(kept["server"], session), kept["prompt_id"]) if kept.get("server") in servers.addresses else None


async def _found_again(session: aiohttp.ClientSession, servers: Servers, job: Job) -> _Held | None:
    """The job that was submitted before, if its server still knows it."""
    held = await asyncio.to_thread(_kept, session, servers, job)
    if held is None:
        return None
    try:
        known = await _patiently(lambda: _in_line(held)) or await held.server.history(held.id)
    except EngineError as error:
        log.warning("its job is given up: %s", error.message)
        return None
    if not known:
        return None
    servers.taken_on(held.server)
    return held


async def _in_line(held: _Held) -> bool:
    queue = await held.server.queue()
    return held.id in (*queue.running, *queue.pending)


async def _submitted(session: aiohttp.ClientSession, servers: Servers, order: Order, job: Job) -> _Held:
    """Hand the order to the first server that takes it."""
    loads = await servers.answering(session)
    while True:
        server = servers.idlest(loads)
        servers.taken_on(server)
        try:
            return await _handed_in(server, order, job)
        except BaseException as error:
            servers.done_with(server)
            del loads[server]
            if not isinstance(error, EngineError) or not error.retryable or not loads:
                raise
            log.warning("the next server is asked: %s", error.message)


async def _handed_in(server: Comfy, order: Order, job: Job) -> _Held:
    names: dict[str, str] = {}
    for name, picture in order.pictures.items():
        names[name] = await server.upload(picture, f"{job.key[:16]}-{name}{picture.suffix}")
    held = _Held(server, str(uuid.uuid4()))
    # Before it is sent, so that whatever happens in that moment, the server can be asked whether it has it.
    await asyncio.to_thread(job.remember, json.dumps({"server": server.address, "prompt_id": held.id}))
    status, answer = await server.submit(order.workflow.filled({**order.values, **names}), held.id, held.id)
    if status != 200:
        await asyncio.to_thread(job.remember, "")
        raise refusal(server, status, answer, order.workflow)
    given = str(answer.get("prompt_id") or held.id)
    if given != held.id:  # servers from before 2025 choose the id themselves
        await asyncio.to_thread(job.remember, json.dumps({"server": server.address, "prompt_id": given}))
    return _Held(server, given)


async def _outputs(held: _Held, workflow: Workflow, news: News) -> dict[str, Any]:
    """What the nodes put out, once the job has ended.

    Raises:
        EngineError: it failed, or the server lost it.
    """
    while True:
        ended = await _patiently(lambda: _ended(held))
        if ended is not None:
            if fault := execution_fault(held.server, ended, workflow):
                raise fault
            return ended.get("outputs") or {}
        await news.wait()


async def _ended(held: _Held) -> dict[str, Any] | None:
    """The record of a job that has ended; None while it has not."""
    ended = await held.server.history(held.id)
    if ended is None and not await _in_line(held):
        ended = await held.server.history(held.id)  # it may have ended between the two looks
        if ended is None:
            raise EngineError(
                f"ComfyUI at {held.server.name} has forgotten the job, as it does when it is started anew.",
                retryable=True,
            )
    return ended


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer of a server that may be away for a while.

    Raises:
        EngineError: it stays away, or it is another error.
    """
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except EngineError as error:
            if error.code not in ("engine_unreachable", "engine_busy") or asyncio.get_running_loop().time() > until:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


async def _given_up(held: _Held | None) -> None:
    """Tell the server that nobody waits any more; it need not listen."""
    if held is None:
        return
    try:
        async with asyncio.timeout(_CANCEL_SECONDS):
            await held.server.cancel(held.id)
    except (EngineError, TimeoutError) as error:
        log.warning("job %s was not cancelled at %s: %s", held.id, held.server.name, error)
