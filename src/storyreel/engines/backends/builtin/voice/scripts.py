"""Cuts text into passages of one language each, cleaned of all that is not speech, every character in its place."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LANGUAGES = {
    "LATIN": "en",
    "FULLWIDTH": "en",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
"""First word of a letter's Unicode name to the language that is spoken; letters of other scripts stay unspoken."""

LONGEST = 300
"""Characters per passage (20 s of English, 70 s of Chinese), so that memory stays bounded however long the text is."""

_TYPED_ALIKE = str.maketrans("’‘ʼ“”„«»", '\'\'\'"""""')
_SAID_OR_PAUSED = frozenset(".,;:!?'\"()-–—…。，、；：！？「」『』《》%&+=°$€£¥")
_ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Prof)\.")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:['-][^\W_{_HAN}]+)*")
_SENTENCE_END = re.compile(r"[.!?。！？…]+[\s\"')」』]*|\n+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of cleaned text in one language; `offset` is its place in the whole text, in characters."""

    language: str
    text: str
    offset: int


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    if not character.isalpha():
        return None
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]


def cleaned(text: str) -> str:
    """The text with everything blanked that is neither said nor a pause; same length, so that offsets stay true.

    Brackets, emoji and control characters go, so no phoneme code, tag or NUL ever reaches espeak-ng.
    """
    plain = _ABBREVIATION.sub(r"\1 ", text.translate(_TYPED_ALIKE))
    return "".join(character if _kept(character) else " " for character in plain)


def _kept(character: str) -> bool:
    if character.isalpha():
        return _script(character) in LANGUAGES
    return character.isdecimal() or character in _SAID_OR_PAUSED or unicodedata.category(character) == "Mn"


def passages(text: str, language: str) -> list[Passage]:
    """The text cut where the language changes (digits and signs go with what stands before them), and when too long.

    Args:
        language: what text without any letter is spoken in.
    """
    plain = cleaned(text)
    japanese = any(_script(character) in ("HIRAGANA", "KATAKANA") for character in plain)
    found: list[Passage] = []
    start, current = 0, None
    for place, character in enumerate(plain):
        script = _script(character)
        if script is None:
            continue
        spoken = "ja" if japanese and script == "CJK" else LANGUAGES[script]
        if current is not None and spoken != current:
            found += _shortened(current, plain, start, place)
            start = place
        current = spoken
    found += _shortened(current or language, plain, start, len(plain))
    return [passage for passage in found if any(character.isalnum() for character in passage.text)]


def _shortened(language: str, text: str, start: int, end: int) -> Iterator[Passage]:
    """The stretch as passages of at most LONGEST characters, cut after a sentence or a word where there is one."""
    while start < end:
        stop = min(end, start + LONGEST)
        if stop < end:
            sentences = [match.end() for match in _SENTENCE_END.finditer(text, start, stop)]
            space = text.rfind(" ", start + 1, stop)
            stop = sentences[-1] if sentences else space if space > start else stop
        yield Passage(language, text[start:stop], start)
        start = stop


def words(text: str) -> list[tuple[int, int]]:
    """Offset and length of each word that is spoken; of a script without spaces between words, each character."""
    return [(match.start(), match.end() - match.start()) for match in _WORD.finditer(text)]
