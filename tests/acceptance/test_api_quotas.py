"""How much one user may have waiting, over HTTP: a refusal that says when to come back, and changes nothing."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ASKED = {"title": "A fox", "story_text": "A fox runs.", "style": "Anime"}
OWNER, OTHER = ("mia", "correct horse battery"), ("noa", "staple battery horse")
PATIENCE = 60


@pytest.fixture(scope="module")
def limited(start_server: Any) -> Iterator[Any]:
    """A server that is at work on one task for long, and lets a user have two more waiting, and three projects."""
    slow = {"STORYREEL_FAKE_SECONDS": "600", "STORYREEL_CONCURRENCY": "1"}
    with start_server(owner=OWNER, STORYREEL_MAX_WAITING="2", STORYREEL_MAX_PROJECTS="3", **slow) as server:
        server.add_user(*OTHER)
        yield server


def create(api: Any, key: str) -> Any:
    return api.post("/projects/create", json=ASKED, headers={"Prefer": "respond-async", "Idempotency-Key": key})


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def test_who_has_too_much_waiting_hears_when_to_come_back(limited: Any, sign_in: Any) -> None:
    with sign_in(limited) as api, sign_in(limited) as other:
        first = create(api, "first").json()
        wait_for(lambda: api.read(f"/tasks/{first['task_id']}/status")["status"] == "RUNNING")
        waiting = [create(api, key).json() for key in ("second", "third")]
        project = f"/projects/{first['project_id']}"
        shot = api.do(f"{project}/shots", prompt="A fox", narration="It runs.")
        before = api.read("/tasks"), api.read("/projects"), api.read(f"/shots/{shot['id']}")
        asked = {
            f"{project}/make_film": {},
            f"{project}/generate_all": {},
            f"/shots/{shot['id']}/generate_image": {"prompt": "A bear"},
            f"/shots/{shot['id']}/generate_narration": {"narration": "It rests."},
            f"/shots/{shot['id']}/generate_video": {"transition": "wipe"},
        }
        for path, body in asked.items():
            answer = api.post(path, json=body, headers={"Idempotency-Key": f"{path} 1"[-200:].replace(" ", "-")})
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_waiting"), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.json()["detail"] == "You have 2 tasks waiting, and 2 may wait at once."
        assert (api.read("/tasks"), api.read("/projects"), api.read(f"/shots/{shot['id']}")) == before
        assert create(api, "third").json() == waiting[1], "what was begun before is no new task"
        other.headers["Authorization"] = (
            f"Bearer {other.do('/auth/login', **dict(zip(('username', 'password'), OTHER, strict=True)))['token']}"
        )
        assert create(other, "first").status_code == 202
        api.do(f"/tasks/{waiting[0]['task_id']}/cancel")
        again = api.post(f"/shots/{shot['id']}/generate_image", json={"prompt": "A bear"})
        assert again.status_code == 200
        assert api.read(f"/shots/{shot['id']}")["prompt"] == "A bear"


def test_who_has_as_many_projects_as_they_may_deletes_one_first(limited: Any, sign_in: Any) -> None:
    with sign_in(limited) as api:
        refused = create(api, "fourth")
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_projects")
        assert api.total() == 3
        for task in api.read("/tasks", status="PENDING")["items"]:
            api.do(f"/tasks/{task['id']}/cancel")
        api.ok("DELETE", f"/projects/{api.read('/projects')['items'][0]['id']}")
        assert create(api, "fourth").status_code == 202
