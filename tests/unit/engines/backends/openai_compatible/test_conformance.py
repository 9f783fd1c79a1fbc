"""The engines of every kind hold to what the contracts promise, against a server on 127.0.0.1."""

from pathlib import Path
from typing import Any

import pytest
from fake_openai import fake_openai

from storyreel.engines.registry import KINDS, EngineRegistry
from storyreel.engines.testing import (
    check_image_engine,
    check_speech_engine,
    check_story_engine,
    check_video_engine,
)

CHECKS: dict[str, Any] = {
    "story": check_story_engine,
    "image": check_image_engine,
    "speech": check_speech_engine,
    "video": check_video_engine,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_engine_is_what_the_pipeline_expects(kind: str, tmp_path: Path) -> None:
    async with fake_openai() as server:
        options = {f"{kind}.openai_compatible": {"base_url": server.url, "model": "tiny"}}
        engines = EngineRegistry({kind: "openai_compatible"}, options)
        await CHECKS[kind](getattr(engines, kind)(), tmp_path)
        assert all(asked.path.startswith("/v1/") for asked in server.asked)
