"""Workflows to run: those that users start from, and one for voices."""

import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[5] / "examples" / "comfyui"


@pytest.fixture
def voice_workflow(tmp_path: Path) -> Path:
    def node(kind: str, title: str, **inputs: Any) -> dict[str, Any]:
        return {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}

    titles = "storyreel.text, storyreel.voice, storyreel.rate"
    nodes = {
        "1": node("FakeTTS", titles, text="Hello.", speaker="af_heart", speed=1),
        "2": node("SaveAudio", "Save", audio=["1", 0], filename_prefix="voice"),
    }
    file = tmp_path / "voice.json"
    file.write_text(json.dumps(nodes))
    return file


@pytest.fixture
def options(voice_workflow: Path) -> dict[str, dict[str, Any]]:
    """What each kind's engine is built with, but for its servers."""
    reference = {"reference_workflow": EXAMPLES / "picture-by-reference.json"}
    voices = {"af_heart": "en", "zf_xiaobei": "zh"}
    return {
        "image": {"workflow": EXAMPLES / "picture.json"} | reference,
        "speech": {"workflow": voice_workflow, "voices": voices},
        "video": {"workflow": EXAMPLES / "clip.json"},
    }
