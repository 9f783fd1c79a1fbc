"""What every object store promises, on each kind."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storyreel.errors import InvalidInputError, NotFoundError
from storyreel.store.objects.bucket import BucketStore
from storyreel.store.objects.contract import ObjectStore
from storyreel.store.objects.folder import FolderStore

NAME = "ab" * 32 + ".png"
OTHER = "cd" * 32 + ".mp4"


@pytest.fixture(params=["folder", "bucket"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ObjectStore]:
    """Opens one store as often as it is called, as processes do; one parameter per kind."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "objects")
    bucket = request.getfixturevalue("bucket")
    return lambda: BucketStore(bucket.url, bucket.endpoint, tmp_path / "cache", 10**9)


@pytest.fixture
def store(open_store: Callable[[], ObjectStore]) -> ObjectStore:
    return open_store()


def test_what_was_written_can_be_read(store: ObjectStore) -> None:
    assert not store.exists(NAME)
    store.write(NAME, b"picture")
    assert store.exists(NAME)
    assert store.read(NAME) == b"picture"
    assert store.path(NAME).read_bytes() == b"picture"


def test_publishing_takes_the_file_over(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "made.mp4"
    source.write_bytes(b"film")
    store.publish(source, OTHER)
    assert store.read(OTHER) == b"film"
    assert not source.exists()


@pytest.mark.parametrize("how", ["publish", "write"])
def test_the_first_file_stays(store: ObjectStore, tmp_path: Path, how: str) -> None:
    store.write(NAME, b"first")
    if how == "publish":
        source = tmp_path / "again"
        source.write_bytes(b"second")
        store.publish(source, NAME)
        assert not source.exists()
    else:
        store.write(NAME, b"second")
    assert store.read(NAME) == b"first"


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


def test_two_writers_of_one_name_leave_one_whole_file(open_store: Callable[[], ObjectStore]) -> None:
    contents = [bytes([number]) * 200_000 for number in range(6)]
    threads = [threading.Thread(target=open_store().write, args=(NAME, data)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert open_store().read(NAME) in contents
