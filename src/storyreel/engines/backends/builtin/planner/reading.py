"""Reads one shot: who is mentioned, what they do, where, when and in what weather. Knows nothing of other shots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.context import (
    before_noun,
    clause_before,
    denied,
    doubtful,
    held,
    only_named,
    stands_for_nobody,
    unreal,
)
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.places import hinted_setting, setting_of
from storyreel.engines.backends.builtin.planner.vocabulary import Match, Vocabulary
from storyreel.engines.backends.builtin.planner.words import Word


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody is spoken of at word `first`: by kind, by name, or by a pronoun's class (male, female, all …).

    `word` is what they were called, `look` their size and colours, `clothes` what they wear, in English. A `weak`
    mention (his hat) counts only where there is no other.
    """

    first: int
    word: str
    kind: str | None = None
    name: str | None = None
    pronoun: str | None = None
    new: bool = False
    look: str = ""
    clothes: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Somebody does something at word `first`. `pose` is None for a verb that no pose shows.

    `verb` is the verb's lemma (in Chinese as it stands; empty for an adjective such as asleep), `rest` the text after
    it in its clause, up to word `last`, `things` what of the vocabulary is among that.
    """

    first: int
    pose: str | None
    verb: str
    rest: str = ""
    last: int = -1
    things: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one shot says by itself; None or empty where it says nothing."""

    mentions: tuple[Mention, ...] = ()
    actions: tuple[Action, ...] = ()
    expressions: tuple[tuple[int, str], ...] = ()
    held: tuple[tuple[int, str], ...] = ()
    props: tuple[str, ...] = ()
    setting: str | None = None
    hinted_setting: str | None = None
    time: str | None = None
    weather: str | None = None
    mood: str | None = None
    framing: str | None = None
    jump: bool = False
    spoken_only: bool = False


