"""Where plain stories are: each of those that the weights of route.json are learnt from, too."""

import json
from pathlib import Path

import numpy as np
import pytest

from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.planner.chain import steadily
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest

GOLDEN = Path(__file__).parents[4] / "golden" / "places.json"


@pytest.mark.parametrize(("story", "setting"), json.loads(GOLDEN.read_text("utf-8"))["cases"])
def test_where_it_is(story: str, setting: str) -> None:
    assert plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC)).shots[-1].scene.setting == setting


def test_a_story_stays_where_it_is_until_its_words_lead_on() -> None:
    story = (
        "Ann lived in a cottage in the forest. She swept the floor. She made soup. She fed the cat. She sat down."
        " She thought of the sea. At noon she put on her boots. She walked to the village. The square was full."
        " She bought a loaf from the baker. She talked to the smith. She laughed."
    )
    shots = plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC)).shots
    assert shots[0].scene.setting in ("forest", "room"), "either is right"
    assert shots[-1].scene.setting == "village"
    assert len({shot.scene.setting for shot in shots}) <= 3


@pytest.mark.parametrize(
    ("there", "way"), [([0.9, 0.45, 0.9], [0, 0, 0]), ([0.9, 0.1, 0.9], [0, 1, 0]), ([0.9, 0.45, 0.1], [0, 1, 1])]
)
def test_a_place_that_is_hardly_likelier_than_the_one_before_is_not_gone_to(there: list[float], way: list[int]) -> None:
    assert steadily(np.log([[one, 1 - one] for one in there])) == way


def test_a_storm_that_comes_goes_nowhere() -> None:
    story = "Ann walked up the mountain. Near the top, a storm came down on her. She could not see her own hands."
    shots = plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC)).shots
    assert {shot.scene.setting for shot in shots} == {"mountain"}


def test_any_first_verb_is_planned() -> None:
    assert plan(lambda _: None, StoryRequest("Bruno set out both colours.", "A story", Style.CINEMATIC)).shots


def test_a_story_that_tells_of_no_place_is_somewhere() -> None:
    assert plan(lambda _: None, StoryRequest("Hm.", "A story", Style.CINEMATIC)).shots[0].scene.setting
