"""The built-in story planner: rules for English and Chinese; no key, no weights, no network."""

from collections.abc import Sequence

from storyreel import offload
from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.story import StoryRequest


class BuiltinStoryEngine:
    """Cuts a story into shots and stages them by rules, in a child process."""

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            id="builtin", kind="story", version="6", title="Built-in story planner", languages=("en", "zh")
        )

    async def missing(self) -> Sequence[str]:
        return []

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        """See `StoryEngine.plan`. The same request gives the same storyboard.

        Raises:
            InvalidInputError: code `story_empty`, when there is nothing but whitespace.
        """
        return await offload.run(_plan, job.progress, request)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        """See `StoryEngine.read_scene`. A subject that the story does not know has its kind as its `character`."""
        return await offload.run(_reread, offload.unwatched, prompt, scene, request)


# The dictionaries that planning needs, 45 MB, are imported in the child process alone.


def _plan(report: offload.Report, request: StoryRequest) -> Storyboard:
    from storyreel.engines.backends.builtin.planner.plan import plan

    return plan(report, request)


def _reread(report: offload.Report, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
    from storyreel.engines.backends.builtin.planner.rereading import reread

    return reread(report, prompt, scene, request)
