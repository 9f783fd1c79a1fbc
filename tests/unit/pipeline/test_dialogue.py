"""Who speaks in a shot: in the order for its voice, and in the words that move mouths."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.serialize import digest_of, from_json
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Character, SceneSpec
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.registry import EngineRegistry
from storyreel.pipeline.narration import mouthed_words
from storyreel.pipeline.orders import voice_order

FOX = Character("c1", "Reynard", "fox", "red", 3)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROJECT = Project(
    "p1", "u1", "Story", "Story.", Style.ANIME, ProjectSettings(), NOW, language="en", characters=(FOX,)
)  # fmt: skip
SCENE = SceneSpec("forest", speaker="c1")
SHOT = Shot("s1", "p1", 0, "A fox", '"Follow me," said the fox.', scene=SCENE)


def order(shot: Shot) -> dict[str, Any]:
    found = voice_order(EngineRegistry(), PROJECT, shot)
    assert found is not None
    return found


def test_the_speaker_is_the_projects_character() -> None:
    assert from_json(SpeechRequest, order(SHOT)["request"]).speaker == FOX


def test_what_else_the_story_calls_somebody_is_not_heard() -> None:
    called = replace(PROJECT, characters=(replace(FOX, aliases=("the red one",)),))
    assert voice_order(EngineRegistry(), called, SHOT) == order(SHOT)


def test_a_voice_in_which_nobody_else_speaks_keeps_its_key() -> None:
    told = replace(SHOT, narration="The fox ran.")
    keys = {
        digest_of(order(replace(told, scene=scene)))
        for scene in (None, SceneSpec("forest"), SCENE, SceneSpec("sea", speaker="nobody"))
    }
    assert len(keys) == 1
    assert "speaker" not in order(told)["request"]
    assert digest_of(order(SHOT)) != digest_of(order(replace(SHOT, scene=SceneSpec("forest"))))
    assert digest_of(order(replace(SHOT, scene=None))) == digest_of(
        order(replace(SHOT, scene=replace(SCENE, speaker="nobody")))
    )


def test_mouths_move_on_what_is_quoted_when_somebody_speaks_it() -> None:
    words = [(1, 6), (8, 2), (13, 4), (18, 3), (22, 3)]
    facts = {"words": [{"start": n, "end": n + 1, "offset": at, "length": size} for n, (at, size) in enumerate(words)]}
    voice = Artifact("k", "k.wav", "d", "audio/wav", 1, order(SHOT), facts, NOW)
    assert [word.offset for word in mouthed_words(voice, SCENE)] == [1, 8]
    for scene in (None, SceneSpec("forest")):
        assert [word.offset for word in mouthed_words(voice, scene)] == [1, 8, 13, 18, 22]
    silent = replace(voice, made_from=order(replace(SHOT, narration="Follow me said the fox")))
    assert mouthed_words(silent, SCENE) == ()
    assert mouthed_words(None, SCENE) == ()
