"""The libraries of the extra `storyreel[diffusers]`: imported when they are used, which takes seconds."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from storyreel.errors import EngineUnavailableError

HOW = "pip install 'storyreel[diffusers]'"


def lacking(names: Iterable[str]) -> list[str]:
    """Of these libraries, those that are not installed."""
    return [name for name in names if find_spec(name) is None]


@cache
def library(name: str) -> Any:
    """A library that is asked for by name, quiet: it draws no progress bars into the log.

    Raises:
        EngineUnavailableError: it is not installed, or broken.
    """
    try:
        module = import_module(name)
        if name in ("diffusers", "transformers"):
            import_module(f"{name}.utils.logging").set_verbosity_error()
            import_module(f"{name}.utils.logging").disable_progress_bar()
    except ImportError as error:
        raise EngineUnavailableError(f"{name} cannot be imported: {error}.", hint=f"Install it: {HOW}.") from error
    return module
