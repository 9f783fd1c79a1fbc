"""Cuts: every film that a project ever had, what changed since, and each as a file for other programs."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from storyreel.api.dependencies import Context, OwnProject
from storyreel.api.fields import View
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.domain.film import Codec, Film, FilmOptions, Preset, Subtitles
from storyreel.media.interchange import to_otio
from storyreel.media.subtitles import to_srt, to_vtt
from storyreel.pipeline.exporting import as_text, cuttings_of, heard_in
from storyreel.pipeline.review import Change, changes_since, find_film, review
from storyreel.store.database import artifacts, films

router = APIRouter(tags=["films"])

CutId = Annotated[str, Path(max_length=64, description="As it stands in the list of cuts.")]


class OptionsView(View):
    """What the film was asked for; see `make_film`."""

    resolution: str
    fps: int
    subtitles: Subtitles
    music: bool
    preset: Preset
    codec: Codec
    hardware: bool
    cards: bool
    highlight: bool


class CutView(View):
    """A finished film."""

    id: str = Field(description="That of the task that made it.")
    created_at: datetime
    title: str
    film_url: str | None
    chosen: bool = Field(description="It is the project's film: the last one made.")
    options: OptionsView
    duration: float = Field(description="Seconds.")
    frames: int
    width: int
    height: int
    size: int = Field(description="Bytes.")


class CutList(View):
    items: list[CutView] = Field(description="Newest first.")


class ShotChange(View):
    """A shot that is not as it is in the cut."""

    shot_id: str
    changes: list[Change]


class Changes(View):
    """What the same film would show otherwise now."""

    title: bool = Field(description="The project is called otherwise by now.")
    shots: list[ShotChange] = Field(description="In the storyboard's order, then those that are gone.")


class Format(StrEnum):
    """SRT and VTT: captions. OTIO: OpenTimelineIO, for editors. TXT: what is told."""

    SRT = "srt"
    VTT = "vtt"
    OTIO = "otio"
    TXT = "txt"


_MEDIA_TYPES = {
    Format.SRT: "application/x-subrip",
    Format.VTT: "text/vtt",
    Format.OTIO: "application/json",
    Format.TXT: "text/plain",
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {f"{kind}": {} for kind in _MEDIA_TYPES.values()}}
}


@router.get("/projects/{project_id}/cuts", summary="List the cuts", responses=documented(401, 404))
def list_cuts(project: OwnProject, context: Context, links: MediaLinks) -> CutList:
    """Every film that was finished, with what it was asked for."""
    with context.pipeline.database.read() as connection:
        found = films.of_project(connection, project.id)
        files = artifacts.many(connection, {film.artifact for film in found})
    return CutList(
        items=[
            _cut_view(film, files[film.artifact].facts | {"size": files[film.artifact].size}, links, project.film)
            for film in found
        ]
    )


def _cut_view(film: Film, facts: dict[str, Any], links: MediaLinks, chosen: str | None) -> CutView:
    return CutView(
        id=film.id,
        created_at=film.created_at,
        title=film.title,
        film_url=links.to(film.artifact),
        chosen=film.artifact == chosen,
        options=_options_view(film.options),
        **{name: facts[name] for name in ("duration", "frames", "width", "height", "size")},
    )


def _options_view(options: FilmOptions) -> OptionsView:
    return OptionsView.model_validate(options)


@router.get(
    "/projects/{project_id}/cuts/{cut_id}/changes",
    summary="What changed since a cut",
    responses=documented(401, 404, 422),
)
def read_changes(project: OwnProject, cut_id: CutId, context: Context) -> Changes:
    """What is not as it is in the cut: what `make_film`, asked for the same, would make anew."""
    film = find_film(context.pipeline, project, cut_id)
    found = changes_since(context.pipeline, project, film)
    return Changes(
        title=film.title != project.title,
        shots=[ShotChange(shot_id=id_, changes=list(changes)) for id_, changes in found.items()],
    )


@router.get(
    "/projects/{project_id}/cuts/{cut_id}/export/{format}",
    summary="Export a cut",
    response_class=Response,
    responses=_FILE | documented(401, 404, 422),
)
def export_cut(
    project: OwnProject,
    cut_id: CutId,
    format: Annotated[Format, Path(description="What for: captions, editors, readers.")],
    context: Context,
    links: MediaLinks,
) -> Response:
    """The cut's captions, its text, or its timeline for editors; the links to media in that hold for half an hour."""
    found = review(context.pipeline, project, cut_id)
    film = find_film(context.pipeline, project, cut_id)
    match format:
        case Format.SRT:
            text = to_srt(found.timeline.cues)
        case Format.VTT:
            text = to_vtt(found.timeline.cues)
        case Format.TXT:
            text = as_text(film)
        case Format.OTIO:
            voices, mix = heard_in(found, film, links.to)
            notes = {"project_id": project.id, "cut_id": film.id, "film_url": links.to(film.artifact)}
            text = to_otio(film.title, found.timeline.fps, cuttings_of(found, links.to), voices, mix, notes)
    disposition = f'attachment; filename="{project.id}.{format}"'
    return Response(text, media_type=_MEDIA_TYPES[format], headers={"Content-Disposition": disposition})
