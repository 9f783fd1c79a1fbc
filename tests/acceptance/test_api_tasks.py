"""Tasks over HTTP: status, list, cancel, retry; and the events that tell of them."""

import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

SOON = 2.0  # seconds in which a cancelled task's work must have stopped
NOTICED = 1.0  # seconds in which a change must reach who listens
ASKED = {"title": "Slow", "story_text": "One. Two.", "style": "Anime", "resolution": "320x180"}


@pytest.fixture
def project(api: Any) -> dict[str, Any]:
    return api.project("One fox. Two foxes.", title=f"Foxes {uuid.uuid4()}")


def failed(api: Any, shot_id: str) -> dict[str, Any]:
    return api.ended(api.do(f"/shots/{shot_id}/generate_image", prompt="FAIL-image")["task_id"])


# Reading


def test_tasks_are_listed_newest_first(api: Any, other: Any, project: dict[str, Any]) -> None:
    one, two = (shot["id"] for shot in project["storyboard"])
    bad = failed(api, one)["id"]
    good = api.done(api.do(f"/shots/{two}/generate_narration")["task_id"])["id"]
    listed = api.read("/tasks", project_id=project["project_id"])["items"]
    assert [task["id"] for task in listed] == [good, bad, project["task_id"]]
    assert listed[0] == api.read(f"/tasks/{good}/status")
    of_project = {"project_id": project["project_id"]}
    assert [task["id"] for task in api.read("/tasks", **of_project, status="FAILED")["items"]] == [bad]
    assert api.read("/tasks", **of_project, status="RUNNING")["items"] == []
    assert bad in [task["id"] for task in api.read("/tasks", status="FAILED")["items"]]
    assert other.read("/tasks", **of_project)["items"] == []
    api.refused(422, "invalid_request", "GET", "/tasks", params={"status": "DONE"})


def test_a_project_that_no_id_can_name_is_refused_as_documented(api: Any) -> None:
    asked = "a\x00b"
    api.refused(422, "invalid_request", "GET", "/tasks", params={"project_id": asked})
    parameters = api.get("/openapi.json").json()["paths"]["/api/tasks"]["get"]["parameters"]
    (schema,) = (one["schema"] for one in parameters if one["name"] == "project_id")
    assert not re.search(schema["pattern"], asked)


