"""A film by models on this machine, through the API: tiny ones, loaded as real ones are."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from storyreel.media.probe import probe_video

OWNER = ("mia", "correct horse battery")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What names the models in the environment."""
    import tiny_models

    folder = tmp_path_factory.mktemp("models")
    steps = json.dumps({"num_inference_steps": tiny_models.STEPS})
    return {
        "STORYREEL_DIFFUSERS_IMAGE_MODEL": str(tiny_models.picture_model(folder / "picture")),
        "STORYREEL_DIFFUSERS_VIDEO_MODEL": str(tiny_models.clip_model(folder / "clip")),
        "STORYREEL_DIFFUSERS_SPEECH_MODELS": json.dumps({"en": str(tiny_models.voice_model(folder / "voice"))}),
        "STORYREEL_DIFFUSERS_IMAGE_OPTIONS": steps,
        "STORYREEL_DIFFUSERS_VIDEO_OPTIONS": steps,
        "STORYREEL_DIFFUSERS_DEVICE": "cpu",
        "STORYREEL_IMAGE_ENGINE": "",
        "STORYREEL_SPEECH_ENGINE": "",
        "STORYREEL_VIDEO_ENGINE": "",
        "OMP_NUM_THREADS": "1",
        "STORYREEL_LOG_LEVEL": "DEBUG",
    }


@pytest.mark.long
def test_what_local_models_make_becomes_a_film(
    models: dict[str, str], start_server: Any, sign_in: Any, tmp_path: Path
) -> None:
    with start_server(owner=OWNER, **models) as server, sign_in(server) as api:
        listed = {one["kind"]: one for one in api.read("/engines")["items"] if one["default"]}
        assert [(listed[kind]["id"], listed[kind]["ready"]) for kind in ("image", "speech", "video")] == [
            ("diffusers_local", True)
        ] * 3
        made = api.project("A fox runs. It rests. Night falls.")
        api.done(made["task_id"])
        (first, *_) = shots = api.shots(made["project_id"])
        pictures = [api.do(f"/shots/{shot['id']}/generate_image")["task_id"] for shot in shots]
        assert {api.done(task)["type"] for task in pictures} == {"SD"}
        assert re.search(r"picture is to make [23] together", server.log()), "the first one loads the model meanwhile"
        assert api.done(api.do(f"/shots/{first['id']}/generate_video")["task_id"])["type"] == "SVD"
        film = api.done(api.do(f"/projects/{made['project_id']}/make_film")["task_id"])
        (tmp_path / "film.mp4").write_bytes(httpx.get(film["result"]["film_url"]).content)
        facts = probe_video(tmp_path / "film.mp4")
        assert (facts.width, facts.height) == (320, 180)
        assert len({httpx.get(shot["image_url"]).content for shot in api.shots(made["project_id"])}) == len(shots) == 3
        assert not server.faults()
