"""Films: make one, read the last one."""

import asyncio

from fastapi import APIRouter
from pydantic import Field

from storyreel.api.dependencies import Context, Creating, OwnProject
from storyreel.api.fields import Body, Flag, Resolution, View, example
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import FrameRate
from storyreel.api.shots import Started
from storyreel.domain.film import Codec, FilmOptions, Preset, Subtitles
from storyreel.errors import NotFoundError
from storyreel.pipeline import film
from storyreel.store.database import artifacts

router = APIRouter(tags=["films"])


class FilmRequest(Body):
    model_config = example(resolution="1080p", subtitles="burned")

    resolution: Resolution | None = Field(default=None, description="The project's, if left out.")
    fps: FrameRate | None = Field(default=None, description="The project's, if left out.")
    subtitles: Subtitles = Subtitles.BURNED
    music: Flag = True
    preset: Preset = Field(default=Preset.STANDARD, description="Quality and size; see docs/reference/presets.md.")
    codec: Codec = Field(default=Codec.H264, description="H.264 plays everywhere; the others are smaller and slower.")
    cards: Flag = Field(default=True, description="The title before the first shot, and a word after the last one.")
    highlight: Flag = Field(default=False, description="In burned captions the word being said stands out.")
    hardware: Flag = Field(default=False, description="Encode in graphics hardware, if a machine at work has any.")


class FilmView(View):
    film_url: str | None
    duration: float = Field(description="Seconds.")
    frames: int
    width: int
    height: int
    fps: str = Field(description="Frames per second, as a fraction such as 24 or 30000/1001.")
    size: int = Field(description="Bytes.")


@router.post(
    "/projects/{project_id}/make_film",
    summary="Make the film",
    responses=documented(400, 401, 404, 413, 422, 429),
)
async def make_film(
    project: OwnProject, context: Context, creating: Creating, body: FilmRequest | None = None
) -> Started:
    """Start a FILM task: makes what is missing or stale, then cuts, sounds and joins. Its result has the `film_url`."""
    wanted = body or FilmRequest()
    options = FilmOptions(
        resolution=wanted.resolution or project.settings.resolution,
        fps=wanted.fps or project.settings.fps,
        subtitles=wanted.subtitles,
        music=wanted.music,
        preset=wanted.preset,
        codec=wanted.codec,
        hardware=wanted.hardware,
        cards=wanted.cards,
        highlight=wanted.highlight,
    )
    task = await asyncio.to_thread(film.begin_film, context.pipeline, project, options, await creating.resource_id())
    return Started(task_id=task.id)


@router.get("/projects/{project_id}/film", summary="Read the film", responses=documented(401, 404))
def read_film(project: OwnProject, context: Context, links: MediaLinks) -> FilmView:
    """The last finished film."""
    with context.pipeline.database.read() as connection:
        made = artifacts.get(connection, project.film) if project.film else None
    if made is None:
        raise NotFoundError("The project has no film yet.", code="film_not_found", hint="POST make_film makes one.")
    facts = made.facts
    return FilmView(
        film_url=links.to(made.key),
        duration=facts["duration"],
        frames=facts["frames"],
        width=facts["width"],
        height=facts["height"],
        fps=facts["fps"],
        size=made.size,
    )
