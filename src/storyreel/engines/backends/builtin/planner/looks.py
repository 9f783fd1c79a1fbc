"""How people look: what the story tells of dress and hair, and what it leaves open, chosen so that no two are alike."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from storyreel.engines.backends.builtin.planner.cast import Member, description, kind_of
from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.words import Word

_PHRASE = 4  # words at most from an article to its noun
_NEAR = 8


@lru_cache(maxsize=1)
def _looks() -> dict[str, list[str]]:
    return json.loads(Path(__file__).with_name("looks.json").read_text("utf-8"))


def told_looks(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """What somebody wears or has (red coat, long black hair, beard), by the place of its word."""
    for index, word in enumerate(words):
        if word.quoted or word.mark == "end":
            continue
        found = _in_chinese(words, index) if word.chinese else _in_english(words, index)
        if found:
            yield index, found


def _in_english(words: Sequence[Word], index: int) -> str:
    garment = _garment(words[index])
    before = clause_before(words, index, _NEAR)
    if garment is None or not _worn(before):
        return ""
    described: list[str] = []
    for word in before[:_PHRASE]:
        if not (word.adjective or word.nouns) or word.mark:
            break
        look = grammar().group("looks", word.lower) or (word.lower if word.lower in _looks()["hair_styles"] else "")
        described += [look] if look and not (garment != "hair" and look in ("old", "little", "young")) else []
    if garment == "hair" and not described:
        after = [grammar().group("looks", word.lower) for word in words[index + 1 : index + 4]]
        described = [look for look in after if look]
    if garment == "hair" and not described:
        return ""
    if garment == "hair":
        described = ["blond" if look == "yellow" else look for look in described]
    return " ".join([*reversed(described), garment])


def _garment(word: Word) -> str | None:
    return next((found for form in sorted(word.forms) if (found := grammar().group("garments", form))), None)


def _worn(before: Sequence[Word]) -> bool:
    """Whether somebody is said to wear or to have it, or it is called theirs; not given, bought or sewn."""
    for place, word in enumerate(before):
        put_on = (
            word.lower == "on" and bool(before[place + 1 : place + 2]) and before[place + 1].verbs & {"put", "pull"}
        )
        if put_on or word.lower in ("his", "her", "in", "with") or word.verbs.intersection(_looks()["wearing"]):
            return True
        if word.verbs and not (word.nouns or word.adjective or word.mark):
            return False
    return False


def _in_chinese(words: Sequence[Word], index: int) -> str:
    text = words[index].text
    garment = next(
        (kind for end, kind in grammar().groups["garments"].items() if not end.isascii() and text.endswith(end)), None
    )
    if garment is None or (index + 1 < len(words) and words[index + 1].text == "的"):
        return ""  # 穿白衣的姑娘: told with her
    before = clause_before(words, index, _NEAR)
    wearing = next((place for place, word in enumerate(before) if word.text[0] in "穿戴披系留扎梳围"), None)
    if wearing is None and text[0] not in "穿戴披系":
        return ""
    parts = [*(part for word in reversed(before[: (wearing or 0) + 1]) for part in (word.text, *word.text)), *text]
    looks = [grammar().group("looks", part) for part in parts]
    colour = next((look for look in looks if look in grammar().words("colours")), "")
    return f"{colour} {garment}".strip()


def looks_of(members: Sequence[Member], culture: str, seed: int) -> dict[str, str]:
    """For each member's id the words of their looks: all that is told, then what this cast leaves open."""
    found: dict[str, str] = {}
    told = {look.split()[0] for member in members for look in member.clothes}
    colours = [colour for colour in _looks()["open_colours"] if colour not in told]
    persons = 0
    for member in members:
        looks = [description(member), *member.clothes[1:]]
        if not member.animal and kind_of(member) not in _looks()["no_looks"]:
            looks += _left_open(member, culture, seed + persons, colours)
            persons += 1
        found[member.id] = ", ".join(looks)
    return found


def _left_open(member: Member, culture: str, number: int, colours: Sequence[str]) -> list[str]:
    """Hair, a garment and the culture, as far as the story does not tell them."""
    found: list[str] = []
    kind = kind_of(member)
    old = member.age == "old" or kind.startswith("old ")
    female = member.sex == "female" or kind in ("girl", "woman", "old woman")
    if not any("hair" in look for look in member.clothes):
        hairs = _looks()["old_hair" if old else "chinese_hair" if "chinese" in culture else "open_hair"]
        styles = _looks()["female_hair" if female else "male_hair"]
        style = styles[number % len(styles)] if culture != "chinese" or female else ""
        found.append(" ".join(part for part in (style, hairs[number % len(hairs)], "hair") if part))
    plain = kind in _looks()["plain_kinds"]
    era = culture if culture in ("chinese", "medieval") else "open"
    garments = _looks()[f"{'female' if female else 'male'}_dress_{era}"]
    if plain and not member.clothes and colours and not (culture == "chinese" and member.age == "young"):
        found.append(f"{colours[number % len(colours)]} {garments[number % len(garments)]}")
    return [*found, *([culture] if culture else [])]
