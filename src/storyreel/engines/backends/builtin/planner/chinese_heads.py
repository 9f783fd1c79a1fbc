"""Whom a Chinese word means, by its head: 狐狸 for 小狐狸, 匠 for 点灯匠; and what it may be shortened to."""

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon

_DESCRIBING = "小老大白黑灰花黄红棕褐橘绿蓝紫粉胖瘦肥公母野山雪金银青这那瞎懒笨傻年轻"


def head_of(text: str) -> tuple[str, Noun] | None:
    """Whom a Chinese word means: itself, without what describes it (小狐狸, 大灰狼), or by its ending (点灯匠)."""
    known = lexicon()
    if text in grammar().words("not_people"):
        return None
    if text in grammar().words("people_at_large"):
        return "人们", Noun(plural=True)
    text = (text.removesuffix("们") if text[-1] == "们" else text.removesuffix("俩")) or text
    if noun := known.noun(text):
        return text, noun
    for size in range(len(text) - 1, 0, -1):
        end, rest = text[-size:], text[:-size]
        noun = known.noun(end)
        if noun is not None and end not in ("人", "家") and all(character in _DESCRIBING for character in rest):
            return end, noun
        if noun is not None and size > 1 and not noun.animal:
            return end, noun
    return None


def described_animal(text: str) -> bool:
    """Whether a word is an animal's with its size or colour before it, and so nobody's name: 小黄狗, 老黄牛."""
    found = head_of(text)
    return found is not None and found[1].animal and found[0] != text


def shorter_words(word: str) -> list[str]:
    """What a longer word may be shortened to: 阿姨 for 保洁阿姨, 王母 for 王母娘娘."""
    parts = [part for size in range(2, len(word) - 1) for part in (word[:size], word[size:])]
    return [part for part in parts if lexicon().noun(part) is not None]
