"""Plans a story window by window: the model groups numbered sentences into shots; the words stay the story's."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from storyreel.domain.dialogue import quotations
from storyreel.domain.project import Language
from storyreel.domain.serialize import as_json
from storyreel.domain.storyboard import PlannedShot, SceneSpec, Storyboard, Transition
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.prompting.asking import Chat, TooMuchError, UnusableError, answered
from storyreel.engines.prompting.casting import OPENING, Cast, next_camera, scene_of, shown
from storyreel.engines.prompting.replies import PlanReply, SceneReply, ShotReply
from storyreel.engines.prompting.sentences import LONGEST, Span, narration, pieces, width
from storyreel.engines.prompting.stage import instructions
from storyreel.errors import EngineError, InvalidInputError

WINDOW_PIECES = 10  # fewer than MAX_SHOTS of an answer
WINDOW_WIDTH = 1200
"""With the instructions (about 1,500 tokens) and the answer (about 150 a shot) a window fits into 4,096 tokens."""
_TOKENS = (1500, 400)
"""The most tokens of an answer, and more for each sentence; models that think aloud need much more."""
_MAX_SENTENCES = 3
_PROMPTS = {Language.ENGLISH: '""', Language.CHINESE: 'what "prompt_en" says, in Chinese'}


@dataclass(frozen=True, slots=True)
class _Window:
    """Pieces `first` … `end`−1 of the story."""

    first: int
    end: int

    def __str__(self) -> str:
        return f"{self.first}-{self.end}"

    def halves(self) -> tuple["_Window", "_Window"]:
        middle = (self.first + self.end) // 2
        return _Window(self.first, middle), _Window(middle, self.end)


class Planner:
    """Plans one story."""

    def __init__(self, request: StoryRequest, chat: Chat) -> None:
        self._request = request
        self._chat = chat
        self._pieces = pieces(request.story)
        self._language = language_of(request)
        self._cast = Cast(request.characters, request.seed)
        self._shots: list[PlannedShot] = []

    async def plan(self, job: Job) -> Storyboard:
        """The storyboard of the whole story. What the job remembers is not asked again.

        Raises:
            EngineError: the model cannot do it, or does not answer.
            InvalidInputError: there is nothing but whitespace.
        """
        if not self._pieces:
            raise InvalidInputError("There is no story to plan: the text is blank.", code="story_empty")
        answers: dict[str, Any] = json.loads(await asyncio.to_thread(job.remembered) or "{}")
        waiting = deque(self._windows())
        while waiting:
            window = waiting.popleft()
            try:
                reply = PlanReply.model_validate(answers.get(str(window)) or await self._reply(window))
            except (TooMuchError, UnusableError) as error:
                if window.end - window.first == 1:
                    raise _cannot(error) from error
                waiting.extendleft(reversed(window.halves()))
                continue
            self._take(window, reply)
            answers[str(window)] = reply.model_dump(mode="json")
            await asyncio.to_thread(job.remember, json.dumps(answers))
            job.progress(window.end / len(self._pieces))
        members = shown(self._cast.members, (shot.scene for shot in self._shots))
        return Storyboard(self._language.value, members, tuple(self._shots))

    def _windows(self) -> list[_Window]:
        found: list[_Window] = []
        first = wide = 0
        for number, (start, end) in enumerate(self._pieces):
            wide += width(self._request.story[start:end])
            if number > first and (number - first == WINDOW_PIECES or wide > WINDOW_WIDTH):
                found.append(_Window(first, number))
                first, wide = number, width(self._request.story[start:end])
        return [*found, _Window(first, len(self._pieces))]

    async def _reply(self, window: _Window) -> PlanReply:
        told = instructions("plan", prompt=_PROMPTS[self._language])
        messages = [{"role": "system", "content": told}, {"role": "user", "content": self._question(window)}]
        most = _TOKENS[0] + _TOKENS[1] * (window.end - window.first)
        return await answered(self._chat, messages, PlanReply, most, lambda reply: self._faults(window, reply))

    def _question(self, window: _Window) -> str:
        story = self._request.story
        lines = [
            f"{number + 1}. {' '.join(story[slice(*self._pieces[number])].split())}"
            for number in range(window.first, window.end)
        ]
        before = [story[slice(*span)] for span in self._pieces[max(0, window.first - 2) : window.first]]
        return "\n\n".join(
            [
                f"Title: {self._request.title}",
                f"Known so far:\n{self._cast.described()}",
                f"What came before: {' '.join(before) or 'nothing, the story begins here.'}",
                f"The scene of the last shot: {_told(self._last_scene(), self._cast)}",
                "The sentences:\n" + "\n".join(lines),
            ]
        )

    def _last_scene(self) -> SceneSpec:
        return self._shots[-1].scene if self._shots else OPENING

    def _faults(self, window: _Window, reply: PlanReply) -> str:
        """What the model is asked to do better; empty when it need not."""
        for spans, _ in self._grouped(window, reply):
            if len(spans) > _MAX_SENTENCES and width(narration(self._request.story, spans)) > LONGEST:
                return f"A shot of {len(spans)} sentences is too long: one to {_MAX_SENTENCES}. Use all the sentences."
        return ""

    def _grouped(self, window: _Window, reply: PlanReply) -> list[tuple[list[Span], ShotReply]]:
        """Each shot with its pieces: from its first one to the next shot's, so that none is lost or told twice."""
        starts: dict[int, ShotReply] = {}
        for shot in sorted(reply.shots, key=lambda shot: shot.first_sentence):
            starts.setdefault(min(max(shot.first_sentence - 1, window.first), window.end - 1), shot)
        places = [window.first, *list(starts)[1:], window.end]
        return [
            (self._pieces[place:end], shot)
            for place, end, shot in zip(places, places[1:], starts.values(), strict=False)
        ]

    def _take(self, window: _Window, reply: PlanReply) -> None:
        self._cast.add(reply.characters)
        for spans, shot in self._grouped(window, reply):
            scene = scene_of(shot.scene, self._last_scene(), self._cast)
            transition = Transition(shot.transition)
            for part in _parts(self._request.story, spans):
                text = narration(self._request.story, part)
                speaker = scene.speaker if quotations(text) else None
                prompt = shot.prompt if shot.prompt and self._language is not Language.ENGLISH else shot.prompt_en
                self._shots.append(
                    PlannedShot(prompt, shot.prompt_en, text, replace(scene, speaker=speaker), transition)
                )
                scene, transition = replace(scene, camera=next_camera(scene.camera)), Transition.CUT


