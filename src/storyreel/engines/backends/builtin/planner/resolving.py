"""Whom each mention means: follows names, words, kinship and pronouns from shot to shot."""

from collections.abc import Sequence
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.antecedents import Choice, Moment, choose
from storyreel.engines.backends.builtin.planner.calling import (
    differs,
    may_be_called,
    of_one_sort,
    rather_called,
    so_many,
)
from storyreel.engines.backends.builtin.planner.cast import Cast, Member, kind_of
from storyreel.engines.backends.builtin.planner.chinese_meaning import (
    known_to_be_so_many,
    named_behind,
    only_things,
    pair,
)
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.kinship import (
    of_couple,
    of_owner,
    one_of_two,
    relate,
    settle_couple,
    sibling_of_group,
)
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import Noun
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.naming import (
    NARRATOR,
    STRANGERS,
    among_animals,
    narrator,
    stranger,
    unnamed,
    wed,
    who_tells,
)
from storyreel.engines.backends.builtin.planner.party import Party
from storyreel.engines.backends.builtin.planner.plurals import THINGS
from storyreel.engines.backends.builtin.planner.pronouns import everybody_met, fits, only_spoken_of, others_meant
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.recognising import by_name, of_several

_REMEMBERED = 8  # the girl, the stranger: a word that fits many means one of these many shots
_HEARING = 3  # shots
_SPOKEN_OF = 12  # members
_TALKING = 2  # they are whom a conversation keeps on stage
Who = dict[int, list[Member]]
"""Who is meant by each mention, by the place of its first word, in order; −1 for whom the sentence leaves out."""


