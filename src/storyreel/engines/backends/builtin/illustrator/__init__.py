"""The built-in illustrator: draws scenes from their description, without weights, keys or network."""

from collections.abc import Sequence

from storyreel import offload
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult

INFO = EngineInfo(
    id="builtin",
    kind="image",
    version="5",
    title="Built-in illustrator",
    max_batch=4,
)


class BuiltinImageEngine:
    """Draws layered picture-book scenes in three styles; see `storyreel.engines.contracts.image.ImageEngine`."""

    @property
    def info(self) -> EngineInfo:
        return INFO

    async def missing(self) -> Sequence[str]:
        return ()

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult]:
        from storyreel.engines.backends.builtin.illustrator.render import draw_all

        files = await offload.run(draw_all, job.progress, tuple(requests), job.folder)
        job.progress(1.0)
        return [ImageResult(file) for file in files]
