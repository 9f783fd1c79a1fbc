"""SVD-XT, 25 frames of 1024×576 in 25 steps: stock diffusers beside our engine.

Real architecture, random weights. Goal on an H100: 8.4 s a clip, which is twice what its arithmetic allows (989 TFLOP/s
against 4,174 TFLOP a clip), and half of stock.

Run: .venv/bin/python benchmarks/gpu_svd.py [--steps 25] [--clips 3] [--compile] [--tiny]
"""

import argparse
import asyncio
import tempfile
import time
from fractions import Fraction
from itertools import count
from pathlib import Path

import torch
from diffusers import StableVideoDiffusionPipeline
from models.full_size import svd_xt
from models.timing import device, watched_card
from PIL import Image
from rich.console import Console
from rich.table import Table

from storyreel.domain.film import Canvas
from storyreel.engines.backends.diffusers_local.video import DiffusersVideoEngine
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.testing.conformance import RecordingJob

WIDE = Canvas(1024, 576)


def stock(model: Path, picture: Path, on: str, steps: int, clips: int, size: Canvas) -> float:
    """Seconds a clip, as PIL has it, the way the model's page shows it, in half precision."""
    pipe = StableVideoDiffusionPipeline.from_pretrained(model, dtype=torch.float16 if on != "cpu" else torch.float32)
    pipe.to(on)
    pipe.set_progress_bar_config(disable=True)
    still = Image.open(picture).resize((size.width, size.height))

    def run() -> None:
        pipe(still, width=size.width, height=size.height, num_inference_steps=steps, decode_chunk_size=8)

    return timed(run, clips)


def ours(model: Path, picture: Path, on: str, steps: int, clips: int, folder: Path, *, compiled: bool) -> float:
    """Seconds a clip, as a file without loss."""
    options = {"num_inference_steps": steps, "decode_chunk_size": 8}
    engine = DiffusersVideoEngine(model=str(model), device=on, options=options, compiled=compiled)
    numbers = count()

    def run() -> None:
        number = next(numbers)
        request = VideoRequest(picture, "", WIDE, 25, Fraction(7), number)
        asyncio.run(_animate(engine, request, folder / str(number)))

    return timed(run, clips)


async def _animate(engine: DiffusersVideoEngine, request: VideoRequest, folder: Path) -> None:
    await engine.animate([request], RecordingJob(folder))


def timed(run: object, clips: int) -> float:
    assert callable(run)
    run()  # loads, and compiles
    begun = time.perf_counter()
    for _ in range(clips):
        run()
    return (time.perf_counter() - begun) / clips


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--steps", type=int, default=25)
    reader.add_argument("--clips", type=int, default=3)
    reader.add_argument("--compile", action="store_true")
    reader.add_argument("--tiny", action="store_true", help="try the script with a tiny model")
    asked = reader.parse_args()
    on = device(tiny=asked.tiny)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = folder / "picture.png"
        Image.linear_gradient("L").convert("RGB").resize((WIDE.width, WIDE.height)).save(picture)
        model = svd_xt(folder / "model", on, tiny=asked.tiny)
        size = Canvas(88, 48) if asked.tiny else WIDE
        before = stock(model, picture, on, asked.steps, asked.clips, size)
        with watched_card() as busy:
            after = ours(model, picture, on, asked.steps, asked.clips, folder / "clips", compiled=asked.compile)
    table = Table("who", "seconds a clip", title=f"SVD-XT on {on}, {asked.steps} steps")
    table.add_row("stock diffusers", f"{before:.2f}")
    table.add_row("ours", f"{after:.2f}")
    Console().print(table)
    print(f"ours is {before / after:.2f} times as fast; card busy {busy} (loading included)")


if __name__ == "__main__":
    main()
