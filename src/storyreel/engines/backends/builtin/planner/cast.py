"""Who is in the story: its members, what they are called, how they are related, and how they look."""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention

_RECENT = 40
_FEW = 3
"""A group of so many is that many members; more of them are a crowd."""


@dataclass(eq=False)
class Member:
    """Somebody of the story, or a group, as far as it has been read.

    `calls` are the words used for them. `count` is 1; for a group how many they are, 0 for an unknown number. `parts`
    are a group's own members. `clothes` are garments, hair and beard as they are told, the first told first;
    `expected` tells that the story spoke of them as known when it told of them first: the new girl, her boss;
    `young_by_name` says that a child is likely, as long as nothing but the name is known, `grown_by_name` that
    somebody's son or daughter is rather grown up. `first` and `last` are the shots that they were first and last
    mentioned in, `led` whether as who did something, `spoke` whether they have spoken; `told` is the shot
    that they were last mentioned in at all, be it as whom one speaks of, `role` how and `by` what: a name, a noun, or
    the class of a pronoun.
    """

    id: str
    word: str
    noun: Noun = field(default_factory=Noun)
    name: str | None = None
    sex: str | None = None
    age: str = ""
    look: str = ""
    clothes: list[str] = field(default_factory=list[str])
    expected: bool = False
    young_by_name: bool = False
    grown_by_name: bool = False
    count: int = 1
    parts: list["Member"] = field(default_factory=list["Member"])
    calls: set[str] = field(default_factory=set[str])
    first: int = -1
    last: int = -1
    told: int = -1
    role: str = ""
    by: str = ""
    led: bool = False
    spoke: bool = False
    times: int = 0

    def wear(self, look: str) -> None:
        """Take over a garment that is told of, its colour also when that is told later."""
        garment = look.split()[-1:]
        known = next((place for place, worn in enumerate(self.clothes) if worn.split()[-1:] == garment), None)
        if known is None and look:
            self.clothes.append(look)
        elif known is not None and " " not in self.clothes[known]:
            self.clothes[known] = look

    @property
    def plural(self) -> bool:
        return self.count != 1

    @property
    def animal(self) -> bool:
        return self.noun.animal


class Cast:
    """Everybody met so far, and who is whose parent, child, sibling …"""

    def __init__(
        self, seed: int, age: Callable[[str], str] = lambda _: "", sexes: Mapping[str, str] | None = None
    ) -> None:
        """`age` says of a name by itself whether it is rather a child's or a grown-up's, `sexes` what is told of it."""
        self._age = age
        self._sexes = sexes or {}
        self.members: list[Member] = []
        self.recent: list[Member] = []  # the latest first, so many that nothing reaches further back
        self._seed = seed
        self._numbers = Counter[str]()
        self._called: dict[tuple[str, bool], list[Member]] = {}
        self._kin: list[tuple[str, Member, Member]] = []  # (what somebody is to whom): parent, member, owner

    def add(self, mention: Mention) -> Member:
        """Somebody new; a small group comes with its members."""
        names = mention.names
        count = len(names) if names else mention.count
        member = self._make(mention, mention.name, count)
        if 1 < count <= _FEW or names:
            for place in range(count):
                single = self._make(mention, names[place] if names else None, 1)
                single.calls |= {mention.word}
                member.parts.append(single)
                self._remember(single)
        self._remember(member)
        return member

    def learn(self, member: Member, mention: Mention) -> None:
        """Take over what a mention tells of somebody who is known."""
        if mention.name and not member.name and not member.plural:
            member.name = mention.name
            member.sex = member.sex or self._sex_of(mention.name)
            member.grown_by_name = self._age(mention.name) == "grown"
        noun = mention.noun
        if noun is not None:
            better = member.noun.generic or member.noun.kind is None
            if better and (noun.kind is not None or not noun.generic) and not (member.animal and not noun.animal):
                member.noun = noun
                called_so = mention.aliases[-1:] if mention.pronoun else [mention.word]
                member.word = member.word if noun.generic or not called_so else called_so[0]
            member.sex = member.sex or noun.sex
            member.age = member.age or noun.age
        member.age = mention.age or member.age or ("old" if "old" in mention.look.split() else "")
        member.look = member.look or mention.look
        member.wear(mention.clothes)
        word = "" if mention.pronoun else mention.word
        member.calls |= {word, *mention.aliases, *_parts(mention.name)} - {""}
        self._remember(member)

    def call(self, member: Member, word: str) -> None:
        """From now on the word means this member, too."""
        member.calls.add(word)
        self._remember(member)

    def called(self, word: str, *, plural: bool) -> list[Member]:
        """Whom a word or a part of a name has meant, the latest mentioned first."""
        return sorted(self._called.get((word, plural), ()), key=lambda member: -member.last)

    def see(self, members: list[Member], shot: int, role: str) -> None:
        """They are mentioned in a shot; a group with all its own."""
        seen = [one for member in members for one in (member, *member.parts)]
        for one in seen:
            one.led = role == SUBJECT or (one.led and one.last == shot)
            one.first = shot if one.first < 0 else one.first
            one.last = shot
            one.times += 1
        self.recent = [*seen, *(one for one in self.recent if one not in seen)][:_RECENT]

    def relate(self, kin: str, member: Member, owner: Member) -> None:
        if member is not owner and (kin, member, owner) not in self._kin:
            self._kin = [*self._kin[-_RECENT:], (kin, member, owner)]

    def related(self, kin: str, owner: Member | None, sex: str | None) -> list[Member]:
        """Who is the parent (child, sibling …) of the owner, or of anybody when it is not said of whom."""
        inverse = lexicon().inverse[kin]
        found = [one for what, one, whose in reversed(self._kin) if what == kin and _among(owner, whose)]
        found += [whose for what, one, whose in reversed(self._kin) if what == inverse and _among(owner, one)]
        return [member for member in dict.fromkeys(found) if member.sex in (None, sex) or sex is None]

    def whose(self, kin: str, member: Member) -> list[Member]:
        """Of whom somebody is known to be the parent, child, sibling …"""
        return [whose for what, one, whose in self._kin if what == kin and one is member]

    def characters(self, shown: Sequence[Member], looks: Mapping[str, str]) -> tuple[Character, ...]:
        """These members, each with the words of their looks."""
        return tuple(
            Character(
                id=member.id,
                name=member.name or called(member),
                kind=kind_of(member),
                looks=looks[member.id],
                seed=zlib.crc32(f"{self._seed}/{member.id}/{member.name or member.word}".encode()) & 0x7FFFFFFF,
                aliases=_aliases(member),
                sex=member.sex or "",
            )
            for member in shown
        )

    def _make(self, mention: Mention, name: str | None, count: int) -> Member:
        noun = mention.noun or Noun()
        stem = (
            noun.kind or (mention.word if mention.word.isascii() and not mention.name else "") or "somebody"
        ).replace(" ", "-")
        self._numbers[stem] += 1
        age = mention.age or noun.age or ("old" if "old" in mention.look.split() else "")
        sex = noun.sex or (self._sex_of(name) if name else None)
        member = Member(
            f"{stem}-{self._numbers[stem]}",
            mention.word,
            noun,
            name,
            sex,
            age,
            mention.look,
            [mention.clothes] if mention.clothes else [],
            expected=mention.definite and (noun.generic or mention.owner is not None) and not (noun.kin or noun.animal),
            young_by_name=name is not None and self._age(name) == "young",
            grown_by_name=name is not None and self._age(name) == "grown",
            count=count,
        )
        member.calls = {mention.word, *mention.aliases, *_parts(name)} - {""}
        self.members.append(member)
        return member

    def _sex_of(self, name: str) -> str | None:
        return self._sexes.get(name) or lexicon().sex_of_name(name)

    def _remember(self, member: Member) -> None:
        for call in member.calls:
            known = self._called.setdefault((call, member.plural), [])
            if member not in known:
                known.append(member)


