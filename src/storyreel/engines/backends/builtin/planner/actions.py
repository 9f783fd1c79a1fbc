"""What is done in a shot: its verbs, the poses that show them, who does them, and what comes behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storyreel.engines.backends.builtin.planner.chinese_deeds import leads, nobody_does
from storyreel.engines.backends.builtin.planner.english_deeds import english_doer
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word


@dataclass(frozen=True, slots=True)
class Action:
    """Somebody does something at word `first`. `pose` is None for a verb that no pose shows.

    `verb` is the verb's lemma (in Chinese as it stands; empty for an adjective such as asleep), `rest` the text after
    it in its clause, up to word `last`, `things` what of the vocabulary is among that. `seen` tells that somebody does
    it there and then, `by` where the mentions of who does begin, where English says so plainly.
    """

    first: int
    pose: str | None
    verb: str
    rest: str = ""
    last: int = -1
    things: tuple[Match, ...] = ()
    seen: bool = True
    by: tuple[int, ...] = ()


def actions_of(words: Sequence[Word], matches: Sequence[Match], text: str) -> Iterator[Action]:
    """What is done, in order: the verbs that have a pose, and the other full verbs."""
    posed = {match.first: match for match in matches if match.category == "poses"}
    for index, word in enumerate(words):
        if word.lower in grammar().words("naming"):
            continue
        if _tells_speech(words, index):
            yield Action(index, "talk", _lemma(word), last=index)  # “Stop!” cried Mara
        elif index in posed:
            yield _action(words, posed[index], matches, text, posed[index].id)
        elif not word.quoted and _full_verb(word) and not any(m.first <= index <= m.last for m in matches):
            verb = Match("verbs", word.lower, index, index, word.text)
            yield _action(words, verb, matches, text, None)


def seen(words: Sequence[Word], actions: Sequence[Action], mentions: Sequence[Mention]) -> tuple[Action, ...]:
    """The same, and of each whether somebody is seen to do it, and who, where that is plain."""
    verbs = {action.first for action in actions}
    doers = [english_doer(words, one.first, one.pose, mentions) for one in actions]
    return tuple(
        replace(
            one,
            seen=doer.seen and not nobody_does(words, one.first, mentions, verbs),
            by=doer.by,
            pose="walk" if one.pose == "carry" and leads(words, one.first, mentions) else one.pose,
        )
        for one, doer in zip(actions, doers, strict=True)
    )


def _tells_speech(words: Sequence[Word], index: int) -> bool:
    """Whether the verb says who spoke: “Stop!” cried Mara; “Stop!” she cried."""
    word = words[index]
    if not index or not word.verbs or word.quoted or word.chinese:
        return False
    return words[index - 1].quoted or ("cry" in word.verbs and any(other.quoted for other in words[:index]))


def _full_verb(word: Word) -> bool:
    if word.chinese:
        return word.mark == "verb" and word.text not in grammar().words("empty_verbs")
    plain = bool(word.verbs) and not (word.nouns or word.adjective or word.mark)
    return plain and not word.verbs & grammar().words("empty_verbs")


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
        lemma = _lemma(said[0])
        verb = " ".join([lemma, *(word.lower for word in said[1:])]) if lemma else ""  # her arms out: no verb
    return Action(match.first, pose, verb, rest, end - 1, tuple(thing for thing in things if thing.last < end))


def _lemma(verb: Word) -> str:
    """The one that is not the word itself where there are several: saw is see. Empty for what is no verb."""
    return min(verb.verbs, key=lambda lemma: (lemma == verb.lower, lemma), default="")


def _ends_deed(word: Word) -> bool:
    return word.quoted or word.mark in ("end", "joining") or word.lower in grammar().words("subjects")


_LONG_CLAUSE = 7  # words
