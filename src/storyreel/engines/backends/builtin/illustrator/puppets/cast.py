"""Who is who: how a character looks, from its kind, the words of its looks, and its seed; the same in every shot."""

import re
import zlib
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.illustrator.chance import dice
from storyreel.engines.backends.builtin.illustrator.color import hex_code, mix, rgb
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table


@dataclass(frozen=True, slots=True)
class Person:
    """How a person is drawn. Colours are "#rrggbb"; empty means that there is none of it.

    `height` 1 is a grown man. `age` and `build` are entries of body.json, `coat` of garments.json; `face`, `eyes`,
    `nose`, `beard` and `moustache` of faces.json; `hair`, `hat`, and each word of `extras` of parts.json. `pattern` is
    that of the top: plain, stripe, dots, yoke, overall. `legs`: trousers, shorts, tights, bare; `tail` is the colour
    of a fish's tail, which is in their stead.
    """

    height: float = 1
    age: str = "adult"
    build: str = ""
    skin: str = "#f6cfae"
    face: str = "round"
    eyes: str = "tall"
    iris: str = "#3a2620"
    nose: str = "button"
    lashes: bool = False
    freckles: bool = False
    hair: str = "short"
    hair_color: str = "#4a2f22"
    beard: str = ""
    moustache: str = ""
    glasses: str = ""
    hat: str = ""
    hat_color: str = "#3a4660"
    top: str = "#d9573f"
    stripes: str = "#f3e3c3"
    pattern: str = "plain"
    bottom: str = "#3f5577"
    legs: str = "trousers"
    shoes: str = "#5a3a2a"
    boots: bool = False
    coat: str = ""
    coat_color: str = "#c9a06a"
    trim: str = "#f1e6cf"
    apron: str = ""
    cape: str = ""
    accent: str = "#e0b040"
    scarf: bool = False
    extras: str = ""
    wings: bool = False
    tail: str = ""
    robot: bool = False


_FIELDS = {field.name for field in fields(Person)}
_BARE = 0.32
"""Clothes whose colour is nearer to the skin's look like none; the sum of what red, green and blue differ by."""
_MIDDLING, _APART = 0.55, 0.38
"""Clothes of the skin's colour are made so much lighter where the skin is darker than this, and else darker."""
_SEXED = ("hair", "beard", "moustache", "build", "coat", "hat")
"""What women and men wear differently."""
_AGED: dict[str, dict[str, str]] = {
    "old": {
        "man": "old man",
        "woman": "old woman",
        "boy": "old man",
        "girl": "old woman",
        "teen boy": "old man",
        "teen girl": "old woman",
    },
    "teen": {"man": "teen boy", "woman": "teen girl", "boy": "teen boy", "girl": "teen girl"},
    "little": {"man": "boy", "woman": "girl", "old man": "boy", "old woman": "girl"},
}


def is_person(kind: str) -> bool:
    return kind in table("people.json")["kinds"]


def person_of(character: Character) -> Person:
    """How a character looks. A kind that is not known is somebody ordinary."""
    people, seed = table("people.json"), character.seed
    kind = character.kind if is_person(character.kind) else str(_chosen(seed, "kind", ["man", "woman", "kid"]))
    role: dict[str, Any] = people["kinds"][kind]
    looks = read_looks(character.looks)
    sort = _sort(str(_chosen(seed, "sort", role["sort"])), character.sex or looks.get("sex", ""))
    sort = _aged(sort, looks.get("aged", ""), a_role=len(role) > 1)
    theirs = looks.get("people", "" if "era" in looks else role.get("people", ""))
    descent: dict[str, Any] = people["peoples"].get(theirs, {"sorts": {}, "features": {}})
    culture: dict[str, Any] = people["cultures"].get(looks.get("era", theirs), {"kinds": {}})
    own_dress = "coat" in role and kind not in culture["kinds"]  # a nurse's, where a culture has none for nurses
    layers: tuple[dict[str, Any], ...] = (
        people["all"],
        people["sorts"][sort],
        descent["sorts"].get(sort, {}),
        _suiting(role, role, sort),
        {} if own_dress else culture.get(sort, {}),
        _suiting(culture["kinds"].get(kind, {}), role, sort),
        {name: value for name, value in descent["features"].items() if name != "hair_color" or "old" not in sort},
    )
    entry: dict[str, Any] = dict(_chosen(seed, "complexion", people["all"]["complexion"]))
    for layer in layers:
        entry |= layer
    chosen = {name: _chosen(seed, name, value) for name, value in entry.items() if name in _FIELDS}
    for name in ("top", "coat_color"):
        if _alike(chosen[name], chosen["skin"]):
            others = [color for color in people["all"][name] if not _alike(color, chosen["skin"])]
            chosen[name] = _chosen(seed, name, others)
    kept = role.get("keeps", ())
    chosen |= {name: value for name, value in looks.items() if name in _FIELDS and name not in kept}
    if _female(sort) and chosen["hair"] == "short":
        chosen["hair"] = "bob"
    for name in ("top", "coat_color"):
        if _alike(chosen[name], chosen["skin"]):  # as told: a brown shirt on brown skin
            lighter = float(rgb(chosen["skin"]).mean()) < _MIDDLING
            chosen[name] = hex_code(mix(chosen[name], "#ffffff" if lighter else "#000000", _APART))
    person = Person(**chosen)
    return replace(person, height=person.height * looks.get("taller", 1.0))


