"""Whom a name means: one who is called so, who told it in talk, one of a group, somebody new for None of these."""

import re
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.calling import alike
from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.chinese_meaning import same_person
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.naming import father, introduced, nameless
from storyreel.engines.backends.builtin.planner.pronouns import fits

_REMEMBERED = 8  # shots
_INTRODUCED = 4  # shots within which a group's members are told by name
_UNNAMED = 6  # times at most that somebody is told of before their name just stands there
_NAMED = 200  # members among whom a Chinese name is sought without its surname
_OF_ONES_AGE = ("sibling", "child", "cousin", "spouse", "grandchild", "younger relative")
"""Who are rather called by name."""

Heard = Sequence[tuple[frozenset[str], Member | None]]
"""The names in what was spoken, shot by shot, and who spoke, where they spoke to somebody of one of these names."""


def by_name(cast: Cast, mention: Mention, heard: Heard, shot: int, *, alone: bool = True) -> list[Member]:
    """`alone` tells that nobody is told of in one breath: Ben and I."""
    parts = (mention.name or "").lower()
    if is_han(parts[0]):
        return _by_chinese_name(cast, mention, parts, heard, shot)
    for call in (parts, *reversed(parts.split())):
        if found := cast.called(call, plural=False):
            return found[:1]
    if mention.noun is not None and mention.word != parts and not mention.new:
        unnamed = [one for one in cast.called(mention.word, plural=False) if not one.name]
        return alike(unnamed, mention)[:1]
    for kin in mention.aliases:  # her aunt; Aunt Rosa
        if aunt := [one for one in cast.called(kin, plural=False) if not (one.name or one.animal)]:
            return aunt[:1]
    told = _told_their_name(cast, mention, heard, shot) or _of_group(cast, mention, shot)
    return (
        told
        or _expected(cast, mention, shot)
        or nameless(cast, mention, shot)
        or (_only_one(cast, mention, heard, shot) if alone else [])
    )


def _only_one(cast: Cast, mention: Mention, heard: Heard, shot: int) -> list[Member]:
    """The widow, the man with the bucket: of all who were there lately the one without a name whom the name fits.

    Not who just called somebody so, or was called by another name: “Hello, Phil,” she told the driver. Kofi came last.
    """
    if mention.role != SUBJECT or mention.owner is not None or (mention.noun is not None and mention.noun.kin):
        return []
    sex = (mention.noun.sex if mention.noun else None) or lexicon().sex_of_name(mention.name or "")
    lately = [one for one in cast.recent if one.last >= shot - _INTRODUCED and one.count == 1 and not one.animal]
    free = [one for one in lately if not one.name and one.word not in ("I", "我") and fits(one, sex or "person")]
    fresh = len(free) == 1 and free[0].led and free[0].last < shot and free[0].times <= _UNNAMED
    calls = [(names, asking is free[0]) for names, asking in heard[-_INTRODUCED:] if asking and fresh]
    fresh = fresh and not any(by_them == (mention.name in names) for names, by_them in calls)
    return free if fresh and not free[0].noun.kin else []


def _expected(cast: Cast, mention: Mention, shot: int) -> list[Member]:
    """Who was told of as if known, right before a new name: he led the new girl down. Nasrin had never seen …"""
    if mention.noun is not None or mention.role != SUBJECT:
        return []
    sex = lexicon().sex_of_name(mention.name or "") or "person"
    lately = [one for one in cast.recent if one.expected and one.first >= shot - 1 and one.count == 1]
    return [one for one in lately if not one.name and fits(one, sex)][:1]


def _told_their_name(cast: Cast, mention: Mention, heard: Heard, shot: int) -> list[Member]:
    then_heard = [ago for ago, (names, _) in enumerate(reversed(heard), 1) if mention.name in names]
    if not then_heard or (mention.noun is not None and not (mention.noun.generic and mention.word.isascii())):
        return []  # “You, Mr Bell,” she said; the old man grinned. Mr Bell …
    then = shot - then_heard[-1]
    asking = heard[-then_heard[-1]][1]
    lately = [one for one in cast.recent if one.last >= then - _REMEMBERED and one is not asking]
    return introduced([one for one in lately if one.first <= then], mention)  # who came later was not meant


def _of_group(cast: Cast, mention: Mention, shot: int) -> list[Member]:
    """A new name soon after a group was told of is that of one of them: the miller had three sons. Piers …"""
    kin = [one for one in cast.recent if one.noun.kin in _OF_ONES_AGE and not one.name and not one.plural]
    kin = [one for one in kin if one.last >= shot - _INTRODUCED]
    if (
        mention.noun is None
        and " " not in (mention.name or "")
        and len(kin) == 1
        and fits(kin[0], lexicon().sex_of_name(mention.name or "") or "person")
    ):
        return kin  # My brother and I … Sam said
    for group in cast.recent:
        unnamed = [one for one in group.parts if not one.name]
        if mention.noun is None and unnamed and group.first >= shot - _INTRODUCED:
            return [of_several(cast, group.parts, mention) if mention.look else unnamed[0]]
    return []


def _by_chinese_name(cast: Cast, mention: Mention, name: str, heard: Heard, shot: int) -> list[Member]:
    """The same name, or one without its surname; or the one who has been called by that role alone so far."""
    named = [
        one
        for one in cast.members[:_NAMED]
        if one.name
        and (
            one.name.endswith(name)
            or name.endswith(one.name)
            or same_person(one, mention)
            or name in re.split("[·•・]", one.name)
        )
    ]
    if named or mention.new:
        return named[:1]
    if mention.noun is None:
        return _told_their_name(cast, mention, heard, shot) or father(cast, name)
    return [one for one in cast.called(mention.word, plural=False) if not one.name][:1]


def of_several(cast: Cast, called: list[Member], mention: Mention) -> Member:
    """Which of those who are called the same: the first pig, the other boy, else the latest."""
    if len(called) > 1:
        order = [grammar().group("ordinals", word) for word in mention.look.split()]
        place = next((int(found) for found in order if found), None)
        inorder = sorted(called, key=lambda one: cast.members.index(one))
        if place is not None and abs(place) <= len(inorder):
            return inorder[place]
    return alike(called, mention)[0]
