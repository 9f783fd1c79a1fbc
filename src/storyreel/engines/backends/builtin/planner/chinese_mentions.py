"""Who is spoken of in Chinese words: kinds with their describing syllables, names, pronouns, counted groups."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from storyreel.engines.backends.builtin.planner.chinese_appositions import named_once
from storyreel.engines.backends.builtin.planner.context import clause_before, likened, only_named, stays_away
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.words import Word

_CLAUSE = 12  # words at most
_DESCRIBING = "小老大白黑灰花黄红胖瘦公母野山雪金银青这那瞎懒笨傻年轻"


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
            acted = acted or (word.mark == "verb" and word.text not in grammar().words("auxiliaries"))
            continue
        mention.role = _role(words, mention, acted)
        mention.owns = mention.owns and not acted  # 捅了捅她的胳膊: hers, not the doer's, which would be 自己的
        mention.owner = _owner(found, words, mention)
        found.append(mention)
    return named_once(words, found)


def head_of(text: str) -> tuple[str, Noun] | None:
    """Whom a Chinese word means: itself, without what describes it (小狐狸, 大灰狼), or by its ending (点灯匠)."""
    known = lexicon()
    if text in grammar().words("not_people"):
        return None
    if text in grammar().words("people_at_large"):
        return "人们", Noun(plural=True)
    text = (text.removesuffix("们") if text[-1] == "们" else text.removesuffix("俩")) or text
    if noun := known.noun(text):
        return text, noun
    for size in range(len(text) - 1, 0, -1):
        end, rest = text[-size:], text[:-size]
        noun = known.noun(end)
        if noun is not None and end not in ("人", "家") and all(character in _DESCRIBING for character in rest):
            return end, noun
        if noun is not None and size > 1 and not noun.animal:
            return end, noun
    return None


def _pronoun(words: Sequence[Word], index: int) -> Mention | None:
    word = words[index]
    text = word.text.removesuffix("的") if len(word.text) > 1 else word.text
    pronoun = grammar().group("pronouns", text)
    if text == "人" and (count := _counted(words, index)[0]) > 1:
        return Mention(index, index, text, pronoun="all", count=count)  # 三个人: those three
    if pronoun == "self" and any(word.text[0] in "你您" and not word.quoted for word in words):
        return None  # 你看看我，我看看你
    owns = word.text.endswith("的") or (index + 1 < len(words) and words[index + 1].text == "的")
    return Mention(index, index, text, pronoun=pronoun, owns=owns) if pronoun else None


def _name(words: Sequence[Word], index: int, names: frozenset[str]) -> Mention | None:
    text = words[index].text
    if text not in names:
        return None
    title = (
        "国王"
        if text[-1] == "王"
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
        count=count,
        new=new,
        definite=definite,
        look=_look(words, index, described),
        clothes=_clothes(words, index),
        aliases=_heads(lemma),
    )


def _heads(word: str) -> list[str]:
    """What a longer word may be shortened to: 阿姨 for 保洁阿姨, 王母 for 王母娘娘."""
    parts = [part for size in range(2, len(word) - 1) for part in (word[:size], word[size:])]
    return [part for part in parts if lexicon().noun(part) is not None]


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
    if following is None or following.mark != "noun" or len(following.text) > 1:
        return following is not None and following.text in grammar().words("of_animals")
    return head_of(following.text) is None and following.text not in grammar().words("chinese_body")


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


@lru_cache(maxsize=1024)
def _number(text: str) -> int | None:
    """One for 一个, three for 三只, none of them (0) for 几个 and 一群, None for a word that counts nothing."""
    digits = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
    if text in ("一群", "几个", "几只", "几位", "一些", "许多", "很多", "好多", "一队", "一伙", "众", "各位", "群"):
        return 0
    bare = text.lstrip("那这另有")
    if len(bare) == 2 and bare[0] in digits and bare[1] in "个只位名条头匹对群户尾":
        return 0 if bare[1] == "群" else 2 if bare[1] == "对" else digits[bare[0]]
    if not bare and text in ("那", "这"):
        return 1
    return 1 if bare in ("个", "只", "位", "名") and text != bare else None


def _role(words: Sequence[Word], mention: Mention, acted: bool) -> str:
    following = words[mention.last + 1] if mention.last + 1 < len(words) else None
    before = words[mention.first - 1] if mention.first else None
    if _likened(words, mention) or _of_old(words, mention) or _preyed_on(words, mention):
        return APART
    if any(away(words, mention) for away in (_made_something, _parted_from, _written_to, _at_theirs, _had)):
        return APART
    if words[mention.first].text.endswith("的") or (following is not None and following.text == "的"):
        return _of_owner(words, mention, acted)
    if following is not None and following.chinese and mention.pronoun and _is_kin(following.text):
        return OWNER
    if only_named(words, mention.first) or stays_away(words, mention.last) or _only_pictured(words, mention.first):
        return APART
    if before is not None and before.text == "连" and mention.noun is not None:
        return APART  # 连知了都懒得叫
    if before is not None and before.text in grammar().words("object_markers"):
        return OBJECT
    if acted and mention.new and _appears(words, mention.first):
        return SUBJECT
    described = before is not None and before.text == "的"  # 站在后面的少年问, 受伤的狼从林子里窜出来
    if (
        described
        and following is not None
        and (
            following.mark == "verb"
            or following.text in grammar().words("speech_tags") | grammar().words("before_deeds")
        )
    ):
        return SUBJECT
    return OBJECT if acted and not _acts_too(words, mention.last) else SUBJECT


def _appears(words: Sequence[Word], first: int) -> bool:
    """Whether somebody comes upon the scene: 从树上跳下一只松鼠; but not 他钓上来一条鱼."""
    clause = clause_before(words, first, _CLAUSE)
    verb = next((word for word in clause if word.mark == "verb"), None)
    others = any(word.mark in ("pronoun", "name") or head_of(word.text) is not None for word in clause)
    return verb is not None and not others and verb.text.endswith(tuple(grammar().words("appearing")))


def _acts_too(words: Sequence[Word], last: int) -> bool:
    """Whether who is seen or found does something in the same clause: 看见一个男孩在哭."""
    before = next((word for word in reversed(words[max(0, last - 5) : last]) if word.mark in ("verb", "end")), None)
    if before is None or not before.text.startswith(tuple(grammar().words("pivots"))):
        return False
    for word in words[last + 1 : last + 3]:
        if word.mark == "end" or word.text in ("的", "和", "跟"):
            return False
        if word.mark == "verb" and word.text not in grammar().words("auxiliaries"):
            return True
    return False


def _likened(words: Sequence[Word], mention: Mention) -> bool:
    """笑得像个偷到糖的孩子, 学着大人的样子: they are only compared with."""
    before = clause_before(words, mention.first, _CLAUSE)
    if likened(before) or (mention.noun and _lost(before)):
        return True
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 4])
    return mention.noun is not None and after.startswith(tuple(grammar().words("only_alike")))


def _made_something(words: Sequence[Word], mention: Mention) -> bool:
    """女儿发来的一条消息, 奶奶织的毛衣: who made or sent a thing need not be there."""
    after = words[mention.last + 1 : mention.last + 3]
    made = next((at for at, word in enumerate(after) if word.text in grammar().words("made_by")), None)
    if made is None or mention.pronoun or mention.name:
        return False
    behind = words[mention.last + made + 2 : mention.last + made + 5]
    return bool(behind) and behind[0].text == "的" and all(head_of(word.text) is None for word in behind[1:])


def _parted_from(words: Sequence[Word], mention: Mention) -> bool:
    """昨天和同学走散了."""
    before = words[mention.first - 1].text if mention.first else ""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 4])
    return before in ("和", "跟", "同", "与") and after.startswith(tuple(grammar().words("parted_from")))


def _written_to(words: Sequence[Word], mention: Mention) -> bool:
    """给妈妈打电话, 给奶奶买的药."""
    before = words[mention.first - 1].text if mention.first else ""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 4])
    return before == "给" and after.startswith(tuple(grammar().words("from_afar")))


def _at_theirs(words: Sequence[Word], mention: Mention) -> bool:
    """刘奶奶家的小孙女, 去外婆家: their house, or who comes from there."""
    following = words[mention.last + 1] if mention.last + 1 < len(words) else None
    return following is not None and not mention.pronoun and following.text in ("家", "家里", "家中", "家的")


def _had(words: Sequence[Word], mention: Mention) -> bool:
    """李靖有三个儿子: that somebody has them shows nobody."""
    if mention.noun is None or mention.noun.kin is None or mention.count == 1:
        return False
    before = clause_before(words, mention.first, 4)
    has = next((at for at, word in enumerate(before) if word.text in ("有", "生有", "生了", "养了")), None)
    return has is not None and len(before) > has + 1 and before[has + 1].mark in ("name", "pronoun", "noun")


def _lost(before: Sequence[Word]) -> bool:
    """死了父亲: 死 + 了 right before."""
    nearest = before[1].text + before[0].text if len(before) > 1 and before[0].text == "了" else ""
    nearest = nearest or (before[0].text if before else "")
    return nearest in grammar().words("losing")


def _preyed_on(words: Sequence[Word], mention: Mention) -> bool:
    """钓鱼, 想的都是鱼: animals that are caught, eaten or dealt with."""
    if mention.noun is None or not mention.noun.animal or mention.new:
        return False
    preying = grammar().words("preying")
    return any(word.text[0] in preying for word in clause_before(words, mention.first, 4) if word.mark == "verb")


def _of_old(words: Sequence[Word], mention: Mention) -> bool:
    """后来人们说起他: people at large, whom no picture shows."""
    if mention.word != "人们":
        return False
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 8])
    return any(phrase in after for phrase in grammar().words("said_of_old"))


def _only_pictured(words: Sequence[Word], first: int) -> bool:
    """金线绣的龙, 墙上画的马."""
    return (
        first > 1
        and words[first - 1].text == "的"
        and words[first - 2].text.endswith(("绣", "画", "刻", "雕", "印", "织"))
    )


def _of_owner(words: Sequence[Word], mention: Mention, acted: bool) -> str:
    """An owner is there with what is theirs (仙鹤的长嘴), but not where that is somebody else (小明的狗)."""
    things = [word for word in words[mention.last + 1 : mention.last + 5] if word.text != "的"]
    owned = next((word for word in things if word.mark in ("noun", "name", "end") or head_of(word.text)), None)
    if owned is None or owned.mark == "end" or head_of(owned.text) is not None:
        return OWNER
    if mention.noun is not None and mention.noun.animal and not mention.name:
        return OWNER  # 龙的鳞片: no dragon is there, unless it was told of before
    return (
        SUBJECT
        if not acted
        else OBJECT
        if any(part in owned.text for part in grammar().words("chinese_body"))
        else OWNER
    )


def _is_kin(text: str) -> bool:
    found = head_of(text)
    return found is not None and found[1].kin is not None


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
