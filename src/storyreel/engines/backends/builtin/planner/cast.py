"""Who is who: follows kinds, names and pronouns through the story, so that one Character stays one Character."""

import zlib
from collections import Counter
from dataclasses import dataclass, field

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.reading import Mention

_REMEMBERED = 4  # a pronoun reaches back this many shots
_RECENT = 50
_NARRATOR = "i"
_ON_STAGE = 3  # as many as a picture holds


@dataclass
class Member:
    """Somebody of the story, as far as it has been read. `calls` are the words used for them."""

    id: str
    word: str
    kind: str | None
    name: str | None = None
    sex: str | None = None
    animal: bool = False
    look: str = ""
    clothes: str = ""
    calls: set[str] = field(default_factory=set[str])
    last: int = -1


class Cast:
    """Everybody met so far. Shots are given in order, by number."""

    def __init__(self, animals: frozenset[str], names: frozenset[str], seed: int) -> None:
        self._animals = animals
        self._names = names
        self._seed = seed
        self._members: list[Member] = []
        self._recent: list[Member] = []  # the latest first, so many that no pronoun or kind reaches further back
        self._called: dict[str, Member] = {}  # whom each word or name meant last
        self._numbers = Counter[str]()
        self._before: list[Member] = []

    def stage(self, shot: int, mentions: tuple[Mention, ...]) -> dict[int, list[Member]]:
        """Who each mention means, by the place of its first word, in order."""
        strong = [mention for mention in mentions if not mention.weak or mention.name]
        found: dict[int, list[Member]] = {}
        here: list[Member] = []
        for mention in strong or mentions:
            members = [member for member in self._who(shot, mention, here) if member not in here]
            for member in members:
                member.last = shot
                self._called.update(dict.fromkeys(member.calls, member))
            here += members
            if members:
                found[mention.first] = members
        for mention in mentions:
            self._learn_sex(mention, here)
        self._recent = [*here, *(member for member in self._recent if member not in here)][:_RECENT]
        if here:
            self._before = here
        return found

    def before(self) -> list[Member]:
        """Who was on stage last."""
        return self._before[:_ON_STAGE]

    def find(self, mention: Mention) -> Member | None:
        """Whom a mention means, without making anybody up."""
        return self._known(mention)

    def characters(self, ids: frozenset[str]) -> tuple[Character, ...]:
        """The members with these ids, in the order in which they came."""
        return tuple(
            Character(
                id=member.id,
                name=member.name or member.word,
                kind=kind_of(member),
                looks=description(member),
                seed=zlib.crc32(f"{self._seed}/{member.name or member.word}".encode()) & 0x7FFFFFFF,
            )
            for member in self._members
            if member.id in ids
        )

    def _who(self, shot: int, mention: Mention, here: list[Member]) -> list[Member]:
        if mention.pronoun:
            meant = self._meant(shot, mention.pronoun, here)
            if mention.name and len(meant) == 1:  # his name was Tom
                meant[0].name = mention.name
                meant[0].calls |= _parts(mention)
            return meant
        known = self._known(mention)
        if known is not None and mention.new and known.name and not mention.name:
            known = None  # a boy, after Tom the boy: somebody else
        member = known or self._new(mention)
        member.kind = member.kind or mention.kind
        member.name = member.name or mention.name
        member.look = member.look or mention.look
        member.clothes = member.clothes or mention.clothes
        member.calls |= {mention.word.lower(), *_parts(mention)}
        return [member]

    def _known(self, mention: Mention) -> Member | None:
        for call in (*sorted(_parts(mention)), mention.word.lower()):
            if call in self._called:
                return self._called[call]
        if mention.name and not mention.kind:
            return None
        return next((member for member in self._recent if _same_kind(member, mention)), None)

    def _new(self, mention: Mention) -> Member:
        stem = (mention.kind or "somebody").replace(" ", "-")
        self._numbers[stem] += 1
        sex = _sex_of_kind(mention.kind)
        member = Member(f"{stem}-{self._numbers[stem]}", mention.word, mention.kind, mention.name, sex)
        member.animal = mention.kind in self._animals
        self._members.append(member)
        return member

    def _meant(self, shot: int, pronoun: str, here: list[Member]) -> list[Member]:
        if pronoun in ("self", "self_all"):
            narrator = self._called.get(_NARRATOR)
            if narrator is None:
                narrator = self._new(Mention(0, "I", kind="kid"))
                narrator.calls |= {_NARRATOR}
            return [narrator] if pronoun == "self" else [narrator, *self._before][:_ON_STAGE]
        recent = [member for member in self._recent if member.last >= shot - _REMEMBERED]
        if pronoun == "all":
            group = self._before if len(self._before) > 1 else recent
            return [] if len(here) > 1 else group[: _ON_STAGE - len(here)]
        fitting = [member for member in recent if _fits(member, pronoun)]
        if not fitting or any(_fits(member, pronoun) for member in here):
            return []
        # Whoever is surely meant comes first; then whoever led the last shot, rather than whom they met there.
        lead = min(fitting, key=lambda member: (self._unlikely(member), self._place(member), -member.last))
        lead.sex = lead.sex or (pronoun if pronoun != "thing" else None)
        return [lead]

    def _unlikely(self, member: Member) -> bool:
        """Whether he or she is rather some person: an animal counts when it led the last shot."""
        return member.animal and self._before[:1] != [member]

    def _place(self, member: Member) -> int:
        return self._before.index(member) if member in self._before else len(self._before)

    def _learn_sex(self, mention: Mention, here: list[Member]) -> None:
        if mention.pronoun in ("male", "female"):
            unsure = [member for member in here if member.sex is None and not member.animal]
            if len(unsure) == 1 and not any(member.sex == mention.pronoun for member in here):
                unsure[0].sex = mention.pronoun


def kind_of(member: Member) -> str:
    """The member's kind; for a bare name, a child of the sex that the story's pronouns tell."""
    if member.kind in (None, "kid"):
        return {"male": "boy", "female": "girl"}.get(member.sex or "", "kid")
    return member.kind


def description(member: Member) -> str:
    """The member in English without a name: a little girl in a red coat."""
    kind = kind_of(member)
    noun = " ".join([word for word in member.look.split() if word not in kind.split()] + [kind])
    if not member.clothes:
        return with_article(noun)
    plural = member.clothes.endswith(("boots", "glasses"))
    return f"{with_article(noun)} in {member.clothes if plural else with_article(member.clothes)}"


def with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _parts(mention: Mention) -> set[str]:
    return {part.lower() for part in (mention.name or "").split()}


def _sex_of_kind(kind: str | None) -> str | None:
    if kind in grammar().words("male_kinds"):
        return "male"
    return "female" if kind in grammar().words("female_kinds") else None


def _fits(member: Member, pronoun: str) -> bool:
    if pronoun == "thing":
        return member.animal or member.kind in ("robot", "snowman", "ghost")
    return member.sex in (None, pronoun)


def _same_kind(member: Member, mention: Mention) -> bool:
    """Whether 'the girl' may be the kid, or 'the bunny' the rabbit, of whom the story told before."""
    if mention.new or mention.kind is None:
        return False
    if member.kind == mention.kind and (member.animal or not mention.name or not member.name):
        return member.animal or mention.kind in ("kid", "boy", "girl", "man", "woman", "old man", "old woman")
    young = grammar().words("young_kinds")
    if mention.kind not in young or (member.kind is not None and member.kind not in young):
        return False
    return member.kind != mention.kind and None in (_sex_of_kind(mention.kind), _sex_of_kind(member.kind), member.kind)
