"""The one rule: if the artifact is there, done; else make it, verify it, publish it."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.serialize import as_json, digest_of, from_json
from storyreel.errors import ConflictError, MediaError, NoRoomError
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.patience import patiently
from storyreel.store.database import artifacts, claims
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now
from storyreel.store.objects.contract import ObjectStore
from storyreel.telemetry import traces
from storyreel.telemetry.metrics import ARTIFACTS

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "application/json": "json",
    "application/x-npz": "npz",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A verified file, ready to be published: its type, and the facts that were measured from it."""

    file: Path
    media_type: str
    facts: dict[str, Any]


ROOM = 64 * 2**20
"""Bytes that must be free before anything is made: what is then made, and perhaps paid, and its rows find room."""
_FULL = "The disk of the data folder is full."
_AGAIN = "Try again."
_TURN_SECONDS = 0.5
"""How often is looked whether another process is done with what it makes."""


@contextmanager
def _room_told() -> Generator[None]:
    """Says NoRoomError, after which work waits, for whatever came of a full disk."""
    try:
        yield
    except Exception as error:
        if offload.lacks_room(error):
            raise NoRoomError(_FULL) from error
        raise


class Executor(Protocol):
    """This process, among those that share the work."""

    executor_id: str

    async def sure(self) -> None:
        """Returns once this process surely is the one that is to do its work; called before anything is made."""
        ...


