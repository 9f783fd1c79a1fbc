"""What all kinds of tests share: a real server, in a process of its own, on a data folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import real_postgres
import real_s3
from hypothesis import settings

# On a build machine every run tries the same examples; elsewhere each run looks for new ones.
settings.register_profile("build", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("build")

STORYREEL = (sys.executable, "-c", "from storyreel.cli.main import main; main()")
ENGINES = Path(__file__).parent / "engines"
STARTS_WITHIN = 60
FURNISH = """
import sys, pathlib
from storyreel.assembly import Storyreel
from storyreel.settings import Settings
house = Storyreel(Settings(data_dir=pathlib.Path(sys.argv[1]), database_url=sys.argv[2]))
house.start()
house.close()
"""
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, where it keeps things, what it has logged."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text()

    def faults(self) -> list[str]:
        """Lines of the log that no test provokes on purpose."""
        return [line for line in self.log().splitlines() if " ERROR " in line or " CRITICAL " in line]

    def add_user(self, name: str, password: str) -> None:
        self.command("users", "add", name, "--password-stdin", said=password)

    def command(self, *words: str, said: str = "") -> None:
        """Run `storyreel WORDS` beside the server, on its data folder."""
        command(self.data, *words, said=said)


def command(data: Path, *words: str, said: str = "") -> None:
    """Run `storyreel WORDS` on a data folder, with `said` as its standard input."""
    line = (*STORYREEL, *words, "--data-dir", str(data))
    subprocess.run(line, input=said.encode(), env=environment(), check=True, capture_output=True, timeout=STARTS_WITHIN)


def environment(**changes: str) -> dict[str, str]:
    """Ours, without any setting of Storyreel but fake engines and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYREEL_")}
    engines = {
        f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
        for kind in ("story", "image", "speech", "video")
    }
    return kept | engines | changes


@contextmanager
def running_server(folder: Path, *, owner: tuple[str, str] | None = None, **changes: str) -> Iterator[Server]:
    """A server on this folder, with these variables in its environment; stopped in good order at the end.

    `owner` is added before it starts; without one, the first to sign in becomes the owner.
    """
    if owner:
        command(folder / "data", "users", "add", owner[0], "--password-stdin", said=owner[1])
    log_file, said = folder / "server.log", folder / "server.out"
    with log_file.open("ab") as log, said.open("wb") as out:
        process = subprocess.Popen(
            (*STORYREEL, "serve", "--port", "0", "--data-dir", str(folder / "data")),
            stdout=out,
            stderr=log,
            env=environment(**changes),
        )
    try:
        yield Server(_address(process, said, log_file), folder / "data", process, log_file)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _address(process: subprocess.Popen[bytes], said: Path, log_file: Path) -> str:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        found = _ADDRESS.search(said.read_text())
        if found:
            return found.group()
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log_file.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share: fake engines, as quick as they can be."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose engines take half a minute for everything."""
    with running_server(tmp_path_factory.mktemp("slow"), STORYREEL_FAKE_SECONDS="30") as running:
        yield running


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server of one test alone, on which nobody has signed in yet."""
    with running_server(tmp_path) as running:
        yield running


@pytest.fixture
def counting_server(tmp_path: Path) -> Iterator[Server]:
    """A server of one test alone that makes the clip of shot 3 once `let_be_made` got a 3; see engines/counting.py."""
    gate = tmp_path / "gate"
    gate.mkdir()
    counting = {"STORYREEL_VIDEO_ENGINE": "counting:CountingVideoEngine", "STORYREEL_CONCURRENCY": "8"}
    with running_server(tmp_path, **counting, PYTHONPATH=str(ENGINES), COUNTING_GATE=str(gate)) as running:
        yield running


@pytest.fixture
def let_be_made(counting_server: Server) -> Callable[..., None]:
    """Lets the counting server make the clips of the shots given, from 1 on."""

    def let(*shots: int) -> None:
        for shot in shots:
            (counting_server.data.parent / "gate" / str(shot)).touch()

    return let


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_postgres.Postgres]:
    """A real PostgreSQL, which all test processes of a run share."""
    mine = tmp_path_factory.getbasetemp()
    with real_postgres.shared(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) as server:
        yield server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_s3.Bucket]:
    """A real S3 service, which all test processes of a run share."""
    mine = tmp_path_factory.getbasetemp()
    with real_s3.shared(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) as bucket:
        yield bucket


@pytest.fixture
def bucket(s3: real_s3.Bucket, monkeypatch: pytest.MonkeyPatch) -> real_s3.Bucket:
    """A place in it that nobody else uses, with its keys in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return s3.fresh()


@pytest.fixture
def postgres_url(postgres: real_postgres.Postgres) -> Iterator[str]:
    """An empty database there."""
    with real_postgres.database(postgres) as url:
        yield url


@pytest.fixture
def house_url(postgres: real_postgres.Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database there with all that Storyreel and its durable engine keep in one."""

    def furnish(url: str) -> None:
        folder = tmp_path_factory.mktemp("house")
        subprocess.run(
            (sys.executable, "-c", FURNISH, str(folder), url), env=environment(), check=True, timeout=STARTS_WITHIN
        )

    with real_postgres.database(postgres, postgres.template("house", furnish)) as url:
        yield url


@pytest.fixture(scope="session")
def launcher() -> object:
    """How programs of Storyreel are started here: `STORYREEL`, the command, and `environment`."""
    return SimpleNamespace(STORYREEL=STORYREEL, environment=environment)


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., object]:
    """Starts a server with the variables given: `with start_server(STORYREEL_…="…") as server`."""

    def start(**options: Any) -> object:
        return running_server(tmp_path_factory.mktemp("server"), **options)

    return start
