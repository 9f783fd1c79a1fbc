"""SD-Turbo, 512×512, one step: stock diffusers beside our engine, in batches; and the whole path from task to file.

Real architecture, random weights. Goal on an H100: 147 images/s, which is half of what its arithmetic allows (989
TFLOP/s against 3.36 TFLOP an image), and three times stock.

Run: .venv/bin/python benchmarks/gpu_sd.py [--batches 1 4 16 32] [--seconds 5] [--compile] [--tiny]
"""

import argparse
import asyncio
import json
import tempfile
import time
from itertools import count
from pathlib import Path

import httpx
import torch
from diffusers import AutoPipelineForText2Image
from models.full_size import sd_turbo
from models.timing import device, seconds_each, watched_card
from rich.console import Console
from rich.table import Table
from serving import STORYREEL, owner_of, running

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.engines.backends.diffusers_local.image import DiffusersImageEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.testing.conformance import RecordingJob

OPTIONS = {"num_inference_steps": 1, "guidance_scale": 0.0}
SQUARE = Canvas(512, 512)
PROMPT = "A fox crosses the snow at dusk"
SHOTS = 96
PORT = 8766


def stock(model: Path, on: str, batch: int, seconds: float, side: int) -> float:
    """Images per second, as PIL has them, the way the model's page shows it."""
    pipe = AutoPipelineForText2Image.from_pretrained(model, dtype=torch.float16 if on != "cpu" else torch.float32)
    pipe.to(on)
    pipe.set_progress_bar_config(disable=True)

    def run() -> int:
        return len(pipe([PROMPT] * batch, height=side, width=side, **OPTIONS).images)

    return 1 / seconds_each(run, seconds)


def ours(model: Path, on: str, batch: int, seconds: float, *, compiled: bool) -> float:
    """Images per second, as PNG files, each asked for by a call of its own."""
    engine = DiffusersImageEngine(model=str(model), device=on, options=OPTIONS, batch=batch, compiled=compiled)
    numbers = count()

    async def draw(folder: Path) -> None:
        number = next(numbers)
        request = ImageRequest(f"{PROMPT}, {number}", Style.CINEMATIC, SQUARE, number)
        await engine.draw([request], RecordingJob(folder / str(number)))

    async def several(folder: Path) -> int:
        await asyncio.gather(*(draw(folder) for _ in range(4 * batch)))
        return 4 * batch

    with tempfile.TemporaryDirectory() as folder:
        return 1 / seconds_each(lambda: asyncio.run(several(Path(folder))), seconds)


def whole_path(model: Path, on: str, batch: int, folder: Path, *, compiled: bool) -> tuple[float, str]:
    """Images per second from SD task to stored file through a server, and how busy the card was."""
    chosen = {
        "STORYREEL_STORY_ENGINE": "storyreel.engines.testing:FakeStoryEngine",
        "STORYREEL_DIFFUSERS_IMAGE_MODEL": str(model),
        "STORYREEL_DIFFUSERS_IMAGE_OPTIONS": json.dumps(OPTIONS),
        "STORYREEL_DIFFUSERS_DEVICE": on,
        "STORYREEL_DIFFUSERS_BATCH": str(batch),
        "STORYREEL_DIFFUSERS_COMPILE": str(compiled),
    }
    with running(STORYREEL, "serve", "--port", PORT, "--data-dir", folder, **chosen), owner_of(PORT) as api:
        shots = _shots(api)
        _drawn(api, shots[:batch])  # loads the model, and compiles it
        begun = time.perf_counter()
        with watched_card() as busy:
            _drawn(api, shots[batch:])
        return len(shots[batch:]) / (time.perf_counter() - begun), str(busy)


def _shots(api: httpx.Client) -> list[str]:
    story = " ".join(f"Fox number {number} runs." for number in range(SHOTS))
    body = {"title": "Foxes", "story_text": story, "style": "Cinematic", "aspect": "1:1", "resolution": "512x512"}
    made = api.post("/projects/create", json=body).raise_for_status().json()
    return [shot["id"] for shot in api.get(f"/projects/{made['project_id']}/storyboard").json()["shots"]]


def _drawn(api: httpx.Client, shots: list[str]) -> None:
    tasks = [api.post(f"/shots/{shot}/generate_image", json={}).raise_for_status().json()["task_id"] for shot in shots]
    for task in tasks:
        while (status := api.get(f"/tasks/{task}/status").json())["status"] not in ("SUCCESS", "FAILED"):
            time.sleep(0.02)
        assert status["status"] == "SUCCESS", status


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    reader.add_argument("--seconds", type=float, default=5.0)
    reader.add_argument("--compile", action="store_true")
    reader.add_argument("--tiny", action="store_true", help="try the script with a tiny model")
    asked = reader.parse_args()
    on = device(tiny=asked.tiny)
    table = Table("batch", "stock images/s", "ours images/s", "ours ÷ stock", title=f"SD-Turbo on {on}")
    with tempfile.TemporaryDirectory() as folder:
        model = sd_turbo(Path(folder, "model"), on, tiny=asked.tiny)
        for batch in asked.batches:
            before = stock(model, on, batch, asked.seconds, 64 if asked.tiny else 512)
            after = ours(model, on, batch, asked.seconds, compiled=asked.compile)
            table.add_row(str(batch), f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}")
        Console().print(table)
        rate, busy = whole_path(model, on, max(asked.batches), Path(folder, "data"), compiled=asked.compile)
    print(f"from task to stored file: {rate:.1f} images/s, card busy {busy}")


if __name__ == "__main__":
    main()
