"""How soon the studio's pages show something and answer a hand, in Chromium, beside a page of one word.

FCP is the first paint of anything, LCP that of the largest thing, CLS how far things moved (0: nothing did), INP the
slowest answer to a key or a click, in ms; medians of so many visits, each by a browser without a past.

Run: .venv/bin/python benchmarks/pages.py [--visits 5]
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table
from serving import HELLO, STORYREEL, owner_of, running

STORY = (Path(__file__).parents[1] / "examples" / "moon-walk.txt").read_text()
PORT, HELLO_PORT = 8767, 8768
GOALS = {"FCP": 1000, "LCP": 1500, "CLS": 0.01, "INP": 200}
WATCH = """
window.seen = { FCP: 0, LCP: 0, CLS: 0, INP: 0 }
const watch = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({ type, buffered: true, ...more })
watch('paint', (one) => { if (one.name === 'first-contentful-paint') seen.FCP = one.startTime })
watch('largest-contentful-paint', (one) => { seen.LCP = one.startTime })
watch('layout-shift', (one) => { if (!one.hadRecentInput) seen.CLS += one.value })
const answered = (one) => { if (one.interactionId) seen.INP = Math.max(seen.INP, one.duration) }
watch('event', answered, { durationThreshold: 16 })
"""
SETTLED = "() => document.querySelector('h1') && !document.querySelector('[aria-busy=true], .bone')"


def nothing(page: Any) -> None:
    pass


def search(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("moon", delay=30)


def write(page: Any) -> None:
    page.get_by_label("Title").click()
    page.keyboard.type("A new film", delay=30)


def walk(page: Any) -> None:
    page.locator(".card").first.click()
    for _ in range(5):
        page.keyboard.press("ArrowRight", delay=30)


def step(page: Any) -> None:
    for _ in range(3):
        page.keyboard.press("]", delay=30)


def play(page: Any) -> None:
    page.keyboard.press("l", delay=30)
    page.keyboard.press("k", delay=30)


def made(api: Any) -> dict[str, tuple[str, Callable[[Any], None]]]:
    """Each page's address, once there is a film, and what a hand does there."""
    body = {"title": "Moon Walk", "story_text": STORY, "style": "Cinematic", "resolution": "320x180"}
    project = api.post("/projects/create", json=body).raise_for_status().json()["project_id"]
    film = api.post(f"/projects/{project}/make_film", json={"preset": "draft"}).raise_for_status().json()["task_id"]
    while (now := api.get(f"/tasks/{film}/status").json())["status"] != "SUCCESS":
        assert now["status"] != "FAILED", now
        time.sleep(0.5)
    shot = api.get(f"/projects/{project}/storyboard").json()["shots"][0]["id"]
    server = f"http://127.0.0.1:{PORT}"
    there = f"{server}/projects/{project}"
    return {
        "one word": (f"http://127.0.0.1:{HELLO_PORT}", nothing),
        "films": (server, search),
        "new film": (f"{server}/new", write),
        "story": (there, write),
        "storyboard": (f"{there}/storyboard", walk),
        "shot": (f"{there}/shots/{shot}", step),
        "preview": (f"{there}/preview", play),
    }


def visit(browser: Any, token: str, address: str, act: Callable[[Any], None]) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
    context.add_init_script(WATCH)
    if act is not nothing:
        context.add_init_script(f"localStorage.setItem('storyreel.token', {json.dumps(token)})")
    page = context.new_page()
    page.goto(address)
    if act is not nothing:
        page.wait_for_function(SETTLED)
    page.wait_for_timeout(500)
    act(page)
    page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    context.close()
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    visits = parser.parse_args().visits
    units = [f"{name} (goal < {goal})" for name, goal in GOALS.items()]
    table = Table("page", *units, "LCP ÷ one word's", title=f"{visits} visits, {os.cpu_count()} cores")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(sys.executable, "-c", HELLO, HELLO_PORT),
        running(STORYREEL, "serve", "--port", PORT, "--data-dir", folder),
        owner_of(PORT) as api,
        sync_playwright() as playwright,
    ):
        pages = made(api)
        token = api.headers["Authorization"].removeprefix("Bearer ")
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.geteuid() != 0)
        bare = 0.0
        for name, (address, act) in pages.items():
            found = [visit(browser, token, address, act) for _ in range(visits)]
            medians = {measure: statistics.median(one[measure] for one in found) for measure in GOALS}
            bare = bare or medians["LCP"]
            shown = [f"{medians[one]:.3f}" if one == "CLS" else f"{medians[one]:.0f}" for one in GOALS]
            table.add_row(name, *shown, f"{medians['LCP'] / bare:.1f}")
        browser.close()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