def _among(member: Member | None, others: Member) -> bool:
    return member is None or member is others or member in others.parts


def called(member: Member) -> str:
    """What an unnamed member is called: the baker; with a look where the word says little: little man."""
    look = next((look for look in member.look.split() if look in grammar().words("telling_looks")), "")
    told = look and member.noun.generic and not member.animal and member.word.isascii() and look not in member.word
    return f"{look} {member.word}" if told else member.word


def kind_of(member: Member) -> str:
    """What to draw: the member's kind, or a person of the sex and age that is told; nothing for an unknown animal."""
    kind = member.noun.kind
    of_any_age = member.noun.kin is not None or member.word in grammar().words("of_any_age")
    if kind in _CHILDREN and member.grown_by_name and of_any_age:
        return "woman" if member.sex == "female" else "man"  # 程小燕 may be called 姑娘
    if kind not in (None, "kid", "man", "woman"):
        return kind
    if kind is None and member.animal:
        return ""
    age = member.age if not (member.grown_by_name and member.age == "young" and of_any_age) else ""
    age = age or ("young" if kind == "kid" or _young_by_name(member) else "")
    drawn = grammar().groups["persons"]
    return drawn.get(f"{age} {member.sex or 'anybody'}".strip(), kind or "man")


_CHILDREN = ("boy", "girl", "kid")


def description(member: Member) -> str:
    """The member in English without a name: a little girl in a red coat."""
    told = member.word.isascii() and member.noun.kind is None and not member.name and member.word.islower()
    noun = member.word if told else kind_of(member)
    looks = [word for word in member.look.split() if word not in noun.split() and not _ordinal(word)]
    looks += _own_colour(member) if not grammar().words("colours") & set(looks) else []
    noun = " ".join([*looks, noun])
    if not member.clothes:
        return with_article(noun)
    worn = member.clothes[0]
    bare = worn.endswith(("boots", "shoes", "glasses", "hair"))
    joined = "with" if worn.endswith(("hair", "beard", "moustache", "glasses")) else "in"
    return f"{with_article(noun)} {joined} {worn if bare else with_article(worn)}"


def _own_colour(member: Member) -> list[str]:
    """The colour that an animal's Chinese word begins with: 白马."""
    look = grammar().group("looks", member.word[:1]) if member.animal and len(member.word) > 1 else None
    return [look] if look in grammar().words("colours") else []


def _aliases(member: Member) -> tuple[str, ...]:
    """The other words by which the story calls somebody: parts of the name, roles."""
    name = member.name or member.word
    parts = name.split() if len(name.split()) > 1 else []
    known = {name.lower(), *(part.lower() for part in parts)}
    words = sorted(call for call in member.calls - known if not grammar().group("pronouns", call))
    return (*parts, *words)


def _ordinal(word: str) -> bool:
    return grammar().group("ordinals", word) is not None


def with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _young_by_name(member: Member) -> bool:
    return member.young_by_name and member.noun == Noun() and member.word in ((member.name or "").lower(), "")


def _parts(name: str | None) -> set[str]:
    return {part.lower() for part in re.split("[ ·•・]", name)} | {name.lower()} if name else set()
