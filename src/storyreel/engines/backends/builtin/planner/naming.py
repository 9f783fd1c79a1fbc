"""Who gets another name: called she until it is told, heard in talk, an animal's, a queen's by marriage."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from storyreel.engines.backends.builtin.planner.cast import Cast, Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import Noun, lexicon
from storyreel.engines.backends.builtin.planner.mentions import OWNER, Mention
from storyreel.engines.backends.builtin.planner.pronouns import fits
from storyreel.engines.backends.builtin.planner.words import Word

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


def nameless(cast: Cast, mention: Mention, shot: int) -> list[Member]:
    """Whose name is told only now: she opened the door. … Clara sighed. Not: before she left, Clara's mother sighed."""
    if mention.noun is not None or mention.new:
        return []
    sex = lexicon().sex_of_name(mention.name or "")
    called = [one for word in STRANGERS for one in cast.called(word, plural=False) if not one.name]
    others = mention.role == OWNER
    return [one for one in called if sex in (None, one.sex) and not (others and one.first == shot)][:1]


def introduced(lately: Sequence[Member], mention: Mention) -> list[Member]:
    """Who told their name just before: “I am Tom,” said the boy. Tom …"""
    sex = lexicon().sex_of_name(mention.name or "") or "person"
    found = [one for one in lately if not (one.name or one.plural or one.animal) and fits(one, sex)]
    return sorted(found, key=lambda one: mention.word[0] == "老" and one.age != "old")[:1]


def name_told(words: Sequence[Word], names: frozenset[str]) -> str:
    """The name by which somebody who speaks English introduces themselves: “My name is Jonas,” “I'm Ruth Osei.”"""
    spoken = [word for word in words if word.quoted and not word.chinese]
    said = [word.lower.strip("'") for word in spoken]
    for phrase in _INTRODUCING:
        for end in range(len(phrase), len(said)):
            if tuple(said[end - len(phrase) : end]) == phrase:
                sure = phrase[-2:-1] != ("i",)  # “I am Sorry Jones” hardly is a name
                return " ".join(_name_at(spoken[end:], names, sure=sure))
    return ""


def _name_at(words: Sequence[Word], names: frozenset[str], *, sure: bool) -> Iterator[str]:
    """The words of a name that begins here; where it is not sure to be one, only names that are known."""
    titles = next((at for at, word in enumerate(words) if not _title(word)), 0)
    for word in words[titles:]:
        known = word.text in names or lexicon().given(word.lower)
        if not (known or (sure and word.text[0].isupper() and word.mark != "end" and not word.mark)):
            return
        yield word.text


def _title(word: Word) -> bool:
    return grammar().group("titles", word.lower) is not None


_INTRODUCING = (
    ("my", "name", "is"),
    ("my", "name", "s"),
    ("the", "name", "is"),
    ("call", "me"),
    ("calls", "me"),
    ("i", "am", "called"),
    ("i", "m", "called"),
    ("i", "am"),
    ("i", "m"),
)


def who_tells(cast: Cast, name: str, pronoun: str, shot: int) -> Member:
    """Whose name it is that he or she tells: theirs who has it, a stranger's who is there, somebody's not yet met.

    An animal is meant only if it is called so, if animals speak in the story, or if it came just now.
    """
    mention = Mention(0, 0, name.split()[0].lower(), None, name, definite=True)
    if known := [one for part in name.split() for one in cast.called(part.lower(), plural=False)]:
        return known[0]
    lately = [one for one in cast.recent if one.last >= shot - _JUST_MET and not (one.name or one.plural)]
    lately = [one for one in lately if fits(one, pronoun) and one.word != "I" and (not one.noun.kin or one.led)]
    animals = [one for one in lately if one.animal and (one.spoke or one.first >= shot - 1)]
    found = next(iter([one for one in lately if not one.animal] or animals), None)
    if found is None:
        found = cast.add(mention)
        found.sex = found.sex or (pronoun if pronoun in ("male", "female") else None)
    return found


_JUST_MET = 3  # shots


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


def among_animals(cast: Cast, mention: Mention, owner: Member | None) -> Noun | None:
    """What a titled name tells of: Mr Mole is a mole where animals are met, else a man of that name.

    `owner` is whose kin somebody may be.
    """
    if is_han(mention.word[0]):
        return _kin_of_animal(cast, mention.noun, owner)
    sort = lexicon().noun((mention.name or "").lower())
    if mention.noun is None or sort is None or not sort.animal or not any(one.animal for one in cast.members):
        return mention.noun
    return replace(sort, sex=mention.noun.sex)


def _kin_of_animal(cast: Cast, noun: Noun | None, owner: Member | None) -> Noun | None:
    """小熊的妈妈 is a bear, where no people are met."""
    if noun is None or noun.kin is None or noun.kind not in (None, "man", "woman", "kid"):
        return noun
    people = any(not one.animal for one in cast.recent)
    return replace(noun, kind=owner.noun.kind, animal=True) if owner and owner.animal and not people else noun


def father(cast: Cast, name: str) -> list[Member]:
    """老周 is the father of 周牧野, where there is one without a name."""
    if name[0] != "老" or not any(one.name and one.name[0] == name[1:] for one in cast.recent):
        return []
    fathers = [one for one in cast.recent if one.noun.kin == "parent" and one.sex == "male"]
    return [one for one in fathers if not one.name][:1]
