"""Backups: taken while work goes on, brought back elsewhere, refused where they would do harm."""

import hashlib
import os
import stat
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from storyreel.assembly import open_database, open_objects, signing_key
from storyreel.cli.main import app
from storyreel.settings import Settings
from storyreel.store.backup import back_up, restore
from storyreel.store.database import events, tables, users
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import fetch_all


def rows(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables but those that tell of processes and what is told while nobody asks."""
    kept = [table for table in tables.metadata.sorted_tables if table.name not in ("executors", "events")]
    with database.read() as connection:
        return {table.name: sorted(map(str, fetch_all(connection, table.select()))) for table in kept}


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), prog_name="storyreel")


@pytest.fixture
def made(studio: Any) -> Any:
    """A film, in a studio that is open."""
    studio.open()
    project = studio.project()
    studio.done(studio.film(project))
    return studio.current(project)


def test_a_film_comes_back_as_it_was(studio: Any, made: Any, tmp_path: Path) -> None:
    archive, there = tmp_path / "backup.tar", tmp_path / "there"
    busy, tries = threading.Event(), []

    def write() -> None:
        while not busy.is_set():
            with studio.app.database.write() as connection:
                events.add(connection, made.id, "project", {"id": made.id})
            tries.append(studio.edit(studio.shots(made)[0], prompt=f"Prompt {len(tries)}"))

    writer = threading.Thread(target=write)
    writer.start()
    result = command("backup", str(archive), "--data-dir", str(studio.app.settings.data_dir))
    busy.set()
    writer.join()
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    film = hashlib.sha256(studio.path(made.film).read_bytes()).hexdigest()
    key = signing_key(studio.app.settings, studio.app._objects)
    signed = studio.app.signer.sign("a" * 64, 0)
    studio.close()

    result = command("restore", str(archive), "--data-dir", str(there))
    assert result.exit_code == 0, result.output
    again = command("restore", str(archive), "--data-dir", str(there))
    assert again.exit_code == 1
    assert "empty place" in again.output

    studio.folder = tmp_path / "moved"
    studio.folder.mkdir()
    there.rename(studio.folder / "data")
    before = len(studio.calls())
    studio.open()
    assert signing_key(studio.app.settings, studio.app._objects) == key
    assert studio.app.signer.sign("a" * 64, 0) == signed
    back = studio.current(made)
    assert back == made
    assert hashlib.sha256(studio.path(back.film).read_bytes()).hexdigest() == film
    shot = studio.shots(back)[0]
    studio.edit(shot, prompt="A kid walks.")
    studio.done(studio.film(back))
    assert len(studio.calls()) - before <= 2, "what is there is found, not made again"


def test_rows_move_between_databases(studio: Any, made: Any, tmp_path: Path, postgres_url: str) -> None:
    own = studio.app.settings
    studio.close()
    here = open_database(own), open_objects(own)
    archive, keys = tmp_path / "backup.tar", list[bytes]()
    contents = back_up(*here, b"k" * 32, archive)
    assert (contents.missing, contents.rows > 20, contents.files > 5) == (0, True, True)
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", database_url=postgres_url)
    there = open_database(elsewhere), open_objects(elsewhere)
    assert restore(*there, keys.append, archive)[:2] == contents[:2]
    assert keys == [b"k" * 32]
    assert rows(there[0]) == rows(here[0])
    with there[0].write() as connection:  # numbers go on after those that came
        events.add(connection, made.id, "project", {"id": made.id})
    for database, objects in (here, there):
        objects.close()
        database.close()


@pytest.mark.parametrize("harm", ["cut short", "another file", "no archive", "another schema"])
def test_what_is_no_whole_backup_brings_nothing(tmp_path: Path, harm: str) -> None:
    own = Settings(data_dir=tmp_path / "here")
    database, objects = open_database(own), open_objects(own)
    archive = tmp_path / "backup.tar"
    (tmp_path / "file").write_bytes(os.urandom(40_000))
    name = f"{'0' * 64}.png"
    with database.write() as connection:
        users.add(connection, users.User("u1", "Mia", users.now()), "hash")
    objects.publish(tmp_path / "file", name)  # a lie: it is named after other bytes
    back_up(database, objects, b"k" * 32, archive)
    content = archive.read_bytes()
    if harm == "cut short":
        archive.write_bytes(content[: len(content) // 2])
    elif harm == "another file":
        with tarfile.open(archive, "a") as tar:
            tar.add(objects.path(name), f"objects/{name}")
    elif harm == "no archive":
        archive.write_bytes(b"hello")
    else:
        archive.write_bytes(content.replace(b'"format":1', b'"format":9'))
    objects.close()
    database.close()
    result = command("restore", str(archive), "--data-dir", str(tmp_path / "there"))
    assert result.exit_code == 2, result.output
    assert "cannot be restored" in result.output
    opened = open_database(Settings(data_dir=tmp_path / "there"))
    with opened.read() as connection:
        assert users.count(connection) == 0
    opened.close()


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    result = command("backup", str(tmp_path / "no" / "folder.tar"), "--data-dir", str(tmp_path / "data"))
    assert result.exit_code == 1
    assert "No such file" in result.output
    assert not (tmp_path / "no").exists()
