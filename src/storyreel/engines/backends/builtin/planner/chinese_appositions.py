"""Two Chinese mentions that stand for the same one, made one: kind and name, and what somebody is said to be."""

import re
from collections.abc import Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import OWNER, Mention
from storyreel.engines.backends.builtin.planner.words import Word

_DESCRIBED = 6  # characters at most between a name and the kind that it is given
_CALLED = 5  # characters at most up to the name in 女孩的名字叫
_IS = re.compile(r"，?(?:就|正|也|原来|本|都|便)?(?:是|当了?|成了|做了?)(?:[一那这]?[个位名只条头])?")
_IS_SUCH = re.compile(r"，?是[一那这]?[个位名只条头][^，。！？]{1,8}的")
_IS_ONE = re.compile(r"，(?:他|她|它|那|这)?是一?[个位名只条头匹][^，。！？]{0,8}")
_TURNS_OUT = re.compile(r".{0,12}，(?:原来|竟然?|不是别人，正|正|就)?是[^，。！？]{0,10}")
_CALLING = ("叫", "喊", "称", "称呼", "唤")
_SURNAMED = re.compile(r"，?姓.，?单?名(?:叫|唤|字叫|作)?")


def named_once(words: Sequence[Word], mentions: list[Mention]) -> list[Mention]:
    """Kind and name of the same one made one mention: 村长王大山, 一个叫小红的女孩, 女孩名叫小红, 我爸是邮递员."""
    merged: list[Mention] = []
    for mention in mentions:
        last = merged[-1] if merged else None
        if last is not None and _same(words, last, mention):
            _join(last, mention)
            continue
        merged.append(mention)
    return merged


def _join(last: Mention, mention: Mention) -> None:
    """Take over what the second of two mentions of the same one tells."""
    if last.noun and mention.noun:
        if mention.first == last.last + 1 and not (last.name or last.noun.animal):
            last.word, mention.word = mention.word, last.word  # a tall boy is a boy
        last.aliases.append(mention.word)
    elif not last.word or last.name:
        last.word = mention.word
    last.noun = _both(last.noun, mention.noun) if last.noun and mention.noun else last.noun or mention.noun
    last.name = last.name or mention.name
    last.aliases += mention.aliases
    last.new = last.new or mention.new
    last.look, last.clothes = last.look or mention.look, last.clothes or mention.clothes
    last.role = mention.role if last.role == OWNER else last.role
    last.last = mention.last


def _both(one: Noun, other: Noun) -> Noun:
    """What two words for one person tell: the kind by what is no mere girl or old man, if there is such."""
    if one.animal != other.animal:
        return one if one.animal else other
    noun = min(one, other, key=lambda noun: (noun.kind is None, noun.generic, noun.kin is not None))
    return replace(noun, sex=one.sex or other.sex, age=one.age or other.age, kin=one.kin or other.kin)


def _same(words: Sequence[Word], one: Mention, other: Mention) -> bool:
    between = "".join(word.text for word in words[one.last + 1 : other.first])
    if other.pronoun or other.plural or one.plural or (one.name and other.name):
        return False
    if (told := _told_to_be(one, other, between)) is not None:
        return told
    if one.noun and other.noun and not (between or other.name) and one.role != OWNER:
        return not other.noun.animal and one.noun.kin is None  # 狐狸大婶, 高个子男孩
    if one.pronoun:
        return _pronoun_is(words, one, other, between)
    if not one.name and not other.name:
        return False
    if one.name and other.noun and (_IS_SUCH.fullmatch(between) or (not between and _titled(one.name, other))):
        return True
    if other.name:
        calling = between.endswith(tuple(grammar().words("calling"))) and len(between) <= _CALLED
        return (not between and one.role != OWNER) or calling or _SURNAMED.fullmatch(between) is not None
    called = one.first > 0 and words[one.first - 1].text.endswith(("叫", "叫做", "名叫"))
    if called and between.startswith("的") and len(between) <= _DESCRIBED:
        return True
    if between.startswith("是") and between.endswith(("的", "个", "位", "名", "只")) and len(between) <= _DESCRIBED + 2:
        return True
    return between in ("这个", "这位", "这只") or _IS.fullmatch(between) is not None


def _titled(name: str, title: Mention) -> bool:
    """林晓梅医生, 梁野先生; but 小明妈妈 is somebody else."""
    polite = title.word in grammar().words("chinese_titles") | grammar().words("polite_titles")
    return name[0] in lexicon().surnames and polite and title.noun is not None and title.noun.kin is None


def _told_to_be(one: Mention, other: Mention, between: str) -> bool | None:
    """Whether the one is said to be the other; None where that is not what stands between them."""
    if one.noun and other.noun and one.new and _IS_ONE.fullmatch(between):
        return True  # 只有一个邮差，是一只名叫慢慢的乌龟
    if one.word in grammar().words("unseen_faces") and _TURNS_OUT.fullmatch(between):
        return True  # 黑影哭了，原来是二毛
    if one.noun and other.noun and not other.name and _IS.fullmatch(between):
        return one.noun.animal == other.noun.animal
    return None


def _pronoun_is(words: Sequence[Word], one: Mention, other: Mention, between: str) -> bool:
    """人人都叫他牛郎; 他的名字叫江河; 他叫江河，; 他是个铁匠."""
    if not between and other.role != OWNER and one.first > 0 and words[one.first - 1].text.endswith(_CALLING):
        return True
    named = ("名字叫", "的名字叫", "的名字是", "名叫", *(("叫", "就叫", "叫做") if _ends(words, other) else ()))
    if other.name is not None and between in named:
        return True
    told = _IS.fullmatch(between) or _IS_SUCH.fullmatch(between)
    return other.noun is not None and not one.owns and told is not None


def _ends(words: Sequence[Word], mention: Mention) -> bool:
    """Whether the clause ends with it: 他叫江河，; but not 他叫江河过来."""
    return mention.last + 1 == len(words) or words[mention.last + 1].mark == "end"
