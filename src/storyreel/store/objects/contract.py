"""What every object store promises, and the shape of the names that it takes."""

import re
from pathlib import Path
from typing import Protocol

from storyreel.errors import InvalidInputError

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")


def check_name(name: str) -> str:
    """`name` itself, when it is one that the server makes: 64 hexadecimal digits, a dot, a short extension.

    Raises:
        InvalidInputError: anything else, so that no name from outside can point out of the store.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInputError(f"{name[:80]!r} is not the name of a stored file.", code="invalid_object_name")
    return name


class ObjectStore(Protocol):
    """Files that are written once and never change. Blocking: call from a thread or a child process.

    Every method raises InvalidInputError for a name that `check_name` refuses, OSError when the disk does, and
    UnavailableError when what is elsewhere cannot be reached.
    """

    def path(self, name: str) -> Path:
        """A local file to read from; never write to it.

        Raises:
            NotFoundError: there is no such file.
        """
        ...

    def exists(self, name: str) -> bool:
        """Whether the whole file is there."""
        ...

    def publish(self, source: Path, name: str) -> None:
        """Take the finished file `source` over under `name`; it is gone from its old place afterwards.

        Once this returns, the file outlives a power cut; at no moment is a part of it to be seen. If `name` is there
        already, the old file stays and `source` is dropped.

        Raises:
            FileNotFoundError: there is no `source`.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Publish `data` under `name`, with the same promises."""
        ...

    def read(self, name: str) -> bytes:
        """The whole file.

        Raises:
            NotFoundError: there is no such file.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove the file; nothing happens when it is not there."""
        ...
