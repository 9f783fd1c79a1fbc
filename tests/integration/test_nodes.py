"""Work that a remote node does: handed over once, held without a place in the queue, collected, cancelled, given up."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_node import NAME, FakeNode, as_json, png

from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.engines.contracts.engine import Report
from storyreel.pipeline import asking, nodes, tasks
from storyreel.pipeline.clip import clip_task
from storyreel.pipeline.image import image_task
from storyreel.pipeline.orders import default_options, encoding, image_order
from storyreel.store.database import handovers

pytestmark = pytest.mark.slow


@pytest.fixture
def node() -> Iterator[FakeNode]:
    fake = FakeNode()
    fake.put("/1.png", png())
    yield fake
    fake.close()


Open = Callable[..., None]
Held = Callable[..., tuple[Any, Task]]


@pytest.fixture
def open_(studio: Any, node: FakeNode) -> Open:
    """Starts a studio whose pictures the node draws, or starts it again; `more` is said of the node."""

    def start(more: dict[str, Any] | None = None, **settings: Any) -> None:
        studio.open(**{"image_engine": "remote_node", "nodes": node.settings(**more or {})} | settings)

    return start


@pytest.fixture
def held(studio: Any, open_: Open) -> Held:
    """A project, and the task for its one picture, which a node holds."""

    def begin(more: dict[str, Any] | None = None, **settings: Any) -> tuple[Any, Task]:
        open_(more, **settings)
        project = studio.project("One.")
        (picture,) = pictures(studio, project)
        studio.wait_for(lambda: is_held(studio, picture))
        return project, picture

    return begin


def pictures(studio: Any, project: Any) -> list[Task]:
    """The tasks for all pictures of a project, begun."""
    return [begun(studio, task) for task in _image_tasks(studio, project)]


def _image_tasks(studio: Any, project: Any) -> list[Task]:
    current = studio.current(project)
    orders = ((image_order(studio.pipeline.engines, current, shot), shot) for shot in studio.shots(project))
    return [image_task(order, shot) for order, shot in orders]


def begun(studio: Any, task: Task) -> Task:
    with studio.pipeline.database.write() as connection:
        task = tasks.record(connection, task)
    tasks.start(studio.pipeline, task)
    return task


def is_held(studio: Any, task: Task) -> bool:
    with studio.pipeline.database.read() as connection:
        return handovers.get(connection, task.id) is not None


def report(studio: Any, task: Task, url: str | None, status: str = "SUCCESS", error: str = "") -> None:
    nodes.take_report(studio.pipeline, NAME, task.id, Report(status, result_url=url, error=error))


def test_a_node_is_asked_once_however_often_we_restart(studio: Any, node: FakeNode, held: Held, open_: Open) -> None:
    _, picture = held()
    open_()
    time.sleep(1)
    assert studio.task(picture).status is TaskStatus.RUNNING
    report(studio, picture, f"{node.url}/1.png")
    report(studio, picture, f"{node.url}/1.png")
    assert studio.done(picture)
    (sent,) = node.submitted
    assert (sent["task_id"], sent["type"]) == (picture.id, "SD")
    assert sent["callback_url"].endswith("/api/webhook/task_complete")
    assert sent["request"]["prompt"] == "Shot 1"


def test_a_crash_before_the_engine_recorded_the_handing_over(
    studio: Any, node: FakeNode, held: Held, open_: Open
) -> None:
    """It is on record that a node has the task, although the run's first step was never recorded."""
    _, picture = held()
    studio.close()
    studio.runs("DELETE FROM operation_outputs WHERE workflow_uuid = ?", picture.id)
    studio.runs("UPDATE workflow_status SET status = 'PENDING' WHERE workflow_uuid = ?", picture.id)
    open_()
    report(studio, picture, f"{node.url}/1.png")
    assert studio.done(picture)
    assert len(node.submitted) == 1


def test_held_tasks_keep_no_place_in_the_queue(studio: Any, node: FakeNode, open_: Open) -> None:
    open_(concurrency=1)
    begun = pictures(studio, studio.project("One. Two. Three."))
    studio.wait_for(lambda: all(is_held(studio, picture) for picture in begun))
    for picture in reversed(begun):  # out of order
        report(studio, picture, f"{node.url}/1.png")
    assert all(studio.done(picture) for picture in begun)
    assert len(node.submitted) == 3


