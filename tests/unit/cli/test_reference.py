"""docs/reference/command-line.md has each command with each of its options, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from storyreel.cli.main import app

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "command-line.md"


def documented() -> dict[str, set[str]]:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    found: dict[str, set[str]] = {}
    for section in sections:
        name = re.match(r"`storyreel ([^`]+)`\n", section)
        assert name, section[:80]
        rows = re.findall(r"^\| (`-[^|]*) \|", section, flags=re.M)
        found[name.group(1)] = set(re.findall(r"`(-[^`]+)`", " ".join(rows)))
    return found


def built(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), {name for option in command.params for name in option.opts if name.startswith("-")}
        return
    for name, child in inner.items():
        yield from built(child, (*path, name))


def test_the_page_has_every_command_with_its_options_and_no_other() -> None:
    assert documented() == dict(built(typer.main.get_command(app)))
