"""One server for all test processes of a run: the first that needs it starts it, the last that used it stops it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shared(place: Path, name: str, start: Callable[[], str], stop: Callable[[str], None]) -> Iterator[str]:
    """What `start` said of the server; processes that share `place` share the server of that name."""
    note, users = place / f"{name}.note", place / f"{name}.users"
    with locked(place / f"{name}.lock"):
        if not note.exists():
            note.write_text(start())
        said = note.read_text()
        using = users.open("w")
        fcntl.flock(using, fcntl.LOCK_SH)
    try:
        yield said
    finally:
        with locked(place / f"{name}.lock"):
            using.close()
            if _alone(users):
                stop(said)
                note.unlink()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """One process at a time."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _alone(file: Path) -> bool:
    with file.open("w") as using:
        try:
            fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
