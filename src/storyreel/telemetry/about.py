"""What the present work is for: the request that is answered, the task that is made. Logs and traces say so."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("storyreel_request_id", default="")
task_id: ContextVar[str] = ContextVar("storyreel_task_id", default="")


@contextmanager
def about(subject: ContextVar[str], identifier: str) -> Generator[None]:
    """Whatever is done meanwhile, in threads that are asked too, is for this request or this task."""
    before = subject.set(identifier)
    try:
        yield
    finally:
        subject.reset(before)
