"""Work that waits for nodes which cannot be reached, until they fetch it and bring the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storyreel.store.database.rows import fetch_all, fetch_one, now
from storyreel.store.database.tables import offers


@dataclass(frozen=True, slots=True)
class Offer:
    """`seen_at` is when the node last asked for work; `progress` how far it said it was, 0 … 100.

    `brought` is the SHA-256 of the file that it brought, if it did.
    """

    ticket: str
    node: str
    type: str
    request: dict[str, Any]
    progress: int
    seen_at: datetime
    created_at: datetime
    brought: str | None


def put(connection: sa.Connection, ticket: str, node: str, type_: str, request: dict[str, Any]) -> None:
    """Offer the work; what was offered under that ticket before is offered no more."""
    drop(connection, ticket)
    values = {"ticket": ticket, "node": node, "type": type_, "request": request, "progress": 0}
    connection.execute(offers.insert().values(**values, seen_at=now(), created_at=now()))


def get(connection: sa.Connection, ticket: str, node: str) -> Offer | None:
    row = fetch_one(connection, sa.select(offers).where(offers.c.ticket == ticket, offers.c.node == node))
    return None if row is None else Offer(**row)


def bring(connection: sa.Connection, ticket: str, digest: str) -> None:
    """The node brought its file."""
    connection.execute(offers.update().where(offers.c.ticket == ticket).values(brought=digest))


def drop(connection: sa.Connection, ticket: str) -> None:
    connection.execute(offers.delete().where(offers.c.ticket == ticket))


def claim(
    connection: sa.Connection, node: str, types: Sequence[str], working: Mapping[str, int], room: int
) -> tuple[list[Offer], list[str]]:
    """What the node is to do, oldest first, and which of the jobs that it has nobody wants any more.

    Args:
        working: what it has already, and how far each is. Whatever it does not have, it is offered again.
        room: how many more it takes.
    """
    mine = offers.c.node == node
    tickets = {row["ticket"] for row in fetch_all(connection, sa.select(offers.c.ticket).where(mine))}
    connection.execute(offers.update().where(mine).values(seen_at=now()))
    for ticket, progress in working.items():
        connection.execute(offers.update().where(mine, offers.c.ticket == ticket).values(progress=progress))
    fresh = sa.select(offers).where(mine, offers.c.type.in_(types), offers.c.ticket.not_in(list(working)))
    rows = fetch_all(connection, fresh.order_by(offers.c.created_at).limit(room))
    return [Offer(**row) for row in rows], [ticket for ticket in working if ticket not in tickets]
