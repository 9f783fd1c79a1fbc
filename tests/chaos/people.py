"""Those who make films through all of it: they ask again until there is an answer, and remember every promise."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "correct horse battery"
STORIES = ("Kid {0} walks. Dog {0} barks! They run {0}.", "Fox {0} runs. It rests {0}.", "Cat {0} waits. It rains {0}.")
STORY = {"style": "Anime", "resolution": "256x144"}
FILM = {"cards": False}
PATIENCE = 900
"""Seconds after which a film hangs."""
_ASK_AGAIN = 0.2


@dataclass
class Promises:
    """What a person was told of one film, and what they saw of it."""

    project: str
    narration: str
    tasks: set[str] = field(default_factory=set[str])
    ended: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    film: str = ""
    edited: bool = False

    def count(self) -> int:
        """Acknowledgements: the project, an edit, each task, and each end of one."""
        return 1 + self.edited + len(self.tasks) + len(self.ended)


class Person:
    """A user of all the servers, as by a load balancer: of whichever answers."""

    def __init__(self, name: str, doors: Sequence[str]) -> None:
        self.name = name
        self.promises: list[Promises] = []
        self._doors = itertools.cycle(doors)
        self._client = httpx.Client(timeout=30)
        self._door = next(self._doors)
        self._client.headers["Authorization"] = f"Bearer {self._sign_in()}"

    def _sign_in(self) -> str:
        return self.ok("POST", "/auth/login", json={"username": self.name, "password": PASSWORD})["token"]

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The first answer that is one; requests that no server answers are repeated."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self._client.request(method, f"{self._door}/api{path}", **options)
            except httpx.TransportError:
                self._door = next(self._doors)
                time.sleep(_ASK_AGAIN)
                continue
            if answer.status_code != 503:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", _ASK_AGAIN)))
        raise TimeoutError(f"{method} {path} was never answered")

    def ok(self, method: str, path: str, **options: Any) -> Any:
        answer = self.ask(method, path, **options)
        if not answer.is_success:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def make_film(self, number: int) -> None:
        """A story, an edit of its first shot, and the film; each request safe to repeat."""
        story = STORIES[number % len(STORIES)].format(number)
        # No two films share a picture or a voice: two processes that make the same at the same time both make it.
        asked = STORY | {"title": f"Film {number}", "story_text": story, "seed": number}
        headers = {"Idempotency-Key": f"create-{number}", "Prefer": "respond-async"}
        created = self.ok("POST", "/projects/create", json=asked, headers=headers)
        told = Promises(created["project_id"], f"This is film {number}.", {created["task_id"]})
        self.promises.append(told)
        self._await(told, created["task_id"])
        first = self.ok("GET", f"/projects/{told.project}/storyboard")["shots"][0]["id"]
        self.ok("PATCH", f"/shots/{first}", json={"narration": told.narration})
        told.edited = True
        film = self.ok(
            "POST", f"/projects/{told.project}/make_film", json=FILM, headers={"Idempotency-Key": f"film-{number}"}
        )
        told.tasks.add(film["task_id"])
        self._await(told, film["task_id"])
        told.film = film["task_id"]

    def _await(self, told: Promises, task_id: str) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            task = self.ok("GET", f"/tasks/{task_id}/status")
            if task["status"] in ("SUCCESS", "FAILED"):
                told.ended[task_id] = task
                if task["status"] == "FAILED":
                    raise AssertionError(f"task {task_id} failed: {task}")
                return
            time.sleep(0.25)
        raise TimeoutError(f"task {task_id} never ended")


class Crowd:
    """People who make so many films, all at once, each the next one that nobody has begun.

    Args:
        may_begin: whether the film of this number may be begun now.
    """

    def __init__(self, people: Sequence[Person], films: int, may_begin: Callable[[int], bool]) -> None:
        self.people = people
        self.faults: list[str] = []
        self.begun = self.finished = 0
        self._films, self._may_begin = films, may_begin
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(person,), daemon=True) for person in people]
        for thread in self._threads:
            thread.start()

    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def enough(self) -> None:
        """Begin no more."""
        with self._lock:
            self._films = self.begun

    def _work(self, person: Person) -> None:
        while (number := self._next()) is not None:
            try:
                person.make_film(number)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is to be told at the end
                self.faults.append(f"film {number}: {error}")
            with self._lock:
                self.finished += 1

    def _next(self) -> int | None:
        while True:
            with self._lock:
                if self.begun == self._films:
                    return None
                if self._may_begin(self.begun):
                    self.begun += 1
                    return self.begun - 1
            time.sleep(0.1)
