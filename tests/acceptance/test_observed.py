"""What an operator sees of a server: request ids, figures; and that no log, error or row shows a secret."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from storyreel.errors import EngineError
from storyreel.pipeline.tasks import describe
from storyreel.telemetry import redaction

OWNER = ("mia", "correct horse battery")
METRICS = "canary-metrics-token-16"
KEY = "sk-canary-told-by-an-engine"
NODE = f"whsec_{base64.b64encode(b'canary-node-secret-of-32-bytes-a').decode()}"


@pytest.fixture(scope="module")
def watched(start_server: Any, model_server: Any, file_server: Any) -> Iterator[Any]:
    nodes = {"studio": {"url": model_server.url, "secret": NODE, "kinds": ["video"]}}
    with start_server(
        owner=OWNER,
        STORYREEL_LOG_FORMAT="json",
        STORYREEL_LOG_LEVEL="DEBUG",
        STORYREEL_METRICS_TOKEN=METRICS,
        STORYREEL_STORY_ENGINE="openai_compatible",
        STORYREEL_OPENAI_BASE_URL=model_server.url,
        STORYREEL_OPENAI_API_KEY=model_server.key,
        STORYREEL_NODES=json.dumps(nodes),
        STORYREEL_FETCH_ALLOWED_HOSTS=json.dumps([file_server.host]),
    ) as server:
        yield server


@pytest.fixture(scope="module")
def film(watched: Any, sign_in: Any, file_server: Any, model_server: Any) -> dict[str, Any]:
    """A whole film, looked at, with a callback that refuses to hear of it; and every secret that was in play."""
    with sign_in(watched) as api:
        project = api.project("Mia walks to the sea. They swim.", callback_url=f"http://{file_server.host}/refuses")
        api.done(project["task_id"])
        path = f"/projects/{project['project_id']}"
        asked = api.post(
            f"{path}/make_film",
            json={"subtitles": "none", "music": False, "cards": False},
            headers={"X-Request-ID": "my.click-1"},
        )
        api.done(asked.json()["task_id"])
        link = api.read(f"{path}/film")["film_url"]
        assert httpx.get(link, headers={"Range": "bytes=0-9"}, timeout=90).status_code == 206
        assert httpx.get(link + "x", timeout=90).status_code == 403
        secrets = {
            "token": api.headers["authorization"].removeprefix("Bearer "),
            "password": OWNER[1],
            "key": model_server.key,
            "metrics": METRICS,
            "node": NODE,
            "callback": project["callback_secret"],
            "signature": link.partition("signature=")[2],
        }
        return {"task": asked.json()["task_id"], "asked": asked, "secrets": secrets}


def log_of(server: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log().splitlines()]


def test_the_log_says_which_request_and_which_task(watched: Any, film: dict[str, Any]) -> None:
    assert film["asked"].headers["X-Request-ID"] == "my.click-1"
    log = log_of(watched)
    (begun,) = [one for one in log if one["message"].startswith("task.recorded FILM")]
    assert begun["request_id"] == "my.click-1"
    of_task = [one for one in log if one.get("task_id") == film["task"]]
    assert any("artifact." in one["message"] for one in of_task)
    assert not any("request_id" in one for one in of_task), "the click is over when its work begins"


@pytest.mark.parametrize("asked", ["", "a b", "x" * 65, "-x", "{}"])
def test_a_request_id_that_is_not_sane_is_replaced(watched: Any, asked: str) -> None:
    answer = httpx.get(f"{watched.url}/healthz", headers={"X-Request-ID": asked}, timeout=90)
    assert answer.headers["X-Request-ID"] != asked
    assert len(answer.headers["X-Request-ID"]) == 32


@pytest.mark.parametrize("path", ["/nowhere", "/api/projects", "/healthz"])
def test_every_answer_has_a_request_id(watched: Any, path: str) -> None:
    for host in ("", "evil.example"):
        answer = httpx.get(watched.url + path, headers={"Host": host} if host else {}, timeout=90)
        assert answer.headers["X-Request-ID"]


def test_no_secret_is_logged_or_kept(watched: Any, film: dict[str, Any]) -> None:
    kept = b"".join(file.read_bytes() for file in watched.data.rglob("*") if file.is_file())
    log = watched.log()
    for name, secret in film["secrets"].items():
        assert secret not in log, name
        assert secret.encode() not in kept, name


def test_an_error_repeats_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", {KEY})
    assert KEY not in json.dumps(describe(EngineError(f"No such key: {KEY}.", hint=f"Look at {KEY}.")))


def test_without_a_token_there_are_no_figures(server: Any, check_problem: Any) -> None:
    answer = httpx.get(f"{server.url}/metrics", headers={"Authorization": "Bearer x"}, timeout=90)
    check_problem(answer, 404, "not_found")


def figures(server: Any) -> dict[tuple[str, ...], float]:
    """Name and values of labels, sorted → figure."""
    answer = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {METRICS}"}, timeout=90)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong-wrong-wrong", f"Basic {METRICS}"])
def test_figures_are_for_those_who_have_the_token(watched: Any, check_problem: Any, sent: str) -> None:
    answer = httpx.get(f"{watched.url}/metrics", headers={"Authorization": sent}, timeout=90)
    check_problem(answer, 401, "unauthorized")
    assert "storyreel_" not in answer.text


def test_figures_tell_of_the_film(watched: Any, film: dict[str, Any]) -> None:
    shown = figures(watched)
    assert shown["storyreel_tasks", "FILM", "SUCCESS"] == 1
    assert shown["storyreel_queue_depth", "SD"] == shown["storyreel_queue_oldest_seconds", "SD"] == 0
    assert shown["storyreel_engine_call_seconds_count", "done", "openai_compatible", "story"] == 1
    assert shown["storyreel_artifacts_total", "image", "made"] == 2
    asked = ("/api/projects/{project_id}/make_film", "200", "POST")
    assert shown["storyreel_http_request_seconds_count", *sorted(asked)] == 1
    assert sum(figure for name, figure in shown.items() if name[0] == "storyreel_deliveries_total") > 0
    assert not any(film["task"] in label for name in shown for label in name), "routes by template"


def test_event_streams_are_counted_while_they_are_open(watched: Any, sign_in: Any) -> None:
    with sign_in(watched) as api:
        with api.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            next(lines)
            assert figures(watched)["storyreel_event_streams",] == 1
        end = time.monotonic() + 60
        while figures(watched)["storyreel_event_streams",]:
            assert time.monotonic() < end, "it stays open"
            time.sleep(0.1)


def test_a_worker_tells_its_figures_on_its_own_machine(launcher: Any, tmp_path: Path) -> None:
    words = (*launcher.STORYREEL, "worker", "--metrics-port", "0", "--data-dir", str(tmp_path / "data"))
    environment = launcher.environment(STORYREEL_METRICS_TOKEN=METRICS)
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "figures are at" in line)
        url = line.split()[-1]
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(url, timeout=90).status_code == 401
        shown = httpx.get(url, headers={"Authorization": f"Bearer {METRICS}"}, timeout=90)
        assert "storyreel_engine_call_seconds" in shown.text
        process.terminate()
        process.stderr.read()
    assert process.returncode == 0
