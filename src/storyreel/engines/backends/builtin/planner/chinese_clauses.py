"""What Chinese clauses tell by their wording: that time went by, that somebody thinks back, who says their name."""

import re
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.words import Word

_WENT_BY = re.compile(
    r"^(?:又|再)?(?:过了)?(?:大约|差不多|整整)?[一二两三四五六七八九十几多好半数]+个?(?:多)?(?:年|月|星期|礼拜|周|天)(?:以|之)?后"
    r"|^(?:到了|等到|直到|转眼到了)?(?:第[二三四五六七八九十]+|来|次|转过|翌)年|^(?:那|这)年[春夏秋冬]"
    r"|^(?:那|这)个[春夏秋冬][天季]"
)


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


def thinks_back(words: Sequence[Word]) -> bool:
    """她想起三年前刚来的时候，自己站在广场上: what follows was then and there."""
    return _BACK.search("".join(word.text for word in words if not word.quoted)) is not None


_FROM_THERE = re.compile(
    r"的[^，。！？]{0,4}(?:声|天|风|雨|雪|光|世界|人|叫)|(?:就|又|突然|忽然|还|正|也|仍|仍然|依旧|已经|却|便)*"
    r"(?:传来|响起|响|有人|有|是|下|刮|黑|好像|一片|天|雨|雪|风|冷|飘|静|阳光|月)"
)


def only_from_there(after: str) -> bool:
    """外面传来马蹄声, 外面下着雪: nobody goes out; but not 跑到外面."""
    return _FROM_THERE.match(after) is not None
