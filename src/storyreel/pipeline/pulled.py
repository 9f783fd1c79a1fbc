"""A node that cannot be reached: its work lies ready until it asks for it, and it brings the results itself."""

import asyncio
import hashlib
import hmac
import shutil
import uuid
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio

from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.contracts.engine import Report
from storyreel.engines.contracts.node import Submission
from storyreel.engines.contracts.story import StoryRequest
from storyreel.errors import ConflictError, EngineError, FetchError, InvalidInputError
from storyreel.pipeline.fetch import sniff
from storyreel.store.database import offers
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now
from storyreel.store.objects.contract import ObjectStore

SILENT = timedelta(seconds=60)
"""A node that has not asked for so long does not answer."""


@dataclass(frozen=True, slots=True)
class PulledNode:
    """See `RemoteNode`. What it brings lies in the object store until it is taken in, by whichever process.

    Args:
        uploads: a folder for what is being brought.
    """

    name: str
    kinds: Collection[str]
    voices: Mapping[str, str]
    database: Database
    objects: ObjectStore
    uploads: Path
    model: str = "default"
    references: bool = True
    heartbeat: float = 5.0
    patience: float = 300.0

    async def missing(self) -> str:
        return ""  # only the work that lies ready too long would tell

    async def submit(self, submission: Submission, into: Path) -> Report:
        def offer() -> None:
            with self.database.write() as connection:
                offers.put(connection, submission.ticket, self.name, submission.type, submission.request)

        await asyncio.to_thread(offer)
        return Report("RUNNING", job_id=submission.ticket)

    async def look(self, job_id: str) -> Report:
        offer = await asyncio.to_thread(self._offer, job_id)
        if offer is None:
            return Report("LOST", job_id)
        if now() - offer.seen_at > SILENT:
            raise EngineError(f"The node {self.name} has not asked for work since {_clock(offer.seen_at)}.")
        return Report("RUNNING", job_id, progress=offer.progress / 100)

    async def release(self, job_id: str) -> None:
        def forget() -> None:
            offer = self._offer(job_id)
            with self.database.write() as connection:
                offers.drop(connection, job_id)
            if offer and offer.brought:
                self.objects.delete(_kept_as(job_id, offer.brought))

        await asyncio.to_thread(forget)

    async def fetch(self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str]) -> None:
        await asyncio.to_thread(self._take_in, url.rpartition("/")[2], into, max_bytes, media_types)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec | None:
        return None

    def claim(
        self, types: Collection[str], working: Mapping[str, int], room: int
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """What the node is to do, and which of its jobs nobody wants any more. Blocks."""
        with self.database.write() as connection:
            found, unwanted = offers.claim(connection, self.name, list(types), working, room)
        return [{"task_id": one.ticket, "type": one.type, "request": one.request} for one in found], unwanted

    async def receive(self, ticket: str, chunks: AsyncIterator[bytes], *, size: int, sha256: str) -> None:
        """Keep what the node brings, once it is whole.

        Raises:
            ConflictError: nobody wants it.
            InvalidInputError: it is not what was announced.
        """

        if await asyncio.to_thread(self._offer, ticket) is None:
            raise ConflictError(f"The node {self.name} does not hold this task.", code="task_not_held")
        partial = self.uploads / uuid.uuid4().hex
        await asyncio.to_thread(self.uploads.mkdir, parents=True, exist_ok=True)
        digest, came = hashlib.sha256(), 0
        try:
            async with await anyio.open_file(partial, "wb") as file:
                async for chunk in chunks:
                    came += len(chunk)
                    if came > size:
                        break
                    digest.update(chunk)
                    await file.write(chunk)
            if came != size or not hmac.compare_digest(digest.hexdigest(), sha256):
                raise InvalidInputError("The file is not the one that was announced.", code="upload_broken")
            await asyncio.to_thread(self._keep, partial, ticket, sha256)
        finally:
            await asyncio.to_thread(partial.unlink, missing_ok=True)

    def _offer(self, ticket: str) -> offers.Offer | None:
        with self.database.read() as connection:
            return offers.get(connection, ticket, self.name)

    def _keep(self, file: Path, ticket: str, digest: str) -> None:
        self.objects.publish(file, _kept_as(ticket, digest))
        with self.database.write() as connection:
            offers.bring(connection, ticket, digest)

    def _take_in(self, ticket: str, into: Path, max_bytes: int, media_types: Collection[str]) -> None:
        offer = self._offer(ticket)
        if offer is None or offer.brought is None:
            raise FetchError(f"The node {self.name} has brought nothing.", retryable=True)
        upload = self.objects.path(_kept_as(ticket, offer.brought))
        if upload.stat().st_size > max_bytes:
            raise FetchError(f"The file is larger than {max_bytes} bytes.", code="fetch_too_large")
        with upload.open("rb") as file:
            found = sniff(file.read(64))
        if found not in media_types:
            wanted = " or ".join(sorted(media_types))
            raise FetchError(f"The file is {found or 'of an unknown type'}, not {wanted}.", code="fetch_wrong_type")
        shutil.copyfile(upload, into)


def _kept_as(ticket: str, digest: str) -> str:
    """The name of what was brought: that of no other job's, and of no other file of this one."""
    return f"{hashlib.sha256(f'{ticket}:{digest}'.encode()).hexdigest()}.part"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"
