"""Whatever a model writes: a storyboard of the whole story, or an error of ours."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from storyreel.domain.project import Style
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.prompting.asking import Message
from storyreel.engines.prompting.planning import Planner, reread
from storyreel.engines.prompting.stage import words
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

STORY = "Mia walks to the sea. A dog follows her! “Wait,” says the dog.\n\nThey swim until night."

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Mia", "dog"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def shaped(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly as asked for, now and then anything, now and then left out."""
    return st.fixed_dictionaries({}, optional={name: of | anything for name, of in fields.items()})


name = st.sampled_from(["Mia", "the dog", "mia", ""])
word = st.text(max_size=8) | st.sampled_from(words("poses") + words("settings"))
subject = shaped(character=name, pose=word, expression=word, facing=word, holds=word, toward=name)
scene = shaped(setting=word, time=word, camera=word, subjects=st.lists(subject, max_size=6), crowd=word, speaker=name)
shot = shaped(first_sentence=st.integers(-1, 6), prompt=word, prompt_en=st.text(max_size=8), scene=scene)
character = shaped(name=name, kind=word, sex=word, looks=word, aliases=st.lists(name, max_size=3))
answer = shaped(characters=st.lists(character, max_size=3), shots=st.lists(shot, min_size=1, max_size=5))


class Parrot:
    """A model that always writes the same."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def ask(self, messages: Sequence[Message], schema: Mapping[str, Any], most: int) -> str:
        return self._text


@settings(max_examples=50, deadline=None)
@given(answer)
def test_every_sentence_is_told_once_or_it_is_an_error(reply: dict[str, Any]) -> None:
    job = RecordingJob(Path(tempfile.mkdtemp()) / "job")
    planner = Planner(StoryRequest(STORY, "The sea", Style.ANIME), Parrot(json.dumps(reply)))
    try:
        storyboard = asyncio.run(planner.plan(job))
    except EngineError:
        return
    assert " ".join(shot.narration for shot in storyboard.shots) == " ".join(STORY.split())
    cast = [character.id for character in storyboard.characters]
    assert len(set(cast)) == len(cast)
    for shot in storyboard.shots:
        assert shot.prompt
        assert shot.scene.setting in words("settings")
        assert shot.scene.time in words("times")
        for one in shot.scene.subjects:
            assert one.character in cast
            assert one.pose in words("poses")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | scene.map(json.dumps) | anything.map(json.dumps))
def test_a_scene_is_read_or_it_is_an_error(text: str) -> None:
    try:
        read = asyncio.run(reread(StoryRequest(STORY, "The sea", Style.ANIME), "Night", None, Parrot(text)))
    except EngineError:
        return
    assert read.setting in words("settings")
