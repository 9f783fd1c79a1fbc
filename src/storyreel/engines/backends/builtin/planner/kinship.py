"""Whose kin or which of two somebody is: his mother, the wife of a couple, the other of two people."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.pronouns import fits

_FULL_AGE = ("parent", "grandparent")


def relate(cast: Cast, kin: str, members: Sequence[Member], whose: Sequence[Member], *, owned: bool) -> None:
    """The members are what `kin` says to `whose`; `owned` tells that the text says of whom: his mother."""
    for one in members:
        for other in (other for other in whose if other not in members and other.animal == one.animal):
            cast.relate(kin, one, other)
            if kin == "child" and other.noun.kind in ("king", "queen") and one.sex and not one.plural:
                cast.call(one, "princess" if one.sex == "female" else "prince")
            if kin == "spouse" and other.sex and not one.sex:
                one.sex = "female" if other.sex == "male" else "male"
            if kin in _FULL_AGE and owned and not other.noun.kind:
                other.age = other.age or "young"


def of_owner(cast: Cast, noun: Noun, mention: Mention, owner: Member) -> list[Member]:
    """Her brother: whoever is known to be; else the only brother of the story, or somebody new."""
    kin = noun.kin or ""
    groups = [group for group in cast.recent if owner in group.parts]
    others = [one for group in groups for one in group.parts if one is not owner]
    if kin == "sibling" and others:
        return others if mention.plural else others[:1]
    if kin == "spouse" and (other := [one for one in others if paired(one)]):
        return other[:1]
    related = [one for one in cast.related(kin, owner, noun.sex) if one.plural == mention.plural]
    if related:
        return related[:1]
    called = [one for one in cast.called(mention.word, plural=mention.plural) if one is not owner]
    if kin in _FULL_AGE and not called and not mention.plural:  # My grandmother, after Gran
        called = [one for one in cast.recent if one.noun.kin == kin and one.sex == noun.sex and one is not owner]
        called = [one for one in called if noun.sex and not one.plural]
    return [one for one in called if not cast.whose(kin, one) or kin in _FULL_AGE][:1]


def of_couple(cast: Cast, noun: Noun) -> list[Member]:
    """The wife, the old woman, where a couple was told of: the one of the two whom it fits."""
    two = next((one.parts for one in cast.recent if len(one.parts) > 1 and all(map(paired, one.parts))), list[Member]())
    if noun.sex is None or not (noun.kin == "spouse" or noun.generic) or noun.age == "young":
        return []
    told = [one for one in two if one.sex == noun.sex]
    return told[:1] or [one for one in two if fits(one, noun.sex)][-1:]


def paired(member: Member) -> bool:
    """Whether somebody is one of a couple."""
    return bool(member.calls & grammar().words("couples"))


def settle_couple(cast: Cast, members: Sequence[Member]) -> None:
    """Of a couple the one is a man, the other a woman, unless the story says otherwise."""
    for one in (one for one in members if one.sex and paired(one) and not one.plural):
        parts = next((group.parts for group in cast.recent if one in group.parts), list[Member]())
        for other in (other for other in parts if other is not one and other.sex is None):
            other.sex = "female" if one.sex == "male" else "male"


def one_of_two(cast: Cast, part: int) -> list[Member]:
    """One was a lady, the other a soldier: of two people who were told of together."""
    return next(
        ([one.parts[part]] for one in cast.recent if len(one.parts) > 1 and not one.parts[part].name), list[Member]()
    )


def sibling_of_group(cast: Cast, noun: Noun, mention: Mention, since: int) -> list[Member]:
    """哥哥 and 弟弟, after two cubs were told of since a shot: the first and the last of them."""
    if noun.kin != "sibling":
        return []
    group = next((one for one in cast.recent if one.parts and one.last >= since), None)
    if group is None or any(one.name for one in group.parts):
        return []
    return [group.parts[-1 if mention.word[0] in "弟妹" else 0]]
