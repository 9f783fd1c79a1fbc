"""How quickly the server answers a status read while a film renders on every core, beside the same server idle.

Run: .venv/bin/python benchmarks/status.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

STORY = (Path(__file__).parent.parent / "examples" / "moon-walk.txt").read_text()
READS = 300
PORT = 8765


def latencies(client: httpx.Client, task_id: str) -> list[float]:
    """Milliseconds of READS status reads, 20 ms apart."""
    found: list[float] = []
    for _ in range(READS):
        begun = time.perf_counter()
        client.get(f"/tasks/{task_id}/status").raise_for_status()
        found.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.02)
    return found


def measure(client: httpx.Client) -> dict[str, list[float]]:
    for _ in range(200):
        try:
            answer = client.post("/auth/login", json={"username": "bench", "password": "bench bench bench"})
            break
        except httpx.ConnectError:
            time.sleep(0.1)
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    body = {"title": "Moon Walk", "story_text": STORY, "style": "Cinematic"}
    made = client.post("/projects/create", json=body).raise_for_status().json()
    idle = latencies(client, made["task_id"])
    film = client.post(f"/projects/{made['project_id']}/make_film", json={}).raise_for_status().json()["task_id"]
    while client.get(f"/tasks/{film}/status").json()["progress"] < 5:
        time.sleep(0.1)
    busy = latencies(client, film)
    client.post(f"/tasks/{film}/cancel")
    return {"idle": idle, "while a film renders": busy}


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        command = [Path(sys.executable).with_name("storyreel"), "serve", "--port", str(PORT), "--data-dir", data]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}/api", timeout=60) as client:
                found = measure(client)
        finally:
            server.terminate()
            server.wait()
    table = Table("server", "median ms", "p99 ms", "÷ idle median", title=f"GET task status, {os.cpu_count()} cores")
    base = statistics.median(found["idle"])
    for name, times in found.items():
        middle, late = statistics.median(times), statistics.quantiles(times, n=100)[98]
        table.add_row(name, f"{middle:.1f}", f"{late:.1f}", f"{middle / base:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
