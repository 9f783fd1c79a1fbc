"""Idempotency keys: the same key of the same user always names the same resource."""

import sqlalchemy as sa

from storyreel.errors import InvalidInputError
from storyreel.store.database.rows import fetch_one, now
from storyreel.store.database.tables import idempotency_keys


def claim(connection: sa.Connection, user_id: str, key: str, fingerprint: str, resource_id: str) -> str:
    """The resource id that the key stands for: `resource_id` on first use, the first one's ever after.

    Raises:
        InvalidInputError: the key was used before for a different request (`idempotency_key_reused`).
    """
    table = idempotency_keys.c
    query = sa.select(table.fingerprint, table.resource_id).where(table.user_id == user_id, table.key == key)
    row = fetch_one(connection, query)
    if row is None:
        connection.execute(
            idempotency_keys.insert().values(
                user_id=user_id, key=key, fingerprint=fingerprint, resource_id=resource_id, created_at=now()
            )
        )
        return resource_id
    if row["fingerprint"] != fingerprint:
        raise InvalidInputError(
            "This Idempotency-Key was used before for a different request.",
            code="idempotency_key_reused",
            hint="Use a new key for a new request.",
        )
    return row["resource_id"]
