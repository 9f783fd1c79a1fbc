"""What Chinese clauses tell by their wording: that time went by, that somebody thinks back, who says their name."""

import re
from collections.abc import Iterator, Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_WENT_BY = re.compile(
    r"^(?:又|再)?(?:过了)?(?:大约|差不多|整整)?[一二两三四五六七八九十几多好半数]+个?(?:多)?(?:年|月|星期|礼拜|周|天)(?:以|之)?后"
    r"|^(?:到了|等到|直到|转眼到了)?(?:第[二三四五六七八九十]+|来|次|转过|翌)年|^(?:那|这)年[春夏秋冬]"
    r"|^(?:那|这)个[春夏秋冬][天季]"
    r"|^(?:一晃|转眼|这样)?[又再]?过了?[一二两三四五六七八九十几多好半数]+个?(?:年|月|星期|礼拜|天|春|夏|秋|冬)"
    r"|^[一二两三四五六七八九十几多好半数]+个?(?:年|月|星期|礼拜|天)(?:就)?(?:这样|这么)?过去"
)
_SOME_DAY = re.compile(r"^(?:有?一[天日]|有[天日]|(?:过了?)?不久|没过多久|过了?一?[些段阵](?:天|日子|时间))，")


def introduced(words: Sequence[Word], names: frozenset[str]) -> str:
    """“我叫亮亮”: the name by which somebody introduces themselves."""
    said = "".join(word.text for word in words if word.quoted and word.chinese)
    found = (
        name for name in sorted(names) if re.search(f"(?:我叫|我是|我就是|我名叫|我的名字叫){re.escape(name)}", said)
    )
    return next(found, "")


def time_went_by(words: Sequence[Word]) -> bool:
    """三个星期后, 第二年春天, 那个秋天: so a Chinese sentence begins that goes on much later."""
    return _WENT_BY.match("".join(word.text for word in words[:8] if not word.quoted)) is not None


_BACK = re.compile(
    r"(?:想起|记起|回想起|回忆起|想到|记得|忆起|梦见|梦到)[^，。！？]{0,6}"
    r"(?:[一二两三四五六七八九十几多半]+年前|小时候|那时|那年|那天|那次|那一年|那一天|从前|当年|以前|年轻时|时候)"
)


def some_day(words: Sequence[Word]) -> bool:
    """一天，几个猎户来了; 不久，有人送来一个盒子: so a Chinese sentence begins that goes on another day."""
    return _SOME_DAY.match("".join(word.text for word in words[:8] if not word.quoted)) is not None


def thinks_back(words: Sequence[Word]) -> bool:
    """她想起三年前刚来的时候，自己站在广场上: what follows was then and there."""
    return _BACK.search("".join(word.text for word in words if not word.quoted)) is not None


def falls(words: Sequence[Word], index: int) -> bool:
    """天上飘起了小雨, 下了一场小雪: what falls is weather, also where somebody of the story is called so."""
    told = (word.text for word in clause_before(words, index, _CLAUSE) if not set(word.text) <= _SO_MUCH)
    return next(told, " ")[0] in "下飘落降洒"


_CLAUSE = 8  # words
_SO_MUCH = frozenset("起着了过来一场阵点些丝的")


def on_board(words: Sequence[Word]) -> Iterator[Match]:
    """Where somebody is on the way: in what they ride in (坐着火车回家, 乘船), or above what they fly over."""
    for index, word in enumerate(words):
        place = grammar().group("ridden", word.text)
        if place is not None and (_flown_over(words, index) if place == "sky" else _ridden(words, index)):
            yield Match("settings", place, index, index, word.text)


def _flown_over(words: Sequence[Word], index: int) -> bool:
    """飞过高山和森林: up there; but not 飞过窗前."""
    rest = "".join(word.text for word in words[index + 1 : index + _CLAUSE])
    return (
        re.match(r"[了一这那片座条高大]*(?:[群雪]?山|云|海|田|城|村|森林|树林|草原|沙漠|江|河|湖|屋顶|原野)", rest)
        is not None
    )


def only_ridden(words: Sequence[Word], match: Match) -> bool:
    """下了车, 坐车, 堵车: no car is to be seen for that; but 上了公交车, 开着车."""
    told = _verb_before(words, match.first)
    left = told.endswith(("下", "坐", "乘", "搭", "换", "堵", "晕", "等", "赶", "挤"))
    inside = left or (match.text == "车" and told.endswith("上"))
    return inside and match.category == "props" and match.id in _VEHICLES


_VEHICLES = ("car", "train", "plane", "ship", "boat")


def _ridden(words: Sequence[Word], index: int) -> bool:
    told = _verb_before(words, index)
    return told.endswith(("坐", "乘", "搭", "换", "上"))


def _verb_before(words: Sequence[Word], index: int) -> str:
    """What is done with what stands at `index`: 坐 for 坐着一列火车, 下 for 下了车."""
    before = "".join(word.text for word in reversed(clause_before(words, index, _CLAUSE)))
    return _BETWEEN.sub("", before)


_BETWEEN = re.compile(r"[了着过完好]?(?:(?:最后)?[一那这][辆列趟班艘条架只].{0,4}|回家的|开往.{1,4}的)?$")


_FROM_THERE = re.compile(
    r"的[^，。！？]{0,4}(?:声|天|风|雨|雪|光|世界|人|叫)|(?:就|又|突然|忽然|还|正|也|仍|仍然|依旧|已经|却|便)*"
    r"(?:传来|响起|响|有人|有|是|下|刮|黑|好像|一片|天|雨|雪|风|冷|飘|静|阳光|月)"
)


def only_from_there(after: str) -> bool:
    """外面传来马蹄声, 外面下着雪: nobody goes out; but not 跑到外面."""
    return _FROM_THERE.match(after) is not None
