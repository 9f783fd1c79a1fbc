"""How soon queued work begins, and what a server costs that has nothing to do: SQLite and PostgreSQL, side by side.

Pictures are asked for one after the other, of an engine that draws nothing and writes down when it was called; the
time is from the answer to the click to that call. Idle cost is the server's processor time while nobody asks for
anything, and PostgreSQL's with it.

Run: .venv/bin/python benchmarks/waiting.py [--clicks 40] [--idle 20]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.table import Table
from serving import STORYREEL, owner_of, running

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "servers"))
import real_postgres

PORT = 8769
SOON, CHEAP = 60, 2.0
"""Goals: ms from the answer to the call, in the middle; percent of a core."""


@contextmanager
def server(folder: Path, journal: Path, **settings: str) -> Iterator[psutil.Process]:
    fakes = {
        f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
        for kind in ("story", "image", "speech", "video")
    }
    command = (STORYREEL, "serve", "--port", PORT, "--data-dir", folder)
    with running(*command, STORYREEL_FAKE_JOURNAL=str(journal), **fakes, **settings) as process:
        yield process


def delays(api: httpx.Client, journal: Path, clicks: int) -> list[float]:
    """Milliseconds, of each click."""
    body = {"title": "A", "story_text": "A fox runs.", "style": "Anime", "resolution": "256x144"}
    made = api.post("/projects/create", json=body).raise_for_status().json()
    shot = made["storyboard"][0]["id"]
    found: list[float] = []
    for _ in range(clicks):
        before = journal.read_text().count("begin image")
        task = api.post(f"/shots/{shot}/generate_image", json={}).raise_for_status().json()["task_id"]
        asked = time.perf_counter()
        while journal.read_text().count("begin image") == before:
            time.sleep(0.001)
        found.append((time.perf_counter() - asked) * 1000)
        while api.get(f"/tasks/{task}/status").json()["status"] != "SUCCESS":
            time.sleep(0.05)
        time.sleep(0.5)
    return found


def idle_percent(processes: list[psutil.Process], seconds: float) -> float:
    def spent() -> float:
        return sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())

    before, begun = spent(), time.perf_counter()
    time.sleep(seconds)
    return 100 * (spent() - before) / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--clicks", type=int, default=40)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds")
    wanted = parser.parse_args()
    table = Table("rows in", f"begun after ms, median (goal ≤ {SOON})", "95 %", f"idle, % of a core (goal ≤ {CHEAP})")
    for name in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            journal = folder / "calls"
            journal.touch()
            settings: dict[str, str] = {}
            if name == "PostgreSQL":
                database = stack.enter_context(real_postgres.shared(folder))
                settings["STORYREEL_DATABASE_URL"] = database.url("postgres")
            process = stack.enter_context(server(folder / "data", journal, **settings))
            api = stack.enter_context(owner_of(PORT))
            waits = delays(api, journal, wanted.clicks)
            time.sleep(3)
            backends = [one for one in psutil.process_iter() if settings and one.name() == "postgres"]
            idle = idle_percent([process, *process.children(recursive=True), *backends], wanted.idle)
            late = statistics.quantiles(waits, n=20)[18]
            table.add_row(name, f"{statistics.median(waits):.0f}", f"{late:.0f}", f"{idle:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
