"""The webhook: who may report a task's end, which reports count, and what becomes of a bad result."""

import contextlib
import json
import os
import random
import sqlite3
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

OTHER_SECRET = "whsec_" + "QUJD" * 8
HOOK = "/webhook/task_complete"
REPORTS = 1000 if os.environ.get("HOSTILE") == "1" else 30


@pytest.fixture(scope="module")
def node(node_server: Any, sign_in: Any) -> Iterator[Any]:
    """The owner's client on the server whose pictures a remote node draws."""
    with sign_in(node_server) as client:
        yield client


@pytest.fixture
def report(node_server: Any, sign: Any) -> Any:
    """Sends a report, signed as the node would unless told otherwise."""

    def send(**options: Any) -> httpx.Response:
        signing = {name: options.pop(name) for name in ("secret", "message", "age") if name in options}
        content, headers = sign(options, **signing)
        return httpx.post(f"{node_server.url}/api{HOOK}", content=content, headers=headers, timeout=60)

    return send


@pytest.fixture
def held(node: Any, report: Any) -> Iterator[dict[str, Any]]:
    """An SD task that the node holds, for a picture that nobody has asked for before."""
    task = hold_one(node, report)
    yield task
    node.post(f"/tasks/{task['id']}/cancel")  # if it has not ended


def hold_one(node: Any, report: Any) -> dict[str, Any]:
    shot = node.project("One.")["storyboard"][0]
    task_id = node.do(f"/shots/{shot['id']}/generate_image", prompt=f"Picture {uuid.uuid4()}")["task_id"]
    end = time.monotonic() + 60
    while report(task_id=task_id, status="RUNNING").status_code == 409:  # until the server knows that the node has it
        assert time.monotonic() < end
        time.sleep(0.05)
    return node.read(f"/tasks/{task_id}/status")


def test_a_signed_report_ends_the_task(node: Any, held: Any, report: Any, fake_node: Any, png: bytes) -> None:
    assert held["status"] == "RUNNING"
    picture = fake_node.put("/one.png", png)
    answer = report(task_id=held["id"], status="SUCCESS", result_url=picture)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    task = node.done(held["id"])
    assert task["progress"] == 100
    assert httpx.get(task["result"]["image_url"]).content == png
    shot = node.read(f"/shots/{task['shot_id']}")
    assert shot["status"] == "SUCCESS"
    assert shot["image_url"]


def test_duplicate_late_and_contrary_reports_change_nothing(
    node: Any, held: Any, report: Any, fake_node: Any, png: bytes
) -> None:
    picture = fake_node.put("/two.png", png)
    fact = {"task_id": held["id"], "status": "SUCCESS", "result_url": picture}
    assert report(**fact, message="msg_same").status_code == 200
    assert report(**fact, message="msg_same").status_code == 200
    done = node.done(held["id"])
    assert report(**fact, message="msg_same").json() == {"ok": True}
    assert report(**fact).json() == {"ok": True}
    assert report(task_id=held["id"], status="FAILED", error="Too late.").json() == {"ok": True}
    assert report(task_id=held["id"], status="RUNNING").json() == {"ok": True}
    after = node.read(f"/tasks/{held['id']}/status")
    assert (after["status"], after["updated_at"]) == ("SUCCESS", done["updated_at"])


def test_of_shuffled_reports_from_all_sides_one_counts(
    node_server: Any, node: Any, report: Any, fake_node: Any, png: bytes
) -> None:
    """Each task ends once, by one of the ends that were reported, however often and in whatever order all come."""
    held = [hold_one(node, report)["id"] for _ in range(2)]
    picture = fake_node.put("/shuffled.png", png)
    ends = [{"status": "SUCCESS", "result_url": picture}, {"status": "FAILED", "error": "x"}, {"status": "RUNNING"}]
    said = [
        end | {"task_id": task, "message": f"msg_{task[:8]}_{number % 3}"}
        for task in held
        for number, end in enumerate(ends)
    ]
    said *= REPORTS // len(said)
    random.Random(7).shuffle(said)  # noqa: S311 - of a test
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(lambda one: report(**one), said)} == {200}
    ended = [node.ended(task)["status"] for task in held]
    with contextlib.closing(sqlite3.connect(node_server.data / "storyreel.db")) as rows:
        told = [json.loads(data) for (data,) in rows.execute("SELECT data FROM events WHERE kind = 'task'")]
    for task, status in zip(held, ended, strict=True):
        assert [one["status"] for one in told if one["id"] == task and one["status"] in ("SUCCESS", "FAILED")] == [
            status
        ]


