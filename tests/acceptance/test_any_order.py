"""Whatever order calls, reports of nodes and deletions come in: every answer is documented, and nothing breaks."""

import os
import time
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

STORIES = ("One fox.", "One fox. Two foxes. Three foxes.", "Nobody. ")
ENDED = ("SUCCESS", "FAILED")
which = st.integers(0, 50)
THOROUGH = os.environ.get("HOSTILE") == "1"


class AnyOrder(RuleBasedStateMachine):
    """`api` is the owner, pictures are drawn by `node`. Things are named by number, also those that are long gone."""

    def __init__(self, api: Any, node: Any, document: dict[str, Any]) -> None:
        super().__init__()
        self.api, self.node, self.paths = api, node, document["paths"]
        self.projects: list[str] = []
        self.shots: list[str] = []
        self.tasks: list[str] = []
        self.ended: dict[str, dict[str, Any]] = {}
        self.create("One fox. Two foxes.")

    def ask(self, method: str, path: str, body: Any = None, /, **ids: str) -> Any:
        """The JSON of an answer; whatever it is, the API's document must have it."""
        sent = {} if body is None else {"json": body}
        answer = self.api.request(method, path.format(**ids), **sent)
        known = self.paths[f"/api{path}"][method.lower()]["responses"]
        assert str(answer.status_code) in known, (method, path, answer.status_code, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            return {}
        return answer.json()

    def some(self, things: list[str], number: int) -> str:
        return things[-1 - number % len(things)] if things else "nothing"

    def begun(self, answer: dict[str, Any]) -> None:
        self.tasks += [answer[name] for name in ("task_id",) if answer.get(name)]
        self.tasks += answer.get("task_ids", [])

    def know(self, answer: dict[str, Any]) -> None:
        self.shots += [
            shot["id"] for shot in answer.get("shots", answer.get("storyboard", [])) if shot["id"] not in self.shots
        ]

    # What a person does

    @rule(story=st.sampled_from(STORIES))
    def create(self, story: str) -> None:
        made = self.ask(
            "POST",
            "/projects/create",
            {"title": "A fox", "story_text": story, "style": "Anime", "resolution": "320x180"},
        )
        self.projects.append(made["project_id"])
        self.know(made)

    @rule(number=which, how=st.sampled_from(["duplicate", "undelete", "generate_all"]))
    def do_to_a_project(self, number: int, how: str) -> None:
        answer = self.ask("POST", f"/projects/{{project_id}}/{how}", project_id=self.some(self.projects, number))
        if how == "duplicate" and answer:
            self.projects.append(answer.get("project_id", answer.get("id", "")))
        self.begun(answer)

    @rule(number=which)
    def delete_a_project(self, number: int) -> None:
        if len(self.projects) > 1:
            self.ask("DELETE", "/projects/{project_id}", project_id=self.some(self.projects[:-1], number))

    @rule(number=which, order=st.none() | st.integers(0, 9))
    def insert(self, number: int, order: int | None) -> None:
        body = {"prompt": "A fox sleeps", "narration": "It sleeps.", "order": order}
        made = self.ask("POST", "/projects/{project_id}/shots", body, project_id=self.some(self.projects, number))
        self.shots += [made["id"]] if made else []

    @rule(number=which, key=st.integers(0, 5), lacking=st.booleans())
    def reorder(self, number: int, key: int, lacking: bool) -> None:
        project = self.some(self.projects, number)
        found = self.ask("GET", "/projects/{project_id}/storyboard", project_id=project).get("shots", [])
        ids = sorted((shot["id"] for shot in found), key=lambda one: one[key:])
        self.ask("POST", "/projects/{project_id}/reorder", {"shot_ids": ids[lacking:] or ["x"]}, project_id=project)

    @rule(number=which, words=st.sampled_from(["", "It runs away.", "It comes back. It eats."]))
    def edit(self, number: int, words: str) -> None:
        self.ask("POST", "/shots/{shot_id}/update_prompt", {"narration": words}, shot_id=self.some(self.shots, number))

    @rule(number=which, how=st.sampled_from(["duplicate", "join", "undelete"]))
    def arrange(self, number: int, how: str) -> None:
        made = self.ask("POST", f"/shots/{{shot_id}}/{how}", shot_id=self.some(self.shots, number))
        self.know({"shots": [made]} if made else {})

    @rule(number=which, at=st.integers(1, 12))
    def split(self, number: int, at: int) -> None:
        made = self.ask("POST", "/shots/{shot_id}/split", {"at": at}, shot_id=self.some(self.shots, number))
        self.know({"shots": list(made.values())})

    @rule(number=which)
    def delete_a_shot(self, number: int) -> None:
        self.ask("DELETE", "/shots/{shot_id}", shot_id=self.some(self.shots, number))

    @rule(number=which, back=st.integers(1, 6), how=st.sampled_from([("revert", "revision"), ("restore", "version")]))
    def go_back(self, number: int, back: int, how: tuple[str, str]) -> None:
        self.ask("POST", f"/shots/{{shot_id}}/{how[0]}", {how[1]: back}, shot_id=self.some(self.shots, number))

    @rule(number=which, how=st.sampled_from(["generate_image", "generate_image", "generate_narration"]))
    def generate(self, number: int, how: str) -> None:
        self.begun(self.ask("POST", f"/shots/{{shot_id}}/{how}", shot_id=self.some(self.shots, number)))

    @rule(number=which, how=st.sampled_from(["cancel", "retry"]))
    def do_to_a_task(self, number: int, how: str) -> None:
        self.begun(self.ask("POST", f"/tasks/{{task_id}}/{how}", task_id=self.some(self.tasks, number)))

    # What a node does

    @rule(
        number=which,
        status=st.sampled_from(["PENDING", "RUNNING", "SUCCESS", "SUCCESS", "FAILED"]),
        result=st.sampled_from(["/good.png", "/good.png", "/none.png", "/bad.png", "http://127.0.0.1:9/x.png", ""]),
        times=st.integers(1, 3),
    )
    def report(self, number: int, status: str, result: str, times: int) -> None:
        """Of a job that it has, or of any other task."""
        tickets = [ticket for ticket in self.node.tickets if ticket in self.tasks] or self.tasks or ["nothing"]
        url = f"{self.node.url}{result}" if result.startswith("/") else result
        said = {"status": status, "error": "It did not work."} | ({"result_url": url} if url else {})
        job = {"task_id": self.some(tickets, number), "callback_url": f"{self.api.base_url}webhook/task_complete"}
        for _ in range(times):
            answer = self.node.report(job, **said)
            known = self.paths["/api/webhook/task_complete"]["post"]["responses"]
            assert str(answer.status_code) in known, answer.text
            assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json"

    # What holds

    @invariant()
    def places_are_counted_without_a_gap(self) -> None:
        found = self.ask("GET", "/projects/{project_id}/storyboard", project_id=self.some(self.projects, 0)).get(
            "shots", []
        )
        assert [shot["order"] for shot in found] == list(range(len(found)))
        assert len({shot["id"] for shot in found}) == len(found)

    @invariant()
    def what_has_ended_stays_as_it_is(self) -> None:
        for task_id in self.tasks[-3:]:
            task = self.ask("GET", "/tasks/{task_id}/status", task_id=task_id)
            before = self.ended.get(task_id)
            told = {name: task.get(name) for name in ("status", "error_code", "updated_at")}
            assert before is None or not task or told == before
            if task.get("status") in ENDED:
                self.ended[task_id] = told

    def teardown(self) -> None:
        """Work that nobody took back ends, and all that is shown can be opened."""
        for task_id in self.tasks:
            self.ask("POST", "/tasks/{task_id}/cancel", task_id=task_id)
        for project in self.projects:
            board = self.ask("GET", "/projects/{project_id}/storyboard", project_id=project).get("shots", [])
            shown = {shot[name] for shot in board for name in ("image_url", "narration_url") if shot[name]}
            for url in sorted(shown):
                assert httpx.head(url, timeout=60).status_code == 200
            self.ask("DELETE", "/projects/{project_id}", project_id=project)


@pytest.mark.slow
def test_no_order_of_things_breaks_a_project(node_server: Any, sign_in: Any, fake_node: Any, png: bytes) -> None:
    fake_node.put("/good.png", png)
    fake_node.put("/bad.png", png[: len(png) // 2])
    with sign_in(node_server) as api:
        document = api.read("/openapi.json")
        examples, steps = (60, 40) if THOROUGH else (3, 12)
        run_state_machine_as_test(
            lambda: AnyOrder(api, fake_node, document),
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
        end = time.monotonic() + 60
        while api.read("/tasks", status="RUNNING")["items"]:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert node_server.faults() == []
