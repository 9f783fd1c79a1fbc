from datetime import timedelta

import pytest
import sqlalchemy as sa

from storyreel.domain.user import LOCAL_USER, User
from storyreel.store.database import users
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now


def test_names_are_one_whatever_their_case(database: Database) -> None:
    with database.read() as connection:
        for name in ("Mia", "MIA", "ｍｉａ"):
            found = users.by_name(connection, name)
            assert found
            assert (found[0].id, found[0].name, found[1]) == ("u1", "Mia", "hash-of-mia")
        assert users.by_name(connection, "Mi") is None

    def again() -> None:
        with database.write() as connection:
            users.add(connection, User("u2", "mIA", now()), "")

    with pytest.raises(sa.exc.IntegrityError):
        again()


def test_only_those_who_can_sign_in_are_counted(database: Database) -> None:
    with database.write() as connection:
        users.add(connection, User("u2", LOCAL_USER, now()), "")
        users.add(connection, User("u3", "Änne", now()), "")
        assert users.count(connection) == 2
        assert [user.id for user in users.everyone(connection)] == ["u2", "u1", "u3"]


def test_a_token_opens_until_it_expires_or_is_removed(database: Database) -> None:
    soon = now() + timedelta(hours=1)
    with database.write() as connection:
        users.add_token(connection, "d1", "u1", soon)
        users.add_token(connection, "d2", "u1", now() - timedelta(seconds=1))
        assert users.by_token(connection, "d1") == users.get(connection, "u1")
        assert users.by_token(connection, "d2") is None
        assert users.by_token(connection, "d3") is None
        assert users.remove_token(connection, "d1")
        assert not users.remove_token(connection, "d1")
        assert users.by_token(connection, "d1") is None


def test_a_new_password_ends_all_sessions(database: Database) -> None:
    with database.write() as connection:
        users.add_token(connection, "d1", "u1", now() + timedelta(hours=1))
        users.set_password(connection, "u1", "new")
        assert users.by_token(connection, "d1") is None
        found = users.by_name(connection, "mia")
    assert found
    assert found[1] == "new"


def test_removing_a_user_removes_what_is_theirs(database: Database) -> None:
    with database.write() as connection:
        users.add_token(connection, "d1", "u1", now() + timedelta(hours=1))
        users.remove(connection, "u1")
        assert users.get(connection, "u1") is None
        assert users.by_token(connection, "d1") is None
