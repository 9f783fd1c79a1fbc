"""By which words somebody may be called: the girl, the bunny, the tall man."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import OBJECT, Mention
from storyreel.engines.backends.builtin.planner.pronouns import fits


def alike(members: list[Member], mention: Mention) -> list[Member]:
    """Those who are told to look as the mention says first: the tall man."""
    return sorted(members, key=lambda one: not set(one.look.split()) & set(mention.look.split()))


def differs(member: Member, mention: Mention) -> bool:
    """The old woman is not the young one, the black cat not the white one."""
    for kind in ("ages", "colours"):
        listed = grammar().words(kind)
        one, other = listed & set(member.look.split()), listed & set(mention.look.split())
        if one and other and not one & other and (kind != "ages" or ("old" in one) != ("old" in other)):
            return True
    return False


def of_one_sort(members: list[Member], count: int) -> list[Member]:
    """The animals alone where the four friends can only be these: one cook among four animals is not of them."""
    animals = [one for one in members if one.animal]
    return animals if len(animals) >= max(count, _SEVERAL) > len(members) - len(animals) else members


_SEVERAL = 3


def rather_called(member: Member, mention: Mention, noun: Noun) -> tuple[bool, bool, bool]:
    """Less for whom a word is rather said of: of those of its age and sex; 小家伙 of an animal or a baby."""
    small = mention.word in grammar().words("small_ones") and (member.animal or member.noun.kind == "baby")
    aged = noun.age == "old" and member.age == "old"
    return not aged, not (member.sex is not None and member.sex == noun.sex), not small


def _same_species(member: Member, word: str) -> bool:
    """Whether two words may name one animal: 兔子 and 小白兔; but a beaver is no squirrel, a wren no bat."""
    kind = member.noun.kind
    if is_han(word[0]) != is_han(member.word[0]) or kind in grammar().words("one_species"):
        return True
    if not is_han(word[0]):
        alike = {word, member.word} & {kind, *grammar().words("any_species")}
        return bool(alike) or kind not in grammar().words("several_species")
    one, other = (name.strip("小老大子儿") or name for name in (member.word, word))
    return one in other or other in one or other == "鸟"


def _own_kin(word: str) -> str:
    """What a Chinese animal is called for its family: 妈妈 for 鸭妈妈."""
    return next((kin for kin in ("妈妈", "爸爸", "爷爷", "奶奶") if len(word) > len(kin) and word.endswith(kin)), "")


def _may_be_animal(member: Member, mention: Mention, noun: Noun) -> bool:
    if noun.kind is None:
        return member.animal
    one, other = _own_kin(member.word), _own_kin(mention.word)
    small = mention.word[0] == "小" or "little" in mention.look.split()
    if (one and other and one != other) or (one and small):
        return False  # the duck's mother is no little duck
    return lexicon().same_sort(member.noun.kind, noun.kind) and _same_species(member, mention.word)


def may_be_called(member: Member, mention: Mention, noun: Noun) -> bool:
    if differs(member, mention) or (member.age == "young" and mention.word in grammar().words("monsters")):
        return False
    if member.animal and not noun.animal:
        return mention.name is None and mention.word in grammar().words("anybodys")  # the fox's friend
    if noun.animal:
        return _may_be_animal(member, mention, noun)
    if mention.word in grammar().words("villains"):
        return noun.kind == member.noun.kind  # 强盗 is 坏人
    if not noun.generic or (member.name and mention.word in grammar().words("unnamed")):
        return False
    if not fits(member, noun.sex or "person"):
        return False
    adult = noun.kind in ("man", "woman")
    if noun.age == "young":
        return (
            member.age == "young"
            or "young" in member.look.split()
            or (member.age == "" and member.noun.kind is None and bool(member.name))
        )
    if noun.age == "old":
        grown = member.noun.generic or (bool(member.name) and member.noun.kind is not None)
        redescribed = mention.definite and bool(member.name) and not member.young_by_name
        return member.age == "old" or (member.age == "" and (grown or redescribed))
    return not (adult and member.age == "young")


def so_many(count: int, mention: Mention, here: Sequence[Member], lately: Sequence[Member]) -> list[Member]:
    """The three of them: those of the last shots who are so many, who are here first unless it is done to them."""
    persons = mention.word == "人" or mention.noun is not None
    found = [one for one in dict.fromkeys([*here, *lately]) if not ((persons and one.animal) or one.plural)]
    others = [one for one in found if one not in here]
    return of_one_sort(others if mention.role == OBJECT and len(others) >= count else found, count)[:count]
