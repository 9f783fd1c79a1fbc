"""Reads one shot: who is mentioned, what they do, where, when and in what weather. Knows nothing of other shots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.actions import Action, actions_of, seen
from storyreel.engines.backends.builtin.planner.almanac import (
    another_day,
    day_by_day,
    hinted,
    next_day,
    told_season,
    told_time,
    told_weather,
)
from storyreel.engines.backends.builtin.planner.amounts import told_as
from storyreel.engines.backends.builtin.planner.chinese_clauses import (
    falls,
    introduced,
    on_board,
    only_from_there,
    only_ridden,
    some_day,
    thinks_back,
    time_went_by,
)
from storyreel.engines.backends.builtin.planner.chinese_deeds import handed
from storyreel.engines.backends.builtin.planner.chinese_mentions import chinese_mentions
from storyreel.engines.backends.builtin.planner.chinese_places import reaches
from storyreel.engines.backends.builtin.planner.clock import greeted, hour, sunlit, told_by_sky
from storyreel.engines.backends.builtin.planner.clues import Clue, clues_of
from storyreel.engines.backends.builtin.planner.context import (
    clause_before,
    denied,
    doubtful,
    figures_of_speech,
    held,
    stays_away,
    unreal,
)
from storyreel.engines.backends.builtin.planner.english_mentions import english_mentions
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import APART, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.naming import name_told
from storyreel.engines.backends.builtin.planner.places import WHOLE, mentioned_settings, setting_of
from storyreel.engines.backends.builtin.planner.plurals import last_plural
from storyreel.engines.backends.builtin.planner.tenses import timeless
from storyreel.engines.backends.builtin.planner.vocabulary import Match, Vocabulary
from storyreel.engines.backends.builtin.planner.words import Word


@dataclass(frozen=True, slots=True)
class Reading:
    """What one shot says by itself; None or empty where it says nothing.

    `scenery` are those props that nobody does anything with and that are not told of as one new thing; `told` are those
    with number or colour, and how they are told of. `told_by` says how `setting` is told: WHOLE, PART or TOWARD;
    `entering` that it is merely entered, `reached` that Chinese words tell how somebody comes there; `mentioned` are
    the places that it merely mentions, `season_hint` and `time_hint` what only things speak for. `times` are all words
    of times of day in it: spoken or quoted, the time, the word. `hour` is what the clock shows, see clock.hour.
    `unsaid` tells that a Chinese sentence leaves out who does something, `recalled` that it tells of long ago,
    `alights` that somebody gets off a train, `going` that they go somewhere (travels), that somebody comes along
    (joins), takes leave (parts) or marries (weds). `heard` are the names in what somebody speaks, `addressed` those of
    them whom it is said to, `introduced` the one that they say is theirs, `plural` tells whether English told last of
    things or of people in the plural.
    """

    mentions: tuple[Mention, ...] = ()
    actions: tuple[Action, ...] = ()
    expressions: tuple[tuple[int, str], ...] = ()
    held: tuple[tuple[int, str], ...] = ()
    props: tuple[str, ...] = ()
    scenery: frozenset[str] = frozenset()
    told: tuple[tuple[str, str], ...] = ()
    setting: str | None = None
    told_by: str = WHOLE
    entering: bool = False
    reached: bool = False
    mentioned: tuple[str, ...] = ()
    outdoors: bool = False
    crowd: str | None = None
    season: str | None = None
    season_hint: str | None = None
    time_hint: str | None = None
    time: str | None = None
    times: tuple[tuple[str, str, str], ...] = ()
    hour: int | None = None
    sunlit: bool = False
    weather: str | None = None
    mood: str | None = None
    framing: str | None = None
    jump: bool = False
    another_day: bool = False
    alights: bool = False
    recalled: bool = False
    unsaid: bool = False
    going: str = ""
    introduced: str = ""
    heard: frozenset[str] = frozenset()
    addressed: frozenset[str] = frozenset()
    plural: str = ""
    clues: tuple[Clue, ...] = ()


class Reader:
    """Reads shots with one vocabulary and the names of one story."""

    def __init__(self, vocabulary: Vocabulary, names: frozenset[str], *, past: bool = False) -> None:
        """`past` tells that the story is told in the past tense."""
        self._vocabulary = vocabulary
        self._names = names
        self._past = past

    def read(self, words: Sequence[Word], text: str) -> Reading:
        """What the shot says outside of quotation marks."""
        found = sorted([*self._vocabulary.find(words), *on_board(words)], key=lambda match: match.first)
        firsts = {match.first for match in found if match.category in ("props", "settings", "kinds")}
        figures = set(figures_of_speech(words))
        matches = [
            match
            for match in found
            if not (
                words[match.first].quoted
                or match.first in figures
                or (words[match.first].text in self._names and not falls(words, match.first))
                or doubtful(words, match)
                or denied(words, match)
                or unreal(words, match)
                or _cried_out(words, match)
                or only_ridden(words, match)
                or _only_modifies(words, match, firsts)
                or (match.category in ("props", "settings") and timeless(words, match.first, past=self._past))
            )
        ]
        in_hands = [
            (match.first, match.id)
            for match in matches
            if match.category == "props" and (held(words, match) or handed(words, match))
        ]
        in_hand = {first for first, _ in in_hands}
        settings = [match for match in matches if match.category == "settings"]
        mentions = [m for m in _mentions(words, self._names, past=self._past) if m.last not in figures]
        doers = [mention.first for mention in mentions if mention.role == SUBJECT]
        away = [mention.last for mention in mentions if mention.role == APART and stays_away(words, mention.last)]
        setting, told_by = setting_of(words, settings, doers=doers, away=away)
        lower = _unquoted(words, text).lower()
        actions = seen(words, list(actions_of(words, matches, text)), mentions)
        return Reading(
            mentions=tuple(mentions),
            actions=actions,
            expressions=tuple((match.first, match.id) for match in matches if match.category == "expressions"),
            held=tuple(in_hands),
            props=tuple(dict.fromkeys(m.id for m in matches if m.category == "props" and m.first not in in_hand)),
            scenery=_scenery(words, matches, actions),
            told=_told(words, matches),
            setting=setting,
            told_by=told_by,
            reached=reaches(words, settings),
            entering=any(match.text in grammar().words("entering") for match in settings),
            mentioned=tuple(mentioned_settings(words, settings)),
            season=told_season(matches, words),
            season_hint=hinted(matches, "seasons", words),
            time_hint=hinted(matches, "times", words) or greeted(words),
            time=told_time(matches, words) or told_by_sky(words, text),
            times=tuple(_times(words, found)),
            hour=hour(words, text),
            sunlit=sunlit(words, text),
            weather=told_weather(matches, words),
            mood=_first(matches, "moods"),
            framing=next((kind for phrase, kind in grammar().groups["framings"].items() if phrase in lower), None),
            jump=next_day(words) or time_went_by(words) or any(phrase in lower for phrase in grammar().words("jumps")),
            another_day=another_day(words) or some_day(words),
            alights=any(phrase in lower for phrase in grammar().words("alighting")),
            recalled=_recalled(words),
            introduced=introduced(words, self._names) or name_told(words, self._names),
            heard=frozenset(word.text for word in words if word.quoted and word.text in self._names),
            addressed=frozenset(_addressed(words, self._names)),
            plural=last_plural(words),
            clues=tuple(clues_of(words, [m for m in found if m.category == "settings"], settings, doers)),
            unsaid=_unsaid(words, mentions),
            going=_going(words, lower, matches),
            crowd="people" if any(phrase in lower for phrase in grammar().words("crowded")) else None,
            outdoors=(any(mention.role == SUBJECT for mention in mentions) or _unsaid(words, mentions))
            and (
                any(_goes_out(words, index) for index in range(len(words)))
                or any(phrase in lower.replace("出来", "") for phrase in grammar().words("sets_out"))
            ),
        )


def _mentions(words: Sequence[Word], names: frozenset[str], *, past: bool) -> list[Mention]:
    found = english_mentions(words, names, past=past) + chinese_mentions(words, names)
    for mention in found:
        mention.quoting = any(word.quoted for word in words[: mention.first])
    return sorted(found, key=lambda mention: mention.first)


def _times(words: Sequence[Word], matches: Sequence[Match]) -> Iterator[tuple[str, str, str]]:
    """All words of times of day, be it another day's: spoken or quoted, the time, the word."""
    times = [match for match in matches if match.category == "times"]
    for match in () if day_by_day(times, words) else times:
        yield "quoted" if words[match.first].quoted else "spoken", match.id, match.text.lower()


