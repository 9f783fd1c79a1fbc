"""Built-in motion: moves what the built-in illustrator drew in depth, and pans over any other picture."""

from collections.abc import Sequence

from storyreel.domain.film import FrameSource, StillMove
from storyreel.engines.backends.builtin import illustrator
from storyreel.engines.backends.builtin.motion.camera import still_views
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult

INFO = EngineInfo(id="builtin", kind="video", version="5", title="Built-in motion", max_batch=16, immediate=True)


class BuiltinVideoEngine:
    """Answers at once: the frames are drawn in the process that encodes them. See `contracts.video.VideoEngine`."""

    @property
    def info(self) -> EngineInfo:
        return INFO

    async def missing(self) -> Sequence[str]:
        return ()

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        results = [VideoResult(_moving(request)) for request in requests]
        job.progress(1.0)
        return results


def _moving(request: VideoRequest) -> FrameSource | StillMove:
    from storyreel.engines.backends.builtin.motion.layered import LayeredScene

    drawn_here = request.drawn_by == f"{illustrator.INFO.id}@{illustrator.INFO.version}"
    if request.drawing is not None and drawn_here:
        return LayeredScene(request.drawing, request.canvas, request.fps, request.frames, request.camera, request.words)
    start, end = still_views(request.camera)
    return StillMove(request.image, request.canvas, request.fps, request.frames, start, end)
