import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storyreel.errors import InvalidInputError, NotFoundError
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


def test_what_was_written_can_be_read(store: ObjectStore, root: Path) -> None:
    assert not store.exists(NAME)
    store.write(NAME, b"picture")
    assert store.exists(NAME)
    assert store.read(NAME) == b"picture"
    assert store.path(NAME) == root / "ab" / NAME
    assert not _leftovers(root)


def test_publishing_takes_the_file_over(store: ObjectStore, root: Path, tmp_path: Path) -> None:
    source = tmp_path / "made.mp4"
    source.write_bytes(b"film")
    store.publish(source, OTHER)
    assert store.read(OTHER) == b"film"
    assert not source.exists()
    assert not _leftovers(root)


@pytest.mark.parametrize("how", ["publish", "write"])
def test_the_first_file_stays(store: ObjectStore, root: Path, tmp_path: Path, how: str) -> None:
    store.write(NAME, b"first")
    if how == "publish":
        source = tmp_path / "again"
        source.write_bytes(b"second")
        store.publish(source, NAME)
        assert not source.exists()
    else:
        store.write(NAME, b"second")
    assert store.read(NAME) == b"first"
    assert not _leftovers(root)


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


def test_a_missing_source_is_an_error_and_publishes_nothing(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.publish(tmp_path / "nothing", NAME)
    assert not store.exists(NAME)


def test_a_symbolic_link_is_never_published(store: ObjectStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = tmp_path / "link"
    link.symlink_to(secret)
    with pytest.raises(OSError, match="symbolic links"):
        store.publish(link, NAME)
    assert not store.exists(NAME)
    assert secret.read_text() == "secret"


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


def test_deleting(store: ObjectStore) -> None:
    store.write(NAME, b"picture")
    store.delete(NAME)
    assert not store.exists(NAME)
    store.delete(NAME)
    store.delete(OTHER)
    for read in (store.read, store.path):
        with pytest.raises(NotFoundError):
            read(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "film.mp4",
        "../" + NAME,
        "/etc/passwd",
        NAME + "/..",
        NAME.upper(),
        "ab" * 31 + ".png",
        "ab" * 32,
        "ab" * 32 + ".p",
        "ab" * 32 + ".backup",
        "ab" * 32 + ".P\u2160",
        NAME + "\n",
        NAME + "\0",
    ],
)
def test_other_names_are_refused(store: ObjectStore, tmp_path: Path, name: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    for call in (store.path, store.exists, store.read, store.delete):
        with pytest.raises(InvalidInputError) as refusal:
            call(name)
        assert refusal.value.code == "invalid_object_name"
    with pytest.raises(InvalidInputError):
        store.write(name, b"x")
    with pytest.raises(InvalidInputError):
        store.publish(source, name)
    assert source.exists()


def test_two_writers_of_one_name_leave_one_whole_file(root: Path) -> None:
    contents = [bytes([number]) * 200_000 for number in range(6)]
    threads = [threading.Thread(target=FolderStore(root).write, args=(NAME, data)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FolderStore(root).read(NAME) in contents
    assert not _leftovers(root)


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
