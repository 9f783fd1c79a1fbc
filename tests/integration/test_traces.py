"""Spans of a film, from the request that asks for it to its engines' calls."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

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


def test_nothing_of_it_is_imported_unless_it_is_asked_for() -> None:
    loads = (
        "import sys, storyreel.assembly, storyreel.api.app; print([n for n in sys.modules if 'opentelemetry.sdk' in n])"
    )
    said = subprocess.run((sys.executable, "-c", loads), capture_output=True, check=True, timeout=60)
    assert said.stdout.strip() == b"[]"
