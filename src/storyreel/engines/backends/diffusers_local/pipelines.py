"""A diffusers pipeline as a warm model: loaded from safetensors, tuned for its card, moved, watched."""

import inspect
import logging
import math
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

from storyreel.domain.film import Canvas
from storyreel.engines.backends.diffusers_local.card import Card, Watch
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.weights import Weights, config
from storyreel.errors import EngineError, EngineUnavailableError

log = logging.getLogger(__name__)

_CHECKED = 8
"""Whatever its layers, a pipeline of diffusers wants sides that can be divided by this."""
_LOOK_AT_OPTIONS = "Correct the model's options: STORYREEL_DIFFUSERS_IMAGE_OPTIONS, STORYREEL_DIFFUSERS_VIDEO_OPTIONS."
_DECODING = 0.1
"""What part of the work comes after the last step."""


class WarmPipeline:
    """See `WarmModel`; subclasses make something by it.

    Args:
        weights: of a pipeline as `save_pretrained` leaves it.
        options: passed to the pipeline with every call, such as num_inference_steps and guidance_scale.
        compiled: whether its largest parts are compiled for each shape, which takes minutes.
    """

    max_batch = 1

    def __init__(self, weights: Weights, options: Mapping[str, Any], *, compiled: bool = False) -> None:
        self.title = Path(weights.name).name
        self.fits: dict[Hashable, int] = {}
        self.options = options
        self.pipe: Any = None
        self._weights = weights
        self._compiled = compiled
        self._offloaded = False
        self._size = 0

    def load(self, card: Card) -> int:
        if self.pipe is None:
            pipe = self.read(self._weights.folder(), dtype_for(card))
            pipe.set_progress_bar_config(disable=True)
            _tune(pipe, self._compiled)
            self.pipe, self._size = pipe, _bytes_of(pipe)
            log.info("%s is loaded: %s, %.2f GB", self.title, type(pipe).__name__, self._size / 1e9)
        return self._size

    def read(self, folder: Path, dtype: Any) -> Any:
        """The pipeline of a folder, in main memory."""
        raise NotImplementedError

    def enter(self, card: Card) -> None:
        if not self._offloaded:
            self.pipe.to(card.name)

    def leave(self) -> None:
        if not self._offloaded:
            self.pipe.to("cpu")

    def offload(self, card: Card) -> bool:
        if self._offloaded or self.pipe.model_cpu_offload_seq is None:
            return False
        self.pipe.enable_model_cpu_offload(device=card.name)
        self._offloaded = True
        return True

    def call(self, watch: Watch, **wanted: Any) -> Any:
        """What the pipeline gives for what is wanted, as far as it takes it, and its options. Their steps are told.

        Raises:
            Abandoned: nobody waits any more.
            EngineError: it takes other options.
        """
        return called(self.pipe, watch, self.options, **wanted)


def called(pipe: Any, watch: Watch, options: Mapping[str, Any], **wanted: Any) -> Any:
    """See `WarmPipeline.call`."""
    taken = inspect.signature(pipe.__call__).parameters
    if unknown := sorted(options.keys() - taken.keys()):
        raise EngineUnavailableError(f"{type(pipe).__name__} takes no {', '.join(unknown)}.", hint=_LOOK_AT_OPTIONS)
    arguments = {name: value for name, value in wanted.items() if name in taken}
    if "callback_on_step_end" in taken:
        arguments["callback_on_step_end"] = _step_by_step(watch)
    watch.step(0.0)
    try:
        with library("torch").inference_mode():
            return pipe(**arguments | dict(options))
    except (ValueError, TypeError) as error:
        raise EngineError(f"{type(pipe).__name__} refuses: {str(error)[:300]}", hint=_LOOK_AT_OPTIONS) from error


