"""Those whom English pronouns speak of, as far as the words around them tell."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.appositions import followed_by
from storyreel.engines.backends.builtin.planner.context import clause_before, only_named, stands_for_nobody
from storyreel.engines.backends.builtin.planner.english import lemmas
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mention_roles import CLAUSE, governed, of_body
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.plurals import PEOPLE, THINGS, last_plural, only_people, rather_things
from storyreel.engines.backends.builtin.planner.tenses import timeless
from storyreel.engines.backends.builtin.planner.words import Word


def pronoun_at(words: Sequence[Word], index: int, *, past: bool) -> Mention | None:
    word = words[index]
    pronoun = grammar().group("pronouns", word.lower)
    if not pronoun or (word.lower == "it" and stands_for_nobody(words, index)):
        return None
    if pronoun == "self_all" and timeless(words, index, past=past):
        return None  # how strange that we spend our lives beside others
    told_last = last_plural(words[:index])
    thingly = pronoun == "all" and rather_things(words, index) and told_last != PEOPLE
    if thingly and told_last == THINGS:
        return None  # untied the hats and put them on
    if word.lower.endswith(("self", "selves")):
        return None  # whom it means is told by who does it
    if pronoun == "everybody" and followed_by(words, index, ("in", "from", "at", "of")):
        return Mention(index, index, "people", lexicon().noun("people"), count=0, new=True)
    if pronoun == "everybody" and [one.lower for one in clause_before(words, index, CLAUSE)][-1:] in (["at"], ["in"]):
        return Mention(index, index, "people", lexicon().noun("people"), count=0, new=True)  # at the palace everyone …
    if word.lower in ("all", "both") and index + 1 < len(words) and words[index + 1].mark in ("definite", "possessive"):
        return None
    owns = word.lower in grammar().words("possessive") and _owns(words, index)
    if (count := _of_them(words, index)) is not None:
        start = index - 3 if index > 2 and words[index - 3].lower == "the" else index - 2
        role = OBJECT if governed(words, start) else SUBJECT
        return Mention(index, index, word.lower, pronoun=pronoun, count=count, role=role)
    role = OWNER if owns else APART if only_named(words, index) else OBJECT if governed(words, index) else SUBJECT
    if owns and of_body(words, index + 1):
        role = OBJECT
    human = pronoun == "all" and only_people(words, index)
    return Mention(index, index, word.lower, pronoun=pronoun, role=role, owns=owns, human=human, thingly=thingly)


def _of_them(words: Sequence[Word], index: int) -> int | None:
    """How many in "the three of them"; 0 for both, all, some; None for no such phrase."""
    if index < 2 or words[index - 1].lower != "of" or words[index].lower not in ("them", "us"):
        return None
    number = grammar().group("numbers", words[index - 2].lower)
    if number:
        return int(number)
    return 0 if words[index - 2].lower in ("all", "none", "each", "most", "neither", "either", "both") else None


def _owns(words: Sequence[Word], index: int) -> bool:
    """Whether a noun follows: her brother, but not "saw her at home"."""
    if words[index].lower not in ("her", "his"):
        return True
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or following.mark:
        return False
    let = index > 0 and bool(words[index - 1].verbs & {"let", "help"})
    if let and "VERB" in lemmas(following.lower) and lexicon().noun(following.lower) is None:
        return False  # he let her slip the coat off
    if words[index].lower == "her" and index and words[index - 1].verbs & _HANDING and _by_another(words, index):
        return False  # he gave her soup
    return bool(following.nouns or following.adjective)


_HANDING = frozenset(("give", "hand", "offer", "lend", "bring", "pour", "feed", "throw"))


def _by_another(words: Sequence[Word], index: int) -> bool:
    """Whether it is not she who gives."""
    for word in clause_before(words, index, 2 * CLAUSE):
        if word.lower in grammar().words("subjects"):
            return word.lower != "she"
        sexes = [noun.sex for form in sorted(word.nouns) if (noun := lexicon().noun(form))]
        if sex := next(iter(sexes), lexicon().sex_of_name(word.text) if word.text[0].isupper() else None):
            return sex == "male"
    return False
