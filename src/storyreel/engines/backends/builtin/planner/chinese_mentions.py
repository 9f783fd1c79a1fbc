"""Who is spoken of in Chinese words: kinds with their describing syllables, names, pronouns, counted groups."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from storyreel.engines.backends.builtin.planner.chinese_appositions import named_once
from storyreel.engines.backends.builtin.planner.chinese_clauses import falls
from storyreel.engines.backends.builtin.planner.chinese_heads import head_of, shorter_words
from storyreel.engines.backends.builtin.planner.chinese_roles import role_of
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import OWNER, Mention
from storyreel.engines.backends.builtin.planner.words import Word


def chinese_mentions(words: Sequence[Word], names: frozenset[str]) -> list[Mention]:
    """Everybody whom the Chinese words outside of quotation marks speak of, in order."""
    found: list[Mention] = []
    acted = False  # whether the clause has had its verb
    for index, word in enumerate(words):
        if word.mark == "end":
            acted = False
            continue
        if word.quoted or not word.chinese:
            continue
        mention = _pronoun(words, index) or _name(words, index, names) or _noun(words, index)
        if mention is None:
            idle = grammar().words("auxiliaries") | grammar().words("before_tellings")
            acted = acted or (word.mark == "verb" and word.text not in idle)
            continue
        mention.role = role_of(words, mention, acted=acted)
        mention.owns = mention.owns and not acted  # 捅了捅她的胳膊: hers, not the doer's, which would be 自己的
        mention.owner = _owner(found, words, mention)
        found.append(mention)
    return named_once(words, found)


def _pronoun(words: Sequence[Word], index: int) -> Mention | None:
    word = words[index]
    text = word.text.removesuffix("的") if len(word.text) > 1 else word.text
    pronoun = grammar().group("pronouns", text)
    if text == "人" and (count := _counted(words, index)[0]) > 1:
        return Mention(index, index, text, pronoun="all", count=count)  # 三个人: those three
    if pronoun == "self" and any(word.text[0] in "你您" and not word.quoted for word in words):
        return None  # 你看看我，我看看你
    if text[-1] == "人" and (count := _SO_MANY.get((words[index - 1].text if index else "") + text[:-1], 0)):
        return Mention(index, index, "人", pronoun="all", count=count)  # 把两人带走
    owns = word.text.endswith("的") or (index + 1 < len(words) and words[index + 1].text == "的")
    return Mention(index, index, text, pronoun=pronoun, owns=owns) if pronoun else None


_SO_MANY = {"两": 2, "二": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6}


def _name(words: Sequence[Word], index: int, names: frozenset[str]) -> Mention | None:
    text = words[index].text
    if text not in names or falls(words, index):
        return None
    title = (
        "国王"
        if text[-1] == "王" and text[0] not in "小老阿"  # 齐王, but not 老王
        else next((text[size:] for size in range(1, len(text) - 1) if lexicon().noun(text[size:])), None)
    )
    return Mention(index, index, text, lexicon().noun(title) if title else None, text, definite=True)


def _noun(words: Sequence[Word], index: int) -> Mention | None:
    word = words[index]
    if len(word.text) == 1 and not _stands_alone(words, index):
        return None
    found = head_of(word.text)
    if found is None and word.mark == "noun" and word.text not in grammar().words("not_people"):
        noun = lexicon().by_ending(word.text)
        found = (word.text, noun) if noun else None
    if found is None:
        return None
    lemma, noun = found
    if lemma in grammar().words("shadows") and not any(_counted(words, index)[1:]):
        return None  # 他的身影
    described = _prefix(word.text.removesuffix("们"), lemma)
    if noun.sex is None and described[-1:] in ("女", "男"):
        noun = replace(noun, sex="female" if described[-1] == "女" else "male")
    count, new, definite = _counted(words, index)
    together = index + 1 < len(words) and words[index + 1].text == "们"
    if together or word.text.endswith(("们", "俩")) or noun.plural:
        count = count if count > 1 else 2 if lemma in grammar().words("pairs") else 0
    return Mention(
        index,
        index,
        lemma,
        noun,
        _surnamed(words, index),
        count=count,
        new=new,
        definite=definite,
        look=_look(words, index, described),
        clothes=_clothes(words, index),
        aliases=[*shorter_words(lemma), *_clad(words, index, described)],
    )


def _clad(words: Sequence[Word], index: int, described: str) -> list[str]:
    """青衣人, as who comes in as 青衣刀客 may be called."""
    clad = described or (words[index - 1].text if index else "")
    return [clad + "人"] if len(clad) == len("青衣") and clad[1] == "衣" else []


def _surnamed(words: Sequence[Word], index: int) -> str | None:
    """沈知县, who is first told of as 姓沈的知县."""
    before = "".join(word.text for word in words[max(0, index - 3) : index])
    return before[-2] + words[index].text if len(before) > 2 and before[-3] == "姓" and before[-1] == "的" else None


def _stands_alone(words: Sequence[Word], index: int) -> bool:
    """Whether a word of one character names somebody: 一只鸟, 狼来了; but not 马上, 鼠标."""
    return (
        head_of(words[index].text) is not None
        and words[index].mark in ("noun", "name", "")
        and not (words[index].text in grammar().words("doubtful") and not _counted(words, index)[1])
        and not _in_compound(words, index)
    )


def _in_compound(words: Sequence[Word], index: int) -> bool:
    """Whether the character only says what kind of thing follows: 马棚, 鸡汤."""
    following = words[index + 1] if index + 1 < len(words) else None
    if _in_place_name(words, index):
        return True
    if following is None or following.mark != "noun" or len(following.text) > 1:
        return following is not None and following.text in grammar().words("of_animals")
    return head_of(following.text) is None and following.text not in grammar().words("chinese_body")


def _in_place_name(words: Sequence[Word], index: int) -> bool:
    """鹭嘴村, 鹰嘴崖, 龙泉镇: no animal."""
    text = ""
    for word in words[index + 1 : index + 3]:
        if word.mark == "verb" or word.mark == "end":
            return False
        text += word.text
        if text[-1] in "村镇岛崖沟湾岭庄寨桥街巷峰潭滩港屯" and len(text) <= len("嘴村"):
            return True
    return False


def _counted(words: Sequence[Word], index: int) -> tuple[int, bool, bool]:
    """How many, whether told of for the first time, whether pointed at: 三个, 一只, 那位."""
    text = ""
    for word in reversed(words[max(0, index - 6) : index]):
        if word.mark == "end" or (word.mark == "verb" and not text):
            break
        number = _number("一" + word.text) if text == "" and word.text in _ONE_OF and _shown(words, word) else None
        text = word.text + text
        number = number or _number(word.text)
        if number is not None:
            return number, word.text[0] not in "那这", word.text[0] in "那这"
    return 1, False, False


_ONE_OF = "个位只条头匹"


def _shown(words: Sequence[Word], measure: Word) -> bool:
    """Whether a measure word without a number follows what brings somebody in: 来了个老头, 抱着个孩子."""
    place = words.index(measure)
    return place > 0 and (words[place - 1].mark == "verb" or words[place - 1].text in ("着", "了", "过", "有", "是"))


_ABOUT = re.compile(
    r"[一二两三四五六七八九]{2}[个只位名条头匹]|(?:几|十几|几十|十来|十多|好几|上百|数十|成群)(?:个|只|位|名|条|头|匹)?"
)
"""七八个, 十几只: some."""


@lru_cache(maxsize=1024)
def _number(text: str) -> int | None:
    """One for 一个, three for 三只, none of them (0) for 几个 and 一群, None for a word that counts nothing."""
    digits = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
    if text in ("一群", "几个", "几只", "几位", "一些", "许多", "很多", "好多", "一队", "一伙", "众", "各位", "群"):
        return 0
    if _ABOUT.fullmatch(text):
        return 0
    bare = text.lstrip("那这另有")
    if len(bare) == 2 and bare[0] in digits and bare[1] in "个只位名条头匹对群户尾":
        return 0 if bare[1] == "群" else 2 if bare[1] == "对" else digits[bare[0]]
    if not bare and text in ("那", "这"):
        return 1
    return 1 if bare in ("个", "只", "位", "名") and text != bare else None


def _owner(found: list[Mention], words: Sequence[Word], mention: Mention) -> Mention | None:
    if not found or found[-1].role != OWNER:
        return None
    return found[-1] if mention.first - found[-1].last <= 2 else None


def _prefix(text: str, lemma: str) -> str:
    """What describes a kind within its word: 大灰 of 大灰狼, 小 of 小女孩."""
    bare = lexicon().noun(text[1:]) if text == lemma and text[0] in "小老" else None
    if bare is not None:
        return "" if text[0] == "老" and bare.animal else text[0]  # 老虎 need not be old
    return text[: -len(lemma)]


def _look(words: Sequence[Word], index: int, prefix: str) -> str:
    """Size and colours before a kind: 小 in 小狐狸, 红色 in 红色的鸟."""
    before = words[index - 1].text if index else ""
    if before == "的" and index > 1:
        before = words[index - 2].text
    looks = [grammar().group("looks", part) for part in (before, *prefix)]
    return " ".join(dict.fromkeys(look for look in looks if look))


def _clothes(words: Sequence[Word], index: int) -> str:
    """What somebody wears, before the kind: 穿着红色裙子的小女孩."""
    wearing, colour = False, ""
    for word in words[max(0, index - 8) : index]:
        if word.mark == "end":
            wearing, colour = False, ""
        wearing = wearing or word.text[0] in "穿戴披系"
        if not wearing:
            continue
        colour = colour or grammar().group("looks", word.text) or grammar().group("looks", word.text[0]) or ""
        for text, garment in grammar().groups["garments"].items():
            if word.text.endswith(text):
                return f"{colour} {garment}".strip()
    return ""
