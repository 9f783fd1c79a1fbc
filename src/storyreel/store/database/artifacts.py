"""Artifacts: what the object store holds, and what each was made from."""

from collections.abc import Collection

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.store.database.rows import fetch_all, fetch_one
from storyreel.store.database.tables import artifacts


def put(connection: sa.Connection, artifact: Artifact) -> None:
    """Record an artifact, in place of one of that key whose file was lost."""
    known = get(connection, artifact.key)
    if known == artifact:
        return
    values = {column.name: getattr(artifact, column.name) for column in artifacts.columns}
    if known is None:
        connection.execute(artifacts.insert().values(**values))
    else:
        connection.execute(artifacts.update().where(artifacts.c.key == artifact.key).values(**values))


def get(connection: sa.Connection, key: str) -> Artifact | None:
    row = fetch_one(connection, sa.select(artifacts).where(artifacts.c.key == key))
    return None if row is None else Artifact(**row)


def many(connection: sa.Connection, keys: Collection[str]) -> dict[str, Artifact]:
    """Those of the keys that are there."""
    found: dict[str, Artifact] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):  # SQLite limits the parameters of one statement
        part = wanted[start : start + 500]
        for row in fetch_all(connection, sa.select(artifacts).where(artifacts.c.key.in_(part))):
            found[row["key"]] = Artifact(**row)
    return found
