"""Samples to choose by: a picture per style, a sentence per voice; each made once, then kept as any artifact."""

import asyncio
from pathlib import Path

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import Aspect, canvas_for
from storyreel.domain.project import Language, ProjectSettings, Style
from storyreel.domain.serialize import as_json
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.registry import EngineRegistry, identity
from storyreel.engines.wrappers import ask
from storyreel.errors import NotFoundError
from storyreel.media.probe import probe_audio
from storyreel.pipeline.artifacts import Artifacts, Made
from storyreel.pipeline.deferral import unwrap
from storyreel.pipeline.image import verified
from storyreel.pipeline.progress import UnwatchedJob

SCENE = "At dusk a girl in a red coat and a fox stand on a hill above a village by the river."
"""Shows people, an animal, land and light: what styles differ in."""
SENTENCES = {
    "en": "Once upon a time, a small boat left the harbour before the sun was up.",
    "zh": "很久以前，太阳还没有升起，一只小船悄悄离开了港口。",
}
DRAWN_BY = ProjectSettings(engines={"story": "builtin", "image": "builtin"})
"""Samples of styles are drawn here, at no cost, whichever engine the films are painted by."""


async def style_sample(engines: EngineRegistry, artifacts: Artifacts, style: Style) -> Artifact:
    """The same scene in each style."""
    engine = engines.image(DRAWN_BY)
    made_from = {"kind": "style_sample", "engine": identity(engine.info), "style": style, "scene": SCENE}

    async def produce(folder: Path) -> Made:
        job = UnwatchedJob("style_sample", folder)
        wanted = StoryRequest(SCENE, SCENE, style, Language.ENGLISH, Aspect.WIDE, 0)
        board = unwrap(await engines.story(DRAWN_BY).plan(wanted, job), job)
        shot = board.shots[0]
        canvas = canvas_for("480p", Aspect.WIDE)
        request = ImageRequest(shot.prompt_en, style, canvas, 7, scene=shot.scene, characters=tuple(board.characters))
        (result,) = await engine.draw([request], job)
        return await verified(unwrap(result, job).file)

    return await artifacts.make(made_from, produce)


async def voice_sample(engines: EngineRegistry, artifacts: Artifacts, voice_id: str) -> Artifact:
    """A sentence in a voice of the speech engine in use, in the voice's own language.

    Raises:
        NotFoundError: the engine has no such voice.
    """
    engine = engines.speech()
    voice = next((voice for voice in await engine.voices() if voice.id == voice_id), None)
    if voice is None:
        raise NotFoundError("There is no such voice.", code="voice_not_found", hint="GET /api/voices lists them.")
    request = SpeechRequest(SENTENCES.get(voice.language, SENTENCES["en"]), voice.language, voice.id)
    made_from = {"kind": "voice_sample", "engine": identity(engine.info), "request": as_json(request)}

    async def produce(folder: Path) -> Made:
        job = UnwatchedJob("voice_sample", folder)
        (result,) = await ask(engine, lambda: engine.speak([request], job))
        file = unwrap(result, job).file
        facts = await asyncio.to_thread(probe_audio, file)
        return Made(file, facts.media_type, {"duration": facts.duration})

    return await artifacts.make(made_from, produce)
