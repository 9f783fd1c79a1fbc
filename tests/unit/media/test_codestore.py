"""Nothing is loaded but what one of our own processes has kept, whole, for the same purpose."""

import logging
import os
from pathlib import Path

import pytest

from storyreel.media import codestore

CODE = bytes(range(200))
ORIGIN = b"this kernel, this compiler, this processor"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    codestore.keep("code", ORIGIN, CODE)
    return tmp_path / "storyreel" / "kernels"


def test_what_was_kept_is_read_and_is_for_nobody_else(folder: Path) -> None:
    assert codestore.read("code", ORIGIN) == CODE
    assert [file.name for file in folder.iterdir()] == ["code"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "code").stat().st_mode & 0o777 == 0o600


def test_code_of_another_origin_is_refused(folder: Path) -> None:
    codestore.keep("other", b"another processor", b"other code")
    (folder / "other").rename(folder / "code")
    assert codestore.read("code", ORIGIN) is None
    codestore.keep("code", ORIGIN, CODE)
    assert codestore.read("code", ORIGIN) == CODE


@pytest.mark.parametrize("length", [0, 10, 32, 100, 231])
def test_a_cut_file_is_refused(folder: Path, length: int) -> None:
    os.truncate(folder / "code", length)
    assert codestore.read("code", ORIGIN) is None


@pytest.mark.parametrize("place", [0, 31, 32, 231])
def test_a_damaged_file_is_refused(folder: Path, place: int) -> None:
    content = bytearray((folder / "code").read_bytes())
    content[place] ^= 1
    (folder / "code").write_bytes(content)
    assert codestore.read("code", ORIGIN) is None


@pytest.mark.parametrize("name", [".", "code"])
def test_what_is_open_to_others_is_refused(folder: Path, name: str) -> None:
    (folder / name).chmod(0o750)
    assert codestore.read("code", ORIGIN) is None


def test_what_belongs_to_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)
    assert codestore.read("code", ORIGIN) is None
    codestore.keep("more", ORIGIN, CODE)
    assert not (folder / "more").exists()


def test_where_nothing_can_be_kept_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            codestore.keep("code", ORIGIN, CODE)
            assert codestore.read("code", ORIGIN) is None
    assert len(caplog.records) == 1


def test_nothing_is_left_of_what_could_not_be_kept(folder: Path) -> None:
    (folder / "taken").mkdir()  # nothing can be renamed over a folder
    codestore.keep("taken", ORIGIN, CODE)
    assert sorted(place.name for place in folder.iterdir()) == ["code", "taken"]
