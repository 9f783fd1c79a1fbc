"""Whether somebody is told of as he or as she anywhere in the story, for names that do not tell it by themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence

from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.mentions import SUBJECT, Mention
from storyreel.engines.backends.builtin.planner.reading import Reading

_SEXES = ("male", "female")
_LIKELY, _SURELY = 2, 4
"""By so many points the one is told more than the other; surely overrules what a name tells by itself."""


def told_sexes(readings: Sequence[Reading]) -> Mapping[str, str]:
    """The sex of those names of which sentences tell it in which they alone can be he or she: Bo took her hat."""
    votes = Counter[tuple[str, str]]()
    before: Sequence[Mention] = ()
    for reading in readings:
        mentions = reading.mentions
        if not mentions:
            continue
        begins = mentions[0].pronoun in _SEXES and _leads(mentions[0])
        votes.update(_votes((*before, mentions[0])) if begins else 2 * _votes(mentions))
        before = mentions
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for name, _ in votes):
        male, female = (votes[name, sex] for sex in _SEXES)
        known = lexicon().sex_of_name(name)
        if abs(male - female) >= (_LIKELY if known is None else _SURELY):
            found[name] = "male" if male > female else "female"
    return found


def _votes(mentions: Sequence[Mention]) -> list[tuple[str, str]]:
    """For each of he and she who alone can be meant by it, where that is a name told of before it."""
    found: list[tuple[str, str]] = []
    for sex in _SEXES:
        places = [place for place, one in enumerate(mentions) if one.pronoun == sex and _leads(one)]
        if not places:
            continue
        meant = {(one.name, one.word) for one in mentions[: places[0]] if not one.pronoun and _may_be(one, sex)}
        others = [one for one in mentions if not one.pronoun and one.noun and one.noun.sex == sex]
        if len(meant) == 1 and not others and (name := next(iter(meant))[0]):
            found.append((name, sex))
    return found


def _leads(pronoun: Mention) -> bool:
    """He, she, his, her own: who is not rather somebody else than the doer, as him is."""
    return pronoun.owns or (pronoun.role == SUBJECT and pronoun.word not in ("him", "her"))


def _may_be(mention: Mention, sex: str) -> bool:
    if mention.plural:
        return False
    told = mention.noun.sex if mention.noun else None
    if told is None and mention.name:
        told = lexicon().sex_of_name(mention.name)
    return told in (None, sex)
