"""SD tasks: a shot's picture, and a character's."""

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.shot import Shot, VersionKind
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.image import ImageEngine, ImageRequest
from storyreel.engines.registry import identity
from storyreel.engines.wrappers import ask, first_able
from storyreel.errors import ConflictError
from storyreel.media.probe import ImageFacts, probe_image
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.deferral import HandedOver, deferred, unwrap
from storyreel.pipeline.milestones import passed
from storyreel.pipeline.orders import image_order
from storyreel.pipeline.progress import EngineJob, Progress
from storyreel.pipeline.sheet import choose_sheet
from storyreel.pipeline.tasks import new_task
from storyreel.store.database import events, projects, shots

MAX_IMAGE_BYTES = 64 * 2**20
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp")
_DECODING = threading.Lock()
"""One at a time in a process: the largest that is taken may need half a gigabyte."""


def image_task(order: dict[str, Any], shot: Shot, *, task_id: str | None = None, parent_id: str | None = None) -> Task:
    """The task that makes the picture of `order`, with the shot's fields as they were asked for."""
    request = {"order": order, "fields": image_fields(shot)}
    return new_task(shot.project_id, TaskType.SD, request, task_id=task_id, shot_id=shot.id, parent_id=parent_id)


def image_fields(shot: Shot) -> dict[str, Any]:
    """The fields that a picture answers to; a restored version brings them back."""
    scene = as_json(shot.scene) if shot.scene else None
    return {
        "prompt": shot.prompt,
        "prompt_en": shot.prompt_en,
        "scene": scene,
        "style": shot.style,
        "take": shot.take,
    }


async def make_image(pipeline: Pipeline, task: Task, progress: Progress) -> dict[str, Any]:
    """Recipe: draw the picture, verify it, make it the shot's, or that character's whose sheet it is."""
    project = await pipeline.project(task.project_id)
    try:
        artifact = await draw(pipeline, project, task.request["order"], progress)
    except HandedOver as handed:
        return deferred(handed)
    await pipeline.write(_choose, pipeline, task, artifact)
    passed("image.chosen", task.type, task.id)
    return {"image": artifact.key}


async def draw(pipeline: Pipeline, project: Project, order: dict[str, Any], progress: Progress) -> Artifact:
    """The picture of this order: found, or drawn now. It says which of the engines in turn drew it."""
    references = await asyncio.to_thread(_references, pipeline, order.get("references", ()))
    request = replace(from_json(ImageRequest, order["request"]), references=references)

    async def drawn_by(engine: ImageEngine) -> Artifact:
        made_from = order | {"engine": identity(engine.info)}

        async def produce(folder: Path) -> Made:
            job = EngineJob(pipeline.artifacts, made_from, folder, progress)
            (result,) = await ask(engine, lambda: engine.draw([request], job))
            return await verified(unwrap(result, job).file)

        return await pipeline.artifacts.make(made_from, produce)

    return await first_able(pipeline.engines.images(project.settings), drawn_by)


def _references(pipeline: Pipeline, keys: Sequence[str]) -> tuple[Path, ...]:
    """The files of these pictures.

    Raises:
        ConflictError: one is gone.
    """
    found = [pipeline.artifacts.find(key) for key in keys]
    if None in found:
        raise ConflictError(
            "The file of a character's reference picture is gone.",
            code="reference_missing",
            hint="Upload it again, or generate the character's sheet again.",
        )
    return tuple(pipeline.artifacts.path(artifact) for artifact in found if artifact)


async def keep_image(pipeline: Pipeline, content: bytes) -> Artifact:
    """A picture that a user sent."""

    async def produce(folder: Path) -> Made:
        file = folder / "sent"
        await asyncio.to_thread(file.write_bytes, content)
        return await verified(file)

    made_from = {"kind": "image", "sent": hashlib.sha256(content).hexdigest()}
    return await pipeline.artifacts.make(made_from, produce)


async def fetch_image(pipeline: Pipeline, made_from: dict[str, Any], url: str) -> Artifact:
    """The picture at an address that a user gave us."""

    async def produce(folder: Path) -> Made:
        file = folder / "fetched"
        await pipeline.fetcher.fetch(url, file, max_bytes=MAX_IMAGE_BYTES, media_types=IMAGE_TYPES)
        return await verified(file)

    return await pipeline.artifacts.make(made_from, produce)


async def verified(file: Path) -> Made:
    """Believe a picture only once it was decoded.

    Raises:
        MediaError: broken, or not a picture we take.
    """
    facts = await asyncio.to_thread(_decoded, file)
    return Made(file, facts.media_type, {"width": facts.width, "height": facts.height})


def _decoded(file: Path) -> ImageFacts:
    with _DECODING:
        return probe_image(file)


def _choose(connection: sa.Connection, pipeline: Pipeline, task: Task, artifact: Artifact) -> None:
    if "character" in task.request:
        choose_sheet(connection, task, artifact)
        return
    shot = shots.get(connection, task.shot_id or "")
    project = projects.get(connection, task.project_id)
    if shot is None or project is None:
        return
    wanted = pipeline.artifacts.key(image_order(pipeline.engines, project, shot))
    answers = pipeline.artifacts.key(task.request["order"])
    shots.add_version(connection, shot.id, VersionKind.IMAGE, artifact.key, task.request["fields"])
    if shot.image is None or shot.image_for != wanted or answers == wanted:
        point_at_image(connection, project, shot, artifact.key, answers)


def point_at_image(connection: sa.Connection, project: Project, shot: Shot, artifact_key: str, answers: str) -> None:
    """Make a picture the shot's own; the first shot's is also the project's cover."""
    shots.update(connection, shot.id, {"image": artifact_key, "image_for": answers})
    if shot.order == 0 or project.cover is None:
        projects.update(connection, project.id, {"cover": artifact_key})
    events.add(connection, project.id, "shot", {"id": shot.id})
