"""English noun phrases: what stands before a noun, whether it names somebody, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.english import lemmas
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.backends.builtin.planner.words import Word

_NOBODY = ("settings", "props", "times", "weathers", "seasons")


_ANYBODY = ("people", "folk", "couple")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands before a noun: `start` is the phrase's first word, `article` the one that decides what is meant."""

    start: int
    article: Word | None
    looks: tuple[str, ...]
    count: int | None


def phrase_of(words: Sequence[Word], head: int) -> Phrase:
    start, article, count = head, None, None
    looks: list[str] = []
    while start > 0 and head - start < 5:
        word = words[start - 1]
        if number := grammar().group("numbers", word.lower):
            count = int(number)
        elif _is_article(word) and not (word.lower == "that" and words[head].lower not in words[head].nouns):
            article = word
        elif count is not None:
            break  # across the street two men
        elif word.mark or not (word.adjective or (word.nouns and not word.verbs) or _participle(word)):
            break
        look = grammar().group("looks", word.lower)
        looks += [look] if look else []
        start -= 1
        if article:
            break
    return Phrase(start, article, tuple(reversed(looks)), count)


def whole_start(words: Sequence[Word], phrase: Phrase) -> int:
    """Where the phrase begins with whose it is: the king of "the king's daughter"."""
    start = phrase.start
    return phrase_of(words, start - 1).start if start and words[start].lower in ("'s", "’s") else start


def _is_article(word: Word) -> bool:
    return word.mark in ("indefinite", "definite", "possessive") or word.lower in grammar().words("possessive")


def _participle(word: Word) -> bool:
    return word.lower.endswith(("ed", "ing")) and bool(word.verbs)


def count_of(phrase: Phrase, lemma: str, *, plural: bool) -> int:
    if phrase.count is not None:
        return phrase.count
    all_of_them = lemma == "parent" and (
        phrase.article is None or phrase.article.lower in ("all", "the", "other", "many")
    )
    pair = lemma in grammar().words("pairs") and plural and not all_of_them
    return 2 if pair else 0 if plural else 1


def person_at(words: Sequence[Word], index: int) -> tuple[str, Noun | None]:
    """The lemma that names somebody, two words long where the lexicon has them together, and what it tells."""
    word = words[index]
    known = lexicon()
    if index + 1 < len(words):
        for lemma in sorted(words[index + 1].nouns):
            pair = f"{word.lower} {lemma}"
            if (noun := known.noun(pair)) and word.lower not in ("old", "young", "little"):
                return pair, noun
    if word.mark or (word.verbs and not word.nouns):
        return "", None
    for lemma in (*sorted(word.nouns), word.lower):
        if noun := known.noun(lemma):
            return lemma, noun
    if word.nouns and not word.adjective and not grammar().words("things") & word.nouns:
        lemma = min(word.nouns, key=lambda lemma: (-len(lemma), lemma))
        noun = known.by_ending(lemma)
        if noun is not None or _speaks(words, index):
            return lemma, noun or Noun()
    return "", None


def _speaks(words: Sequence[Word], index: int) -> bool:
    """Whether an unknown noun does what only somebody does: said the X."""
    article = phrase_of(words, index).article
    listed = any(vocabulary().knows(category, lemma) for lemma in words[index].nouns for category in _NOBODY)
    if article is None or listed or words[index].lower.endswith(tuple(grammar().words("ends_of_things"))):
        return False  # the wind whispered; as the theory promised
    after = words[index + 1] if index + 1 < len(words) else None
    return after is not None and bool(after.verbs & grammar().words("animate_verbs")) and not after.nouns


def doubtful(words: Sequence[Word], index: int, phrase: Phrase, names: frozenset[str], *, plural: bool) -> bool:
    """Whether the word, which may also be a verb or a thing, stands without anything that makes it somebody."""
    word = words[index]
    if "VERB" not in lemmas(word.lower) and word.lower not in grammar().words("doubtful"):
        return False
    capital = word.text[0].isupper() and (acts(words, index) or (index > 0 and words[index - 1].mark != "end"))
    named = index + 1 < len(words) and words[index + 1].text in names
    return not (phrase.article or phrase.count is not None or phrase.looks or plural or capital or named)


def only_modifies(words: Sequence[Word], index: int, names: frozenset[str]) -> bool:
    """The dog house, the king crab; but not the farmer Tom."""
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or following.mark or following.text in names or following.quoted:
        return False
    if following.lower in ("whose", "whom"):
        return False
    found = lemmas(following.lower)
    several = lexicon().noun(words[index].lower)
    if (
        several is not None
        and several.plural
        and words[index].lower not in _ANYBODY
        and following.lower in found.get("NOUN", ())
    ):
        return True  # the police station, the staff room
    if not found and following.text.islower() and words[index].lower in ("giant", "baby", "dwarf", "monster"):
        return True  # a giant beanstalk
    return "NOUN" in found and not ("VERB" in found or "ADV" in found or "ADJ" in found)


def clothes_after(words: Sequence[Word], index: int) -> str:
    """What somebody wears, as far as it follows at once: in a red coat."""
    wearing, colour = False, ""
    for word in words[index + 1 : index + 8]:
        if word.mark == "end":
            break
        if word.mark == "pronoun":
            break
        if word.mark == "joining":
            colour = ""
        wearing = wearing or word.lower in ("in", "with", "wearing", "wore")
        if wearing:
            colour = colour or grammar().group("looks", word.lower) or ""
            garments = (grammar().group("garments", form) for form in sorted(word.forms))
            if garment := next((found for found in garments if found not in (None, "hair")), None):
                return f"{colour} {garment}".strip()
    return ""


def alive(words: Sequence[Word], last: int) -> bool:
    """Whether the word does something, owns something, has a name, or is described as only somebody is: a kid who …"""
    following = words[last + 1] if last + 1 < len(words) else None
    if following is not None and following.verbs and not following.mark:
        return True
    if any(word.verbs & grammar().words("speech_verbs") and not word.mark for word in words[max(0, last - 2) : last]):
        return any(word.quoted for word in words[max(0, last - 5) : last])  # “You,” said the coach
    return following is not None and (
        following.lower in ("who", "'s", "’s", "named", "called") or following.text[0].isupper()
    )


def acts(words: Sequence[Word], last: int) -> bool:
    following = words[last + 1] if last + 1 < len(words) else None
    return following is not None and (bool(following.verbs) or following.mark == "auxiliaries")
