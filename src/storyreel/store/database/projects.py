"""Projects: find, list, edit."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.domain.project import Project, ProjectSettings, ProjectStatus, Style
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.storyboard import Character
from storyreel.domain.task import ENDED_BY_DELETION, TaskStatus, TaskType
from storyreel.errors import StaleEditError
from storyreel.store.database.questions import Question, Reader
from storyreel.store.database.rows import Row, changed, fetch_one, scalar
from storyreel.store.database.tables import artifacts, projects, shots, tasks

_PRESENT = projects.c.deleted_at.is_(None)
_OWNED = Question(
    sa.select(projects).where(
        projects.c.id == sa.bindparam("project_id"), projects.c.owner_id == sa.bindparam("owner_id"), _PRESENT
    )
)
_THAT_COUNT = (tasks.c.type.in_([TaskType.LLM, TaskType.FILM]), tasks.c.error_code.is_distinct_from(ENDED_BY_DELETION))
ORDERS = {
    "created_at": (projects.c.created_at.desc(), projects.c.id),
    "created_at_asc": (projects.c.created_at.asc(), projects.c.id),
    "title": (projects.c.title_key, projects.c.id),
}
_UNSEEN = {"title_key", "deleted_at"}
"""Columns of which a Project knows nothing."""
_Characters = tuple[Character, ...]


def _at_a_glance() -> "sa.Select[*tuple[Any, ...]]":
    """Projects without their stories, with what a listing tells of each."""
    its_shots = sa.select(sa.func.count()).where(shots.c.project_id == projects.c.id, shots.c.deleted_at.is_(None))
    its_film = sa.select(artifacts.c.facts).where(artifacts.c.key == projects.c.film)
    under_way = sa.or_(tasks.c.status == TaskStatus.PENDING, tasks.c.status == TaskStatus.RUNNING)
    mean = sa.select(sa.func.sum(tasks.c.progress) // sa.func.count()).where(
        tasks.c.project_id == projects.c.id, under_way
    )
    # Of the whole, when something makes the whole; else the mean of the parts.
    whole = mean.where(sa.or_(tasks.c.type == TaskType.FILM, tasks.c.type == TaskType.LLM))
    return sa.select(
        *(column for column in projects.c if column.key not in {"story_text", *_UNSEEN}),
        its_shots.scalar_subquery().label("shots"),
        its_film.scalar_subquery().label("film_facts"),
        sa.func.coalesce(whole.scalar_subquery(), mean.scalar_subquery()).label("progress"),
    ).where(_PRESENT)


_LISTED = Question(_at_a_glance().where(projects.c.id == sa.bindparam("project_id")))
_OWN = (projects.c.owner_id == sa.bindparam("owner_id"), _PRESENT)
_THOSE = {False: _OWN, True: (*_OWN, projects.c.title_key.like(sa.bindparam("pattern"), escape="/"))}
"""Of a listing: all that somebody has, or what was searched for."""
_TOTALS = {
    searched: Question(sa.select(sa.func.count().label("total")).select_from(projects).where(*those))
    for searched, those in _THOSE.items()
}
_PAGES = {
    (name, searched): Question(
        _at_a_glance().where(*those).order_by(*order).limit(sa.bindparam("size")).offset(sa.bindparam("skip"))
    )
    for name, order in ORDERS.items()
    for searched, those in _THOSE.items()
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A project at a glance, without its story: its shots, its film's seconds, and how far it is, 0 … 99 or None."""

    project: Project
    shots: int
    duration: float | None
    progress: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing and how many there are in all."""

    items: list[Listed]
    total: int


def search_key(text: str) -> str:
    """Text as titles are searched and sorted: compatibility-normalised and case-folded, in any script."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Turkish has an i with and one without a dot, each in both cases; folding knows only English's pair.
    return folded.replace("i\u0307", "i").replace("ı", "i")


def _project(row: Row) -> Project:
    data = {name: value for name, value in row.items() if name not in _UNSEEN}
    data["style"] = Style(data["style"])
    data["status"] = ProjectStatus(data["status"])
    data["settings"] = from_json(ProjectSettings, data["settings"])
    data["characters"] = from_json(_Characters, data["characters"])
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


def count(connection: sa.Connection, owner_id: str) -> int:
    """How many projects the user has."""
    return scalar(connection, sa.select(sa.func.count()).where(projects.c.owner_id == owner_id, _PRESENT))


def listed(connection: sa.Connection, project_id: str) -> Listed | None:
    """The project at a glance."""
    row = _LISTED.row(connection, project_id=project_id)
    return None if row is None else _listed(row)


def page(reader: Reader, owner_id: str, q: str, order: str, number: int, size: int) -> Page:
    """Page `number` (from 1) of the user's projects whose title holds `q`, in one of `ORDERS`."""
    those = {"owner_id": owner_id}
    if q:
        escaped = re.sub(r"[/%_]", r"/\g<0>", search_key(q))
        those["pattern"] = f"%{escaped}%"
    rows = _PAGES[order, bool(q)].rows(reader, **those, size=size, skip=(number - 1) * size)
    (count,) = _TOTALS[bool(q)].rows(reader, **those)
    return Page([_listed(row) for row in rows], count["total"])


def _listed(row: Row) -> Listed:
    shots, film, progress = (row.pop(name) for name in ("shots", "film_facts", "progress"))
    row["story_text"] = ""
    return Listed(_project(row), shots, film["duration"] if film else None, progress)


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
    elif scalar(connection, mine.where(*_THAT_COUNT)) == TaskStatus.FAILED:
        status = ProjectStatus.FAILED
    else:
        film = scalar(connection, sa.select(projects.c.film).where(projects.c.id == project_id))
        status = ProjectStatus.SUCCESS if film else ProjectStatus.PENDING
    other = projects.update().where(projects.c.id == project_id, projects.c.status != status)
    return changed(connection, other.values(status=status)) > 0


def mark_deleted(connection: sa.Connection, project_id: str, at: datetime | None) -> None:
    """Delete the project; `at` None brings it back."""
    connection.execute(projects.update().where(projects.c.id == project_id).values(deleted_at=at))
