"""Who is on stage in each shot: weighed by how they are told of there, in the shots around and in the whole story."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storyreel.domain.project import Language
from storyreel.engines.backends.builtin.planner.actions import Action
from storyreel.engines.backends.builtin.planner.antecedents import Choice
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.deeds import on_stage, singles
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.learnt import weigh, weights
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.resolving import Who

_STAY = 2  # shots after which nobody is on stage of whom nothing is told
_FAR = 4  # shots
_SHORT = 6  # shots; where there are fewer, it tells nothing how often somebody is seen, nor whether they come again
_TIMES = ((1, "never"), (2, "once"), (3, "twice"), (6, "some times"))
_RANKS = {SUBJECT: 0, OBJECT: 1, OWNER: 2, APART: 3}
_STAYING = -2  # the place among who is meant, of those whom no word means


@dataclass(frozen=True, slots=True)
class Told:
    """What a shot tells of people: its mentions with whom they mean, who is seen by them, who speaks.

    `choices` are those of its pronouns, `quoted` is 0 where nobody speaks, 1 where somebody does, 2 where nothing else
    is told.
    """

    meant: Sequence[tuple[Mention, Sequence[Member]]]
    who: Who
    speaker: Member | None
    paragraph: int
    quoted: int
    actions: Sequence[Action] = ()
    choices: Sequence[Choice] = ()

    @property
    def seen(self) -> list[Member]:
        return list(dict.fromkeys([*on_stage(self.who), *([self.speaker] if self.speaker else [])]))


class Presence:
    """Knows the whole story as it was read, and says who is on stage in each shot."""

    def __init__(self, story: Sequence[Told], language: Language) -> None:
        self._story = story
        self._weights = weights("presence", language)
        self._seen = [one.seen for one in story]
        self._times: dict[str, list[int]] = {}
        for index, members in enumerate(self._seen):
            for member in members:
                self._times.setdefault(member.id, []).append(index)

    def shown(self, index: int) -> Who:
        """Those whom a shot's words mean and who are there, and those who stay though no word means them."""
        if len(self._story) < _SHORT or not self._weights:
            return self._story[index].who
        told = self._story[index]
        odds = {one: weigh(self._weights, self.traits(index, one)) for one in self.possible(index)}
        surely = _at_least_two(told, odds)
        there = [one for one in odds if odds[one] > 0 or one in surely or _touched(told, one)]
        found = {at: _there(members, there) for at, members in told.who.items()}
        found = {at: members for at, members in found.items() if members}
        known = [*on_stage(found), told.speaker]
        staying = [one for one in there if one not in known]
        return {**found, _STAYING: staying} if staying else found

    def possible(self, index: int) -> list[Member]:
        """Whom a shot may show: those told of there, and those seen in the shots right before."""
        meant = [one for _, members in self._story[index].meant for group in members for one in singles(group)]
        lately = [one for members in reversed(self._seen[max(0, index - _STAY) : index]) for one in members]
        return list(dict.fromkeys([*meant, *self._seen[index], *lately]))

    def traits(self, index: int, member: Member) -> set[str]:
        """What speaks for or against that somebody is on stage in a shot."""
        told = self._story[index]
        mine = [mention for mention, members in told.meant if any(member in singles(group) for group in members)]
        mention = min(mine, key=lambda one: _RANKS[one.role], default=None)
        how = "unmentioned" if mention is None else f"{_word(mention)} {mention.role}"
        times = self._times.get(member.id, [])
        often = next((said for count, said in _TIMES if len(times) < count), "often")
        earlier, later = bisect_left(times, index), bisect_right(times, index)
        gap = _apart(index - times[earlier - 1] if earlier else None)
        ending = len(self._story) - index <= _STAY
        again = _apart(times[later] - index if later < len(times) else None, open_end=ending)
        seen = "seen" if member in on_stage(told.who) else "unseen"
        sort = _sort(member)
        found = {"any", how, f"{how} {seen}", f"{how} {often}", sort, f"{sort} {how}", f"{sort} {often}"}
        found |= {f"before {gap}", f"again {again}", f"{how} before {gap}", f"{how} again {again}"}
        found |= {"speaks", f"speaks {seen}"} if member is told.speaker else set[str]()
        found |= {"many", f"many {how}"} if member.plural else set[str]()
        found |= set() if self._seen[index] else {"nobody seen"}
        if mention is None:
            return found | set(self._of_unmentioned(index, member, gap, again))
        return found | set(_of_mentioned(told, mention, mine, how, often))

    def _of_unmentioned(self, index: int, member: Member, gap: str, again: str) -> Iterator[str]:
        """What tells whether somebody stays of whom a shot tells nothing."""
        told = self._story[index]
        others = [(mention, members) for mention, members in told.meant if mention.role != OWNER]
        alone = "beside" if any(members for _, members in told.meant) else "alone"
        yield f"unmentioned before {gap} again {again}"
        yield from (f"unmentioned {alone} quoted {told.quoted}", f"unmentioned {alone} before {gap}")
        if index and self._story[index - 1].paragraph == told.paragraph:
            yield f"unmentioned same paragraph {gap}"
        if any(mention.pronoun in ("all", "self_all", "everybody") for mention, _ in others):
            yield f"unmentioned they {gap}"
        if any(mention.pronoun in ("male", "female", "thing") and not members for mention, members in others):
            yield "unmentioned and somebody unknown"
        if member.sex and any(mention.pronoun == member.sex for mention, _ in others):
            yield f"unmentioned of that sex {gap}"