@pytest.mark.parametrize(
    ("status", "path", "code"),
    [
        ("FAILED", None, "node_failed"),
        ("SUCCESS", "/huge.png", "media_invalid"),
        ("SUCCESS", "/endless.png", "fetch_too_large"),
    ],
)
def test_what_a_node_cannot_deliver_fails_the_task(
    studio: Any, node: FakeNode, held: Held, status: str, path: str | None, code: str
) -> None:
    if path == "/huge.png":
        node.put(path, png(9000, 9000))
    node.put("/endless.png", png())
    node.lengths["/endless.png"] = 5 * 2**30
    _, picture = held()
    report(studio, picture, path and f"{node.url}{path}", status, "out of memory")
    ended = studio.ended(picture)
    assert ended.error_code == code, ended.error
    assert status == "SUCCESS" or "out of memory" in ended.error
    again = asking.retry(studio.pipeline, ended)
    studio.wait_for(lambda: len(node.submitted) == 2)
    assert node.tickets == [picture.id, again.id], "another try is another job"


def test_the_next_engine_steps_in_for_a_node_that_fails(studio: Any, node: FakeNode, held: Held) -> None:
    project, picture = held(image_engine="remote_node,storyreel.engines.testing:FakeImageEngine")
    report(studio, picture, None, "FAILED", "no memory")
    assert studio.done(picture)
    shown = studio.artifact(studio.shots(project)[0].image)
    assert shown.made_from["engine"] == "fake@1", "the artifact says who made it"
    assert len(node.submitted) == 1


def test_the_artifact_is_the_nodes_also_as_the_second_in_turn(studio: Any, node: FakeNode, open_: Open) -> None:
    broken = "storyreel.engines.testing:FakeImageEngine,remote_node"
    open_(image_engine=broken)
    project = studio.project("FAIL-image.")
    shot = studio.shots(project)[0]
    studio.edit(shot, prompt="FAIL-image", prompt_en="FAIL-image")
    (picture,) = pictures(studio, project)
    studio.wait_for(lambda: is_held(studio, picture))
    report(studio, picture, f"{node.url}/1.png")
    assert studio.done(picture)
    assert studio.artifact(studio.shots(project)[0].image).made_from["engine"] == "remote_node@1-default"


def test_a_silent_node_is_given_up(studio: Any, held: Held) -> None:
    _, picture = held(node_timeout=1)
    assert studio.ended(picture).error_code == "node_failed"
    assert "did not answer in time" in studio.task(picture).error


def test_a_late_report_of_a_cancelled_task_changes_nothing(studio: Any, node: FakeNode, held: Held) -> None:
    project, picture = held()
    tasks.cancel(studio.pipeline, picture)
    report(studio, picture, f"{node.url}/1.png")
    studio.wait_for(lambda: node.cancelled == [f"n-{picture.id}"])
    assert studio.task(picture).error_code == "cancelled"
    assert studio.shots(project)[0].image is None


def test_a_run_that_was_given_up_fails_its_task(studio: Any, node: FakeNode, held: Held, open_: Open) -> None:
    _, picture = held()
    report(studio, picture, f"{node.url}/1.png")
    studio.close()
    run, given_up = f"{picture.id}:1", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
    studio.runs("UPDATE workflow_status SET status = ? WHERE workflow_uuid = ?", given_up, run)
    if studio.runs("SELECT 1 FROM operation_outputs WHERE workflow_uuid = ?", run):
        pytest.skip("the node's picture was taken in before the studio closed")
    open_()
    assert studio.ended(picture).error_code == "run_given_up"


def test_a_node_is_asked_how_its_job_is(studio: Any, node: FakeNode, held: Held) -> None:
    """Its report was lost, or it never reports."""
    _, picture = held({"heartbeat": 0.1})
    node.known[f"n-{picture.id}"] = {"status": "RUNNING", "progress": 40}
    studio.wait_for(lambda: studio.task(picture).progress == 40)
    node.known[f"n-{picture.id}"] = {"status": "SUCCESS", "result_url": "/1.png"}
    assert studio.done(picture)
    assert len(node.submitted) == 1


def test_a_node_that_forgot_is_asked_anew(studio: Any, node: FakeNode, held: Held) -> None:
    _, picture = held({"heartbeat": 0.1})
    del node.known[f"n-{picture.id}"]
    studio.wait_for(lambda: len(node.submitted) == 2)
    assert node.tickets == [picture.id] * 2, "the same job, so that a node that did not forget makes it once"
    studio.wait_for(lambda: f"n-{picture.id}" in node.known)
    report(studio, picture, f"{node.url}/1.png")
    assert studio.done(picture)


