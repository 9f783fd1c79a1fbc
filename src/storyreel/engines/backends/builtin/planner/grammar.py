"""The small words of both languages, from grammar.json."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Grammar:
    """Lists of words and, for groups such as pronouns, which group a word is in. `shown` are a setting's own props."""

    lists: dict[str, frozenset[str]]
    groups: dict[str, dict[str, str]]
    shown: dict[str, frozenset[str]]

    def words(self, name: str) -> frozenset[str]:
        return self.lists[name]

    def group(self, name: str, word: str) -> str | None:
        """Which of a group's classes the word is in."""
        return self.groups[name].get(word)


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """Read once per process."""
    data: dict[str, Any] = json.loads(Path(__file__).with_name("grammar.json").read_text("utf-8"))
    groups: dict[str, dict[str, str]] = {"titles": data.pop("titles")}
    for name in (
        "pronouns",
        "framings",
        "looks",
        "garments",
        "vehicles",
        "numbers",
        "hours",
        "years",
        "ordinals",
        "persons",
        "telltales",
        "belonging",
        "insides",
        "outsides",
    ):
        groups[name] = {word: kind for kind, words in data.pop(name).items() for word in words}
    data.pop("about")
    shown = {setting: frozenset(props) for setting, props in data.pop("shown_anyway").items()}
    return Grammar({name: frozenset(words) for name, words in data.items()}, groups, shown)
