"""Clips by a tiny pipeline, and which pipelines move pictures."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_models
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.engines.backends.diffusers_local.video import DiffusersVideoEngine, _class_of, _length
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError
from storyreel.media.probe import probe_video


@pytest.fixture
def request_(tmp_path: Path) -> VideoRequest:
    picture = tmp_path / "picture.png"
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(picture)
    return VideoRequest(picture, "A girl", Canvas(320, 180), 48, Fraction(24), 7)


async def test_a_clip_has_the_models_own_size_rate_and_length(
    tiny: Callable[[str], Path], request_: VideoRequest, tmp_path: Path
) -> None:
    options = {"num_inference_steps": tiny_models.STEPS, "fps": 6, "decode_chunk_size": 2}
    engine = DiffusersVideoEngine(model=str(tiny("clip")), device="cpu", options=options)
    job = RecordingJob(tmp_path / "job")
    (result,) = await engine.animate([request_], job)
    assert isinstance(result.moving, Path)
    facts = probe_video(result.moving)
    assert (facts.width, facts.height, facts.frames, facts.fps) == (88, 48, 4, 6)
    assert job.fractions == [0, 0.45, 0.9]


async def test_a_model_that_moves_nothing_is_refused(
    tiny: Callable[[str], Path], request_: VideoRequest, tmp_path: Path
) -> None:
    engine = DiffusersVideoEngine(model=str(tiny("picture")), device="cpu")
    with pytest.raises(EngineError, match="does not move pictures: it is a StableDiffusionPipeline"):
        await engine.animate([request_], RecordingJob(tmp_path / "job"))


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ("StableVideoDiffusionPipeline", "StableVideoDiffusionPipeline"),
        ("LTXPipeline", "LTXImageToVideoPipeline"),
        ("WanImageToVideoPipeline", "WanImageToVideoPipeline"),
    ],
)
def test_a_folder_of_words_alone_is_used_from_a_picture_on(named: str, used: str, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": named}))
    assert _class_of(tmp_path).__name__ == used


@pytest.mark.parametrize(("seconds", "frames"), [(1, 17), (2, 33), (9, 81), (0, 1)])
def test_models_that_can_make_as_many_frames_as_are_wanted(seconds: int, frames: int, request_: VideoRequest) -> None:
    wan: Any = SimpleNamespace(vae_scale_factor_temporal=4)
    taken: Any = {"num_frames": SimpleNamespace(default=81)}
    wanted = VideoRequest(request_.image, "", request_.canvas, 24 * seconds, Fraction(24))
    assert _length(wan, taken, wanted, 16) == {"num_frames": frames}
    assert _length(SimpleNamespace(), taken, wanted, 16) == {}