def test_another_node_takes_over_from_one_that_died(studio: Any, node: FakeNode) -> None:
    other = FakeNode()
    fakes = {"one": node, "two": other}
    configured = {name: fake.settings(heartbeat=0.1, patience=0.5, timeout=5)[NAME] for name, fake in fakes.items()}
    studio.open(image_engine="remote_node", nodes=configured)
    (picture,) = pictures(studio, studio.project("One."))
    studio.wait_for(lambda: is_held(studio, picture))
    first = node if node.submitted else other
    second = other if first is node else node
    first.close()
    studio.wait_for(lambda: second.submitted)
    second.put("/1.png", png())
    second.known[f"n-{picture.id}"] = {"status": "SUCCESS", "result_url": "/1.png"}
    assert studio.done(picture)
    if second is other:
        other.close()


def test_two_tasks_for_the_same_picture_are_one_job(studio: Any, node: FakeNode, held: Held) -> None:
    _, picture = held()
    twin = begun(studio, tasks.new_task(picture.project_id, TaskType.SD, picture.request, shot_id=picture.shot_id))
    studio.wait_for(lambda: is_held(studio, twin))
    report(studio, picture, f"{node.url}/1.png")
    assert studio.done(twin)
    assert studio.done(picture)
    assert len(node.submitted) == 1


def test_a_clip_waits_for_the_picture_that_a_node_draws(studio: Any, node: FakeNode, open_: Open) -> None:
    open_()
    project = studio.project("One.")
    clip = begun(studio, clip_task(studio.shots(project)[0], encoding(default_options(project))))
    studio.wait_for(lambda: node.submitted and studio.task(clip).node)
    assert node.tickets == [f"{clip.id}.image"]
    said = Report("SUCCESS", result_url=f"{node.url}/1.png")
    nodes.take_report(studio.pipeline, NAME, node.tickets[0], said)
    assert studio.done(clip)


def test_simple_nodes_answer_at_once(studio: Any, node: FakeNode, open_: Open) -> None:
    """The shape that many in use have."""
    content = base64.b64encode(png()).decode()
    node.take = lambda body: as_json(200, status="success", image_base64=content)
    shape = {
        "path": "/generate",
        "send": {"prompt": "{prompt}, {style} style", "steps": 4, "seed": "{seed}", "width": "{width}"},
        "answer": {"b64": "image_base64", "ok": {"status": "success"}, "error": "detail"},
        "headers": {"X-Key": "k"},
    }
    open_(shape)
    (picture,) = pictures(studio, studio.project("One."))
    assert studio.done(picture)
    assert node.submitted == [{"prompt": "Shot 1, Anime style", "steps": 4, "seed": 0, "width": 256}]
    assert node.headers["X-Key"] == "k"
    node.take = lambda body: as_json(200, status="error", detail="CUDA out of memory")
    (picture,) = pictures(studio, studio.project("One.", seed=3))
    assert "CUDA out of memory" in studio.ended(picture).error


@pytest.mark.parametrize("how", ["bytes", "url"])
def test_results_come_as_bytes_or_as_an_address(studio: Any, node: FakeNode, open_: Open, how: str) -> None:
    answers = {
        "bytes": (200, {"Content-Type": "image/png"}, png()),
        "url": as_json(200, output=[{"url": "/1.png"}]),
    }
    node.take = lambda body: answers[how]
    open_({"answer": {"url": "output.0.url"}})
    (picture,) = pictures(studio, studio.project("One."))
    assert studio.done(picture)
    assert len(node.submitted) == 1


def test_a_busy_or_dead_node_is_passed_over(studio: Any, node: FakeNode) -> None:
    dead = {"url": "http://127.0.0.1:9", "kinds": ["image"], "heartbeat": 0}
    node.take = lambda body: (200, {"Content-Type": "image/png"}, png())
    studio.open(image_engine="remote_node", nodes={"dead": dead, "dead-too": dead} | node.settings())
    assert all(studio.done(picture) for picture in pictures(studio, studio.project("One. Two. Three.")))
    assert len(node.submitted) == 3


def test_no_secret_is_kept_or_told(studio: Any, node: FakeNode, held: Held, tmp_path: Path) -> None:
    secret = node.settings()[NAME]["secret"]
    node.take = lambda body: as_json(400, error="No.")
    studio.open(image_engine="remote_node", nodes=node.settings())
    failed = studio.ended(pictures(studio, studio.project("One."))[0])
    assert node.headers["Authorization"] == f"Bearer {secret}"
    assert secret not in json.dumps(failed.error)
    assert secret not in repr(studio.app.settings)
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
