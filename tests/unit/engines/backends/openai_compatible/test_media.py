"""Pictures, voices and clips of servers of all sorts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from aiohttp import web
from fake_openai import CLIP, FakeOpenAI, fake_openai, png
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character
from storyreel.engines import wrappers
from storyreel.engines.backends.openai_compatible import video
from storyreel.engines.backends.openai_compatible.image import OpenAIImageEngine
from storyreel.engines.backends.openai_compatible.speech import OpenAISpeechEngine
from storyreel.engines.backends.openai_compatible.video import OpenAIVideoEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError, EngineUnavailableError, FetchError
from storyreel.pipeline.fetch import Fetcher

PICTURE = ImageRequest(
    "Mia walks", Style.ANIME, Canvas(1280, 720), 7, characters=(Character("c1", "Mia", "girl", "red coat"),)
)
SPEECH = SpeechRequest("Mia walks to the sea.", "en")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrappers.with_retry, "__defaults__", (0.0,))
    monkeypatch.setattr(video, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as running:
        yield running


@pytest.fixture
def job(tmp_path: Path) -> RecordingJob:
    return RecordingJob(tmp_path / "job", key="key-of-the-artifact")


@pytest.fixture
def clip(tmp_path: Path) -> VideoRequest:
    image = tmp_path / "first.png"
    image.write_bytes(png(32, 18, 3))
    return VideoRequest(image, "Mia walks", Canvas(1280, 720), 60, Fraction(24), 7)


async def test_a_picture_is_asked_for_with_looks_style_size_and_seed(
    server: FakeOpenAI, job: RecordingJob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (result,) = await OpenAIImageEngine(base_url=server.url, model="sd", prices={"images": 0.04}).draw([PICTURE], job)
    with Image.open(result.file) as picture:
        assert picture.size == (1280, 720)
    (asked,) = server.posts("generations")
    assert asked.body["seed"] == 7
    assert asked.body["size"] == "1280x720"
    assert "red coat" in asked.body["prompt"]
    assert "Anime" in asked.body["prompt"]
    assert asked.headers["Idempotency-Key"].startswith(job.key)
    assert "1 images (cost 0.04)" in caplog.text


async def test_a_hosted_model_that_knows_few_fields_and_sizes(server: FakeOpenAI, job: RecordingJob) -> None:
    server.refuses = {"seed", "response_format"}
    engine = OpenAIImageEngine(base_url=server.url, model="hosted")
    await engine.draw([PICTURE], job)
    first, second = server.posts("generations")
    assert second.body["size"] == "1536x1024"
    assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]
    await engine.draw([replace(PICTURE, canvas=Canvas(720, 1280))], job)
    assert server.posts("generations")[-1].body["size"] == "1024x1536"
    assert len(server.posts("generations")) == 3


async def test_references_are_edited(server: FakeOpenAI, job: RecordingJob, tmp_path: Path) -> None:
    references = [tmp_path / "mia.png", tmp_path / "dog.png"]
    for reference in references:
        reference.write_bytes(png(8, 8, 1))
    engine = OpenAIImageEngine(base_url=server.url, model="sd")
    await engine.draw([replace(PICTURE, references=tuple(references[:1]))], job)
    await engine.draw([replace(PICTURE, references=tuple(references))], job)
    one, two = server.posts("edits")
    assert one.body["image"] == "mia.png"
    assert "image[]" in two.body
    assert two.body["model"] == "sd"


async def test_a_server_that_takes_no_pictures_is_asked_in_words(
    server: FakeOpenAI, job: RecordingJob, tmp_path: Path
) -> None:
    server.edits = False
    reference = tmp_path / "mia.png"
    reference.write_bytes(png(8, 8, 1))
    engine = OpenAIImageEngine(base_url=server.url, model="sd")
    for _ in range(2):
        await engine.draw([replace(PICTURE, references=(reference,))], job)
    assert len(server.posts("generations")) == 2
    assert len(server.posts("edits")) == 1, "it is not asked again"


async def test_a_picture_at_an_address_is_fetched_by_the_guarded_way(server: FakeOpenAI, job: RecordingJob) -> None:
    server.answers_by_url, server.refuses, server.key = True, {"response_format"}, "the-key"
    fetcher = Fetcher(allowed_hosts=frozenset({server.url.removeprefix("http://")}))
    engine = OpenAIImageEngine(base_url=server.url, api_key="the-key", model="dall-e", fetch=fetcher.fetch)
    (result,) = await engine.draw([PICTURE], job)
    assert result.file.read_bytes()[:4] == b"\x89PNG"
    fetched = server.asked[-1]
    assert fetched.path == "/picture.png"
    assert "Authorization" not in fetched.headers
    with pytest.raises(EngineError, match="may not be fetched"):
        await OpenAIImageEngine(base_url=server.url, api_key="the-key", model="x", fetch=Fetcher().fetch).draw(
            [PICTURE], job
        )


async def test_an_address_is_not_opened_without_the_guarded_way(server: FakeOpenAI, job: RecordingJob) -> None:
    server.answers_by_url, server.refuses = True, {"response_format"}
    with pytest.raises(EngineError) as failed:
        await OpenAIImageEngine(base_url=server.url, model="dall-e").draw([PICTURE], job)
    assert failed.value.code == "engine_answer_unusable"


async def test_a_picture_that_may_be_had_later_is_asked_for_again(server: FakeOpenAI, job: RecordingJob) -> None:
    async def busy(url: str, into: Path, *, max_bytes: int, media_types: Collection[str]) -> str:
        raise FetchError("busy", retryable=True)

    server.answers_by_url, server.refuses = True, {"response_format"}
    with pytest.raises(EngineError) as failed:
        await OpenAIImageEngine(base_url=server.url, model="dall-e", fetch=busy).draw([PICTURE], job)
    assert failed.value.retryable


async def test_without_a_model_it_says_which_setting_names_it(server: FakeOpenAI, job: RecordingJob) -> None:
    engine = OpenAIImageEngine(base_url=server.url)
    assert await engine.missing() == ["A model: set STORYREEL_OPENAI_IMAGE_MODEL."]
    with pytest.raises(EngineUnavailableError) as failed:
        await engine.draw([PICTURE], job)
    assert "STORYREEL_OPENAI_IMAGE_MODEL" in failed.value.hint


async def test_a_voice_that_comes_in_another_format_only(server: FakeOpenAI, job: RecordingJob) -> None:
    server.formats = ("mp3",)
    engine = OpenAISpeechEngine(base_url=server.url, model="tts", voices={"af_heart": "en", "zf_xiaobei": "zh"})
    (result,) = await engine.speak([SPEECH], job)
    assert result.file.suffix == ".mp3"
    await engine.speak([replace(SPEECH, language="zh", rate=1.2)], job)
    asked = [one.body for one in server.posts("speech")]
    assert [one["response_format"] for one in asked] == ["wav", "flac", "mp3", "mp3"]
    assert [one["voice"] for one in asked] == ["af_heart"] * 3 + ["zf_xiaobei"]
    assert asked[-1]["speed"] == 1.2
    assert engine.info.languages == ("en", "zh")


async def test_what_is_no_sound_is_not_believed(server: FakeOpenAI, job: RecordingJob) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    server.faults.append(page)
    with pytest.raises(EngineError, match="no sound"):
        await OpenAISpeechEngine(base_url=server.url, model="tts").speak([SPEECH], job)


async def test_a_clip_is_submitted_looked_at_and_fetched(
    server: FakeOpenAI, job: RecordingJob, clip: VideoRequest
) -> None:
    server.steps = 3
    (result,) = await OpenAIVideoEngine(base_url=server.url, model="svd").animate([clip], job)
    assert isinstance(result.moving, Path)
    assert result.moving.read_bytes() == CLIP
    (asked,) = server.posts("videos")
    assert asked.body == {
        "model": "svd",
        "prompt": "Mia walks",
        "seconds": "3",
        "size": "1280x720",
        "seed": "7",
        "input_reference": "first.png",
    }
    assert asked.headers["Idempotency-Key"].startswith(job.key)
    assert 0.4 in job.fractions


async def test_a_hosted_video_model_knows_few_lengths(
    server: FakeOpenAI, job: RecordingJob, clip: VideoRequest
) -> None:
    server.refuses = {"seed"}
    await OpenAIVideoEngine(base_url=server.url, model="hosted").animate([replace(clip, frames=24 * 5)], job)
    assert server.posts("videos")[-1].body["seconds"] == "8"


async def test_a_submitted_clip_is_never_paid_twice(server: FakeOpenAI, job: RecordingJob, clip: VideoRequest) -> None:
    """The server is away for longer than one call is patient; the next one goes on with the job of the first."""
    server.sick_looks = 2 * wrappers.ATTEMPTS - 1
    engine = OpenAIVideoEngine(base_url=server.url, model="svd")
    (result,) = await wrappers.with_retry(lambda: engine.animate([clip], job))
    assert isinstance(result.moving, Path)
    assert server.sick_looks == 0
    assert len(server.posts("videos")) == 1


async def test_a_failed_video_job_says_why_and_is_not_resumed(
    server: FakeOpenAI, job: RecordingJob, clip: VideoRequest
) -> None:
    server.video_status = "failed"
    engine = OpenAIVideoEngine(base_url=server.url, model="svd")
    with pytest.raises(EngineError, match="the model fell over"):
        await engine.animate([clip], job)
    server.video_status = "completed"
    await engine.animate([clip], job)
    assert len(server.posts("videos")) == 2


async def test_a_cancelled_clip_is_cancelled_at_the_server(
    server: FakeOpenAI, job: RecordingJob, clip: VideoRequest
) -> None:
    server.steps = 10_000
    work = asyncio.ensure_future(OpenAIVideoEngine(base_url=server.url, model="svd").animate([clip], job))
    while not any(server.videos.values()):  # noqa: ASYNC110 - the server is another task
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert server.asked[-1].method == "DELETE"
    assert server.videos == {}
