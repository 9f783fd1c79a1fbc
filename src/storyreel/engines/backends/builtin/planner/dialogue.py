"""Who speaks the words in quotation marks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.deeds import singles
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.resolving import Who
from storyreel.engines.backends.builtin.planner.words import Word


@dataclass
class Dialogue:
    """Follows a conversation. `speakers` are the last ones, the latest first; `paragraph` is where they spoke.

    `asked` tells that they asked last, in Chinese, where the answer may stand in the same paragraph. `acting` is who
    did something in the last shot, if nobody spoke there; `acted_in` is that shot's paragraph.
    """

    speakers: list[Member] = field(default_factory=list[Member])
    paragraph: int = -1
    acting: Member | None = None
    acted_in: int = -1
    asked: bool = False

    def speaker(
        self, words: Sequence[Word], reading: Reading, who: Who, lately: Sequence[Member], paragraph: int
    ) -> Member | None:
        """The speaker of a shot; None where nobody speaks. `lately` are those who were there, the latest first."""
        if not any(word.quoted and word.mark != "end" for word in words):
            self.acting, self.acted_in = _leading(reading, who), paragraph
            return None
        found = _told(words, reading, who) or self._untold(_not_addressed(words, lately) or lately, paragraph)
        self.acting = None
        self.asked = any(word.text in ("问", "问道", "问：") for word in words if not word.quoted)
        if found is not None:
            self.speakers = [found, *(one for one in self.speakers if one is not found)][:2]
            self.paragraph = paragraph
        return found

    def announced(self, words: Sequence[Word], member: Member | None, paragraph: int) -> None:
        """Words at the head of a paragraph are theirs who act right after them: “好。”狐狸笑了。"""
        if member is not None and not _not_addressed(words, [member]):
            member = None
        if member is not None and not member.plural and paragraph != self.paragraph:
            self.speakers = [member, *(one for one in self.speakers if one is not member)][:2]
            self.paragraph = paragraph

    def _untold(self, lately: Sequence[Member], paragraph: int) -> Member | None:
        """Who goes on within a paragraph; else who answers."""
        if self.acting in lately and self.acted_in == paragraph:
            return self.acting  # The stranger smiled. “That is why I came.”
        if (
            self.speakers
            and paragraph == self.paragraph
            and not self.asked
            and (self.speakers[0] in lately or not lately)
        ):
            return self.speakers[0]
        present = list(dict.fromkeys(one for member in lately for one in singles(member) if not one.plural))
        if not self.speakers or self.speakers[0] not in present:
            return present[0] if present else None
        others = [one for one in (*self.speakers[1:], *present) if one in present and one is not self.speakers[0]]
        return others[0] if others else self.speakers[0]


def _leading(reading: Reading, who: Who) -> Member | None:
    """The one who does something in a shot; None where several do, or nobody."""
    firsts = [-1, *(mention.first for mention in reading.mentions if mention.role == SUBJECT)]
    members = list(dict.fromkeys(one for first in firsts for member in who.get(first, ()) for one in singles(member)))
    return members[0] if members and not members[0].plural else None


def _told(words: Sequence[Word], reading: Reading, who: Who) -> Member | None:
    """Who is said to speak: the doer nearest to the verb of saying, else the last one who did something."""
    acting = [mention for mention in reading.mentions if mention.role == SUBJECT and mention.first in who]
    if -1 in who and not acting:
        return singles(who[-1][0])[0]
    if not acting:
        return None
    verbs = [place for place, word in enumerate(words) if not word.quoted and _says(word)]
    quotes = [place for place, word in enumerate(words) if word.quoted]
    if verbs:
        verb = min(verbs, key=lambda place: min(abs(place - quote) for quote in quotes))
        nearest = min(acting, key=lambda mention: _distance(mention.first, verb))
    else:
        nearest = min(acting, key=lambda mention: min(abs(mention.first - quote) for quote in quotes))
    return singles(who[nearest.first][0])[0]


def _not_addressed(words: Sequence[Word], lately: Sequence[Member]) -> list[Member]:
    """Those whom the spoken words do not call: who is called 先生, or Mother, does not speak."""
    spoken = [word for word in words if word.quoted]
    called: list[Word] = []
    for place, word in enumerate(spoken):
        begins = place == 0 or spoken[place - 1].mark == "end"
        ends = place + 1 < len(spoken) and spoken[place + 1].mark == "end"
        if begins and (ends or (word.chinese and all(other.mark == "end" for other in spoken[:place]))):
            called.append(word)
    return [one for one in lately if not any(_calls(word, one) for word in called)]


def _calls(word: Word, member: Member) -> bool:
    if member.name and word.text in member.name.split():
        return True
    noun = lexicon().noun(word.lower)
    if noun is None or noun.animal != member.animal or member.plural:
        return False
    grown = noun.kin in ("parent", "grandparent", "elder relative") or word.text in ("先生", "大王", "sir")
    return grown and noun.sex is not None and member.sex == noun.sex and member.age != "young"


def _distance(mention: int, verb: int) -> float:
    """A doer stands before the verb, or right after it: said the fox."""
    return verb - mention if mention < verb else 0.5 if mention - verb <= 3 else 100 + mention - verb


def _says(word: Word) -> bool:
    said = grammar().words("speech_verbs")
    return bool(word.verbs & said) or (word.chinese and word.text.endswith(tuple(grammar().words("speech_tags"))))
