"""Whether somebody told of in Chinese does something, has something done to them, owns something, or is not there."""

import re
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.chinese_heads import head_of
from storyreel.engines.backends.builtin.planner.context import clause_before, likened, only_named, stays_away
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mentions import APART, OBJECT, OWNER, SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.words import Word

_CLAUSE = 12  # words at most


def role_of(words: Sequence[Word], mention: Mention, *, acted: bool) -> str:
    following = words[mention.last + 1] if mention.last + 1 < len(words) else None
    before = words[mention.first - 1] if mention.first else None
    if any(away(words, mention) for away in _AWAY):
        return APART
    if words[mention.first].text.endswith("的") or (following is not None and following.text == "的"):
        return _of_owner(words, mention, acted)
    if following is not None and _whose_kin(mention, following):
        return OWNER
    if only_named(words, mention.first) or stays_away(words, mention.last) or _only_pictured(words, mention.first):
        return APART
    if _marked(words, mention):
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


def _marked(words: Sequence[Word], mention: Mention) -> bool:
    """把他, 对那黑影, 把两人."""
    before = clause_before(words, mention.first, 4)
    if len(before) > 1 and before[0].text in ("了", "过") and before[1].text == "给":
        return True  # 给了她一个苹果
    while before and (
        before[0].mark == "indefinite" or before[0].text[0] in "那这两三四五几" or before[0].text == "只"
    ):
        before = before[1:]
    return bool(before) and before[0].text in grammar().words("object_markers")


def _whose_kin(mention: Mention, following: Word) -> bool:
    """他妈妈, 栓柱娘; but not 阿福哥哥, who may be 阿福."""
    if mention.name:
        return following.text in grammar().words("kin_behind_names")
    return following.chinese and mention.pronoun is not None and _is_kin(following.text)


def _even_they(words: Sequence[Word], mention: Mention) -> bool:
    """连知了都懒得叫."""
    return mention.first > 0 and words[mention.first - 1].text == "连" and mention.noun is not None


_SOUNDS = re.compile(
    r"(?:还没|刚|在|一|都|又|也不|不|直|乱)?(?:叫|鸣|啼|吠)(?:了(?!起来：)|得|个|成|声|起来[，。]|头遍|[，。])"
)


def _only_heard(words: Sequence[Word], mention: Mention) -> bool:
    """蝉叫得人心烦, 鸡还没叫, 拍蚊子: animals that only sound or sting, of whom nothing else is told."""
    if mention.noun is None or not mention.noun.animal or mention.new or mention.definite or mention.plural:
        return False
    if mention.name or mention.look:
        return False
    doing = any(word.mark == "verb" for word in clause_before(words, mention.first, 2))
    if doing and mention.word in grammar().words("vermin"):
        return True
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 5])
    return _SOUNDS.match(after) is not None and not any(word.quoted for word in words)


def _in_the_mind(words: Sequence[Word], mention: Mention) -> bool:
    """耳朵里就响起他的脚步声: heard or seen by memory alone."""
    before = "".join(word.text for word in reversed(clause_before(words, mention.first, _CLAUSE)))
    within = any(place in before for place in grammar().words("in_the_mind"))
    return within and any(verb in before for verb in grammar().words("comes_to_mind"))


def _told_by_mouth(words: Sequence[Word], mention: Mention) -> bool:
    """他说，他娘发烧: what is said without quotation marks shows nobody but those who are pronouns."""
    if mention.pronoun or mention.noun is None:
        return False
    start = next((at for at in range(mention.first - 1, -1, -1) if words[at].mark == "end"), -1)
    if start < 1 or words[start].text != "，":
        return False
    return words[start - 1].text.endswith(tuple(grammar().words("telling"))) and not words[start - 1].quoted


def _written_home(words: Sequence[Word], mention: Mention) -> bool:
    """亲爱的妈妈：; 妈，您问我什么时候回去: who is written to is not there."""
    before = clause_before(words, mention.first, _CLAUSE)
    following = words[mention.last + 1 : mention.last + 2]
    if mention.noun is None or not following or following[0].mark != "end" or following[0].quoted:
        return False
    if [word.text for word in before[:2]] == ["的", "亲爱"] or (before and before[0].text in ("亲爱的", "尊敬的")):
        return True
    spoken_to = any(word.text[0] in "您你" and not word.quoted for word in words[mention.last + 1 :])
    return not before and spoken_to and following[0].text in "，：！"


