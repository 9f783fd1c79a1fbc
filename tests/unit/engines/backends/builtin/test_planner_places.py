"""Where plain stories are: each of those that the weights of route.json are learnt from, too."""

import json
from pathlib import Path

import pytest

from storyreel.domain.project import Style
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
    assert [shots[at].scene.setting for at in (0, -1)] == ["forest", "village"]
    assert len({shot.scene.setting for shot in shots}) <= 3


def test_any_first_verb_is_planned() -> None:
    assert plan(lambda _: None, StoryRequest("Bruno set out both colours.", "A story", Style.CINEMATIC)).shots


def test_a_story_that_tells_of_no_place_is_somewhere() -> None:
    assert plan(lambda _: None, StoryRequest("Hm.", "A story", Style.CINEMATIC)).shots[0].scene.setting
