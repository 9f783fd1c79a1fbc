"""Spans from request to engine call, for OpenTelemetry. Nothing of it is imported until `export` is called."""

import contextvars
import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import SpanContext, Tracer

_tracer: "Tracer | None" = None
_next_ids: contextvars.ContextVar[tuple[int, int] | None] = contextvars.ContextVar("storyreel_ids", default=None)


def export(exporter: "SpanExporter", *, at_once: bool = False) -> None:
    """Give spans to this exporter from now on, in batches or each at once."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        """A task's spans have ids that every process knows, so that they meet in one trace without being told."""

        def generate_trace_id(self) -> int:
            known = _next_ids.get()
            return known[0] if known else super().generate_trace_id()

        def generate_span_id(self) -> int:
            known = _next_ids.get()
            return known[1] if known else super().generate_span_id()

    global _tracer
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "storyreel")})
    provider = TracerProvider(resource=resource, id_generator=Ids())
    provider.add_span_processor((SimpleSpanProcessor if at_once else BatchSpanProcessor)(exporter))
    _tracer = provider.get_tracer("storyreel")


class RequestSpan:
    """A request's span, or none."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def answered(self, method: str, route: str, status: int) -> None:
        if self._span is not None:
            self._span.update_name(f"{method} {route}")
            self._span.set_attributes(
                {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            )


@contextmanager
def request(headers: Mapping[bytes, bytes], request_id: str) -> Generator[RequestSpan]:
    """The span of a request; it goes on with its client's trace (`traceparent`)."""
    if _tracer is None:
        yield RequestSpan()
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = headers.get(b"traceparent", b"").decode("latin-1")
    context = TraceContextTextMapPropagator().extract({"traceparent": parent})
    attributes = {"storyreel.request_id": request_id}
    with _tracer.start_as_current_span("request", context, SpanKind.SERVER, attributes) as span:
        yield RequestSpan(span)


@contextmanager
def starting(task_id: str, parent_id: str | None, type_: str) -> Generator[None]:
    """The span in which somebody starts a task; it is linked to the task's own."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import Link, SpanKind

    attributes = {"storyreel.task_id": task_id}
    links = [Link(_of_task(task_id, parent_id))]
    with _tracer.start_as_current_span(f"start {type_}", None, SpanKind.PRODUCER, attributes, links):
        yield


@contextmanager
def task(task_id: str, parent_id: str | None, type_: str, round_: int) -> Generator[None]:
    """The span of a task at work: a trace of its own, or in that of the film which it is for."""
    if _tracer is None:
        yield
        return
    from opentelemetry import context
    from opentelemetry.trace import NonRecordingSpan, SpanKind, set_span_in_context, use_span

    own = _of_task(task_id, parent_id, round_)
    nothing = context.Context()
    parent: Context = set_span_in_context(NonRecordingSpan(_of_task(parent_id)), nothing) if parent_id else nothing
    attributes = {"storyreel.task_id": task_id, "storyreel.task_type": type_, "storyreel.round": round_}
    ids = _next_ids.set((own.trace_id, own.span_id))
    span = _tracer.start_span(f"task {type_}", parent, SpanKind.CONSUMER, attributes)
    _next_ids.reset(ids)
    with use_span(span, end_on_exit=True):
        yield


@contextmanager
def span(name: str, **attributes: str) -> Generator[None]:
    """A span of whatever is at work."""
    if _tracer is None:
        yield
        return
    named = {f"storyreel.{key}": value for key, value in attributes.items()}
    with _tracer.start_as_current_span(name, attributes=named):
        yield


def _of_task(task_id: str, parent_id: str | None = None, round_: int = 0) -> "SpanContext":
    """Where a task's span is, in whichever process: made of the task's own id."""
    from opentelemetry.trace import SpanContext, TraceFlags

    trace = hashlib.sha256(f"trace {parent_id or task_id}".encode()).digest()
    own = hashlib.sha256(f"span {task_id} {round_}".encode()).digest()
    trace_id, span_id = int.from_bytes(trace[:16]), int.from_bytes(own[:8])
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
