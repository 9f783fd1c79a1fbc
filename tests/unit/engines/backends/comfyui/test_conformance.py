"""The engines hold to what the contracts promise, with the example workflows, against servers on 127.0.0.1."""

from pathlib import Path
from typing import Any

import pytest
from fake_comfyui import fake_comfyui

from storyreel.engines.registry import EngineRegistry
from storyreel.engines.testing import check_image_engine, check_speech_engine, check_video_engine

CHECKS: dict[str, Any] = {"image": check_image_engine, "speech": check_speech_engine, "video": check_video_engine}


@pytest.mark.parametrize("kind", CHECKS)
async def test_an_engine_is_what_the_pipeline_expects(
    kind: str, tmp_path: Path, options: dict[str, dict[str, Any]]
) -> None:
    async with fake_comfyui() as one, fake_comfyui() as other:
        asked = {f"{kind}.comfyui": options[kind] | {"urls": [one.url, other.url]}}
        await CHECKS[kind](getattr(EngineRegistry({kind: "comfyui"}, asked), kind)(), tmp_path)
        assert one.submitted
