"""What part those play whom English words speak of: doers, done to, owners, or only named."""

from collections.abc import Sequence
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.appositions import followed_by
from storyreel.engines.backends.builtin.planner.context import (
    at_somebodys,
    clause_before,
    only_named,
    stays_away,
    supposed,
    told_about,
)
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT
from storyreel.engines.backends.builtin.planner.noun_phrases import Phrase, acts
from storyreel.engines.backends.builtin.planner.tenses import only_told
from storyreel.engines.backends.builtin.planner.words import Word

CLAUSE = 8  # words


def role_of(words: Sequence[Word], start: int, last: int) -> str:
    if followed_by(words, last, ("'s", "’s")) or (
        followed_by(words, last, ("'", "’")) and words[last].lower[-1] == "s"
    ):
        if any(word.lower in grammar().words("compared") for word in clause_before(words, start, 1)):
            return APART  # like old men's teeth
        indefinite = words[start].mark == "indefinite"  # a firefighter's coat
        worn = words[start].lower in grammar().words("possessive") and _of_garment(words, last + 2)
        return OBJECT if of_body(words, last + 2) and not indefinite and not worn else OWNER
    if start > 0 and words[start - 1].lower == "of":
        counted = start > 1 and not (start > 2 and words[start - 3].lower == "the" and words[start - 2].lower == "one")
        counted = counted and (
            words[start - 2].lower in grammar().words("quantities")
            or words[start - 2].nouns & grammar().words("quantities")
        )
        by_somebody = at_somebodys(clause_before(words, start - 1, 1))
        return SUBJECT if counted else OBJECT if by_somebody else APART
    if only_named(words, start) or stays_away(words, last) or only_told(words, start, last) or supposed(words, start):
        return APART
    if told_about(words, start):
        return APART  # told them about the king and the miller's daughter
    if start > 1 and words[start - 1].mark == "pronoun" and words[start - 2].verbs & {"call", "name", "nickname"}:
        return APART  # the children called it the Bishop
    if start and words[start - 1].lower in ("be", "become", "becoming"):
        return APART  # he wanted to be a drummer
    if start and words[start - 1].lower == "for" and start == last and words[last].lower not in words[last].nouns:
        return APART  # drums are for soldiers
    return OBJECT if governed(words, start) else SUBJECT


def governed(words: Sequence[Word], start: int) -> bool:
    """Whether a verb or a preposition stands before the phrase, other than "said" after what was said."""
    if start == 0:
        return False
    before = words[start - 1]
    if before.mark == "preposition":
        return True
    if before.lower in ("had", "has", "have") and start > 1 and words[start - 2].mark in ("negations", "pronoun"):
        return True  # she has not had a horse
    if not before.verbs or before.nouns or before.mark:
        return False
    earlier = words[start - 2] if start > 1 else None
    inverted = earlier is None or earlier.quoted or earlier.mark == "end" or earlier.lower in ("there", "here", "then")
    return not (inverted or behind_its_place(words, start - 1))


def behind_its_place(words: Sequence[Word], verb: int) -> bool:
    """Whether a verb stands before who does it: on the gate sat a rooster, out of the woods flew the witch."""
    clause = clause_before(words, verb, CLAUSE)
    if not clause or not words[verb].verbs & grammar().words("inverting"):
        return False
    if clause[-1].mark == "joining" and len(clause) > 1:
        clause.pop()
    led = clause[-1].mark == "preposition" or clause[-1].lower in ("out", "there", "here")
    return led and not any(word.mark in ("pronoun", "joining") for word in clause)


def not_there(words: Sequence[Word], start: int, *, new: bool) -> bool:
    """He has not had a horse for years; nobody had seen Wynn; not even her husband."""
    before = [word.lower for word in clause_before(words, start, CLAUSE)]
    if "nobody" in before or any(pair == ("one", "no") for pair in pairwise(before)):
        return True
    return before[:2] == ["even", "not"] or (new and any(word in ("not", "n't", "never") for word in before))


def compared_with(words: Sequence[Word], phrase: Phrase, last: int) -> bool:
    """As greedy as a hyena; as if it were a child; but not "as a boy ran past"."""
    before = [word.lower for word in clause_before(words, phrase.start, CLAUSE)]
    if any(two == "as" and one in ("if", "though", "one") for one, two in pairwise(before)):
        return True
    return before[:1] == ["as"] and not acts(words, last)


def of_body(words: Sequence[Word], index: int) -> bool:
    return any(word.nouns & grammar().words("body") for word in words[index : index + 2])


def _of_garment(words: Sequence[Word], index: int) -> bool:
    """One of her boyfriend's shirts, which she may wear herself."""
    return any(grammar().group("garments", form) for word in words[index : index + 2] for form in sorted(word.forms))
