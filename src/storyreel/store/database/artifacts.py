"""Artifacts: what the object store holds, and what each was made from."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.store.database.rows import changed, fetch_all, fetch_one, now, scalar
from storyreel.store.database.tables import artifacts

_COLUMNS = [column for column in artifacts.columns if column.name != "used_at"]
_DAY = timedelta(days=1)


def put(connection: sa.Connection, artifact: Artifact) -> None:
    """Record an artifact, in place of one of that key whose file was lost."""
    known = get(connection, artifact.key)
    if known == artifact:
        return
    values = {column.name: getattr(artifact, column.name) for column in _COLUMNS} | {"used_at": now()}
    if known is None:
        connection.execute(artifacts.insert().values(**values))
    else:
        connection.execute(artifacts.update().where(artifacts.c.key == artifact.key).values(**values))


def get(connection: sa.Connection, key: str) -> Artifact | None:
    row = fetch_one(connection, sa.select(*_COLUMNS).where(artifacts.c.key == key))
    return None if row is None else Artifact(**row)


def many(connection: sa.Connection, keys: Collection[str]) -> dict[str, Artifact]:
    """Those of the keys that are there."""
    found: dict[str, Artifact] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):  # SQLite limits the parameters of one statement
        part = wanted[start : start + 500]
        for row in fetch_all(connection, sa.select(*_COLUMNS).where(artifacts.c.key.in_(part))):
            found[row["key"]] = Artifact(**row)
    return found


def rests(connection: sa.Connection, key: str) -> bool:
    """Whether the artifact is there, and nobody noted for a day that it is used."""
    used = scalar(connection, sa.select(artifacts.c.used_at).where(artifacts.c.key == key))
    return used is not None and used < now() - _DAY


def note_use(connection: sa.Connection, key: str) -> bool:
    """Note that the artifact is used now; False when it is not there any more."""
    return changed(connection, artifacts.update().where(artifacts.c.key == key).values(used_at=now())) > 0


def unused(connection: sa.Connection, since: datetime) -> list[str]:
    """The keys of the artifacts that nobody used since then, oldest first."""
    query = sa.select(artifacts.c.key).where(artifacts.c.used_at < since).order_by(artifacts.c.used_at)
    return [row["key"] for row in fetch_all(connection, query)]


def remove_unused(connection: sa.Connection, key: str, since: datetime) -> str | None:
    """Forget an artifact, unless it was used since; the name of its file, if no other artifact has the same one.

    Raises:
        LookupError: it was used, or is gone.
    """
    row = fetch_one(connection, sa.select(artifacts.c.name).where(artifacts.c.key == key, artifacts.c.used_at < since))
    if row is None:
        raise LookupError(key)
    connection.execute(artifacts.delete().where(artifacts.c.key == key))
    others = sa.select(sa.func.count()).select_from(artifacts).where(artifacts.c.name == row["name"])
    return None if scalar(connection, others) else row["name"]
