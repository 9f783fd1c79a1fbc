"""Who gets another name: called she until it is told, heard in talk, an animal's, a queen's by marriage."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.pronouns import fits

STRANGERS = {"he": "man", "him": "man", "she": "woman", "her": "woman"}
"""English pronouns that may stand for somebody of whom nothing else was told, and what they are then."""


def stranger(cast: Cast, pronoun: str) -> Member:
    """Who is only called she, until a name is told."""
    word = STRANGERS[pronoun]
    known = [one for one in cast.called(pronoun, plural=False) if not one.name]
    found = known[0] if known else cast.add(Mention(0, 0, word, lexicon().noun(word)))
    cast.call(found, pronoun)
    return found


NARRATOR = "i"
_TWO = 2


def narrator(cast: Cast, word: str) -> Member:
    """Who tells the story; `word` is what the text calls them: I, 我."""
    found = next(iter(cast.called(NARRATOR, plural=False)), None)
    if found is None:
        found = cast.add(Mention(0, 0, NARRATOR, Noun()))
        found.word = "我" if is_han(word[0]) else "I"
    return found


def nameless(cast: Cast, mention: Mention) -> list[Member]:
    """Whose name is told only now: she opened the door. … Clara sighed."""
    if mention.noun is not None or mention.new:
        return []
    sex = lexicon().sex_of_name(mention.name or "")
    called = [one for word in STRANGERS for one in cast.called(word, plural=False) if not one.name]
    return [one for one in called if sex in (None, one.sex)][:1]


def introduced(lately: Sequence[Member], mention: Mention) -> list[Member]:
    """Who told their name just before: “I am Tom,” said the boy. Tom …"""
    sex = lexicon().sex_of_name(mention.name or "") or "person"
    found = [one for one in lately if not (one.name or one.plural or one.animal) and fits(one, sex)]
    return sorted(found, key=lambda one: mention.word[0] == "老" and one.age != "old")[:1]


def wed(cast: Cast, here: Sequence[Member]) -> None:
    """Who marries a king is the queen from now on; of two who marry, each is the other's wife or husband."""
    couple = [one for one in here if not (one.animal or one.plural)]
    if len(couple) == _TWO and None not in (couple[0].sex, couple[1].sex) and couple[0].sex != couple[1].sex:
        cast.relate("spouse", couple[0], couple[1])
    for one in here:
        crowned = lexicon().crowned.get(one.noun.kind or "", "")
        for other in (other for other in here if crowned and not other.animal and other is not one):
            if not other.plural and fits(other, lexicon().nouns[crowned].sex or "person"):
                cast.call(other, crowned)


def unnamed(lately: Sequence[Member], pronoun: str, *, surely: bool = False) -> list[Member]:
    """Who was there lately and has not been told by name: her name was Juno. `surely`: only he who is known as he."""
    found = [one for one in lately if not one.name and fits(one, pronoun)]
    return [one for one in found if not surely or one.sex == pronoun][:1]


def among_animals(cast: Cast, mention: Mention) -> Noun | None:
    """What a titled name tells of: Mr Mole is a mole where animals are met, else a man of that name."""
    sort = lexicon().noun((mention.name or "").lower())
    if mention.noun is None or sort is None or not sort.animal or not any(one.animal for one in cast.members):
        return mention.noun
    return replace(sort, sex=mention.noun.sex)


def father(cast: Cast, name: str) -> list[Member]:
    """老周 is the father of 周牧野, where there is one without a name."""
    if name[0] != "老" or not any(one.name and one.name[0] == name[1:] for one in cast.recent):
        return []
    fathers = [one for one in cast.recent if one.noun.kin == "parent" and one.sex == "male"]
    return [one for one in fathers if not one.name][:1]
