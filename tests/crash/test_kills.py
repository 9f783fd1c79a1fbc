"""Servers that are killed at any time, or stopped in good order, in the middle of a film."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from storyreel.media.probe import probe_video

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

STORY = "A kid walks. A dog barks! They run. It rains."
FILM = {"subtitles": "none", "music": False, "cards": False}
PATIENCE = 120
ORPHANS_LEAVE_WITHIN = 10
STOPS_WITHIN = 30


def begin(mia: Any, **options: Any) -> tuple[str, str]:
    """Start a project and its film; their ids."""
    story = {"title": "Kid and dog", "story_text": STORY, "style": "Anime", "resolution": "256x144"}
    created = mia.start("/projects/create", "the-project", story, Prefer="respond-async")
    assert mia.ended(created["task_id"])["status"] == "SUCCESS"
    film = mia.start(f"/projects/{created['project_id']}/make_film", "the-film", FILM | options)
    return created["project_id"], film["task_id"]


def check(mia: Any, house: Any, project: str, film: str) -> None:
    """The film is made, every task succeeded, and nothing on record was done twice."""
    ended = mia.ended(film)
    assert ended["status"] == "SUCCESS", ended
    house.check()
    assert len(mia.ok("GET", "/projects")["items"]) == 1
    tasks = {task["id"]: task for task in mia.ok("GET", "/tasks", params={"project_id": project})["items"]}
    assert mia.acknowledged <= tasks.keys()
    assert {task["status"] for task in tasks.values()} == {"SUCCESS"}
    assert len(tasks) == 2 + 3 * STORY.count(".") + 3 * STORY.count("!")
    assert probe_video(house.film(project)).frames == ended["result"]["frames"]


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


@pytest.mark.parametrize("seed", [1])
def test_a_film_outlives_kills_at_any_time(house: Any, real: Any, user: Any, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same times in every run
    while_starting = [chance.uniform(0.05, 2) for _ in range(2)]
    while_working = [chance.uniform(0, 1.5) for _ in range(4)]
    server = real(STORYREEL_FAKE_SECONDS="0.2")

    def answers() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{house.port}/healthz").is_success
        return False

    def kill() -> None:
        for pause in while_starting:
            time.sleep(pause)
            dying = server.process
            dying.kill()
            wait_for(lambda dying=dying: server.process is not dying)
        for pause in while_working:
            wait_for(answers)
            time.sleep(pause)
            dying = server.process
            dying.kill()
            wait_for(lambda dying=dying: server.process is not dying)

    killer = threading.Thread(target=kill)
    killer.start()
    mia = user(server.revive)
    mia.sign_in()
    project, film = begin(mia)
    check(mia, house, project, film)
    while killer.is_alive():
        mia.ok("GET", "/projects")
    killer.join()
    assert len(house.deaths) == len(while_starting) + len(while_working)
    check(mia, house, project, film)


def test_a_killed_server_leaves_no_process_behind(house: Any, real: Any, user: Any, running: Any) -> None:
    server = real()
    mia = user(server.revive)
    mia.sign_in()
    begin(mia, resolution="2160p", fps=60)  # encoded for longer than this test takes
    wait_for(lambda: len(server.children()) >= 2)
    children = server.children()
    time.sleep(1)
    assert all(running(child) for child in children)
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not any(running(child) for child in children), ORPHANS_LEAVE_WITHIN)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_leaves_its_film_to_the_next(
    house: Any, real: Any, user: Any, running: Any, stop: signal.Signals
) -> None:
    server = real(STORYREEL_FAKE_SECONDS="0.5")
    mia = user(server.revive)
    mia.sign_in()
    project, film = begin(mia)
    wait_for(server.children)
    children = server.children()
    os.killpg(server.process.pid, stop)  # as a terminal and a service manager do it
    server.process.wait(STOPS_WITHIN)
    wait_for(lambda: not any(running(child) for child in children), ORPHANS_LEAVE_WITHIN)
    mia.ok("GET", "/projects")
    (death,) = house.deaths
    assert film not in death.tasks, "it had ended already"
    assert {status for status, _ in death.tasks.values()} == {"SUCCESS"}
    check(mia, house, project, film)
