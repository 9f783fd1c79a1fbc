"""The cast: who is in the story and what they are like, as the story engine understood it or as a person says."""

import uuid
import zlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from storyreel.api.cast import CharacterView, character_view
from storyreel.api.dependencies import Context, Creating, OwnProject, Revision, tag
from storyreel.api.fields import NO_NUL, VISIBLE, Body, Seed, Unicode, View, example
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import ProjectView, project_view
from storyreel.api.shots import Started
from storyreel.domain.project import Project
from storyreel.domain.storyboard import Character, member_of
from storyreel.errors import InvalidInputError
from storyreel.pipeline import casting
from storyreel.pipeline.sheet import generate_sheet as begin_sheet

router = APIRouter(tags=["characters"])

CharacterId = Annotated[str, Path(max_length=100, description="As it stands in the project's `characters`.")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE), Unicode]
Kind = Annotated[
    str, Field(min_length=1, max_length=60, pattern=VISIBLE, description="An English noun: girl, old man …"), Unicode
]
Looks = Annotated[
    str,
    Field(max_length=200, pattern=NO_NUL, description="A few English words, which the built-in illustrator draws."),
    Unicode,
]
Description = Annotated[
    str,
    Field(max_length=1000, pattern=NO_NUL, description="Said by every prompt in which they appear, word for word."),
    Unicode,
]
Sex = Annotated[Literal["female", "male", ""], Field(description="Empty leaves it open.")]
Face = Annotated[Seed, Field(description="Fixes all that the looks leave open: another seed, another face.")]
OwnVoice = Annotated[
    str, Field(max_length=100, pattern=NO_NUL, description="Of GET /api/voices; empty: one that fits them."), Unicode
]
Reference = Annotated[
    str,
    Field(max_length=4000, description="The `url` of POST /api/media or of a picture of yours; empty: none."),
    Unicode,
]


class CharacterChanges(Body):
    model_config = example(name="Mara", description="a girl of seven with a red coat and round glasses")

    name: Name | None = None
    kind: Kind | None = None
    looks: Looks | None = None
    description: Description | None = None
    sex: Sex | None = None
    seed: Face | None = None
    voice: OwnVoice | None = None
    reference_url: Reference | None = None


class NewCharacter(Body):
    model_config = example(name="Mara", kind="girl", description="a girl of seven with a red coat and round glasses")

    name: Name
    kind: Kind = "person"
    looks: Looks = ""
    description: Description = ""
    sex: Sex = ""
    seed: Face | None = None
    voice: OwnVoice = ""
    reference_url: Reference = ""


class Characters(View):
    items: list[CharacterView]


class MergeRequest(Body):
    model_config = example(into="girl-1")

    into: Annotated[str, Field(min_length=1, max_length=100), Unicode] = Field(
        description="The id of the character who stays."
    )


@router.get("/projects/{project_id}/characters", summary="List the characters", responses=documented(401, 404))
def list_characters(project: OwnProject, links: MediaLinks, response: Response) -> Characters:
    """The cast, in the order in which they come. The ETag is the project's."""
    tag(response, project.revision)
    return Characters(items=[character_view(member, links) for member in project.characters])


@router.post(
    "/projects/{project_id}/characters",
    summary="Add a character",
    responses=documented(400, 401, 404, 409, 412, 413, 422),
)
async def add_character(
    body: NewCharacter,
    project: OwnProject,
    context: Context,
    links: MediaLinks,
    creating: Creating,
    revision: Revision,
    response: Response,
) -> CharacterView:
    """Somebody whom the story engine missed. Prompts that say the name mean them, and so will those written later."""
    fields = _fields(body.model_dump(exclude_none=True), project, links)
    fields.setdefault("seed", zlib.crc32(f"{project.settings.seed}/{body.name}".encode()) & 0x7FFFFFFF)
    member = Character(id=await creating.resource_id() or str(uuid.uuid4()), **fields)
    edited = await casting.add_character(context.pipeline, project, member, revision)
    tag(response, edited.revision)
    return character_view(member_of(edited.characters, member.id), links)


@router.patch(
    "/projects/{project_id}/characters/{character_id}",
    summary="Edit a character",
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
    """Change what is sent. Shots in which they appear become stale, and no others; prompts say the new name."""
    sent = _fields(body.model_dump(exclude_unset=True, exclude_none=True), project, links)
    edited = await casting.edit_character(context.pipeline, project, character_id, sent, revision)
    tag(response, edited.revision)
    return project_view(edited, links)


@router.delete(
    "/projects/{project_id}/characters/{character_id}",
    summary="Remove a character",
    responses=documented(401, 404, 412),
)
async def remove_character(
    project: OwnProject,
    character_id: CharacterId,
    context: Context,
    links: MediaLinks,
    revision: Revision,
    response: Response,
) -> ProjectView:
    """Take them out of the cast and out of every picture. What the prompts say of them is left to you."""
    edited = await casting.remove_character(context.pipeline, project, character_id, revision)
    tag(response, edited.revision)
    return project_view(edited, links)


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
    return project_view(merged, links)


@router.post(
    "/projects/{project_id}/characters/{character_id}/generate_sheet",
    summary="Draw a character's sheet",
    responses=documented(401, 404, 422, 429),
)
async def generate_sheet(
    project: OwnProject, character_id: CharacterId, context: Context, creating: Creating
) -> Started:
    """Start an SD task that draws them alone; the picture becomes their reference. Asking again draws another one."""
    task = await begin_sheet(context.pipeline, project, character_id, await creating.resource_id())
    return Started(task_id=task.id)


def _fields(sent: dict[str, Any], project: Project, links: Links) -> dict[str, Any]:
    """What was sent as a character has it.

    Raises:
        NotFoundError, InvalidInputError: the reference is no picture of the user's.
    """
    fields = dict(sent)
    if "voice" in fields:
        fields["voice"] = fields["voice"] or None
    if "reference_url" in fields:
        url = fields.pop("reference_url")
        fields["reference"] = links.own_artifact(url, project.owner_id) if url else None
        if url and fields["reference"] is None:
            raise InvalidInputError(
                "A reference must be a picture that is here already.",
                code="invalid_image_url",
                hint="Upload it by POST /api/media, then send the url of its answer.",
            )
    return fields
