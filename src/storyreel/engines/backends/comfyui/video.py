"""The video engine: a clip by the user's workflow."""

from collections.abc import Sequence

from storyreel.engines.backends.comfyui.running import WorkflowEngine, sides
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.video import VideoRequest, VideoResult


class ComfyVideoEngine(WorkflowEngine):
    """Moves pictures by a workflow."""

    kind = "video"
    what = "Clips"
    needs = "image"
    extensions = (".mp4", ".webm", ".mov", ".mkv")
    limit = 2 * 2**30

    async def animate(self, requests: Sequence[VideoRequest], job: Job) -> Sequence[VideoResult]:
        """See `VideoEngine.animate`.

        Raises:
            EngineError: no server can do it; retryable when the same call may yet succeed.
        """
        (request,) = requests
        whole = request.fps.denominator == 1
        values = sides(request.canvas.width, request.canvas.height) | {
            "prompt": request.prompt,
            "seed": request.seed,
            "frames": request.frames,
            "fps": int(request.fps) if whole else float(request.fps),
        }
        return [VideoResult(await self.run(self.workflow, values, {"image": request.image}, job, "clip"))]
