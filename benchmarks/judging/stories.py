"""Annotated stories: who is on stage, where, when and with what, sentence by sentence."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LISTS = {"cast", "may", "setting", "time", "weather", "season", "things", "never"}
SENTENCE_KEYS = {"text", "speaker", *LISTS}
PERSON_KEYS = {"kinds", "aliases", "many", "members"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the story. `many` marks a group; its `members`, if told, are persons of the story themselves."""

    name: str
    kinds: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    many: bool = False
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what a right picture of it shows; empty `setting`, `time`, `weather`, `season`: nothing is told.

    `cast` must be on stage, `may` be there without harm. `things` and `never` are English nouns; `a|b` is either.
    """

    text: str
    cast: tuple[str, ...]
    may: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    weather: tuple[str, ...] = ()
    season: tuple[str, ...] = ()
    speaker: str | None = None
    things: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """`name` is the file's; the sentences' texts, joined as they are, are the story.

    Raises:
        ValueError: a sentence, or a group, names somebody who is not in the cast.
    """

    name: str
    title: str
    language: str
    cast: dict[str, Person]
    sentences: tuple[Sentence, ...]

    def __post_init__(self) -> None:
        named = {name for person in self.cast.values() for name in person.members}
        for sentence in self.sentences:
            named |= {*sentence.cast, *sentence.may, *([sentence.speaker] if sentence.speaker else [])}
        if strangers := named - self.cast.keys():
            raise ValueError(f"{self.name}: not in the cast: {', '.join(sorted(strangers))}")

    @property
    def text(self) -> str:
        return "".join(sentence.text for sentence in self.sentences)

    def persons(self, names: Iterable[str]) -> frozenset[str]:
        """The names, with a group's members in the group's place."""
        return frozenset(single for name in names for single in self.cast[name].members or (name,))


def load(file: Path) -> Story:
    """One story.

    Raises:
        ValueError: a key is unknown, or see `Story`.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    cast = {name: _person(name, about) for name, about in told["cast"].items()}
    sentences = tuple(_sentence(about) for about in told["sentences"])
    return Story(file.stem, told["title"], told["language"], cast, sentences)


def _person(name: str, about: dict[str, Any]) -> Person:
    _refuse_unknown(about, PERSON_KEYS)
    members = tuple(about.get("members", ()))
    return Person(name, tuple(about["kinds"]), tuple(about["aliases"]), bool(about.get("many", members)), members)


def _sentence(about: dict[str, Any]) -> Sentence:
    _refuse_unknown(about, SENTENCE_KEYS)
    fields: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in about.items()}
    return Sentence(**fields)


def _refuse_unknown(about: dict[str, Any], known: set[str]) -> None:
    if unknown := about.keys() - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
