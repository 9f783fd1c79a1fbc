from collections.abc import Callable
from typing import Any

import pytest

from storyreel.domain.user import User
from storyreel.errors import InvalidInputError
from storyreel.store.database import idempotency, users
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now


def test_a_key_stands_for_the_first_resource(database: Database) -> None:
    with database.write() as connection:
        users.add(connection, User("u2", "Noa", now()), "")
        assert idempotency.claim(connection, "u1", "key", "print", "r1") == "r1"
        assert idempotency.claim(connection, "u1", "key", "print", "r2") == "r1"
        assert idempotency.claim(connection, "u1", "other", "print", "r3") == "r3"
        assert idempotency.claim(connection, "u2", "key", "another", "r4") == "r4"


def test_a_key_is_for_one_request(database: Database) -> None:
    with database.write() as connection:
        idempotency.claim(connection, "u1", "key", "print", "r1")
        with pytest.raises(InvalidInputError) as refused:
            idempotency.claim(connection, "u1", "key", "another", "r2")
    assert refused.value.code == "idempotency_key_reused"


def test_many_claims_at_once_agree(database: Database, threads: Callable[..., list[Any]]) -> None:
    def claim(number: int) -> str:
        with database.write() as connection:
            return idempotency.claim(connection, "u1", "key", "print", f"r{number}")

    outcomes = threads(claim)
    assert len(set(outcomes)) == 1
    assert outcomes[0].startswith("r")
