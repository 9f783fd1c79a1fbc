"""Reads that are asked thousands of times a second: compiled once, and on SQLite run without SQLAlchemy's machinery."""

import sqlite3
from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from storyreel.store.database.rows import Row, fetch_all

_DIALECT = sqlite.dialect(json_deserializer=orjson.loads)

Convert = Callable[[Any], Any] | None
Reader = sa.Connection | sqlite3.Connection
"""Whom a question can be asked: a transaction, or SQLite's own connection for a single glance."""


class Question:
    """A SELECT whose values are bind parameters, by name. It may have no IN: how many follow is known too late."""

    def __init__(self, query: "sa.Select[*tuple[Any, ...]]") -> None:
        self._query = query

    def rows(self, reader: Reader, **values: Any) -> list[Row]:
        """All that answers it."""
        if isinstance(reader, sa.Connection):
            return fetch_all(reader, self._query.params(**values))
        sql, parameters, columns, fixed = self._compiled
        every = fixed | values
        asked = [convert(every[name]) if convert else every[name] for name, convert in parameters]
        return [
            {name: convert(value) if convert else value for (name, convert), value in zip(columns, row, strict=True)}
            for row in reader.execute(sql, asked)
        ]

    def row(self, reader: Reader, **values: Any) -> Row | None:
        """The first that answers it."""
        return next(iter(self.rows(reader, **values)), None)

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Convert]], list[tuple[str, Convert]], dict[str, Any]]:
        """The statement; its parameters and its columns, each with what converts it, as SQLAlchemy would.

        Last, what the query itself compares with.
        """
        compiled = self._query.compile(dialect=_DIALECT)
        names = cast("list[str]", getattr(compiled, "positiontup"))  # noqa: B009 - its type is known to nobody
        parameters = [(name, _impl(compiled.binds[name]).bind_processor(_DIALECT)) for name in names]
        columns = [(str(one.key), _impl(one).result_processor(_DIALECT, None)) for one in self._query.selected_columns]
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        return str(compiled), parameters, columns, fixed


def _impl(element: Any) -> Any:
    return element.type.dialect_impl(_DIALECT)
