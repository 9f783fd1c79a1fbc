"""Which Chinese verbs tell of a deed that can be seen, and which only name, wish, doubt, or tell what there is."""

from collections.abc import Collection, Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.vocabulary import Match, vocabulary
from storyreel.engines.backends.builtin.planner.words import Word

_CLAUSE = 12  # words at most
_NEAR = 2
_GIVEN = 5  # words at most between giving and what is given: 给了她一个苹果


def nobody_does(words: Sequence[Word], index: int, mentions: Sequence[Mention], verbs: Collection[int]) -> bool:
    """Whether nobody of the story is seen to do what the verb at `index`, one of the `verbs`, says."""
    if not words[index].chinese:
        return False
    if words[index].text == "给" and _for_somebody(words, index, mentions, verbs):
        return True
    return any(so(words, index, mentions) for so in _UNSEEN)


def handed(words: Sequence[Word], match: Match) -> bool:
    """Whether a thing goes from hand to hand: 把花送给妈妈, 拿出一颗糖，递给她, 给了她一个苹果."""
    if not words[match.first].chinese or match.id not in grammar().words("holdable"):
        return False
    handing = tuple(grammar().words("handing"))
    before = clause_before(words, match.first, _CLAUSE)
    behind = [word.text for word in words[match.last + 1 : match.last + _NEAR + 1]]
    taken = any(word.text in ("把", "将") for word in before)
    if any(text.startswith(handing) and (taken or len(text) > 1) for text in behind):
        return True
    return any(word.text.startswith(handing) for word in before[:_GIVEN])


def _only_calls(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """有个少年叫石生, whom no one calls: kind and name are one mention."""
    calling = words[index].text in grammar().words("calling")
    return calling and any(mention.first < index < mention.last for mention in mentions)


def _for_somebody(words: Sequence[Word], index: int, mentions: Sequence[Mention], verbs: Collection[int]) -> bool:
    """给小红洗澡: for her, and nothing is handed over; but 给她端来一杯茶."""
    whom = next((mention for mention in mentions if mention.first == index + 1), None)
    verb = whom.last + 1 if whom is not None else -1
    return verb in verbs and words[verb].text[0] not in grammar().words("serving")


def _only_thought(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """想留下来, 不敢走; 不相信龙会吃人, where somebody else would do it."""
    before = clause_before(words, index, _CLAUSE)
    if any(word.text in grammar().words("only_wished") for word in before[:_NEAR]):
        return True
    doubt = next((at for at, word in enumerate(before) if word.text in grammar().words("only_believed")), 0)
    return any(index - doubt <= mention.first < index for mention in mentions)


def leads(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """带着女儿去海边, where nobody is carried."""
    behind = (word.text for word in words[index + 1 : index + 2])
    whom = index + 1 + (next(behind, "") in ("着", "了", "上"))
    leading = words[index].chinese and words[index].text[0] in "带领陪"
    return leading and any(mention.first == whom and mention.noun != lexicon().noun("婴儿") for mention in mentions)


def _suffered(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """被拉上了岸."""
    return index > 0 and words[index - 1].text == "被"


def _of_a_thing(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """一支箭射中了他, 书从桌上掉下来: what a thing does, with which the clause begins."""
    first = index - len(clause_before(words, index, _CLAUSE))
    if any(first <= mention.first < index for mention in mentions):
        return False
    told = (word.text for word in words[first:index] if word.text[0] not in "一那这几")
    thing = next(told, "")
    return thing in vocabulary().chinese["props"] or thing in _ARROWS


_ARROWS = ("箭", "子弹", "浪花", "海浪", "泪水")


def _food(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """去找吃的, 没有喝的."""
    after = words[index + 1 : index + 3]
    return len(after) > 1 and after[0].text == "的" and after[1].mark == "end" and len(words[index].text) == 1


def _says_which(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """嫦娥最爱吃的水果, 奶奶织的毛衣: which thing it is; but 哭着的孩子 cries."""
    of = words[index + 1 : index + 2]
    after = words[index + 2 : index + 3]
    if not of or of[0].text != "的" or not after or after[0].mark == "end":
        return False
    return not any(index < mention.first <= index + _GIVEN for mention in mentions)


def _there_is(words: Sequence[Word], index: int, mentions: Sequence[Mention]) -> bool:
    """天上飘起了小雨, 墙上画着一幅画: a place, and what is there; nobody is told of in the clause."""
    first = index - len(clause_before(words, index, _CLAUSE))
    last = next((at for at in range(index, len(words)) if words[at].mark == "end"), len(words)) - 1
    if any(first <= mention.first <= last for mention in mentions):
        return False
    before = words[index - 1].text if first < index else ""
    place = before.endswith(tuple(grammar().words("localisers"))) and before[0] not in grammar().words("chinese_body")
    after = "".join(word.text for word in words[index : last + 1])[1:]
    return place and after.startswith(("了", "着", "起", "满")) and words[last].mark in ("noun", "name")


_UNSEEN = (_only_calls, _only_thought, _suffered, _of_a_thing, _food, _says_which, _there_is)
