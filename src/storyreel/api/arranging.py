"""What changes the storyboard's row of shots: copies, halves, pairs, and what comes back after it was deleted."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from storyreel.api.dependencies import (
    Context,
    Creating,
    CurrentUser,
    Identifier,
    OwnProject,
    OwnShot,
    Revision,
    project_of,
    tag,
)
from storyreel.api.fields import Body, Unicode, View, Whole, example
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import ProjectView, StoryboardView, project_view
from storyreel.api.shots import Deleted, ShotView, shot_view
from storyreel.domain.shot import MAX_NARRATION_CHARACTERS
from storyreel.pipeline import arranging, deleting
from storyreel.store.database import shots

router = APIRouter(tags=["storyboard"])

ShotIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64), Unicode]], Field(min_length=1, max_length=10_000)
]


class ShotList(Body):
    model_config = example(shot_ids=["s1", "s2"])

    shot_ids: ShotIds = Field(description="All of them, or none if one is not there.")


class SplitRequest(Body):
    model_config = example(at=12)

    at: Annotated[int, Field(ge=1, lt=MAX_NARRATION_CHARACTERS), Whole] = Field(
        description="Where in the narration the second shot begins, in Unicode characters."
    )


class Halves(View):
    first: ShotView
    second: ShotView


@router.post("/shots/{shot_id}/duplicate", summary="Duplicate a shot", responses=documented(401, 404, 409, 422))
async def duplicate_shot(shot: OwnShot, context: Context, links: MediaLinks, creating: Creating) -> ShotView:
    """A copy right after it, with all that was made for it and its versions. Nothing is made again."""
    copy_id = await creating.resource_id()
    copy = await asyncio.to_thread(arranging.duplicate_shot, context.pipeline, shot, copy_id)
    return shot_view(copy, project_of(context, copy), links)


@router.post(
    "/shots/{shot_id}/split",
    summary="Split a shot",
    responses=documented(400, 401, 404, 409, 412, 413, 422),
)
async def split_shot(
    body: SplitRequest, shot: OwnShot, context: Context, links: MediaLinks, creating: Creating, revision: Revision
) -> Halves:
    """Two shots of one, in the same picture: the second says what stands after the split, and keeps the transition.

    Voice and clip of the whole stay with the first until they are made again; the second has none yet.
    """
    second_id = await creating.resource_id()
    halves = await asyncio.to_thread(arranging.split_shot, context.pipeline, shot, body.at, revision, second_id)
    project = project_of(context, shot)
    first, second = (shot_view(half, project, links) for half in halves)
    return Halves(first=first, second=second)


@router.post(
    "/shots/{shot_id}/join",
    summary="Join a shot with the next",
    responses=documented(401, 404, 409, 412, 422),
)
def join_shots(shot: OwnShot, context: Context, links: MediaLinks, revision: Revision, response: Response) -> ShotView:
    """One shot of two: the first one's picture, what both say, the second one's transition. The second is deleted."""
    joined = arranging.join_shots(context.pipeline, shot, revision)
    tag(response, joined.revision)
    return shot_view(joined, project_of(context, joined), links)


@router.post("/shots/{shot_id}/undelete", summary="Bring a shot back", responses=documented(401, 404, 422))
def undelete_shot(shot_id: Identifier, user: CurrentUser, context: Context, links: MediaLinks) -> ShotView:
    """A shot that was deleted in the last 30 days, with its media and versions, at its old place."""
    with context.pipeline.database.read() as connection:
        project_id = shots.project_of(connection, shot_id, user.id)
    if project_id is None:
        raise deleting.no_such_shot()
    board = deleting.undelete_shots(context.pipeline, project_id, [shot_id])
    shot = next(shot for shot in board if shot.id == shot_id)
    return shot_view(shot, project_of(context, shot), links)


@router.post(
    "/projects/{project_id}/shots/delete",
    summary="Delete shots",
    responses=documented(400, 401, 404, 413, 422),
)
def delete_shots(body: ShotList, project: OwnProject, context: Context) -> Deleted:
    """Stop the work of these shots and delete them; later ones move up."""
    deleting.delete_shots(context.pipeline, project.id, body.shot_ids)
    return Deleted()


@router.post(
    "/projects/{project_id}/shots/undelete",
    summary="Bring shots back",
    responses=documented(400, 401, 404, 413, 422),
)
def undelete_shots(body: ShotList, project: OwnProject, context: Context, links: MediaLinks) -> StoryboardView:
    """Shots that were deleted in the last 30 days, with their media and versions, each at its old place."""
    board = deleting.undelete_shots(context.pipeline, project.id, body.shot_ids)
    return StoryboardView(project_id=project.id, shots=[shot_view(shot, project, links) for shot in board])


@router.post("/projects/{project_id}/undelete", summary="Bring a project back", responses=documented(401, 404))
def undelete_project(project_id: Identifier, user: CurrentUser, context: Context, links: MediaLinks) -> ProjectView:
    """A project that was deleted in the last 30 days, with all that it had; work that was stopped stays stopped."""
    return project_view(deleting.undelete_project(context.pipeline, project_id, user.id), links)
