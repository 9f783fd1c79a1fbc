"""Chinese characters to the pinyin that espeak-ng reads: words, characters with several readings, tones in contact.

espeak-ng has a dictionary of its own, but a small one: it gives most characters one reading whatever the word, and some
of the commonest syllables (熊, 穷, 兄) it takes for English.
"""

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from storyreel.engines.backends.builtin.voice.reading.written import Written, spliced
from storyreel.engines.backends.builtin.voice.scripts import HAN

_RUN = re.compile(rf"[{HAN}]+")
_DIGITS = "零〇一二三四五六七八九"
_BEFORE_DATES = "月日号年级班楼世"
# Syllables that espeak-ng takes for English, as its own sounds.
_SOUNDS = {"jiong": "tS;j'ong", "qiong": "tS;hj'ong", "xiong": "S;j'ong"}
_CONTOURS = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11"}
_SPELT = {"ê": "ei", "m": "mu", "n": "en", "ng": "en", "hm": "heng", "hng": "heng", "wong": "weng"}


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files(__package__ or "").joinpath("chinese.json").read_text("utf-8"))


def with_pinyin(text: Written) -> Written:
    """The text with every Chinese character as a syllable; those of a word are joined, words stand apart."""
    replaced: list[tuple[int, int, str]] = []
    for match in _RUN.finditer(text.text):
        place = match.start()
        for word in syllables(match[0]):
            for index, syllable in enumerate(word):
                replaced.append((place, place + 1, ("" if index else " ") + _for_espeak(syllable)))
                place += 1
    return spliced(text, replaced)


def syllables(text: str) -> list[list[str]]:
    """The syllables of each word of a text that is all Chinese characters, tones as they are spoken in contact.

    Each is pinyin with its tone as a digit, 5 for none (ü is v); a character that nobody knows stays as it is. Of tones
    in contact, those of 一 and 不 are said here; that a third one rises before another, espeak-ng knows.
    """
    words = _words(text)
    place = 0
    found: list[list[str]] = []
    for word in words:
        found.append(_readings(text, place, word))
        place += len(word)
    flat = [syllable for word in found for syllable in word]
    place = 0
    for word in found:
        for index in range(len(word)):
            word[index] = _in_contact(text, place, flat)
            place += 1
    return found


def _words(text: str) -> list[str]:
    """The words; those that our own readings know are kept whole when the segmenter took them apart."""
    import rjieba

    known: dict[str, str] = _data()["readings"]
    parts: list[str] = rjieba.cut(text)
    found: list[str] = []
    for part in parts:
        if found and found[-1] + part in known:
            found[-1] += part
        else:
            found.append(part)
    return found


def _readings(text: str, place: int, word: str) -> list[str]:
    """One syllable per character of a word: as we know it, as pypinyin's phrases know it, or character by character."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.seg import mmseg

    known: dict[str, str] = _data()["readings"]
    found: list[str] = []
    while len(found) < len(word):
        at = len(found)
        own = next((word[at:end] for end in range(len(word), at, -1) if word[at:end] in known), None)
        if own:
            found += known[own].split()
            continue
        phrase = next(iter(mmseg.seg.cut(word[at:])))
        if len(phrase) == 1:
            found.append(_single(text, place + at))
        else:
            found += lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True)
    return found


def _single(text: str, place: int) -> str:
    """How a character sounds that no word explains, by its neighbours."""
    from pypinyin import Style, lazy_pinyin

    character, before, after = text[place], text[:place][-1:], text[place + 1 :][:1]
    for rule in _data()["neighbours"].get(character, ()):
        if re.fullmatch(rule.get("before", ".?"), before) and re.fullmatch(rule.get("after", ".?"), after):
            return rule["is"]
    known: str | None = _data()["singles"].get(character)
    if known:
        return known
    return (lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore") or [character])[0]


def _in_contact(text: str, place: int, flat: list[str]) -> str:
    """The syllable at a place with the tone that its neighbours give it; `flat` holds all of the text's."""
    character = text[place]
    if character not in "一不":
        return flat[place]
    before, after = text[:place][-1:], text[place + 1 :][:1]
    if before and before == after and text[place - 2 : place - 1] != "一":
        return "yi5" if character == "一" else "bu5"  # 看一看, 好不好
    falls = flat[place + 1][-1] == "4" or after == "个" if after else False
    if character == "不":
        return flat[place] if flat[place].endswith("5") else "bu2" if falls else "bu4"
    counted = not after or after in _DIGITS + _BEFORE_DATES or (before and before in _DIGITS + "第十初")
    return "yi1" if counted else "yi2" if falls else "yi4"


def _for_espeak(syllable: str) -> str:
    sound, tone = syllable[:-1], syllable[-1]
    if sound in _SOUNDS:
        return f" [[{_SOUNDS[sound]}{_CONTOURS[tone]}]] "
    return _SPELT.get(sound, sound) + tone
