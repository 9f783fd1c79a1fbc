"""Tells servers how their jobs ended, signed, again and again until they have heard it."""

import asyncio
import logging
import secrets
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
from standardwebhooks.webhooks import Webhook

from storyreel.domain.task import TaskStatus
from storyreel.node.jobs import Jobs, NodeJob

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.25
LONGEST_PAUSE = 300.0
TRIES = 300
"""With the longest pause between them, for a day."""
TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)
_FINAL = frozenset({400, 401, 403, 404, 409, 410, 413, 422})


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks over a body of text."""
    message, at = f"msg_{secrets.token_hex(12)}", datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, at, body.decode()),
    }


def report_of(job: NodeJob, result_url: str | None) -> dict[str, Any]:
    """What is told of a job that ended."""
    report: dict[str, Any] = {"task_id": job.ticket, "status": job.status}
    if job.status == TaskStatus.SUCCESS:
        report["result_url"] = result_url
    else:
        report["error"] = job.error[:2000]
    return report | ({"words": job.words} if job.words else {})


class Reporter:
    """Calls back for every job that ended and has somebody to be told."""

    def __init__(self, jobs: Jobs, secret: str) -> None:
        self._jobs = jobs
        self._secret = secret

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            for job in await asyncio.to_thread(self._jobs.untold, time.time()):
                await self._tell(job)
            await asyncio.sleep(ROUND_SECONDS)

    async def _tell(self, job: NodeJob) -> None:
        body = orjson.dumps(report_of(job, job.result_url))
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(
                    job.callback_url, data=body, headers=signed(self._secret, body), allow_redirects=False
                ) as answer,
            ):
                heard, final = answer.status < 300, answer.status in _FINAL
                if not heard:
                    log.warning("job %s: its server answered %d", job.id, answer.status)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            log.warning("job %s: its server cannot be told: %s", job.id, type(error).__name__)
            heard = final = False
        if heard or final or job.tries >= TRIES:
            await asyncio.to_thread(self._jobs.told, job.id)
        else:
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** min(job.tries, 20))
            await asyncio.to_thread(self._jobs.tell_later, job.id, time.time() + pause)
