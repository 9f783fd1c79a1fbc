"""Reads one shot: who is mentioned, what they do, where, when and in what weather. Knows nothing of other shots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.grammar import grammar
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
                or _doubtful(words, match)
                or _denied(words, match)
                or _unreal(words, match)
            )
        ]
        held = [(match.first, match.id) for match in matches if match.category == "props" and _held(words, match)]
        in_hand = {first for first, _ in held}
        settings = [match for match in matches if match.category == "settings"]
        lower = text.lower()
        return Reading(
            mentions=tuple(self._mentions(words, matches)),
            actions=tuple(_actions(words, matches, text)),
            expressions=tuple((match.first, match.id) for match in matches if match.category == "expressions"),
            held=tuple(held),
            props=tuple(dict.fromkeys(m.id for m in matches if m.category == "props" and m.first not in in_hand)),
            setting=_setting(words, settings),
            hinted_setting=_hinted(words, settings),
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
            if not word.quoted and (pronoun == "all" or not _only_named(words, index)):
                if index in kinds:
                    last = kinds[index].last
                    found += self._kind(words, kinds[index])
                elif word.text in self._names:
                    while last + 1 < len(words) and words[last + 1].text in self._names and not words[last + 1].chinese:
                        last += 1
                    name = " ".join(words[place].text for place in range(index, last + 1))
                    kind = grammar().group("titles", words[index - 1].lower) if index else None
                    found.append(Mention(index, name, kind=kind, name=name))
                elif pronoun and not _stands_for_nobody(words, index):
                    weak = word.lower in grammar().words("possessive") or word.text.endswith("的")
                    weak = weak or (index + 1 < len(words) and words[index + 1].text == "的")
                    found.append(Mention(index, word.lower, pronoun=pronoun, weak=weak))
            index = last + 1
        return _named(words, found)

    def _kind(self, words: Sequence[Word], match: Match) -> list[Mention]:
        following = words[match.last + 1] if match.last + 1 < len(words) else None
        if following is not None and following.lower in ("'s", "’s"):
            return []
        before = _before_noun(words, match.first)
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


def _stands_for_nobody(words: Sequence[Word], index: int) -> bool:
    """It was raining; it was late."""
    following = words[index + 1] if index + 1 < len(words) else None
    return words[index].lower == "it" and following is not None and following.mark == "auxiliaries"


def _clause_before(words: Sequence[Word], index: int, reach: int) -> list[Word]:
    """The words before `index` within its clause, nearest first, `reach` of them at most."""
    found: list[Word] = []
    for word in reversed(words[max(0, index - reach) : index]):
        if word.mark == "end":
            break
        found.append(word)
    return found


def _before_noun(words: Sequence[Word], index: int) -> Word | None:
    """What stands before a noun and its adjectives: the, a, in …"""
    for word in _clause_before(words, index, 4):
        if word.mark or word.text in grammar().words("indefinite"):
            return word
        if not (word.adjective or word.nouns):
            return None
    return None


def _denied(words: Sequence[Word], match: Match) -> bool:
    nearest = _clause_before(words, match.first, 3)
    return any(word.mark == "negations" or word.text.startswith("没") for word in nearest)


def _unreal(words: Sequence[Word], match: Match) -> bool:
    """Whether it is only compared with; a thing also when it is dreamt of or remembered."""
    before = _clause_before(words, match.first, 6)
    if any(word.lower in grammar().words("compared") for word in before):
        return True
    unreal = grammar().words("unreal")
    return match.category in ("settings", "kinds", "props") and any(
        word.lower in unreal or bool(word.verbs & unreal) for word in before
    )


def _doubtful(words: Sequence[Word], match: Match) -> bool:
    """Words of many meanings count only with an article: a chest, but not his chest."""
    if match.text.lower().removesuffix("s") not in grammar().words("doubtful"):
        return False
    before = _before_noun(words, match.first)
    return before is None or before.mark not in ("indefinite", "definite")


def _only_named(words: Sequence[Word], index: int) -> bool:
    """Whether somebody is only spoken of: like a bird, dreams of her mother."""
    nearest = _clause_before(words, index, 3)
    for word in nearest:
        if word.verbs and not word.nouns and not word.chinese and not word.verbs & grammar().words("only_named"):
            return False
        if word.lower in grammar().words("only_named") or word.verbs & grammar().words("only_named"):
            return True
    return False


def _held(words: Sequence[Word], match: Match) -> bool:
    if match.id not in grammar().words("holdable"):
        return False
    holding = grammar().words("holding")
    return any(
        word.lower in holding or word.verbs & holding or (word.chinese and word.text[0] in "拿抱提举捧插握")
        for word in _clause_before(words, match.first, 5)
    )


def _look(words: Sequence[Word], match: Match) -> str:
    """Size and colours before a kind: little, white."""
    if words[match.first].chinese:
        before = words[match.first - 1].text if match.first else ""
        looks = [grammar().group("looks", part) for part in (*reversed(words[match.first].text[:2]), before)]
    else:
        looks = [grammar().group("looks", word.lower) for word in _clause_before(words, match.first, 3)]
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


def _setting(words: Sequence[Word], matches: Sequence[Match]) -> str | None:
    """Where the shot says that it takes place: the goal of a movement, or else the first place."""
    goals = [match for match in matches if (before := _leads_to(words, match)) and before in _GOALS]
    places = [match for match in matches if _leads_to(words, match)]
    return goals[-1].id if goals else places[0].id if places else None


_GOALS = frozenset(
    ("to", "into", "onto", "reach", "enter", "home", "到", "来到", "走到", "跑到", "飞到", "回到", "走进")
)


def _leads_to(words: Sequence[Word], match: Match) -> str | None:
    """The word that makes the match a place (in, 在), or None when it is a thing that is merely mentioned."""
    afar = match.id in grammar().words("seen_from_afar")
    leading = grammar().words("inside_only" if afar else "place")
    if words[match.first].chinese:
        return _leads_to_in_chinese(words, match, leading)
    if match.text.lower() in ("home", "indoors", "underwater", "outdoors"):
        before = words[match.first - 1] if match.first else None
        return None if before is not None and before.mark in ("definite", "indefinite") else "home"
    if words[match.first].mark == "preposition" and match.last > match.first:
        return words[match.first].lower  # past the stars
    for word in _clause_before(words, match.first, 5):
        if word.lower in leading or word.verbs & leading:
            looked = word.lower in ("at", "to", "up", "toward") and _looking(words, word)
            return None if looked else word.lower
        owned = word.lower in grammar().words("possessive")
        if word.mark in ("preposition", "auxiliaries", "joining", "pronoun") and not owned:
            return None
        if word.verbs and not word.nouns:
            return None
    return None


def _looking(words: Sequence[Word], preposition: Word) -> bool:
    index = words.index(preposition)
    return any(word.verbs & grammar().words("looking") for word in words[max(0, index - 3) : index])


def _leads_to_in_chinese(words: Sequence[Word], match: Match, leading: frozenset[str]) -> str | None:
    localisers = tuple(grammar().words("localisers"))
    after = words[match.last + 1].text if match.last + 1 < len(words) else ""
    if after.startswith(localisers) or match.text.endswith(localisers) or words[match.last].text.endswith(localisers):
        return "里"
    for word in _clause_before(words, match.first, 4):
        if word.text in leading or word.text.endswith(("到", "进", "在", "向")):
            return word.text
    return None


def _hinted(words: Sequence[Word], matches: Sequence[Match]) -> str | None:
    """A place that is mentioned at all, for when nothing better is known."""
    afar = grammar().words("seen_from_afar")
    return next((m.id for m in matches if m.id not in afar and not _only_named(words, m.first)), None)


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
