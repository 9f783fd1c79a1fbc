"""The data files of this folder."""

import functools
import json
from importlib import resources
from typing import Any, cast


@functools.cache
def table(file: str) -> dict[str, Any]:
    """A data file by its name."""
    text = resources.files(__package__ or "").joinpath(file).read_text("utf-8")
    return cast(dict[str, Any], json.loads(text))
