"""Workflows are filled where their titles say, and whoever titled one wrongly is told what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from storyreel.engines.backends.comfyui.image import ComfyImageEngine
from storyreel.engines.backends.comfyui.workflow import read_workflow
from storyreel.errors import EngineUnavailableError


def written(folder: Path, nodes: Any) -> Path:
    file = folder / "workflow.json"
    file.write_text(json.dumps(nodes))
    return file


def node(title: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": "Thing", "inputs": inputs, "_meta": {"title": title}}


def test_values_go_where_titles_say(tmp_path: Path) -> None:
    nodes = {
        "1": node("storyreel.prompt", text="?", clip=["9", 0]),
        "2": node("Both: storyreel.size, storyreel.frames", width=1, height=1, length=9, batch_size=1),
        "3": node("storyreel.seed:my_seed", my_seed=0, seed=5),
        "4": node("storyreel.prompt (SDXL)", text_g="?", text_l="?"),
        "5": node("storyreel.output", images=["8", 0]),
        "6": {"class_type": "Untitled", "inputs": {"text": "stays"}},
    }
    workflow = read_workflow(written(tmp_path, nodes))
    values = {"prompt": "A fox", "width": 640, "height": 368, "frames": 25, "seed": 7, "voice": "nobody asks"}
    filled = {id_: one["inputs"] for id_, one in workflow.filled(values).items()}
    assert filled["1"] == {"text": "A fox", "clip": ["9", 0]}
    assert filled["2"] == {"width": 640, "height": 368, "length": 25, "batch_size": 1}
    assert filled["3"] == {"my_seed": 7, "seed": 5}
    assert filled["4"] == {"text_g": "A fox", "text_l": "A fox"}
    assert filled["6"] == {"text": "stays"}
    assert workflow.output == "5"
    assert workflow.nodes["1"]["inputs"]["text"] == "?", "the next request finds it as it was"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"nodes": [], "links": [], "version": 0.4}, "not in the form for the API"),
        ([1], "not in the form for the API"),
        ({"1": node("storyreel.promt", text="?")}, "Use one of prompt, negative"),
        ({"1": node("storyreel.prompt", clip=["2", 0])}, "storyreel.prompt:INPUT"),
        ({"1": node("storyreel.seed:sed", seed=1)}, "It has seed"),
    ],
)
def test_a_workflow_that_cannot_be_followed_is_refused(tmp_path: Path, content: Any, told: str) -> None:
    with pytest.raises(EngineUnavailableError) as refused:
        read_workflow(written(tmp_path, content))
    assert told in f"{refused.value.message} {refused.value.hint}"


async def test_what_is_missing_is_said_with_how_to_get_it(tmp_path: Path) -> None:
    nothing = " ".join(await ComfyImageEngine().missing())
    assert "STORYREEL_COMFYUI_IMAGE_WORKFLOW" in nothing
    assert "STORYREEL_COMFYUI_URLS" in nothing
    untitled = written(tmp_path, {"1": node("Text", text="?")})
    down = {"urls": ["http://127.0.0.1:9"]}
    title, server = await ComfyImageEngine(workflow=untitled, reference_workflow=None, **down).missing()
    assert "storyreel.prompt" in title
    assert "127.0.0.1:9" in server
    gone = " ".join(
        await ComfyImageEngine(workflow=untitled, reference_workflow=tmp_path / "gone.json", **down).missing()
    )
    assert "gone.json" in gone


def test_another_workflow_is_another_version(tmp_path: Path) -> None:
    versions = [
        ComfyImageEngine(workflow=written(tmp_path, {"1": node("storyreel.prompt", text=text)})).info.version
        for text in ("a", "b", "a")
    ]
    assert versions[0] == versions[2] != versions[1]
