"""A second project like the first: the same story, choices and storyboard, with all that is made so far."""

import uuid
from dataclasses import replace

import sqlalchemy as sa

from storyreel.domain.project import MAX_TITLE_CHARACTERS, Project
from storyreel.domain.shot import ShotStatus
from storyreel.errors import ConflictError
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.storyboard import check_room
from storyreel.store.database import events, projects, shots
from storyreel.store.database.rows import now


async def duplicate_project(
    pipeline: Pipeline, project: Project, title: str | None, new_id: str | None = None
) -> Project:
    """The copy; nothing is made again for it, since it points at the same artifacts. Its film is its own to make.

    Args:
        title: of the copy; None marks the first one's.
        new_id: the copy's id; when there is such a project already, that is it.

    Raises:
        ConflictError: the project of that id was deleted since, or the user has as many as they may.
    """

    def save(connection: sa.Connection) -> Project:
        known = projects.get(connection, new_id) if new_id else None
        if known is not None:
            return known
        if new_id and projects.is_deleted(connection, new_id):
            raise ConflictError("The project was deleted.", code="project_deleted", hint="Use a new Idempotency-Key.")
        check_room(pipeline, connection, project.owner_id)
        name = (title or f"{project.title} (2)")[:MAX_TITLE_CHARACTERS]
        copy = replace(project, id=new_id or str(uuid.uuid4()), title=name, created_at=now(), film=None, revision=1)
        projects.add(connection, copy)
        board = shots.of_project(connection, project.id)
        shots.add(
            connection,
            [
                replace(
                    shot,
                    id=str(uuid.uuid4()),
                    project_id=copy.id,
                    status=ShotStatus.SUCCESS if shot.image else ShotStatus.PENDING,
                    task_id=None,
                    error=None,
                    revision=1,
                )
                for shot in board
            ],
        )
        projects.settle(connection, copy.id)
        events.add(connection, copy.id, "project", {"id": copy.id})
        return projects.get(connection, copy.id) or copy

    return await pipeline.write(save)
