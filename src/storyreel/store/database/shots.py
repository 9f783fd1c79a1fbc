"""Shots and their versions."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot, ShotStatus, Version, VersionKind
from storyreel.domain.storyboard import SceneSpec, Transition
from storyreel.domain.task import TaskStatus
from storyreel.errors import StaleEditError
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now, scalar
from storyreel.store.database.tables import projects, shots, tasks, versions


def _shot(row: Row) -> Shot:
    data = dict(row)
    data["order"] = data.pop("position")
    data["transition"] = Transition(data["transition"])
    data["status"] = ShotStatus(data["status"])
    data["scene"] = None if data["scene"] is None else from_json(SceneSpec, data["scene"])
    return Shot(**data)


def _version(row: Row) -> Version:
    data = dict(row)
    data["kind"] = VersionKind(data["kind"])
    return Version(**data)


def _values(shot: Shot) -> dict[str, Any]:
    data = as_json(shot)
    data["position"] = data.pop("order")
    return data


def add(connection: sa.Connection, new: Sequence[Shot]) -> None:
    if new:
        connection.execute(shots.insert(), [_values(shot) for shot in new])


def get(connection: sa.Connection, shot_id: str) -> Shot | None:
    row = fetch_one(connection, sa.select(shots).where(shots.c.id == shot_id))
    return None if row is None else _shot(row)


def owned(connection: sa.Connection, shot_id: str, owner_id: str) -> Shot | None:
    """The shot, if its project is that user's."""
    mine = sa.select(shots).join(projects, projects.c.id == shots.c.project_id)
    row = fetch_one(connection, mine.where(shots.c.id == shot_id, projects.c.owner_id == owner_id))
    return None if row is None else _shot(row)


def of_project(connection: sa.Connection, project_id: str) -> list[Shot]:
    """The storyboard, in order."""
    query = sa.select(shots).where(shots.c.project_id == project_id).order_by(shots.c.position)
    return [_shot(row) for row in fetch_all(connection, query)]


def update(connection: sa.Connection, shot_id: str, changes: dict[str, Any], revision: int | None = None) -> None:
    """Set columns from JSON-ready values; an edit by a user names the `revision` it read, and moves it on.

    Raises:
        StaleEditError: somebody else edited the shot since that revision.
    """
    values = dict(changes)
    if "order" in values:
        values["position"] = values.pop("order")
    query = shots.update().where(shots.c.id == shot_id)
    if revision is not None:
        query = query.where(shots.c.revision == revision)
        values["revision"] = revision + 1
    if values and changed(connection, query.values(**values)) == 0 and revision is not None:
        raise StaleEditError("The shot was changed by somebody else.", hint="Read it again, then repeat the edit.")


def place(connection: sa.Connection, shot_ids: Sequence[str]) -> None:
    """Number the shots 0 … n−1 in this order."""
    for position, shot_id in enumerate(shot_ids):
        connection.execute(shots.update().where(shots.c.id == shot_id).values(position=position))


def delete(connection: sa.Connection, shot_id: str) -> None:
    connection.execute(shots.delete().where(shots.c.id == shot_id))


def delete_all(connection: sa.Connection, project_id: str) -> None:
    connection.execute(shots.delete().where(shots.c.project_id == project_id))


def settle(connection: sa.Connection, shot_id: str) -> None:
    """Recompute the shot's status from its tasks: at work, failed, has a picture, or not yet begun."""
    query = sa.select(tasks.c.type, tasks.c.status, tasks.c.error).where(tasks.c.shot_id == shot_id)
    oldest_first = fetch_all(connection, query.order_by(tasks.c.created_at))
    last = list({row["type"]: row for row in oldest_first}.values())
    failed = [row for row in last if row["status"] == TaskStatus.FAILED]
    image = scalar(connection, sa.select(shots.c.image).where(shots.c.id == shot_id))
    if any(row["status"] == TaskStatus.RUNNING for row in last):
        status = ShotStatus.RUNNING
    elif any(row["status"] == TaskStatus.PENDING for row in last):
        status = ShotStatus.RUNNING if image else ShotStatus.PENDING
    elif failed:
        status = ShotStatus.FAILED
    else:
        status = ShotStatus.SUCCESS if image else ShotStatus.PENDING
    error = failed[0]["error"] if status is ShotStatus.FAILED else None
    connection.execute(shots.update().where(shots.c.id == shot_id).values(status=status, error=error))


def add_version(
    connection: sa.Connection, shot_id: str, kind: VersionKind, artifact: str, made_from: dict[str, Any]
) -> None:
    """Keep a made thing for ever; the same artifact of the same kind is kept once."""
    known = sa.select(versions.c.number).where(
        versions.c.shot_id == shot_id, versions.c.kind == kind, versions.c.artifact == artifact
    )
    if fetch_one(connection, known):
        return
    last = scalar(connection, sa.select(sa.func.max(versions.c.number)).where(versions.c.shot_id == shot_id))
    connection.execute(
        versions.insert().values(
            shot_id=shot_id,
            number=(last or 0) + 1,
            kind=kind,
            artifact=artifact,
            made_from=made_from,
            created_at=now(),
        )
    )


def versions_of(connection: sa.Connection, shot_id: str) -> list[Version]:
    """Newest first."""
    query = sa.select(versions).where(versions.c.shot_id == shot_id).order_by(versions.c.number.desc())
    return [_version(row) for row in fetch_all(connection, query)]


def owner_uses(connection: sa.Connection, owner_id: str, artifact: str) -> bool:
    """Whether a version of one of the user's shots is this artifact."""
    query = (
        sa.select(versions.c.number)
        .join(shots, shots.c.id == versions.c.shot_id)
        .join(projects, projects.c.id == shots.c.project_id)
        .where(versions.c.artifact == artifact, projects.c.owner_id == owner_id)
    )
    return fetch_one(connection, query.limit(1)) is not None
