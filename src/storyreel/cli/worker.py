"""`storyreel worker`: takes work without serving an API."""

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from storyreel.cli import options
from storyreel.cli.serve import listening, url_of
from storyreel.cli.startup import log_to_stderr, read_settings, working
from storyreel.cli.stopping import stop_requests
from storyreel.domain.task import TaskType
from storyreel.errors import InvalidInputError

if TYPE_CHECKING:
    from storyreel.settings import Settings

log = logging.getLogger(__name__)

EXAMPLES = options.examples(
    "storyreel worker --data-dir /srv/storyreel", "storyreel worker --queues SD,SVD --concurrency 1"
)
LOOK_SECONDS = 0.2


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(worker)


def worker(
    queues: Annotated[
        str | None,
        typer.Option(help=f"Take only tasks of these types, of {','.join(TaskType)}; else all.", show_default=False),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Tasks of each type at work at once; else STORYREEL_CONCURRENCY, else one per core.",
            show_default=False,
        ),
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Answer /metrics there, on 127.0.0.1; 0 picks a port.", show_default=False),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Take work until told to stop (Ctrl-C or SIGTERM)."""
    listen = None if queues is None else queue_names(queues)
    settings = read_settings(data_dir=data_dir, concurrency=concurrency)
    log_to_stderr(settings)
    with _measured(settings, metrics_port), stop_requests() as stop, working(settings, listen):
        log.info("taking %s tasks from %s", ", ".join(listen or TaskType), settings.data_dir)
        while not stop:
            time.sleep(LOOK_SECONDS)
        log.info("stopping; what is unfinished is left to the next process")


@contextmanager
def _measured(settings: "Settings", port: int | None) -> Generator[None]:
    """Meanwhile Prometheus may read this process's figures, from this machine."""
    if port is None:
        yield
        return
    from storyreel.assembly import metrics_token
    from storyreel.telemetry.exposing import exposed

    with listening("127.0.0.1", port) as door, exposed(door, metrics_token(settings)):
        log.info("figures are at %s/metrics", url_of(door))
        yield


def queue_names(queues: str) -> list[str]:
    """The task types of a list such as `SD,SVD`.

    Raises:
        InvalidInputError: one of them is none.
    """
    names = [name.strip().upper() for name in queues.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(TaskType)]
    if unknown or not names:
        raise InvalidInputError(
            f"'{', '.join(unknown) or queues}' is no type of task.", hint=f"Use some of {','.join(TaskType)}."
        )
    return names
