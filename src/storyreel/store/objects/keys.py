"""Where the key is kept that links and callbacks are signed with: a file of one machine, or an object of all."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Generator
from pathlib import Path

from storyreel.store.objects.contract import ObjectStore

_SHARED = f"{hashlib.sha256(b'storyreel signing key').hexdigest()}.key"


def shared_key(objects: ObjectStore) -> bytes:
    """The same for all machines, made on first use. It opens nothing to whoever reads the bucket but its files."""
    if not objects.exists(_SHARED):
        objects.write(_SHARED, secrets.token_bytes(32))  # of several at once the first counts
    return objects.read(_SHARED)


def keep_shared_key(objects: ObjectStore, key: bytes) -> None:
    """Have this key from now on."""
    objects.delete(_SHARED)
    objects.write(_SHARED, key)


def own_key(file: Path) -> bytes:
    """The key in that file, made on first use, readable by its owner only."""
    if not file.exists():
        with _written(file, secrets.token_bytes(32)) as fresh, contextlib.suppress(FileExistsError):
            os.link(fresh, file)  # unlike rename, never replaces a key that another process made meanwhile
    return file.read_bytes()


def keep_own_key(file: Path, key: bytes) -> None:
    """Have this key from now on."""
    file.unlink(missing_ok=True)
    with _written(file, key) as fresh:
        os.link(fresh, file)


@contextlib.contextmanager
def _written(file: Path, key: bytes) -> Generator[str]:
    with tempfile.NamedTemporaryFile(prefix="secret.", dir=file.parent) as fresh:
        fresh.write(key)
        fresh.flush()
        os.fsync(fresh.fileno())
        yield fresh.name
