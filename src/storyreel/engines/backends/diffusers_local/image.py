"""The image engine: pictures by whatever text-to-image pipeline diffusers loads, batched over shots."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storyreel.domain.film import Canvas
from storyreel.engines.backends.diffusers_local.card import Watch
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.local import LocalEngine
from storyreel.engines.backends.diffusers_local.pipelines import (
    WarmPipeline,
    called,
    generators,
    load_with,
    size_for,
)
from storyreel.engines.backends.diffusers_local.reference import ReferenceAdapter, cropped
from storyreel.engines.backends.diffusers_local.weights import Weights
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.prompting.painting import prompt_of

DEFAULT_BATCH = 8
_STRENGTH = 0.8
"""How far a picture may go from its reference where the model has no adapter for them, 0 … 1."""


class DiffusersImageEngine(LocalEngine):
    """Paints by a text-to-image pipeline.

    Pictures of the characters are taken by an IP-Adapter where one is given, or else the first one is painted over.

    Args:
        batch: how many pictures are painted together at most.
        compiled: see `WarmPipeline`.
        small_decoder: the weights of a tiny autoencoder (TAESD) to decode with instead of the model's own: quicker, and
            with less detail; none when empty.
        ip_adapter: the file of an IP-Adapter, with its image_encoder folder beside it; none when empty.
    """

    kind = "image"
    what = "Pictures"
    setting = "STORYREEL_DIFFUSERS_IMAGE_MODEL"
    needs = ("torch", "diffusers", "transformers", "safetensors", "accelerate")

    def __init__(
        self,
        *,
        batch: int = DEFAULT_BATCH,
        compiled: bool = False,
        small_decoder: str = "",
        ip_adapter: str = "",
        **local: Any,
    ) -> None:
        super().__init__(**local)
        self._batch = batch
        self._decoder = Weights(small_decoder, self.weights.download) if small_decoder else None
        adapter = ReferenceAdapter(Path(ip_adapter)) if ip_adapter else None
        self._adapter = adapter
        self._model = _Painter(
            self.weights, self.options, batch=batch, compiled=compiled, decoder=self._decoder, adapter=adapter
        )

    @property
    def max_batch(self) -> int:
        return self._batch

    @property
    def references(self) -> bool:
        return True

    @property
    def made_with(self) -> Sequence[Weights]:
        adapter = [Weights(str(self._adapter.file.parent))] if self._adapter else []
        return (self.weights, *([self._decoder] if self._decoder else []), *adapter)

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult]:
        """See `ImageEngine.draw`. Requests of other calls join the batch if they have the same canvas and references.

        Raises:
            EngineError: the model cannot be loaded, fails, or does not fit into memory.
        """
        on = await self.card()
        shape = (requests[0].canvas, requests[0].references)  # a pipeline goes by the same pictures for all of a batch
        pictures = await on.make(self._model, shape, requests, job.progress)
        files = [job.folder / f"{number}.png" for number in range(len(pictures))]
        for picture, file in zip(pictures, files, strict=True):
            await asyncio.to_thread(picture.save, file, compress_level=1)
        return [ImageResult(file) for file in files]


class _Painter(WarmPipeline):
    def __init__(
        self,
        weights: Weights,
        options: Mapping[str, Any],
        *,
        batch: int,
        compiled: bool,
        decoder: Weights | None,
        adapter: ReferenceAdapter | None,
    ) -> None:
        super().__init__(weights, options, compiled=compiled)
        self.max_batch = batch
        self._decoder = decoder
        self._adapter = adapter
        self._repainter: Any = None

    def read(self, folder: Path, dtype: Any) -> Any:
        diffusers = library("diffusers")
        pipe = load_with(diffusers.AutoPipelineForText2Image.from_pretrained, folder, dtype=dtype)
        if self._decoder:
            pipe.vae = load_with(diffusers.AutoencoderTiny.from_pretrained, self._decoder.folder(), dtype=dtype)
        if self._adapter:
            self._adapter.join(pipe)
        return pipe

    def make(self, requests: Sequence[ImageRequest], watch: Watch) -> Sequence[Any]:
        """The pictures, as PIL has them."""
        wanted = _padded(list(requests)) if self._compiled else list(requests)
        size = size_for(self.pipe, wanted[0].canvas)
        asked: dict[str, Any] = {
            "prompt": [prompt_of(request) for request in wanted],
            "negative_prompt": [request.negative_prompt for request in wanted],
            "generator": generators([request.seed for request in wanted]),
        }
        if self._adapter:
            asked |= self._adapter.arguments(self.pipe, wanted[0].references)
        elif wanted[0].references:
            return self._painted_over(wanted[0].references[0], size, watch, asked)[: len(requests)]
        made = self.call(watch, height=size.height, width=size.width, **asked)
        return made.images[: len(requests)]

    def _painted_over(self, reference: Path, size: Canvas, watch: Watch, asked: Mapping[str, Any]) -> Sequence[Any]:
        if self._repainter is None:
            self._repainter = library("diffusers").AutoPipelineForImage2Image.from_pipe(self.pipe)
            self._repainter.set_progress_bar_config(disable=True)
        options = {"strength": _STRENGTH} | dict(self.options)
        if "num_inference_steps" in options:  # at least one of them has to be left of the reference's share
            options["num_inference_steps"] = max(options["num_inference_steps"], math.ceil(1 / options["strength"]))
        pictures = [cropped(reference, size)] * len(asked["prompt"])
        return called(self._repainter, watch, options, image=pictures, **asked).images


def _padded(requests: list[ImageRequest]) -> list[ImageRequest]:
    """As many as the next power of two: what is compiled is compiled for each number anew."""
    return requests + requests[-1:] * (2 ** math.ceil(math.log2(len(requests))) - len(requests))
