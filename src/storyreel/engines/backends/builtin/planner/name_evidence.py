"""Chinese names that only the story itself tells: what stands again and again where nobody but a person can stand."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from storyreel.engines.backends.builtin.planner.chinese_heads import head_of
from storyreel.engines.backends.builtin.planner.chinese_words import chinese_words
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.vocabulary import Vocabulary

_CLAUSE = re.compile(rf"[{HAN}]+")
_IS_SOMEBODY = re.compile(rf"([{HAN}]{{2,3}}?)是(?:[一那这]?[个位名]|[{HAN}]{{1,8}}的)")
_SPEAKS_OR_TITLED = re.compile(
    rf"[”」』]([{HAN}]{{2,3}}?)(?=[说问喊答]|[笑叹]?道|笑着说)|(?<![{HAN}])([{HAN}]{{2,3}}?)(?=先生|女士|小姐|医生|老师|师傅)"
)
_SIZES = (2, 3, 4)
_PET_ENDINGS = "生儿子娃"
_AGAIN = 2  # times that a name is told
_OPENING, _CLOSING = "“「『‘", "！？”」』’"


@dataclass(slots=True)
class _Evidence:
    """How often a word is told to act, to do what only persons do, to be spoken to, to come behind its title.

    `introduced` is how often it is said who they are, `speaks` how often words of theirs follow.
    """

    acts: int = 0
    human: int = 0
    called: int = 0
    titled: int = 0
    introduced: int = 0
    speaks: int = 0

    @property
    def surely(self) -> int:
        return self.human + self.called + self.titled + 2 * self.introduced


def evident_names(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """All names that the story's own clauses give away: 马骏说, “马骏！”, 对马骏说, 马骏的手, 小兔子跳跳."""
    slots = [(name, rest, kind) for match in _CLAUSE.finditer(text) for name, rest, kind in _slots(text, match)]
    told = Counter(name for name, _, _ in slots)
    often = {
        word for word, count in told.items() if (count >= _AGAIN or text.count(word) >= _AGAIN) and _possible(word)
    }
    often = {word for word in often if not _listed(word, vocabulary)}
    found: dict[str, _Evidence] = {}
    for name, rest, kind in slots:
        if name in often:
            _weigh(found.setdefault(name, _Evidence()), rest, kind)
    names = {name for name, evidence in found.items() if _enough(name, evidence)} | set(_told_once(text, vocabulary))
    return frozenset(name for name in names if not _misread(name, names, text))


