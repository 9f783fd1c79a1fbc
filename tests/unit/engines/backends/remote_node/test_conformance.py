"""The engines of every kind hold to what the contracts promise, with nodes that answer at once and nodes that defer."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fake_node import NAME, FakeNode, as_json, png

from storyreel.assembly import engine_registry
from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.serialize import as_json as plain
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.engine import Deferred
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.node import packed, unpacked
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.registry import KINDS
from storyreel.engines.testing import (
    FakeSpeechEngine,
    FakeStoryEngine,
    check_image_engine,
    check_speech_engine,
    check_story_engine,
    check_video_engine,
)
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError, InvalidInputError
from storyreel.settings import Settings

CHECKS: dict[str, Any] = {
    "story": check_story_engine,
    "image": check_image_engine,
    "speech": check_speech_engine,
    "video": check_video_engine,
}
Engine = Callable[..., Any]


@pytest.fixture
def node() -> Iterator[FakeNode]:
    fake = FakeNode()
    yield fake
    fake.close()


@pytest.fixture
def engine(node: FakeNode) -> Engine:
    def of(kind: str, **more: Any) -> Any:
        settings = Settings(nodes=node.settings(**{"kinds": [kind]} | more), **{f"{kind}_engine": "remote_node"})
        return getattr(engine_registry(settings), kind)()

    return of


@pytest.mark.parametrize("kind", ["image", "video", "story", "speech"])
async def test_an_engine_is_what_the_pipeline_expects(
    kind: str, node: FakeNode, engine: Engine, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    node.take = {"image": _drawn, "video": _animated, "story": _planner(made), "speech": _speaker(made)}[kind]
    voices = {"voices": {"fake-en": "en", "fake-zh": "zh"}} if kind == "speech" else {}
    await CHECKS[kind](engine(kind, **voices), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_engine_may_defer(kind: str, node: FakeNode, engine: Engine, tmp_path: Path) -> None:
    node.take = lambda body: as_json(202, id=json.dumps(body["request"])[:200])
    if kind == "story":
        planned = await engine(kind).plan(_story(), RecordingJob(tmp_path / "job"))
        assert planned == Deferred(NAME, json.dumps(plain(_story()))[:200])
    elif kind != "speech":
        await CHECKS[kind](engine(kind), tmp_path)


async def test_of_a_job_that_was_taken_the_node_is_asked_and_never_given_it_again(
    node: FakeNode, engine: Engine, tmp_path: Path
) -> None:
    drawing, job = engine("image", heartbeat=5), RecordingJob(tmp_path / "job")
    for _ in range(3):
        (held,) = await drawing.draw([_picture()], job)
        assert held == Deferred(NAME, f"n-{job.ticket}")
    assert (len(node.submitted), len(node.looks)) == (1, 2)
    node.put("/1.png", png())
    node.known[held.job_id] = {"status": "SUCCESS", "result_url": "/1.png"}
    (result,) = await drawing.draw([_picture()], job)
    assert result.file.read_bytes() == png()
    assert len(node.submitted) == 1


async def test_a_broken_answer_is_asked_for_again_at_the_same_node(
    node: FakeNode, engine: Engine, tmp_path: Path
) -> None:
    """The node may have taken the job: it knows by the ticket."""
    drawing, job = engine("image"), RecordingJob(tmp_path / "job")
    node.take = lambda body: as_json(502, error="A proxy's")
    with pytest.raises(EngineError) as failed:
        await drawing.draw([_picture()], job)
    assert failed.value.retryable
    node.take = node.taken
    await drawing.draw([_picture()], job)
    assert node.tickets == [job.ticket] * 2


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (as_json(400, error="No such field."), "node_failed", False),
        (as_json(401), "engine_key_refused", False),
        (as_json(200), "engine_answer_unusable", False),
        (as_json(200, result_b64="%"), "engine_answer_unusable", False),
        (as_json(200, result_url="http://127.0.0.1:1/x.png"), "fetch_refused", False),
        ((200, {"Content-Type": "application/json"}, b"["), "engine_answer_unusable", False),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "node_failed", False),
        ((200, {"Content-Type": "image/png", "Content-Length": str(5 * 2**30)}, b"x"), "engine_answer_unusable", False),
        ((429, {"Retry-After": "7"}, b""), "engine_busy", True),
    ],
)
async def test_an_answer_that_is_none(
    node: FakeNode, engine: Engine, tmp_path: Path, answer: Any, code: str, retryable: bool
) -> None:
    node.take = lambda body: answer
    with pytest.raises(EngineError) as failed:
        await engine("image").draw([_picture()], RecordingJob(tmp_path / "job"))
    assert (failed.value.code, failed.value.retryable) == (code, retryable)
    assert "whsec" not in str(failed.value)
    if code == "engine_busy":
        assert failed.value.retry_after == 7


async def test_what_is_missing_is_said(node: FakeNode, engine: Engine) -> None:
    assert not await engine("image").missing()
    node.close()
    (missing,) = await engine("image").missing()
    assert "cannot be reached" in missing
    registry = engine_registry(Settings(image_engine="remote_node"))
    assert "STORYREEL_NODES" in (await registry.image().missing())[0]


def test_a_shape_without_references_takes_none(engine: Engine) -> None:
    assert engine("image").info.references
    assert not engine("image", send={"prompt": "{prompt}"}).info.references
    assert engine("image", send={"prompt": "{prompt}", "pictures": "{references}"}).info.references


def test_another_model_is_another_version(engine: Engine) -> None:
    assert engine("image").info.version == "1-default"
    assert engine("image", model="sd-turbo").info.version == "1-sd-turbo"


def test_files_travel_with_their_request(tmp_path: Path) -> None:
    image, reference = tmp_path / "a.png", tmp_path / "b.png"
    image.write_bytes(png())
    reference.write_bytes(png(colour="red"))
    drawing = ImageRequest("A fox", Style.ANIME, Canvas(64, 64), references=(reference,))
    request = VideoRequest(image, "It runs", Canvas(64, 64), 25, Fraction(25), drawing=drawing, drawn_by="x@1")
    sent = json.loads(json.dumps(packed(request)))
    assert str(tmp_path) not in json.dumps(sent)
    there = unpacked(TaskType.SVD, sent, tmp_path)
    assert isinstance(there, VideoRequest)
    assert there.image.read_bytes() == png()
    assert there.drawing
    assert there.drawing.references[0].read_bytes() == png(colour="red")
    assert (there.fps, there.canvas, there.prompt) == (request.fps, request.canvas, request.prompt)
    for wrong in ({}, sent | {"image": "/etc/passwd"}, sent | {"frames": "many"}, {"image": ["x"]}):
        with pytest.raises(InvalidInputError):
            unpacked(TaskType.SVD, wrong, tmp_path)


def _picture() -> ImageRequest:
    return ImageRequest("A fox", Style.ANIME, Canvas(64, 64))


def _story() -> StoryRequest:
    return StoryRequest("A fox runs.", "A fox", Style.ANIME)


def _drawn(body: dict[str, Any]) -> Any:
    canvas, seed = body["request"]["canvas"], body["request"]["seed"] + 5 * len(body["request"]["references"])
    content = png(canvas["width"], canvas["height"], f"#{seed:06x}")
    return as_json(200, result_b64=base64.b64encode(content).decode())


def _animated(body: dict[str, Any]) -> Any:
    return 200, {"Content-Type": "video/mp4"}, base64.b64decode(body["request"]["image"])


def _planner(folder: Path) -> Any:
    def planned(body: dict[str, Any]) -> Any:
        if "request" not in body or "prompt" in body:
            return as_json(200, **body["scene"] if body.get("scene") else {"setting": "meadow"})
        request = unpacked(TaskType.LLM, body["request"], folder)
        story = asyncio.run(FakeStoryEngine().plan(request, RecordingJob(folder / str(len(list(folder.glob("*")))))))  # type: ignore[arg-type]
        return as_json(200, result_b64=base64.b64encode(json.dumps(plain(story)).encode()).decode())

    return planned


def _speaker(folder: Path) -> Any:
    def spoken(body: dict[str, Any]) -> Any:
        request = unpacked(TaskType.TTS, body["request"], folder)
        (voice,) = asyncio.run(
            FakeSpeechEngine().speak([request], RecordingJob(folder / str(len(list(folder.glob("*"))))))
        )  # type: ignore[arg-type, list-item]
        return as_json(200, result_b64=base64.b64encode(voice.file.read_bytes()).decode())

    return spoken
