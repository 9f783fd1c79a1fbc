"""When it is, and in what weather: the time, season and weather that the words of a shot tell."""

from collections.abc import Sequence
from itertools import pairwise

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word


def told_time(matches: Sequence[Match], words: Sequence[Word]) -> str | None:
    """The time that it is at the end of the shot; not another day's (last night), nor a greeting's (good morning)."""
    times = [match for match in matches if match.category == "times" and not _had_been(words, match.first, 6)]
    times = [match for match in times if match.text not in grammar().words("times_by_things")]
    told = [m for m in times if not (_elsewhen(words, m) or _eaten(words, m) or _dark_inside(words, m))]
    told = [match for match in told if match is told[0] or not _by_then(words, match)]
    return told[-1].id if told and not day_by_day(told, words) else None


def day_by_day(times: Sequence[Match], words: Sequence[Word]) -> bool:
    """Whether several parts of the day are only told of as habits: the sun rises every morning and sets at dusk."""
    usual = any(word.lower in grammar().words("usually") for word in words)
    return usual and len({match.id for match in times}) > 1


def hinted(matches: Sequence[Match], category: str, words: Sequence[Word]) -> str | None:
    """The time or season that Chinese things speak for while nothing tells it: lamps for night, melons for summer."""
    told = (match for match in matches if match.category == category and _by_things(match))
    return next((match.id for match in told if not _dark_inside(words, match)), None)


def _by_things(match: Match) -> bool:
    if match.category == "times":
        return match.text in grammar().words("times_by_things")
    return not (match.text.isascii() or set(match.text) & _CALENDAR)


_CALENDAR = frozenset("春夏秋冬季节暑寒腊伏元除年九月清端重惊谷霜露宵化绿")


def _elsewhen(words: Sequence[Word], match: Match) -> bool:
    """Last night, good morning, 昨天晚上, 从早上爬到现在, as plain as at noon; but not "on the last evening"."""
    before = [word.lower for word in clause_before(words, match.first, 2)]
    if match.text.startswith("昨") or before[:1] == ["从"] or before == ["at", "as"]:
        return True
    return before[:1] != [] and before[0] in grammar().words("elsewhen") and before != ["last", "the"]


def _dark_inside(words: Sequence[Word], match: Match) -> bool:
    """隧道里一片漆黑, pitch dark in the cellar: it is so at any time."""
    if match.text.lower() not in grammar().words("darkness"):
        return False
    dark = grammar().words("dark_inside")
    chinese = tuple(word for word in dark if not word.isascii())
    return any(word.forms & dark or (word.chinese and any(one in word.text for one in chinese)) for word in words)


def _eaten(words: Sequence[Word], match: Match) -> bool:
    """His own lunch, in her breakfast: food, whenever it is; but not: after his lunch."""
    before = clause_before(words, match.first, 4)
    owned = next((at for at, word in enumerate(before[:2]) if word.mark == "possessive"), None)
    if match.text.lower() not in _MEALS or owned is None:
        return False
    return not any(word.lower in _AT_MEALS for word in before[owned + 1 : owned + 2])


_MEALS = frozenset(("breakfast", "lunch", "supper"))
_AT_MEALS = frozenset(("at", "after", "before", "during", "over", "until", "for", "had", "ate"))


def _by_then(words: Sequence[Word], match: Match) -> bool:
    """Whether it is a time that is only looked forward to: was to be done by Thursday morning."""
    before = [word for word in clause_before(words, match.first, 3) if not word.text[0].isupper()]
    until = bool(before) and before[0].lower in ("by", "until", "till", "for")
    return until and words[match.first - 1] is not before[0]


def _had_been(words: Sequence[Word], index: int, reach: int = 4) -> bool:
    """It had rained all night: that was before."""
    before = clause_before(words, index, reach)
    if [word.lower for word in before if word.mark not in ("possessive", "definite", "pronoun")][:2] == [
        "been",
        "have",
    ]:
        return True  # coins that were to have been his supper
    joined = next((place for place, word in enumerate(before) if word.mark == "joining"), len(before))
    return any(word.lower == "had" for word in before[:joined])


def told_season(matches: Sequence[Match], words: Sequence[Word]) -> str | None:
    """The season; a month only by its capital letter, and no spring that water comes from."""
    for match in matches:
        if match.category == "seasons" and not (
            _by_things(match) or _other_season(words, match) or _had_been(words, match.first)
        ):
            word, before = words[match.first], words[match.first - 1] if match.first else None
            if word.lower == "might":
                continue
            month = word.lower in ("march", "may", "august")
            article = before is not None and before.lower in ("a", "the") and word.lower == "spring"
            article = article and not _in_time(words, match.first)
            bare = month and not (word.text[0].isupper() and before is not None and before.mark != "end")
            if word.lower == "spring" and before is not None and not article:
                bare = before.mark not in ("preposition", "definite", "indefinite") and not before.adjective
            if word.chinese or not (article or bare):
                return match.id
    return None


def _in_time(words: Sequence[Word], index: int) -> bool:
    """In the spring, before the spring came; but not: drank at the spring."""
    earlier = words[index - 2].lower if index > 1 else ""
    return earlier in ("in", "during", "by", "before", "until", "till", "after", "all", "of") or (
        index + 1 < len(words) and bool(words[index + 1].verbs & {"come", "be", "return", "arrive"})
    )


