"""Real servers that engines talk to. `make peers` builds and names them; without them nothing is tested."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

LLAMA_SERVER = os.environ.get("LLAMA_SERVER", "")
STARTS_WITHIN = 30

collect_ignore_glob = [] if LLAMA_SERVER else ["test_*.py"]


@dataclass(frozen=True)
class Llama:
    """A running llama-server: its address, and what it logs."""

    url: str
    log: Path

    def answered(self) -> int:
        """How many questions it took up."""
        return self.log.read_text(errors="replace").count("processing task")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny.gguf, which types ASCII only, and wild.gguf, which types any bytes."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("tiny", "wild"):
        writer = Path(__file__).with_name("tiny_gguf.py")
        subprocess.run(
            [sys.executable, writer, folder / f"{name}.gguf", *(["wild"] if name == "wild" else [])], check=True
        )
    return folder


@pytest.fixture(scope="session")
def start_llama(models: Path) -> Iterator[Callable[..., Llama]]:
    """Starts a server on a model with more options; all are stopped at the end."""
    with ExitStack() as running:
        yield lambda model="tiny", *options: running.enter_context(_running(models, model, options))


@contextmanager
def _running(models: Path, model: str, options: tuple[str, ...]) -> Iterator[Llama]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    llama = Llama(f"http://127.0.0.1:{port}", models / f"{port}.log")
    line = [LLAMA_SERVER, "--model", models / f"{model}.gguf", "--host", "127.0.0.1", "--port", str(port), "--offline"]
    plain = ["--ctx-size", "8192", "--parallel", "1", "--threads", "1", "--alias", model]
    with llama.log.open("wb") as log:
        process = subprocess.Popen([*line, *plain, *options], stdout=log, stderr=log)
    try:
        _wait_for(llama, process)
        yield llama
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(llama: Llama, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{llama.url}/health"):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"llama-server did not start:\n{llama.log.read_text(errors='replace')}")
