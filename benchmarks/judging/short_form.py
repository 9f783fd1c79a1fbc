"""Annotated stories in a short form, many in a file: what holds until it changes is written once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judging.stories import Person, Sentence, Story

PERSON = re.compile(
    r"(?P<name>[^:\[(]+?)\s*(?P<many>\(many\))?\s*(?:\[(?P<members>[^]]*)\])?\s*:(?P<kinds>[^;]*)(?:;(?P<aliases>.*))?"
)
SENTENCE = re.compile(r"(?P<text>.*?)\s*(?P<ends>¶)?\s*\|(?P<cast>[^;]*)(?P<rest>(?:;.*)?)")
STATES = ("setting", "time", "weather", "season")
CHINESE = re.compile("[\u4e00-\u9fff]")


def load(file: Path) -> list[Story]:
    """The stories of one file, in its order.

    Raises:
        ValueError: a line is none of the form, or see `Story`.
    """
    parts = re.split(r"^# ", file.read_text("utf-8"), flags=re.MULTILINE)
    return [_story(f"{file.stem} {number}", part) for number, part in enumerate(parts[1:], 1)]


def _story(name: str, part: str) -> Story:
    title, *lines = (line.strip() for line in part.splitlines() if line.strip())
    persons = [_person(name, line[1:].strip()) for line in lines if line.startswith("@")]
    cast = {person.name: person for person in persons}
    sentences = [*_sentences(name, [line for line in lines if not line.startswith("@")])]
    chinese = any(CHINESE.search(sentence.text) for sentence in sentences)
    texts = [sentence.text + ("" if chinese or sentence.text.endswith("\n") else " ") for sentence in sentences]
    told = [replace(sentence, text=text) for sentence, text in zip(sentences, texts, strict=True)]
    told[-1] = replace(told[-1], text=told[-1].text.rstrip())
    story = Story(name, title, "zh" if chinese else "en", cast, tuple(told))
    return replace(story, sentences=tuple(_once(story, sentence) for sentence in told))


def _person(name: str, line: str) -> Person:
    match = PERSON.fullmatch(line)
    if match is None:
        raise ValueError(f"{name}: nobody: {line}")
    members = _listed(match["members"])
    kinds = tuple(kind.lower() for kind in _listed(match["kinds"]))
    return Person(match["name"].strip(), kinds, _listed(match["aliases"]), bool(match["many"] or members), members)


def _sentences(name: str, lines: list[str]) -> Iterator[Sentence]:
    state: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line.startswith(">"):
            for key, _, values in (part.partition("=") for part in re.split(r"\s+(?=\w+=)", line[1:].strip())):
                if key not in STATES:
                    raise ValueError(f"{name}: unknown: {line}")
                state[key] = _listed(values)
        elif match := SENTENCE.fullmatch(line):
            said = dict(part.strip().partition(" ")[::2] for part in match["rest"].split(";")[1:] if part.strip())
            if unknown := said.keys() - {"may", "says"}:
                raise ValueError(f"{name}: unknown: {', '.join(sorted(unknown))}")
            text = match["text"] + ("\n\n" if match["ends"] else "")
            speaker = said.get("says", "").strip() or None
            yield Sentence(text, _listed(match["cast"]), _listed(said.get("may")), **state, speaker=speaker)
        else:
            raise ValueError(f"{name}: no sentence: {line}")


def _once(story: Story, sentence: Sentence) -> Sentence:
    """The sentence with nobody among those who may be there who must be."""
    must = story.persons(sentence.cast) | {*sentence.cast}
    return replace(sentence, may=tuple(one for one in sentence.may if not {one, *story.persons([one])} & must))


def _listed(values: str | None) -> tuple[str, ...]:
    return tuple(value.strip() for value in re.split("[,，、]", values or "") if value.strip())