def _other_season(words: Sequence[Word], match: Match) -> bool:
    """Whom nobody had seen since autumn; last winter."""
    clause = clause_before(words, match.first, _CLAUSE)
    if any(word.text in ("整个", "过了", "过去") for word in clause[:2]):
        return words[match.first].chinese  # 睡过了整个秋天
    before = [word for word in clause[:2] if word.mark not in ("definite", "indefinite")]
    if before and before[0].lower in ("next", "each", "every") and another_day(words):
        return False  # the next summer she came back
    if before and before[0].lower == "of":  # since the second week of April
        before = [word for word in clause if word.lower == "since"]
    by_then = bool(before) and before[0].lower == "by" and any(word.lower in _COMING for word in clause)
    return by_then or any(word.lower in grammar().words("other_seasons") for word in before)


_CLAUSE = 12  # words
_COMING = frozenset(("will", "would", "shall", "should"))


def told_weather(matches: Sequence[Match], words: Sequence[Word]) -> str | None:
    """The weather, or clear when the story says that it is over; of clouds and rain the rain: 乌云滚来，下起了大雨."""
    for match in sorted(matches, key=lambda one: one.id == "cloudy" or (one.text[0] > "一" and one.id == "wind")):
        if (
            match.category == "weathers"
            and not _in_a_thing(words, match)
            and not _had_been(words, match.first, 1)
            and not _asked(words, match.last)
            and not _left_behind(words, match.first)
            and not _turns(words, match)
        ):
            after = words[match.last + 1 : match.last + 4]
            none = (
                match.last + 1 < len(words) and after[0].chinese and "".join(w.text for w in after).startswith("也没")
            )
            goes_on = any(word.mark == "negations" or word.text.startswith("没") for word in after)
            goes_on = goes_on or any(word.lower in ("until", "till") for word in clause_before(words, match.first, 3))
            over = (
                none
                or _calm(words, match)
                or (not goes_on and any(_ends(words, match.last + 1 + at) for at in range(len(after))))
            )
            return "clear" if over else match.id
    return None


def _calm(words: Sequence[Word], match: Match) -> bool:
    """Not a breath of wind; the storm had blown itself out."""
    before = [word.lower for word in clause_before(words, match.first, 4)]
    after = [word.lower for word in words[match.last + 1 : match.last + 5] if word.lower != "had"]
    return before[:2] == ["of", "breath"] or (
        after[:1] in (["blew"], ["blown"]) and after[1:2] in (["itself"], ["over"])
    )


def _left_behind(words: Sequence[Word], index: int) -> bool:
    """Came out of the snow; but not: came in out of the rain, which goes on."""
    before = [word.lower for word in clause_before(words, index, 5) if word.mark not in ("definite", "indefinite")]
    return before[:2] == ["of", "out"] and before[2:3] != ["in"]


def _turns(words: Sequence[Word], match: Match) -> bool:
    """The rain had turned to snow."""
    after = [word.forms for word in words[match.last + 1 : match.last + 5]]
    return any(one & {"turn", "change"} and two & {"to", "into"} for one, two in pairwise(after))


def next_day(words: Sequence[Word]) -> bool:
    """Whether the shot begins with a day of the week: on Monday; by Tuesday noon; but not "on Mondays"."""
    first = [word.lower for word in words[:2]]
    return len(first) > 1 and first[0] in ("on", "by") and first[1] in grammar().words("weekdays")


def another_day(words: Sequence[Word]) -> bool:
    """Whether the shot begins with another day or season: one winter day, in spring, the next year, every morning.

    But not: that day, in the morning, last winter, three days ago.
    """
    clause = [word for word in words[:_BEGINNING] if not (word.quoted or word.chinese)]
    clause = clause[: next((at for at, word in enumerate(clause) if word.mark == "end"), _BEGINNING)]
    told = next((at for at, word in enumerate(clause) if word.forms & (_SEASONS | _DAYS)), None)
    if told is None or any(word.lower in ("ago", "last", "since", "ever") for word in clause):
        return False
    if clause[told].forms & _DAYS and [word.lower for word in clause[told + 1 : told + 2]] == ["of"]:
        return False  # eight months of work were in it
    before = clause[:told]
    counting = grammar().words("counting_days")
    if any(not (word.mark or word.adjective or word.lower in counting) for word in before):
        return False
    return bool(clause[told].forms & _SEASONS) or any(word.lower in counting for word in before)


_BEGINNING = 7  # words
_SEASONS = frozenset(("spring", "summer", "autumn", "winter"))
_DAYS = frozenset(("day", "morning", "afternoon", "evening", "night", "week", "month", "year"))


def _ends(words: Sequence[Word], index: int) -> bool:
    """Whether the word says that something is over: stopped; was over, but not over the hills."""
    word = words[index]
    if word.lower == "over":
        return words[index - 1].mark == "auxiliaries"
    return bool({word.lower, *word.verbs} & grammar().words("over"))


def _asked(words: Sequence[Word], last: int) -> bool:
    """Whether a Chinese sentence only asks about it: 雾是谁家的？"""
    end = next((word.text for word in words[last + 1 :] if word.mark == "end"), "")
    return words[last].chinese and end == "？"


def _in_a_thing(words: Sequence[Word], match: Match) -> bool:
    """雨刷, 风铃: a thing's name that the dictionary parts."""
    text = "".join(word.text for word in words[match.first : match.last + 2])
    return words[match.first].chinese and text.startswith(tuple(grammar().words("no_weather")))
