"""Which of those who were met a pronoun means: each is weighed by how and when they were told of."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storyreel.domain.project import Language
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.learnt import weigh, weights
from storyreel.engines.backends.builtin.planner.mentions import OWNER, Mention
from storyreel.engines.backends.builtin.planner.pronouns import fits

_REACH = 24  # shots back
_NEXT = 1  # "it" is an animal only if that was told of just now
_MANY = 8
_SURE, _RATHER = 0.85, 0.55
_FAR, _FARTHER, _OFTEN = 4, 6, 5
_TWICE = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds as a pronoun is read: the shot, whom it told of already, who was on stage last, who asked last.

    `coming` are the mentions of the shot and of those after it.
    """

    shot: int
    here: Sequence[Member] = ()
    before: Sequence[Member] = ()
    asker: Member | None = None
    coming: Sequence[Sequence[Mention]] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Who may be meant (None is nobody of them), what is told of each, which of them is taken, and how surely."""

    mention: Mention
    members: Sequence[Member | None]
    traits: Sequence[tuple[str, ...]]
    taken: Member | None
    surely: str


def choose(met: Sequence[Member], mention: Mention, moment: Moment) -> Choice:
    """He, she or it (male, female, thing): one of those met; only "it" may mean none of them where it could."""
    likely = [one for one in met if _may_be_meant(one, mention.pronoun or "", moment.shot)]
    likely = sorted(likely, key=lambda one: -max(one.last, one.told))[:_MANY]
    members: list[Member | None] = [*likely]
    traits = [tuple(_traits(one, mention, moment, likely)) for one in likely]
    if mention.pronoun == "thing" or not likely:
        members.append(None)
        traits.append(tuple(_of_nobody(mention, likely, moment)))
    table = weights("antecedent", Language.CHINESE if is_han(mention.word[0]) else Language.ENGLISH)
    sums = [weigh(table, one) for one in traits]
    best = max(range(len(members)), key=lambda place: (sums[place], -place))
    return Choice(mention, members, traits, members[best], _surely(sums))


def _surely(sums: Sequence[float]) -> str:
    """How sure the best of several choices is."""
    share = 1 / sum(math.exp(one - max(sums)) for one in sums)
    if len(sums) == 1:
        return "alone"
    return "surely" if share > _SURE else "rather" if share > _RATHER else "hardly"


def _may_be_meant(one: Member, pronoun: str, shot: int) -> bool:
    reach = _NEXT if pronoun == "thing" else _REACH
    there = max(one.last, -1 if pronoun == "thing" else one.told) >= max(0, shot - reach)
    return there and not one.plural and one.word not in ("I", "我") and fits(one, pronoun)


def _traits(one: Member, mention: Mention, moment: Moment, rivals: Sequence[Member]) -> Iterator[str]:
    """What is told of one who may be meant."""
    pronoun, role = mention.pronoun, OWNER if mention.owns or mention.freed else mention.role
    seen, led = _ago(moment.shot - one.last if one.last >= 0 else None), "led" if one.led else "followed"
    told = _ago(moment.shot - one.told if one.told >= 0 else None)
    sort = _sort(one)
    sex = "same" if one.sex is not None and one.sex == pronoun else "open"
    yield from (f"seen {seen}", f"seen {seen} {led}", f"{role} seen {seen} {led}", f"told {told}")
    yield from (f"{role} here {one in moment.here}", f"{role} first {one in moment.here[:1]}")
    yield from (f"before {one in moment.before}", f"place {min(rivals.index(one), _FAR)}")
    yield from (f"times {min(one.times, _OFTEN)}", f"{pronoun} times {min(one.times, _OFTEN)}")
    yield from (f"{role} was {one.role} {told}", f"was {one.role}")
    yield from (f"{pronoun} {sort}", f"sex {sex}", f"sex {sex} {sort}")
    yield f"alone {len(rivals) == 1}"
    if one is moment.asker:
        yield "asker"
    if one.noun.kind == "baby":
        yield "baby"
    if one.first == one.last:
        yield f"once {seen}"
    yield from (f"by {one.by} {told}", f"quoting {mention.quoting} {one.spoke} {told}")
    earlier = [other for other in moment.coming[0] if other.first < mention.first] if moment.coming else []
    yield f"first {not earlier} {mention.quoting} {one.role} {told}"
    again = sum(other.pronoun == pronoun for other in earlier)
    yield f"{role} again {min(again, _TWICE)} {one in moment.here} {told}"
    shots, called_as = _called(one, mention, moment.coming)
    yield from (f"called {shots} {called_as}", f"called {shots} {called_as} {role}")
    yield from (f"called {shots} told {told}", f"called {shots} by {one.by}")


def _called(one: Member, mention: Mention, coming: Sequence[Sequence[Mention]]) -> tuple[str, str]:
    """In how many shots the story calls somebody by name or by a noun next, and there in which role.

    Who is named right behind a pronoun is rather not meant by it.
    """
    for shots, mentions in enumerate(coming):
        for other in mentions:
            calls = {other.word, (other.name or "").lower()}
            if not (other.pronoun or other.plural) and calls & one.calls and (shots or other.first > mention.first):
                return str(shots), other.role if shots < _TWICE else ""
    return "never", ""


def _of_nobody(mention: Mention, likely: Sequence[Member], moment: Moment) -> Iterator[str]:
    """What is told where nobody of them may be meant."""
    latest = _ago(moment.shot - likely[0].last if likely and likely[0].last >= 0 else None)
    yield from (f"nobody {mention.pronoun}", f"nobody {mention.pronoun} {min(len(likely), 2)}")
    yield f"nobody {mention.pronoun} seen {latest}"


def _sort(one: Member) -> str:
    return "animal" if one.animal else "named" if one.name else "role"


def _ago(shots: int | None) -> str:
    if shots is None:
        return "never"
    return str(shots) if shots < _FAR else "some" if shots < _FARTHER else "many"
