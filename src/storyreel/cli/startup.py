"""What a command does before its own work: read the settings, set up logging, open Storyreel."""

import logging
import os
import tomllib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.logging import RichHandler

from storyreel.errors import InvalidInputError, StoryreelError, UnavailableError
from storyreel.telemetry import traces
from storyreel.telemetry.logs import Json, Text
from storyreel.telemetry.redaction import hide

if TYPE_CHECKING:
    from storyreel.assembly import Storyreel
    from storyreel.settings import Settings

TRACES_TO = "OTEL_EXPORTER_OTLP_ENDPOINT"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def read_settings(**given: Any) -> "Settings":
    """The settings, with those that the command line gives (not None) on top.

    Raises:
        InvalidInputError: a value of the environment or of the settings file cannot be used.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from storyreel.settings import Settings

    file = os.environ.get("STORYREEL_CONFIG")
    if file and not Path(file).is_file():
        raise InvalidInputError(f"There is no settings file {file}.", hint="STORYREEL_CONFIG names it.")
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise _unusable(faults) from error
    except (SettingsError, tomllib.TOMLDecodeError, OSError) as error:
        raise _unusable(str(error)) from error
    if settings.log_level.upper() not in LEVELS:
        raise _unusable(f"log_level: '{settings.log_level}' is none of {', '.join(LEVELS)}")
    return settings


def _unusable(faults: str) -> InvalidInputError:
    return InvalidInputError(
        f"A setting cannot be used: {faults}.",
        hint="Look at the STORYREEL_… environment variables (lists and tables are JSON there) and at the file that "
        "STORYREEL_CONFIG names.",
    )


def log_to_stderr(settings: "Settings") -> None:
    """For commands that run for long: one line per record, from the level that the settings ask for."""
    hide(_secrets(settings.model_dump()))
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if settings.log_format == "json" else Text())
    _log_with(handler, settings.log_level.upper())


def log_warnings_only(console: Console) -> None:
    """For commands that a person waits for: warnings and worse, above whatever bars the console shows."""
    handler = RichHandler(console=console, show_time=False, show_path=False)
    handler.setFormatter(Text("%(message)s"))
    _log_with(handler, "WARNING")


def _log_with(handler: logging.Handler, level: str) -> None:
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("dbos").setLevel(logging.ERROR)


def trace_if_asked() -> None:
    """Send traces where OpenTelemetry's own variable says.

    Raises:
        StoryreelError: what does that is not installed.
    """
    if not os.environ.get(TRACES_TO):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise StoryreelError(
            f"{TRACES_TO} is set, but what sends traces is not installed.",
            code="telemetry_missing",
            hint="pip install 'storyreel[telemetry]'",
        ) from error
    traces.export(OTLPSpanExporter())


def _secrets(value: Any) -> Iterator[str]:
    """Every secret in what the settings hold."""
    from pydantic import SecretStr

    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, dict):
        for part in cast("dict[str, Any]", value).values():
            yield from _secrets(part)


@contextmanager
def working(settings: "Settings", listen: list[str] | None = None) -> Generator["Storyreel"]:
    """Storyreel, opened and taking work (from these queues; all, if None); closed in good order.

    Enter it where no event loop runs: the durable engine brings its own.

    Raises:
        StoryreelError: the data folder cannot be used.
    """
    from storyreel.assembly import Storyreel

    hide(_secrets(settings.model_dump()))
    trace_if_asked()
    with usable_data(settings):
        storyreel = Storyreel(settings)
        storyreel.start(listen)
    try:
        yield storyreel
    finally:
        storyreel.close()


def _reason(error: Exception) -> str:
    """The first line of what the system or the database said."""
    cause = error.__cause__ if isinstance(error, UnavailableError) and error.__cause__ else error
    said = getattr(cause, "orig", None) or getattr(cause, "strerror", None) or cause
    return str(said).partition("\n")[0]


@contextmanager
def usable_data(settings: "Settings") -> Generator[None]:
    """Says in plain words when the data folder or the database cannot be opened.

    Raises:
        StoryreelError: with the reason.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (OSError, DBAPIError, UnavailableError) as error:
        what = (
            "The database cannot be used" if settings.on_postgresql else f"Nothing can be kept in {settings.data_dir}"
        )
        raise StoryreelError(
            f"{what}: {_reason(error)}.",
            code="data_unusable",
            hint="Look at STORYREEL_DATABASE_URL, and whether the server runs."
            if settings.on_postgresql
            else "Choose another folder with --data-dir, or set it right; `storyreel doctor` looks closer.",
        ) from error
