"""Spans of a film, from the request that asks for it to its engines' calls."""

import asyncio
import gzip
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from storyreel.cli import startup
from storyreel.errors import StoryreelError
from storyreel.store.credentials import new_token
from storyreel.store.database import users
from storyreel.store.database.rows import now
from storyreel.telemetry import traces

CLIENTS_TRACE = "ab" * 16


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    monkeypatch.setattr(traces, "_tracer", None)
    exporter = InMemorySpanExporter()
    traces.export(exporter, at_once=True)
    return exporter


def ids(context: SpanContext) -> tuple[int, int]:
    return context.trace_id, context.span_id


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


async def post(app: Any, path: str, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "traceparent": f"00-{CLIENTS_TRACE}-{'cd' * 8}-01"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        return await client.post(path, json={"subtitles": "none", "music": False, "cards": False}, headers=headers)


def test_a_film_is_one_trace_that_its_request_is_linked_to(studio: Any, spans: InMemorySpanExporter) -> None:
    studio.open()
    project = studio.project()
    spans.clear()
    token, digest = new_token()
    with studio.app.database.write() as connection:
        users.add_token(connection, digest, "u1", now() + timedelta(days=1))
    app = studio.app.api(first_login_creates_owner=False)
    answer = asyncio.run(post(app, f"/api/projects/{project.id}/make_film", token))
    assert answer.status_code == 200, answer.text
    studio.wait_for(lambda: named(spans, "task FILM"))

    (request,) = named(spans, "POST /api/projects/{project_id}/make_film")
    assert request.get_span_context().trace_id == int(CLIENTS_TRACE, 16), "it goes on with its client's trace"
    (start,) = named(spans, "start FILM")
    assert start.parent == request.get_span_context()
    (film,) = named(spans, "task FILM")
    assert film.parent is None
    assert dict(film.attributes or {})["storyreel.task_id"] == answer.json()["task_id"]
    assert [ids(link.context) for link in start.links] == [ids(film.get_span_context())], "a request leads to its work"

    made = [*named(spans, "task SD"), *named(spans, "artifact image"), *named(spans, "engine image")]
    assert len(made) == 9, "three pictures"
    above = {span.get_span_context().span_id: span for span in [film, *made]}
    for call in made[6:]:
        artifact = above[call.parent.span_id]
        task = above[artifact.parent.span_id]
        assert (artifact.name, task.name, above[task.parent.span_id]) == ("artifact image", "task SD", film)
    assert {span.get_span_context().trace_id for span in made} == {film.get_span_context().trace_id}


def test_spans_are_sent_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    monkeypatch.setattr(traces, "_tracer", None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as web:
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        monkeypatch.setenv(startup.TRACES_TO, f"http://127.0.0.1:{web.server_port}")
        startup.trace_if_asked()
        with traces.span("a span that is sent"):
            pass
        provider: Any = traces._tracer
        assert provider.span_processor.force_flush()
        provider.span_processor.shutdown()
        web.shutdown()
        thread.join()
    ((path, body),) = got
    assert path == "/v1/traces"
    assert b"a span that is sent" in (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)


def test_who_wants_traces_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(startup.TRACES_TO, "http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(StoryreelError, match="not installed") as error:
        startup.trace_if_asked()
    assert "storyreel[telemetry]" in error.value.hint


def test_nothing_of_it_is_imported_unless_it_is_asked_for() -> None:
    loads = (
        "import sys, storyreel.assembly, storyreel.api.app; print([n for n in sys.modules if 'opentelemetry.sdk' in n])"
    )
    said = subprocess.run((sys.executable, "-c", loads), capture_output=True, check=True, timeout=60)
    assert said.stdout.strip() == b"[]"
