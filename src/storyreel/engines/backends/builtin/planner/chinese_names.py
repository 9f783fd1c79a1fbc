"""Finds the names of people and animals in a whole Chinese story, so that they are kept whole when it is split."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import rjieba

from storyreel.engines.backends.builtin.planner.chinese_heads import described_animal, head_of
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.name_evidence import evident_names, is_common
from storyreel.engines.backends.builtin.planner.name_patterns import patterned_names
from storyreel.engines.backends.builtin.planner.vocabulary import Vocabulary

_CALLED = re.compile(
    rf"(?:外号叫?|绰号叫?|诨名|诨号|人称|小名叫?|乳名叫?|大名叫?|学名叫?|网名叫?|法号|艺名叫?|名叫|叫做|叫作|名字叫|名字是|[个只条匹头位名人子孩儿他她它我就都也的]叫)(?![了着过一来去你得声喊骂苦好嚷唤不起出醒住])([{HAN}]{{2,3}}?)(?=的|[，。、；！」”,.\s“]|$)"
)
_NAMED = re.compile(
    rf"(?:(?:名叫|名字叫|取名为|起名为)([{HAN}]{{2,3}}?)(?=的|[，。、；！」”,.\s“]|$)|一[只条匹头]叫([{HAN}]{{2,3}}?)(?=的))"
)
"""What somebody is named, though it be a common word: 小猫起名叫雨点, 一条叫黄豆的狗."""
_RUN = re.compile(rf"[{HAN}]+")


def chinese_names(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Names that are introduced (名叫X), that the dictionary takes for names, and surnames with what follows them."""
    said = Counter[str]()
    sure: set[str] = set()
    for run in _RUN.findall(text):
        pieces = rjieba.tag(run)
        for name, certain in _candidates(pieces):
            said[name] += 1
            if certain:
                sure.add(name)
        sure |= _foreign(pieces)
    found = {name for name in said.keys() | sure if name in sure or text.count(name) > 1 or _shortened(name, text)}
    found = {name for name in found if name in sure or not is_common(name)}
    found |= {name.lstrip("他她它我") for name in _CALLED.findall(text)}
    found = {name for name in found if not _ordinary(name, vocabulary)} | {
        name or pet for name, pet in _NAMED.findall(text)
    }
    found -= {name for name in found if any(name != other and name.startswith(other) for other in found)}
    evident = evident_names(text, vocabulary)
    found = {name for name in found if not any(name.startswith(one) or one.startswith(name) for one in evident)}
    found |= patterned_names(text) | evident
    found = {name for name in found if _pet(name) or not is_common(name, "mdqcrt")}  # no 一匹, no 已经
    ends = {(one, one[-1] + name[1:]) for one in evident for name in found if name[0] == one[-1]}
    found -= {end for one, end in ends if text.count(end) == text.count(one + end[1:])}  # 梅医生 of 林晓梅医生
    given = {name[1:] for name in found if len(name) == _FULL and not _is_person(name[1:])}
    return frozenset(found | {name for name in given if _alone(name, text, found)})


_FULL = 3  # a surname and two more


def _no_name(before: str, piece: str, behind: str) -> bool:
    """Whether the piece belongs to the word before or behind it, or counts that: 国王大怒, 小黄鸭子, 那张红脸."""
    split = before != "" and lexicon().noun(before[-1] + piece[0]) is not None
    measured = piece[0] == "张" and before[-1:] in tuple("这那几每整半一二两三四五六七八九十百千")
    return split or measured or described_animal(piece + behind)


def _candidates(pieces: list[tuple[str, str]]) -> Iterable[tuple[str, bool]]:
    """What may be a name, and whether what stands before it makes that certain."""
    surnames = lexicon().surnames
    for index, (piece, tag) in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else ("", "")
        role = index > 0 and _is_person(pieces[index - 1][0])
        if _no_name(pieces[index - 1][0] if index else "", piece, following[0]):
            continue
        piece = _apart(piece)
        if len(piece) == _FULL and piece[0] in "小阿" and _goes_on(piece[2]):
            yield piece[:2], True  # 阿宝和
            continue
        if _pet_name(piece, tag):
            yield (
                piece,
                role or piece[0] == "老" or (tag.startswith("nr") and piece[0] != piece[1]) or _doing(following),
            )
        elif name := _full_name(piece, following):
            yield name, True
        elif tag.startswith("nr") and 2 <= len(piece) <= _FULL and (piece[0] in surnames or role):
            met = index > 0 and pieces[index - 1][1][:1] in ("v", "p", "c")
            usual = piece[-1] in lexicon().sexed_characters and piece[0] in surnames
            named = len(piece) == _FULL or usual or (role and piece[0] in surnames)
            yield piece, (following[1][:1] in "vdpuc" and named) or (met and usual)
        elif len(piece) == 1 and piece in surnames and 1 <= len(following[0]) < _FULL:
            ordinary = is_common(following[0], "nva") and not _doing(*pieces[index + 2 : index + 3])
            fitting = following[1][:1] in "nazjig" or (tag.startswith("nr") and not is_common(following[0], "cdmpqrtu"))
            if fitting and not ordinary:
                yield piece + following[0], role
        elif role and tag[:2] in ("nr", "ns", "nz", "n") and 2 <= len(piece) <= _FULL and head_of(piece) is None:
            yield piece, tag != "n"  # 妻子嫦娥


