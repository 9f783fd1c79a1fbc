"""Shots: read, edit, insert, delete, generate, versions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from storyreel.api.dependencies import Context, Creating, OwnProject, OwnShot, Revision, project_of, tag
from storyreel.api.fields import NO_NUL, Body, Narration, Prompt, Unicode, View, VoiceName, Whole, example
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.api.scenes import SceneChanges
from storyreel.domain.project import Project, Style
from storyreel.domain.serialize import as_json
from storyreel.domain.shot import Shot, ShotStatus, Version, VersionKind
from storyreel.domain.storyboard import Transition
from storyreel.pipeline import deleting, editing
from storyreel.store.database import shots

router = APIRouter(tags=["shots"])

_EXAMPLE = {
    "id": "s1",
    "project_id": "abc-123",
    "order": 0,
    "prompt": "Wide shot: a kid walks on the moon, the Earth in the sky, cinematic light",
    "narration": "A kid walks on the moon.",
    "transition": "cut",
    "image_url": None,
    "video_url": None,
    "status": "PENDING",
    "task_id": None,
}


class ShotView(View):
    """One picture of the storyboard."""

    model_config = View.model_config | {"json_schema_extra": {"examples": [_EXAMPLE]}}

    id: str
    project_id: str
    order: int = Field(description="Place in the storyboard, from 0.")
    prompt: str
    narration: str
    transition: Transition = Field(description="How it gives way to the next shot.")
    image_url: str | None = Field(description="Opens as it is, for half an hour at least; with `&w=320`, small.")
    video_url: str | None
    narration_url: str | None
    status: ShotStatus
    task_id: str | None = Field(description="The latest task that was started for the shot.")
    error: str | None = Field(description="Why the last task failed, when the status is FAILED.")
    style: Style | None = Field(description="The shot's own style, when it differs from the project's.")
    voice: str | None = Field(description="The shot's own voice, when it differs from the project's.")
    scene: dict[str, Any] | None = Field(description="What the story engine understood; the illustrator draws it.")
    characters: list[str] = Field(description="Names of those on stage.")
    take: int = Field(description="Varies the seed of the picture.")
    revision: int = Field(description='Counts edits; the ETag is `"r<revision>"`. `revert` goes back to any of them.')


class ShotChanges(Body):
    model_config = example(narration="A kid walks on the moon.", transition="crossfade")

    prompt: Prompt | None = None
    narration: Narration | None = None
    transition: Transition | None = None


class ShotEdits(ShotChanges):
    model_config = example(transition="dissolve", scene={"camera": "pan_left"})

    style: Style | Literal[""] | None = Field(default=None, description="The shot's own; empty: the project's.")
    voice: Annotated[str, Field(max_length=100, pattern=NO_NUL), Unicode] | None = Field(
        default=None, description="The shot's own voice, of GET /api/voices; empty: the project's."
    )
    take: Annotated[int, Field(ge=0, lt=2**20), Whole] | None = Field(
        default=None, description="Another number, another picture of the same words: it varies the project's seed."
    )
    scene: SceneChanges | None = Field(default=None, description="Of the scene, what shall be otherwise.")


class RevertRequest(Body):
    model_config = example(revision=1)

    revision: Annotated[int, Field(ge=1, le=1_000_000_000), Whole] = Field(description="An earlier `revision`.")


class NewShot(Body):
    model_config = example(prompt="Close-up: a footprint in the dust", order=1)

    prompt: Prompt
    narration: Narration = ""
    transition: Transition = Transition.CUT
    order: Annotated[int, Field(ge=0, le=1_000_000), Whole] | None = Field(
        default=None, description="Where to insert it; at the end if left out."
    )


class ImageRequest(Body):
    model_config = example(prompt="Wide shot: a kid walks on the moon", style="Anime")

    prompt: Prompt | None = Field(default=None, description="Replaces the shot's prompt.")
    style: Style | None = Field(default=None, description="Replaces the shot's style.")


class VideoRequest(Body):
    model_config = example(transition="crossfade")

    image_url: Annotated[str, Field(min_length=1, max_length=4000), Unicode] | None = Field(
        default=None, description="A link of ours, or any public http(s) picture; the shot's own picture if left out."
    )
    transition: Transition | None = None


class NarrationRequest(Body):
    model_config = example(narration="A kid walks on the moon.")

    narration: Narration | None = Field(default=None, description="Replaces the shot's narration.")
    voice: VoiceName | None = Field(default=None, description="Replaces the shot's voice.")


class RestoreRequest(Body):
    model_config = example(version=1)

    version: Annotated[int, Field(ge=1, le=1_000_000), Whole]


class Started(View):
    task_id: str


class VersionView(View):
    version: int
    kind: VersionKind
    url: str | None
    created_at: datetime
    made_from: dict[str, Any] = Field(description="The shot's fields that it was made from.")
    chosen: bool = Field(description="Whether the shot uses it now.")


class Versions(View):
    shot_id: str
    items: list[VersionView] = Field(description="Newest first.")


def shot_view(shot: Shot, project: Project, links: Links) -> ShotView:
    """The shot as clients see it."""
    names = {character.id: character.name for character in project.characters}
    return ShotView(
        id=shot.id,
        project_id=shot.project_id,
        order=shot.order,
        prompt=shot.prompt,
        narration=shot.narration,
        transition=shot.transition,
        image_url=links.to(shot.image),
        video_url=links.to(shot.clip),
        narration_url=links.to(shot.voice),
        status=shot.status,
        task_id=shot.task_id,
        error=shot.error,
        style=Style(shot.style) if shot.style else None,
        voice=shot.voice_name,
        scene=as_json(shot.scene) if shot.scene else None,
        characters=[names.get(subject.character, subject.character) for subject in shot.scene.subjects]
        if shot.scene
        else [],
        take=shot.take,
        revision=shot.revision,
    )


def _sent(body: Body) -> dict[str, Any]:
    """The fields that were sent, as a shot has them; null means the same as left out."""
    sent = body.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if "voice" in sent:
        sent["voice_name"] = sent.pop("voice") or None
    if "style" in sent:
        sent["style"] = sent["style"] or None
    return sent


def _staged(edits: ShotEdits) -> dict[str, Any]:
    """The scene's fields that were sent, those of everybody on stage in full."""
    if edits.scene is None:
        return {}
    scene = {name: value for name, value in edits.scene.model_dump(mode="json").items() if value is not None}
    return {"scene": scene | ({"crowd": scene["crowd"] or None} if "crowd" in scene else {})}


