"""What is written to what is said: numbers, dates, signs and abbreviations in words, Chinese as pinyin."""

from storyreel.engines.backends.builtin.voice.reading.chinese import read_chinese
from storyreel.engines.backends.builtin.voice.reading.english import read_english
from storyreel.engines.backends.builtin.voice.reading.written import Written, plain


def read(text: str, language: str) -> Written:
    """What espeak-ng is to say for one phrase, every character with its place in the phrase as it was written.

    Languages other than English and Chinese are left to espeak-ng.
    """
    readers = {"en": read_english, "zh": read_chinese}
    reader = readers.get(language)
    return reader(plain(text)) if reader else plain(text)
