"""The cast: correct what the story engine understood of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from storyreel.api.dependencies import Context, OwnProject, Revision, tag
from storyreel.api.fields import NO_NUL, VISIBLE, Body, Unicode, example
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import ProjectView, Seed, project_view
from storyreel.pipeline import casting

router = APIRouter(tags=["characters"])

CharacterId = Annotated[str, Path(max_length=100, description="As it stands in the project's `characters`.")]
Text = Annotated[str, Field(max_length=200, pattern=NO_NUL), Unicode]


class CharacterChanges(Body):
    model_config = example(name="Mara", looks="little, red coat, glasses")

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE), Unicode] | None = None
    kind: Annotated[str, Field(min_length=1, max_length=60, pattern=VISIBLE), Unicode] | None = Field(
        default=None, description="An English noun: girl, old man, fox …"
    )
    looks: Text | None = Field(default=None, description="A few English words: little, red coat, glasses …")
    sex: Literal["female", "male", ""] | None = Field(default=None, description="Empty leaves it open.")
    seed: Seed | None = Field(
        default=None, description="Fixes all that the looks leave open: another seed, another face."
    )


class MergeRequest(Body):
    model_config = example(into="girl-1")

    into: Annotated[str, Field(min_length=1, max_length=100), Unicode] = Field(
        description="The id of the character who stays."
    )


@router.patch(
    "/projects/{project_id}/characters/{character_id}",
    summary="Correct a character",
    responses=documented(400, 401, 404, 412, 413, 422),
)
async def edit_character(
    body: CharacterChanges,
    project: OwnProject,
    character_id: CharacterId,
    context: Context,
    links: MediaLinks,
    revision: Revision,
    response: Response,
) -> ProjectView:
    """Change what is sent. Pictures that show the character become stale, and no others; prompts say the new name."""
    sent: dict[str, Any] = body.model_dump(exclude_unset=True, exclude_none=True)
    edited = await casting.edit_character(context.pipeline, project, character_id, sent, revision)
    tag(response, edited.revision)
    return project_view(edited, links, whole=True)


@router.post(
    "/projects/{project_id}/characters/{character_id}/merge",
    summary="Merge two characters",
    responses=documented(400, 401, 404, 409, 412, 413, 422),
)
async def merge_characters(
    body: MergeRequest,
    project: OwnProject,
    character_id: CharacterId,
    context: Context,
    links: MediaLinks,
    revision: Revision,
    response: Response,
) -> ProjectView:
    """The two are one and the same: `into` stays, and stands wherever either stood."""
    merged = await casting.merge_characters(context.pipeline, project, character_id, body.into, revision)
    tag(response, merged.revision)
    return project_view(merged, links, whole=True)
