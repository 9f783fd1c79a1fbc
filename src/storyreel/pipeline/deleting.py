"""Deleting shots and projects, and bringing them back: as they were, where they were."""

from collections.abc import Sequence

import sqlalchemy as sa

from storyreel.domain.project import DELETED_IS_KEPT, Project
from storyreel.domain.shot import Shot
from storyreel.domain.task import Task
from storyreel.errors import InvalidInputError, NotFoundError
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.editing import MAX_SHOTS
from storyreel.pipeline.tasks import end_deleted, stop_runs
from storyreel.store.database import events, projects, shots, tasks
from storyreel.store.database.rows import now


def delete_shots(pipeline: Pipeline, project_id: str, shot_ids: Sequence[str]) -> None:
    """Stop the shots' work and delete them, all or none; later ones move up.

    Raises:
        NotFoundError: the project has no such shot.
    """
    with pipeline.database.write() as connection:
        ended = take_out(connection, project_id, shot_ids)
    stop_runs(pipeline, ended)


def take_out(connection: sa.Connection, project_id: str, shot_ids: Sequence[str]) -> list[Task]:
    """Delete shots, and record that the work for them has ended; it is still to be stopped.

    Raises:
        NotFoundError: the project has no such shot.
    """
    gone = dict.fromkeys(shot_ids)
    board = [shot.id for shot in shots.of_project(connection, project_id)]
    if not gone.keys() <= set(board):
        raise no_such_shot()
    active = [task for id_ in gone for task in tasks.select(connection, shot_id=id_, statuses=tasks.ACTIVE)]
    end_deleted(connection, active)
    shots.mark_deleted(connection, list(gone), now())
    shots.place(connection, [id_ for id_ in board if id_ not in gone])
    for id_ in gone:
        events.add(connection, project_id, "shot", {"id": id_, "deleted": True})
    _tell(connection, project_id)
    return active


def undelete_shots(pipeline: Pipeline, project_id: str, shot_ids: Sequence[str]) -> list[Shot]:
    """Bring deleted shots back, all or none, each to its old place, with all that was made for it; the new storyboard.

    Those that are there stay where they are.

    Raises:
        NotFoundError: the project has no such shot, or it was deleted longer than DELETED_IS_KEPT ago.
        InvalidInputError: the storyboard is full.
    """
    with pipeline.database.write() as connection:
        board = [shot.id for shot in shots.of_project(connection, project_id)]
        kept = shots.deleted_of_project(connection, project_id, now() - DELETED_IS_KEPT)
        if not set(shot_ids) <= {*board, *(shot.id for shot in kept)}:
            raise no_such_shot()
        back = [shot for shot in kept if shot.id in shot_ids]
        if len(board) + len(back) > MAX_SHOTS:
            raise InvalidInputError(f"A storyboard has at most {MAX_SHOTS} shots.", code="too_many_shots")
        for shot in back:
            board.insert(shot.order, shot.id)
        shots.mark_deleted(connection, [shot.id for shot in back], None)
        shots.place(connection, board)
        for shot in back:
            shots.settle(connection, shot.id)
        _tell(connection, project_id)
        return shots.of_project(connection, project_id)


def delete_project(pipeline: Pipeline, project: Project) -> None:
    """Stop all its work and delete it."""
    with pipeline.database.write() as connection:
        active = tasks.select(connection, project_id=project.id, statuses=tasks.ACTIVE, limit=100_000)
        end_deleted(connection, active)
        projects.mark_deleted(connection, project.id, now())
        events.add(connection, project.id, "project", {"id": project.id, "deleted": True})
    stop_runs(pipeline, active)


def undelete_project(pipeline: Pipeline, project_id: str, owner_id: str) -> Project:
    """Bring a deleted project back, with all that it had; one that is there stays as it is.

    Raises:
        NotFoundError: the user has no such project, or it was deleted longer than DELETED_IS_KEPT ago.
    """
    with pipeline.database.write() as connection:
        if projects.owns_deleted(connection, project_id, owner_id, now() - DELETED_IS_KEPT):
            projects.mark_deleted(connection, project_id, None)
            for shot in shots.of_project(connection, project_id):
                shots.settle(connection, shot.id)
            _tell(connection, project_id)
        found = projects.owned(connection, project_id, owner_id)
    if found is None:
        raise NotFoundError("There is no such project.", code="project_not_found")
    return found


def no_such_shot() -> NotFoundError:
    """What is said of a shot that is not there, or is somebody else's."""
    return NotFoundError("There is no such shot.", code="shot_not_found")


def _tell(connection: sa.Connection, project_id: str) -> None:
    projects.settle(connection, project_id)
    events.add(connection, project_id, "project", {"id": project_id})
