"""What words say of the people and animals that they name: kind, sex, age, kinship; from the files of people."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.vocabulary import entries


@dataclass(frozen=True, slots=True)
class Noun:
    """Somebody as a word tells of them; empty or None where it leaves that open.

    `kind` is an entry of the vocabulary's kinds; `sex` is male or female, `age` young or old. A `generic` word (the
    girl, 老人) may be said of anybody whom it fits. `kin` is what they are to somebody: parent, child, sibling …
    """

    kind: str | None = None
    sex: str | None = None
    age: str = ""
    animal: bool = False
    generic: bool = False
    kin: str | None = None
    plural: bool = False


@dataclass(frozen=True)
class Lexicon:
    """`nouns` by lemma or Chinese word; `names` gives the sex that a given name tells.

    `renowned` are the names of legends and old China that everybody knows, with their sex;
    `crowned` says what the wife or husband of a king, queen … is; `trades` are those Chinese endings by which a word
    becomes one for somebody: 匠, 翁.
    """

    nouns: dict[str, Noun]
    names: dict[str, str]
    inverse: dict[str, str]
    surnames: frozenset[str]
    birds: frozenset[str]
    crowned: dict[str, str]
    endings: dict[str, tuple[str, ...]]
    sexed_characters: dict[str, str]
    renowned: dict[str, str]
    trades: frozenset[str]

    def noun(self, word: str) -> Noun | None:
        return self.nouns.get(word)

    def by_ending(self, word: str) -> Noun | None:
        """Somebody whom only the end of a word gives away: lamplighter no, cloudkeeper yes; 点灯匠."""
        chinese = is_han(word[0])
        if len(word) < (_SHORTEST_CHINESE if chinese else _SHORTEST):
            return None
        if chinese and len(word) > _SHORTEST_CHINESE and word.endswith("人"):
            return Noun()
        if not word.endswith(self.endings["zh" if chinese else "en"]):
            return None
        female = word.endswith(("woman", "girl", "ess", "mother", "婆", "妇"))
        male = not chinese and word.endswith(("man", "boy", "father"))
        return Noun(sex="female" if female else "male" if male else None)

    def given(self, word: str) -> bool:
        """Whether the word is known as a given name, with accents or without."""
        return _plain(word.lower()) in self.names

    def sex_of_name(self, name: str) -> str | None:
        """The sex that a name tells, if it does."""
        if not is_han(name[0]):
            return next((sex for part in name.lower().split() if (sex := self.names.get(_plain(part)))), None)
        return self.renowned.get(name) or self.sexed_characters.get(name[-1])

    def same_sort(self, one: str | None, other: str | None) -> bool:
        """Whether an animal of the first kind may be called by a word for the second: the owl is a bird."""
        return one == other or (one in self.birds and other == "bird") or (other in self.birds and one == "bird")


def _plain(name: str) -> str:
    """A name in lower case without its accents: lucía is lucia."""
    if name.isascii():
        return name
    return "".join(part for part in unicodedata.normalize("NFD", name) if not unicodedata.combining(part))


_SHORTEST_CHINESE = 2
_SHORTEST = 6


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Read once per process."""
    data, chinese = _table("people.json"), _table("chinese_people.json")
    nouns: dict[str, Noun] = {}
    for word in data["anybody"]:
        nouns[word] = Noun()
    for word in data["animals"]:
        nouns[word] = Noun(animal=True)
    for kind, words in data["species"].items():
        nouns |= {word: Noun(kind, animal=True) for word in words}
    for kind, entry in entries("kinds").items():
        for word in dict.fromkeys((*entry["en"], *entry["zh"], kind)):
            nouns[word] = Noun(kind, animal=entry.get("is") == "animal")
    _mark(nouns, data["male"], sex="male")
    _mark(nouns, data["female"], sex="female")
    _mark(nouns, data["young"], age="young")
    _mark(nouns, data["old"], age="old")
    _mark(nouns, data["generic"], generic=True)
    _mark(nouns, data["plural"], plural=True)
    for kin, words in data["kin"].items():
        _mark(nouns, words, kin=kin)
    for row in chinese["rows"]:
        _mark(nouns, row["words"].split(), **{feature: told for feature, told in row.items() if feature != "words"})
    names = dict.fromkeys(map(_plain, data["male_names"]), "male")
    names |= dict.fromkeys(map(_plain, data["female_names"]), "female")
    sexed = dict.fromkeys(chinese["male_characters"], "male") | dict.fromkeys(chinese["female_characters"], "female")
    return Lexicon(
        nouns,
        names,
        data["inverse"],
        frozenset(chinese["surnames"]),
        frozenset(data["birds"]),
        data["crowned"],
        {"en": tuple(data["role_endings"]["en"]), "zh": tuple(chinese["endings"].split())},
        sexed,
        {name: sex for sex, listed in chinese["renowned"].items() for name in listed.split()},
        frozenset(chinese["trades"].split()),
    )


def _table(file: str) -> dict[str, Any]:
    return json.loads(Path(__file__).with_name(file).read_text("utf-8"))


def _mark(nouns: dict[str, Noun], words: Iterable[str], **features: Any) -> None:
    for word in words:
        nouns[word] = replace(nouns.get(word, Noun()), **features)
