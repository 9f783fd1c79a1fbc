"""TTS tasks: a shot's voice."""

import asyncio
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.dialogue import quotations
from storyreel.domain.film import WordTime
from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot, VersionKind
from storyreel.domain.storyboard import SceneSpec
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.speech import SpeechEngine, SpeechRequest
from storyreel.engines.registry import identity
from storyreel.engines.wrappers import ask, first_able
from storyreel.errors import MediaError
from storyreel.media.probe import probe_audio
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.deferral import HandedOver, deferred, unwrap
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.orders import voice_order
from storyreel.pipeline.progress import EngineJob, Progress
from storyreel.pipeline.tasks import new_task
from storyreel.store.database import events, projects, shots

MAX_VOICE_SECONDS = 900


def narration_task(
    order: dict[str, Any], shot: Shot, *, task_id: str | None = None, parent_id: str | None = None
) -> Task:
    """The task that speaks `order`, with the shot's fields as they were asked for."""
    request = {"order": order, "fields": {"narration": shot.narration, "voice_name": shot.voice_name}}
    return new_task(shot.project_id, TaskType.TTS, request, task_id=task_id, shot_id=shot.id, parent_id=parent_id)


async def make_narration(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: speak the narration, verify the sound, make it the shot's."""
    project = await pipeline.project(task.project_id)
    try:
        artifact = await speak(pipeline, project, task.request["order"], progress)
    except HandedOver as handed:
        return deferred(handed)
    await pipeline.write(_choose, pipeline, task, artifact)
    passed("voice.chosen", task.type, task.id)
    return {"narration": artifact.key, "duration": artifact.facts["duration"]}


async def speak(pipeline: Pipeline, project: Project, order: dict[str, Any], progress: Progress) -> Artifact:
    """The voice of this order: found, or spoken now. It says which of the engines in turn spoke it."""
    request = from_json(SpeechRequest, order["request"])

    async def spoken_by(engine: SpeechEngine) -> Artifact:
        made_from = order | {"engine": identity(engine.info)}

        async def produce(folder: Path) -> Made:
            job = EngineJob(pipeline.artifacts, made_from, folder, progress)
            (result,) = await ask(engine, lambda: engine.speak([request], job))
            spoken = unwrap(result, job)
            return await _verified(spoken.file, spoken.words)

        return await pipeline.artifacts.make(made_from, produce)

    return await first_able(pipeline.engines.speeches(project.settings), spoken_by)


def mouthed_words(voice: Artifact | None, scene: SceneSpec | None) -> tuple[WordTime, ...]:
    """The words of a voice that move mouths: in a scene with a speaker those in quotation marks, else all."""
    found = word_times(voice)
    if voice is None or scene is None or scene.speaker is None:
        return found
    spoken = quotations(voice.made_from["request"]["text"])
    return tuple(word for word in found if any(start <= word.offset < end for start, end in spoken))


def word_times(voice: Artifact | None) -> tuple[WordTime, ...]:
    """When each word of a voice is spoken, as far as its engine knew."""
    return tuple(from_json(WordTime, word) for word in voice.facts["words"]) if voice else ()


async def _verified(file: Path, words: tuple[WordTime, ...]) -> Made:
    facts = await asyncio.to_thread(probe_audio, file)
    if not 0 < facts.duration <= MAX_VOICE_SECONDS:
        raise MediaError(f"The voice lasts {facts.duration:.1f} s; up to {MAX_VOICE_SECONDS} s can be used.")
    return Made(file, facts.media_type, {"duration": facts.duration, "words": [as_json(word) for word in words]})


def _choose(connection: sa.Connection, pipeline: Pipeline, task: Task, artifact: Artifact) -> None:
    shot = shots.get(connection, task.shot_id or "")
    project = projects.get(connection, task.project_id)
    if shot is None or project is None:
        return
    order = voice_order(pipeline.engines, project, shot)
    wanted = pipeline.artifacts.key(order) if order else None
    answers = pipeline.artifacts.key(task.request["order"])
    shots.add_version(connection, shot.id, VersionKind.NARRATION, artifact.key, task.request["fields"])
    if shot.voice is None or shot.voice_for != wanted or answers == wanted:
        shots.update(connection, shot.id, {"voice": artifact.key, "voice_for": answers})
        events.add(connection, project.id, "shot", {"id": shot.id})
