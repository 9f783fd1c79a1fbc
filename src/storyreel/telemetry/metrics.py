"""What this process counts and measures, and how Prometheus reads it."""

import hmac
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_registry = CollectorRegistry()
REQUESTS = Histogram(
    "storyreel_http_request_seconds",
    "From a request to the beginning of its answer.",
    ["method", "route", "status"],
    registry=_registry,
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
STREAMS = Gauge("storyreel_event_streams", "Event streams that are open.", registry=_registry)
ENGINE_CALLS = Histogram(
    "storyreel_engine_call_seconds",
    "What an engine was asked for, with all attempts.",
    ["kind", "engine", "outcome"],
    registry=_registry,
    buckets=(0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900),
)
ARTIFACTS = Counter(
    "storyreel_artifacts", "Artifacts that were asked for: made, or found made.", ["kind", "how"], registry=_registry
)
RECOVERIES = Counter(
    "storyreel_recovered_runs", "Unfinished runs taken over from processes that are gone.", registry=_registry
)
DELIVERIES = Counter(
    "storyreel_deliveries", "Attempts to tell a callback: heard, again, given_up.", ["outcome"], registry=_registry
)


class Queue(NamedTuple):
    """The tasks of one type: how many there are by status, and for how many seconds the oldest has been waiting."""

    type: str
    tasks: dict[str, int]
    oldest: float


def exposition(queues: Sequence[Queue] = ()) -> bytes:
    """All figures of this process, and those of the installation that are given, in Prometheus' text format."""
    shared = CollectorRegistry()
    shared.register(_Queues(queues))
    return generate_latest(_registry) + (generate_latest(shared) if queues else b"")


@contextmanager
def engine_call(kind: str, engine: str) -> Generator[None]:
    """Measures what an engine takes."""
    began, outcome = perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        ENGINE_CALLS.labels(kind, engine, outcome).observe(perf_counter() - began)


class _Queues(Collector):
    def __init__(self, queues: Sequence[Queue]) -> None:
        self._queues = queues

    def collect(self) -> Iterable[GaugeMetricFamily]:
        depth = GaugeMetricFamily("storyreel_queue_depth", "Tasks that wait to be begun.", labels=["type"])
        oldest = GaugeMetricFamily("storyreel_queue_oldest_seconds", "How long the oldest has waited.", labels=["type"])
        tasks = GaugeMetricFamily("storyreel_tasks", "Tasks by status.", labels=["type", "status"])
        for queue in self._queues:
            depth.add_metric([queue.type], queue.tasks.get("PENDING", 0))
            oldest.add_metric([queue.type], queue.oldest)
            for status, number in queue.tasks.items():
                tasks.add_metric([queue.type, status], number)
        return depth, oldest, tasks


def may_read(token: str, sent: str) -> bool:
    """Whether what was sent is the token, told apart in constant time."""
    return hmac.compare_digest(token.encode(), sent.encode())