class Artifacts:
    """Finds and makes artifacts.

    Each is two objects: the file, named after its own bytes, and then a manifest, named after the key. Of several
    makers whose bytes differ the first manifest counts, for all of them; and it proves that the artifact is whole, even
    when a crash came before its row was written. What several processes are asked for at once one of them makes, by a
    claim that is its own until it is done, or dead.

    Args:
        scratch: a folder on the object store's own disk for work in progress.
        executor: this process; whoever finds it dead lets go of its claims.
    """

    def __init__(self, database: Database, objects: ObjectStore, scratch: Path, executor: Executor) -> None:
        self._database = database
        self._objects = objects
        self._scratch = scratch
        self._executor = executor
        self._making: dict[str, asyncio.Lock] = {}

    def key(self, made_from: dict[str, Any]) -> str:
        """The key of what would be made from this: JSON-ready, holding all that can change the bytes."""
        return digest_of(made_from)

    def find(self, key: str) -> Artifact | None:
        """The artifact of that key, if it is there."""
        with self._database.read() as connection:
            found, rests = artifacts.get(connection, key), artifacts.rests(connection, key)
        if rests and not self._note_use(key):
            found = None  # it was cleared away just now
        if found is None:
            return self._adopt(key)
        return found if self._objects.exists(found.name) else None

    def _note_use(self, key: str) -> bool:
        """Keep it for another week; see `pipeline/clearing`."""
        try:
            with self._database.write() as connection:
                return artifacts.note_use(connection, key)
        except NoRoomError:  # who only looks at it need not wait; nothing is cleared away either
            return True

    def clear(self, key: str, since: datetime) -> bool:
        """Remove an artifact that nobody used since then and, unless another one shares it, its file; whether it was.

        Row and file go together, in the writers' turn: of whoever finds or makes the same meanwhile, either the row is
        seen here, or they see that the file is gone.
        """
        with self._database.write() as connection:
            try:
                file = artifacts.remove_unused(connection, key, since)
            except LookupError:
                return False
            self._objects.delete(_manifest_name(key))
            self._objects.delete(_note_name(key))
            if file is not None:
                self._objects.delete(file)
        return True

    def path(self, artifact: Artifact) -> Path:
        """Its file, to read."""
        return self._objects.path(artifact.name)

    def check_disk(self) -> None:
        """Raises NoRoomError when the disk for work in progress is too full for anything to be made."""
        if shutil.disk_usage(self._scratch).free < ROOM:
            raise NoRoomError(_FULL)

    async def make(self, made_from: dict[str, Any], produce: Callable[[Path], Awaitable[Made]]) -> Artifact:
        """The artifact made from `made_from`: found, or else produced in a fresh folder, verified and published."""
        key = self.key(made_from)
        async with self._making.setdefault(key, asyncio.Lock()):
            found = await asyncio.to_thread(self.find, key)
            if found is None:
                async with self._claimed(key):
                    found = await asyncio.to_thread(self.find, key)  # whoever had the claim may have made it
                    if found is None:
                        return await self._make(key, made_from, produce)
            ARTIFACTS.labels(made_from["kind"], "found").inc()
            return found

    async def _make(self, key: str, made_from: dict[str, Any], produce: Callable[[Path], Awaitable[Made]]) -> Artifact:
        self.check_disk()
        with _room_told():
            folder = Path(tempfile.mkdtemp(prefix=f"{key[:12]}-", dir=self._scratch))
        try:
            passed("artifact.begun", made_from["kind"], key)
            with traces.span(f"artifact {made_from['kind']}", artifact=key), _room_told():
                made = await produce(folder)
            passed("artifact.produced", made_from["kind"], key)
            artifact = await asyncio.to_thread(_artifact, key, made_from, made)
            # What was made, and perhaps paid, is not made again because it could not be kept at once.
            published = await patiently(lambda: asyncio.to_thread(self._publish, artifact, made.file))
            ARTIFACTS.labels(made_from["kind"], "made").inc()
            return published
        except MediaError:  # whoever made this may make something better when asked again
            await asyncio.to_thread(self.note, key, "")
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @asynccontextmanager
    async def _claimed(self, key: str) -> AsyncGenerator[None]:
        """No other process makes the artifact meanwhile; waits for one that does."""
        await self._executor.sure()
        while not await asyncio.to_thread(self._claim, key):
            await asyncio.sleep(_TURN_SECONDS)
            await self._executor.sure()
        try:
            yield
        finally:
            # Not to be cut off, however often it is cancelled: others would wait for as long as this process lives.
            await asyncio.shield(patiently(lambda: asyncio.to_thread(self._release, key)))

    def _claim(self, key: str) -> bool:
        with self._database.write() as connection:
            return claims.claim(connection, key, self._executor.executor_id)

    def _release(self, key: str) -> None:
        with self._database.write() as connection:
            claims.release(connection, key, self._executor.executor_id)

    def note(self, key: str, text: str) -> None:
        """Keep a text of whoever makes the artifact of that key, until it is made; an empty one is kept no longer."""
        if self._objects.exists(_note_name(key)):
            self._objects.delete(_note_name(key))
        if text:
            self._objects.write(_note_name(key), text.encode())

    def noted(self, key: str) -> str:
        """The text that is kept; empty when there is none."""
        return self._objects.read(_note_name(key)).decode() if self._objects.exists(_note_name(key)) else ""

    @_room_told()
    def _publish(self, artifact: Artifact, file: Path) -> Artifact:
        """May be called again when something was away: then the file may be published already."""
        key, kind = artifact.key, artifact.made_from["kind"]
        if file.exists():
            self._objects.publish(file, artifact.name)
        passed("artifact.file_published", kind, key)
        if self._objects.exists(_manifest_name(key)) and self._manifest(key) is None:
            self._objects.delete(_manifest_name(key))  # its file was lost; kept, it would stand for what is gone
        self._objects.write(_manifest_name(key), orjson.dumps(as_json(artifact)))
        passed("artifact.published", kind, key)
        self.note(key, "")
        kept = self._adopt(key)
        passed("artifact.recorded", kind, key)
        if kept is None:
            raise ConflictError("A file of the same bytes was cleared away just now.", code="file_cleared", hint=_AGAIN)
        return kept

    def _adopt(self, key: str) -> Artifact | None:
        """Record what the manifest says: the artifact may have been published just before a crash."""
        artifact = self._manifest(key)
        if artifact is not None:
            with self._database.write() as connection:
                artifacts.put(connection, artifact)
            if not self._objects.exists(artifact.name):  # it was cleared away before the row could keep it
                return None
        return artifact

    def _manifest(self, key: str) -> Artifact | None:
        """The artifact that was published, unless its file was lost since."""
        if not self._objects.exists(_manifest_name(key)):
            return None
        artifact = from_json(Artifact, orjson.loads(self._objects.read(_manifest_name(key))))
        return artifact if self._objects.exists(artifact.name) else None


def _artifact(key: str, made_from: dict[str, Any], made: Made) -> Artifact:
    with made.file.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Artifact(
        key=key,
        name=f"{digest}.{EXTENSIONS[made.media_type]}",
        digest=digest,
        media_type=made.media_type,
        size=made.file.stat().st_size,
        made_from=made_from,
        facts=made.facts,
        created_at=now(),
    )


def _note_name(key: str) -> str:
    return f"{key}.note"


def _manifest_name(key: str) -> str:
    return f"{key}.meta"
