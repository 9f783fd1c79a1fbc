"""Who speaks the words in quotation marks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.chinese_meaning import same_person
from storyreel.engines.backends.builtin.planner.deeds import singles
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.resolving import Who
from storyreel.engines.backends.builtin.planner.words import Word

_TALKING = 2  # those on stage last, as a rule the two who talk
_INVERTED = 4  # words at most from the verb to its doer: said the little old man


@dataclass
class Dialogue:
    """Follows a conversation. `speakers` are the last ones, the latest first; `paragraph` is where they spoke.

    `mixed` tells of a story that has several speakers in one paragraph. `asked` tells that they asked last, so
    that the answer may stand in the same paragraph. `acting` is who did something in the last shot, if nobody spoke
    there; `acted_in` is that shot's paragraph. `announcing` is who does something right after the words, `begun`
    tells that the last shot ended with a word of saying, `told` that the last shot says who
    spoke, `spoken` that somebody did.
    """

    mixed: bool = False
    speakers: list[Member] = field(default_factory=list[Member])
    paragraph: int = -1
    acting: Member | None = None
    acted_in: int = -1
    asked: bool = False
    announcing: Member | None = None
    begun: bool = False
    told: bool = False
    spoken: bool = False

    def speaker(
        self,
        words: Sequence[Word],
        reading: Reading,
        who: Who,
        lately: Sequence[Member],
        paragraph: int,
        *,
        answering: bool = False,
    ) -> Member | None:
        """The speaker of a shot; None where nobody speaks.

        `lately` are those who were there, the latest first; `answering` tells that another quotation stands right
        before this one.
        """
        if not any(word.quoted and word.mark != "end" for word in words):
            self.acting, self.acted_in = _leading(reading, who), paragraph
            self.begun = _begins_speech(words)
            self.spoken = False
            return None
        self.spoken = True
        if _written(words) or _only_sounds(words):
            return None
        within = _goes_on_within(words) and bool(self.speakers)
        if within and self.told:
            return self.speakers[0]
        if answering and self.speakers and self.announcing is self.speakers[0]:
            self.announcing = None  # who asked does something, after the other one's answer
        told = _told(words, reading, who)
        self.told = told is not None
        found = told or self.announcing or (self.speakers[0] if within else _says_who(words, lately))
        found = found or self._untold(words, lately, paragraph, answering=answering)
        self.announcing = None
        self.acting = None
        goes_on = not (self.mixed or words[-1].quoted or any(word.chinese for word in words))
        # “Is it far?” he asked. “I am tired.” In Chinese, and where speakers share paragraphs, that is an answer.
        self.asked = not goes_on and (_asks(words) or (self.mixed and _speaks_of_you(words)))
        if found is not None:
            self.speakers = [found, *(one for one in self.speakers if one is not found)][:2]
            self.paragraph = paragraph
        return found

    def rather(self, member: Member) -> Member:
        """Not who seemed to speak last does, but this one."""
        self.speakers = [member, *(one for one in self.speakers[1:] if one is not member)]
        return member

    def asker(self, words: Sequence[Word], paragraph: int) -> Member | None:
        """Who spoke right before a shot that begins with the words of somebody else: “…吗？” “有。”他说.

        In English another paragraph is another speaker's.
        """
        answers = bool(words) and words[0].quoted and (words[0].text in _OPENING or words[0].text == '"')
        asked = self.asked and any(word.chinese for word in words)
        spoke = self.spoken and bool(self.speakers) and (asked or paragraph != self.paragraph)
        return self.speakers[0] if answers and spoke else None

    def announced(
        self, words: Sequence[Word], following: Sequence[Word], member: Member | None, paragraph: int
    ) -> None:
        """Words at the head of a paragraph, in Chinese any, are theirs who act right after them: “好。”狐狸笑了。"""
        if _tags(following):
            self.announcing = member  # “Are there foxes?” Nip asked her.
            return
        if (self.begun or _asks(words)) and self.acted_in == paragraph and self.acting is not None:
            return  # 老牛忽然开口说了话。“…”; “…？”王大山 hears the question
        if member is None or member.plural or not _not_addressed(words, [member]) or _reacts(following):
            return
        if paragraph != self.paragraph or following[0].chinese:
            self.announcing = member

    def _untold(
        self, words: Sequence[Word], lately: Sequence[Member], paragraph: int, *, answering: bool
    ) -> Member | None:
        """Who goes on within a paragraph; else who answers."""
        free = _not_addressed(words, lately) or lately
        if self.acting in free and self.acted_in == paragraph:
            return self.acting  # The stranger smiled. “That is why I came.”
        called = len(free) < len(lately)
        if called and free[0] is lately[0] and free[0].led and any(word.chinese for word in words):
            return free[0]  # 狼窜了出来。“先生，救救我！”
        last = next(iter(self.speakers), None)
        goes_on = paragraph == self.paragraph and not (self.asked or answering)
        if last is not None and goes_on and (last in free or not free):
            return last
        present = [one for member in free for one in singles(member) if not one.plural and one.noun.kind != "baby"]
        talking = [one for one in present if not one.animal or one.name or one in self.speakers]
        present = list(dict.fromkeys(talking or present))  # a cat speaks only where it has spoken
        if last is None or last not in present:
            # “Grandpa, wake up!” says rather the hero than anybody else
            child = called and _calls_parent(words)
            return max(
                present,
                key=lambda one: (child and one.noun.kin == "child", *((one.times, -one.first) if called else (0, 0))),
                default=None,
            )
        others = [one for one in (*present[:_TALKING], *self.speakers[1:], *present) if one is not last]
        return others[0] if others else last


def _goes_on_within(words: Sequence[Word]) -> bool:
    """Whether a shot begins within a Chinese quotation that the shot before it began."""
    return words[0].quoted and words[0].text not in _OPENING and any(word.chinese for word in words)


_OPENING = "“「『‘"


def _only_sounds(words: Sequence[Word]) -> bool:
    """“喵”, “咚咚咚”: nobody speaks."""
    spoken = "".join(word.text for word in words if word.quoted and word.mark != "end")
    return bool(spoken) and not set(spoken) - grammar().words("sounds")


def _says_who(words: Sequence[Word], lately: Sequence[Member]) -> Member | None:
    """“奶奶，我是敏敏。”"""
    spoken = [word for word in words if word.quoted]
    for one, two, name in zip(spoken, spoken[1:], spoken[2:], strict=False):
        if one.text == "我" and two.text in ("是", "叫") and name.mark == "name":
            called = Mention(0, 0, name=name.text)
            return next((member for member in lately if name.text in member.calls or same_person(member, called)), None)
    return None


def _tags(words: Sequence[Word]) -> bool:
    """Whether English words that follow a quotation say who spoke it, with no other quotation."""
    if any(word.quoted or word.chinese for word in words):
        return False
    said = [place for place, word in enumerate(words[:4]) if word.verbs & grammar().words("tags") and not word.mark]
    return bool(said) and not any(word.mark in ("preposition", "joining") for word in words[: said[0]])


def _begins_speech(words: Sequence[Word]) -> bool:
    """Whether the last clause tells in Chinese that somebody says something: 老牛忽然开口说了话。"""
    tail = [word for word in words if word.mark != "end"][-4:]
    return bool(tail) and tail[-1].chinese and any(_says(word) for word in tail)


def _reacts(words: Sequence[Word]) -> bool:
    """Whether somebody rather heard what was said before: 老虎愣住了。"""
    told = "".join(word.text for word in words if word.chinese and not word.quoted)
    return any(reaction in told for reaction in grammar().words("reactions"))


def _written(words: Sequence[Word]) -> bool:
    """Whether what stands in quotation marks is written on something: an envelope, marked “For the lady”."""
    first = next(place for place, word in enumerate(words) if word.quoted)
    before = words[max(0, first - 2) : first]
    return any(word.verbs & grammar().words("writing") or word.text in grammar().words("written") for word in before)


def _asks(words: Sequence[Word]) -> bool:
    """Whether the shot asks: “Where is it?” she said; 他问。"""
    spoken = [word.text for word in words if word.quoted and word.text in ".!?…"]
    return spoken[-1:] == ["?"] or any(word.text in ("问", "问道", "问：") for word in words if not word.quoted)


def _speaks_of_you(words: Sequence[Word]) -> bool:
    """Whether it is said of the one spoken to, and told who says so: “You are late,” said Tom. “Traffic.”"""
    spoken = [word for word in words if word.quoted and word.mark != "end"]
    commanded = spoken[0].lower in grammar().words("commands")
    return not words[-1].quoted and (commanded or any(word.lower in ("you", "your") for word in spoken))


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
    first = next((word for word in words if word.mark != "end"), words[0])
    if first.quoted and first.chinese and _reacts(words):
        return None  # “…我好像要生了。”司机二话没说，踩下油门
    verbs = [place for place, word in enumerate(words) if not word.quoted and _says(word)]
    quotes = [place for place, word in enumerate(words) if word.quoted]
    if verbs:
        verb = min(verbs, key=lambda place: min(abs(place - quote) for quote in quotes))
        nearest = min(acting, key=lambda mention: _distance(words, mention.first, verb))
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
    if word.chinese and word.text in member.calls | {member.word}:
        return True
    noun = lexicon().noun(word.lower)
    if noun is None or noun.animal != member.animal or member.plural:
        return False
    if word.chinese and noun.generic and not member.name:
        return noun.age == member.age and noun.sex in (None, member.sex)
    grown = noun.kin in ("parent", "grandparent", "elder relative") or word.text in ("先生", "大王", "sir")
    return grown and noun.sex is not None and member.sex == noun.sex and member.age != "young"


def _calls_parent(words: Sequence[Word]) -> bool:
    """“爸爸，你答应给我讲故事的。”"""
    first = next((word for word in words if word.quoted and word.mark != "end"), None)
    noun = lexicon().noun(first.lower) if first is not None else None
    return noun is not None and noun.kin == "parent"


def _distance(words: Sequence[Word], mention: int, verb: int) -> float:
    """A doer stands before the verb, or right after it: said the fox; but not: growled when she came."""
    if mention < verb:
        return verb - mention
    joined = any(word.mark in ("joining", "preposition", "end") for word in words[verb + 1 : mention])
    return 0.5 if mention - verb <= _INVERTED and not joined else 100 + mention - verb


def _says(word: Word) -> bool:
    said = grammar().words("speech_verbs")
    return bool(word.verbs & said) or (word.chinese and word.text.endswith(tuple(grammar().words("speech_tags"))))
