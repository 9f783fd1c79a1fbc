"""A real server that ignores `response_format`: it answers 200 with whatever a tiny model writes."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyreel.domain.project import Style
from storyreel.engines.backends.openai_compatible.story import OpenAIStoryEngine
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

SERVE = "from transformers.cli.transformers import main; main()"
STARTS_WITHIN = 120


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def served(tmp_path: Path, unused_tcp_port: int) -> Iterator[tuple[str, str]]:
    """The address of `transformers serve`, and the model that it has."""
    import tiny_models

    model, url = str(tiny_models.story_model(tmp_path / "story")), f"http://127.0.0.1:{unused_tcp_port}"
    line = [sys.executable, "-c", SERVE, "serve", model, "--host", "127.0.0.1", "--port", str(unused_tcp_port)]
    alone = {"HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(line, env=os.environ | alone, stdout=log, stderr=log) as process,
    ):
        end = time.monotonic() + STARTS_WITHIN
        while not answers(url):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.2)
        yield f"{url}/v1", model
        process.terminate()


@pytest.mark.slow
async def test_whatever_a_server_writes_is_a_storyboard_or_an_error(served: tuple[str, str], tmp_path: Path) -> None:
    url, model = served
    engine = OpenAIStoryEngine(base_url=url, model=model)
    assert not await engine.missing()
    with pytest.raises(EngineError, match="no storyboard that can be used") as failed:
        await engine.plan(StoryRequest("Mia walks to the sea.", "The sea", Style.ANIME), RecordingJob(tmp_path / "job"))
    assert failed.value.code == "engine_answer_unusable"
    assert "larger model" in failed.value.hint