async def reread(request: StoryRequest, prompt: str, scene: SceneSpec | None, chat: Chat) -> SceneSpec:
    """The scene that a prompt describes; what it leaves open stays as it is in `scene`.

    Raises:
        EngineError: the model cannot do it, or does not answer.
    """
    cast, before = Cast(request.characters, request.seed), scene or OPENING
    question = "\n\n".join(
        [
            f"Known:\n{cast.described()}",
            f"The shot as it was: {_told(before, cast)}",
            f"The new description: {prompt}",
        ]
    )
    messages = [{"role": "system", "content": instructions("reread")}, {"role": "user", "content": question}]
    try:
        reply = await answered(chat, messages, SceneReply, sum(_TOKENS))
    except (TooMuchError, UnusableError) as error:
        raise _cannot(error) from error
    return scene_of(reply, before, cast, strangers=True)


def language_of(request: StoryRequest) -> Language:
    """The language that the story is told in: as asked for, else by its letters."""
    if request.language is not Language.AUTO:
        return request.language
    han = sum("\u3400" <= letter <= "\u9fff" for letter in request.story)
    return Language.CHINESE if han * 3 > sum(letter.isalpha() for letter in request.story) - han else Language.ENGLISH


def _told(scene: SceneSpec, cast: Cast) -> str:
    fields = as_json(scene)
    for subject in fields["subjects"]:
        member = cast.find(subject["character"])
        subject["character"] = member.name if member else subject["character"]
    return json.dumps(fields, ensure_ascii=False)


def _parts(story: str, spans: Sequence[Span]) -> list[list[Span]]:
    """A shot's pieces, in as many parts as are needed for none to last too long."""
    found: list[list[Span]] = [[]]
    for span in spans:
        if found[-1] and width(narration(story, [*found[-1], span])) > LONGEST:
            found.append([])
        found[-1].append(span)
    return found


def _cannot(error: Exception) -> EngineError:
    return EngineError(
        f"The model gives no storyboard that can be used: {str(error)[:200].rstrip('.')}.",
        code="engine_answer_unusable",
        hint="Use a larger model, or one with a longer context; or let the built-in planner stand in, by "
        "STORYREEL_STORY_ENGINE=ENGINE,builtin.",
    )
