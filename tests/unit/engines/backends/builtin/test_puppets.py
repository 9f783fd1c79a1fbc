"""Puppets: people and animals by their looks, poses and expressions."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.cast import (
    Person,
    in_space_suit,
    is_person,
    person_of,
    read_looks,
)
from storyreel.engines.backends.builtin.illustrator.puppets.clothes import garment, hull
from storyreel.engines.backends.builtin.illustrator.puppets.head import crown
from storyreel.engines.backends.builtin.illustrator.puppets.human import bones_of, human
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import Rest, frame, pose
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.vocabulary import entries

POSES = sorted(table("poses.json")["poses"])
PLAIN = Person()


def drawn(person: Person, pose_: str = "stand", expression: str = "calm", **more: bool) -> NDArray[np.float32]:
    return human(person, pose_, expression=expression, **more).drawing.raster(95, 95)


def someone(kind: str, looks: str = "", seed: int = 1) -> Person:
    return person_of(Character("a", "A", kind, looks, seed))


def choices(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def dress(people: dict[str, object]) -> list[dict[str, object]]:
    """Every entry of people.json that dresses somebody."""
    found: list[dict[str, object]] = [people["all"], *people["sorts"].values(), *people["kinds"].values()]
    for culture in people["cultures"].values():
        found += [entry for name, entry in culture.items() if name != "kinds"]
        found += culture["kinds"].values()
    for people_ in people["peoples"].values():
        found += [people_["features"], *people_["sorts"].values()]
    return found


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("hair", lambda name: name in table("parts.json")["hair"]),
        ("hat", lambda name: name in ("", *table("parts.json")["hats"])),
        ("coat", lambda name: name in ("", "suit") or garment(name) is not None),
        ("face", lambda name: name in table("faces.json")["shapes"]),
        ("nose", lambda name: name in table("faces.json")["noses"]),
        ("eyes", lambda name: name in table("faces.json")["eyes"]),
        ("beard", lambda name: name in ("", *table("faces.json")["beards"])),
        ("moustache", lambda name: name in ("", *table("faces.json")["moustaches"])),
        ("glasses", lambda name: name in ("", *table("faces.json")["glasses"])),
        ("age", lambda name: name in table("body.json")["ages"]),
        ("build", lambda name: name in table("body.json")["builds"]),
    ],
)
def test_whatever_people_may_wear_is_drawn(field: str, known: Callable[[object], bool]) -> None:
    people = table("people.json")
    for entry in [*dress(people), *people["words"].values()]:
        for name in choices(entry.get(field, getattr(PLAIN, field))):
            assert known(name), name


def test_there_is_variety() -> None:
    parts, faces = table("parts.json"), table("faces.json")
    assert len(parts["hair"]) >= 20
    assert len(parts["hats"]) >= 30
    assert len(faces["shapes"]) * len(faces["noses"]) * len(faces["eyes"]) >= 100
    assert sum(is_person(kind) for kind in entries("kinds")) >= 45


@pytest.mark.parametrize("kind", ["boy", "girl", "man", "woman", "old man", "old woman"])
def test_two_of_a_kind_are_told_apart(kind: str) -> None:
    pictures = [drawn(someone(kind, seed=seed)) for seed in range(8)]
    differences = [float(np.abs(a - b).mean()) for a, b in combinations(pictures, 2)]
    assert min(differences) > 0.005


def test_ages_have_their_proportions() -> None:
    heads = [frame(age, "").head for age in ("baby", "child", "teen", "adult")]
    assert heads == sorted(heads, reverse=True)
    heights = [someone(kind).height for kind in ("baby", "boy", "man")]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("kind", "looks", "expected"),
    [
        ("man", "old, tall", {"age": "old"}),
        ("woman", "red hair, braids", {"hair": "braids", "hair_color": "#b8522a"}),
        ("man", "long black beard and a moustache", {"beard": "long", "moustache": "brush", "hair_color": "#211c20"}),
        ("man", "a long blue coat", {"coat": "coat", "coat_color": "#3f6fb0"}),
        ("girl", "straw hat, red scarf, glasses", {"hat": "straw", "scarf": True, "glasses": "round"}),
        ("man", "stout", {"build": "stout"}),
        ("doctor", "woman", {"lashes": True}),
        ("woman", "white apron", {"apron": "#f4f1ea"}),
    ],
)
def test_descriptions_are_followed(kind: str, looks: str, expected: dict[str, object]) -> None:
    person = someone(kind, looks)
    assert {name: getattr(person, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("kind", "looks", "age"),
    [
        ("monk", "little", "child"),
        ("knight", "little, medieval", "child"),
        ("girl", "old red coat", "child"),
        ("old man", "little", "old"),
        ("man", "little", "adult"),
        ("shepherd", "old", "old"),
    ],
)
def test_looks_tell_the_age_of_roles(kind: str, looks: str, age: str) -> None:
    assert {someone(kind, looks, seed).age for seed in range(5)} == {age}


def test_animals_have_the_colour_that_is_told() -> None:
    def middle(kind: str, looks: str) -> NDArray[np.float32]:
        animal = zoo.animal(Character("a", "A", kind, looks, 3), "stand", 0, "calm")[0]
        return animal.raster(225, 214)[140, 105, :3]

    assert middle("horse", "a white horse").min() > 0.8
    assert middle("horse", "black coat").max() < 0.3


def test_a_long_coat_is_no_long_hair() -> None:
    assert "hair" not in read_looks("a long coat")
    assert read_looks("long, curly")["hair"] == "curly"


@pytest.mark.parametrize("kind", ["shepherd", "captain", "fisherman", "baker", "soldier", "chef", "blacksmith", "king"])
def test_sex_decides_where_the_kind_does_not_tell(kind: str) -> None:
    for seed in range(6):
        woman = person_of(Character("a", "A", kind, "", seed, sex="female"))
        man = person_of(Character("a", "A", kind, "", seed, sex="male"))
        assert woman.lashes or woman.age == "child"
        assert not woman.beard
        assert not woman.moustache
        assert woman.hair != "bald"
        assert not man.lashes
    old = person_of(Character("a", "A", kind, "old", 1, sex="female"))
    assert (old.age, old.beard) == ("old", "")


def test_nobody_is_dressed_in_the_colour_of_the_skin() -> None:
    for seed in range(80):
        person = someone("boy", seed=seed)
        skin, *clothes = ([int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (person.skin, person.top))
        assert sum(abs(a - b) for a, b in zip(skin, clothes[0], strict=True)) > 75


def test_a_man_wears_no_dress() -> None:
    for seed in range(6):
        servant = person_of(Character("a", "A", "servant", "", seed, sex="male"))
        assert servant.coat != "dress"


def test_children_have_open_eyes_and_hair() -> None:
    for kind in ("boy", "girl", "kid", "baby"):
        for seed in range(12):
            child = someone(kind, seed=seed)
            assert not child.lashes
            assert child.eyes in ("tall", "round", "wide")
            assert child.hair not in ("bald", "buzz", "receding")


def test_features_go_with_any_dress() -> None:
    for era in ("", "modern, ", "medieval, "):
        for kind in ("man", "girl", "doctor", "fairy"):
            person = someone(kind, f"{era}chinese")
            assert sum(int(person.hair_color[at : at + 2], 16) for at in (1, 3, 5)) < 130
    assert someone("woman", "chinese, modern").coat == someone("woman", "modern").coat
    assert someone("knight", "chinese").hat == ""
    assert someone("swordsman", "chinese").coat == "hanfu short"
    assert someone("monk", "short black hair, chinese").hair == "shaven"
    assert someone("old man", "chinese").hair_color != someone("man", "chinese").hair_color


def test_cultures_dress_everybody_their_way() -> None:
    assert someone("official", "chinese").hat == "wusha"
    assert someone("king", "chinese").coat == "dragon robe"
    assert someone("king").hat == "crown"
    assert someone("nurse", "chinese").hat == "nurse"
    for kind in ("man", "woman", "boy", "girl"):
        assert someone(kind, "chinese").coat != someone(kind, "modern").coat


@pytest.mark.parametrize("name", POSES)
def test_who_rests_on_the_ground_touches_it_and_is_drawn_whole(name: str) -> None:
    for age in ("child", "adult"):
        person = replace(PLAIN, age=age)
        bones = bones_of(person, name)
        joints = [*(leg.middle for leg in (bones.front_leg, bones.back_leg)), bones.front_leg.end, bones.back_leg.end]
        lowest = max(y for _, y in joints)
        if pose(name).base == "feet":
            assert -12 < lowest < 1
        elif pose(name).base == "seat":
            assert -12 < bones.hip[1] < 0
        figure = human(person, name).drawing
        alpha = figure.raster(95, 95)[..., 3]
        assert alpha.max() > 0.9
        assert max(alpha[0].max(), alpha[:, 0].max(), alpha[:, -1].max(), alpha[-1].max()) == 0, "cut off"


def test_every_agreed_pose_is_drawn() -> None:
    for name in entries("poses"):
        assert name in POSES
        holds = pose(name).holds
        assert not holds or art.piece(holds), holds


def test_a_hand_reaches_what_it_can_and_points_at_the_rest() -> None:
    free = bones_of(PLAIN, "stand")
    x, y = free.front_arm.root
    near = (x + 18, y + 12)
    reached = bones_of(PLAIN, "stand", rest=Rest(near)).front_arm.end
    assert math.dist(reached, near) < 0.1
    far = bones_of(PLAIN, "stand", rest=Rest((x + 900, y))).front_arm
    assert far.end[0] - x > 1.9 * free.frame.arm
    assert abs(far.end[1] - y) < 0.5
    assert bones_of(PLAIN, "stand", rest=Rest(near)).back_arm == free.back_arm


@pytest.mark.parametrize("manga", [False, True])
def test_expressions_differ(manga: bool) -> None:
    names = sorted(entries("expressions"))
    heads = [human(PLAIN, expression=name, manga=manga).drawing.raster(190, 190)[40:100, 70:130] for name in names]
    for (one, a), (other, b) in combinations(zip(names, heads, strict=True), 2):
        assert np.abs(a - b).sum() > 12, f"{one} looks like {other}"


@pytest.mark.parametrize("pose_", ["stand", "sit", "swim", "float"])
def test_a_mermaid_has_a_tail_in_place_of_legs(pose_: str) -> None:
    mermaid = someone("mermaid")
    assert mermaid.tail
    assert np.abs(drawn(mermaid, pose_) - drawn(replace(mermaid, tail=""), pose_)).mean() > 0.005


def test_a_woman_with_short_hair_is_no_man() -> None:
    assert someone("woman", "short black hair").hair == "bob"
    assert someone("man", "short black hair").hair == "short"


def test_a_skirt_goes_round_both_legs() -> None:
    corners = hull([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (1, 3)])
    assert sorted(corners) == [(0, 0), (0, 4), (4, 0), (4, 4)]


def test_animals_are_as_large_as_they_are_beside_a_man() -> None:
    order = ("mouse", "squirrel", "cat", "fox", "wolf", "cow", "horse", "elephant", "giraffe")
    heights = [zoo.height_of(kind) for kind in order]
    assert heights == sorted(heights)
    assert zoo.height_of("mouse") < 0.2 < 1 < zoo.height_of("horse")
    assert sum(entry["is"] == "animal" for entry in entries("kinds").values()) >= 40


@pytest.mark.parametrize("kind", ["horse", "camel", "donkey", "elephant"])
def test_what_is_ridden_has_its_seat_on_its_back(kind: str) -> None:
    seat = zoo.seat_of(kind)
    assert seat is not None
    drawing, units = zoo.animal(Character("a", "A", kind), "stand", 0, "calm")
    x, y, width, height = drawing.box
    alpha = drawing.raster(round(width), round(height))[..., 3]
    column = alpha[:, round(seat[0] - x)]
    back = int(np.flatnonzero(column > 0.5)[0]) + y
    assert abs(back - seat[1]) < 0.12 * units


def test_four_legged_animals_have_heads_of_their_own_in_their_box() -> None:
    quadrupeds = table("animals.json")["quadrupeds"]
    assert sorted({entry["face"] for entry in quadrupeds.values()}) == sorted(
        name for name in table("animal_heads.json") if name != "about"
    )
    for kind in quadrupeds:
        drawing, units = zoo.animal(Character("a", "A", kind), "walk", 0.2, "happy")
        x, _, width, height = drawing.box
        alpha = drawing.raster(round(width), round(height))[..., 3]
        assert max(alpha[0].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0, f"{kind} is cut off"
        columns = np.flatnonzero(alpha.max(axis=0) > 0.5) + x
        left, right = zoo.extent_of(kind)
        assert abs(columns[-1] - right) < 0.12 * units
        assert abs(columns[0] - left) < 0.16 * units


@pytest.mark.parametrize("kind", ["fox", "bird", "fish", "rabbit"])
def test_animals_move_and_feel(kind: str) -> None:
    character = Character("a", "A", kind)
    poses = {"bird": "fly", "fish": "swim"}
    moments = [zoo.animal(character, poses.get(kind, "walk"), phase, "calm")[0].raster(90, 70) for phase in (0.1, 0.6)]
    assert np.abs(moments[0] - moments[1]).sum() > 1
    assert zoo.steps(kind, poses.get(kind, "walk")) > 0
    if kind == "fox":
        faces = [zoo.animal(character, "stand", 0, feels)[0].raster(180, 140) for feels in ("angry", "happy", "sad")]
        assert all(np.abs(a - b).sum() > 1 for a, b in combinations(faces, 2))


@pytest.mark.parametrize("hair", sorted(table("parts.json")["hair"]))
def test_no_hair_is_outside_a_space_helmet(hair: str) -> None:
    crowns = {crown(replace(in_space_suit(someone("girl")), hair=name)) for name in (hair, "shaven")}
    assert max(crowns) - min(crowns) < 0.1


def test_a_tie_is_no_bow_to_shoot_with() -> None:
    assert all(
        "bow" not in someone(kind, seed=seed).extras.split() for kind in ("musician", "waiter") for seed in (1, 2)
    )


@pytest.mark.parametrize("kind", ["fish", "whale", "dolphin", "shark", "cow", "fox", "duck", "rabbit"])
def test_animals_are_as_long_as_they_say(kind: str) -> None:
    drawing, _ = zoo.animal(Character("a", "A", kind, "", 1), "stand", 0, "calm")
    left, _, width, height = drawing.box
    shown = np.flatnonzero(drawing.raster(round(width), round(height))[..., 3].max(0) > 0.1)
    assert zoo.extent_of(kind) == pytest.approx((left + shown[0], left + shown[-1]), abs=9)
