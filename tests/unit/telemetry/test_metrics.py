import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from storyreel.telemetry.exposing import exposed
from storyreel.telemetry.metrics import Queue, engine_call, exposition, may_read


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Name and values of labels, sorted → figure."""
    families = text_string_to_metric_families(text)
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


def test_queues_are_shown_with_what_the_process_measured() -> None:
    text = exposition([Queue("SD", {"PENDING": 3, "RUNNING": 1}, 7.5)]).decode()
    shown = figures(text)
    assert shown["storyreel_queue_depth", "SD"] == 3
    assert shown["storyreel_queue_oldest_seconds", "SD"] == 7.5
    assert shown["storyreel_tasks", "RUNNING", "SD"] == 1
    assert ("storyreel_event_streams",) in shown


def test_an_engine_call_counts_by_how_it_ended() -> None:
    with engine_call("image", "test"):
        pass
    with pytest.raises(OSError, match="no"), engine_call("image", "test"):
        raise OSError("no")
    shown = figures(exposition().decode())
    for outcome in ("done", "failed"):
        assert shown["storyreel_engine_call_seconds_count", outcome, "image", "test"] == 1


@pytest.mark.parametrize("token", ["", "sesame-sesame-16"])
def test_a_process_without_an_api_answers_those_who_may_read(token: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"

        def status(path: str, sent: str) -> int:
            asked = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {sent}"})
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    assert b"storyreel_" in answer.read()
                    return answer.status
            except urllib.error.HTTPError as error:
                error.close()
                return error.code

        with exposed(door, token):
            assert status("/metrics", token) == 200
            assert status("/metrics", "wrong") == (401 if token else 200)
            assert status("/", token) == 404


def test_a_token_is_compared_whatever_is_sent() -> None:
    assert may_read("sesame", "sesame")
    assert not may_read("sesame", "sésame")
    assert not may_read("sesame", "")