@pytest.fixture(scope="module")
def steady(start_server: Any, sign_in: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """A client of a server whose engines take three seconds for everything, and the journal of their calls."""
    journal = tmp_path_factory.mktemp("journal") / "calls"
    journal.touch()
    calls = {"STORYREEL_FAKE_SECONDS": "3", "STORYREEL_FAKE_JOURNAL": str(journal)}
    with start_server(**calls) as server, sign_in(server) as client:
        yield client, journal


def test_progress_moves_and_never_back(steady: Any) -> None:
    api, _ = steady
    made = api.post("/projects/create", json=ASKED, headers={"Prefer": "respond-async"}).json()
    seen: list[int] = []
    while not seen or seen[-1] < 100:
        task = api.read(f"/tasks/{made['task_id']}/status")
        assert task["status"] in ("PENDING", "RUNNING") or task["progress"] == 100
        seen.append(task["progress"])
        time.sleep(0.1)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


# Cancelling


@pytest.fixture
def held_up(slow: Any) -> Iterator[dict[str, Any]]:
    """A shot on the slow server, made without waiting for a storyboard."""
    made = slow.post("/projects/create", json=ASKED, headers={"Prefer": "respond-async"}).json()
    slow.do(f"/tasks/{made['task_id']}/cancel")
    yield slow.do(f"/projects/{made['project_id']}/shots", prompt=f"A fox {uuid.uuid4()}", narration="One.")
    slow.ok("DELETE", f"/projects/{made['project_id']}")


def running(api: Any, task_id: str) -> None:
    end = time.monotonic() + 60
    while api.read(f"/tasks/{task_id}/status")["status"] != "RUNNING":
        assert time.monotonic() < end
        time.sleep(0.05)


def test_cancel_reaches_running_work(slow: Any, held_up: dict[str, Any]) -> None:
    """Places in the queue are few: once each of twice as many tasks has run, cancelled work must have let go."""
    path = f"/shots/{held_up['id']}/generate_image"
    for number in range(4):
        task_id = slow.do(path, prompt=f"Picture {number} {uuid.uuid4()}")["task_id"]
        start = time.monotonic()
        running(slow, task_id)
        waited = time.monotonic() - start
        cancelled = slow.do(f"/tasks/{task_id}/cancel")
        assert (cancelled["status"], cancelled["error_code"]) == ("FAILED", "cancelled")
    assert waited < 15, "the work of cancelled tasks was waited for"  # each call takes 30 s when nobody stops it
    shot = slow.read(f"/shots/{held_up['id']}")
    assert (shot["status"], shot["error"]) == ("FAILED", cancelled["error"])
    slow.refused(409, "task_ended", "POST", f"/tasks/{task_id}/cancel")
    assert slow.read(f"/tasks/{task_id}/status")["updated_at"] == cancelled["updated_at"]


def test_a_cancelled_engine_call_ends_soon_and_can_be_asked_again(steady: Any) -> None:
    api, journal = steady
    made = api.post("/projects/create", json=ASKED | {"seed": 7}, headers={"Prefer": "respond-async"}).json()
    running(api, made["task_id"])
    ends = journal.read_text().count("end story")
    api.do(f"/tasks/{made['task_id']}/cancel")
    assert api.shots(made["project_id"]) == []
    time.sleep(3 + SOON)
    assert journal.read_text().count("end story") == ends
    api.done(api.do(f"/tasks/{made['task_id']}/retry")["id"])
    assert len(api.shots(made["project_id"])) == 2


def test_cancelling_a_film_cancels_what_it_started(slow: Any, held_up: dict[str, Any]) -> None:
    film = slow.do(f"/projects/{held_up['project_id']}/make_film")["task_id"]
    end = time.monotonic() + 60
    while not (children := [task for task in tasks_of(slow, held_up) if task["parent_id"] == film]):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert slow.do(f"/tasks/{film}/cancel")["error_code"] == "cancelled"
    time.sleep(1)  # the film's run looks at its shots three times a second: it must start nothing more
    after = tasks_of(slow, held_up)
    assert {task["error_code"] for task in after} == {"cancelled"}
    assert {child["id"] for child in children} <= {task["id"] for task in after}


def tasks_of(api: Any, shot: dict[str, Any]) -> list[dict[str, Any]]:
    return api.read("/tasks", project_id=shot["project_id"])["items"]


def test_a_project_deleted_with_its_work_under_way_leaves_nothing(slow: Any, slow_server: Any) -> None:
    for begin in ("create", "generate_image", "generate_narration", "generate_video", "make_film"):
        made = slow.post("/projects/create", json=ASKED, headers={"Prefer": "respond-async"}).json()
        project, task_id = made["project_id"], made["task_id"]
        if begin != "create":
            slow.do(f"/tasks/{task_id}/cancel")
            shot = slow.do(f"/projects/{project}/shots", prompt=f"A fox {uuid.uuid4()}", narration="One.")["id"]
            of = f"/projects/{project}" if begin == "make_film" else f"/shots/{shot}"
            task_id = slow.do(f"{of}/{begin}")["task_id"]
        running(slow, task_id)
        slow.ok("DELETE", f"/projects/{project}")
        slow.refused(404, "task_not_found", "GET", f"/tasks/{task_id}/status")
        slow.refused(404, "task_not_found", "POST", f"/tasks/{task_id}/cancel")
        assert slow.read("/tasks", project_id=project)["items"] == []
    time.sleep(SOON)
    assert slow_server.faults() == []


# Trying again


def test_a_failed_task_is_tried_again_as_a_new_one(api: Any, project: dict[str, Any], check_problem: Any) -> None:
    first = failed(api, project["storyboard"][0]["id"])
    key = {"Idempotency-Key": str(uuid.uuid4())}
    again = api.ok("POST", f"/tasks/{first['id']}/retry", headers=key)
    assert (again["type"], again["shot_id"]) == (first["type"], first["shot_id"])
    assert again["id"] != first["id"]
    assert api.ended(again["id"])["status"] == "FAILED"
    assert api.ok("POST", f"/tasks/{first['id']}/retry", headers=key)["id"] == again["id"]
    assert api.read(f"/tasks/{first['id']}/status") == first
    check_problem(api.post(f"/tasks/{project['task_id']}/retry"), 409, "task_not_failed")


# Events


class Listener:
    """Follows a project, or all; `events` are (id, kind, data, when it came)."""

    def __init__(self, api: Any, path: str) -> None:
        self.events: list[tuple[str, str, dict[str, Any], float]] = []
        self._client = httpx.Client(headers={"Authorization": api.headers["authorization"]}, timeout=60)
        self._stream = self._client.stream("GET", f"{api.base_url}{path}")
        self._response = self._stream.__enter__()
        assert self._response.status_code == 200
        assert self._response.headers["content-type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        number, kind = "", ""
        try:
            for line in self._response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    number = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    self.events.append((number, kind, json.loads(value), time.monotonic()))
        except (httpx.HTTPError, httpx.StreamError, OSError):
            return

    def wait(self, fits: Any) -> tuple[str, str, dict[str, Any], float]:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for event in list(self.events):
                if fits(event[1], event[2]):
                    return event
            time.sleep(0.01)
        raise AssertionError(f"it never came: {self.events}")

    def closed(self) -> bool:
        self._thread.join(timeout=60)
        return not self._thread.is_alive()

    def close(self) -> None:
        self._stream.__exit__(None, None, None)
        self._client.close()


def everything(api: Any, path: str, after: str | None) -> list[tuple[str, str, dict[str, Any]]]:
    """What a stream that does not follow sends."""
    headers = {} if after is None else {"Last-Event-ID": after}
    answer = api.get(path, params={"follow": "false"}, headers=headers)
    assert answer.status_code == 200
    found = []
    for block in answer.text.strip().split("\n\n") if answer.text else []:
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def test_changes_are_seen_as_they_happen(api: Any, project: dict[str, Any]) -> None:
    shot = project["storyboard"][0]["id"]
    listener = Listener(api, f"projects/{project['project_id']}/events")
    try:
        reset = listener.wait(lambda kind, data: kind == "reset")
        assert reset[2] == {"id": project["project_id"]}
        api.do(f"/shots/{shot}/update_prompt", narration="Changed.")
        changed = time.monotonic()
        event = listener.wait(lambda kind, data: kind == "shot" and data["narration"] == "Changed.")
        assert event[3] - changed < NOTICED
        assert event[2] == api.read(f"/shots/{shot}")
        task_id = api.do(f"/shots/{shot}/generate_image")["task_id"]
        done = listener.wait(lambda kind, data: kind == "task" and data["status"] == "SUCCESS")
        assert (done[2]["id"], done[2]["type"], done[2]["progress"]) == (task_id, "SD", 100)
        ids = [int(event[0].partition("-")[0]) for event in listener.events]
        assert ids == sorted(ids)
        api.ok("DELETE", f"/projects/{project['project_id']}")
        assert listener.closed(), "the stream of a deleted project goes on"
    finally:
        listener.close()


def test_a_stream_resumes_where_it_stopped(api: Any, project: dict[str, Any]) -> None:
    shot, path = project["storyboard"][0]["id"], f"/projects/{project['project_id']}/events"
    (number, kind, _), *more = everything(api, path, None)
    assert (kind, more) == ("reset", [])
    api.done(api.do(f"/shots/{shot}/generate_image")["task_id"])
    missed = everything(api, path, number)
    assert sorted(kind for _, kind, _ in missed) == ["project", "shot", "task"], "of each thing, how it is now"
    assert [data["status"] for _, kind, data in missed if kind == "task"][-1] == "SUCCESS"
    for place, (last, _, _) in enumerate(missed):
        assert everything(api, path, last) == missed[place + 1 :]
    api.ok("DELETE", f"/shots/{shot}")
    assert ("shot", {"id": shot, "project_id": project["project_id"], "deleted": True}) in [
        (kind, data) for _, kind, data in everything(api, path, missed[-1][0])
    ]


@pytest.mark.parametrize("last", ["1", "1-0", "999999999-1", "9" * 26, "-1", "x", "1.5-2", "٣-٣", "-", ""])
def test_an_id_that_was_never_given_begins_anew(api: Any, project: dict[str, Any], last: str) -> None:
    headers = [(b"Last-Event-ID", last.encode())]
    for path in (f"/projects/{project['project_id']}/events", "/events"):
        answer = api.get(path, params={"follow": "false"}, headers=headers)
        assert answer.status_code == 200
        assert "event: reset" in answer.text


def test_one_stream_tells_of_all_projects_and_of_nobody_elses(api: Any, other: Any) -> None:
    listener = Listener(api, "events")
    try:
        listener.wait(lambda kind, data: kind == "reset")
        theirs = other.project("A secret fox.")
        mine = api.project("One fox.", title="Mine")
        project_id, shot_id = mine["project_id"], mine["storyboard"][0]["id"]
        card = listener.wait(lambda kind, data: kind == "project" and data["id"] == project_id)[2]
        assert (card["title"], card["status"], card["story_text"]) == ("Mine", card["status"], None)
        film = api.do(f"/projects/{project_id}/make_film", cards=False, preset="draft")["task_id"]
        told = listener.wait(lambda kind, data: kind == "task" and data["id"] == film and data["progress"] > 0)[2]
        assert (told["project_id"], told["type"]) == (project_id, "FILM")
        done = listener.wait(lambda kind, data: kind == "project" and data.get("status") == "SUCCESS")[2]
        assert done == next(item for item in api.read("/projects", q="Mine")["items"] if item["id"] == project_id)
        assert done["duration"] > 0
        for gone, path in (("shot", f"/shots/{shot_id}"), ("project", f"/projects/{project_id}")):
            api.ok("DELETE", path)
            listener.wait(lambda kind, data, gone=gone: kind == gone and data.get("deleted"))
            listener.events.clear()
            api.do(f"{path}/undelete")
            listener.wait(lambda kind, data: kind == "project" and data["shots"] == 1)
        assert theirs["project_id"] not in json.dumps([event[2] for event in listener.events])
    finally:
        listener.close()
