"""A bucket that is slow, breaks off, lies or is not there, and the folder before it."""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import real_s3

from storyreel.errors import NotFoundError, UnavailableError
from storyreel.store.objects import bucket as bucket_module
from storyreel.store.objects.bucket import BucketStore

DATA = bytes(range(256)) * 2000
NAME = f"{hashlib.sha256(DATA).hexdigest()}.png"
FAR, NEAR = "ef" * 32 + ".mp4", "12" * 32 + ".mp4"
Open = Callable[..., BucketStore]


@pytest.fixture
def proxy(bucket: real_s3.Bucket) -> Iterator[real_s3.Proxy]:
    with_door = real_s3.Proxy(bucket.endpoint)
    yield with_door
    with_door.close()


@pytest.fixture
def open_store(bucket: real_s3.Bucket, proxy: real_s3.Proxy, tmp_path: Path) -> Open:
    """Opens the bucket through the proxy, each time with an empty folder as on another machine."""

    def open_(room: int = 10**9, place: str = "") -> BucketStore:
        return BucketStore(place or bucket.url, proxy.endpoint, tmp_path / os.urandom(4).hex(), room)

    return open_


@pytest.fixture(autouse=True)
def _soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_module, "_CLIENT", {"connect_timeout": "1s", "read_timeout": "3s", "timeout": "20s"})
    monkeypatch.setattr(bucket_module, "_RETRIES", {"max_retries": 1})


def test_what_one_machine_writes_another_one_reads_and_keeps(open_store: Open, proxy: real_s3.Proxy) -> None:
    open_store().write(NAME, DATA)
    other = open_store()
    assert other.exists(NAME)
    assert other.path(NAME).read_bytes() == DATA
    proxy.down = lambda _piece: None
    assert other.path(NAME).read_bytes() == DATA, "it has it"
    assert other.exists(NAME)
    with pytest.raises(UnavailableError):
        open_store().path(NAME)


def test_a_published_file_is_read_without_asking(open_store: Open, proxy: real_s3.Proxy, tmp_path: Path) -> None:
    made, source = open_store(), tmp_path / "made"
    source.write_bytes(DATA)
    made.publish(source, NAME)
    assert not source.exists()
    proxy.up = lambda _piece: None
    assert made.path(NAME).read_bytes() == DATA


def test_long_files_go_in_parts(open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_module, "_AT_ONCE", 8 * 5 * 2**20)
    data, source = os.urandom(1) * (8 * 5 * 2**20 + 7), tmp_path / "film"
    source.write_bytes(data)
    open_store().publish(source, FAR)
    assert open_store().read(FAR) == data
    source.write_bytes(b"another")
    open_store().publish(source, FAR)
    assert open_store().read(FAR) == data


def test_a_break_at_any_moment_leaves_all_or_nothing(open_store: Open, proxy: real_s3.Proxy) -> None:
    for pieces in range(6):
        left = [pieces]

        def broken(piece: bytes, left: list[int] = left) -> bytes | None:
            left[0] -= 1
            return piece if left[0] >= 0 else None

        name = f"{pieces:064x}.png"
        proxy.up = broken
        try:
            open_store().write(name, DATA)
            sure = True
        except UnavailableError:
            sure = False
        proxy.honest()
        there = open_store().exists(name)
        assert there or not sure
        if there:
            assert open_store().read(name) == DATA
        open_store().write(name, DATA)
        assert open_store().read(name) == DATA


def test_an_answer_that_is_lost_is_no_harm(open_store: Open, proxy: real_s3.Proxy) -> None:
    lost: list[bytes] = []

    def losing(piece: bytes) -> bytes | None:
        lost.append(piece)
        return None if len(lost) == 1 else piece

    proxy.down = losing
    open_store().write(NAME, DATA)
    assert len(lost) > 1
    assert open_store().read(NAME) == DATA


def test_a_slow_service_is_waited_for(open_store: Open, proxy: real_s3.Proxy) -> None:
    def slow(piece: bytes) -> bytes:
        time.sleep(0.1)
        return piece

    proxy.up = proxy.down = slow
    open_store().write(NAME, DATA)
    assert open_store().path(NAME).read_bytes() == DATA


def test_one_that_hangs_is_given_up(open_store: Open, proxy: real_s3.Proxy) -> None:
    open_store().write(NAME, DATA)
    held = threading.Event()
    proxy.down = lambda piece: piece if held.wait(60) else None
    with pytest.raises(UnavailableError):
        open_store().read(NAME)
    assert not held.is_set()
    held.set()


def test_changed_bytes_are_noticed_and_never_kept(open_store: Open, proxy: real_s3.Proxy) -> None:
    open_store().write(NAME, DATA)
    store = open_store()
    proxy.down = lambda piece: piece.replace(DATA[1000:1100], b"x" * 100)
    for read in (store.read, store.path):
        with pytest.raises(UnavailableError, match="other bytes"):
            read(NAME)
    proxy.honest()
    assert store.path(NAME).read_bytes() == DATA


def test_a_write_that_was_not_kept_is_noticed(open_store: Open, proxy: real_s3.Proxy) -> None:
    swallowed = b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: "x"\r\n\r\n'
    proxy.down = lambda piece: swallowed if b"401" in piece[:20] or b"200 OK" in piece[:20] else piece
    proxy.up = lambda piece: piece.replace(b"/films/", b"/filmy/") if piece.startswith(b"PUT") else piece
    with pytest.raises(UnavailableError):
        open_store().write(NAME, DATA)
    proxy.honest()
    assert not open_store().exists(NAME)


def test_no_bucket_and_no_service_are_told(open_store: Open, proxy: real_s3.Proxy) -> None:
    with pytest.raises(UnavailableError, match="bucket"):
        open_store(place="s3://nowhere/x").write(NAME, DATA)
    with pytest.raises(NotFoundError):
        open_store(place="s3://nowhere/x").read(NAME)
    proxy.close()
    with pytest.raises(UnavailableError):
        open_store().write(NAME, DATA)


def test_the_folder_keeps_what_was_used_last(open_store: Open) -> None:
    store = open_store(room=3 * len(DATA))
    names = [f"{number:064x}.png" for number in range(5)]
    for number, name in enumerate(names):
        store.write(name, DATA)
        os.utime(store.path(name), (number + 1, number + 1))
    store.path(names[0])  # in use again
    store.write(FAR, DATA)
    store.path(FAR)
    kept = {name for name in (*names, FAR) if (store._folder / name[:2] / name).exists()}
    assert kept == {names[0], names[4], FAR}
    store.write(NEAR, DATA * 4)
    assert store.path(NEAR).exists(), "in use, though it is larger than all the room"
