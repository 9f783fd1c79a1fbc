"""`storyreel worker`: takes work without serving an API."""

import logging
import time
from typing import Annotated

import typer

from storyreel.cli import options
from storyreel.cli.startup import log_to_stderr, read_settings, working
from storyreel.cli.stopping import stop_requests
from storyreel.domain.task import TaskType
from storyreel.errors import InvalidInputError

log = logging.getLogger(__name__)

EXAMPLES = options.examples("storyreel worker --data-dir /srv/storyreel", "storyreel worker --queues SD,SVD")
LOOK_SECONDS = 0.2


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(worker)


def worker(
    queues: Annotated[
        str | None,
        typer.Option(help=f"Take only tasks of these types, of {','.join(TaskType)}; else all.", show_default=False),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Take work from the data folder until told to stop (Ctrl-C or SIGTERM)."""
    listen = None if queues is None else queue_names(queues)
    settings = read_settings(data_dir=data_dir)
    log_to_stderr(settings)
    with stop_requests() as stop, working(settings, listen):
        log.info("taking %s tasks from %s", ", ".join(listen or TaskType), settings.data_dir)
        while not stop:
            time.sleep(LOOK_SECONDS)
        log.info("stopping; what is unfinished is left to the next process")


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