def _told(words: Sequence[Word], matches: Sequence[Match]) -> tuple[tuple[str, str], ...]:
    """Props whose number or colour is told, and how: ("sun", "ten suns")."""
    said = ((match.id, told_as(words, match)) for match in matches if match.category == "props")
    return tuple((thing, phrase) for thing, phrase in said if phrase != thing)


def _addressed(words: Sequence[Word], names: frozenset[str]) -> Iterator[str]:
    """The names by which somebody is spoken to: “Go and ask her for fire, Darya,” she said."""
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if word.quoted and word.text in names and after.mark == "end" and before.text == ",":
            yield word.text


def _scenery(words: Sequence[Word], matches: Sequence[Match], actions: Sequence[Action]) -> frozenset[str]:
    """Props that are only around: the trees; but not a tree, nor what is taken, climbed or given."""
    done_to = {thing.id for action in actions if action.pose not in (None, *_LOOKING) for thing in action.things}
    new = {
        match.id
        for match in matches
        if match.category == "props" and any(word.mark == "indefinite" for word in clause_before(words, match.first, 3))
    }
    return frozenset(match.id for match in matches if match.category == "props") - done_to - new


_LOOKING = ("stand", "walk", "run", "think", "look_up", "talk", "fly", "sit", "lie", "sleep", "hide")


