"""The engines of every kind hold to what the contracts promise, with tiny models through the real loading code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny_models

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


def options(kind: str, tiny: Callable[[str], Path]) -> dict[str, Any]:
    steps = {"num_inference_steps": tiny_models.STEPS}
    return {
        "story": lambda: {"model": str(tiny("story"))},
        "image": lambda: {"model": str(tiny("picture")), "options": steps},
        "speech": lambda: {"models": {"en": str(tiny("voice"))}},
        "video": lambda: {"model": str(tiny("clip")), "options": steps},
    }[kind]()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_engine_is_what_the_pipeline_expects(kind: str, tiny: Callable[[str], Path], tmp_path: Path) -> None:
    chosen = {f"{kind}.diffusers_local": {"device": "cpu"} | options(kind, tiny)}
    engines = EngineRegistry({kind: "diffusers_local"}, chosen)
    await CHECKS[kind](getattr(engines, kind)(), tmp_path)