@router.get("/shots/{shot_id}", summary="Read a shot", responses=documented(401, 404))
def read_shot(shot: OwnShot, context: Context, links: MediaLinks, response: Response) -> ShotView:
    """The shot, with its ETag."""
    tag(response, shot.revision)
    return shot_view(shot, project_of(context, shot), links)


@router.post(
    "/shots/{shot_id}/update_prompt",
    summary="Edit a shot",
    responses=documented(400, 401, 404, 412, 413, 422),
)
async def update_prompt(
    body: ShotChanges, shot: OwnShot, context: Context, links: MediaLinks, revision: Revision, response: Response
) -> ShotView:
    """Change what is sent and only that. What was made from the old words stays until it is generated again."""
    project = project_of(context, shot)
    edited = await editing.edit_shot(context.pipeline, project, shot, _sent(body), revision)
    tag(response, edited.revision)
    return shot_view(edited, project, links)


@router.patch("/shots/{shot_id}", summary="Edit all of a shot", responses=documented(400, 401, 404, 412, 413, 422))
async def edit_shot(
    body: ShotEdits, shot: OwnShot, context: Context, links: MediaLinks, revision: Revision, response: Response
) -> ShotView:
    """As `update_prompt`, and besides the words also style, voice, take, and the scene: its camera, who is on stage."""
    project = project_of(context, shot)
    edited = await editing.edit_shot(context.pipeline, project, shot, _sent(body) | _staged(body), revision)
    tag(response, edited.revision)
    return shot_view(edited, project, links)


@router.post(
    "/shots/{shot_id}/revert",
    summary="Go back to a revision",
    responses=documented(400, 401, 404, 412, 413, 422),
)
def revert(
    body: RevertRequest, shot: OwnShot, context: Context, links: MediaLinks, revision: Revision, response: Response
) -> ShotView:
    """Words, choices and chosen media as they were at that revision: undo, and redo. It is an edit like any other."""
    reverted = editing.revert(context.pipeline, shot, body.revision, revision)
    tag(response, reverted.revision)
    return shot_view(reverted, project_of(context, reverted), links)


