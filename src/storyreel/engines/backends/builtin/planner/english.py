"""English word forms, from lemminflect's dictionary."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

import lemminflect  # pyright: ignore[reportMissingTypeStubs] - the wheel has none

_library = cast(Any, lemminflect)
_all_lemmas: Callable[[str], dict[str, tuple[str, ...]]] = _library.getAllLemmas
_inflection: Callable[..., tuple[str, ...]] = _library.getInflection


@lru_cache(maxsize=65536)
def lemmas(lower: str) -> dict[str, tuple[str, ...]]:
    """Lemmas by part of speech (NOUN, VERB, ADJ, ADV …); empty for a word that is not in the dictionary."""
    return _all_lemmas(lower)


def many(noun: str) -> str:
    """The plural of a noun, or of a phrase that ends with one: old woman → old women."""
    before, _, last = noun.rpartition(" ")
    found = _inflection(last, tag="NNS")
    return f"{before} {found[0] if found else last + 's'}".strip()


def gerund(verb: str) -> str:
    """The -ing form of a verb or of a phrase that begins with one: look at → looking at."""
    first, _, rest = verb.partition(" ")
    found = _inflection(first, tag="VBG")
    return f"{found[0] if found else first} {rest}".strip()
