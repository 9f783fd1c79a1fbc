"""Projects: find, list, edit."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.project import Project, ProjectSettings, ProjectStatus, Style
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.storyboard import Character
from storyreel.domain.task import ENDED_BY_DELETION, TaskStatus, TaskType
from storyreel.errors import StaleEditError
from storyreel.store.database import artifacts
from storyreel.store.database.questions import Question, Reader
from storyreel.store.database.rows import Row, changed, fetch_all, fetch_one, scalar
from storyreel.store.database.tables import projects, shots, tasks

_PRESENT = projects.c.deleted_at.is_(None)
_OWNED = Question(
    sa.select(projects).where(
        projects.c.id == sa.bindparam("project_id"), projects.c.owner_id == sa.bindparam("owner_id"), _PRESENT
    )
)
_COUNT = (tasks.c.type.in_([TaskType.LLM, TaskType.FILM]), tasks.c.error_code.is_distinct_from(ENDED_BY_DELETION))
ORDERS = {
    "created_at": (projects.c.created_at.desc(), projects.c.id),
    "created_at_asc": (projects.c.created_at.asc(), projects.c.id),
    "title": (projects.c.title_key, projects.c.id),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing and how many there are in all."""

    items: list[Project]
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """`duration` is the last film's, in seconds; `progress` of what is under way, 0 … 99, or None."""

    shots: int
    duration: float | None
    progress: int | None


def search_key(text: str) -> str:
    """Text as titles are searched and sorted: compatibility-normalised and case-folded, in any script."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Turkish has an i with and one without a dot, each in both cases; folding knows only English's pair.
    return folded.replace("i\u0307", "i").replace("ı", "i")


def _project(row: Row) -> Project:
    data = dict(row)
    del data["title_key"], data["deleted_at"]
    data["style"] = Style(data["style"])
    data["status"] = ProjectStatus(data["status"])
    data["settings"] = from_json(ProjectSettings, data["settings"])
    data["characters"] = tuple(from_json(Character, item) for item in data["characters"])
    return Project(**data)


def add(connection: sa.Connection, project: Project) -> None:
    connection.execute(projects.insert().values(**as_json(project) | _typed(project)))


def _typed(project: Project) -> dict[str, Any]:
    return {"created_at": project.created_at, "title_key": search_key(project.title)}


def get(connection: sa.Connection, project_id: str) -> Project | None:
    row = fetch_one(connection, sa.select(projects).where(projects.c.id == project_id, _PRESENT))
    return None if row is None else _project(row)


def is_deleted(connection: sa.Connection, project_id: str) -> bool:
    """Whether a project of that id was deleted, and is kept."""
    return scalar(connection, sa.select(projects.c.deleted_at).where(projects.c.id == project_id)) is not None


def owned(reader: Reader, project_id: str, owner_id: str) -> Project | None:
    """The project, if it is that user's."""
    row = _OWNED.row(reader, project_id=project_id, owner_id=owner_id)
    return None if row is None else _project(row)


def owns_deleted(connection: sa.Connection, project_id: str, owner_id: str, since: datetime) -> bool:
    """Whether that user had the project, and deleted it since then."""
    mine = sa.select(projects.c.id).where(projects.c.id == project_id, projects.c.owner_id == owner_id)
    return fetch_one(connection, mine.where(projects.c.deleted_at >= since)) is not None


def facts(connection: sa.Connection, those: Sequence[Project]) -> dict[str, Facts]:
    """How long, how much and how far each of the projects is; at most a few hundred at once."""
    wanted = [project.id for project in those]
    present = shots.c.project_id.in_(wanted) & shots.c.deleted_at.is_(None)
    count = sa.select(shots.c.project_id, sa.func.count().label("shots")).where(present).group_by(shots.c.project_id)
    counts = {row["project_id"]: row["shots"] for row in fetch_all(connection, count)}
    films = artifacts.many(connection, {project.film for project in those if project.film})
    under_way = (tasks.c.project_id.in_(wanted), tasks.c.status.in_([TaskStatus.PENDING, TaskStatus.RUNNING]))
    running = fetch_all(connection, sa.select(tasks.c.project_id, tasks.c.type, tasks.c.progress).where(*under_way))
    return {
        project.id: Facts(
            shots=counts.get(project.id, 0),
            duration=films[project.film].facts["duration"] if project.film in films else None,
            progress=_progress([row for row in running if row["project_id"] == project.id]),
        )
        for project in those
    }


def _progress(running: list[Row]) -> int | None:
    """Of the whole, when something makes the whole; else the mean of the parts."""
    whole = [row["progress"] for row in running if row["type"] in (TaskType.FILM, TaskType.LLM)]
    parts = whole or [row["progress"] for row in running]
    return sum(parts) // len(parts) if parts else None


def page(connection: sa.Connection, owner_id: str, q: str, order: str, number: int, size: int) -> Page:
    """Page `number` (from 1) of the user's projects whose title holds `q`, in one of `ORDERS`."""
    mine = sa.and_(projects.c.owner_id == owner_id, _PRESENT)
    if q:
        mine = sa.and_(mine, projects.c.title_key.contains(search_key(q), autoescape=True))
    total = scalar(connection, sa.select(sa.func.count()).select_from(projects).where(mine))
    query = sa.select(projects).where(mine).order_by(*ORDERS[order])
    rows = fetch_all(connection, query.limit(size).offset((number - 1) * size))
    return Page([_project(row) for row in rows], total)


def update(connection: sa.Connection, project_id: str, changes: dict[str, Any], revision: int | None = None) -> None:
    """Set columns from JSON-ready values; an edit by a user names the `revision` it read, and moves it on.

    Raises:
        StaleEditError: somebody else edited the project since that revision.
    """
    values = dict(changes)
    if "title" in values:
        values["title_key"] = search_key(values["title"])
    query = projects.update().where(projects.c.id == project_id)
    if revision is not None:
        query = query.where(projects.c.revision == revision)
        values["revision"] = revision + 1
    if changed(connection, query.values(**values)) == 0 and revision is not None:
        raise StaleEditError("The project was changed by somebody else.", hint="Read it again, then repeat the edit.")


def settle(connection: sa.Connection, project_id: str) -> bool:
    """Recompute the status from the tasks: at work, failed, has a film, or not yet begun. Whether it is another now."""
    mine = (
        sa.select(tasks.c.status).where(tasks.c.project_id == project_id).order_by(tasks.c.created_at.desc()).limit(1)
    )
    if scalar(connection, mine.where(tasks.c.status.in_([TaskStatus.PENDING, TaskStatus.RUNNING]))):
        status = ProjectStatus.RUNNING
    elif scalar(connection, mine.where(*_COUNT)) == TaskStatus.FAILED:
        status = ProjectStatus.FAILED
    else:
        film = scalar(connection, sa.select(projects.c.film).where(projects.c.id == project_id))
        status = ProjectStatus.SUCCESS if film else ProjectStatus.PENDING
    other = projects.update().where(projects.c.id == project_id, projects.c.status != status)
    return changed(connection, other.values(status=status)) > 0


def mark_deleted(connection: sa.Connection, project_id: str, at: datetime | None) -> None:
    """Delete the project; `at` None brings it back."""
    connection.execute(projects.update().where(projects.c.id == project_id).values(deleted_at=at))