def test_a_report_that_is_not_an_end_changes_nothing(node: Any, held: Any, report: Any) -> None:
    for status in ("PENDING", "RUNNING"):
        assert report(task_id=held["id"], status=status).json() == {"ok": True}
    assert node.read(f"/tasks/{held['id']}/status")["status"] == "RUNNING"


def test_a_failure_carries_the_nodes_reason(node: Any, held: Any, report: Any) -> None:
    assert report(task_id=held["id"], status="FAILED", error="CUDA out of memory").status_code == 200
    task = node.ended(held["id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "node_failed")
    assert "CUDA out of memory" in task["error"]


def test_tasks_that_a_node_holds_keep_no_place_in_the_queue(node: Any, report: Any) -> None:
    held = [hold_one(node, report) for _ in range(4)]  # twice as many as the server runs at once
    for task in held:
        assert node.do(f"/tasks/{task['id']}/cancel")["error_code"] == "cancelled"


def test_a_cancelled_task_stays_cancelled(node: Any, held: Any, report: Any, fake_node: Any, png: bytes) -> None:
    node.do(f"/tasks/{held['id']}/cancel")
    picture = fake_node.put("/three.png", png)
    answer = report(task_id=held["id"], status="SUCCESS", result_url=picture)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    task = node.read(f"/tasks/{held['id']}/status")
    assert (task["status"], task["error_code"], task["result"]) == ("FAILED", "cancelled", None)


BAD_RESULTS = {
    "garbage": (b"\x00\x01garbage" * 50, "image/png"),
    "a web page": (b"<!doctype html><title>Sign in</title>" + b" " * 100, "text/html"),
    "a cut-off picture": (None, "image/png"),
    "a moving picture": (b"GIF89a" + b"\x00" * 200, "image/gif"),
    "nothing": (b"", "image/png"),
}


@pytest.mark.parametrize("what", BAD_RESULTS)
def test_a_bad_result_fails_the_task_with_the_reason(
    what: str, node: Any, held: Any, report: Any, fake_node: Any, png: bytes
) -> None:
    content, kind = BAD_RESULTS[what]
    address = fake_node.put(f"/{what.replace(' ', '-')}", png[: len(png) // 2] if content is None else content, kind)
    assert report(task_id=held["id"], status="SUCCESS", result_url=address).status_code == 200
    task = node.ended(held["id"])
    assert task["status"] == "FAILED"
    assert task["error_code"] in ("fetch_wrong_type", "media_invalid"), task
    assert node.read(f"/shots/{task['shot_id']}")["image_url"] is None


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x.png", "https://example.com/x.png", "file:///etc/passwd", "x"]
)
def test_a_result_from_elsewhere_is_not_fetched(address: str, node: Any, held: Any, report: Any) -> None:
    assert report(task_id=held["id"], status="SUCCESS", result_url=address).status_code == 200
    task = node.ended(held["id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "fetch_refused"), task


def test_a_missing_file_fails_the_task(node: Any, held: Any, report: Any, fake_node: Any) -> None:
    assert (
        report(task_id=held["id"], status="SUCCESS", result_url=f"http://{fake_node.host}/none.png").status_code == 200
    )
    task = node.ended(held["id"])
    assert (task["status"], task["error_code"]) == ("FAILED", "fetch_failed"), task


def test_unsigned_and_wrongly_signed_reports_are_refused(
    node_server: Any, node: Any, held: Any, report: Any, sign: Any, check_problem: Any
) -> None:
    body = {"task_id": held["id"], "status": "FAILED", "error": "x"}
    stranger = "whsec_" + "eHl6" * 8
    check_problem(report(**body, secret=stranger), 401, "signature_invalid")
    check_problem(report(**body, age=3600), 401, "signature_invalid")
    check_problem(report(**body, age=-3600), 401, "signature_invalid")
    content, headers = sign(body)
    changed = content.replace('"x"', '"y"')
    for wrong, sent in (
        ({}, content),
        (headers, changed),
        (headers | {"webhook-id": "msg_other"}, content),
        (headers | {"webhook-signature": "garbage"}, content),
        (headers | {"webhook-signature": "v1,a"}, content),
        (headers | {"webhook-signature": "v1,\u00e9".encode("latin-1")}, content),
        (headers | {"webhook-signature": ",,,"}, content),
        (headers | {"webhook-timestamp": "nan"}, content),
        (headers | {"webhook-timestamp": "1e400"}, content),
        (headers | {"webhook-timestamp": ""}, content),
    ):
        kind = {"content-type": "application/json"}
        answer = httpx.post(f"{node_server.url}/api{HOOK}", content=sent, headers=wrong | kind)
        check_problem(answer, 401, "signature_invalid")
    assert node.read(f"/tasks/{held['id']}/status")["status"] == "RUNNING"


def test_another_encoding_of_json_is_no_way_around_the_signature(node_server: Any, held: Any, sign: Any) -> None:
    body = json.dumps({"task_id": held["id"], "status": "FAILED"}).encode("utf-16")
    _, headers = sign({})
    answer = httpx.post(f"{node_server.url}/api{HOOK}", content=body, headers=headers)
    assert answer.status_code in (400, 401)


def test_unknown_tasks_and_tasks_of_others(node: Any, held: Any, report: Any, check_problem: Any) -> None:
    fact = {"status": "FAILED", "error": "x"}
    check_problem(report(task_id="no-such-task", **fact), 404, "task_not_found")
    check_problem(report(task_id=held["id"], **fact, secret=OTHER_SECRET), 409, "task_not_held")
    own = node.do(f"/shots/{held['shot_id']}/generate_narration")["task_id"]
    check_problem(report(task_id=own, **fact), 409, "task_not_held")
    assert node.done(own)["type"] == "TTS"


def test_a_success_without_a_result_is_refused(held: Any, report: Any, check_problem: Any) -> None:
    check_problem(report(task_id=held["id"], status="SUCCESS"), 409, "result_missing")


def test_a_node_may_report_before_it_has_answered(node: Any, fake_node: Any, png: bytes) -> None:
    """Twice, and what it says later, and in contradiction, does not count."""
    picture = fake_node.put("/early.png", png)

    def hasty(body: dict[str, Any]) -> Any:
        assert fake_node.report(body, status="SUCCESS", result_url=picture).json() == {"ok": True}
        assert fake_node.report(body, status="FAILED", error="Never mind.").json() == {"ok": True}
        return fake_node.taken(body)

    fake_node.take = hasty
    try:
        shot = node.project("One.")["storyboard"][0]
        task = node.done(node.do(f"/shots/{shot['id']}/generate_image", prompt=f"Early {uuid.uuid4()}")["task_id"])
    finally:
        fake_node.take = fake_node.taken
    assert httpx.get(task["result"]["image_url"]).content == png
    assert fake_node.tickets.count(task["id"]) == 1


def test_the_webhook_is_closed_without_secrets(api: Any, sign: Any, check_problem: Any) -> None:
    content, headers = sign({"task_id": "x", "status": "FAILED"})
    check_problem(api.post(HOOK, content=content, headers=headers), 403, "webhook_closed")


def test_nothing_of_this_was_a_fault_of_the_servers(node_server: Any, node: Any) -> None:
    assert node_server.faults() == []
