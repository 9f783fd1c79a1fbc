"""Chinese names that the words around them give away: 托马斯·格林, 老吴, 乌龟石头, 姓张名僧繇, 刘婶, 齐王, 后羿."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import rjieba

from storyreel.engines.backends.builtin.planner.chinese_heads import described_animal, head_of
from storyreel.engines.backends.builtin.planner.chinese_words import chinese_words
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN
from storyreel.engines.backends.builtin.planner.lexicon import lexicon

_DOTTED = re.compile(rf"([{HAN}]+)[·•・]([{HAN}]+)")
_SURNAME_APART = re.compile(rf"姓([{HAN}])[，,、]?单?名(?:叫|唤|字叫|作)?([{HAN}]{{1,2}})(?=[，。；,.])")
_NICKNAME = 2  # characters
_OFTEN = 2
_ROLE = 4


def patterned_names(text: str) -> frozenset[str]:
    """All names of the text that follow one of the patterns."""
    found = {
        *_roles(text),
        *_dotted(text),
        *_surnames_apart(text),
        *_familiar(text),
        *_nicknames(text),
        *_renowned(text),
        *_milk_names(text),
        *_called(text),
        *_fond(text),
        *_by_order(text),
    }
    return frozenset(found | _respectful(text) | set(_rulers().findall(text)))


def _dotted(text: str) -> Iterator[str]:
    """Foreign names in full, and their parts."""
    for match in _DOTTED.finditer(text):
        given, family = rjieba.cut(match[1])[-1], rjieba.cut(match[2])[0]
        yield from (f"{given}{match.group()[len(match[1])]}{family}", given)
        if text.count(family) > 1:
            yield family


def _roles(text: str) -> Iterator[str]:
    """船长苏雅, who is told of again: a surname and one or two more behind a word for somebody."""
    for match in re.finditer(rf"[{HAN}]+", text):
        before = ""
        for word, _ in chinese_words(match.group()):
            noun = lexicon().noun(before)
            if noun is not None and not (noun.animal or noun.kin) and word[0] in lexicon().surnames:
                yield from _again(text, match.group().split(before, 1)[1])
            before = word


def _again(text: str, rest: str) -> Iterator[str]:
    """The longer one of two beginnings that is as frequent, where it comes again."""
    short, long = rest[:2], rest[:3]
    name = long if text.count(long) == text.count(short) else short
    if text.count(name) > 1 and lexicon().noun(name) is None and lexicon().noun(name[1:]) is None:
        yield name


def _surnames_apart(text: str) -> Iterator[str]:
    for surname, given in _SURNAME_APART.findall(text):
        yield from (given, surname + given) if len(given) > 1 else (surname + given,)


def _familiar(text: str) -> Iterator[str]:
    """老吴, 小周: a surname with 老 or 小, where that is no other word (老马路, 小白兔)."""
    for match in _with_surname().finditer(text):
        behind = [text[match.start() : match.end() + size] for size in (1, 2)]
        if lexicon().noun(behind[0]) is not None or any(described_animal(word) for word in behind):
            continue
        name = match.group()
        around = [piece for piece, _ in chinese_words(text[match.start() : match.start() + 4])]
        if around[0] != name and "".join(around[:2]) != name:
            continue
        # An old horse is 老马, too, but for the guard 老马, and for 老马和老葛.
        if lexicon().noun(name[1:]) is None or _is_role(text[: match.start()]) or _beside_another(name, text):
            yield name


def _fond(text: str) -> Iterator[str]:
    """阿凤, 阿豹, told of again with other words behind: no 阿拉伯."""
    behind: dict[str, set[str]] = {}
    for match in re.finditer(rf"(?<![{HAN}]阿)阿[{HAN}]", text):
        behind.setdefault(match.group(), set()).add(text[match.end() : match.end() + 1])
    for name, after in behind.items():
        if len(after) >= _OFTEN and lexicon().noun(name) is None and not name.endswith(tuple(_NO_PET)):
            yield name


_NO_PET = "姨婆公爸妈爹娘伯叔哥姐弟妹嫂爷嬷訇是拉弥尔里布富基门胶"


def _called(text: str) -> Iterator[str]:
    """姑娘叫杏儿, 有个儿子，叫羊生: what stands behind a word for somebody and 叫, and ends the clause."""
    for match in _CALLED.finditer(text):
        ordinary = set(match[1]) & grammar().words("never_in_names") or match[1] in grammar().words("not_names")
        before = text[: match.start()].rstrip("，他她它就都也")
        if _is_role(before) and not ordinary and head_of(match[1]) is None:
            yield match[1]


_CALLED = re.compile(rf"叫做?([{HAN}]{{2,3}}?)(?=的|[，。、；！,.]|$)")


def _beside_another(name: str, text: str) -> bool:
    """老马和老葛: two who are called in the same way."""
    animals = "".join(one for one in _surnames() if lexicon().noun(one))
    other = rf"{name[0]}[{_surnames()}](?<![{animals}])"
    return re.search(rf"{name}[和跟与、]{other}|{other}[和跟与、]{name}", text) is not None


def _by_order(text: str) -> Iterator[str]:
    """马老三, 张二叔: a surname and the place among brothers and sisters."""
    for match in re.finditer(rf"[{_surnames()}](?:老[{_PLACES}]|[{_PLACES}][妹姐哥叔爷嫂娘婶伯姑郎])", text):
        if text[match.start() - 1 : match.start()] not in tuple("第这那") and lexicon().noun(match.group()) is None:
            yield match.group()


_PLACES = "大二三四五六七八九幺"


def _milk_names(text: str) -> Iterator[str]:
    """二妞, 三毛, 大壮: village children by their order and a pet name; but not 二毛钱."""
    for match in _MILK_NAME.finditer(text):
        if lexicon().noun(match.group()) is None and len(chinese_words(match.group())) > 1:
            yield match.group()


_MILK_NAME = re.compile(r"(?<![第有十一二三两几])[大二三四五六][毛妞丫蛋狗柱嘎愣虎奎壮胖娃宝妮](?![钱块子儿])")


def _is_role(before: str) -> bool:
    """Whether a text ends with a word for somebody."""
    return any(lexicon().noun(before[-size:]) is not None for size in range(2, min(_ROLE, len(before)) + 1))


def _nicknames(text: str) -> set[str]:
    """What is said right behind a kind of animal, and again as who does something: 乌龟石头 … 石头说."""
    found: set[str] = set()
    for run in re.findall(rf"[{HAN}]+", text):
        for (kind, _), (name, tag) in pairwise(chinese_words(run)):
            noun = lexicon().noun(kind)
            called = noun is not None and noun.animal and len(name) == _NICKNAME and tag[:1] in ("n", "a", "z", "m")
            if called and text.count(name) > _OFTEN and not _belongs(name):
                found.add(name)
    return found


def _belongs(name: str) -> bool:
    """Whether the word is for somebody, for a part of the body, or for a place by its ending."""
    if lexicon().noun(name) is not None or name in grammar().words("chinese_body"):
        return True
    return name.endswith(tuple(grammar().words("localisers")))


def _renowned(text: str) -> Iterator[str]:
    """Names that everybody knows, where they are no part of another word (小青蛙)."""
    for name in lexicon().renowned:
        for match in re.finditer(name, text):
            if head_of(text[match.start() : match.end() + 1]) is None:
                yield name
                break


def _respectful(text: str) -> set[str]:
    """A surname with how one addresses them: 刘婶, 王师傅; but not the end of 谢谢姐姐."""
    found = _surnamed().finditer(text)
    alone = (match for match in found if text[match.start() - 1 : match.start()] != match.group()[0])
    return {match.group() for match in alone if not _is_thing(match.group())}


def _is_thing(text: str) -> bool:
    """牛奶 is no grandmother called 牛."""
    words = rjieba.tag(text, hmm=False)
    return len(words) == 1 and words[0][1] in ("n", "v", "a", "d", "vn", "an")


@lru_cache(maxsize=1)
def _surnamed() -> re.Pattern[str]:
    titles = "|".join(sorted(grammar().words("chinese_titles"), key=lambda title: (-len(title), title)))
    return re.compile(rf"[{_surnames()}](?:{titles})")


@lru_cache(maxsize=1)
def _with_surname() -> re.Pattern[str]:
    return re.compile(rf"[老小][{_surnames()}](?![{HAN}]{{0,1}}人)")


@lru_cache(maxsize=1)
def _rulers() -> re.Pattern[str]:
    """齐王, 宣王, 齐宣王: kings of old China, by their state or by what they are remembered as."""
    ruled = "".join(sorted(grammar().words("ruled")))
    return re.compile(rf"[{ruled}]{{1,2}}王(?!宫|国|府)")


def _surnames() -> str:
    return "".join(sorted((lexicon().surnames | grammar().words("titled_surnames")) - {"小", "阿", "老"}))
