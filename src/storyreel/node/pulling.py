"""Fetches work from a server that cannot reach this node, and brings the results back: no tunnel is needed."""

import asyncio
import hashlib
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from storyreel.domain.task import TaskType
from storyreel.node.jobs import PULLED, NodeJob
from storyreel.node.reporting import report_of, signed
from storyreel.node.service import NodeService

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
LONGEST_PAUSE = 30.0
TIMEOUT = aiohttp.ClientTimeout(total=3600, sock_connect=10, sock_read=60)
_FINAL = frozenset({400, 404, 409, 410, 413, 422})


class Puller:
    """Asks again and again: what is there to do, what is not wanted any more.

    Args:
        server: its address.
        name: what it calls this node.
        secret: shared with it.
    """

    def __init__(self, server: str, name: str, secret: str) -> None:
        self._server = server.rstrip("/")
        self._name = quote(name, safe="")
        self._secret = secret

    async def run(self, service: NodeService) -> None:
        """Go on until cancelled."""
        pause = ROUND_SECONDS
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            while True:
                try:
                    await self._round(service, session)
                    pause = ROUND_SECONDS
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                    pause = min(LONGEST_PAUSE, pause * 2)
                    log.warning("the server cannot be asked (%s); again in %.0f s", error, pause)
                await asyncio.sleep(pause)

    async def _round(self, service: NodeService, session: aiohttp.ClientSession) -> None:
        held = await asyncio.to_thread(service.jobs.pulled)
        for job in held:
            if job.ended and not job.told:
                await self._bring(service, session, job)
        mine = [{"task_id": job.ticket, "progress": job.progress} for job in held]
        room = max(0, 2 * len(service.worker.types) - sum(not job.ended for job in held))
        asked = {"types": [str(type_) for type_ in service.worker.types], "working": mine, "room": room}
        told = await self._post(session, f"/api/nodes/{self._name}/claim", asked)
        for ticket in told["unwanted"]:
            job = await asyncio.to_thread(service.jobs.by_ticket, ticket)
            if job:
                await service.worker.release(job)
        for offer in told["jobs"]:
            await asyncio.to_thread(
                service.jobs.take, offer["task_id"], TaskType(offer["type"]), offer["request"], PULLED, ""
            )
            service.worker.look()

    async def _bring(self, service: NodeService, session: aiohttp.ClientSession, job: NodeJob) -> None:
        """Upload what was made, then report it; the server forgets neither."""
        where = f"/api/nodes/{self._name}/results/{job.ticket}"
        found = await asyncio.to_thread(service.jobs.result, job.result or "")
        try:
            if found:
                await self._put(session, where, found[0])
            await self._post(session, "/api/webhook/task_complete", report_of(job, f"{self._server}{where}"))
        except aiohttp.ClientResponseError as error:
            if error.status not in _FINAL:
                raise
            log.warning("job %s: the server does not want it: %d", job.id, error.status)
        await asyncio.to_thread(service.jobs.told, job.id)

    async def _put(self, session: aiohttp.ClientSession, path: str, file: Path) -> None:
        """Send a file. What is signed is its digest: the signature of Standard Webhooks is over text."""
        described = await asyncio.to_thread(_described, file)
        headers = signed(self._secret, described) | {
            "content-type": "application/octet-stream",
            "x-storyreel-upload": described.decode(),
        }
        with file.open("rb") as content:
            async with session.put(f"{self._server}{path}", data=content, headers=headers) as answer:
                answer.raise_for_status()

    async def _post(self, session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> Any:
        content = orjson.dumps(body)
        headers = signed(self._secret, content)
        async with session.post(f"{self._server}{path}", data=content, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()


def _described(file: Path) -> bytes:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return orjson.dumps({"sha256": digest, "size": file.stat().st_size})
