"""SVD tasks: a shot's moving picture, as long as its narration."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.shot import Shot, VersionKind
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.video import VideoEngine, VideoResult
from storyreel.engines.registry import identity
from storyreel.engines.wrappers import ask, first_able
from storyreel.errors import ConflictError
from storyreel.media.clips import conform_video, encode_clip
from storyreel.media.profile import EncodeProfile
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.deferral import HandedOver, deferred, unwrap
from storyreel.pipeline.footage import check_length, video_request
from storyreel.pipeline.image import draw, fetch_image, point_at_image
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.narration import speak
from storyreel.pipeline.orders import clip_order, film_profile, image_order, video_facts, voice_order
from storyreel.pipeline.progress import EngineJob, Progress
from storyreel.pipeline.tasks import new_task
from storyreel.store.database import artifacts, events, projects, shots


def clip_task(
    shot: Shot,
    encoded: dict[str, Any],
    *,
    image: str | None = None,
    image_url: str | None = None,
    task_id: str | None = None,
    parent_id: str | None = None,
) -> Task:
    """The task that moves the shot's picture.

    Args:
        encoded: how the film that the clip is for is encoded; see `orders.encoding`.
        image: the artifact to move instead of the shot's own picture; it becomes the shot's own.
        image_url: likewise, an address to fetch the picture from.
    """
    request = encoded | {"image": image, "image_url": image_url}
    return new_task(shot.project_id, TaskType.SVD, request, task_id=task_id, shot_id=shot.id, parent_id=parent_id)


async def make_clip(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: have the picture and the voice, let the engine move the picture for as long as the voice speaks."""
    project, shot = await pipeline.project(task.project_id), await pipeline.shot(task.shot_id)
    profile = film_profile(project, task.request)
    try:
        image = await _picture(pipeline, project, shot, task, progress)
        shot = replace(shot, image=image.key)
        voice = await _voice(pipeline, project, shot, progress)
        order = clip_order(pipeline.engines, project, shot, voice, profile)
        artifact = await _animate(pipeline, project, order, image, voice, profile, progress)
    except HandedOver as handed:
        return deferred(handed)
    await pipeline.write(_choose, pipeline, task, order, artifact)
    passed("clip.chosen", task.type, task.id)
    return {"video": artifact.key, "image": image.key}


async def _picture(pipeline: Pipeline, project: Project, shot: Shot, task: Task, progress: Progress) -> Artifact:
    """The picture to move: the one asked for, else the shot's own, else one drawn now."""
    wanted = image_order(pipeline.engines, project, shot)
    asked = task.request["image"] or (None if task.request["image_url"] else shot.image)
    if asked:
        artifact = await _artifact(pipeline, asked)
        if artifact is None:
            raise ConflictError("The picture's file is gone.", code="image_missing", hint="Generate the image again.")
    elif task.request["image_url"]:
        url = task.request["image_url"]
        made_from = {"kind": "image", "fetched": url, "task": task.id}
        artifact = await fetch_image(pipeline, made_from, url)
    else:
        artifact = await draw(pipeline, project, wanted, progress)
    if artifact.key != shot.image:
        await pipeline.write(_choose_image, project, shot, artifact.key, pipeline.artifacts.key(wanted))
    return artifact


async def _voice(pipeline: Pipeline, project: Project, shot: Shot, progress: Progress) -> Artifact | None:
    """The voice that sets the clip's length: the shot's own if it still says the narration, else one spoken now."""
    order = voice_order(pipeline.engines, project, shot)
    if order is None:
        return None
    answers = pipeline.artifacts.key(order)
    own = await _artifact(pipeline, shot.voice) if shot.voice_for == answers else None
    if own is not None:
        return own
    artifact = await speak(pipeline, project, order, progress)
    fields = {"narration": shot.narration, "voice_name": shot.voice_name}
    await pipeline.write(_choose_voice, shot, artifact.key, answers, fields)
    return artifact


async def _artifact(pipeline: Pipeline, key: str | None) -> Artifact | None:
    return await asyncio.to_thread(pipeline.artifacts.find, key) if key else None


async def _animate(
    pipeline: Pipeline,
    project: Project,
    order: dict[str, Any],
    image: Artifact,
    voice: Artifact | None,
    profile: EncodeProfile,
    progress: Progress,
) -> Artifact:
    request = video_request(pipeline, order, image, voice, profile)

    async def animated_by(engine: VideoEngine) -> Artifact:
        made_from = order | {"engine": identity(engine.info)}

        async def produce(folder: Path) -> Made:
            job = EngineJob(pipeline.artifacts, made_from, folder, progress)
            (result,) = await ask(engine, lambda: engine.animate([request], job))
            return await _encode(unwrap(result, job), order, profile, folder, progress)

        return await pipeline.artifacts.make(made_from, produce)

    return await first_able(pipeline.engines.videos(project.settings), animated_by)


async def _encode(
    result: VideoResult, order: dict[str, Any], profile: EncodeProfile, folder: Path, progress: Progress
) -> Made:
    out, moving, frames = folder / "clip.mp4", result.moving, order["frames"]
    if isinstance(moving, Path):
        await offload.run(conform_video, progress.report, moving, profile, frames, out)
    else:
        check_length(moving, frames)
        await offload.run(encode_clip, progress.report, moving, profile, out)
    return Made(out, "video/mp4", video_facts(profile, frames))


def _choose_image(connection: sa.Connection, project: Project, shot: Shot, key: str, answers: str) -> None:
    if shots.get(connection, shot.id) is None:
        return
    shots.add_version(connection, shot.id, VersionKind.IMAGE, key, {})
    point_at_image(connection, project, shot, key, answers)


def _choose_voice(connection: sa.Connection, shot: Shot, key: str, answers: str, fields: dict[str, Any]) -> None:
    if shots.get(connection, shot.id) is None:
        return
    shots.add_version(connection, shot.id, VersionKind.NARRATION, key, fields)
    shots.update(connection, shot.id, {"voice": key, "voice_for": answers})
    events.add(connection, shot.project_id, "shot", {"id": shot.id})


def _choose(
    connection: sa.Connection, pipeline: Pipeline, task: Task, order: dict[str, Any], artifact: Artifact
) -> None:
    shot = shots.get(connection, task.shot_id or "")
    project = projects.get(connection, task.project_id)
    if shot is None or project is None:
        return
    fields = {"image": order["image"], "voice": order["voice"]}
    shots.add_version(connection, shot.id, VersionKind.CLIP, artifact.key, fields)
    voice = artifacts.get(connection, shot.voice) if shot.voice else None
    profile = film_profile(project, task.request)
    wanted = pipeline.artifacts.key(clip_order(pipeline.engines, project, shot, voice, profile))
    answers = pipeline.artifacts.key(order)
    if shot.clip is None or shot.clip_for != wanted or answers == wanted:
        shots.update(connection, shot.id, {"clip": artifact.key, "clip_for": answers})
        events.add(connection, project.id, "shot", {"id": shot.id})
