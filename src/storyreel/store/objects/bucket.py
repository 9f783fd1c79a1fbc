"""An object store in a bucket of any S3 service, with a folder on this machine for what was read lately."""

import hashlib
import os
import time
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from storyreel.errors import NotFoundError, UnavailableError
from storyreel.store.objects.contract import check_name

if TYPE_CHECKING:
    from obstore.store import S3Store

_AT_ONCE = 64 * 2**20
"""Bytes that are sent in one request, from memory; longer files go in parts of an eighth."""
_IN_USE_SECONDS = 3600
"""What was asked for so lately stays in the folder: somebody may be about to open it."""
_CLIENT: Mapping[str, Any] = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "15m"}
_RETRIES: Mapping[str, Any] = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}


class BucketStore:
    """ObjectStore in a bucket, under a prefix. Any number of processes on any number of machines may share it.

    Bytes are never believed: each object carries its SHA-256, which is asked for after writing and compared after
    reading. Raises UnavailableError when the service cannot be reached, refuses, or lies.

    Args:
        url: `s3://bucket/prefix`. Keys and region come from where AWS's own tools take them: `AWS_ACCESS_KEY_ID`,
            `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, the machine's role.
        endpoint: the service's address; None for AWS itself.
        folder: for what was read lately; shared by the processes of this machine.
        room: how many bytes the folder may hold; what was in use within the last hour stays all the same.
    """

    def __init__(self, url: str, endpoint: str | None, folder: Path, room: int) -> None:
        self._objects = _open(url, endpoint)
        self._folder, self._room = folder, room
        self._staging = folder / "tmp"
        self._staging.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Nothing is held."""

    def path(self, name: str) -> Path:
        cached = self._cached(name)
        try:
            os.utime(cached)  # what was used last is dropped last
        except FileNotFoundError:
            self._fetch(name, cached)
        return cached

    def exists(self, name: str) -> bool:
        return self._cached(name).is_file() or self._digest(name) is not None

    def publish(self, source: Path, name: str) -> None:
        cached = self._cached(name)
        with open(os.open(source, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._put(name, file, os.fstat(file.fileno()).st_size, digest)
        if self._digest(name) == digest:
            self._keep(source, cached)
        source.unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> None:
        check_name(name)
        self._put(name, data, len(data), hashlib.sha256(data).hexdigest())

    def read(self, name: str) -> bytes:
        check_name(name)
        return b"".join(self._get(name))

    def delete(self, name: str) -> None:
        import obstore

        self._cached(name).unlink(missing_ok=True)
        with _asking():
            obstore.delete(self._objects, name)

    def _cached(self, name: str) -> Path:
        return self._folder / check_name(name)[:2] / name

    def _put(self, name: str, data: bytes | IO[bytes], size: int, digest: str) -> None:
        """Send it, unless there is something of that name; either way it is there afterwards."""
        try:
            self._send(name, data, size, digest)
        except UnavailableError:  # it may be there: what is written can be written again, unlike most that is sent
            if not isinstance(data, bytes):
                data.seek(0)
            self._send(name, data, size, digest)
        if self._digest(name) is None:
            raise UnavailableError("The object store says that it keeps a file, and does not.")

    def _send(self, name: str, data: bytes | IO[bytes], size: int, digest: str) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        carried = {"sha256": digest}
        try:
            with _asking():
                if size <= _AT_ONCE:
                    obstore.put(self._objects, name, data, mode="create", attributes=carried)
                elif self._digest(name) is None:
                    # Parts know no "create": of two writers at once the last one counts. Files so long are named
                    # after their bytes, so both are the same.
                    obstore.put(self._objects, name, data, attributes=carried, chunk_size=_AT_ONCE // 8)
        except AlreadyExistsError:
            return
        except NotFoundError as error:
            raise UnavailableError("The object store has no such bucket.") from error

    def _digest(self, name: str) -> str | None:
        """What the object says that its SHA-256 is; None when there is no such object."""
        import obstore

        try:
            with _asking():
                return str(obstore.get(self._objects, name, options={"head": True}).attributes.get("sha256", ""))
        except NotFoundError:
            return None

    def _get(self, name: str) -> Iterable[bytes]:
        """The object in pieces.

        Raises:
            UnavailableError: at the end, when they were not what was written.
        """
        import obstore

        digest = hashlib.sha256()
        with _asking(name):
            found = obstore.get(self._objects, name)
            for piece in found.stream():
                digest.update(piece)
                yield bytes(piece)
        if digest.hexdigest() != found.attributes.get("sha256"):
            raise UnavailableError("The object store sent other bytes than were written.")

    def _fetch(self, name: str, cached: Path) -> None:
        staged = self._staging / uuid.uuid4().hex
        try:
            with staged.open("wb") as file:
                for piece in self._get(name):
                    file.write(piece)
            self._keep(staged, cached)
        finally:
            staged.unlink(missing_ok=True)

    def _keep(self, file: Path, cached: Path) -> None:
        """Move a file into the folder, on the disk for good, and drop what it has no room for."""
        with file.open("rb") as written:
            os.fsync(written.fileno())
        cached.parent.mkdir(exist_ok=True)
        file.replace(cached)
        os.utime(cached)
        self._make_room()

    def _make_room(self) -> None:
        kept: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("*/*"):
            try:
                found = path.stat()
            except FileNotFoundError:  # another process dropped it
                continue
            kept.append((found.st_mtime, found.st_size, path))
        excess, used_since = sum(size for _, size, _ in kept) - self._room, time.time() - _IN_USE_SECONDS
        for at, size, path in sorted(kept):
            if excess <= 0 or at > used_since:
                return
            path.unlink(missing_ok=True)
            excess -= size


def _open(url: str, endpoint: str | None) -> "S3Store":
    from obstore.store import S3Store

    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    where: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
    plain = {"allow_http": bool(endpoint and endpoint.startswith("http://"))}
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        disable_bulk_delete=True,
        client_options={**_CLIENT, **plain},  # type: ignore[typeddict-item]
        retry_config={**_RETRIES},  # type: ignore[typeddict-item]
        **where,
    )


@contextmanager
def _asking(name: str = "") -> Generator[None]:
    from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except AlreadyExistsError:
        raise
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no stored file {name}.") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise UnavailableError("The object store refuses our keys.") from error
    except (BaseError, OSError) as error:
        raise UnavailableError("The object store does not answer.") from error
