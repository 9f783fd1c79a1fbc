"""Who is spoken of in English words: noun phrases, names, pronouns; as doers, done to, or only in passing."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.appositions import followed_by, named_once, what_they_are
from storyreel.engines.backends.builtin.planner.context import clause_before, eaten, only_named
from storyreel.engines.backends.builtin.planner.english import lemmas
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.letters import in_letter
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mention_roles import (
    CLAUSE,
    compared_with,
    governed,
    not_there,
    of_body,
    role_of,
)
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.noun_phrases import (
    Phrase,
    acts,
    alive,
    clothes_after,
    count_of,
    doubtful,
    only_modifies,
    person_at,
    phrase_of,
    whole_start,
)
from storyreel.engines.backends.builtin.planner.pronoun_mentions import pronoun_at
from storyreel.engines.backends.builtin.planner.tenses import gone, had_before, only_told, timeless
from storyreel.engines.backends.builtin.planner.words import Word

_SIDE_BY_SIDE = 4
_PUTTING_ON = frozenset(("wear", "put", "borrow"))
"""What somebody does with another's clothes."""


def english_mentions(words: Sequence[Word], names: frozenset[str], *, past: bool) -> list[Mention]:
    """Everybody whom the words outside of quotation marks speak of, in order. `past`: the story is told in the past."""
    found: list[Mention] = []
    index = 0
    while index < len(words):
        word = words[index]
        mention = None
        if not (word.quoted or word.chinese or word.mark == "end"):
            mention = pronoun_at(words, index, past=past) or _name(words, index, names)
            mention = mention or _noun(words, index, names, past=past) or _one_of_several(words, index)
            mention = mention or _everybody_of(words, index)
        if mention is None:
            index += 1
            continue
        if not mention.pronoun:
            mention.owner = _owner(found, words, mention)
        found.append(mention)
        index = mention.last + 1
    merged = what_they_are(words, _as_doers(words, named_once(words, found)))
    merged = in_letter(words, _told_apart(words, merged))
    away = 0
    for mention in merged:
        introduced = mention.name is not None
        told = mention.definite or (mention.new and not mention.plural)  # an old donkey had carried sacks
        known = told and mention.role == SUBJECT and not mention.owner and not mention.pronoun
        mention.earlier = had_before(words, mention.first, mention.last) and not (introduced or known)
        if away and not any(word.mark == "end" for word in words[away : mention.first]):
            mention.role = APART  # Aunt Hetty had gone to Leeds to see the dentist
        if gone(words, mention.last):
            away = mention.last
            mention.role = APART
        elif introduced and _always(words, mention) and timeless(words, mention.last, past=past):
            mention.role = APART
        if mention.role == APART and mention.name and mention.new and _tale_of(words, mention.first):
            mention.role = SUBJECT
        mention.acts = followed_by(words, mention.last, ("who",))
    return merged


def _name(words: Sequence[Word], index: int, names: frozenset[str]) -> Mention | None:
    """A name, with the title or the role that stands before it: Captain Mara Brandt, her brother Ned."""
    first = index
    noun: Noun | None = None
    while grammar().group("titles", words[index].lower) is not None and index + 1 < len(words):
        if not words[index].text[0].isupper():
            return None
        noun = lexicon().noun(grammar().group("titles", words[index].lower) or "") or noun
        index += 1
        if words[index].text == ".":
            return None
    last = index
    while last < len(words) and words[last].text in names and not words[last].quoted:
        last += 1
    last -= 1
    if last < index:
        return None
    if _names_thing(words, first, last) or _of_place(words, first):
        return None
    name = " ".join(word.text for word in words[index : last + 1])
    if followed_by(words, last, ("'s", "’s")):
        put_on = any(word.verbs & _PUTTING_ON for word in clause_before(words, first, CLAUSE))
        role = OBJECT if of_body(words, last + 2) and not put_on else OWNER
    else:
        away = only_named(words, first) or only_told(words, first, last)
        role = APART if away else OBJECT if governed(words, first) else SUBJECT
        role = APART if role == OBJECT and not_there(words, first, new=False) else role
    age = "old" if words[index].lower == "old" and last > index else ""  # Old Gunna
    described = words[first - 2 : first - 1] if first > 1 and words[first - 1].text == "," else words[first - 1 : first]
    look = grammar().group("looks", described[0].lower) if first and described else None
    kin = [title.lower for title in words[first:index] if (told := lexicon().noun(title.lower)) and told.kin]
    mention = Mention(first, last, name.lower(), noun, name, role=role, definite=True, look=look or "", aliases=kin)
    mention.age = age or _age(words, last)
    return mention


