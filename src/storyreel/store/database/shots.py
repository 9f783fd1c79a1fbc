"""Shots, their versions and their earlier states. A deleted shot is kept, and seen by what brings it back alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot, ShotStatus, Version, VersionKind
from storyreel.domain.storyboard import SceneSpec, Transition
from storyreel.domain.task import ENDED_BY_DELETION, TaskStatus
from storyreel.errors import StaleEditError
from storyreel.store.database.questions import Question, Reader
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, now, scalar
from storyreel.store.database.tables import projects, revisions, shots, tasks, versions

_PRESENT = shots.c.deleted_at.is_(None)
_OF_OWNER_QUERY = (
    sa.select(shots)
    .join(projects, projects.c.id == shots.c.project_id)
    .where(shots.c.id == sa.bindparam("shot_id"), projects.c.owner_id == sa.bindparam("owner_id"))
    .where(projects.c.deleted_at.is_(None))
)
_OF_OWNER, _OWNED = Question(_OF_OWNER_QUERY), Question(_OF_OWNER_QUERY.where(_PRESENT))
_STATE = tuple(
    shots.c[name]
    for name in (
        *("prompt", "prompt_en", "narration", "transition", "scene", "style", "voice_name", "take"),
        *("image", "image_for", "voice", "voice_for", "clip", "clip_for"),
    )
)
"""What of a shot an edit may change, and what it had made by then."""


def _shot(row: Row) -> Shot:
    data = dict(row)
    del data["deleted_at"]
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
    row = fetch_one(connection, sa.select(shots).where(shots.c.id == shot_id, _PRESENT))
    return None if row is None else _shot(row)


def is_deleted(connection: sa.Connection, shot_id: str) -> bool:
    """Whether a shot of that id was deleted, and is kept."""
    return scalar(connection, sa.select(shots.c.deleted_at).where(shots.c.id == shot_id)) is not None


def owned(reader: Reader, shot_id: str, owner_id: str) -> Shot | None:
    """The shot, if its project is that user's."""
    row = _OWNED.row(reader, shot_id=shot_id, owner_id=owner_id)
    return None if row is None else _shot(row)


def project_of(connection: sa.Connection, shot_id: str, owner_id: str) -> str | None:
    """The id of the project that the shot is in, or was until it was deleted; None if it is not that user's."""
    row = _OF_OWNER.row(connection, shot_id=shot_id, owner_id=owner_id)
    return None if row is None else row["project_id"]


def of_project(connection: sa.Connection, project_id: str) -> list[Shot]:
    """The storyboard, in order."""
    query = sa.select(shots).where(shots.c.project_id == project_id, _PRESENT).order_by(shots.c.position)
    return [_shot(row) for row in fetch_all(connection, query)]


def deleted_of_project(connection: sa.Connection, project_id: str, since: datetime) -> list[Shot]:
    """The shots deleted since then, each with the place that it had: those deleted last first, together in order."""
    query = sa.select(shots).where(shots.c.project_id == project_id, shots.c.deleted_at >= since)
    return [_shot(row) for row in fetch_all(connection, query.order_by(shots.c.deleted_at.desc(), shots.c.position))]


def update(connection: sa.Connection, shot_id: str, changes: dict[str, Any], revision: int | None = None) -> None:
    """Set columns from JSON-ready values; an edit by a user names the `revision` it read, and moves it on.

    The state that such an edit ends is kept under its revision.

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
        state = fetch_one(connection, sa.select(*_STATE).where(shots.c.id == shot_id, shots.c.revision == revision))
        if state is not None:
            connection.execute(revisions.insert().values(shot_id=shot_id, number=revision, state=state))
    if values and changed(connection, query.values(**values)) == 0 and revision is not None:
        raise StaleEditError("The shot was changed by somebody else.", hint="Read it again, then repeat the edit.")


def place(connection: sa.Connection, shot_ids: Sequence[str]) -> None:
    """Number the shots 0 … n−1 in this order."""
    for position, shot_id in enumerate(shot_ids):
        connection.execute(shots.update().where(shots.c.id == shot_id).values(position=position))


def state_at(connection: sa.Connection, shot_id: str, revision: int) -> dict[str, Any] | None:
    """What `update` brings the shot back with to how it was at an earlier revision."""
    query = sa.select(revisions.c.state).where(revisions.c.shot_id == shot_id, revisions.c.number == revision)
    return scalar(connection, query)


def mark_deleted(connection: sa.Connection, shot_ids: Sequence[str], at: datetime | None) -> None:
    """Delete the shots, together; `at` None brings them back. They keep their places."""
    for shot_id in shot_ids:
        connection.execute(shots.update().where(shots.c.id == shot_id).values(deleted_at=at))


def settle(connection: sa.Connection, shot_id: str) -> None:
    """Recompute the shot's status from its tasks: at work, failed, has a picture, or not yet begun."""
    ended = tasks.c.error_code.is_distinct_from(ENDED_BY_DELETION)
    query = sa.select(tasks.c.type, tasks.c.status, tasks.c.error).where(tasks.c.shot_id == shot_id, ended)
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


def copy_versions(connection: sa.Connection, shot_id: str, to: str, kinds: Sequence[VersionKind] = ()) -> None:
    """Give another shot, which has none, the versions of this one; of these kinds only, if there are any."""
    for version in reversed(versions_of(connection, shot_id)):
        if not kinds or version.kind in kinds:
            add_version(connection, to, version.kind, version.artifact, version.made_from)


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
