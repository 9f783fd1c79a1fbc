"""The image engine: a picture by the user's workflow; by another one where there are pictures to go by."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from storyreel.engines.backends.comfyui.running import WorkflowEngine, WorkflowFile, sides
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.prompting.painting import prompt_of

_PICTURES = ("image", "image2", "image3")


class ComfyImageEngine(WorkflowEngine):
    """Paints by a workflow.

    Args:
        reference_workflow: file of the one for pictures of characters that have a picture themselves; without it these
            are painted from words, as all others.
    """

    kind = "image"
    what = "Pictures"
    needs = "prompt"
    extensions = (".png", ".jpg", ".jpeg", ".webp")
    limit = 64 * 2**20

    def __init__(self, *, reference_workflow: Path | None = None, **common: Any) -> None:
        super().__init__(**common)
        setting = "STORYREEL_COMFYUI_REFERENCE_WORKFLOW"
        self._by_reference = (
            WorkflowFile(reference_workflow, setting, "prompt", "image") if reference_workflow else None
        )

    @property
    def info(self) -> EngineInfo:
        both = [super().info.version, *([self._by_reference.digest] if self._by_reference else [])]
        return replace(super().info, version="-".join(both), references=self._by_reference is not None)

    async def missing(self) -> Sequence[str]:
        return [*await super().missing(), *(self._by_reference.missing if self._by_reference else ())]

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult]:
        """See `ImageEngine.draw`.

        Raises:
            EngineError: no server can do it; retryable when the same call may yet succeed.
        """
        (request,) = requests
        values: dict[str, Any] = {"prompt": prompt_of(request), "seed": request.seed}
        values |= sides(request.canvas.width, request.canvas.height)
        if request.negative_prompt:
            values["negative"] = request.negative_prompt
        references = request.references if self._by_reference else ()
        workflow = self._by_reference.get() if self._by_reference and references else self.workflow
        # A workflow with more places than there are pictures gets the last one again.
        pictures = {
            name: references[min(place, len(references) - 1)]
            for place, name in enumerate(_PICTURES)
            if references and name in workflow.slots
        }
        return [ImageResult(await self.run(workflow, values, pictures, job, "picture"))]
