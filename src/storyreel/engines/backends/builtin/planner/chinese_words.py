"""Chinese text as words with their parts of speech: the dictionary's, put right where people are concerned."""

import rjieba

from storyreel.engines.backends.builtin.planner.chinese_heads import described_animal, head_of
from storyreel.engines.backends.builtin.planner.lexicon import lexicon

_LONGEST = 7  # characters in a word for somebody
_SHORTEST = 3
_OWNERS = "我你他她咱俺"
_MEASURES = "辆束朵把本张盏封棵只匹座艘条颗顶件碗杯瓶"
_DESCRIBED = 4  # words
_MEASURED = 2  # characters of a number and a measure word


def chinese_words(text: str) -> list[tuple[str, str]]:
    """The words of a stretch of Han characters with the tagger's parts of speech.

    Only words of the dictionary: what the tagger would guess of the rest is mostly wrong (脚说, 端水). Words for people
    that are longer than the dictionary's are put together (守塔人, 点灯匠), and what it takes for one is parted (我爸).
    """
    parted = [one for piece, tag in rjieba.tag(text, hmm=False) for one in _parted(piece, tag)]
    found: list[tuple[str, str]] = []
    index = 0
    while index < len(parted):
        size = _together(parted, index)
        found.append(("".join(piece for piece, _ in parted[index : index + size]), "n") if size > 1 else parted[index])
        index += size
    return found


def _parted(piece: str, tag: str) -> list[tuple[str, str]]:
    """我爸 is my dad, not a word, nor are 一辆车, 一束花, 骑着马 and 喝咖啡."""
    if len(piece) > _MEASURED and piece[0] in "喝吃" and tag[0] == "n":
        return [(piece[0], "v"), *rjieba.tag(piece[1:], hmm=False)]
    if len(piece) > _MEASURED and piece[1] == "着" and tag[0] == "n":
        return [(piece[:2], "v"), *rjieba.tag(piece[2:], hmm=False)]
    if len(piece) > _MEASURED and piece[0] in "一两几" and piece[1] in _MEASURES and tag[0] in "nm":
        return [(piece[:_MEASURED], "m"), *rjieba.tag(piece[_MEASURED:], hmm=False)]
    noun = lexicon().noun(piece[1:]) if len(piece) > 1 and piece[0] in _OWNERS else None
    return [(piece[0], "r"), (piece[1:], "n")] if noun is not None and noun.kin else [(piece, tag)]


def _together(words: list[tuple[str, str]], index: int) -> int:
    """How many words from here are one word for somebody."""
    text, best = words[index][0], 1
    for size in range(2, len(words) - index + 1):
        text += words[index + size - 1][0]
        if len(text) > _LONGEST:
            break
        if (len(text) >= _SHORTEST or len(words[index][0]) == 1) and lexicon().noun(text) is not None:
            best = size
    if best == 1:
        best = _described(words, index)
    if best == 1 and index + 1 < len(words) and _is_trade(words[index], words[index + 1][0]):
        return 2
    return best


def _described(words: list[tuple[str, str]], index: int) -> int:
    """How many words from here are one animal with its size and colour: 小 + 黄 + 狗, 大 + 花猫."""
    text = ""
    for size, (piece, _) in enumerate(words[index : index + _DESCRIBED], 1):
        text += piece
        found = head_of(text) if size > 1 and described_animal(text) else None
        if found is not None and len(text) - len(found[0]) > 1:
            return size
    return 1


def _is_trade(word: tuple[str, str], ending: str) -> bool:
    return ending in lexicon().trades and len(word[0]) > 1 and word[1][:1] in ("n", "v")
