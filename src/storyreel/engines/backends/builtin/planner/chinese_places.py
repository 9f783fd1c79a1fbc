"""Where a shot takes place, told from the places that Chinese words mention."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

WHOLE, PART, TOWARD = "whole", "part", "toward"
"""Whether a place is told outright, only by a part of it (the window, the stairs), or only as where the way leads."""

_REACHED, _THERE, _AROUND, _TOWARD = 4, 3, 2, 1
"""How surely a phrase tells the place: 走进教室; 教室里坐满了人; 前面是一片树林; 从林子里, which is only a hint."""

_CLAUSE = 12  # words at most
_VERB = 4  # words at most between a verb of motion and the place: 走进了自己的小屋


def chinese_setting(words: Sequence[Word], matches: Sequence[Match]) -> tuple[str | None, str]:
    """Where the shot says that it takes place, and how: WHOLE, PART or TOWARD."""
    found = _ranked(words, matches)
    if not found:
        return None, WHOLE
    parts = grammar().words("parts_of_places")
    whole = [(match, rank) for match, rank in found if match.text not in parts and rank > _TOWARD]
    best = max(rank for _, rank in whole or found)
    chosen = [match for match, rank in whole or found if rank == best]
    place = chosen[-1] if best == _REACHED else chosen[0]
    if place.id in grammar().groups["belonging"] and any(match.id == "planet" for match in matches):
        return grammar().group("belonging", place.id), WHOLE  # 火星的荒原上
    return place.id, TOWARD if best == _TOWARD else WHOLE if whole else PART


def reaches(words: Sequence[Word], matches: Sequence[Match]) -> bool:
    """Whether Chinese words tell how somebody comes to a place: 跑到东海边."""
    chinese = [match for match in matches if words[match.first].chinese]
    return any(rank == _REACHED for _, rank in _ranked(words, chinese))


def _ranked(words: Sequence[Word], matches: Sequence[Match]) -> list[tuple[Match, int]]:
    """The places with their ranks; one that another place only says more about is reached with that."""
    found: list[tuple[Match, int]] = []
    reached = 0
    for match in matches:
        rank = max(rank_in_chinese(words, match), reached)
        describes = _describes(words, match, matches)
        reached = rank if describes else 0
        if rank and not describes:
            found.append((match, rank))
    return found


def _describes(words: Sequence[Word], match: Match, matches: Sequence[Match]) -> bool:
    """Whether the place only says more about another one of its clause: 山上的破庙; 路边一座塌了半边的土地庙."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None or not (following.text == "的" or following.text[0] in "一那这"):
        return False
    end = next((at for at in range(match.last, len(words)) if words[at].mark == "end"), len(words))
    behind = [other for other in matches if match.last < other.first < end]
    parts = grammar().words("parts_of_places")  # 宫门外的柳树下 is at the gate
    whole = [other for other in behind if other.text not in parts]
    return any(word.text == "的" for other in whole for word in words[match.last + 1 : other.first])


def rank_in_chinese(words: Sequence[Word], match: Match) -> int:
    """How surely the match is where the shot takes place; 0 for a thing that is merely mentioned."""
    before = clause_before(words, match.first, _CLAUSE)
    if any(word.text.endswith(tuple(grammar().words("wishing"))) for word in before[:5]):
        return 0
    if any(word.text in ("从", "离") for word in before[:3]):
        return _TOWARD
    if before and before[0].text in ("给", "替", "为", "帮", "跟", "让"):
        return 0  # 给家里写信
    if grammar().group("ridden", match.text) == match.id:
        return _THERE
    if match.text in grammar().words("homeward") or match.text.startswith("满") or _by_its_part(words, match):
        return _THERE
    if any(word.text in grammar().words("sent_away") for word in before[:_VERB]) or _in_the_sky(before):
        return 0
    located = _located(words, match)
    afar = match.id in grammar().words("seen_from_afar")
    led = _led(before[:_VERB])
    if led == _AROUND and match.id in grammar().words("indoors"):
        return _TOWARD  # 往磨坊跑去
    if led:
        return led if not afar or led > _AROUND else 0
    if located and not afar:
        return _TOWARD if _owns(words, match) else _THERE
    return _AROUND if not afar and _is_there(words, match, before) else 0


def _in_the_sky(before: Sequence[Word]) -> bool:
    """月亮爬上树梢, 太阳落到山后: nobody goes there. `before`: nearest first."""
    return any(word.text in grammar().words("lights_above") for word in before[: _VERB + 2])


def _led(before: Sequence[Word]) -> int:
    """What a verb or preposition right before the place tells: 4 for reaching it, 3 for being there."""
    for place, word in enumerate(before):
        if grammar().group("ridden", word.text) == "sky":
            return 0  # 飞过高山
        if word.text in grammar().words("leaving"):
            return _TOWARD
        if word.text in grammar().words("toward") or word.text.endswith(("向", "往", "朝")):
            return _AROUND
        if word.text in grammar().words("arriving") or word.text.endswith(("到", "进", "回", "入", "登上", "爬上")):
            return _REACHED
        if word.text in grammar().words("place") or word.text.endswith("在"):
            return _THERE
        if place and word.text + before[place - 1].text in grammar().words("arriving"):
            return _REACHED  # 爬 + 上
        if word.mark == "verb" and place and before[place - 1].text != "的":
            return 0  # 踩着退潮的沙滩 is on it all the same
    return 0


def _located(words: Sequence[Word], match: Match) -> bool:
    """Whether it is said what is in, on or beside the place: 教室里, 湖边."""
    localisers = tuple(grammar().words("localisers"))
    after = words[match.last + 1].text if match.last + 1 < len(words) else ""
    return (
        after.startswith(localisers) or words[match.last].text.endswith(localisers) or match.text.endswith(localisers)
    )


def _by_its_part(words: Sequence[Word], match: Match) -> bool:
    """产房的门开了, 教室的灯还亮着: one is at what is indoors where something happens to its door or its lamp."""
    after = [word.text for word in words[match.last + 1 : match.last + 4]]
    if match.id not in grammar().words("indoors") or after[:1] != ["的"] or len(after) < len(("的", "门", "开")):
        return False
    return after[1] in grammar().words("opening_parts") and words[match.last + 3].mark != "end"


def _owns(words: Sequence[Word], match: Match) -> bool:
    """Whether the place only tells who somebody is: 村里的人, 江上的鱼."""
    after = [word.text for word in words[match.last + 1 : match.last + 4]]
    behind = after[after.index("的") + 1 :] if "的" in after[:2] else []
    return bool(behind) and (behind[0] == "人" or lexicon().noun(behind[0]) is not None)


def _is_there(words: Sequence[Word], match: Match, before: Sequence[Word]) -> bool:
    """前面是一片沙漠; 从前有个村子; 湖到了."""
    after = [word.text for word in words[match.last + 1 : match.last + 3]]
    if after[:1] == ["到"] or (after[:1] == ["就"] and "到" in after) or _meets(after):
        return True
    if any(word.text == "是" for word in before[:_VERB]):
        return any(word.text in grammar().words("spots") for word in before)
    return any(word.text in grammar().words("being_there") for word in before[:_VERB])


def _meets(after: Sequence[str]) -> bool:
    """一条小河挡住了去路."""
    return bool(after) and after[0] in grammar().words("meeting")
