import json
import logging
import sys

import pytest

from storyreel.telemetry import redaction
from storyreel.telemetry.about import about, request_id, task_id
from storyreel.telemetry.logs import Json, Text

KEY = 'sk-canary-"quoted"-77'


@pytest.fixture(autouse=True)
def nothing_else_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    redaction.hide([KEY, "none"])


def record(message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("storyreel.x", logging.INFO, "file", 1, message, values, info)


def test_a_line_says_what_it_is_for() -> None:
    with about(request_id, "r1"), about(task_id, "t1"):
        line = Text().format(record("begun %d", 3))
        told = json.loads(Json().format(record("begun %d", 3)))
    assert line.endswith("INFO storyreel.x: begun 3 (request r1, task t1)")
    assert (told["message"], told["request_id"], told["task_id"], told["level"]) == ("begun 3", "r1", "t1", "INFO")
    assert "request" not in Text().format(record("begun")) + Json().format(record("begun"))


def test_an_object_is_one_line_also_with_a_traceback() -> None:
    try:
        raise ValueError(f"line\nanother with {KEY}")
    except ValueError as error:
        shown = record("it failed", error=error)
        shown.exc_info = sys.exc_info()
    line = Json().format(shown)
    assert "\n" not in line
    assert "Traceback" in json.loads(line)["exception"]
    assert "canary" not in line + Text().format(shown)


@pytest.mark.parametrize(
    ("shown", "secret"),
    [
        (f"Incorrect API key provided: {KEY}", "canary"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ('127.0.0.1:9 - "GET /api/media/00?expires=1999&signature=AAAA-bbbb_1 HTTP/1.1" 200', "AAAA-bbbb_1"),
        ("GET https://bucket/key?X-Amz-Credential=AKIA&X-Amz-Signature=0f0f0f HTTP", "0f0f0f"),
        ("callback signed by whsec_c2VjcmV0c2VjcmV0", "c2VjcmV0"),
        ("cannot reach postgresql://film:pa55w@rds@db.example/film", "pa55w"),
    ],
)
def test_no_secret_is_shown(shown: str, secret: str) -> None:
    for line in (Text().format(record("%s", shown)), Json().format(record(shown.replace("%", "%%")))):
        assert secret not in line
        assert redaction.HIDDEN in line


@pytest.mark.parametrize("shown", ["none of them", "a basic film", "http://127.0.0.1:8000/docs", "at film@example.org"])
def test_what_is_no_secret_stays(shown: str) -> None:
    assert redaction.redacted(shown) == shown
