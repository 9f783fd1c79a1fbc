"""Finds the proper names of people and animals in the whole story, before anybody is put on stage."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.english import lemmas
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.vocabulary import Vocabulary
from storyreel.engines.backends.builtin.planner.words import Word

_SENTENCE_ENDS = '.!?…。！？\n"“”‘’:'
_OFTEN = 1  # a place's word is a name once it has stood behind a title, a flower's that does things more often


def names(story: Sequence[Sequence[Word]], vocabulary: Vocabulary, introduced: Iterable[str]) -> frozenset[str]:
    """Every word of the story that names somebody; `introduced` are names that are known already."""
    return frozenset(_english_names(story, vocabulary) | set(introduced))


def without_vessels(story: Sequence[list[Word]]) -> list[list[Word]]:
    """The story with the names of its ships as words that mean nothing else: the salvage ship Heron, the Heron."""
    vessels = grammar().words("vessels")
    named = {
        two.text
        for words in story
        for one, two in pairwise(words)
        if one.nouns & vessels and two.text[0].isupper() and not two.mark
    }
    nothing = frozenset[str]()
    return [
        [replace(one, nouns=nothing, verbs=nothing, mark="vessel") if one.text in named else one for one in words]
        for words in story
    ]


def _english_names(story: Sequence[Sequence[Word]], vocabulary: Vocabulary) -> set[str]:
    """Capitalised words that are never in lower case, and do, own or are called something."""
    seen, within, acting, places = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    alive = Counter[str]()
    travelled: set[str] = set()
    doing: set[str] = set()
    surely: set[str] = set()
    common: set[str] = set()
    known: set[str] = set()
    for words in story:
        for index, word in enumerate(words):
            if word.chinese or not word.text[0].isupper():
                common.add(word.lower)
            elif (
                not word.mark and len(word.text) > 1 and not word.text.isupper() and _may_name(words, index, vocabulary)
            ):
                seen[word.text] += 1
                inside = index > 0 and words[index - 1].text not in _SENTENCE_ENDS and not words[index - 1].quoted
                within[word.text] += inside
                acting[word.text] += inside and not word.known and not _placed(words, index)
                if _acts(words, index):
                    acting[word.text] += 1
                    doing.add(word.text)
                alive[word.text] += _lives(words, index)
                if _is_somebody(words, index):
                    surely.add(word.text)
                    acting[word.text] += 1
                if _travelled_to(words, index):
                    travelled.add(word.text)
                vessel = index > 0 and bool(words[index - 1].nouns & grammar().words("vessels"))
                place = _drawn(word.lower, vocabulary, ("settings",)) and not _titled(words, index)
                if vessel or place or _begins_place(words, index, vocabulary):
                    places[word.text] += 1
                if word.known:
                    known.add(word.text)
    titled = {word.text for words in story for index, word in enumerate(words) if _titled(words, index)} & set(seen)
    known -= {text for text in known if lexicon().given(text)}
    acting.update(text for text in seen if lexicon().given(text))
    # A word of the dictionary that only ever begins sentences is no name, unless it does so again and again.
    found = {
        text
        for text in seen
        if (text.lower() not in common or text in titled)  # the bell rang, Miss Bell looked up
        and acting[text]
        and places[text] < max(seen[text], _OFTEN)
        and not (text in travelled and text not in doing and not lexicon().given(text))
        and (
            within[text]
            or text in surely | titled
            or alive[text] > _OFTEN
            or (not _drawn(text.lower(), vocabulary, ("props",)) and (text not in known or seen[text] > 2))
        )
    }
    return found | _beside(story, found, {text for text in seen if text.lower() not in common})


def _beside(story: Iterable[Sequence[Word]], found: set[str], capital: set[str]) -> set[str]:
    """The other parts of a full name: Lena, where Voss is known for a name."""
    return {
        one.text
        for words in story
        for one, other in (*pairwise(words), *pairwise(reversed(words)))
        if one.text in capital and other.text in found and not one.quoted and not _opens(words, one)
    }


def _is_somebody(words: Sequence[Word], index: int) -> bool:
    """Pip the cat; Ember was a small dragon: so a name is told, even of a common word that begins a sentence."""
    if {"ADV", "ADJ"} & set(lemmas(words[index].lower)) or (index and words[index - 1].mark == "preposition"):
        return False
    after = [word for word in words[index + 1 : index + 7] if not word.adjective]
    told = [word.lower for word in after[:2]]
    at = 1 if told[:1] == ["the"] else 2 if told in (["was", "a"], ["was", "an"], ["is", "a"], ["is", "an"]) else 0
    if not at or len(after) <= at + 1 or not any(lexicon().noun(form) for form in sorted(after[at].nouns)):
        return False
    following = after[at + 1]  # Pip the cat slept; but not: kiss the children for me
    return at > 1 or following.mark == "auxiliaries" or (bool(following.verbs) and not following.mark)


def _lives(words: Sequence[Word], index: int) -> bool:
    """Lily lived, Rose asked: without an article a flower does nothing, and certainly not what only somebody does."""
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or not lexicon().given(words[index].lower):
        return False
    grows = following.verbs & grammar().words("things_deeds")  # ivy grew on the wall
    return bool(following.verbs) and not grows and not following.nouns and not following.mark


def _opens(words: Sequence[Word], word: Word) -> bool:
    """Whether a common word only begins the sentence: Since Bizunesh had …"""
    return word is words[0] and word.known and not lexicon().given(word.text)


def _may_name(words: Sequence[Word], index: int, vocabulary: Vocabulary) -> bool:
    lower = words[index].lower
    if lower in grammar().words("abbreviations"):
        return False
    if lower in grammar().words("not_names") and not _titled(words, index):
        return False  # Kent is a county, but for Mr Kent
    if lower.endswith(tuple(grammar().words("ends_of_towns"))) and not lexicon().given(lower):
        return False
    kin = lexicon().noun(lower)
    first = index + 1 < len(words) and words[index + 1].text[0].isupper()  # Baba Yaga
    if kin is not None and kin.kin in ("parent", "grandparent") and not (first or lexicon().given(lower)):
        return False  # Mam, Nonna
    return grammar().group("titles", lower) is None and not _drawn(lower, vocabulary, ("kinds",))


def _drawn(lower: str, vocabulary: Vocabulary, categories: Sequence[str]) -> bool:
    """Whether the word is one for something that can be drawn."""
    return any(vocabulary.knows(category, lower) for category in categories)


def _placed(words: Sequence[Word], index: int) -> bool:
    """Whether the word stands where names of places do: in Fenwick, the Danube."""
    before = words[index - 1]
    if any(lemma in grammar().words("vessels") for lemma in before.nouns):
        return True
    if before.adjective and index > 1 and words[index - 2].mark in ("possessive", "indefinite"):
        return not lexicon().given(words[index].lower)  # her old Honda
    if before.lower in grammar().words("before_places"):
        return True
    return before.mark in ("preposition", "definite", "indefinite") or before.text[0].isupper()


def _travelled_to(words: Sequence[Word], index: int) -> bool:
    """Set off for Bremen; lived in Leeds."""
    before = words[max(0, index - 4) : index]
    if not before or before[-1].lower not in ("for", "to", "in", "from", "near", "towards", "through"):
        return False
    return any(word.verbs & (grammar().words("travels") | {"live", "bear", "move"}) for word in before[:-1])


def _begins_place(words: Sequence[Word], index: int, vocabulary: Vocabulary) -> bool:
    """Kettle Bay, Harbour Street; the Harcar rock."""
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None:
        return False
    definite = any(word.mark == "definite" for word in words[max(0, index - 2) : index])
    drawn = ("settings", "props") if definite else ("settings",)
    return (definite or following.text[0].isupper()) and _drawn(following.lower, vocabulary, drawn)


def _titled(words: Sequence[Word], index: int) -> bool:
    """Whether a title or a role in capitals stands before the word, as in Detective Marsh."""
    before = words[index - 1] if index else None
    if before is None or not before.text[0].isupper():
        return False
    titled = grammar().group("titles", before.lower) is not None
    return titled or any(lexicon().noun(form) for form in sorted(before.nouns))


def _acts(words: Sequence[Word], index: int) -> bool:
    """Whether the word at `index` is a doer, an owner, or introduced as somebody."""
    before = words[index - 1] if index else None
    after = words[index + 1] if index + 1 < len(words) else None
    if before is not None and (
        before.lower in grammar().words("naming") or grammar().group("titles", before.lower) or "say" in before.verbs
    ):
        return True
    if after is None or (
        before is not None and before.mark == "preposition" and before.lower not in ("of", "with", "for")
    ):
        return False
    if after.text == "," and index + 2 < len(words) and words[index + 2].mark in ("definite", "indefinite"):
        return True  # Odalys, the lamplighter
    return after.lower in ("'s", "’s", "and") or bool(after.verbs) or after.mark == "auxiliaries"
