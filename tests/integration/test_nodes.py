"""Work that a remote node does: handed over once, waited for across restarts, collected, cancelled, given up."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image

from storyreel.domain.task import Task, TaskStatus, TaskType
from storyreel.pipeline import tasks

pytestmark = pytest.mark.slow

ENGINE = "storyreel.engines.testing:FakeNodeImageEngine"


@pytest.fixture
def origin() -> Iterator[str]:
    """Where the node serves its results: any path is a picture, but /broken.png is none."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 144), "teal").save(picture, "PNG")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = b"\x89PNG\r\n\x1a\nbroken" if "broken" in self.path else picture.getvalue()
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()
    thread.join()


Held = Callable[..., tuple[Any, Task, Task]]


@pytest.fixture
def held(studio: Any, origin: str) -> Held:
    """A film whose one picture a node holds: the project, the film's task and the picture's."""

    def begin(**settings: Any) -> tuple[Any, Task, Task]:
        studio.open(image_engine=ENGINE, node_origins={"fake-node": origin}, **settings)
        project = studio.project("One.")
        film = studio.film(project)
        studio.wait_for(lambda: [task for task in studio.tasks(parent_id=film.id, types=[TaskType.SD]) if task.node])
        return project, film, studio.tasks(parent_id=film.id, types=[TaskType.SD])[0]

    return begin


def report(studio: Any, task: Task, url: str, key: str = "k") -> None:
    message = {"status": "SUCCESS", "result_url": url, "error": None}
    studio.pipeline.durable.deliver(task.id, message, key)


def test_a_node_is_asked_once_however_often_we_restart(studio: Any, origin: str, held: Held) -> None:
    _, film, picture = held()
    for _ in range(2):
        studio.open(image_engine=ENGINE, node_origins={"fake-node": origin})
        time.sleep(1)
        assert studio.task(picture).status is TaskStatus.RUNNING
    assert [kind for kind, _ in studio.calls()].count("node") == 1
    report(studio, picture, f"{origin}/1.png")
    report(studio, picture, f"{origin}/1.png")
    assert studio.done(film)
    assert studio.task(picture).status is TaskStatus.SUCCESS
    assert [kind for kind, _ in studio.calls()].count("node") == 1


def test_a_crash_before_the_engine_recorded_the_handing_over(studio: Any, origin: str, held: Held) -> None:
    """The task's row knows that a node has it, although the run's first step was never recorded."""
    _, film, picture = held()
    studio.close()
    studio.runs("DELETE FROM operation_outputs WHERE workflow_uuid = ?", picture.id)
    studio.open(image_engine=ENGINE, node_origins={"fake-node": origin})
    report(studio, picture, f"{origin}/1.png")
    assert studio.done(film)
    assert [kind for kind, _ in studio.calls()].count("node") == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"status": "FAILED", "error": "out of memory"}, "node_failed"),
        ({"status": "SUCCESS", "result_url": "{origin}/broken.png"}, "media_invalid"),
        ({"status": "SUCCESS", "result_url": "http://127.0.0.1:1/elsewhere.png"}, "fetch_refused"),
    ],
)
def test_what_a_node_cannot_deliver_fails_the_task(
    studio: Any, origin: str, held: Held, message: dict[str, str], code: str
) -> None:
    _, film, picture = held()
    sent = {name: value.replace("{origin}", origin) for name, value in message.items()}
    studio.pipeline.durable.deliver(picture.id, sent, "k")
    assert studio.ended(picture).error_code == code
    assert studio.ended(film).error.startswith("Shot 1: ")


def test_a_silent_node_is_given_up(studio: Any, held: Held) -> None:
    _, film, picture = held(node_timeout=1)
    assert studio.ended(picture).error_code == "node_failed"
    assert "did not answer in time" in studio.ended(film).error


def test_a_late_report_of_a_cancelled_task_changes_nothing(studio: Any, origin: str, held: Held) -> None:
    project, film, picture = held()
    tasks.cancel(studio.pipeline, film)
    report(studio, picture, f"{origin}/1.png")
    time.sleep(1)
    assert studio.task(picture).error_code == "cancelled"
    assert studio.shots(project)[0].image is None


def test_a_run_that_was_given_up_fails_its_task(studio: Any, origin: str, held: Held) -> None:
    _, film, picture = held()
    studio.close()
    given_up = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
    studio.runs("UPDATE workflow_status SET status = ? WHERE workflow_uuid = ?", given_up, picture.id)
    studio.open(image_engine=ENGINE, node_origins={"fake-node": origin})
    assert studio.ended(picture).error_code == "run_given_up"
    assert studio.ended(film).status is TaskStatus.FAILED