def _at_least_two(told: Told, odds: Mapping[Member, float]) -> list[Member]:
    """The likeliest two of those whom "they" do something, where nobody else does anything."""
    doing = [(mention, members) for mention, members in told.meant if mention.role == SUBJECT and not mention.owns]
    if len(doing) != 1 or doing[0][0].pronoun not in ("all", "self_all"):
        return []
    meant = [one for group in doing[0][1] for one in singles(group)]
    return sorted(dict.fromkeys(meant), key=lambda one: -odds[one])[:2]


def _of_mentioned(told: Told, mention: Mention, mine: Sequence[Mention], how: str, often: str) -> Iterator[str]:
    """What the words that mean somebody tell of whether they are there."""
    flags = {
        "new": mention.new,
        "definite": mention.definite,
        "earlier": mention.earlier,
        "owned": mention.owner is not None,
        "owns": mention.owns,
        "acts": mention.acts,
        "joined": mention.joined,
        "counted": mention.plural,
        "kin": mention.noun is not None and mention.noun.kin is not None,
        "twice": len(mine) > 1,
    }
    for flag in (flag for flag, holds in flags.items() if holds):
        yield from (flag, f"{flag} {mention.role} {often}")
    if any(one.role == SUBJECT for one, _ in told.meant if one not in mine):
        yield f"{how} beside a doer"
    for choice in (choice for choice in told.choices if choice.mention is mention):
        yield from (f"meant {choice.surely}", f"{how} meant {choice.surely}")
    deed = next((one for one in reversed(told.actions) if one.first < mention.first), None)
    if deed is not None and mention.role == OBJECT:
        done = "to somebody" if deed.pose in grammar().words("about_somebody") else "seen" if deed.pose else "unseen"
        yield from (f"done {done}", f"done {done} {often}")
    if told.quoted:
        yield f"{mention.role} quoted {told.quoted}"


def _touched(told: Told, member: Member) -> bool:
    """Whether somebody is given something, ridden or hugged there, for which they must be there."""
    for mention, members in told.meant:
        if mention.role == OBJECT and any(member in singles(one) for one in members):
            deed = next((one for one in reversed(told.actions) if one.first < mention.first), None)
            if deed is not None and deed.seen and deed.pose in ("give", "ride", "hug"):
                return True
    return False


def _there(members: Sequence[Member], there: Sequence[Member]) -> list[Member]:
    """Of the members those who are there; of a group its own."""
    return [
        one
        for member in members
        for one in ([member] if member in there or set(member.parts) <= set(there) else member.parts)
        if one in there or one.parts
    ]


def _word(mention: Mention) -> str:
    """By what sort of word somebody is mentioned."""
    if mention.pronoun in ("all", "everybody", "self_all"):
        return "they"
    if mention.pronoun:
        return "his" if mention.owns else "he"
    return "name" if mention.name else "noun"


def _sort(member: Member) -> str:
    if member.word in ("I", "我"):
        return "narrator"
    return "animal" if member.animal else "named" if member.name else "role" if member.noun.kind else "person"


def _apart(shots: int | None, *, open_end: bool = False) -> str:
    """How far off the nearest of other shots is; at the end of a story none says little."""
    return str(min(shots, _FAR)) if shots is not None else "open" if open_end else "never"
