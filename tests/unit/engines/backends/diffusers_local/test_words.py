"""Stories and voices by tiny models: answers that are held to JSON, and sentences that are spoken one by one."""

import asyncio
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from storyreel.domain.project import Style
from storyreel.engines.backends.diffusers_local.card import card
from storyreel.engines.backends.diffusers_local.grammar import JsonOnly
from storyreel.engines.backends.diffusers_local.speech import DiffusersSpeechEngine
from storyreel.engines.backends.diffusers_local.story import DiffusersStoryEngine
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

STORY = "Mia walks to the sea. A dog follows her."


def unheld(monkeypatch: pytest.MonkeyPatch) -> None:
    def anything(_self: JsonOnly, _ids: Any, scores: Any) -> Any:
        return scores

    monkeypatch.setattr(JsonOnly, "__call__", anything)


async def test_without_its_grammar_the_model_writes_no_storyboard(
    tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DiffusersStoryEngine(model=str(tiny("story")), device="cpu")
    request = StoryRequest(STORY, "The sea", Style.ANIME)
    assert (await engine.plan(request, RecordingJob(tmp_path / "held"))).shots
    unheld(monkeypatch)
    with pytest.raises(EngineError) as failed:
        await engine.plan(request, RecordingJob(tmp_path / "unheld"))
    assert failed.value.code == "engine_answer_unusable"


async def test_a_question_too_long_for_the_model_is_told_as_such(
    tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DiffusersStoryEngine(model=str(tiny("story")), device="cpu")
    engine._model.load(card("cpu"))
    monkeypatch.setattr(engine._model.model.config, "max_position_embeddings", 600)
    with pytest.raises(EngineError, match="The question has") as failed:
        await engine.plan(StoryRequest(STORY, "The sea", Style.ANIME), RecordingJob(tmp_path / "job"))
    assert "longer context" in failed.value.hint


def seconds(file: Path) -> float:
    with wave.open(str(file)) as sound:
        return sound.getnframes() / sound.getframerate()


async def spoken(engine: DiffusersSpeechEngine, folder: Path, text: str, **more: Any) -> bytes:
    (result,) = await engine.speak([SpeechRequest(text, "en", **more)], RecordingJob(folder))
    return result.file.read_bytes()


@pytest.fixture
def models(tiny: Callable[[str], Path]) -> Mapping[str, str]:
    return {"en": str(tiny("voice")), "zh": str(tiny("voices"))}


async def test_each_speaker_of_each_model_is_a_voice(models: Mapping[str, str], tmp_path: Path) -> None:
    engine = DiffusersSpeechEngine(models=models, device="cpu")
    assert [(voice.id, voice.language) for voice in await engine.voices()] == [
        ("en-0", "en"),
        ("zh-0", "zh"),
        ("zh-1", "zh"),
    ]
    first = await spoken(engine, tmp_path / "1", "hello", voice="zh-0")
    assert first != await spoken(engine, tmp_path / "2", "hello", voice="zh-1")
    assert first != await spoken(engine, tmp_path / "3", "hello")


async def test_sentences_are_spoken_one_by_one(models: Mapping[str, str], tmp_path: Path) -> None:
    engine = DiffusersSpeechEngine(models=models, device="cpu")
    job = RecordingJob(tmp_path / "job")
    await engine.speak([SpeechRequest("One. Two! Three?", "en")], job)
    assert job.fractions == [0, 1 / 3, 2 / 3]
    await spoken(engine, tmp_path / "nothing", "。")
    assert seconds(tmp_path / "nothing" / "voice.wav") > 0, "what has no letters is silence"


async def test_a_language_without_a_model_is_spoken_by_the_first(models: Mapping[str, str], tmp_path: Path) -> None:
    engine = DiffusersSpeechEngine(models=models, device="cpu")
    as_english = await spoken(engine, tmp_path / "1", "bonjour")
    (result,) = await engine.speak([SpeechRequest("bonjour", "fr")], RecordingJob(tmp_path / "2"))
    assert await asyncio.to_thread(result.file.read_bytes) == as_english


async def test_another_kind_of_model_is_refused(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    engine = DiffusersSpeechEngine(models={"en": str(tiny("story"))}, device="cpu")
    with pytest.raises(EngineError, match="cannot be loaded"):
        await spoken(engine, tmp_path / "job", "hello")
    (missing,) = await DiffusersSpeechEngine().missing()
    assert "STORYREEL_DIFFUSERS_SPEECH_MODELS" in missing