def _names_thing(words: Sequence[Word], first: int, last: int) -> bool:
    """Tanner Street; the Mercer farm; six stone Jizo; but not: the Mercer boy, the Mercers."""
    double = last > first or (first > 0 and words[first - 1].text[0].isupper())
    if double and words[last].lower in grammar().words("ends_of_places"):
        return True
    before, after = words[max(0, first - 2) : first], words[last + 1] if last + 1 < len(words) else None
    described = len(before) > 1 and bool(before[1].nouns) and not before[1].mark
    if described and int(grammar().group("numbers", before[0].lower) or 1) > 1:
        return True
    of_thing = after is not None and not (after.mark or after.text[0].isupper())
    of_thing = of_thing and after is not None and after.lower in lemmas(after.lower).get("NOUN", ())
    return of_thing and bool(before) and before[-1].lower == "the" and person_at(words, last + 1)[1] is None


def _of_place(words: Sequence[Word], first: int) -> bool:
    """Whether it is a saint's or somebody else's place: St Thomas', Lake Victoria, Rua das Flores, Calle Mendoza."""
    before = words[max(0, first - 3) : first]
    while before and before[-1].lower in grammar().words("name_particles"):
        before = before[:-1]
    return bool(before) and before[-1].text[0].isupper() and before[-1].lower in grammar().words("begins_of_places")


def _age(words: Sequence[Word], last: int) -> str:
    """Young or old by the years that are told next: a man of eighty-three; Leo, who was seven and …"""
    following = [word for word in words[last + 1 : last + 6] if word.lower not in (",", "who", "had")]
    texts = [word.lower for word in following]
    if texts[:1] and texts[0] in ("of", "aged", "was", "is", "turned", "be") and len(texts) > 1:
        counted = len(following) > 2 and bool(following[2].nouns) and texts[2] not in ("year", "years")
        return "" if counted else grammar().group("years", texts[1].split("-")[0]) or ""
    return ""


def _noun(words: Sequence[Word], index: int, names: frozenset[str], *, past: bool) -> Mention | None:
    word = words[index]
    lemma, noun = person_at(words, index)
    of_place = words[index + 1].lower in grammar().words("ends_of_places") if index + 1 < len(words) else False
    if noun is None or (of_place and word.text[0].isupper() and words[index + 1].text[0].isupper()):
        return None
    phrase = phrase_of(words, index)
    article = phrase.article
    plural = noun.plural or (word.lower not in word.nouns and lemma != word.lower)
    last = index + len(lemma.split()) - 1 if lemma.split()[0] == word.lower else index
    if doubtful(words, index, phrase, names, plural=plural) or only_modifies(words, last, names):
        return None
    if lemma in grammar().words("pairs") and (_of_things(words, last) or (lemma == "pair" and plural)):
        return None  # a pair of shoes, leather for two pairs
    if noun.plural and followed_by(words, last, ("of",)) and not followed_by(words, last + 1, ("the",)):
        return None  # a crowd of children
    telling = _tell(words, last)
    if _nobody(words, index, phrase, lemma, noun) or _anybody(lemma, article, telling=telling, plural=plural):
        return None
    if noun.age != "old" and noun.kind in ("man", "woman") and "old" in phrase.looks:
        lemma, noun = f"old {noun.kind}", lexicon().noun(f"old {noun.kind}") or noun
    if noun.age == "young" and not noun.kin and [w.lower for w in clause_before(words, phrase.start, 1)] == ["had"]:
        noun = replace(noun, kin="child")  # a king who had a little boy
    mention = Mention(
        index,
        last,
        lemma,
        noun,
        count=count_of(phrase, lemma, plural=plural),
        new=(article is not None and article.mark == "indefinite")
        or (article is None and (plural or phrase.count == 1)),
        definite=article is not None and article.mark != "indefinite",
        look=" ".join(dict.fromkeys(phrase.looks)),
        clothes=clothes_after(words, index),
    )
    mention.age = _age(words, last)
    mention.part = _one_or_the_other(words, phrase.start)
    mention.role = _role(words, mention, phrase, noun, past=past)
    return mention


