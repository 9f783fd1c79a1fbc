"""Cuts text into phrases, each of one language and one speaker, cleaned of all that is not speech, in its place."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
"""Characters per phrase (20 s of English, 70 s of Chinese), so that memory stays bounded however long the text is."""

PAUSES = {"comma": 0.22, "clause": 0.36, "sentence": 0.52, "trailing": 0.66, "paragraph": 0.9, "quote": 0.3, "": 0.05}
"""Seconds of silence after a phrase, by what ends it; "" is another language, in the midst of a sentence.

In prose that is read aloud they grow from a short comma to a long one, the end of a sentence and direct speech (Kentner
et al., Journal of Phonetics 2023; Bailly and Gouvernayre, Interspeech 2012, on audio books). That order is theirs; the
seconds are ours, and shared out so that the pace comes right.
"""

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for use within the brackets of a regular expression."""

_TYPED_ALIKE = str.maketrans("’‘ʼ“”„«»＂", '\'\'\'""""""')
_SAID_OR_PAUSED = frozenset("\n.,;:!?'\"()-–—…。，、；：！？「」『』《》（）%‰&+−=°℃℉$€£¥￥/~～〇½¼¾")
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:['-][^\W_{HAN}]+)*")

_BREAK = re.compile(
    r"(?P<paragraph>\s*\n\s*)"
    r"|(?P<trailing>(?:\.{2,}|…+)[!?。！？]*)"
    rf"|(?P<sentence>(?:[!?。！？]|\.(?![^\W{HAN}]))+)"
    r"|(?P<clause>[;；]|[:：](?!\d)|—+|--+|(?<=\s)[-–]+(?=\s))"
    r"|(?P<comma>,(?!\d)|[，、()（）])"
)
_WITHIN = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Col|Gen|Lt|Sgt|Rev|Mt|vs|approx|[B-HJ-Z])\.(?=\s*[\w\"'&])"  # Dr. Who, J. Smith
    r"|\bNo\.(?=\s*\d)"
    r"|\b(?:etc|Inc|Ltd|Co|Jr|Sr|Ave|Rd|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|ft|lbs?|oz|hrs?|min|sec|\w\.\w)\.(?=\s+[a-z\d])"
)
"""Full stops that end no sentence."""

_UNIT = r"(?:km/h|km|cm|mm|kg|mg|ml|KB|MB|GB|TB|[mgL])(?![A-Za-z])"
_CHINESE_UNIT = re.compile(rf"(?<=[{HAN}])\s?\d[\d.,]*\s?{_UNIT}|\d[\d.,]*\s?{_UNIT}(?=[{HAN}])")
_DIGITS_BEFORE_HAN = re.compile(rf"[+−$€£¥￥-]?\d[\d.,:/%~–-]*(?=[{HAN}])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of cleaned text in one language; `offset` is its place in the whole text, in characters.

    `pause` is the silence after it in seconds. `quoted`: it is the speaker's, not the narrator's. `sentence` counts the
    sentences before it.
    """

    language: str
    text: str
    offset: int
    pause: float
    quoted: bool = False
    sentence: int = 0


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    if character == "〇":
        return "CJK"
    if not character.isalpha():
        return None
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]


def cleaned(text: str) -> str:
    """The text with everything blanked that is neither said nor a pause; same length, so that offsets stay true.

    Square brackets, emoji and control characters go, so no phoneme code, tag or NUL ever reaches espeak-ng.
    """
    plain = text.translate(_TYPED_ALIKE)
    return "".join(character if _kept(character) else " " for character in plain)


def _kept(character: str) -> bool:
    if character.isalpha():
        return _script(character) in LANGUAGES
    return character.isdecimal() or character in _SAID_OR_PAUSED or unicodedata.category(character) == "Mn"


def phrases(text: str, language: str, quoted: Sequence[tuple[int, int]] = ()) -> list[Phrase]:
    """The text cut where one pauses, where the language or the speaker changes, and when too long.

    Args:
        language: what text without any letter is spoken in.
        quoted: (start, end) of what the speaker says; the rest is the narrator's.
    """
    plain = cleaned(text)
    languages = _languages(plain, language)
    ends = _ends(plain, languages, quoted)
    found: list[Phrase] = []
    start = sentence = 0
    for end in sorted(ends):
        said = plain[start:end]
        pause = PAUSES[ends[end]]
        if any(character.isalnum() for character in said):
            spoken = next(one for one, character in zip(languages[start:end], said, strict=True) if character.isalnum())
            direct = any(first <= start < last for first, last in quoted)
            pieces = [Phrase(spoken, piece, start + at, 0.0, direct, sentence) for at, piece in _shortened(said)]
            found += [*pieces[:-1], replace(pieces[-1], pause=pause)]
        elif found:
            found[-1] = replace(found[-1], pause=max(found[-1].pause, pause))
        sentence += ends[end] in ("sentence", "trailing", "paragraph")
        start = end
    return found


def _ends(plain: str, languages: Sequence[str], quoted: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Where phrases end, and by what, as in PAUSES."""
    ends = {at: "" for at in range(1, len(plain)) if languages[at] != languages[at - 1]}
    ends |= {edge: "quote" for span in quoted for edge in span if edge}
    within = {match.end() for match in _WITHIN.finditer(plain)}
    for match in _BREAK.finditer(plain):
        if match.end() not in within:
            ends[match.end()] = match.lastgroup or ""
    ends.setdefault(len(plain), "sentence")
    return ends


def _languages(plain: str, language: str) -> list[str]:
    """The language of each character; digits and signs go with what stands before them, or at once after them."""
    japanese = any(_script(character) in ("HIRAGANA", "KATAKANA") for character in plain)
    forced = {at for match in _CHINESE_UNIT.finditer(plain) for at in range(*match.span())}
    forced |= {at for match in _DIGITS_BEFORE_HAN.finditer(plain) for at in range(*match.span())}
    found: list[str | None] = []
    current: str | None = None
    for at, character in enumerate(plain):
        script = "CJK" if at in forced else _script(character)
        if script is not None:
            current = "ja" if japanese and script == "CJK" else LANGUAGES[script]
        found.append(current)
    first = next((one for one in found if one), language)
    return [one or first for one in found]


def _shortened(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of at most LONGEST characters, cut between words where there are any; with their places."""
    start = 0
    while start < len(text):
        stop = min(len(text), start + LONGEST)
        space = text.rfind(" ", start + 1, stop) if stop < len(text) else -1
        stop = space if space > start else stop
        yield start, text[start:stop]
        start = stop


def words(text: str) -> list[tuple[int, int]]:
    """Offset and length of each word that is spoken; of a script without spaces between words, each character."""
    return [(match.start(), match.end() - match.start()) for match in _WORD.finditer(text)]
