"""Places and hours that English stories never name: told by people, things, deeds, clocks and calendars."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest


def scenes(story: str) -> list[SceneSpec]:
    return [shot.scene for shot in plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC)).shots]


@pytest.mark.parametrize(
    ("story", "setting"),
    [
        pytest.param("The surgeon held out his hand. A nurse gave him the scalpel.", "hospital", id="trades and tools"),
        pytest.param("She was late for long division. The pupils stared.", "school", id="lessons"),
        pytest.param("Nora stamped the overdue books.", "library", id="what is done there"),
        pytest.param("“Sir,” said Tom, “my homework.” The teacher sighed.", "school", id="talk counts half"),
        pytest.param("Ann laughed like a surgeon. The saucepan boiled over.", "kitchen", id="no comparison"),
        pytest.param("There was once a king who sat on a throne.", "castle hall", id="a tale's king is at court"),
        pytest.param("Mr. Gill yawned. The saucepan boiled over.", "kitchen", id="a surname is no sign"),
        pytest.param("The captain yawned. Neptune rose behind them.", "space", id="but a title or a planet is"),
        pytest.param("Ann sank into the armchair. There was no surgeon.", "room", id="nothing that is denied"),
        pytest.param("The ghost had lived in the castle for many years.", "castle", id="where one had lived for years"),
    ],
)
def test_people_and_things_tell_where_a_story_begins(story: str, setting: str) -> None:
    assert scenes(story)[0].setting == setting


@pytest.mark.parametrize(
    ("story", "setting"),
    [
        pytest.param("Ann walked in the forest. The surgeon took the scalpel from the nurse.", "hospital", id="moved"),
        pytest.param("Ann stood in the street. The shop was full of clocks.", "shop", id="a sentence about a place"),
        pytest.param("Ann stood in the street. The forest was far away.", "street", id="but not far away"),
        pytest.param("Ann stood in the kitchen. She told them that she was lost in the forest.", "kitchen", id="said"),
        pytest.param("Ann sat in the office. She was the best baker in the village.", "office", id="of all there"),
        pytest.param("Ann sat on the train. A river ran along beside them.", "train", id="seen from a train"),
        pytest.param("Ann sat on the train. She got off and walked into the forest.", "forest", id="off the train"),
        pytest.param("Ann stood in the yard. She watched a bird fly over the mountain.", "garden", id="watched"),
        pytest.param("Ann stood in the street. There was not a grain of rice in the house.", "street", id="lacking"),
        pytest.param("Ann lay in the hospital. Tom had driven across the desert all his life.", "hospital", id="once"),
        pytest.param("Ann sat in the office. They phoned Tom, who was on a beach.", "office", id="of somebody away"),
        pytest.param("Ann sat in the room. Where the road leaves the fields three men stood.", "road", id="where"),
    ],
)
def test_where_a_story_goes_on(story: str, setting: str) -> None:
    assert scenes(story)[-1].setting == setting


@pytest.mark.parametrize(
    ("story", "time"),
    [
        ("At two in the morning the ward was quiet.", "night"),
        ("Ann woke at 6:30 a.m.", "morning"),
        ("Ann left at ten at night.", "night"),
        ("Ann came home at 17:20.", "dusk"),
        ("It was afternoon. At seven a tall man came in.", "dusk"),
        ("It was afternoon. The clock struck nine.", "night"),
        ("Ann had lunch. At twenty to three the doors opened.", "afternoon"),
        ("It was night. On Wednesday they came home.", "morning"),
        ("Ann sat there. She had six men.", "noon"),
    ],
)
def test_the_hour(story: str, time: str) -> None:
    assert scenes(story)[-1].time == time


def test_seasons_and_weather_that_are_not_now() -> None:
    assert scenes("In the spring Ann dug the garden.")[0].season == "spring"
    assert scenes("It was July. The shop would be closed by Christmas.")[-1].season == "summer"
    assert scenes("It had not rained since the second week of April.")[0].season == ""
    assert scenes("It snowed. They came out of the snow into sunshine.")[-1].weather == "clear"
    assert scenes("There was a storm. She asked to stay until the storm was over.")[-1].weather == "storm"
