"""The small words of both languages, from grammar.json and chinese_grammar.json."""

import json
from collections.abc import Mapping
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
    data = _both(_table("grammar.json"), _table("chinese_grammar.json"))
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
        "seats",
        "pairs_by_kin",
        "ridden",
        "in_use",
    ):
        groups[name] = {word: kind for kind, words in data.pop(name).items() for word in words}
    data.pop("about")
    shown = {setting: frozenset(props) for setting, props in data.pop("shown_anyway").items()}
    return Grammar({name: frozenset(words) for name, words in data.items()}, groups, shown)


def _table(file: str) -> dict[str, Any]:
    return json.loads(Path(__file__).with_name(file).read_text("utf-8"))


def _both(english: Mapping[str, Any], chinese: Mapping[str, Any]) -> dict[str, Any]:
    """The English lists and groups with the Chinese words, which stand between blanks, put to them."""
    found = dict(english)
    for name, words in chinese.items():
        if name == "titles":
            found[name] = {**english[name], **words}
        elif isinstance(words, str):
            found[name] = [*english.get(name, ()), *words.split()]
        else:
            found[name] = _both(english.get(name, {}), words)
    return found
