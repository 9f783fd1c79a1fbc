"""A real S3 service for tests, out of a wheel: OpenStack Swift; and a way to it that can be slow, break and lie."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import sharing
from swift_s3 import BUCKET, KEY, SECRET


@dataclass(frozen=True)
class Bucket:
    """A place in the service that nobody else uses. `environment` is what whoever works with it needs."""

    endpoint: str
    prefix: str = ""

    @property
    def url(self) -> str:
        return f"s3://{BUCKET}/{self.prefix}"

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}

    def fresh(self) -> "Bucket":
        return replace(self, prefix=uuid.uuid4().hex)


@contextmanager
def shared(place: Path) -> Iterator[Bucket]:
    """The one service of all test processes that share `place`."""

    def start() -> str:
        folder = tempfile.mkdtemp(prefix="storyreel-s3-")
        command = (sys.executable, "-W", "ignore", str(Path(__file__).with_name("swift_s3.py")), folder)
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
        return f"{said.strip()} {folder}"

    def stop(note: str) -> None:
        pid, _, folder = note.split()
        os.kill(int(pid), signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)

    with sharing.shared(place, "s3", start, stop) as note:
        yield Bucket(f"http://127.0.0.1:{note.split()[1]}")


Change = Callable[[bytes], bytes | None]


class Proxy:
    """A TCP way to a server. `up` and `down` change each piece on its way; None breaks the connection there."""

    def __init__(self, to: str) -> None:
        host, _, port = to.removeprefix("http://").partition(":")
        self._to = (host, int(port))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.honest()
        self._connections: list[threading.Thread] = []
        self._clients: list[socket.socket] = []
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def honest(self) -> None:
        self.up: Change = lambda piece: piece
        self.down: Change = lambda piece: piece

    def close(self) -> None:
        """Nobody gets in any more, and who is inside is put out: clients keep connections for later."""
        for end in (self._door, *self._clients):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._serving.join()
        for connection in self._connections:
            connection.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                self._clients.append(client)
                self._connections.append(threading.Thread(target=self._connect, args=(client,), daemon=True))
                self._connections[-1].start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._to) as server:
            there = threading.Thread(target=self._carry, args=(client, server, "up"))
            there.start()
            self._carry(server, client, "down")
            there.join()

    def _carry(self, source: socket.socket, target: socket.socket, change: str) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                changed = getattr(self, change)(piece)
                if changed is None:
                    break
                target.sendall(changed)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
