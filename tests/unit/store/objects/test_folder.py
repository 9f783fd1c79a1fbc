import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storyreel.store.objects.contract import ObjectStore
from storyreel.store.objects.folder import FolderStore

NAME = "ab" * 32 + ".png"
OTHER = "cd" * 32 + ".mp4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def store(root: Path) -> ObjectStore:
    return FolderStore(root)


def _leftovers(root: Path) -> list[Path]:
    return [path for path in (root / "tmp").rglob("*") if path.is_file() and path.name != "lock"]


def test_a_file_from_another_filesystem_is_copied(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "far.bin"
    source.write_bytes(b"far")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == source:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    store.publish(source, NAME)
    assert store.read(NAME) == b"far"
    assert not source.exists()


def test_a_full_disk_leaves_nothing_behind(store: ObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.write(NAME, b"picture")
    assert not store.exists(NAME)
    assert not _leftovers(root)
    store.write(NAME, b"picture")
    assert store.read(NAME) == b"picture"


def test_file_and_folders_are_synced_before_it_returns(
    store: ObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def record(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    monkeypatch.setattr(os, "fsync", record)
    store.write(NAME, b"picture")
    assert synced[0].startswith(str(root / "tmp"))
    assert synced[1:] == [str(root), str(root / "ab")]


_STUCK_WRITER = """
import os, sys, time
from pathlib import Path
from storyreel.store.objects.folder import FolderStore
store = FolderStore(Path(sys.argv[1]))
def stuck(handle):
    print("writing", flush=True)
    time.sleep(600)
os.fsync = stuck
store.write("ab" * 32 + ".png", b"half")
"""


def test_leftovers_of_a_killed_process_are_swept_but_not_those_of_a_live_one(root: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STUCK_WRITER, str(root)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        store = FolderStore(root)
        assert len(_leftovers(root)) == 1
        assert not store.exists(NAME)
        writer.send_signal(signal.SIGKILL)
    assert len(_leftovers(root)) == 1
    FolderStore(root)
    assert not _leftovers(root)
    store.write(NAME, b"whole")  # the first store still has its own staging folder
    assert store.read(NAME) == b"whole"


def test_closing_gives_the_staging_folder_up(root: Path) -> None:
    store = FolderStore(root)
    store.write(NAME, b"x")
    store.close()
    assert [path.name for path in (root / "tmp").iterdir()] == ["lock"]
    assert FolderStore(root).read(NAME) == b"x"
