"""The disk under the data folder fills up while a film is made: writes are refused, all that was said holds, and once
there is room the film is finished, with nothing made twice."""

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

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

OWNER = {"username": "mia", "password": "correct horse battery"}
STORY = "A fox runs. It rests. It eats. It sleeps. It wakes. It runs again."
DISK, LEFT = 160 * 2**20, 24 * 2**20
"""Bytes of the disk, and those that are left when the first is said to have no room for what is made."""
MOUNTED = ("unshare", "--mount", "--map-root-user", "sh", "-c")
PATIENCE = 90


def may_mount() -> bool:
    """Whether this system lets us have a disk of our own."""
    try:
        return subprocess.run((*MOUNTED, "mount -t tmpfs none /mnt"), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class SmallDisk:
    """A server whose data folder is a disk of its own, which nobody else sees but by way of the process."""

    def __init__(self, folder: Path, launcher: Any) -> None:
        self.journal, self.log = folder / "calls", folder / "log"
        self.journal.touch()
        data = folder / "data"
        data.mkdir()
        line = f'mount -t tmpfs -o size={DISK} none "$1" && exec "$2" -c "$3" serve --port 0 --data-dir "$1"'
        environment = launcher.environment(
            STORYREEL_FAKE_JOURNAL=str(self.journal), STORYREEL_FAKE_SECONDS="1", STORYREEL_CONCURRENCY="2"
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                (*MOUNTED, line, "sh", str(data), launcher.STORYREEL[0], launcher.STORYREEL[2]),
                stdout=log,
                stderr=log,
                env=environment,
            )
        self.wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+", self.log.read_text()))
        found = re.search(r"http://127\.0\.0\.1:\d+", self.log.read_text())
        assert found
        self.data = Path(f"/proc/{self.process.pid}/root{data}")
        self.api = httpx.Client(base_url=f"{found[0]}/api", timeout=PATIENCE)
        token = self.api.post("/auth/login", json=OWNER).json()["token"]
        self.api.headers["Authorization"] = f"Bearer {token}"

    def fill(self, leave: int) -> None:
        """Have so many bytes left, now that others write too."""
        with (self.data / "others").open("ab") as file:
            while (free := self.free() - leave) > 0:
                try:
                    os.posix_fallocate(file.fileno(), file.tell(), free)
                except OSError:
                    continue
                file.seek(0, os.SEEK_END)

    def free(self) -> int:
        of = os.statvfs(self.data)
        return of.f_bavail * of.f_frsize

    def make_room(self) -> None:
        (self.data / "others").unlink()

    def ended_calls(self) -> Counter[str]:
        lines = self.journal.read_text().splitlines()
        return Counter(line.removeprefix("end ") for line in lines if line.startswith("end "))

    def get(self, path: str) -> Any:
        answer = self.api.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.api.post(path, json=body)

    def wait_for(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def close(self) -> None:
        self.api.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@pytest.fixture
def house(tmp_path: Path, launcher: Any) -> Iterator[SmallDisk]:
    opened = SmallDisk(tmp_path, launcher)
    yield opened
    opened.close()


def refused(answer: httpx.Response) -> None:
    """It must be the refusal that is documented."""
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]


@pytest.mark.skipif(not may_mount(), reason="no disks of our own here")
def test_a_full_disk_under_database_and_files(house: SmallDisk) -> None:
    def new(title: str) -> httpx.Response:
        return house.post("/projects/create", title=title, story_text=STORY, style="Anime", resolution="320x180")

    def rename(title: str) -> httpx.Response:
        return house.api.patch(f"/projects/{project}", json={"title": title}, headers={"If-Match": "*"})

    made = new("A fox").json()
    project = made["project_id"]
    house.wait_for(lambda: house.get(f"/tasks/{made['task_id']}/status")["status"] == "SUCCESS")
    film = house.post(f"/projects/{project}/make_film", music=False).json()["task_id"]
    house.wait_for(lambda: len(house.ended_calls()) > 3)

    house.fill(LEFT)  # rows are still kept; nothing more is made, and what was under way finds room
    refused(new("Not now"))
    assert rename("Narrow").status_code == 200
    house.wait_for(lambda: "work waits" in house.log.read_text())
    time.sleep(3)
    at_rest = house.ended_calls()

    house.fill(0)
    title, turns = "Narrow", 0
    while (answer := rename(f"{turns} {'long ' * 30}")).status_code == 200:
        title, turns = answer.json()["title"], turns + 1
        assert turns < 2000, "else it is not full"
    refused(answer)
    refused(new("Not now"))
    sent = house.api.post("/media", content=b"\x89PNG" + b"\0" * 100_000)
    refused(sent)
    assert [item["title"] for item in house.get("/projects")["items"]] == [title]
    assert house.get(f"/tasks/{film}/status")["status"] == "RUNNING"
    assert house.get(f"/projects/{project}/storyboard")["shots"]
    assert house.ended_calls() == at_rest

    house.make_room()
    house.wait_for(lambda: house.get(f"/tasks/{film}/status")["status"] != "RUNNING")
    ended = house.get(f"/tasks/{film}/status")
    assert ended["status"] == "SUCCESS", ended
    assert max(house.ended_calls().values()) == 1, "nothing was made twice"
    assert new("There is room again").status_code == 200
    assert {item["title"] for item in house.get("/projects")["items"]} == {title, "There is room again"}
