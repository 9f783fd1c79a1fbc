"""Finds the proper names of people and animals in the whole story, before anybody is put on stage."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN
from storyreel.engines.backends.builtin.planner.vocabulary import Vocabulary
from storyreel.engines.backends.builtin.planner.words import Word

_CALLED = re.compile(rf"(?:名叫|叫做|叫作|名字叫|名字是|有个叫|叫)([{HAN}]{{2,3}}?)(?=的|[，。、；！,.\s“”]|$)")


def named_in_chinese(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Names that the story introduces with 叫, so that they are kept whole when it is split into words."""
    return frozenset(name for name in _CALLED.findall(text) if not _listed(name, vocabulary))


def names(story: Iterable[Sequence[Word]], vocabulary: Vocabulary, introduced: Iterable[str]) -> frozenset[str]:
    """Every word of the story that names somebody.

    English: a capitalised word that is never in lower case, and does, owns or is called something. Chinese: a word
    that the dictionary takes for a name and the story says more than once.
    """
    seen, within, acting, common, chinese = Counter[str](), Counter[str](), Counter[str](), set[str](), Counter[str]()
    known: set[str] = set()
    for words in story:
        for index, word in enumerate(words):
            if word.chinese:
                if word.mark == "name" and 2 <= len(word.text) <= 3 and not _listed(word.text, vocabulary):
                    chinese[word.text] += 1
            elif not word.text[0].isupper():
                common.add(word.lower)
            elif not word.mark and len(word.text) > 1 and not word.text.isupper() and _may_name(word, vocabulary):
                seen[word.text] += 1
                within[word.text] += index > 0 and words[index - 1].mark != "end" and not words[index - 1].quoted
                acting[word.text] += _acts(words, index)
                if word.known:
                    known.add(word.text)
    english = {
        text
        for text in seen
        if text.lower() not in common and acting[text] and (within[text] or text not in known or seen[text] > 2)
    }
    return frozenset(english | {text for text, count in chinese.items() if count > 1} | set(introduced))


def _may_name(word: Word, vocabulary: Vocabulary) -> bool:
    return word.lower not in grammar().words("not_names") and not any(
        len(phrase) == 1
        for listed in (vocabulary.phrases["kinds"], vocabulary.phrases["settings"], vocabulary.phrases["props"])
        for phrase, _ in listed.get(word.lower, ())
    )


def _acts(words: Sequence[Word], index: int) -> bool:
    """Whether the word at `index` is a doer, an owner, or introduced as somebody."""
    before = words[index - 1] if index else None
    after = words[index + 1] if index + 1 < len(words) else None
    if before is not None and (
        before.lower in grammar().words("naming") or grammar().group("titles", before.lower) or "say" in before.verbs
    ):
        return True
    if (
        after is None
        or (before is not None
        and before.mark == "preposition"
        and before.lower not in ("of", "with", "for"))
    ):
        return False
    return after.lower in ("'s", "’s", "and") or bool(after.verbs) or after.mark == "auxiliaries"


def _listed(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the dictionary only took an ordinary word of ours for a name (小兔子, 花园里)."""
    if text in grammar().words("not_names"):
        return True
    parts = {text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1)}
    return any(
        part in listed and (len(part) > 1 or category == "kinds")
        for category, listed in vocabulary.chinese.items()
        for part in parts
    )