def wears_period_dress(looks: str) -> bool:
    """Whether a description dresses somebody as in another time, which is kept wherever they go."""
    read = read_looks(looks)
    return read.get("era", read.get("people", "modern")) != "modern"


def _aged(sort: str, aged: str, *, a_role: bool) -> str:
    """The same sort of another age; a girl in an old coat and a little old man are what they are."""
    if not a_role and (aged == "little" or (aged == "old" and sort in ("boy", "girl"))):
        return sort
    return _AGED.get(aged, {}).get(sort, sort)


def _alike(color: str, skin: str) -> bool:
    """Whether clothes of a colour look like bare skin."""
    return float(abs(rgb(color) - rgb(skin)).sum()) < _BARE


def _female(sort: str) -> bool:
    return sort.endswith(("woman", "girl"))


def _suiting(entry: dict[str, Any], role: dict[str, Any], sort: str) -> dict[str, Any]:
    """What a role wears; without what only the other sex wears, where the role is not of this one alone."""
    if all(_female(one) == _female(sort) for one in _choices(role["sort"])):
        return entry
    suiting: dict[str, Any] = {}
    for name, value in entry.items():
        others = _worn(name, not _female(sort)) - _worn(name, _female(sort)) if name in _SEXED else set[Any]()
        choices = _choices(value)
        left = [choice for choice in choices if choice not in others]
        if left:
            suiting[name] = value if len(left) == len(choices) else left
    return suiting


def _worn(name: str, female: bool) -> set[Any]:
    """All that the sorts of a sex wear of something."""
    sorts: dict[str, dict[str, Any]] = table("people.json")["sorts"]
    entries = [entry for sort, entry in sorts.items() if _female(sort) == female and sort != "baby"]
    return {choice for entry in entries for choice in _choices(entry.get(name, []))}


def _choices(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _sort(sort: str, sex: str) -> str:
    """The same sort of the sex that is asked for, if any."""
    names = {"boy": "girl", "teen boy": "teen girl", "old man": "old woman", "man": "woman"}
    if sex == "female":
        return names.get(sort, sort)
    return {other: one for one, other in names.items()}.get(sort, sort) if sex == "male" else sort


def _chosen(seed: int, name: str, value: Any) -> Any:
    """One of a list, by the seed and the name of what is chosen, so that no choice depends on another."""
    if not isinstance(value, list):
        return value
    choices = cast(list[Any], value)
    return choices[dice((seed * 2654435761) ^ zlib.crc32(name.encode())).randrange(len(choices))]


def read_looks(looks: str) -> dict[str, Any]:
    """What a description changes: {"coat": "rain", "coat_color": "#c9403a"} for "a red raincoat"."""
    changes: dict[str, Any] = {}
    for clause in re.split(r"[,.;]| and | with ", looks.lower()):
        _read_clause(re.findall(r"[a-z][a-z-]*", clause), changes)
    return changes


def _read_clause(words: list[str], changes: dict[str, Any]) -> None:
    people = table("people.json")
    known: dict[str, dict[str, Any]] = people["words"]
    color, style, i = "", "", 0
    while i < len(words):
        pair = " ".join(words[i : i + 2])
        word = pair if pair in known else words[i]
        i += 2 if pair in known else 1
        if word in ("hair", "beard"):
            _read_hair(word, color, style, changes)
            color, style = "", ""
        elif word in known:
            color = _read_word(known[word], color, changes)
        elif word in people["colors"] or word in people["hair_colors"]:
            color = word
        elif word in people["hair"] or word in people["beards"]:
            style = word
    if style in ("curly", "wavy", "long", "spiky") and len(words) == 1:
        changes["hair"] = people["hair"][style]


def _read_word(entry: dict[str, Any], color: str, changes: dict[str, Any]) -> str:
    """Takes over what a word says; returns the colour that is still to be used."""
    changes |= {name: value for name, value in entry.items() if name != "color"}
    paint = table("people.json")["colors"].get(color)
    if "color" in entry and paint:
        changes[str(entry["color"])] = paint
        return ""
    return color


def _read_hair(what: str, color: str, style: str, changes: dict[str, Any]) -> None:
    people = table("people.json")
    paint = people["hair_colors"].get(color) or people["colors"].get(color)
    if paint:
        changes["hair_color"] = paint
    if what == "beard":
        changes["beard"] = people["beards"].get(style, "full")
    elif style in people["hair"]:
        changes["hair"] = people["hair"][style]


def in_space_suit(person: Person) -> Person:
    bare = replace(person, hat="", cape="", apron="", extras="", scarf=False, wings=False, tail="")
    return replace(bare, coat="suit", legs="trousers")
