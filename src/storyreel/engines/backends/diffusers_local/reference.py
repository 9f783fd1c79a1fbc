"""Pictures that others go by: cropped to a canvas, or taken in by an IP-Adapter."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storyreel.domain.film import Canvas
from storyreel.engines.backends.diffusers_local.weights import check_file
from storyreel.errors import EngineUnavailableError

SCALE = 0.6
"""How much a picture of the characters counts beside the prompt, 0 … 1, as IP-Adapter's authors suggest."""
_ENCODER = "image_encoder"


class ReferenceAdapter:
    """An IP-Adapter: a file of weights, with the folder of its image encoder beside it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def join(self, pipe: Any) -> None:
        """Add it to a pipeline that was just loaded.

        Raises:
            EngineUnavailableError: it is not there, not safe to load, or not for this pipeline.
        """
        check_file(self.file)
        if not hasattr(pipe, "load_ip_adapter"):
            raise EngineUnavailableError(f"{type(pipe).__name__} takes no IP-Adapter.", hint="Leave it out.")
        folder, name = str(self.file.parent), self.file.name
        try:
            pipe.load_ip_adapter(folder, subfolder="", weight_name=name, image_encoder_folder=_ENCODER)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EngineUnavailableError(
                f"{self.file} does not fit to {type(pipe).__name__}: {str(error)[:200]}",
                hint="Use the adapter that was made for this kind of model, with its image_encoder folder beside it.",
            ) from error

    def arguments(self, pipe: Any, references: Sequence[Path]) -> dict[str, Any]:
        """What the pipeline is called with for a batch to go by these pictures; by none, if there are none."""
        pipe.set_ip_adapter_scale(SCALE if references else 0.0)
        return {"ip_adapter_image": [[opened(file) for file in references] or [_blank()]]}


def opened(file: Path) -> Any:
    """A picture in RGB, as PIL has it."""
    from PIL import Image

    with Image.open(file) as picture:
        return picture.convert("RGB")


def cropped(file: Path, size: Canvas) -> Any:
    """The middle of a picture, in exactly this size."""
    from PIL import Image, ImageOps

    return ImageOps.fit(opened(file), (size.width, size.height), Image.Resampling.LANCZOS)


def _blank() -> Any:
    from PIL import Image

    return Image.new("RGB", (64, 64))
