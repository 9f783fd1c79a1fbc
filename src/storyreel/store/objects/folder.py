"""An object store in a local folder: root/ab/ab….png, with what is still being written in root/tmp."""

import contextlib
import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Generator
from pathlib import Path

from storyreel.errors import NotFoundError
from storyreel.store.objects.contract import check_name


class FolderStore:
    """ObjectStore in the folder `root`, which is created. Any number of processes may share it.

    Each store stages its files in a folder of its own under root/tmp and holds a lock on that folder while it lives;
    whoever opens the store next removes the folders that nobody holds any more.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._temporary = self._root / "tmp"
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._staging = self._temporary / uuid.uuid4().hex
        with self._exclusive():
            self._sweep()
            self._staging.mkdir()
            self._hold = os.open(self._staging, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._hold, fcntl.LOCK_EX)

    def close(self) -> None:
        """Give the staging folder up; the store must not be written to afterwards."""
        shutil.rmtree(self._staging, ignore_errors=True)
        os.close(self._hold)

    def path(self, name: str) -> Path:
        place = self._place(name)
        if not place.is_file():
            raise NotFoundError(f"There is no stored file {name}.")
        return place

    def exists(self, name: str) -> bool:
        return self._place(name).is_file()

    def publish(self, source: Path, name: str) -> None:
        place = self._place(name)
        staged = self._stage()
        try:
            _move(source, staged)
            self._settle(staged, place)
        finally:
            staged.unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> None:
        place = self._place(name)
        staged = self._stage()
        try:
            staged.write_bytes(data)
            self._settle(staged, place)
        finally:
            staged.unlink(missing_ok=True)

    def read(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def delete(self, name: str) -> None:
        place = self._place(name)
        place.unlink(missing_ok=True)
        if place.parent.is_dir():
            _sync(place.parent)

    def _place(self, name: str) -> Path:
        return self._root / check_name(name)[:2] / name

    def _stage(self) -> Path:
        return self._staging / uuid.uuid4().hex

    def _settle(self, staged: Path, place: Path) -> None:
        _sync(staged)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            _sync(self._root)
        with self._exclusive():  # a plain rename would replace what another process published meanwhile
            if not place.exists():
                staged.rename(place)
        _sync(place.parent)

    def _sweep(self) -> None:
        for folder in self._temporary.iterdir():
            if folder.is_dir() and not _held(folder):
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _exclusive(self) -> Generator[None]:
        """One process at a time; the lock falls when its holder dies."""
        with open(self._temporary / "lock", "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _held(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # EXDEV: the source is on another filesystem
            raise
        shutil.copyfile(source, target, follow_symlinks=False)
        source.unlink()


def _sync(path: Path) -> None:
    """Put a file or a folder on the disk for good. Refuses symbolic links: they would lead out of the store."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