@router.post(
    "/projects/{project_id}/shots",
    summary="Insert a shot",
    responses=documented(400, 401, 404, 409, 413, 422),
)
async def insert_shot(
    body: NewShot, project: OwnProject, context: Context, links: MediaLinks, creating: Creating
) -> ShotView:
    """A new shot at `order`; later ones move on."""
    shot = await editing.insert_shot(
        context.pipeline,
        project,
        order=body.order,
        prompt=body.prompt,
        narration=body.narration,
        transition=body.transition,
        shot_id=await creating.resource_id(),
    )
    return shot_view(shot, project, links)


class Deleted(View):
    ok: bool = True


@router.delete("/shots/{shot_id}", summary="Delete a shot", responses=documented(401, 404))
def delete_shot(shot: OwnShot, context: Context) -> Deleted:
    """Stop the shot's work and delete it; later ones move up. For 30 days, `undelete` brings it back."""
    deleting.delete_shots(context.pipeline, shot.project_id, [shot.id])
    return Deleted()


@router.post(
    "/shots/{shot_id}/generate_image",
    summary="Generate the picture",
    responses=documented(400, 401, 404, 412, 413, 422, 429),
)
async def generate_image(
    shot: OwnShot, context: Context, creating: Creating, body: ImageRequest | None = None
) -> Started:
    """Start an SD task. Its result has the `image_url`. Asking again for the same picture draws another take."""
    changes = _sent(body) if body else {}
    task = await editing.generate_image(
        context.pipeline, project_of(context, shot), shot, changes, await creating.resource_id()
    )
    return Started(task_id=task.id)


@router.post(
    "/shots/{shot_id}/generate_video",
    summary="Generate the clip",
    responses=documented(400, 401, 404, 412, 413, 422, 429),
)
async def generate_video(
    shot: OwnShot, context: Context, links: MediaLinks, creating: Creating, body: VideoRequest | None = None
) -> Started:
    """Start an SVD task that moves the picture for as long as the narration lasts. Its result has the `video_url`."""
    project = project_of(context, shot)
    wanted = body or VideoRequest()
    image = links.own_artifact(wanted.image_url, project.owner_id) if wanted.image_url else None
    task = await editing.generate_clip(
        context.pipeline,
        project,
        shot,
        image=image,
        image_url=None if image else wanted.image_url,
        changes={"transition": wanted.transition} if wanted.transition else {},
        task_id=await creating.resource_id(),
    )
    return Started(task_id=task.id)


@router.post(
    "/shots/{shot_id}/generate_narration",
    summary="Generate the voice",
    responses=documented(400, 401, 404, 409, 412, 413, 422, 429),
)
async def generate_narration(
    shot: OwnShot, context: Context, creating: Creating, body: NarrationRequest | None = None
) -> Started:
    """Start a TTS task. Its result has the `narration_url` and the `duration` in seconds."""
    changes = _sent(body) if body else {}
    task = await editing.generate_narration(
        context.pipeline, project_of(context, shot), shot, changes, await creating.resource_id()
    )
    return Started(task_id=task.id)


@router.get("/shots/{shot_id}/versions", summary="List versions", responses=documented(401, 404))
def list_versions(shot: OwnShot, context: Context, links: MediaLinks) -> Versions:
    """Everything that was ever made for the shot."""
    with context.pipeline.database.read() as connection:
        found = shots.versions_of(connection, shot.id)
    return Versions(shot_id=shot.id, items=[_version_view(version, shot, links) for version in found])


def _version_view(version: Version, shot: Shot, links: Links) -> VersionView:
    chosen = {VersionKind.IMAGE: shot.image, VersionKind.NARRATION: shot.voice, VersionKind.CLIP: shot.clip}
    return VersionView(
        version=version.number,
        kind=version.kind,
        url=links.to(version.artifact),
        created_at=version.created_at,
        made_from=version.made_from if version.kind is not VersionKind.CLIP else {},
        chosen=chosen[version.kind] == version.artifact,
    )


@router.post(
    "/shots/{shot_id}/restore",
    summary="Restore a version",
    responses=documented(400, 401, 404, 412, 413, 422),
)
def restore(body: RestoreRequest, shot: OwnShot, context: Context, links: MediaLinks, response: Response) -> ShotView:
    """Bring back what was made then, with the words that it was made from."""
    project = project_of(context, shot)
    restored = editing.restore(context.pipeline, project, shot, body.version)
    tag(response, restored.revision)
    return shot_view(restored, project, links)
