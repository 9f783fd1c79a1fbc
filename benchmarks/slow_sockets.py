"""Whether others wait while a crowd of slow clients, and one who guesses passwords, keep a server busy with nothing.

A status is read again and again, first with nobody else there and then beside so many sockets that send nothing, or a
byte of a head or a body now and then, or take nothing of a large answer; while sign-ins fail at a steady rate. Rounds
alternate, so that what else the machine does falls on both.

Run: .venv/bin/python benchmarks/slow_sockets.py [--sockets 200] [--logins 20] [--rounds 3] [--seconds 8]
"""

import argparse
import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

PORT = 8767
GOAL = 3.0
READERS = 4
ESTABLISHED = 1
"""How the system tells that neither side has ended a connection."""
LOGIN = {"username": "bench", "password": "bench bench bench"}
SLOW = (
    b"",
    b"GET /api/styles HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\n\r\n",
    b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 8,
)
"""What each quarter of the sockets sends first; a letter every second comes after it, but to the last."""


async def one_slow(sent: bytes) -> float:
    """How long the server bears with it, in seconds."""
    begun = time.perf_counter()
    _, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1)  # nothing is read of what comes
    line: socket.socket = writer.get_extra_info("socket")
    try:
        writer.write(sent)
        while line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED:
            await asyncio.sleep(1)
            if sent and sent != SLOW[-1]:
                writer.write(b"x")
    except ConnectionError:
        pass
    finally:
        writer.close()
    return time.perf_counter() - begun


@contextlib.asynccontextmanager
async def crowd(sockets: int, logins: float) -> AsyncIterator[list[float]]:
    """So many slow ones at any time, and so many sign-ins that fail a second; how long those that ended were borne."""
    borne: list[float] = []

    async def slow(sent: bytes) -> None:
        while True:
            borne.append(await one_slow(sent))

    async def guess() -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}/api", timeout=60) as client:
            while logins:
                await client.post("/auth/login", json=LOGIN | {"password": "wrong"})
                await asyncio.sleep(1 / logins)

    tasks = [asyncio.create_task(slow(SLOW[number % len(SLOW)])) for number in range(sockets)]
    tasks.append(asyncio.create_task(guess()))
    await asyncio.sleep(2)
    try:
        yield borne
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def waits(head: bytes, seconds: float) -> list[float]:
    """How long a few clients wait for their answers, each asking again as soon as it is answered."""
    found: list[float] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            found.append(time.perf_counter() - begun)
            await asyncio.sleep(0.005)
        writer.close()

    await asyncio.gather(*(client() for _ in range(READERS)))
    return found


def prepared() -> bytes:
    """The request for the status of a task, once the server is there."""
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}/api", timeout=60) as client:
        for _ in range(300):
            try:
                answer = client.post("/auth/login", json=LOGIN)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        token = f"Bearer {answer.json()['token']}"
        body = {"title": "Moon Walk", "story_text": "A kid walks on the moon.", "style": "Cinematic"}
        task = client.post("/projects/create", json=body, headers={"Authorization": token}).json()["task_id"]
    return f"GET /api/tasks/{task}/status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n".encode()


def late(found: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return statistics.quantiles(found, n=100)[98] * 1000


async def measured(head: bytes, options: argparse.Namespace) -> tuple[list[tuple[float, float]], list[float]]:
    """For each round what is late without and with the crowd; and how long slow ones were borne."""
    rounds: list[tuple[float, float]] = []
    borne: list[float] = []
    await waits(head, 1)
    for _ in range(options.rounds):
        alone = late(await waits(head, options.seconds))
        async with crowd(options.sockets, options.logins) as ended:
            beside = late(await waits(head, options.seconds))
            borne += ended
        rounds.append((alone, beside))
    async with crowd(options.sockets, 0) as ended:
        await asyncio.sleep(options.patience)
        borne += ended
    return rounds, borne


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--logins", type=float, default=20, help="that fail, each second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="of reading, each time")
    parser.add_argument("--patience", type=float, default=90.0, help="seconds to watch how long slow ones are borne")
    options = parser.parse_args()
    command = [Path(sys.executable).parent / "storyreel", "serve", "--port", str(PORT)]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [*command, "--data-dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            rounds, borne = asyncio.run(measured(prepared(), options))
        finally:
            server.terminate()
            server.wait()
    ratio = statistics.median(beside / alone for alone, beside in rounds)
    table = Table("99th percentile of a status read", "ms")
    table.add_row("alone", f"{statistics.median(alone for alone, _ in rounds):.1f}")
    table.add_row(f"beside {options.sockets} slow sockets", f"{statistics.median(beside for _, beside in rounds):.1f}")
    Console().print(table)
    cut = f"after {min(borne):.0f} to {max(borne):.0f} s" if borne else "never"
    print(f"beside {options.sockets} slow sockets {ratio:.2f} times (at most {GOAL:.0f}); they are cut off {cut}")
    return 0 if ratio <= GOAL and borne else 1


if __name__ == "__main__":
    sys.exit(main())
