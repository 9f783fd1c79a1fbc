"""`storyreel make`: a story file in, a film file out, without a server."""

import json
import os
import shutil
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from storyreel.cli import options
from storyreel.cli.local import Wish, begin_storyboard, check_voice, require
from storyreel.cli.startup import log_warnings_only, read_settings, working
from storyreel.cli.stopping import StopRequest, stop_requests
from storyreel.cli.story import titled_story
from storyreel.cli.watching import StageBars, wait_for
from storyreel.domain.film import Aspect, Codec, FilmOptions, Preset, Subtitles
from storyreel.domain.project import Language, Project, ProjectSettings, Style
from storyreel.domain.task import Task
from storyreel.errors import InvalidInputError, StoryreelError

if TYPE_CHECKING:
    from storyreel.domain.artifact import Artifact
    from storyreel.pipeline.context import Pipeline

EXAMPLES = options.examples(
    "storyreel make story.txt",
    "storyreel make story.txt -o walk.mp4 --style Anime --aspect 9:16",
    "storyreel make story.txt --resolution 1080p --fps 30 --voice en-gb-f",
    "storyreel make story.txt --resolution 2160p --preset high --codec hevc --subtitles track",
    "echo 'A fox crosses the snow.' | storyreel make - --json",
)


@dataclass(frozen=True, slots=True)
class Film:
    """The finished film, and how much went into it."""

    project: Project
    artifact: "Artifact"
    shots: int


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(make)


def make(
    story: options.StoryFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the film goes.", dir_okay=False)] = Path(
        "film.mp4"
    ),
    title: options.Title = None,
    style: options.StyleChoice = Style.CINEMATIC,
    aspect: options.AspectChoice = Aspect.WIDE,
    language: options.LanguageChoice = Language.AUTO,
    voice: Annotated[
        str | None,
        typer.Option(help="Who tells it: see `storyreel voices list`; else the language's first.", show_default=False),
    ] = None,
    resolution: Annotated[str, typer.Option(help="480p, 720p, 1080p, 1440p, 2160p, or a size as WxH.")] = "720p",
    fps: Annotated[int, typer.Option(help="Frames per second: 24, 25, 30 or 60.")] = 24,
    seed: options.Seed = 0,
    preset: Annotated[
        Preset, typer.Option(help="Quality and size: draft to look at soon, high to keep.")
    ] = Preset.STANDARD,
    codec: Annotated[
        Codec, typer.Option(help="h264 plays everywhere; the others are smaller and slower.")
    ] = Codec.H264,
    hardware: Annotated[bool, typer.Option("--hardware", help="Encode in graphics hardware, if there is any.")] = False,
    subtitles: Annotated[
        Subtitles, typer.Option(help="Captions: drawn into the picture, as a track that players show, both, or none.")
    ] = Subtitles.BURNED,
    highlight: Annotated[
        bool, typer.Option("--highlight", help="In captions drawn into the picture, the word being said stands out.")
    ] = False,
    no_music: Annotated[bool, typer.Option("--no-music", help="Leave the voice alone, without music.")] = False,
    no_cards: Annotated[bool, typer.Option("--no-cards", help="Leave out the title and the end card.")] = False,
    as_json: options.AsJson = False,
    data_dir: options.DataDir = None,
) -> None:
    """Make a film of a story. Stopped or killed, a second run goes on where the first one stopped."""
    began = time.monotonic()
    choices = ProjectSettings(aspect, language, voice, seed, resolution, fps)
    wish = Wish(*titled_story(story, title), style, choices)
    check_output(output, story)
    settings = read_settings(data_dir=data_dir)
    film_options = FilmOptions(
        resolution, fps, subtitles, not no_music, preset, codec, hardware, cards=not no_cards, highlight=highlight
    )
    console = Console(stderr=True)
    log_warnings_only(console)
    with stop_requests() as stop, working(settings) as storyreel:
        check_voice(storyreel.pipeline, voice)
        film = _make(storyreel.pipeline, wish, film_options, stop, None if as_json else console)
        deliver(storyreel.pipeline.artifacts.path(film.artifact), output)
    _tell(film, output.resolve(), time.monotonic() - began, as_json)


def _make(
    pipeline: "Pipeline", wish: Wish, film_options: FilmOptions, stop: StopRequest, console: Console | None
) -> Film:
    from storyreel.pipeline.film import begin_film

    project, storyboard = begin_storyboard(pipeline, wish)
    with StageBars(pipeline, console) if console else nullcontext() as bars:
        planned = wait_for(pipeline, storyboard, stop, bars.storyboard if bars else _unseen)
        require(pipeline, project, planned, stop)
        film = begin_film(pipeline, project, film_options)
        joined = wait_for(pipeline, film, stop, bars.film if bars else _unseen)
        made_from = require(pipeline, project, joined, stop)
    artifact = pipeline.artifacts.find(made_from["film"])
    if artifact is None:
        raise StoryreelError("The finished film is gone from the data folder.", hint="Run the same command again.")
    return Film(project, artifact, (planned.result or {})["shots"])


def _unseen(_task: Task) -> None:
    """No bars where JSON is wanted."""


def check_output(output: Path, story: str) -> None:
    """Make sure, before hours of work, that the film can be put where it should go.

    Raises:
        InvalidInputError: it cannot.
    """
    folder = output.parent
    if output.is_dir():
        problem = "it is a folder"
    elif not folder.is_dir():
        problem = "there is no such folder"
    elif not os.access(folder, os.W_OK):
        problem = "the folder may not be written to"
    elif output.exists() and Path(story).exists() and output.samefile(story):
        problem = "that is the story itself"
    else:
        return
    raise InvalidInputError(f"The film cannot be written to {output}: {problem}.", hint="Choose another -o.")


def deliver(film: Path, output: Path) -> None:
    """Copy the film to where it was asked for: whole, or not at all.

    Raises:
        StoryreelError: the copy failed, most often because the disk is full.
    """
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with film.open("rb") as source, partial.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoryreelError(
            f"The film is made, but cannot be written to {output}: {error.strerror}.",
            code="output_unwritable",
            hint="Run the same command with another -o; nothing is made again.",
        ) from error


def _tell(film: Film, output: Path, seconds: float, as_json: bool) -> None:
    facts = film.artifact.facts
    if as_json:
        answer = {
            "path": str(output),
            "duration": facts["duration"],
            "frames": facts["frames"],
            "seconds": round(seconds, 1),
            "project_id": film.project.id,
            "shots": film.shots,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    size = f"{facts['width']}x{facts['height']} at {facts['fps']} fps, {film.artifact.size / 1e6:.1f} MB"
    typer.echo(output)
    typer.echo(f"plays {clock(facts['duration'])} ({film.shots} shots, {size}), made in {clock(seconds)}")


def clock(seconds: float) -> str:
    """A length of time as players show it: 0:07, 12:40, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
