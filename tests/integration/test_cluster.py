"""Two servers and two workers, each on a disk of its own, on one PostgreSQL and one bucket; one of them is lost."""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import real_s3

pytestmark = pytest.mark.long

OWNER = ("mia", "correct horse battery")
PATIENCE = 150
TAKEN_OVER_WITHIN = 30
"""Seconds; the promise."""
STORY = "A fox runs. It rests. It eats. It sleeps. It wakes."


class Machine:
    """A process on a disk of its own."""

    def __init__(self, cluster: "Cluster", number: int, *words: str, **changes: str) -> None:
        self.data = cluster.folder / f"machine{number}"
        self._said, self.log_file = cluster.folder / f"said{number}", cluster.folder / f"log{number}"
        environment = cluster.environment | changes
        with self._said.open("w") as said, self.log_file.open("w") as log:
            line = (*cluster.launcher.STORYREEL, *words, "--data-dir", str(self.data))
            self.process = subprocess.Popen(line, env=environment, stdout=said, stderr=log)

    def client(self) -> httpx.Client:
        """Of a server, once it answers."""
        address = wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+", self._said.read_text()))
        return httpx.Client(base_url=f"{address.group()}/api", timeout=60)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Cluster:
    """The machines, and what they share."""

    def __init__(self, folder: Path, launcher: Any, database_url: str, bucket: real_s3.Bucket) -> None:
        self.folder, self.launcher = folder, launcher
        self.journal = folder / "calls"
        self.journal.touch()
        shared = {
            "STORYREEL_DATABASE_URL": database_url,
            "STORYREEL_OBJECTS_URL": bucket.url,
            "STORYREEL_OBJECTS_ENDPOINT": bucket.endpoint,
            "STORYREEL_FAKE_JOURNAL": str(self.journal),
        }
        self.environment = launcher.environment(**shared, **bucket.environment)
        self.machines: list[Machine] = []

    def start(self, *words: str, **changes: str) -> Machine:
        self.machines.append(Machine(self, len(self.machines), *words, **changes))
        return self.machines[-1]

    def command(self, *words: str, said: str = "") -> None:
        line = (*self.launcher.STORYREEL, *words, "--data-dir", str(self.folder / "console"))
        subprocess.run(
            line, input=said.encode(), env=self.environment, check=True, capture_output=True, timeout=PATIENCE
        )

    def calls(self, what: str) -> list[str]:
        """The engines' calls that have begun, or ended: the keys of what they make."""
        lines = (line.split() for line in self.journal.read_text().splitlines())
        return [key for event, _, key in lines if event == what]


@pytest.fixture
def cluster(tmp_path: Path, launcher: Any, house_url: str, bucket: real_s3.Bucket) -> Iterator[Cluster]:
    made = Cluster(tmp_path, launcher, house_url, bucket)
    yield made
    for machine in made.machines:
        machine.end()


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stalled"])
def test_a_lost_worker_loses_nothing_and_nothing_is_made_twice(cluster: Cluster, how: signal.Signals) -> None:
    cluster.command("users", "add", OWNER[0], "--password-stdin", said=OWNER[1])
    servers = [cluster.start("serve", "--port", "0", "--no-worker") for _ in range(2)]
    # The one that is lost would never finish what it has; the others are quick.
    lost = cluster.start("worker", "--queues", "SD,TTS", "--concurrency", "1", STORYREEL_FAKE_SECONDS="600")
    here, there = (server.client() for server in servers)
    with here, there:
        login = here.post("/auth/login", json=dict(zip(("username", "password"), OWNER, strict=True))).json()
        for client in (here, there):
            client.headers["Authorization"] = f"Bearer {login['token']}"
        asked = {"title": "A fox", "story_text": STORY, "style": "Anime", "resolution": "320x180"}
        project = here.post("/projects/create", json=asked, headers={"Prefer": "respond-async"}).json()
        time.sleep(1)
        assert cluster.calls("begin") == [], "nobody plans: servers do no work, and that worker takes no such tasks"
        others = [cluster.start("worker", "--queues", "LLM,FILM,SVD", "--concurrency", "3")]
        wait_for(lambda: there.get(f"/tasks/{project['task_id']}/status").json()["status"] == "SUCCESS")
        film = there.post(f"/projects/{project['project_id']}/make_film", json={"cards": False, "music": False})
        assert film.status_code == 200, film.text
        abandoned = wait_for(lambda: len(held := under_way(cluster)) == 2 and held)
        others.append(cluster.start("worker", "--queues", "SD,TTS", "--concurrency", "3"))
        wait_for(lambda: len(cluster.calls("end")) > 2 and under_way(cluster) == abandoned)
        os.kill(lost.process.pid, how)
        lost_at = time.monotonic()
        wait_for(lambda: max(Counter(cluster.calls("begin")).values()) == 2)
        assert time.monotonic() - lost_at < TAKEN_OVER_WITHIN
        task = film.json()["task_id"]
        wait_for(lambda: here.get(f"/tasks/{task}/status").json()["status"] == "SUCCESS")
        if how == signal.SIGSTOP:
            os.kill(lost.process.pid, signal.SIGCONT)
            assert lost.process.wait(PATIENCE) == 75, lost.log_file.read_text()
        seen = [client.get(f"/projects/{project['project_id']}").json()["film_url"] for client in (here, there)]
        watched = [client.get(seen[not number].partition("/api")[2]) for number, client in enumerate((here, there))]
        assert [answer.status_code for answer in watched] == [200, 200], "links hold on any server"
        assert watched[0].content == watched[1].content
    begun, ended = Counter(cluster.calls("begin")), Counter(cluster.calls("end"))
    assert max(ended.values()) == 1, "nothing is made twice"
    assert {key for key, times in begun.items() if times > 1} == abandoned
    assert [other.process.poll() for other in others] == [None, None]


def under_way(cluster: Cluster) -> set[str]:
    """The calls that have begun and not ended."""
    return set(cluster.calls("begin")) - set(cluster.calls("end"))
