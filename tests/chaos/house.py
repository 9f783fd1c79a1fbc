"""The processes under chaos, each kept running as a service manager keeps it, on a disk of its own."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import real_s3

STORYREEL = (sys.executable, "-c", "from storyreel.cli.main import main; main()")
ENGINE_SECONDS = "0.3"
RESTART_SECONDS = 2.0
"""As the units in deploy/systemd have it."""
FENCED = 75
"""The exit status of a process that stalled so long that others took it for dead."""


@dataclass(frozen=True)
class Life:
    """One life of a process; its engines write down their calls in `journal`."""

    process: "subprocess.Popen[bytes]"
    journal: Path
    began: float

    @property
    def executor(self) -> str:
        """What is part of its executor's id."""
        return f"-{self.process.pid}-"


class Service:
    """A process that is started again, a little later, whenever it has ended."""

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.lives: list[Life] = []
        self.ended: list[int] = []
        self._command = (*STORYREEL, *words, "--data-dir", str(folder / name))
        self._environment, self._folder = environment, folder
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def running(self) -> Life | None:
        """Its present life; None between two."""
        alive = [life for life in self.lives[-1:] if life.process.returncode is None]
        return alive[0] if alive else None

    def close(self) -> None:
        self._closing.set()
        if life := self.running():
            life.process.kill()
        self._keeper.join()

    def _keep(self) -> None:
        while not self._closing.is_set():
            journal = self._folder / f"{self.name}.{len(self.lives)}.calls"
            journal.touch()
            with (self._folder / f"{self.name}.log").open("ab") as log:
                process = subprocess.Popen(
                    self._command,
                    env={**self._environment, "STORYREEL_FAKE_JOURNAL": str(journal)},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                )
            self.lives.append(Life(process, journal, time.monotonic()))
            self.ended.append(process.wait())
            self._closing.wait(RESTART_SECONDS)


class House:
    """Servers and workers, and what they share."""

    def __init__(self, folder: Path, database_url: str, bucket: real_s3.Bucket, servers: int, workers: int) -> None:
        engines = {
            f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
            for kind in ("story", "image", "speech", "video")
        }
        shared = {
            "STORYREEL_DATABASE_URL": database_url,
            "STORYREEL_OBJECTS_URL": bucket.url,
            "STORYREEL_OBJECTS_ENDPOINT": bucket.endpoint,
            "STORYREEL_FAKE_SECONDS": ENGINE_SECONDS,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYREEL_")}
        self._environment = kept | engines | shared | bucket.environment
        self._folder = folder
        ports = [_free_port() for _ in range(servers)]
        self.doors = [f"http://127.0.0.1:{port}" for port in ports]
        serve = [("serve", "--no-worker", "--port", str(port)) for port in ports]
        work = [("worker", "--concurrency", "2")] * workers
        self._wanted = [
            *((f"server{number}", words) for number, words in enumerate(serve)),
            *((f"worker{number}", words) for number, words in enumerate(work)),
        ]
        self.services: list[Service] = []

    def add_user(self, name: str, password: str) -> None:
        line = (*STORYREEL, "users", "add", name, "--password-stdin", "--data-dir", str(self._folder / "console"))
        subprocess.run(line, input=password.encode(), env=self._environment, check=True, capture_output=True)

    def open(self) -> None:
        self.services = [Service(name, words, self._environment, self._folder) for name, words in self._wanted]

    def server_doors(self) -> dict[str, str]:
        """Service → where it answers; of servers alone."""
        return {service.name: door for service, door in zip(self.services, self.doors, strict=False)}

    def close(self) -> None:
        for service in self.services:
            service.close()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return door.getsockname()[1]
