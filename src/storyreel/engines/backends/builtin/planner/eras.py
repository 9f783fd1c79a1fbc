"""What the words of a whole story tell of its time and people: old China, a tale of knights, today; children or not."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from storyreel.domain.project import Language
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import is_han
from storyreel.engines.backends.builtin.planner.lexicon import lexicon
from storyreel.engines.backends.builtin.planner.words import Word


@lru_cache(maxsize=1)
def _eras() -> dict[str, list[str]]:
    return json.loads(Path(__file__).with_name("eras.json").read_text("utf-8"))


def culture(text: str, split: Sequence[Sequence[Word]], language: Language) -> str:
    """How its people are dressed, in words of a character's looks: chinese, chinese modern, medieval, or open."""
    told = {name: _count(name, text, split) for name in ("old", "modern", "chinese", "medieval")}
    if told["medieval"] and not told["modern"] and told["chinese"] + told["old"] * (language is Language.CHINESE) < 1:
        return "medieval"
    if language is Language.CHINESE or told["chinese"]:
        return "chinese" if told["old"] + told["chinese"] > told["modern"] else "chinese modern"
    return ""


def ages_by_name(text: str, split: Sequence[Sequence[Word]]) -> Callable[[str], str]:
    """Tells of somebody of whom only the name is known whether that is rather young or grown in this story, or neither.

    A full name is no child's; a bare given name is where the story speaks of childhood, a pet name (小红, 朵朵, 铁蛋)
    wherever it does not rather speak of grown-up life. 老周, and where the story does not speak of childhood a full
    Chinese name, is a grown-up's.
    """
    children, grown = _count("childhood", text, split), _count("adulthood", text, split)

    def age(name: str) -> str:
        if not is_han(name[0]):
            return "young" if " " not in name and children > grown else ""
        full = len(name) == _FULL and name[0] in lexicon().surnames - {"老", "小", "阿"} and children <= grown
        if full or (len(name) == _PET and name[0] == "老"):
            return "grown"
        fond = name[0] in "小阿" or name[0] == name[-1] or name[-1] in grammar().words("ends_of_milk_names")
        pet = (len(name) == _PET and fond) or (len(name) > _PET and name[0] == "小")
        surname = name[1:] in lexicon().surnames and name[1:] not in grammar().words("pet_names")
        polite = name[0] == "小" and surname  # 小顾 may be a colleague
        return "young" if pet and children >= grown + polite else ""

    return age


_PET, _FULL = 2, 3


def _count(listed: str, text: str, split: Sequence[Sequence[Word]]) -> int:
    """How many different words of a list the story has; Chinese ones also within longer words."""
    known = _eras()[listed]
    english = {form for words in split for word in words if not word.chinese for form in word.forms}
    lower = text.lower()
    return sum(word in (lower if " " in word or not word.isascii() else english) for word in known)
