"""Two mentions that stand for the same one, made one: names, roles, lists of a group's names, in English."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun
from storyreel.engines.backends.builtin.planner.mentions import APART, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.words import Word

_TWO = 2
_NAMING = 3  # words at most up to the name in "a boy of nine named Tom"


def named_once(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Two words for the same one made one mention: a fox named Rusty; Captain Mara; Rusty the fox; Ann, a girl."""
    merged: list[Mention] = []
    owners = {id(mention.owner) for mention in mentions}
    for mention in mentions:
        last = merged[-1] if merged else None
        if last is not None and len(merged) > 1 and _tells_of_one_before(words, merged, mention):
            continue
        if last is not None and last.owns and len(merged) > 1 and _in_between(words, merged[-2], mention):
            last = merged[-2]  # Grace, her actual boss,
            merged.pop()
            mention.owner = None
        owner = id(mention) in owners and not mention.name  # the cook of the cook's boy is nobody told of before
        if last is not None and not owner and _same(words, last, mention):
            _learn(last, mention)
            continue
        if last is not None and _lists_names(words, merged, mention):
            _group(merged).names.append(mention.name or "")
            continue
        merged.append(mention)
    return merged


def what_they_are(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Clara and Ruth were sisters; they were good friends: nobody but them, and what each of them is."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last is None or not (mention.plural and mention.noun and not mention.name and _are(words, last, mention)):
            kept.append(mention)
            continue
        for one in kept[-_TWO:] if len(kept) > 1 and words[kept[-2].last + 1].lower == "and" else [last]:
            if one.name and not one.noun and not one.plural:
                one.noun = replace(mention.noun, plural=False)
                one.aliases.append(mention.word)
    return kept


def _are(words: Sequence[Word], one: Mention, other: Mention) -> bool:
    """Whether the one are said to be the other."""
    between = list(words[one.last + 1 : other.first])
    several = one.pronoun == "all" or (one.first > 1 and words[one.first - 1].lower == "and")
    if not several or one.role != SUBJECT or not between or between[0].lower not in ("were", "are"):
        return False
    return all(word.adjective or word.mark in ("definite", "negations") or word.lower == "both" for word in between[1:])


def _tells_of_one_before(words: Sequence[Word], merged: list[Mention], mention: Mention) -> bool:
    """Whether a mention tells of the last but one: Jory, the cook's boy; the robot that they called Biscuit."""
    one, last = merged[-2:]
    if _somebodys(words, one, last, mention):
        one.noun, one.word, one.last = _both(mention.noun, one.noun), mention.word, mention.last
    elif _called_so(words, one, last, mention):
        one.name, one.last = mention.name, mention.last
    else:
        return False
    merged.pop()
    return True


def _learn(last: Mention, mention: Mention) -> None:
    """Take over what another word tells of the same one."""
    if last.noun and mention.noun and mention.noun.animal and not last.noun.animal:
        last.noun = mention.noun
    if (last.noun or last.pronoun) and mention.noun and mention.word != last.word and not mention.name:
        last.aliases.append(mention.word)
    last.noun = _both(mention.noun, last.noun) if last.name and mention.noun else _both(last.noun, mention.noun)
    if mention.name and not last.name:
        last.name = mention.name
    elif last.name and mention.noun:
        last.word = mention.word
    last.owner, last.age = last.owner or mention.owner, last.age or mention.age
    last.look, last.clothes = last.look or mention.look, last.clothes or mention.clothes
    last.last = mention.last


def _somebodys(words: Sequence[Word], one: Mention, owner: Mention, other: Mention) -> bool:
    """Whether a name is told more of by whose boy or sister they are."""
    if one.name is None or other.name is not None or other.noun is None or other.plural:
        return False
    between = [word.lower for word in words[one.last + 1 : owner.first]]
    owned = other.owner is owner and not owner.pronoun
    return owned and between in ([","], [",", "the"], [",", "a"], [",", "an"]) and _closed(words, other.last)


def _called_so(words: Sequence[Word], one: Mention, callers: Mention, other: Mention) -> bool:
    """The robot, a dented thing that they called Biscuit."""
    between = [word.lower for word in words[callers.last + 1 : other.first]]
    calling = callers.pronoun in ("all", "everybody", "self_all", "male", "female") and between in (
        ["called"],
        ["named"],
    )
    return calling and other.name is not None and one.name is None and one.noun is not None and not one.plural


def _in_between(words: Sequence[Word], one: Mention, other: Mention) -> bool:
    """Whether a name is told more of between two commas."""
    between = words[one.last + 1 : other.first]
    called = one.name is not None and other.noun is not None and other.name is None and not other.plural
    return (
        called
        and between[0].text == ","
        and len(between) <= _SHORT
        and other.last + 1 < len(words)
        and words[other.last + 1].mark in ("end",)
    )


_SHORT = 4


def _both(one: Noun | None, other: Noun | None) -> Noun | None:
    """The first noun with what the second adds: a shepherd who is an old woman."""
    if one is None or other is None:
        return one or other
    return replace(one, sex=one.sex or other.sex, age=one.age or other.age)


def _same(words: Sequence[Word], one: Mention, other: Mention) -> bool:
    between = [word.lower for word in words[one.last + 1 : other.first]]
    if one.plural or other.plural or other.pronoun:
        return False
    if one.pronoun:  # his name was Tom; she was called Ann; he was a tailor; she had been a nurse
        called = other.name is not None and between in (["name", "was"], ["name", "is"], ["was", "called"])
        told = one.pronoun in ("male", "female", "self") and not one.owns and not other.plural
        return called or (told and _identified(words, one, other, ("a", "an", "the", *grammar().words("possessive"))))
    if other.new and other.noun and not other.name and _identified(words, one, other):
        return one.name is not None or (one.definite and not other.noun.animal)
    if one.name and other.name:
        return False
    if one.noun and other.noun and not one.name and not between:  # Mother Hen
        return not one.noun.animal and other.noun.animal
    if between[:3] == [",", "who", "was"] and between[3:4] in (["a"], ["an"], ["the"]) and other.noun:
        return all(grammar().group("looks", text) for text in between[4:])
    if one.noun and other.noun and not other.name and other.new:
        joined = between[:1] in ([","], ["was"], ["is"]) and between[1:2] in (["a"], ["an"])
        named = followed_by(words, other.last, ("called", "named"))
        return joined and one.noun.animal == other.noun.animal and (named or _closed(words, other.last))
    if other.name:
        if between == [","] and one.role == APART:
            return False  # like unwashed sheep, Abel painted …
        whose = between[-3:-1] == ["whose", "name"] and between[-1] in ("is", "was") and len(between) <= _NAMING + 1
        return between in ([], [","]) or whose or (between[-1] in ("named", "called") and len(between) <= _NAMING)
    return one.name is not None and other.noun is not None and _apposed(words, one, other)


def _apposed(words: Sequence[Word], one: Mention, other: Mention) -> bool:
    """Tom, the baker; Mrs Patel, the science teacher; Ann, her sister; Tom had been a baker."""
    between = [word.lower for word in words[one.last + 1 : other.first]]
    articles = {"a", "an", "the", "was", "is", "were", "had", "been", "our", "my", "his", "her", "their", ","}
    apposed = ("her", "his", "my", "their", "our", "the", "a", "an")
    if between[:1] == [","] and between[1:2] and between[1] in apposed and _bare(words, one.last + 3, other.first):
        articles.update(between[2:])  # Mrs Patel, the science teacher,
    if one.last + 1 < other.first and words[one.last + 1].lower == "the" and _bare(words, one.last + 2, other.first):
        return True  # Gus the night cleaner
    looks = [text for text in between if text not in articles and grammar().group("looks", text) is None]
    joined = between[:1] in ([","], ["was"], ["is"]) or between[:2] == ["had", "been"] or between == ["the"]
    return joined and not looks and len(between) <= 4 and ("," not in between or _closed(words, other.last))


def _identified(words: Sequence[Word], one: Mention, other: Mention, articles: tuple[str, ...] = ("a", "an")) -> bool:
    """Whether the second is said to be what the first is: the Mayor of Kettle Bay was a cat; he had been a nurse."""
    between = words[one.last + 1 : other.first]
    texts = [word.lower for word in between]
    start = next((at for at, word in enumerate(between) if word.mark == "auxiliaries"), len(texts))
    copula = 2 if texts[start : start + 2] in (["had", "been"], ["has", "been"], ["have", "been"]) else 1
    if copula == 1 and texts[start : start + 1] not in (["was"], ["is"], ["am"]):
        return False
    described, naming = between[:start], texts[start + copula :]
    if described and described[0].text == ",":
        described = described[1:]  # the dentist, Dr Moreno, was a small man
    if described and (described[0].mark != "preposition" or any(word.mark == "end" for word in described)):
        return False
    adverbs = grammar().words("adverbs")
    article = next((at for at, text in enumerate(naming) if text not in adverbs), len(naming))
    return any(naming[article : article + 1] == [text] for text in articles) and all(
        not word.mark for word in between[start + copula + article + 1 :]
    )


def _bare(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether nothing but nouns and adjectives stands there, two of them at most."""
    return end - start <= _TWO and not any(word.mark for word in words[start:end])


def _closed(words: Sequence[Word], last: int) -> bool:
    """Whether an apposition ends: Tom, the baker, …"""
    following = words[last + 1] if last + 1 < len(words) else None
    return following is None or following.mark == "end" or following.lower in ("of", "who", "in", "with", "'s", "’s")


def _group(merged: list[Mention]) -> Mention:
    return next(mention for mention in reversed(merged) if mention.plural)


def _lists_names(words: Sequence[Word], merged: list[Mention], mention: Mention) -> bool:
    """Four rabbits, and their names were Flopsy, Mopsy and Peter; the twins Tilly and Ned."""
    if mention.name is None:
        return False
    group = next((one for one in reversed(merged) if one.plural), None)
    if group is None or any(one.name for one in merged[merged.index(group) + 1 :]):
        return False
    between = [word.lower for word in words[group.last + 1 : mention.first]]
    if any(
        "name" in words[place].nouns or words[place].lower in ("named", "called")
        for place in range(group.last + 1, mention.first)
    ):
        return True
    names = [text for text in between if text not in (",", "and", ":")]
    return not names or (bool(group.names) and all(any(name in one.lower() for one in group.names) for name in names))


def followed_by(words: Sequence[Word], last: int, texts: tuple[str, ...]) -> bool:
    return last + 1 < len(words) and words[last + 1].lower in texts