class Resolver:
    """Reads the mentions of the shots in order. `before` are those on stage in the last shot that had anybody.

    `meant` and `choices` are the last shot's: its mentions with whom they mean, how its pronouns were understood.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.before: list[Member] = []
        self._shot = -1
        self._leading: list[Member] = []
        self._we: list[Member] = []
        self._heard: list[tuple[frozenset[str], Member | None]] = []
        self._addressed: frozenset[str] = frozenset()
        self._party = Party()
        self._reading = Reading()
        self._asker: Member | None = None
        self._coming: Sequence[Sequence[Mention]] = ()
        self._plural = ""
        self._told: list[Member] = []
        self.choices: list[Choice] = []
        self._met: list[Member] = []
        self.meant: list[tuple[Mention, list[Member]]] = []
        self._them: tuple[int, list[Member]] = (-2, [])

    def next(self, reading: Reading, *, asker: Member | None = None, coming: Sequence[Reading] = ()) -> Who:
        """Who is on stage in the next shot, before some of the `coming` ones; he or she is rather not the `asker`."""
        self._shot += 1
        self._coming = [reading.mentions, *(one.mentions for one in coming)]
        self.choices = []
        self._asker = asker
        self._reading = reading
        mentions = reading.mentions
        found: Who = {}
        meant: dict[int, list[Member]] = {}  # of every mention, also of who is only spoken of
        here: list[Member] = []
        around = {id(one): one for one in self.lately()}.values()
        self._come_together(meant)
        if reading.unsaid and self.before:
            found[-1] = self.cast.called(NARRATOR, plural=False)[:1] or self._lead()
            here += found[-1]
            self._see(found[-1], SUBJECT)
        for mention in mentions:
            members = self._who(mention, here, meant)
            meant[id(mention)] = members
            self._tell_of(members, mention)
            if mention.pronoun == "all" and members and not mention.owns:
                self._them = (self._shot, members)
            if mention.earlier and not any(one in around for one in members):
                continue  # her grandfather had dug the well
            if mention.role == SUBJECT and members:
                self._leading = members
            if mention.role in (SUBJECT, OBJECT):
                self._see(members, mention.role)
                here += [one for one in members if one not in here]
                if members:
                    found.setdefault(mention.first, members)
        self._come_together(meant)
        if not here:
            here = self._owners(mentions, meant, found)
        self.before = here or self.before
        self.meant = [(mention, meant[id(mention)]) for mention in mentions]
        self._hear(reading)
        self._told = [one for members in meant.values() for one in members if one not in here]
        self._travel(mentions, found, reading.going)
        if reading.going == "weds":
            wed(self.cast, here)
        return found

    def _hear(self, reading: Reading) -> None:
        """What later shots may go back to: the names in what was spoken, and of what plural it told."""
        self._heard = [*self._heard[-_REMEMBERED:], (reading.heard, None)]
        self._addressed = reading.addressed
        self._plural = reading.plural or self._plural

    def _travel(self, mentions: Sequence[Mention], found: Who, going: str) -> None:
        """Who goes on together from here."""
        firsts = {-1, *(mention.first for mention in mentions if mention.role == SUBJECT)}
        doers = list(
            dict.fromkeys(one for at in found if at in firsts for group in found[at] for one in group.parts or [group])
        )
        if going == "parts":
            self._party.part()
        elif going == "joins" and doers:
            others = [one for members in found.values() for one in members if one not in doers] or self._main(doers[0])
            self._party.join(doers[0], [*others, *doers[1:]], self._shot)
        elif going == "travels":
            self._party.go(doers, self._shot)

    def _main(self, but: Member) -> list[Member]:
        """Who is told of most lately, for somebody to come along with."""
        recent = [one for one in self.cast.recent if one.last >= self._shot - _REMEMBERED and one is not but]
        return sorted((one for one in recent if not one.plural), key=lambda one: -one.times)[:1]

    def lately(self) -> list[Member]:
        """Who was there in the last shots, those on stage last before the others."""
        recent = [one for one in self.cast.recent if one.last >= self._shot - _HEARING]
        return list(dict.fromkeys([*self.before, *recent]))

    def speaks(self, speaker: Member) -> None:
        """Whose words stand in quotation marks is there, also where nothing else tells so."""
        self._see([speaker], SUBJECT)
        speaker.spoke = True
        if self._addressed:
            self._heard[-1] = self._heard[-1][0], speaker
        if speaker not in self.before:
            self.before = [speaker, *self.before][:_TALKING]

    def introduces(self, speaker: Member, name: str) -> None:
        """Who says their name is called so from now on; no name (empty) and one that is taken do nothing."""
        if name and not speaker.name and not any(one.name == name for one in self.cast.members):
            self.cast.learn(speaker, Mention(0, 0, name, None, name))

    def meet(self, mention: Mention) -> Member | None:
        """Whom a mention means that the next shot begins with; nobody for a pronoun or somebody told of as new."""
        if mention.pronoun == "self":
            return narrator(self.cast, mention.word)  # “Here for the flowers?” I asked.
        if mention.pronoun in ("male", "female") and is_han(mention.word[0]):
            return next(iter(self._choose(self.cast.recent, mention, (), later=1)), None)
        if mention.pronoun or mention.new or mention.plural:
            return None
        return self.find(mention) or self.cast.add(mention)

    def find(self, mention: Mention) -> Member | None:
        """Whom a mention means, without making anybody up."""
        if mention.pronoun:
            return None
        known = self._known(mention, [], None)
        return known[0] if known else None

    def _lead(self) -> list[Member]:
        """Who did something last; all of them where they were a group or did it together."""
        return [one for one in self._leading if one in self.before] or self.before[:1]

    def _see(self, members: list[Member], role: str) -> None:
        self.cast.see(members, self._shot, role)

    def _owners(self, mentions: Sequence[Mention], meant: dict[int, list[Member]], found: Who) -> list[Member]:
        """Where nobody else is mentioned, his hat stands for him."""
        here: list[Member] = []
        for mention in mentions:
            if mention.role == OWNER and (mention.pronoun or mention.name or is_han(mention.word[0])):
                here += [one for one in meant[id(mention)] if one not in here]
                if here:
                    found.setdefault(mention.first, here)
                    self._see(here, OBJECT)
        return here

    def _who(self, mention: Mention, here: list[Member], meant: dict[int, list[Member]]) -> list[Member]:
        if mention.pronoun:
            told = unnamed(self._lately(), mention.pronoun, surely=True) if mention.name else []
            if not here and mention.role == SUBJECT and mention.word in STRANGERS:
                told = told or [one for one in [self.teller(mention.pronoun)] if one]
            members = told or self._of_earlier(mention, meant) or self._by_pronoun(mention, here)
            if not members and mention.role in (SUBJECT, OBJECT) and mention.word in STRANGERS:
                members = [stranger(self.cast, mention.word)]
            if mention.name and members and members[0].name:
                members = unnamed(self._lately(), mention.pronoun) or members  # her name was Juno
            if (mention.name or mention.noun) and len(members) == 1:
                self.cast.learn(members[0], mention)
            return members
        owner = next(iter(meant.get(id(mention.owner), ())), None) if mention.owner else None
        known = self._known(mention, here, owner)
        if known:
            if mention.part is not None and not known[0].name:
                known[0].word, known[0].noun = mention.word, mention.noun or known[0].noun
            if len(known) == 1 and mention.role != APART:
                self.cast.learn(known[0], mention)
        elif not mention.name and (
            mention.role == APART
            or mention.noun is None
            or (mention.role == OWNER and (mention.new or mention.noun.animal))
        ):
            return []  # a horse as black as a raven: no raven is there; a child's drawing
        else:
            mention.noun = among_animals(self.cast, mention, owner or next(iter(here), None))
            known = [self.cast.add(mention)]
        self._relate(mention, known, owner, here)
        settle_couple(self.cast, known)
        return known

    def teller(self, pronoun: str = "person") -> Member | None:
        """Who says their name in the last shot: “My name is Jonas.”"""
        name = self._reading.introduced
        return who_tells(self.cast, name, pronoun, self._shot) if name and name.isascii() else None

    def _lately(self) -> list[Member]:
        """Who was told of in the last shots, the latest first; no groups."""
        return [one for one in self.cast.recent if one.last >= self._shot - _REMEMBERED and not one.plural]

    def _relate(self, mention: Mention, members: list[Member], owner: Member | None, here: list[Member]) -> None:
        """Who is whose kin: his mother; a farmer had three sons; 女儿小红, of whom was told before."""
        kin = mention.noun.kin if mention.noun else None
        if kin is None or (mention.noun and mention.noun.generic and owner is None):
            return
        whose = [owner] if owner else [] if any(self.cast.whose(kin, one) for one in members) else self._chief(here)
        relate(self.cast, kin, members, whose, owned=owner is not None)

    def _chief(self, here: list[Member]) -> list[Member]:
        """Whose father "father" is: the doer told of in the same breath, else who is told of most."""
        return here[:1] or sorted(self._lately(), key=lambda one: (-one.times, -one.last))[:1]

    def _by_pronoun(self, mention: Mention, here: list[Member]) -> list[Member]:
        pronoun = mention.pronoun or ""
        if pronoun == "self_all" and is_han(mention.word[0]) and not self.cast.called(NARRATOR, plural=False):
            return []  # 这就是我们今天说的…
        if pronoun in ("self", "self_all"):
            teller = narrator(self.cast, mention.word)
            return [teller] if pronoun == "self" else [teller, *self._companions(teller, here)]
        if pronoun in ("all", "everybody"):
            if mention.count > 1:
                return so_many(mention.count, mention, here, [*self.before, *self._lately()])
            if pronoun == "everybody":
                crowd = [one for one in here if one.plural]  # 村民们看见了，大家都欢呼起来
                return crowd or everybody_met(self.cast.recent, self._shot)
            if mention.thingly and self._plural == THINGS:
                return []
            party, going = self._party.members(self._shot), self._reading.going
            met = [one for one in self.before if one not in party]
            if party and mention.word == "all":
                return list(dict.fromkeys([*party, *self.before, *here]))
            if party and len(here) < _TALKING and (going == "travels" or len(self.before) < _TALKING or not met):
                return party
            still = self._still(mention, here)
            others = still or others_meant(self.cast.recent, self.before, here, self._shot, human=mention.human)
            return only_things(mention, others)
        there = [one for one in self.cast.recent if one.last >= self._shot - 1]
        if mention.word in STRANGERS and (told := only_spoken_of(self._told, [*here, *there], mention)):
            return told
        out = [self._asker, *named_behind(mention, self._reading.mentions, self.find)] if not here else []
        met = dict.fromkeys([*self.cast.recent, *self._met])
        others = [one for one in met if one not in out]
        answering = is_han(mention.word[0]) or any(one in self.lately() and fits(one, pronoun) for one in others)
        return self._choose(others if answering else list(met), mention, here)

    def _choose(self, met: Sequence[Member], mention: Mention, here: Sequence[Member], later: int = 0) -> list[Member]:
        """Whom a pronoun means that stands so many shots `later`."""
        choice = choose(met, mention, Moment(self._shot + later, here, self.before, self._asker, self._coming[later:]))
        self.choices.append(choice)
        if choice.taken is None:
            return []
        if choice.taken.sex is None and mention.pronoun in ("male", "female"):
            choice.taken.sex = mention.pronoun
        return [choice.taken]

    def _tell_of(self, members: Sequence[Member], mention: Mention) -> None:
        """They are mentioned, maybe only as whom one speaks of."""
        for one in members:
            one.told, one.role, one.by = self._shot, mention.role, mention.sort
        self._met = list(dict.fromkeys([*members, *self._met]))[:_SPOKEN_OF]

    def _still(self, mention: Mention, here: list[Member]) -> list[Member]:
        """They, where the last shot spoke of them: a driver stared at them. At last they stood on the cliff."""
        shot, members = self._them
        return members if shot == self._shot - 1 and not here and mention.role == SUBJECT else []

    def _of_earlier(self, mention: Mention, meant: dict[int, list[Member]]) -> list[Member]:
        """He and she in what had been before are those whom that began with: my grandfather had … he had …"""
        if not mention.earlier or mention.pronoun not in ("male", "female"):
            return []
        told = [one for members in meant.values() for one in members if one.last < self._shot and not one.plural]
        return [one for one in reversed(told) if one.sex == mention.pronoun][:1]

    def _companions(self, teller: Member, here: list[Member]) -> list[Member]:
        """Who "we" are beside the narrator: those who were with them when it was said first."""
        if not self._we:
            near = [one for one in self.lately() if one in self.before or one.last >= self._shot - _TALKING]
            self._we = list(dict.fromkeys(one for one in (*here, *near) if not (one.animal or one.plural)))
            self._we = [one for one in self._we if one is not teller][:_TALKING]
        return self._we

    def _come_together(self, meant: dict[int, list[Member]]) -> None:
        """Who is told of in one breath with the narrator: they are "we" from now on: Ben and I; me and my sister."""
        for one, other in pairwise(one for one in self._reading.mentions if not one.owns):
            if other.joined and "self" in (one.pronoun, other.pronoun):
                beside = other if one.pronoun == "self" else one
                found = meant.get(id(beside)) or [known for known in [self.find(beside)] if known]
                self._we = [one for one in found if not one.animal] or self._we

    def _known(self, mention: Mention, here: list[Member], owner: Member | None) -> list[Member]:
        noun = mention.noun
        if mention.part is not None and (one := one_of_two(self.cast, mention.part)):
            return one
        if mention.name:
            together = [{id(one), id(two)} for one, two in pairwise(self._reading.mentions) if two.joined]
            beside = any(id(mention) in both for both in together)
            named = by_name(self.cast, mention, self._heard, self._shot, alone=not beside)
            titled = mention.word == mention.name.lower() and mention.name.isascii()  # Ms Lindqvist
            if named or noun is None or mention.new or (noun.generic and titled):
                return named
        if noun is None:
            several = next((one.parts for one in self.cast.recent if one.parts), list[Member]())
            return [of_several(self.cast, several, mention)] if several and mention.look else []
        if noun.kin and owner is not None:
            return of_owner(self.cast, noun, mention, owner)
        if mention.plural:
            return self._group(mention, noun)
        called = [one for one in self.cast.called(mention.word, plural=False) if not differs(one, mention)]
        if called and not (mention.new and not mention.definite):
            return [of_several(self.cast, called, mention)]
        if mention.new:
            return []
        if noun.kin and owner is None and (related := self.cast.related(noun.kin, None, noun.sex)):
            return [one for one in related if one not in here][:1] or related[:1]
        return (
            of_couple(self.cast, noun)
            or self._by_sort(mention, noun, here)
            or sibling_of_group(self.cast, noun, mention, self._shot - _REMEMBERED)
        )

    def _group(self, mention: Mention, noun: Noun) -> list[Member]:
        """The brothers: a group called so, or those of whom it may be said."""
        if mention.new and mention.count != 0:
            return known_to_be_so_many(mention, [*self.before, *self._lately()])
        if called := [one for one in self.cast.called(mention.word, plural=True) if kind_of(one)]:
            return called[:1]
        if two := pair(self.cast, self._lately(), mention.word):
            return two
        if mention.word in grammar().words("pairs") and len(self.lately()) > 1 and not mention.new:
            return [one for one in self.cast.recent if len(one.parts) == _TALKING][:1] or (
                [] if noun.kin else so_many(2, mention, [], [*self.before, *self._lately()])
            )
        if mention.new:
            return []
        recent = self._lately()
        called = [one for one in self.cast.called(mention.word, plural=False) if one in recent]
        if len(called) > 1:
            return called  # Clara and Ruth were sisters. The sisters …
        fitting = [one for one in recent if may_be_called(one, mention, noun) and noun.sex in (None, one.sex)]
        fitting = of_one_sort(fitting, mention.count)
        fitting.sort(key=lambda one: -one.last)
        wanted = mention.count or len(fitting)
        return fitting[:wanted] if len(fitting) > 1 and len(fitting) >= wanted else []

    def _by_sort(self, mention: Mention, noun: Noun, here: list[Member]) -> list[Member]:
        """The girl, the animal, the bunny: who was told of by another word that means the same."""
        recent = self._lately()
        fitting = [one for one in recent if may_be_called(one, mention, noun) and not (one.name and mention.name)]
        fitting.sort(key=lambda one: (one in here, *rather_called(one, mention, noun), -one.last, -one.times))
        if here and fitting and fitting[0].last < self._shot - _HEARING:
            fitting.sort(key=lambda one: one not in here)  # they went on, the boy counting his steps
        if len(here) == 1:
            fitting = [one for one in fitting if one not in here]
        return fitting[:1]
