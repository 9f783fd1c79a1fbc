"""Whom Chinese words mean that tell of people by what they are to each other: 师徒俩, 沈大人, 桂芬姐, 敏敏."""

from collections.abc import Callable, Sequence

from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.pronouns import like_a_thing

_FULL = 3  # characters of a surname and two more
_SHORT = 2


def pair(cast: Cast, recent: Sequence[Member], word: str) -> list[Member]:
    """Master and pupil for 师徒俩, mother and daughter for 母女俩: one who is called so, with whose they are."""
    kin = grammar().group("pairs_by_kin", word)
    if kin is None:
        return []
    inverse = lexicon().inverse.get(kin, kin)
    for one in (one for one in recent if one.noun.kin in (kin, inverse) and not one.plural):
        related = [
            *cast.whose(one.noun.kin or kin, one),
            *cast.related(inverse if one.noun.kin == kin else kin, one, None),
        ]
        others = [other for other in (*related, *_chief(recent, one)) if other is not one and not other.plural]
        if others:
            return [others[0], one]
    return []


def _chief(recent: Sequence[Member], but: Member) -> list[Member]:
    """Who is told of most, animals last."""
    return sorted((one for one in recent if one is not but), key=lambda one: (one.animal, -one.times))


def same_person(member: Member, mention: Mention) -> bool:
    """Whether two Chinese names may be of one: 小林 and 林晓梅, 沈大人 and 沈知县, 敏敏 and 苏敏, 桂芬姐 and 许桂芬."""
    name, known = mention.name or "", member.name or ""
    if not known or name == known:
        return False
    if _by_given_name(name, known) or _by_given_name(known, name):
        return True
    if name[0] in "小阿" and len(name) == _SHORT:
        return known[:1] == name[1:] and len(known) > _SHORT and lexicon().noun(known[1:]) is None
    one, other = _titled(name), _titled(known)
    if one is None or other is None or one[0] != other[0]:
        return False
    polite = grammar().words("polite_titles")
    same_title = mention.noun is not None and mention.noun.kind is not None and mention.noun.kind == member.noun.kind
    return same_title or one[1] in polite or other[1] in polite


def _titled(name: str) -> tuple[str, str] | None:
    """Surname and title of 沈知县, 余伯; 老余 is polite, too."""
    if len(name) == _SHORT and name[0] == "老":
        return name[1], "老"
    return (name[0], name[1:]) if len(name) >= _SHORT and _is_title(name[1:]) else None


def _is_title(word: str) -> bool:
    return lexicon().noun(word) is not None or word in grammar().words("chinese_titles")


def _by_given_name(call: str, known: str) -> bool:
    """敏敏, 小敏 and 阿敏 for 苏敏, 桂芬姐 for 许桂芬."""
    if len(call) == _SHORT and len(known) >= _SHORT and known[0] not in "小老阿":
        familiar = call[0] == call[1] or call[0] in "小阿"
        return familiar and known[-1] == call[-1] and known != call and not _is_title(known[1:])
    given = known[1:] if len(known) == _FULL else known
    return len(given) == _SHORT and call[:_SHORT] == given and len(call) > _SHORT and _is_title(call[_SHORT:])


def only_things(mention: Mention, members: list[Member]) -> list[Member]:
    """它们 are animals, or nobody."""
    return [one for one in members if like_a_thing(one)] if mention.word[0] == "它" else members


def known_to_be_so_many(mention: Mention, recent: Sequence[Member]) -> list[Member]:
    """两个小家伙 for two who are there: neither more nor fewer, and nobody who comes upon the scene."""
    if mention.word not in grammar().words("anybodys") or mention.count < _SHORT:
        return []
    there = [one for one in dict.fromkeys(recent) if not one.plural]
    return there[: mention.count] if len(there) >= mention.count else []


def named_behind(
    pronoun: Mention, mentions: Sequence[Mention], find: Callable[[Mention], Member | None]
) -> list[Member]:
    """Whom a Chinese sentence names behind a pronoun, which means somebody else: 他拍拍乌龟的壳."""
    if not is_han(pronoun.word[0]) or pronoun.role != SUBJECT:
        return []
    behind = [one for one in mentions if one.first > pronoun.last and not one.pronoun and not one.new]
    return [member for one in behind if (member := find(one)) is not None]
