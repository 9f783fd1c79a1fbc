"""When two words mean the same thing or person: English nouns, and names in English and Chinese."""

import re

ARTICLES = {"a", "an", "the", "his", "her", "their", "my", "our"}
MOST_ALIKE, ALIKE, SAME_KIND, STRANGERS = 3, 2, 1, 0


def same_thing(annotated: str, shown: str) -> bool:
    """Whether what is shown is one of the annotated alternatives: `chest` is a `treasure chest`, `bow` no `rainbow`."""
    seen = _nouns(shown)
    return bool(seen) and any(words <= seen or seen <= words for words in map(_nouns, annotated.split("|")) if words)


def likeness(name: str, kind: str, known_as: tuple[str, ...], kinds: tuple[str, ...]) -> int:
    """How surely somebody planned is somebody annotated: the same name, one name within the other, or only the kind."""
    if any(_name(name) == _name(known) for known in known_as):
        return MOST_ALIKE
    if any(_within(name, known) or _within(known, name) for known in known_as):
        return ALIKE
    return SAME_KIND if kind.lower() in kinds else STRANGERS


def _within(one: str, other: str) -> bool:
    small, large = _name(one), _name(other)
    if small.isascii() or large.isascii():
        return bool(small) and set(small.split()) <= set(large.split())
    return len(small) > 1 and small in large


def _name(name: str) -> str:
    words = [word for word in re.findall(r"\w+", name.casefold()) if word not in ARTICLES]
    return (" " if name.isascii() else "").join(words)


def _nouns(words: str) -> set[str]:
    return {_singular(word) for word in re.findall(r"[^\W_]+", words.casefold())}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
