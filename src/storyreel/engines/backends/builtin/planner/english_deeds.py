"""Whose deed an English verb tells, and whether it is one: whom or what it is said of, whether it is done at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mention_roles import behind_its_place
from storyreel.engines.backends.builtin.planner.mentions import APART, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.noun_phrases import Phrase, phrase_of, whole_start
from storyreel.engines.backends.builtin.planner.tenses import participle
from storyreel.engines.backends.builtin.planner.words import Word

_RELATIVE = frozenset(("who", "which", "that"))
_SAYING_NOBODY = frozenset(("something", "anything", "everything", "nothing", "what"))
_BE = frozenset(("am", "is", "are", "was", "were", "be", "been", "being"))
_JOINED = 2
_INVERTED = 5  # words at most from a verb to who does it
_OBJECT = 4  # words at most between a verb and the noun that it is done to


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does what a verb says: `by` is where their mentions begin, empty where the sentence does not show it plainly.

    `seen` is False where nobody of the story does it: a thing does, or it is only wished, or done to them.
    """

    by: tuple[int, ...] = ()
    seen: bool = True


def english_doer(words: Sequence[Word], verb: int, pose: str | None, mentions: Sequence[Mention]) -> Doer:
    if words[verb].chinese:
        return Doer()
    if pose in grammar().words("transitive") and _passive(words, verb):
        return Doer(seen=False)
    if _describes(words, verb) and (described := _described(words, verb, mentions)):
        return Doer(described)
    if _only_bidden(words, verb) or _describes(words, verb) or _idle(words, verb, pose):
        return Doer(seen=False)
    if after := _behind(words, verb, mentions):
        return Doer(after)
    place = _subject(words, verb)
    if place is None:
        return Doer()
    said_of = next((mention for mention in mentions if mention.first <= place <= mention.last), None)
    if said_of is None:
        return Doer(seen=not _thing(words[place]))
    if said_of.role == APART:
        return Doer(seen=False)
    return Doer(_together(words, said_of, mentions) if said_of.role != OWNER else ())


def _together(words: Sequence[Word], last: Mention, mentions: Sequence[Mention]) -> tuple[int, ...]:
    """Those who do it together: Tomas, Anna and the boy; but not: …, and the boy gave it the ham."""
    found = [last]
    while (start := whole_start(words, phrase_of(words, found[0].first))) > 1:
        joining = words[start - 1].lower == "and" or (len(found) > 1 and words[start - 1].text == ",")
        beside = next((one for one in mentions if one.last == start - _JOINED and one.role == last.role), None)
        if not joining or beside is None:
            break
        found.insert(0, beside)
    return tuple(mention.first for mention in found)


def _behind(words: Sequence[Word], verb: int, mentions: Sequence[Mention]) -> tuple[int, ...]:
    """Who stands behind the verb: there sat a tiny dragon, out of the woods flew the witch."""
    there = verb > 0 and words[verb - 1].lower in ("there", "here")
    if not (there or behind_its_place(words, verb)):
        return ()
    after = (mention for mention in mentions if mention.role == SUBJECT and verb < mention.first <= verb + _INVERTED)
    return tuple(mention.first for mention in after)[:1]


def _passive(words: Sequence[Word], verb: int) -> bool:
    """He was given a cup; the boat was pushed; but not: was riding."""
    before = next((word for word in clause_before(words, verb, _OBJECT) if not _adverb(word)), None)
    return before is not None and before.lower in _BE and participle(words[verb]) and words[verb].lower[-3:] != "ing"


def _only_bidden(words: Sequence[Word], verb: int) -> bool:
    """Told him to run; wanted to catch a fish; came to dine; but not: began to run."""
    before = clause_before(words, verb, _OBJECT + 2)
    if not before or before[0].lower != "to":
        return False
    told = next((word for word in before[1:] if word.verbs and not word.nouns and not word.mark), None)
    only = grammar().words("bidding") | grammar().words("wishing") | (grammar().words("travels") - {"start"})
    return told is not None and bool(told.verbs & only)


