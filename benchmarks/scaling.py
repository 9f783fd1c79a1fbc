"""What more workers are good for: tasks per second of one and of several, on work that only waits (as for a card).

An API server, PostgreSQL, and workers that each take one picture at a time, of an engine that draws nothing and takes
--seconds for it. Rounds take turns; each has as many pictures for every worker, asked for one by one.

Run: .venv/bin/python benchmarks/scaling.py [--workers 4] [--rounds 3] [--pictures 8] [--seconds 2]
"""

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from serving import STORYREEL, owner_of, running

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "servers"))
import real_postgres

PORT = 8771
GOAL = 0.95
"""Of what so many workers could do at most: 3.8 times as much as one, for four."""
FAKES = {
    f"STORYREEL_{kind.upper()}_ENGINE": f"storyreel.engines.testing:Fake{kind.title()}Engine"
    for kind in ("story", "image", "speech", "video")
}


def paint(api: httpx.Client, pictures: int) -> float:
    """Seconds from the first click to the last picture of a new project."""
    story = " ".join(f"Picture {number} of many." for number in range(pictures))
    seed = time.time_ns() % 2**31  # a picture that is there already would not be painted
    body = {"title": "Many", "story_text": story, "style": "Anime", "resolution": "256x144", "seed": seed}
    made = api.post("/projects/create", json=body).raise_for_status().json()
    begun = time.perf_counter()
    for shot in made["storyboard"]:
        api.post(f"/shots/{shot['id']}/generate_image", json={}).raise_for_status()
    while True:
        board = api.get(f"/projects/{made['project_id']}/storyboard").raise_for_status().json()
        if all(shot["image_url"] for shot in board["shots"]):
            return time.perf_counter() - begun
        time.sleep(0.02)


def rate(api: httpx.Client, workers: int, pictures: int, *options: object, **settings: str) -> float:
    """Pictures per second of so many workers, which have all begun before."""
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(
                running(STORYREEL, "worker", "--queues", "SD", "--concurrency", 1, *options, **settings)
            )
        while sum(worker["alive"] for worker in api.get("/admin/workers").raise_for_status().json()["items"]) < workers:
            time.sleep(0.1)
        paint(api, 2 * workers)
        return workers * pictures / paint(api, workers * pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=8, help="of each worker, each round")
    parser.add_argument("--seconds", type=float, default=2.0, help="that a picture takes")
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(real_postgres.shared(folder))
        settings = FAKES | {"STORYREEL_DATABASE_URL": database.url("postgres")}
        options = ("--data-dir", folder / "data")
        server = (STORYREEL, "serve", "--no-worker", "--port", PORT, *options)
        stack.enter_context(running(*server, **settings))
        stack.enter_context(running(STORYREEL, "worker", "--queues", "LLM", *options, **settings))
        api = stack.enter_context(owner_of(PORT))
        slow = settings | {"STORYREEL_FAKE_SECONDS": str(wanted.seconds)}
        rounds = [
            [rate(api, workers, wanted.pictures, *options, **slow) for workers in (1, wanted.workers)]
            for _ in range(wanted.rounds)
        ]
    table = Table("workers", "pictures per second", "÷ one worker", "goal")
    one, many = zip(*rounds, strict=True)
    gain = statistics.median(more / alone for alone, more in rounds)
    table.add_row("1", f"{statistics.median(one):.2f}", "1.00", "")
    table.add_row(
        str(wanted.workers), f"{statistics.median(many):.2f}", f"{gain:.2f}", f"≥ {GOAL * wanted.workers:.2f}"
    )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