def _told_once(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """What need not be told again, as it begins with a surname: “走吧。”梁野说; 梁野先生."""
    for match in _SPEAKS_OR_TITLED.finditer(text):
        name = match[1] or match[2]
        fitting = name[0] in _family_names() and _possible(name) and not _listed(name, vocabulary)
        # 于是王先生, 白胡子先生
        common = is_common(name) or is_common(name[:2]) or name[1:] in grammar().words("chinese_body")
        if fitting and not common and name[1:] not in grammar().words("chinese_titles"):
            yield name


def _slots(text: str, match: re.Match[str]) -> Iterator[tuple[str, str, str]]:
    """What stands in a clause where a name may: with the rest of the clause, and in which sort of place it stands."""
    clause, before, after = match.group(), text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    lead = _leading().match(clause)
    for start in {0, lead.end() if lead else 0}:
        for size in _SIZES:
            if len(clause) - start == size:
                yield clause[start:], "", "called" if before in _OPENING or after in _CLOSING else ""
            elif len(clause) - start > size:
                speaks = after in "：:" and clause.endswith(tuple(grammar().words("speech_tags")))
                yield clause[start : start + size], clause[start + size :], "speaks" if speaks else ""
    if told := _IS_SOMEBODY.match(clause):
        somebody = head_of(chinese_words(clause)[-1][0])
        if somebody is not None and not somebody[1].animal:
            yield told[1], "", "introduced"
    if done := _towards().search(clause):
        yield done[1], "", "human"
    yield from _titled(clause)


def _titled(clause: str) -> Iterator[tuple[str, str, str]]:
    """What stands right behind a word for somebody: 徒弟阿青, 小兔子跳跳."""
    before, end = "", 0
    for word, _ in chinese_words(clause):
        somebody = head_of(before) if len(before) > 1 else None
        if somebody is not None and not somebody[1].plural:
            for size in _SIZES[:2]:
                if len(clause) >= end + size:
                    yield clause[end : end + size], clause[end + size :], "titled"
        before, end = word, end + len(word)


def _weigh(evidence: _Evidence, rest: str, kind: str) -> None:
    """Count what a place in a clause tells of the word by what stands behind it."""
    evidence.introduced += kind == "introduced"
    if kind in ("called", "human"):
        evidence.called += 1
    if not rest or kind == "called":
        evidence.titled += kind == "titled"
        return
    human = _human().match(rest) is not None
    acts = human or rjieba.tag(rest[:4], hmm=False)[0][1][:1] in ("v", "d", "p", "c")
    evidence.titled += kind == "titled" and (acts or rest[0] == "的")
    evidence.speaks += kind == "speaks" and human
    if kind in ("", "speaks"):
        evidence.human += human
        evidence.acts += acts and not human


def _possible(word: str) -> bool:
    """Whether a word may be a name at all: no pronoun in it, and no word for somebody."""
    if set(word) & _never() or head_of(word) is not None or word in grammar().words("not_names"):
        return False
    if word[-1] in "里上下中边前后外内旁地得口间" or lexicon().noun(word[1:]) is not None:
        return False
    if len(word) > len("灿灿") and word[-1] == word[-2] and word[0] not in _family_names():
        return False  # 黑乎乎
    return len(word) < _SIZES[-1] or word[:2] in grammar().words("double_surnames")


def _listed(word: str, vocabulary: Vocabulary) -> bool:
    """Whether it is a word for a place, a time or a thing; 小雨 may be a girl all the same."""
    return word[0] != "小" and any(
        word in vocabulary.chinese[category] for category in ("settings", "times", "weathers", "seasons")
    )


def _enough(name: str, evidence: _Evidence) -> bool:
    """Whether a word is told of as a person often enough: less for what looks like a name, more for a common word."""
    if is_common(name, "dcrp"):
        return False
    common = is_common(name) and not (evidence.titled and (name[0] == name[-1] or name[-1] in _PET_ENDINGS))
    surely = evidence.surely + (evidence.speaks if not common else 0)  # the sun may speak as well
    wanted = 2 + (not _looks_like_one(name)) + common
    return surely > common and evidence.acts + 2 * surely >= wanted


def is_common(word: str, tags: str = "") -> bool:
    """Whether the dictionary has it as another word than a name; with `tags` only as one with such a tag."""
    tagged = rjieba.tag(word, hmm=False)
    return len(tagged) == 1 and (tagged[0][1] in tuple(tags) if tags else not tagged[0][1].startswith("nr"))


def _looks_like_one(name: str) -> bool:
    return (
        name[0] in _family_names()
        or name[:2] in grammar().words("double_surnames")
        or (len(name) == len("豆豆") and (name[0] == name[1] or name[0] in "小阿大二三老"))
        or name[-1] in lexicon().sexed_characters
    )


def _misread(name: str, names: set[str], text: str) -> bool:
    """Whether the word is a piece of a name (周小 of 周小雨), or a name with what belongs to the next word (丁一刚)."""
    for other in names:
        if other != name and other.startswith(name) and text.count(other) == text.count(name):
            return True
        if other != name and name.startswith(other) and text.count(other) > text.count(name):
            return True
    return False


@lru_cache(maxsize=1)
def _family_names() -> frozenset[str]:
    return lexicon().surnames | grammar().words("titled_surnames") | grammar().words("rare_surnames")


@lru_cache(maxsize=1)
def _never() -> frozenset[str]:
    return grammar().words("never_in_names")


@lru_cache(maxsize=1)
def _human() -> re.Pattern[str]:
    """What only persons do, after some adverbs; and what only they have."""
    return re.compile(rf"(?:{_any('adverbs_of_doers')}){{0,3}}(?:{_any('human_deeds')})|的(?:{_any('human_parts')})")


@lru_cache(maxsize=1)
def _leading() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any('leading_in_clauses')})+")


@lru_cache(maxsize=1)
def _towards() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any('done_to')})([{HAN}]{{2,3}}?)(?:{_any('after_done_to')}|$)")


def _any(name: str) -> str:
    return "|".join(sorted(grammar().words(name), key=lambda word: (-len(word), word)))