def _role(words: Sequence[Word], mention: Mention, phrase: Phrase, noun: Noun, *, past: bool) -> str:
    """What somebody does in the sentence; those who are not there, nor anything but food, are APART."""
    role = role_of(words, whole_start(words, phrase), mention.last)
    if phrase.start and words[phrase.start - 1].lower == "no":
        return APART  # there was no bridegroom
    likened = mention.new and (compared_with(words, phrase, mention.last) or timeless(words, mention.first, past=past))
    if likened and mention.part is None:
        return APART
    if role != OBJECT:
        return role
    if not_there(words, phrase.start, new=mention.new) or (noun.animal and eaten(words, phrase.start)):
        return APART
    if mention.new and any(word.lower in ("would", "might") for word in clause_before(words, phrase.start, 4)):
        return APART  # a knot that would hold a bullock
    # I saw a crab: what does nothing is not worth a picture of its next of kin
    return APART if mention.new and mention.word in grammar().words("small_fry") else role


def _one_or_the_other(words: Sequence[Word], start: int) -> int | None:
    """One is a stout lady; the other was a soldier: which of two it is that somebody is said to be."""
    before = [word.lower for word in clause_before(words, start, CLAUSE)][::-1]
    if len(before) > 1 and before[-1] in ("is", "was"):
        return {"one": 0, "other": 1}.get(before[-2])
    return None


def _nobody(words: Sequence[Word], index: int, phrase: Phrase, lemma: str, noun: Noun) -> bool:
    """Whether the word means no living one: no king; your brother; a paper crane; the seal on the letter."""
    if phrase.article is not None and phrase.article.lower in ("no", "any", "every", "your"):
        return True
    if noun.animal and any(word.lower == "whose" for word in clause_before(words, phrase.start, CLAUSE)):
        return True  # whose tie had small ducks on it
    if lemma == "owner" and phrase.article is not None and phrase.article.lower in ("their", "its"):
        return True
    if noun.animal and any(word.lower in grammar().words("lifeless") for word in words[phrase.start : index]):
        return True
    return lemma in grammar().words("two_faced") and not alive(words, index)


def _tell(words: Sequence[Word], last: int) -> bool:
    said = grammar().words("reported")
    return any(word.lower in said or word.verbs & said for word in words[last + 1 : last + 3])


def _anybody(lemma: str, article: Word | None, *, telling: bool, plural: bool) -> bool:
    """Ilse, the elder; what does one say to a person who is away? People say so."""
    if lemma == "elder" and not plural:
        return article is None or article.mark == "definite"
    if lemma == "people":  # people kept telling her; but: people came running
        return article is None and telling
    return lemma == "person" and not plural and (article is None or article.mark == "indefinite")


def _of_things(words: Sequence[Word], last: int) -> bool:
    """A pair of binoculars; but not a pair of young lovers."""
    following = words[last + 2 : last + 5] if followed_by(words, last, ("of",)) else ()
    return bool(following) and not any(lexicon().noun(form) for word in following for form in sorted(word.nouns))


def _everybody_of(words: Sequence[Word], index: int) -> Mention | None:
    """The whole village came; half the town was watching: those who live there, where they do what people do."""
    before = {word.lower for word in words[max(0, index - 2) : index]}
    if not before & {"whole", "entire", "half"} or not words[index].nouns & grammar().words("peopled"):
        return None
    doing = [word for word in words[index + 1 : index + 4] if word.verbs and word.mark != "auxiliaries"][:1]
    if not doing or not acts(words, index) or not doing[0].verbs & grammar().words("crowds_deeds"):
        return None
    return Mention(index, index, "people", lexicon().noun("people"), count=0, new=True)


