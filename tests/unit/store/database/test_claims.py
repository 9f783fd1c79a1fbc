from collections.abc import Callable
from typing import Any

from storyreel.store.database import claims
from storyreel.store.database.connection import Database


def test_of_many_one_has_it(database: Database, threads: Callable[..., list[Any]]) -> None:
    def claim(number: int) -> bool:
        with database.write() as connection:
            return claims.claim(connection, "key", str(number))

    got = threads(claim)
    assert sorted(got) == [False] * 11 + [True]
    holder = str(got.index(True))
    with database.write() as connection:
        assert claims.claim(connection, "key", holder), "it may ask again"
        assert claims.claim(connection, "other", "x")
        claims.release(connection, "key", "x")
        assert not claims.claim(connection, "key", "x"), "it was not theirs to let go of"
        assert claims.holders(connection) == {holder, "x"}
        assert claims.release_all(connection, holder) == 1
        assert claims.claim(connection, "key", "x")
