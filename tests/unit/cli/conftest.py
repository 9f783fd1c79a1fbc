"""Runs commands: in this process where nothing is made, as processes of their own where something is."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from storyreel.cli.main import app

PROGRAM = (sys.executable, "-c", "from storyreel.cli.main import main; main()")


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Fake engines, a data folder of the test's own, no other settings; and logging as it was before."""
    for name in os.environ:
        if name.startswith("STORYREEL_"):
            monkeypatch.delenv(name)
    for kind in ("Story", "Image", "Speech", "Video"):
        monkeypatch.setenv(f"STORYREEL_{kind.upper()}_ENGINE", f"storyreel.engines.testing:Fake{kind}Engine")
    monkeypatch.setenv("STORYREEL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run() -> Callable[..., Result]:
    """Call a command in this process."""

    def call(*arguments: str, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=input, prog_name="storyreel")

    return call


@pytest.fixture
def storyreel(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the program in the test's folder until it ends."""

    def call(*arguments: str, input: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            (*PROGRAM, *arguments), input=input, cwd=tmp_path, capture_output=True, text=True, timeout=200
        )

    return call


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the program in the test's folder, as the head of a process group, as a terminal would."""
    running: list[subprocess.Popen[str]] = []

    def call(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            (*PROGRAM, *arguments),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        running.append(process)
        return process

    yield call
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A story of three short sentences."""
    file = tmp_path / "a_small-walk.txt"
    file.write_text("A kid walks. A dog barks! They run home.")
    return file
