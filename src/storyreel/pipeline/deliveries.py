"""Tells projects' callbacks what happened: signed, in order, again and again for a day; nothing else waits for it."""

import asyncio
import base64
import logging
from datetime import timedelta

import orjson
from standardwebhooks.webhooks import Webhook

from storyreel.domain.delivery import Callback, Delivery
from storyreel.errors import FetchError
from storyreel.pipeline.context import Pipeline
from storyreel.store.database import deliveries
from storyreel.store.database.rows import now
from storyreel.store.objects.signing import UrlSigner
from storyreel.telemetry.metrics import DELIVERIES

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=2)
GIVEN_UP_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=30)
LEASE = timedelta(seconds=60)
"""How long one attempt has; after a crash the next one begins then."""


def secret_of(pipeline: Pipeline, signer: UrlSigner, project_id: str) -> str | None:
    """What the project's deliveries are signed with; None when it has no callback. Blocks."""
    with pipeline.database.read() as connection:
        found = deliveries.callback(connection, project_id)
    return _secret(signer, found) if found else None


def register(pipeline: Pipeline, signer: UrlSigner, project_id: str, url: str) -> str | None:
    """Deliver the project's events there from now on; the new secret. An empty address ends it. Blocks.

    Raises:
        FetchError: code `fetch_refused`, the address may not be called.
    """
    if url:
        pipeline.fetcher.check(url)
    with pipeline.database.write() as connection:
        if url:
            deliveries.register(connection, project_id, url)
        else:
            deliveries.unregister(connection, project_id)
    return secret_of(pipeline, signer, project_id)


def deliver(pipeline: Pipeline, signer: UrlSigner) -> None:
    """Deliver all that is due, each project's events one after the other. Blocks."""
    while True:
        with pipeline.database.read() as connection:  # a look costs nobody the write lock
            if not deliveries.due(connection):
                return
        with pipeline.database.write() as connection:
            deliveries.sweep(connection, now() - KEPT_FOR)
            claimed = deliveries.claim(connection, now() + LEASE)
        asyncio.run(_deliver_all(pipeline, signer, claimed))


async def _deliver_all(pipeline: Pipeline, signer: UrlSigner, claimed: list[tuple[Delivery, Callback | None]]) -> None:
    await asyncio.gather(*(_deliver(pipeline, signer, one, to) for one, to in claimed))


async def _deliver(pipeline: Pipeline, signer: UrlSigner, one: Delivery, to: Callback | None) -> None:
    if to is None:
        await pipeline.write(deliveries.given_up, one.id, "The callback was taken back.")
        return
    body = orjson.dumps({"type": one.type, "timestamp": one.created_at.isoformat(), "data": one.data})
    try:
        async with asyncio.timeout(LEASE.total_seconds() / 2):
            status = await pipeline.fetcher.post(to.url, body, _signed(_secret(signer, to), one, body))
        error = "" if 200 <= status < 300 else f"It answered with HTTP status {status}."
    except FetchError as failure:
        error = failure.message
    except TimeoutError:
        error = "It did not answer in time."
    gives_up = bool(error) and now() - one.created_at > GIVEN_UP_AFTER
    DELIVERIES.labels("given_up" if gives_up else "again" if error else "heard").inc()
    if not error:
        await pipeline.write(deliveries.heard, one.id)
        return
    log.info("delivery %d, attempt %d: %s", one.id, one.attempts + 1, error)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(one.attempts, 20))
    if gives_up:
        await pipeline.write(deliveries.given_up, one.id, error)
    else:
        await pipeline.write(deliveries.again, one.id, error, now() + pause)


def _signed(secret: str, one: Delivery, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks. The id is the same at every attempt, so that receivers can tell repetitions."""
    id_, at = f"msg_{one.project_id}_{one.id}", now()
    return {
        "Content-Type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id_, at, body.decode()),
    }


def _secret(signer: UrlSigner, callback: Callback) -> str:
    derived = signer.derived(f"callback:{callback.project_id}:{callback.nonce}")
    return f"whsec_{base64.b64encode(derived).decode()}"
