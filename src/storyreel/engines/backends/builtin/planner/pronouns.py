"""Whom pronouns may mean, and whom they mean all together: they, everybody."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.lexicon import Noun
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention

_REACH = 8  # shots back
_EVERYBODY = 6
_TOGETHER = 3
_TWO = 2
_LIKE_THINGS = ("robot", "snowman", "ghost")


def everybody_met(members: list[Member], shot: int) -> list[Member]:
    """Everybody: all who were met just now, else lately; of animals those who are persons of the story."""
    lately = [one for one in members if one.last >= shot - _EVERYBODY and one.last >= 0 and not one.parts]
    persons = [one for one in lately if not one.animal or one.name or one.spoke] or lately
    just_now = [one for one in persons if one.last >= shot - _TOGETHER]
    return just_now if len(just_now) >= _TWO or any(one.plural for one in just_now) else persons


def others_meant(
    members: list[Member], before: list[Member], here: list[Member], shot: int, *, human: bool = False
) -> list[Member]:
    """They: the last group, or those who were on stage together; `human`: no animals where there are two people."""
    people = [one for one in members if not one.animal and one.last >= shot - _REACH and one.last >= 0]
    if human and len([one for one in people if not one.plural]) >= _TWO:
        members, before = people, [one for one in before if not one.animal]
    if len(here) > 1 or any(one.plural for one in here):
        return here[:]
    groups = [one for one in members if one.plural and one.last >= shot - _REACH and one.last >= 0]
    told = [one for one in members if not (one.plural or one.animal) and one.last >= shot - _REACH and one.last >= 0]
    if len(told) >= _TWO:
        groups = [one for one in groups if not one.animal]  # gulls screamed; they sailed on
    group = max(groups, key=lambda one: (one.last, one.led), default=None)
    together = [one for one in before if one not in here]
    if len(before) > 1 and not (group is not None and group in before and group.led):
        return before[:]
    recent = [one for one in members if one.last >= max(0, shot - _TOGETHER) and not one.plural and one not in here]
    persons = [one for one in recent if one.name or not one.animal]
    recent = persons if len(persons) >= _TWO else recent
    theirs = group is not None and max(recent, key=lambda one: one.last, default=None) in group.parts
    if group is not None and (theirs or group.last >= shot - 1 or len(recent) < _TWO):
        return [group]
    latest = sorted(recent, key=lambda one: -one.last)[:_TWO]
    if human and len(here) == 1 and latest:
        return [*here, latest[0]]  # she stayed on, and they were married
    if len(recent) >= _TWO:
        return latest
    others = sorted((one for one in told if one not in (*here, *together)), key=lambda one: -one.last)
    alone = len(together) == 1 and together[0] in told and not here  # one is not they: with whom they were last
    return [*together, *others[:1]] if alone else together


def only_spoken_of(told: Sequence[Member], there: Sequence[Member], mention: Mention) -> list[Member]:
    """She, where of all whom that fits the last shot only spoke of one: the hut of old Gunna. She …"""
    if mention.role != SUBJECT:
        return []
    pronoun = mention.pronoun or ""
    known = [one for one in told if one.sex or one.age or one.noun != Noun()]  # Orso may be a village
    spoken_of = [one for one in known if not (one.plural or one.animal) and fits(one, pronoun)]
    others = [one for one in there if not (one.plural or one.animal or one in spoken_of)]
    return [] if any(one.sex in (None, pronoun) for one in others) else spoken_of[-1:]


def like_a_thing(member: Member) -> bool:
    """Whether somebody may be called it."""
    return member.animal or member.noun.kind in _LIKE_THINGS


def fits(member: Member, pronoun: str) -> bool:
    if pronoun == "thing":
        return like_a_thing(member)
    return pronoun == "person" or member.sex in (None, pronoun)
