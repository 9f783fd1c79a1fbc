"""A copy of all rows and files in one archive, taken while others write, and its way back into an empty place."""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
import sqlalchemy as sa

from storyreel import __version__
from storyreel.errors import ConflictError, InvalidInputError, NotFoundError
from storyreel.store.database import tables
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now, scalar
from storyreel.store.objects.contract import ObjectStore, check_name

FORMAT = 1
BATCH = 500
_ABOUT, _KEY, _ROWS, _OBJECTS = "about.json", "secret.key", "rows/", "objects/"
_OF_THE_MOMENT = {"claims", "executors", "handovers", "offers", "reports"}
"""Tables of who is at work on what just now: after a restore all work under way is begun anew."""


class Contents(NamedTuple):
    """How many rows and files an archive holds. `missing` files had no row's need, and were cleared away meanwhile."""

    rows: int
    files: int
    missing: int = 0


def back_up(database: Database, objects: ObjectStore, key: bytes, archive: Path) -> Contents:
    """Write the archive: the rows as they are at one moment, then the files that they name, which never change.

    Args:
        key: what links and callbacks are signed with.
        archive: appears whole or not at all; readable by its owner only, for it holds the key.

    Raises:
        OSError: it cannot be written.
    """
    handle, staged = tempfile.mkstemp(prefix=f"{archive.name}.", dir=archive.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                contents = _write(tar, database, objects, key)
            file.flush()
            os.fsync(file.fileno())
        os.replace(staged, archive)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
    return contents


def _write(tar: tarfile.TarFile, database: Database, objects: ObjectStore, key: bytes) -> Contents:
    rows, names, keys = 0, set[str](), list[str]()
    with tempfile.TemporaryDirectory(prefix="storyreel-backup-") as folder:
        with database.read() as connection:
            about = {"format": FORMAT, "version": __version__, "schema": _schema(connection), "made_at": now()}
            for table in _tables():
                with Path(folder, table.name).open("wb") as file:
                    for row in _dumped(connection, table):
                        file.write(orjson.dumps(row) + b"\n")
                        rows += 1
                        if table is tables.artifacts:
                            names.add(row["name"])
                            keys.append(row["key"])
        _add(tar, _ABOUT, orjson.dumps(about))
        _add(tar, _KEY, key)
        for table in _tables():
            tar.add(Path(folder, table.name), _ROWS + table.name)
    missing = sum(not _copied(tar, objects, name) for name in sorted(names))
    for artifact in keys:
        name = f"{artifact}.meta"
        if objects.exists(name):
            _add(tar, _OBJECTS + name, objects.read(name))
    return Contents(rows, len(names) - missing, missing)


def _copied(tar: tarfile.TarFile, objects: ObjectStore, name: str) -> bool:
    try:
        tar.add(objects.path(name), _OBJECTS + name)
    except (NotFoundError, FileNotFoundError):
        return False
    return True


def _dumped(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(sa.select(table), execution_options={"yield_per": BATCH}).mappings():
        yield {str(name): value for name, value in row.items()}


def restore(database: Database, objects: ObjectStore, keep_key: Callable[[bytes], None], archive: Path) -> Contents:
    """Bring an archive's files and then, all at once, its rows into an empty place; safe to begin again.

    Raises:
        ConflictError: code `target_not_empty`.
        InvalidInputError: code `backup_unusable`, it is no archive of ours, of another version, or broken.
        OSError: it cannot be read.
    """
    with database.read() as connection:
        _check_empty(connection)
        schema = _schema(connection)
    try:
        with tarfile.open(archive, "r:") as tar:
            _check_about(orjson.loads(_member(tar, _ABOUT).read()), schema)
            files = sum(_published(objects, tar, member) for member in tar if member.name.startswith(_OBJECTS))
            keep_key(_member(tar, _KEY).read())
            with database.write() as connection:
                _check_empty(connection)
                rows = sum(_loaded(connection, table, _member(tar, _ROWS + table.name)) for table in _tables())
    except (tarfile.TarError, KeyError, orjson.JSONDecodeError, EOFError) as error:
        raise _unusable("it is no whole archive of Storyreel") from error
    return Contents(rows, files)


def _published(objects: ObjectStore, tar: tarfile.TarFile, member: tarfile.TarInfo) -> int:
    """Keeps one file, and says whether it is one that an artifact is; the others tell of artifacts."""
    name = check_name(member.name.removeprefix(_OBJECTS))
    data = _member(tar, member.name)
    if name.endswith(".meta"):
        objects.write(name, data.read())
        return 0
    with tempfile.NamedTemporaryFile(prefix="storyreel-restore-", delete=False) as file:
        digest = hashlib.sha256()
        while piece := data.read(2**20):
            digest.update(piece)
            file.write(piece)
    try:
        if digest.hexdigest() != name.partition(".")[0]:
            raise _unusable(f"the file {name} is not what was written")
        objects.publish(Path(file.name), name)
    finally:
        Path(file.name).unlink(missing_ok=True)
    return 1


def _loaded(connection: sa.Connection, table: sa.Table, lines: Iterable[bytes]) -> int:
    dates = [column.name for column in table.columns if isinstance(column.type, tables.UtcDateTime)]
    rows: list[dict[str, Any]] = []
    number = 0
    for line in lines:
        row = orjson.loads(line)
        rows.append(row | {name: datetime.fromisoformat(row[name]) for name in dates if row[name] is not None})
        if len(rows) == BATCH:
            connection.execute(table.insert(), rows)
            number, rows = number + BATCH, []
    if rows:
        connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql" and table.autoincrement_column is not None and number + len(rows):
        column = table.autoincrement_column.name  # its sequence knows nothing of numbers that were given
        last = sa.select(sa.func.max(table.c[column])).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, column), last)))
    return number + len(rows)


def _tables() -> list[sa.Table]:
    """Each after those that it refers to."""
    return [table for table in tables.metadata.sorted_tables if table.name not in _OF_THE_MOMENT]


def _check_empty(connection: sa.Connection) -> None:
    for table in _tables():
        if scalar(connection, sa.select(sa.func.count()).select_from(table)):
            raise ConflictError(
                "There is something there already: a backup is restored into an empty place only.",
                code="target_not_empty",
                hint="Name a new data folder, or an empty database.",
            )


def _check_about(about: Any, schema: str) -> None:
    if about["format"] != FORMAT or about["schema"] != schema:
        raise _unusable(
            f"it was made by Storyreel {about['version']}, with another schema",
            f"Restore it with Storyreel {about['version']}, and then upgrade.",
        )


def _schema(connection: sa.Connection) -> str:
    return scalar(connection, sa.text("SELECT version_num FROM alembic_version"))


def _unusable(why: str, hint: str = "") -> InvalidInputError:
    return InvalidInputError(f"The backup cannot be restored: {why}.", code="backup_unusable", hint=hint)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
