import json
from collections.abc import Callable, Iterator

import pytest
from typer.testing import Result

from storyreel.assembly import open_database
from storyreel.cli.local import local_user
from storyreel.cli.startup import read_settings
from storyreel.store.credentials import verify_password
from storyreel.store.database import users
from storyreel.store.database.connection import Database

GOOD = "correct horse battery"


@pytest.fixture
def database() -> Iterator[Database]:
    opened = open_database(read_settings())
    yield opened
    opened.close()


def may_sign_in(database: Database, name: str, password: str) -> bool:
    with database.read() as connection:
        known = users.by_name(connection, name)
    return known is not None and verify_password(known[1], password)


def test_the_password_is_asked_for_twice_and_never_shown(run: Callable[..., Result], database: Database) -> None:
    result = run("users", "add", "Ada", input=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0
    assert GOOD not in result.output
    assert may_sign_in(database, "ada", GOOD)


def test_two_different_passwords_are_asked_for_again(run: Callable[..., Result], database: Database) -> None:
    run("users", "add", "ada", input=f"{GOOD}\n{GOOD}!\n{GOOD}?\n{GOOD}?\n")
    assert may_sign_in(database, "ada", f"{GOOD}?")


def test_the_password_may_come_from_the_environment_or_standard_input(
    run: Callable[..., Result], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYREEL_PASSWORD", GOOD)
    run("users", "add", "ada")
    run("users", "add", "bob", "--password-stdin", input="another long password\n")
    assert may_sign_in(database, "ada", GOOD)
    assert may_sign_in(database, "bob", "another long password")


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa"])
def test_weak_passwords_are_refused(run: Callable[..., Result], password: str) -> None:
    result = run("users", "add", "ada", "--password-stdin", input=password)
    assert result.exit_code == 2
    assert "password" in result.stderr
    assert json.loads(run("users", "list", "--json").stdout) == []


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201, "LOCAL"])
def test_names_that_nobody_can_have(run: Callable[..., Result], name: str) -> None:
    assert run("users", "add", name, "--password-stdin", input=GOOD).exit_code == 2


def test_a_name_is_given_once(run: Callable[..., Result]) -> None:
    assert run("users", "add", "ada", "--password-stdin", input=GOOD).exit_code == 0
    again = run("users", "add", "ADA", "--password-stdin", input=GOOD)
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_a_new_password_ends_the_old_one(run: Callable[..., Result], database: Database) -> None:
    run("users", "add", "ada", "--password-stdin", input=GOOD)
    assert run("users", "set-password", "ada", "--password-stdin", input="another long password").exit_code == 0
    assert not may_sign_in(database, "ada", GOOD)
    assert may_sign_in(database, "ada", "another long password")


def test_removing_asks_first(run: Callable[..., Result]) -> None:
    run("users", "add", "ada", "--password-stdin", input=GOOD)
    assert run("users", "remove", "ada", input="n\n").exit_code == 1
    assert [user["name"] for user in json.loads(run("users", "list", "--json").stdout)] == ["ada"]
    assert run("users", "remove", "ada", input="y\n").exit_code == 0
    assert run("users", "remove", "ada", "--yes").exit_code == 1


def test_the_command_lines_own_user_is_nobodys_business(run: Callable[..., Result], database: Database) -> None:
    owner = local_user(database)
    assert local_user(database) == owner
    with database.read() as connection:
        assert users.count(connection) == 0
    assert json.loads(run("users", "list", "--json").stdout) == []
    for command in (("remove", "local", "--yes"), ("set-password", "local", "--password-stdin")):
        assert run("users", *command, input=GOOD).exit_code == 1