class Reader:
    """Reads shots with one vocabulary and the names of one story."""

    def __init__(self, vocabulary: Vocabulary, names: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._names = names

    def read(self, words: Sequence[Word], text: str) -> Reading:
        """What the shot says outside of quotation marks."""
        matches = [
            match
            for match in self._vocabulary.find(words)
            if not (
                words[match.first].quoted
                or words[match.first].text in self._names
                or doubtful(words, match)
                or denied(words, match)
                or unreal(words, match)
            )
        ]
        in_hands = [(match.first, match.id) for match in matches if match.category == "props" and held(words, match)]
        in_hand = {first for first, _ in in_hands}
        settings = [match for match in matches if match.category == "settings"]
        lower = text.lower()
        return Reading(
            mentions=tuple(self._mentions(words, matches)),
            actions=tuple(_actions(words, matches, text)),
            expressions=tuple((match.first, match.id) for match in matches if match.category == "expressions"),
            held=tuple(in_hands),
            props=tuple(dict.fromkeys(m.id for m in matches if m.category == "props" and m.first not in in_hand)),
            setting=setting_of(words, settings),
            hinted_setting=hinted_setting(words, settings),
            time=_first(matches, "times", words),
            weather=_weather(matches, words),
            mood=_first(matches, "moods", words),
            framing=next((kind for phrase, kind in grammar().groups["framings"].items() if phrase in lower), None),
            jump=any(phrase in lower for phrase in grammar().words("jumps")),
            spoken_only=bool(words) and all(word.quoted or word.mark == "end" for word in words),
        )

    def _mentions(self, words: Sequence[Word], matches: Sequence[Match]) -> list[Mention]:
        kinds = {match.first: match for match in matches if match.category == "kinds"}
        found: list[Mention] = []
        index = 0
        while index < len(words):
            word = words[index]
            last = index
            pronoun = grammar().group("pronouns", word.lower)
            if not word.quoted and (pronoun == "all" or not only_named(words, index)):
                if index in kinds:
                    last = kinds[index].last
                    found += self._kind(words, kinds[index])
                elif word.text in self._names:
                    while last + 1 < len(words) and words[last + 1].text in self._names and not words[last + 1].chinese:
                        last += 1
                    name = " ".join(words[place].text for place in range(index, last + 1))
                    kind = grammar().group("titles", words[index - 1].lower) if index else None
                    found.append(Mention(index, name, kind=kind, name=name))
                elif pronoun and not stands_for_nobody(words, index):
                    weak = word.lower in grammar().words("possessive") or word.text.endswith("的")
                    weak = weak or (index + 1 < len(words) and words[index + 1].text == "的")
                    found.append(Mention(index, word.lower, pronoun=pronoun, weak=weak))
            index = last + 1
        return _named(words, found)

    def _kind(self, words: Sequence[Word], match: Match) -> list[Mention]:
        following = words[match.last + 1] if match.last + 1 < len(words) else None
        if following is not None and following.lower in ("'s", "’s"):
            return []
        before = before_noun(words, match.first)
        new = before is not None and before.mark == "indefinite"
        return [
            Mention(
                match.first,
                match.text.lower(),
                kind=match.id,
                new=new,
                look=_look(words, match),
                clothes=_clothes(words, match),
            )
        ]


def _named(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Kind and name of the same one made one mention: a fox named Rusty; Captain Mara; Rusty the fox; Ann, a girl."""
    merged: list[Mention] = []
    for mention in mentions:
        last = merged[-1] if merged else None
        if last is not None and not (last.name and mention.name):
            between = words[last.first + len(last.word.split()) : mention.first]
            called = last.first > 0 and words[last.first - 1].text.endswith("叫")
            if _apposed(between, last, mention) or (called and [word.text for word in between] == ["的"]):
                merged[-1] = Mention(
                    last.first,
                    last.word,
                    kind=mention.kind or last.kind,
                    name=last.name or mention.name,
                    pronoun=last.pronoun,
                    new=last.new or mention.new,
                    look=last.look or mention.look,
                    clothes=last.clothes or mention.clothes,
                )
                continue
        merged.append(mention)
    return merged


def _apposed(between: Sequence[Word], first: Mention, second: Mention) -> bool:
    texts = [word.lower for word in between]
    if first.pronoun:
        return first.weak and second.name is not None and texts in _NAMES
    if second.pronoun or len(texts) > 4:
        return False
    if second.name and first.kind:
        return not texts or texts[-1] in ("named", "called", "叫", "名叫", "叫做", "叫作")
    return texts in ([["the"], [",", "a"], [",", "the"], [",", "an"], *_IS] if first.name else _IS)


_NAMES = [["name", "was"], ["name", "is"], ["的", "名字", "叫"], ["的", "名字", "是"], ["名字", "叫"]]
_IS = [["was", "a"], ["is", "a"], ["was", "an"], ["is", "an"], ["是", "一个"], ["是", "一位"], ["是", "一只"]]


def _look(words: Sequence[Word], match: Match) -> str:
    """Size and colours before a kind: little, white."""
    if words[match.first].chinese:
        before = words[match.first - 1].text if match.first else ""
        looks = [grammar().group("looks", part) for part in (*reversed(words[match.first].text[:2]), before)]
    else:
        looks = [grammar().group("looks", word.lower) for word in clause_before(words, match.first, 3)]
    return " ".join(dict.fromkeys(look for look in reversed(looks) if look))


def _clothes(words: Sequence[Word], match: Match) -> str:
    """What somebody wears, after the kind in English and before it in Chinese: a red coat."""
    chinese = words[match.first].chinese
    around = words[max(0, match.first - 8) : match.first] if chinese else words[match.last + 1 : match.last + 8]
    wearing, colour = False, ""
    for word in around:
        if word.mark == "end":
            wearing, colour = False, ""
            if not chinese:
                break
        wearing = wearing or word.lower in ("in", "with", "wearing") or word.text[0] in "穿戴"
        if not wearing:
            continue
        colour = colour or grammar().group("looks", word.lower) or grammar().group("looks", word.text[0]) or ""
        for text, garment in grammar().groups["garments"].items():
            if word.lower == text or (word.chinese and word.text.endswith(text)):
                return f"{colour} {garment}".strip()
    return ""


def _first(matches: Sequence[Match], category: str, words: Sequence[Word]) -> str | None:
    for match in matches:
        if match.category == category:
            greeting = match.first > 0 and words[match.first - 1].lower == "good"
            if not greeting:
                return match.id
    return None


def _actions(words: Sequence[Word], matches: Sequence[Match], text: str) -> Iterator[Action]:
    """What is done, in order: the verbs that have a pose, and the other full verbs."""
    posed = {match.first: match for match in matches if match.category == "poses"}
    for index, word in enumerate(words):
        if word.lower in grammar().words("naming"):
            continue
        if index and words[index - 1].quoted and word.verbs and not (word.quoted or word.chinese):
            yield Action(index, "talk", _lemma(word), last=index)  # “Stop!” cried Mara
        elif index in posed:
            yield _action(words, posed[index], matches, text, posed[index].id)
        elif not word.quoted and _full_verb(word) and not any(m.first <= index <= m.last for m in matches):
            verb = Match("verbs", word.lower, index, index, word.text)
            yield _action(words, verb, matches, text, None)


def _full_verb(word: Word) -> bool:
    if word.chinese:
        return word.mark == "verb" and word.text not in grammar().words("empty_verbs")
    plain = bool(word.verbs) and not (word.nouns or word.adjective or word.mark)
    return plain and not word.verbs & grammar().words("empty_verbs")


def _weather(matches: Sequence[Match], words: Sequence[Word]) -> str | None:
    """The weather, or clear when the story says that it is over."""
    for match in matches:
        if match.category == "weathers":
            after = words[match.last + 1 : match.last + 4]
            over = any({word.lower, *word.verbs} & grammar().words("over") for word in after)
            return "clear" if over else match.id
    return None


def _action(words: Sequence[Word], match: Match, matches: Sequence[Match], text: str, pose: str | None) -> Action:
    """The action with the words after its verb, as far as its clause goes, or to the first thing in a long one."""
    start = end = match.last + 1
    while end < len(words) and not _ends_deed(words[end]):
        end += 1
    things = [m for m in matches if start <= m.first and m.last < end and m.category in ("props", "kinds", "settings")]
    if end - start > _LONG_CLAUSE:
        end = things[0].last + 1 if things and things[0].last - match.last <= _LONG_CLAUSE else start
    while end > start and words[end - 1].mark in ("preposition", "definite", "indefinite", "possessive"):
        end -= 1
    rest = " ".join(text[words[start].start : words[end - 1].end].split()) if end > start else ""
    said = words[match.first : start]
    if words[match.first].chinese:
        verb = "".join(word.text for word in said)
    else:
        verb = " ".join([_lemma(said[0]), *(word.lower for word in said[1:])])
    return Action(match.first, pose, verb, rest, end - 1, tuple(thing for thing in things if thing.last < end))


def _lemma(verb: Word) -> str:
    """The one that is not the word itself where there are several: saw is see. Empty for what is no verb."""
    return min(verb.verbs, key=lambda lemma: (lemma == verb.lower, lemma), default="")


def _ends_deed(word: Word) -> bool:
    return word.quoted or word.mark in ("end", "joining") or word.lower in grammar().words("subjects")


_LONG_CLAUSE = 7  # words
