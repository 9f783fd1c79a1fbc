"""What requests cost the server: so many per CPU second, so long waited for, beside a bare Starlette application.

Both are asked by so many clients at once, each one on a connection that it keeps, taking turns on the same
machine: first all ask again as soon as they are answered, which shows what a CPU second is good for (and leaves
everybody waiting for everybody else); then each asks once a second, which shows how long an answer takes. Ratios are
taken round by round. The server takes no work itself; it is asked idle, and while workers render films (--workers).

Run: .venv/bin/python benchmarks/load.py [--clients 200] [--rounds 3] [--seconds 4] [--workers 4]
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.table import Table
from serving import HELLO, STORYREEL, owner_of, running

HERE = Path(__file__).parent
STORY = (HERE.parent / "examples" / "moon-walk.txt").read_text()
HELLO_PORT, PORT = 8766, 8765
LISTED = 20
GOALS = {"status": ("≥ 0.20", "≤ 3"), "list": ("≥ 0.10", "≤ 5")}
"""How many times hello's requests per CPU second, how many times its 99th percentile: while workers render."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and the process that answers it."""

    name: str
    port: int
    server: psutil.Process
    request: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """Requests per CPU second of the server under all that it can carry; the waiting times' 99th percentile, in
    seconds, where each client asks once a second."""

    per_cpu_second: float
    late: float


async def ask(question: Question, clients: int, seconds: float, every: float) -> list[float]:
    """How long each answer took. A client asks so many seconds after it last asked, or as soon as it was answered."""
    waits: list[float] = []
    start = time.perf_counter()

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", question.port)
        due = start + every * number / clients
        while max(due, time.perf_counter()) < start + seconds:
            await asyncio.sleep(due - time.perf_counter())
            begun, due = time.perf_counter(), due + every
            writer.write(question.request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            waits.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return waits


def answered(question: Question, clients: int, seconds: float) -> Answered:
    before = sum(question.server.cpu_times()[:2])
    answers = asyncio.run(ask(question, clients, seconds, 0))
    spent = sum(question.server.cpu_times()[:2]) - before
    waits = asyncio.run(ask(question, clients, seconds, 1))
    return Answered(len(answers) / spent, statistics.quantiles(waits, n=100)[98])


def questions(stack: ExitStack, data: Path) -> tuple[list[Question], httpx.Client]:
    """What is asked of both servers, and the owner's client."""
    hello = stack.enter_context(running(sys.executable, "-c", HELLO, HELLO_PORT))
    server = stack.enter_context(running(STORYREEL, "serve", "--no-worker", "--port", PORT, "--data-dir", data))
    stack.enter_context(running(STORYREEL, "worker", "--queues", "LLM", "--data-dir", data))
    client = stack.enter_context(owner_of(PORT))
    body = {"title": "Moon Walk", "story_text": STORY, "style": "Cinematic"}
    made = [client.post("/projects/create", json=body).raise_for_status().json() for _ in range(LISTED)]

    def request(line: str, body: str = "") -> bytes:
        about = {"Host": "127.0.0.1", "Authorization": client.headers["Authorization"]}
        if body:
            about |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return "\r\n".join([f"{line} HTTP/1.1", *map(": ".join, about.items()), "", body]).encode()

    shot = made[0]["storyboard"][0]["id"]
    return [
        Question("hello", HELLO_PORT, hello, request("GET /")),
        Question("status", PORT, server, request(f"GET /api/tasks/{made[0]['task_id']}/status")),
        Question("list", PORT, server, request(f"GET /api/projects?page=1&page_size={LISTED}")),
        Question("edit", PORT, server, request(f"PATCH /api/shots/{shot}", '{"transition":"wipe"}')),
    ], client


def measured(asked: list[Question], clients: int, rounds: int, seconds: float) -> dict[str, list[Answered]]:
    found: dict[str, list[Answered]] = {question.name: [] for question in asked}
    for _ in range(rounds):
        for question in asked:
            found[question.name].append(answered(question, clients, seconds))
    return found


def add_rows(table: Table, state: str, found: dict[str, list[Answered]]) -> None:
    hello = found["hello"]
    for name, answers in found.items():
        much = statistics.median(
            one.per_cpu_second / bare.per_cpu_second for one, bare in zip(answers, hello, strict=True)
        )
        late = statistics.median(one.late / bare.late for one, bare in zip(answers, hello, strict=True))
        least, most = GOALS.get(name, ("", ""))
        table.add_row(
            state,
            name,
            f"{statistics.median(one.per_cpu_second for one in answers):.0f}",
            f"{much:.2f}",
            least,
            f"{statistics.median(one.late for one in answers) * 1000:.0f}",
            f"{late:.1f}",
            most,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="for which each question is asked, each round")
    parser.add_argument(
        "--workers", type=int, default=4, help="that render films meanwhile, in the second half; 0: none"
    )
    wanted = parser.parse_args()
    table = Table(
        "server",
        "read",
        "per CPU s",
        "÷ hello",
        "goal",
        "p99 ms",
        "÷ hello",
        "goal",
        title=f"{wanted.clients} clients, {os.cpu_count()} cores",
    )
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asked, client = questions(stack, data)
        how = (wanted.clients, wanted.rounds, wanted.seconds)
        add_rows(table, "idle", measured(asked, *how))
        if wanted.workers:
            for _ in range(wanted.workers):
                stack.enter_context(running(STORYREEL, "worker", "--data-dir", data))
            for project in client.get("/projects", params={"page_size": wanted.workers * 2}).json()["items"]:
                client.post(f"/projects/{project['id']}/make_film", json={}).raise_for_status()
            add_rows(table, f"{wanted.workers} workers render", measured(asked, *how))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
