"""What can be drawn, and the words for it: one JSON file per category, one line per entry.

An entry is named by an English word, and lists the English lemmas (`en`, lower case) and the Chinese words (`zh`) that
mean it. `like` names another entry, which is drawn instead; `is` says of a kind whether it is a person or an animal.
"""

import json
from functools import cache
from importlib import resources
from typing import Any, cast

CATEGORIES = ("settings", "times", "weathers", "seasons", "moods", "poses", "expressions", "kinds", "props")


@cache
def entries(category: str) -> dict[str, dict[str, Any]]:
    """The entries of a category, by name."""
    text = resources.files(__name__).joinpath(f"{category}.json").read_text("utf-8")
    return cast(dict[str, dict[str, Any]], json.loads(text))
