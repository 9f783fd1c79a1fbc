"""What the planner learnt: whom pronouns mean, and who is on stage though, or although not, a word means them."""

import pytest

from storyreel.domain.project import Language, Style
from storyreel.engines.backends.builtin.planner import learnt
from storyreel.engines.backends.builtin.planner.antecedents import Moment, choose
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.mentions import Mention
from storyreel.engines.backends.builtin.planner.plan import plan, understand
from storyreel.engines.backends.builtin.planner.presence import Presence
from storyreel.engines.contracts.story import StoryRequest

STORY = (
    "Mara walked into the kitchen. She lit the stove. There was room for a pig in it. Tom came in from the garden. "
    "He kissed her. They sat down at the table. Tom laughed. They ate until it was dark."
)


def request(story: str) -> StoryRequest:
    return StoryRequest(story, "A story", Style.CINEMATIC)


def on_stage(story: str) -> list[list[str]]:
    planned = plan(lambda _: None, request(story))
    names = {character.id: character.name for character in planned.characters}
    return [sorted(names[subject.character] for subject in shot.scene.subjects) for shot in planned.shots]


def test_who_only_stands_in_a_comparison_is_not_there_and_who_comes_again_is() -> None:
    shown = on_stage(STORY)
    assert not any("pig" in shot for shot in shown)
    assert shown[5] == shown[7] == ["Mara", "Tom"]


def test_of_a_short_story_everybody_is_shown_whom_its_words_mean() -> None:
    assert on_stage("A girl rode a white horse.") == [["girl", "horse"]]


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE])
@pytest.mark.parametrize("question", ["antecedent", "presence"])
def test_both_languages_have_been_learnt(question: str, language: Language) -> None:
    assert len(learnt.weights(question, language)) > 100


def test_it_makes_no_difference_in_which_order_traits_come() -> None:
    table = {"one": 0.1, "two": 0.2, "three": 0.3, "four": -0.6}
    assert learnt.weigh(table, ["one", "two", "three", "four"]) == learnt.weigh(table, ["four", "three", "two", "one"])


def test_who_did_something_just_now_is_meant_before_whom_was_told_of_long_ago() -> None:
    ben = Member("ben", "ben", name="Ben", sex="male", first=1, last=1, told=1, led=True, times=1, role="subject")
    tom = Member("tom", "tom", name="Tom", sex="male", first=2, last=8, told=8, led=True, times=4, role="subject")
    ann = Member("ann", "ann", name="Ann", sex="female", first=2, last=8, told=8, led=True, times=4, role="subject")
    choice = choose([ben, tom, ann], Mention(0, 0, "he", pronoun="male"), Moment(9, before=[tom, ann]))
    assert choice.taken is tom
    assert ann not in choice.members


def test_who_is_named_right_behind_a_pronoun_is_rather_not_meant_by_it() -> None:
    alike = {"sex": "male", "first": 2, "last": 8, "told": 8, "led": True, "times": 2, "role": "subject", "by": "name"}
    ben, tom = (Member(name, name, name=name.title(), calls={name}, **alike) for name in ("ben", "tom"))
    him = Mention(0, 0, "he", pronoun="male")
    for one, other in ((ben, tom), (tom, ben)):
        named = Mention(1, 1, one.word, name=one.name)
        assert choose([ben, tom], him, Moment(9, before=[ben, tom], coming=[[him], [named]])).taken is other


def test_it_may_be_nobody() -> None:
    choice = choose([], Mention(0, 0, "it", pronoun="thing"), Moment(3))
    assert choice.members == [None]
    assert choice.taken is None


def test_what_is_learnt_from_can_be_asked_for_every_shot() -> None:
    story = understand(lambda _: None, request(STORY))
    presence = Presence(story.told, story.language)
    assert len(story.told) == len(story.spans)
    for shot in range(len(story.told)):
        for member in presence.possible(shot):
            assert "any" in presence.traits(shot, member)
