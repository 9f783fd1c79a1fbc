"""Whom a pronoun means: of those who were mentioned lately the one whom it fits, doers first."""

from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.mentions import OBJECT, OWNER

_REACH = 8  # shots back
_LONG = 24  # shots back to the last one of whose sex there is no doubt
_FRESH = 2
_NEXT = 1  # "it" is an animal only if that was told of just now
_NEAR = (3.6, 2.2, 1.4, 0.8, 0.4, 0.2, 0.1, 0.0, -0.1)
_EVERYBODY = 6
_TOGETHER = 3
_TWO = 2
_LIKE_THINGS = ("robot", "snowman", "ghost")


def meant_by_pronoun(members: list[Member], here: list[Member], shot: int, pronoun: str, role: str) -> list[Member]:
    """He, she or it (male, female, thing): one of the members, or nobody."""
    doer = next((one for one in here if one.led and one.last == shot), None)
    fitting = [
        one
        for one in members
        if one.last >= shot - (_NEXT if pronoun == "thing" else _REACH)
        and not one.plural
        and one.word not in ("I", "我")
        and fits(one, pronoun)
        and not (role == OBJECT and one is doer and len(here) > 0 and _another(members, one, shot, pronoun))
    ]
    if not fitting:
        return [one for one in members if one.sex == pronoun and not one.plural and one.last >= shot - _LONG][:1]
    best = max(fitting, key=lambda one: (_likely(one, shot, pronoun, role, doer), -members.index(one)))
    if best.sex is None and pronoun in ("male", "female"):
        best.sex = pronoun
    return [best]


def everybody_met(members: list[Member], shot: int) -> list[Member]:
    """Everybody: all who were met lately."""
    return [one for one in members if one.last >= shot - _EVERYBODY and one.last >= 0 and not one.parts]


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
    return latest if len(recent) >= _TWO else together


def like_a_thing(member: Member) -> bool:
    """Whether somebody may be called it."""
    return member.animal or member.noun.kind in _LIKE_THINGS


def fits(member: Member, pronoun: str) -> bool:
    if pronoun == "thing":
        return like_a_thing(member)
    return pronoun == "person" or member.sex in (None, pronoun)


def _another(members: list[Member], doer: Member, shot: int, pronoun: str) -> bool:
    return any(
        one is not doer and one.last >= shot - _REACH and not one.plural and fits(one, pronoun) for one in members
    )


def _likely(member: Member, shot: int, pronoun: str, role: str, doer: Member | None) -> float:
    score = (
        _NEAR[min(shot - member.last, _REACH)]
        + (0.9 if shot - member.last < _FRESH else 0.3) * member.led
        + min(member.times, 6) * 0.2
        + 0.3 * bool(member.name)
    )
    if pronoun in ("male", "female"):
        score += 1.0 * (member.sex == pronoun)
        score -= (0.3 if member.name else 1.5) * (member.animal and member.sex is None)
        score -= 1.0 * (member.noun.kind == "baby")
    else:
        score -= 1.0 * (member.sex is not None and bool(member.name))
    if role == OWNER and member is doer:
        score += 1.5
    return score
