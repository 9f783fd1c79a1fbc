import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from typer.testing import Result

from storyreel import __version__
from storyreel.cli.main import app

HEAVY = {"dbos", "numpy", "av", "cv2", "fastapi", "sqlalchemy", "pydantic", "PIL"}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, child in inner.items():
        yield from commands(child, (*path, name))


EVERY_COMMAND = list(commands(typer.main.get_command(app)))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = "import sys, storyreel.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, text=True).stdout.split()
    assert "typer" in loaded
    assert not HEAVY & set(loaded)


def test_the_version(run: Callable[..., Result]) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"storyreel {__version__}\n")


def test_help_names_every_command(run: Callable[..., Result]) -> None:
    shown = run("--help").stdout
    assert {path[0] for path, _ in EVERY_COMMAND} <= set(shown.split())


@pytest.mark.parametrize(("path", "command"), EVERY_COMMAND, ids=lambda value: str(value))
def test_each_command_says_what_it_does_and_shows_examples(
    run: Callable[..., Result], path: tuple[str, ...], command: Any
) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert command.help.splitlines()[0] in result.stdout
    assert f"storyreel {' '.join(path)}" in result.stdout.partition("Examples")[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("make",),
        ("make", "a.txt", "--style", "Noir"),
        ("make", "a.txt", "--aspect", "2:1"),
        ("make", "a.txt", "--language", "fr"),
        ("make", "a.txt", "--seed", "-1"),
        ("make", "a.txt", "--fps", "many"),
        ("serve", "--port", "70000"),
        ("users", "add"),
    ],
)
def test_bad_usage_ends_with_2(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage: storyreel" in result.stderr
    assert result.stdout == ""