def load_with(load: Callable[..., Any], folder: Path, **how: Any) -> Any:
    """What a `from_pretrained` makes of a folder that was checked; it reads safetensors only.

    Raises:
        EngineUnavailableError: it cannot be loaded.
    """
    try:
        return load(folder, use_safetensors=True, local_files_only=True, **how)
    except (OSError, ValueError, AttributeError, KeyError, RuntimeError, ImportError) as error:
        if "memory" in str(error).lower():
            raise
        raise EngineUnavailableError(
            f"The model in {folder} cannot be loaded: {str(error).partition(chr(10))[0][:300]}",
            hint="Get it anew; a pipeline's folder has a model_index.json.",
        ) from error


def dtype_for(card: Card) -> Any:
    """bfloat16 on cards that have it, float16 on older ones and on Apple's, float32 on processors."""
    torch = library("torch")
    if card.name.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.float16 if card.name == "mps" else torch.float32


def size_for(pipe: Any, canvas: Canvas) -> Canvas:
    """The canvas's aspect in about as many pixels as the model was trained on, in steps that its layers can halve."""
    spatial = _first(pipe, "vae_spatial_compression_ratio", "vae_scale_factor_spatial", "vae_scale_factor") or 8
    unet = getattr(pipe, "unet", None)
    halvings = len(unet.config.block_out_channels) - 1 if unet is not None else 1
    step = math.lcm(_CHECKED, spatial * 2**halvings)
    side = unet.config.sample_size if unet is not None else getattr(pipe, "default_sample_size", None)
    if side:
        height, width = (side, side) if isinstance(side, int) else side
        area = height * width * spatial**2
    else:
        taken = inspect.signature(pipe.__call__).parameters
        area = (taken["height"].default or 512) * (taken["width"].default or 512)
    ratio = canvas.width / canvas.height
    sides = (math.sqrt(area * ratio), math.sqrt(area / ratio))
    return Canvas(*(max(1, round(wanted / step)) * step for wanted in sides))


def generators(seeds: list[int]) -> list[Any]:
    """One for each, on the processor: the same noise on every device, alone or in a batch."""
    torch = library("torch")
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def named_class(folder: Path) -> str:
    """The pipeline that a folder is of, as its model_index.json says.

    Raises:
        EngineUnavailableError: it does not say.
    """
    name = config(folder, "model_index.json").get("_class_name")
    if not isinstance(name, str):
        raise EngineUnavailableError(
            f"There is no pipeline in {folder}.", code="model_not_found", hint="Its folder has a model_index.json."
        )
    return name


def _first(pipe: Any, *names: str) -> int:
    return next((found for name in names if (found := getattr(pipe, name, None))), 0)


def _step_by_step(watch: Watch) -> Callable[..., dict[str, Any]]:
    def step(pipe: Any, number: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        watch.step((1 - _DECODING) * (number + 1) / max(1, getattr(pipe, "num_timesteps", 1)))
        return tensors

    return step


def _bytes_of(pipe: Any) -> int:
    modules = [part for part in pipe.components.values() if hasattr(part, "parameters")]
    return sum(one.numel() * one.element_size() for module in modules for one in module.parameters())


def _tune(pipe: Any, compiled: bool) -> None:
    """Convolutions with channels last; the parts that take the time compiled, the decoder first.

    Decoding is three quarters of what a one-step model computes (docs/adr/0013-models-on-this-machine.md). The UNet of
    Stable Video Diffusion has no repeated blocks to compile by themselves, so it is compiled as a whole, as all are.
    """
    torch = library("torch")
    parts = [part for name in ("vae", "unet") if (part := getattr(pipe, name, None)) is not None]
    for weight in (one for part in parts for one in part.parameters() if one.dim() == 4):
        weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    if compiled:
        torch.backends.cudnn.benchmark = True
        if hasattr(pipe, "fuse_qkv_projections"):
            pipe.fuse_qkv_projections()
        pipe.vae.decoder.compile(mode="max-autotune-no-cudagraphs")
        denoiser = getattr(pipe, "unet", None) or pipe.transformer
        denoiser.compile(mode="max-autotune-no-cudagraphs")