def _describes(words: Sequence[Word], verb: int) -> bool:
    """Her boiled egg, the singing bird."""
    before = words[verb - 1] if verb else None
    if before is None or not words[verb].lower.endswith(("ed", "ing")):
        return False
    return before.lower in ("the", "a", "an", *grammar().words("possessive"))


def _described(words: Sequence[Word], verb: int, mentions: Sequence[Mention]) -> tuple[int, ...]:
    """Who is seen to do it though they are only called so: past the sleeping dragon; but not of the painted king."""
    if not words[verb].lower.endswith("ing"):
        return ()
    return tuple(one.first for one in mentions if one.first == verb + 1 and one.role != APART)


def _idle(words: Sequence[Word], verb: int, pose: str | None) -> bool:
    """Took a breath, caught the bus, gave a sigh: what is not held, nor handed over; kept an inn, kept it awake."""
    after = list(words[verb + 1 : verb + 1 + _OBJECT])
    end = next((at for at, word in enumerate(after) if word.mark in ("end", "preposition", "joining")), len(after))
    told = after[:end]
    if "keep" in words[verb].verbs:
        return not any(word.nouns & grammar().words("holdable") for word in told)
    if "roll" in words[verb].verbs and pose == "push":
        return not any(word.mark in ("definite", "indefinite", "possessive") for word in told[:1])  # he rolled after it
    first = after[0].lower if after else ""
    if pose == "give" and first in ("up", "way", "in", "out", "birth"):
        return True
    idle = grammar().words("not_handed") if pose in ("hold", "give") else frozenset[str]()
    return bool(idle) and any(word.nouns & idle and not word.verbs for word in told)


def _subject(words: Sequence[Word], verb: int) -> int | None:
    """Where the word is that says who or what does it; None where that is not plain."""
    at = verb - 1
    while at >= 0 and (_adverb(words[at]) or words[at].mark == "auxiliaries"):
        at -= 1
    return _head(words, at)


def _head(words: Sequence[Word], at: int) -> int | None:
    """The head of the noun phrase that ends at a place, or of the one that it belongs to: the girl in the red coat."""
    if at < 0 or words[at].quoted or words[at].mark == "end":
        return None
    word = words[at]
    if word.lower in _RELATIVE and at:
        before = at - 2 if words[at - 1].text == "," else at - 1
        return before if before >= 0 and _names_one(words[before]) else None
    if word.mark == "pronoun" and at and words[at - 1].lower == "of":
        return None  # the three of them
    if word.mark == "pronoun" or word.lower in _SAYING_NOBODY:
        return at
    if not _names_one(word):
        return None
    phrase = phrase_of(words, at)
    start = whole_start(words, phrase)
    before = words[start - 1] if start else None
    if before is None or before.mark != "preposition" or before.lower in grammar().words("joining"):
        return at if _begins(words, phrase) else None
    return _head(words, start - 2)


def _begins(words: Sequence[Word], phrase: Phrase) -> bool:
    """Whether a phrase is sure to be one: it has an article or a number, or stands where a clause begins."""
    if phrase.article is not None or phrase.count is not None or phrase.start == 0:
        return True
    before = words[phrase.start - 1]
    return before.mark in ("end", "joining", "pronoun") or words[phrase.start].text[0].isupper()


def _names_one(word: Word) -> bool:
    return not (word.mark or word.quoted) and (bool(word.nouns) or word.text[0].isupper()) and not word.verbs


def _adverb(word: Word) -> bool:
    if word.mark == "negations" or word.lower in grammar().words("adverbs"):
        return True
    return word.lower.endswith("ly") and not word.nouns and not word.verbs


def _thing(word: Word) -> bool:
    """Whether a word that means nobody of the story is a thing; a hand or an eye is somebody's."""
    if word.lower in _SAYING_NOBODY:
        return True
    told = word.nouns - grammar().words("quantities") - grammar().words("body")
    return bool(told) and told == word.nouns and word.text[0].islower() and not word.mark