def _pet(name: str) -> bool:
    """老周, 多多."""
    return name[0] in "老小阿" or name[0] == name[1]


def _full_name(piece: str, following: tuple[str, str]) -> str | None:
    """A surname, be it a common word, with the given name behind it: 马大鹏, 谭小山."""
    name = piece + following[0]
    surname = piece in lexicon().surnames | grammar().words("titled_surnames")
    return name if surname and following[1] == "nr" and len(name) == _FULL and head_of(name) is None else None


def _apart(piece: str) -> str:
    """小红 of 和小红."""
    return piece[1:] if len(piece) == _FULL and piece[0] in "和与跟给对向把叫让" else piece


def _goes_on(character: str) -> bool:
    """Whether what stands behind a pet name of two characters is a word of its own."""
    return character in grammar().words("not_in_pet_names") or is_common(character, "vdpcu")


def _foreign(pieces: list[tuple[str, str]]) -> set[str]:
    """托马斯, where the dictionary has it and somebody of that name does something."""
    return {name for (name, tag), after in pairwise(pieces) if tag == "nrt" and len(name) > 1 and _doing(after)}


def _shortened(name: str, text: str) -> bool:
    """Whether a full name is told once and then without its surname."""
    return len(name) == _FULL and text.count(name[1:]) > text.count(name) and head_of(name[1:]) is None


def _doing(following: tuple[str, str] = ("", "")) -> bool:
    """Whether what stands behind is a deed, or joins somebody else."""
    return following[1][:1] in ("v", "p", "u")


def _pet_name(piece: str, tag: str) -> bool:
    """小月, 阿海, 朵朵: what the dictionary does not take for a thing, a quality or a deed."""
    if len(piece) == 2 and piece[0] in "小老" and piece[1] in lexicon().surnames:
        return True
    if len(piece) != 2 or not (piece[0] in "小阿" or piece[0] == piece[1]) or tag[:1] not in "nmqjtx":
        return False
    return tag != "n" or (piece[0] == "小" and piece[1] in grammar().words("pet_names"))


def _is_person(piece: str) -> bool:
    found = head_of(piece)
    return found is not None and not found[1].animal


def _alone(name: str, text: str, found: set[str]) -> bool:
    """Whether a given name is also said without its surname."""
    full = sum(text.count(other) for other in found if other.endswith(name))
    return text.count(name) > full


def _reduplicated(text: str) -> bool:
    """黄灿灿, 乐呵呵."""
    return len(text) == _FULL and text[1] == text[2] and text[0] in grammar().words("coloured")


def _moved_part(text: str) -> bool:
    """张开嘴, 张大嘴: what somebody does with a part of the body; 张 is a surname, too."""
    return len(text) == _FULL and text[-1] in "嘴口眼手脸脚腿"


def _ordinary(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the dictionary only took an ordinary word of ours for a name (小兔子, 花园里)."""
    listed = ("not_names", "not_people", "anybodys")
    if any(text in grammar().words(name) for name in listed) or lexicon().noun(text):
        return True
    if text[-1] in "的了着过得地上下里中边们前后外关县镇州府" or text[:2] in ("小小", "老老"):
        return True
    if set(text) & set("您你我他她们了着的不") or _reduplicated(text) or described_animal(text) or _moved_part(text):
        return True
    if len(text) == _FULL and (text[1:] in vocabulary.chinese["props"] or text[1:] in grammar().groups["garments"]):
        return True  # 戴草帽
    if len(text) == _FULL and text[-1] in "沟村镇庄河湾岭街巷屯寨":
        return True
    if text[0] == "老" and text[1] not in lexicon().surnames:
        return True
    if text[0] in "小老大阿" and (lexicon().noun(text[1:]) or len(text) > _FULL):
        return True
    parts = {text[start:end] for start in range(len(text)) for end in range(start + 2, len(text) + 1)}
    drawn = [vocabulary.chinese[name] for name in ("settings", "kinds", "props", "times", "weathers")]
    whole = text[1:] if text[0] in "小老大" else text
    return any(whole in words for words in drawn) or (text[0] in "小老大" and any(p in w for w in drawn for p in parts))
