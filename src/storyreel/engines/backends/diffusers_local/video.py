"""The video engine: clips by Stable Video Diffusion, or another image-to-video pipeline that diffusers loads."""

import asyncio
import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storyreel.engines.backends.diffusers_local.card import Watch
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.local import LocalEngine
from storyreel.engines.backends.diffusers_local.pipelines import (
    WarmPipeline,
    generators,
    load_with,
    named_class,
    size_for,
)
from storyreel.engines.backends.diffusers_local.reference import cropped
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult
from storyreel.errors import EngineError, EngineUnavailableError

_OWN_RATE = 16
"""Frames per second of models whose pipelines do not say; Wan's."""


class DiffusersVideoEngine(LocalEngine):
    """Moves pictures by an image-to-video pipeline.

    Args:
        compiled: see `WarmPipeline`.
    """

    kind = "video"
    what = "Clips"
    setting = "STORYREEL_DIFFUSERS_VIDEO_MODEL"
    needs = ("torch", "diffusers", "transformers", "safetensors", "accelerate")

    def __init__(self, *, compiled: bool = False, **local: Any) -> None:
        super().__init__(**local)
        self._model = _Mover(self.weights, self.options, compiled=compiled)

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        """See `VideoEngine.animate`. The clip has the model's own size, rate and length.

        Raises:
            EngineError: the model cannot be loaded, fails, or does not fit into memory.
        """
        on = await self.card()
        (request,) = requests
        (clip,) = await on.make(self._model, request.canvas, requests, job.progress)
        file = job.folder / "clip.mkv"
        await asyncio.to_thread(_save, clip, file)
        return [VideoResult(file)]


@dataclass(frozen=True, slots=True)
class _Clip:
    """`frames` is number × height × width × 3, RGB, 0 … 1."""

    frames: Any
    fps: float


class _Mover(WarmPipeline):
    def read(self, folder: Path, dtype: Any) -> Any:
        return load_with(_class_of(folder).from_pretrained, folder, dtype=dtype)

    def make(self, requests: Sequence[VideoRequest], watch: Watch) -> Sequence[_Clip]:
        (request,) = requests
        size = size_for(self.pipe, request.canvas)
        taken = inspect.signature(self.pipe.__call__).parameters
        rate = _rate(taken, self.options)
        made = self.call(
            watch,
            image=cropped(request.image, size),
            prompt=request.prompt,
            width=size.width,
            height=size.height,
            generator=generators([request.seed])[0],
            output_type="np",
            **_length(self.pipe, taken, request, rate),
        )
        return [_Clip(made.frames[0], rate)]


def _class_of(folder: Path) -> Any:
    """The folder's own pipeline, or the one that begins at a picture where its own begins at words alone.

    Raises:
        EngineUnavailableError: no pipeline of diffusers, or none that moves pictures.
    """
    diffusers, name = library("diffusers"), named_class(folder)
    for wanted in (name, name.replace("Pipeline", "ImageToVideoPipeline")):
        found = getattr(diffusers, wanted, None)
        if found is not None and {"image", "num_frames"} <= inspect.signature(found.__call__).parameters.keys():
            return found
    raise EngineUnavailableError(
        f"The model in {folder} does not move pictures: it is a {name}.",
        hint="Use an image-to-video model, such as Stable Video Diffusion.",
    )


def _rate(taken: Mapping[str, inspect.Parameter], options: Mapping[str, Any]) -> float:
    """Frames per second of what the pipeline makes."""
    name = next((name for name in ("fps", "frame_rate") if name in taken), "")
    return float(options.get(name) or (taken[name].default if name else 0) or _OWN_RATE)


def _length(pipe: Any, taken: Mapping[str, inspect.Parameter], request: VideoRequest, rate: float) -> dict[str, int]:
    """As many frames as are asked for, up to those that the model makes of itself.

    Models that pack several frames into one make whole packs and one more; others were trained on one length.
    """
    names = ("vae_temporal_compression_ratio", "vae_scale_factor_temporal")
    pack = next((found for name in names if (found := getattr(pipe, name, None))), 0)
    own = taken["num_frames"].default
    if not pack or not own:
        return {}
    wanted = math.ceil(request.frames / request.fps * rate)
    return {"num_frames": min(own, math.ceil(max(0, wanted - 1) / pack) * pack + 1)}


def _save(clip: _Clip, file: Path) -> None:
    """Without loss: what is kept is encoded from this once."""
    import cv2
    import numpy as np

    height, width = clip.frames.shape[1:3]
    out = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"FFV1"), clip.fps, (width, height))
    try:
        if not out.isOpened():
            raise EngineError("The clip could not be written.", hint="Look whether the disk is full.")
        for frame in clip.frames:
            out.write(np.rint(frame[..., ::-1] * 255).astype(np.uint8))
    finally:
        out.release()
