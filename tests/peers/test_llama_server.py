"""The story engine on llama.cpp's own server: a model that has learnt nothing, held to the schema, plans films."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storyreel.domain.project import Language, Style
from storyreel.engines.backends.openai_compatible.story import OpenAIStoryEngine
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

EXAMPLES = Path(__file__).parents[2] / "examples"
STORY = "A girl named Mia walks to the sea. A dog follows her. “Wait,” says the dog. They swim until night."
STORYREEL = (sys.executable, "-c", "from storyreel.cli.main import main; main()")


@pytest.fixture(scope="module")
def llama(start_llama: Callable[..., Any]) -> Any:
    return start_llama()


def storyreel(*words: object, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run `storyreel WORDS` with these settings and no other."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STORYREEL_")}
    return subprocess.run(
        [*STORYREEL, *map(str, words)], env=clean | settings, capture_output=True, text=True, timeout=280, check=False
    )


def test_with_its_address_alone_the_model_plans_and_the_builtin_draws(llama: Any, tmp_path: Path) -> None:
    story, film, data = tmp_path / "story.txt", tmp_path / "film.mp4", tmp_path / "data"
    story.write_text(STORY)
    size = ("--resolution", "320x180", "--preset", "draft", "--no-music", "--no-cards")
    made = storyreel("make", story, "-o", film, "--data-dir", data, *size, STORYREEL_OPENAI_BASE_URL=llama.url)
    assert made.returncode == 0, made.stderr
    assert film.stat().st_size > 10_000
    with closing(sqlite3.connect(data / "storyreel.db")) as rows:
        kept = [json.loads(made_from) for (made_from,) in rows.execute("SELECT made_from FROM artifacts")]
    engines = {one["kind"]: one["engine"].split("@")[0] for one in kept if "engine" in one}
    assert engines == {"storyboard": "openai_compatible", "image": "builtin", "voice": "builtin"}
    assert llama.answered() == 1, "the strictest form is taken at once"


async def test_a_story_in_many_windows_is_told_whole(llama: Any, tmp_path: Path) -> None:
    story = (EXAMPLES / "chang-e.txt").read_text("utf-8").strip()
    request = StoryRequest(story, "嫦娥", Style.ANIME, Language.CHINESE)
    engine = OpenAIStoryEngine(base_url=llama.url)
    assert not await engine.missing()
    before = llama.answered()
    storyboard = await engine.plan(request, RecordingJob(tmp_path / "one"))
    assert llama.answered() - before > 1
    told = "".join("".join(shot.narration.split()) for shot in storyboard.shots)
    assert told == "".join(story.split())
    assert await engine.plan(request, RecordingJob(tmp_path / "two")) == storyboard, "the same seed, the same answer"
    assert await engine.read_scene("Mia at night", storyboard.shots[0].scene, request)


async def refusal(engine: OpenAIStoryEngine, folder: Path, story: str = STORY) -> EngineError:
    with pytest.raises(EngineError) as refused:
        await engine.plan(StoryRequest(story, "A title", Style.ANIME), RecordingJob(folder / "job"))
    return refused.value


async def test_a_context_that_is_too_small_is_named(start_llama: Callable[..., Any], tmp_path: Path) -> None:
    small = start_llama("tiny", "--ctx-size", "2048")
    refused = await refusal(OpenAIStoryEngine(base_url=small.url), tmp_path)
    assert refused.code == "engine_answer_unusable"
    assert "2048 tokens" in refused.message
    assert "longer context" in refused.hint


async def test_a_wrong_key_is_named(start_llama: Callable[..., Any], tmp_path: Path) -> None:
    locked = start_llama("tiny", "--api-key", "sesame")
    refused = await refusal(OpenAIStoryEngine(base_url=locked.url, api_key="simsalabim"), tmp_path)
    assert refused.code == "engine_key_refused"
    assert await OpenAIStoryEngine(base_url=locked.url, api_key="simsalabim").missing()
    assert not await OpenAIStoryEngine(base_url=locked.url, api_key="sesame").missing()


async def test_a_model_that_types_anything_is_given_up_in_words(
    start_llama: Callable[..., Any], tmp_path: Path
) -> None:
    wild = start_llama("wild")
    refused = await refusal(OpenAIStoryEngine(base_url=wild.url), tmp_path, "A fox runs.")
    assert refused.code in ("engine_answer_unusable", "engine_failed")
    assert "builtin" in refused.hint
