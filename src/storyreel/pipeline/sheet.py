"""A character's sheet: the picture of it alone that other pictures go by. An SD task, of a character for once."""

import asyncio
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storyreel.domain.artifact import Artifact
from storyreel.domain.film import Aspect, canvas_for
from storyreel.domain.project import Project
from storyreel.domain.serialize import as_json
from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject, member_of
from storyreel.domain.task import Task, TaskType
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.registry import EngineRegistry, identity
from storyreel.pipeline.asking import begin
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.orders import MAX_SEED, SEEDS_BETWEEN_TAKES, as_drawn
from storyreel.pipeline.tasks import new_task
from storyreel.store.database import events, projects, tasks


def sheet_order(engines: EngineRegistry, project: Project, member: Character, take: int) -> dict[str, Any]:
    """What a character's sheet is made from: its description, or else its kind and looks."""
    described = member.description or ", ".join(filter(None, (member.kind, member.looks)))
    request = ImageRequest(
        prompt=f"Character sheet. {member.name}: {described}\nAlone, whole figure from head to feet, plain background",
        style=project.style,
        canvas=canvas_for(project.settings.resolution, Aspect.SQUARE),
        seed=(member.seed + take * SEEDS_BETWEEN_TAKES) % (MAX_SEED + 1),
        scene=SceneSpec("abstract", framing=Framing.MEDIUM, subjects=(Subject(member.id),)),
        characters=(as_drawn(member),),
    )
    return {"kind": "image", "engine": identity(engines.image(project.settings).info), "request": as_json(request)}


async def generate_sheet(pipeline: Pipeline, project: Project, character_id: str, task_id: str | None = None) -> Task:
    """Begin to draw a sheet that was not drawn before; the task of that `task_id`, if it was begun already.

    Raises:
        NotFoundError: the project has no such character.
        TooManyRequestsError: the user has too many tasks waiting.
    """
    known = await pipeline.read(tasks.get, task_id) if task_id else None
    return known or await asyncio.to_thread(_begin, pipeline, project, character_id, task_id)


def _begin(pipeline: Pipeline, project: Project, character_id: str, task_id: str | None) -> Task:
    member = member_of(project.characters, character_id)
    take = 0
    while pipeline.artifacts.find(pipeline.artifacts.key(sheet_order(pipeline.engines, project, member, take))):
        take += 1
    request = {"order": sheet_order(pipeline.engines, project, member, take), "character": member.id}
    task = new_task(project.id, TaskType.SD, request, task_id=task_id)
    return begin(pipeline, [task], named=task_id is not None)[0]


def choose_sheet(connection: sa.Connection, task: Task, artifact: Artifact) -> None:
    """Make a sheet its character's reference, unless the character is gone."""
    project = projects.get(connection, task.project_id)
    if project is None:
        return
    cast = [
        replace(member, reference=artifact.key) if member.id == task.request["character"] else member
        for member in project.characters
    ]
    projects.update(connection, project.id, {"characters": [as_json(member) for member in cast]})
    events.add(connection, project.id, "project", {"id": project.id})