def _one_of_several(words: Sequence[Word], index: int) -> Mention | None:
    """The eldest, the second: one of those told of as a group; the four, as many of those who are there."""
    word = words[index]
    if index and words[index - 1].lower == "the" and (number := grammar().group("numbers", word.lower)):
        several = int(number) > 1 and acts(words, index)
        return Mention(index, index, word.lower, pronoun="all", count=int(number)) if several else None
    if grammar().group("ordinals", word.lower) is None or index == 0 or words[index - 1].lower != "the":
        return None
    following = words[index + 1] if index + 1 < len(words) else None
    alone = following is not None and (following.mark == "auxiliaries" or (following.verbs and not following.nouns))
    return Mention(index, index, word.lower, look=word.lower, definite=True) if alone else None


def _owner(found: list[Mention], words: Sequence[Word], mention: Mention) -> Mention | None:
    """Whose brother: the owner that stands right before the phrase."""
    if not found or found[-1].role not in (OWNER, OBJECT):
        return None
    between = words[found[-1].last + 1 : mention.first]
    if found[-1].pronoun:
        owns = found[-1].word in grammar().words("possessive") and all(not word.mark for word in between)
    else:
        owns = (
            bool(between) and between[0].lower in ("'s", "’s", "'", "’") and all(not word.mark for word in between[1:])
        )
    return found[-1] if owns and len(between) <= 4 else None


def _told_apart(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Three people stood in it: a lawyer, a courier and Mrs Abara. A group that is told one by one is these."""
    colon = next((at for at, word in enumerate(words) if word.text == ":" and not word.quoted), None)
    if colon is None:
        return mentions
    behind = [one for one in mentions if one.first > colon and not (one.plural or one.pronoun or one.role == OWNER)]
    group = next((one for one in reversed(mentions) if one.last < colon and one.plural), None)
    if group is None or group.pronoun or group.names or len(behind) < max(group.count, 2):
        return mentions
    return [one for one in mentions if one is not group]


def _always(words: Sequence[Word], mention: Mention) -> bool:
    """Whether what holds now may hold always: Hope is her daughter; but not: Pip has wedged itself in."""
    return mention.role != SUBJECT or followed_by(words, mention.last, ("is", "are"))


def _tale_of(words: Sequence[Word], index: int) -> bool:
    """They tell of a diver named Salim; this is the story of a girl called Ann."""
    before = clause_before(words, index, CLAUSE)
    of = next((at for at, word in enumerate(before) if word.lower in ("of", "about")), None)
    return of is not None and any(word.forms & {"tell", "story", "tale", "sing", "legend"} for word in before[of:])


def _around(words: Sequence[Word], index: int) -> bool:
    """Whether a pronoun tells where something is, so that it may be the doer: shut the door behind him."""
    before = words[index - 1].lower if index else ""
    in_front = before == "of" and index > 2 and words[index - 2].lower in ("front", "ahead")
    return in_front or before in grammar().words("around")


def _as_doers(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Those joined by "and" or a comma share what the last of them does."""
    for one, other in reversed(list(pairwise(mentions))):
        between = [word.lower for word in words[one.last + 1 : other.first]]
        other.joined = between == ["and"]
        joined = "and" in between[:2] and len(between) <= _SIDE_BY_SIDE and other.role in (SUBJECT, OBJECT)
        if joined and one.role == OBJECT and not acts(words, other.last):
            other.role = OBJECT
    doer = -1
    for mention in mentions:
        if mention.role == SUBJECT:
            doer = mention.last
        elif mention.pronoun and doer >= 0:
            between = {word.lower for word in words[doer + 1 : mention.first]}
            mention.freed = bool(between & grammar().words("subordinating")) or _around(words, mention.first)
    return mentions
