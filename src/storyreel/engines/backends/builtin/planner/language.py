"""Which of the two languages a story is told in."""

import re

from storyreel.domain.project import Language

HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Han characters, for use inside a regular expression's brackets."""

_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTERS_PER_HAN = 2.5  # one Chinese character says about as much as two or three Latin letters


def language_of(text: str, asked: Language) -> Language:
    """English or Chinese: the one asked for, or for AUTO the one that more of the text is written in."""
    if asked is not Language.AUTO:
        return asked
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return Language.CHINESE if han and han * _LETTERS_PER_HAN >= latin else Language.ENGLISH


def is_han(character: str) -> bool:
    return _HAN.match(character) is not None