def _only_modifies(words: Sequence[Word], match: Match, firsts: set[int]) -> bool:
    """A plane tree is no plane, a bread board no bread, ten o'clock no clock."""
    if match.category != "props" or words[match.first].chinese:
        return False
    if match.last + 1 in firsts or (match.first and words[match.first - 1].lower == "o"):
        return True  # ten o'clock
    if match.first and words[match.first - 1].lower == "of":  # made of wood; but a bunch of tulips
        return not any(
            word.forms & grammar().words("measures") for word in words[max(0, match.first - 2) : match.first]
        )
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    return (
        following is not None
        and bool(following.nouns)
        and not (following.verbs or following.adjective or following.mark)
    )


def _cried_out(words: Sequence[Word], match: Match) -> bool:
    """Whether a word of weeping stands beside spoken words, or behind a bird: “Stop!” he cried; gulls cried."""
    if match.category not in ("moods", "expressions", "poses") or "cry" not in words[match.first].verbs:
        return False
    before = clause_before(words, match.first, 2)
    bird = any((noun := lexicon().noun(form)) and noun.kind in lexicon().birds for one in before for form in one.nouns)
    return bird or (match.category != "poses" and any(word.quoted for word in words))


def _unsaid(words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
    """Whether a Chinese sentence leaves out who does something: its first verb comes before anybody and anything."""
    impersonal = grammar().words("inanimate_doers")
    for index, word in enumerate(words):
        if word.quoted or word.mark == "end" or word.text in grammar().words("before_tellings"):
            continue
        if not word.chinese or any(mention.first == index and mention.role == SUBJECT for mention in mentions):
            return False
        if word.text in grammar().words("indefinite") and index + 1 < len(words) and words[index + 1].mark == "verb":
            return False  # 一只受伤的狼窜出来
        if word.text in grammar().words("skies"):
            return _later_clause(words, mentions, index)
        if word.mark == "verb" or word.text in grammar().words("leaving_work"):
            if _describes(words, index, mentions):
                return False
            return word.text[0] not in impersonal and word.text not in grammar().words("existing")
        if word.mark in ("noun", "name") and not _before_comma(words, index):
            return False
    return False


def _describes(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """Whether the verb only says more about who does something: 坐在对面的老爷爷笑了."""
    end = next((at for at in range(index, len(words)) if words[at].mark == "end"), len(words))
    doers = (one.first for one in mentions if one.role == SUBJECT and index < one.first < end)
    return any(words[doer - 1].text == "的" for doer in doers)


def _later_clause(words: Sequence[Word], mentions: Sequence[Mention], index: int) -> bool:
    """The same for what follows the clause that tells of the sky: 天不亮就撒网."""
    rest = next((place for place in range(index, len(words)) if words[place].text in ("就", "才", "便", "，")), None)
    if rest is None or rest + 1 >= len(words) or any(mention.first < rest for mention in mentions):
        return False
    return words[rest + 1].mark == "verb"


def _recalled(words: Sequence[Word]) -> bool:
    """Whether a Chinese sentence tells of long ago: 小时候，他也坐在这条船上; but not 我小时候的名字."""
    recollections = grammar().words("recollections")
    if thinks_back(words):
        return True
    for place, word in enumerate(words):
        aged = word.text.startswith("那年") and place > 0 and words[place - 1].text.endswith("岁")
        if (aged or word.text in recollections) and not word.quoted:
            return place + 1 < len(words) and words[place + 1].text != "的"
    return False


def _going(words: Sequence[Word], lower: str, matches: Sequence[Match]) -> str:
    """Whether somebody takes leave, comes along, marries or goes somewhere; but not: a storm came down on them."""
    for going in ("parts", "joins"):
        if any(phrase in lower for phrase in grammar().words(going)):
            return going
    if any(word.verbs & grammar().words("weds") and not word.quoted for word in words):
        return "weds"
    travels = grammar().words("travels")
    passing = {match.last + 1 for match in matches if match.category in ("weathers", "times", "seasons")}
    gone = (
        word.text.startswith(tuple(travels)) if word.chinese else bool(word.verbs & travels)
        for at, word in enumerate(words)
        if not word.quoted and at not in passing
    )
    return "travels" if any(gone) else ""


def _before_comma(words: Sequence[Word], index: int) -> bool:
    return index + 1 < len(words) and words[index + 1].mark == "end"


def _unquoted(words: Sequence[Word], text: str) -> str:
    """The text with blanks in the place of what somebody speaks."""
    kept = list(text)
    for word in words:
        if word.quoted:
            kept[word.start : word.end] = " " * (word.end - word.start)
    return "".join(kept)


def _first(matches: Sequence[Match], category: str) -> str | None:
    return next((match.id for match in matches if match.category == category), None)


def _goes_out(words: Sequence[Word], index: int) -> bool:
    """Outside; but not: outside the window."""
    seen = any(word.nouns & grammar().words("seen_through") for word in words[index + 1 : index + 3])
    if words[index].chinese:
        seen = only_from_there("".join(word.text for word in words[index + 1 : index + 6]))
    return words[index].lower in grammar().words("outdoors") and not (words[index].quoted or seen)
