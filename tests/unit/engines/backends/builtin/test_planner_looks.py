"""How the planner says that people look: what the story tells, what it leaves open, and of what time they are."""

from dataclasses import replace
from itertools import combinations

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character, Storyboard
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.backends.builtin.planner.rereading import reread
from storyreel.engines.contracts.story import StoryRequest


def board(story: str, seed: int = 0) -> Storyboard:
    return plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC, seed=seed))


def member(story: str, name: str) -> Character:
    return next(character for character in board(story).characters if character.name == name)


@pytest.mark.parametrize(
    ("story", "name", "told"),
    [
        ("Ada walked home. Later she put on a blue coat.", "Ada", "blue coat"),
        ("Ada had long red hair. She sang.", "Ada", "long red hair"),
        ("A shepherd opened the door. The shepherd was an old woman in a white scarf.", "shepherd", "white scarf"),
        ("小明穿着红衣服，在学校里跑步。", "小明", "red shirt"),
        ("小红笑了。她戴着一顶蓝帽子。", "小红", "blue hat"),
    ],
)
def test_dress_and_hair_hold_for_the_whole_story(story: str, name: str, told: str) -> None:
    assert told in member(story, name).looks


def test_what_is_only_given_away_is_not_worn() -> None:
    assert "coat" not in member("Ada bought a red coat for a friend. Ada smiled.", "Ada").looks.split(", ")[0]


def test_an_old_shepherdess_stays_a_shepherd() -> None:
    shepherd = member("It was the hut of a shepherd. The shepherd was an old woman.", "shepherd")
    assert (shepherd.kind, shepherd.sex) == ("shepherd", "female")
    assert shepherd.looks.startswith("an old shepherd")
    assert "old woman" in shepherd.aliases


def test_no_two_of_a_cast_are_alike() -> None:
    people = "Ann and Beth and Carla met Dan and Eric and Frank in a garden."
    for seed in range(12):
        looks = [character.looks for character in board(people, seed).characters]
        assert all(one != other for one, other in combinations(looks, 2))
    assert board(people, 1) == board(people, 1)
    assert board(people, 1).characters[0].looks != board(people, 2).characters[0].looks


@pytest.mark.parametrize(
    ("story", "culture"),
    [
        ("从前有个书生，住在山上的庙里。", ["chinese"]),
        ("小明拿出手机，坐上地铁去学校。", ["chinese modern"]),
        ("A knight rode to the castle.", ["medieval"]),
        ("A woman sat in a garden.", []),
    ],
)
def test_the_time_that_a_story_tells_of(story: str, culture: list[str]) -> None:
    told = board(story).characters[0].looks.split(", ")
    assert [word for word in told if word in ("chinese", "chinese modern", "medieval")] == culture


@pytest.mark.parametrize(
    ("story", "kind"),
    [
        ("Tom went to school. He played with his kite.", "boy"),
        ("Tom drank his coffee in the office. His boss called.", "man"),
        ("小红抱着一只猫。", "girl"),
        ("小丽在公司加班，老板走了过来。", "woman"),
    ],
)
def test_a_name_is_a_childs_only_where_the_story_hints_it(story: str, kind: str) -> None:
    assert board(story).characters[0].kind == kind


def test_a_corrected_cast_is_who_prompts_mean() -> None:
    story = "A girl sat by the river. A fox came. The girl smiled."
    planned = board(story)
    girl, fox = planned.characters
    request = StoryRequest(story, "A story", Style.ANIME, characters=(replace(girl, name="Nora"), fox))
    scene = reread(lambda _: None, "Nora runs in a forest", planned.shots[0].scene, request)
    assert [(subject.character, subject.pose) for subject in scene.subjects] == [(girl.id, "run")]
    scene = reread(lambda _: None, "the girl dances with the fox", planned.shots[0].scene, request)
    assert {subject.character for subject in scene.subjects} == {girl.id, fox.id}
