"""`storyreel users`: who may sign in."""

import json
import os
import sys
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from storyreel.cli import options
from storyreel.cli.startup import read_settings, usable_data
from storyreel.domain.user import LOCAL_USER, User
from storyreel.errors import ConflictError, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from storyreel.store.database.connection import Database

app = typer.Typer(help="Who may sign in.", no_args_is_help=True)

MAX_NAME_CHARACTERS = 200
PASSWORD_VARIABLE = "STORYREEL_PASSWORD"  # noqa: S105 - the name of a variable
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the user signs in with; upper or lower case.")]
FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help=f"Read it from standard input, not from a prompt or {PASSWORD_VARIABLE}."),
]


@app.command(epilog=options.examples("storyreel users add ada", "pass film | storyreel users add ada --password-stdin"))
def add(name: Name, password_stdin: FromStdin = False, data_dir: options.DataDir = None) -> None:
    """Add a user; the password is asked for, twice."""
    from storyreel.store.credentials import hash_password
    from storyreel.store.database import users
    from storyreel.store.database.rows import now

    name = _clean_name(name)
    with _database(data_dir) as database:
        with database.read() as connection:
            if users.by_name(connection, name):
                raise ConflictError(f"There is a user {name} already.", code="user_exists")
        hashed = hash_password(_new_password(password_stdin))
        with database.write() as connection:
            users.add(connection, User(str(uuid.uuid4()), name, now()), hashed)
    typer.echo(f"{name} may sign in.")


@app.command("list", epilog=options.examples("storyreel users list", "storyreel users list --json"))
def list_users(as_json: options.AsJson = False, data_dir: options.DataDir = None) -> None:
    """List the users."""
    from storyreel.store.database import users

    with _database(data_dir) as database, database.read() as connection:
        everyone = [user for user in users.everyone(connection) if user.name != LOCAL_USER]
    if as_json:
        rows = [{"id": user.id, "name": user.name, "created_at": user.created_at.isoformat()} for user in everyone]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("User", "Since")
    for user in everyone:
        table.add_row(user.name, f"{user.created_at:%Y-%m-%d %H:%M} UTC")
    Console().print(table if everyone else "There are no users yet: add one with `storyreel users add NAME`.")


@app.command(epilog=options.examples("storyreel users remove ada", "storyreel users remove ada --yes"))
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Remove a user with all their projects."""
    from storyreel.store.database import users

    with _database(data_dir) as database:
        user = _existing(database, name)
        if not yes:
            typer.confirm(f"Remove {user.name} with all their projects?", abort=True, err=True)
        with database.write() as connection:
            users.remove(connection, user.id)
    typer.echo(f"{user.name} is gone.")


@app.command(epilog=options.examples("storyreel users set-password ada"))
def set_password(name: Name, password_stdin: FromStdin = False, data_dir: options.DataDir = None) -> None:
    """Give a user a new password; it is asked for, twice. All their sessions end."""
    from storyreel.store.credentials import hash_password
    from storyreel.store.database import users

    with _database(data_dir) as database:
        user = _existing(database, name)
        hashed = hash_password(_new_password(password_stdin))
        with database.write() as connection:
            users.set_password(connection, user.id, hashed)
    typer.echo(f"{user.name} has a new password; their sessions are ended.")


@contextmanager
def _database(data_dir: "Path | None") -> "Generator[Database]":
    from storyreel.assembly import open_database
    from storyreel.cli.startup import log_warnings_only

    log_warnings_only(Console(stderr=True))
    settings = read_settings(data_dir=data_dir)
    with usable_data(settings):
        database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def _existing(database: "Database", name: str) -> User:
    from storyreel.store.database import users

    with database.read() as connection:
        found = users.by_name(connection, name)
    if found is None or found[0].name == LOCAL_USER:
        raise NotFoundError(f"There is no user {name}.", code="user_not_found")
    return found[0]


def _clean_name(name: str) -> str:
    cleaned = name.strip()
    if not cleaned or not cleaned.isprintable() or len(cleaned) > MAX_NAME_CHARACTERS:
        raise InvalidInputError(f"A name has 1 to {MAX_NAME_CHARACTERS} printable characters.", code="name_unusable")
    if cleaned.casefold() == LOCAL_USER:
        raise InvalidInputError(f"The name {LOCAL_USER} is the command line's own.", code="name_unusable")
    return cleaned


def _new_password(from_stdin: bool) -> str:
    """The password, from standard input, the environment, or a prompt that does not show it.

    Raises:
        InvalidInputError: it is too weak.
    """
    from storyreel.store.credentials import check_password_strength

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif PASSWORD_VARIABLE in os.environ:
        password = os.environ[PASSWORD_VARIABLE]
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    weakness = check_password_strength(password)
    if weakness:
        raise InvalidInputError(weakness, code="weak_password")
    return password