def _none_there(words: Sequence[Word], mention: Mention) -> bool:
    """一只大雁也没有."""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 3])
    return mention.new and after.startswith(("也没", "都没", "也不见", "都不见"))


def _tells_of_a_thing(words: Sequence[Word], mention: Mention) -> bool:
    """放上嫦娥最爱吃的水果: what somebody likes or made, after who does something."""
    before = clause_before(words, mention.first, 2)
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 5])
    doing = bool(before) and any(word.mark == "verb" for word in before)
    return doing and mention.pronoun is None and _DESCRIBING.match(after) is not None


_DESCRIBING = re.compile(
    r"(?:最|常|亲手|刚|新|从前|以前|生前|平时|昨天)*(?:爱|喜欢|做|织|缝|写|送|留|种|画|买|用|住|吃|坐|睡)[^，。的]{0,2}的"
)


def _left_behind(words: Sequence[Word], mention: Mention) -> bool:
    """爷爷的铺是空的."""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 7])
    return after.startswith("的") and any(phrase in after for phrase in grammar().words("empty_places"))


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


_SENDING = re.compile(
    r"(?:就|又|也|才|刚|还|突然|忽然|终于|只|在(?:群|微信|电话|信|电报)里)*"
    r"(?:(?:发|寄|捎|打|传|托人)(?:来|过来|回)|来(?:了|过)?(?:一|两|几)?(?:个|条|封|通)?(?:电话|信|短信|电报|消息))"
    r"|(?:在)?(?:电话|信|微信|视频|短信)(?:里|中|那头|上)"
)


def _sent_from_afar(words: Sequence[Word], mention: Mention) -> bool:
    """周总发来一条微信, 妈妈打来电话, 父亲在信里说: who writes or calls is somewhere else."""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 6] if not word.quoted)
    return not mention.pronoun and _SENDING.match(after) is not None


def _parted_from(words: Sequence[Word], mention: Mention) -> bool:
    """昨天和同学走散了."""
    before = words[mention.first - 1].text if mention.first else ""
    after = "".join(word.text for word in words[mention.last + 1 : mention.last + 4])
    return before in ("和", "跟", "同", "与") and after.startswith(tuple(grammar().words("parted_from")))


_LOOKED_UP = re.compile(
    r"(?:去|想|要)(?:了|一趟)?(?:看看?|看望|探望?|找找?|接|见|拜访|寻找?|投奔|请)(?:一下|他的|她的)?$"
)


def _looked_up(words: Sequence[Word], mention: Mention) -> bool:
    """坐着火车去看外婆: who is gone to is not there yet; but 去看外婆的狗."""
    before = "".join(word.text for word in reversed(clause_before(words, mention.first, 5)))
    ends = mention.last + 1 == len(words) or words[mention.last + 1].mark == "end"
    return ends and not mention.pronoun and _LOOKED_UP.search(before) is not None


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


def _built(words: Sequence[Word], mention: Mention) -> bool:
    """堆雪人: a thing, until it does something itself."""
    told = "".join(word.text for word in words[max(0, mention.first - 3) : mention.first + 1])
    return mention.noun is not None and mention.noun.kind == "snowman" and _BUILT.search(told) is not None


_BUILT = re.compile(r"[堆做](?:了|着|起|好|成|起了)?(?:[一两三几]?个)?大?小?雪人")


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


_AWAY = (
    _likened,
    _of_old,
    _preyed_on,
    _built,
    _even_they,
    _made_something,
    _parted_from,
    _written_to,
    _looked_up,
    _sent_from_afar,
    _at_theirs,
    _had,
    _only_heard,
    _in_the_mind,
    _told_by_mouth,
    _written_home,
    _left_behind,
    _tells_of_a_thing,
    _none_there,
)
