"""Films: every one that a project ever had, and what it was cut from."""

from typing import Any

import sqlalchemy as sa

from storyreel.domain.film import Film
from storyreel.domain.serialize import as_json, from_json
from storyreel.store.database.rows import Row, fetch_all, fetch_one
from storyreel.store.database.tables import films


def _film(row: Row) -> Film:
    return from_json(Film, row)


def add(connection: sa.Connection, film: Film) -> None:
    """List a film; nothing, when it is just the project's last one."""
    query = sa.select(films.c.artifact).where(films.c.project_id == film.project_id)
    last = fetch_one(connection, query.order_by(films.c.created_at.desc()).limit(1))
    if last is None or last["artifact"] != film.artifact:
        connection.execute(films.insert().values(**_values(film)))


def _values(film: Film) -> dict[str, Any]:
    return as_json(film) | {"created_at": film.created_at}


def of_project(connection: sa.Connection, project_id: str) -> list[Film]:
    """Newest first."""
    query = sa.select(films).where(films.c.project_id == project_id)
    return [_film(row) for row in fetch_all(connection, query.order_by(films.c.created_at.desc(), films.c.id))]


def get(connection: sa.Connection, project_id: str, film_id: str) -> Film | None:
    row = fetch_one(connection, sa.select(films).where(films.c.project_id == project_id, films.c.id == film_id))
    return None if row is None else _film(row)
