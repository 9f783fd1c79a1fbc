"""The story engine: a chat model plans the storyboard."""

import logging

from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.backends.openai_compatible.chat import ServedChat, first_for_chat
from storyreel.engines.backends.openai_compatible.served import ServedEngine
from storyreel.engines.backends.openai_compatible.server import Connection
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.prompting.planning import Planner, reread
from storyreel.engines.wrappers import Meter

log = logging.getLogger(__name__)


class OpenAIStoryEngine(ServedEngine):
    """Plans by chat completions, with the server's first chat model when none is named.

    It counts input_tokens and output_tokens.
    """

    kind = "story"
    what = "Story planner"
    finds_model = True

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en", "zh")

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        """See `StoryEngine.plan`.

        Raises:
            EngineError: the server or the model fails; retryable when the same call may yet succeed.
            InvalidInputError: code `story_empty`, when there is nothing but whitespace.
        """
        meter = Meter(self.prices)
        async with self.server.connected() as connection:
            try:
                return await Planner(request, await self._chat(connection, request, meter)).plan(job)
            finally:
                log.info("storyboard %s used %s", job.key, meter)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        """See `StoryEngine.read_scene`. A subject that the story does not know has its kind as its `character`.

        Raises:
            EngineError: the server or the model fails.
        """
        meter = Meter(self.prices)
        async with self.server.connected() as connection:
            found = await reread(request, prompt, scene, await self._chat(connection, request, meter))
            log.info("a scene used %s", meter)
            return found

    async def _chat(self, connection: Connection, request: StoryRequest, meter: Meter) -> ServedChat:
        model = self.model or await first_for_chat(connection)
        return ServedChat(connection, self.ladder, model, request.seed, meter)
