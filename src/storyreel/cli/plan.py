"""`storyreel plan`: the storyboard of a story, before anything is drawn."""

import json
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from storyreel.cli import options
from storyreel.cli.local import Wish, begin_storyboard, require
from storyreel.cli.startup import log_warnings_only, read_settings, working
from storyreel.cli.stopping import stop_requests
from storyreel.cli.story import titled_story
from storyreel.cli.watching import wait_for
from storyreel.domain.film import Aspect
from storyreel.domain.project import Language, Project, ProjectSettings, Style
from storyreel.domain.shot import Shot

if TYPE_CHECKING:
    from storyreel.pipeline.context import Pipeline

EXAMPLES = options.examples("storyreel plan story.txt", "storyreel plan story.txt --style Anime --json")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(plan)


def plan(
    story: options.StoryFile,
    title: options.Title = None,
    style: options.StyleChoice = Style.CINEMATIC,
    aspect: options.AspectChoice = Aspect.WIDE,
    language: options.LanguageChoice = Language.AUTO,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    data_dir: options.DataDir = None,
) -> None:
    """Show the storyboard of a story: shots, prompts and narration, without drawing anything."""
    wish = Wish(*titled_story(story, title), style, ProjectSettings(aspect, language, seed=seed))
    settings = read_settings(data_dir=data_dir)
    log_warnings_only(Console(stderr=True))
    with stop_requests() as stop, working(settings) as storyreel:
        project, task = begin_storyboard(storyreel.pipeline, wish)
        require(storyreel.pipeline, project, wait_for(storyreel.pipeline, task, stop, lambda _task: None), stop)
        project, shots = _read(storyreel.pipeline, project)
    if as_json:
        typer.echo(json.dumps(_as_json(project, shots), ensure_ascii=False, indent=2))
    else:
        Console().print(_table(project, shots))


def _read(pipeline: "Pipeline", project: Project) -> tuple[Project, list[Shot]]:
    """The project and its shots as the storyboard's task left them."""
    from storyreel.store.database import projects, shots

    with pipeline.database.read() as connection:
        return projects.get(connection, project.id) or project, shots.of_project(connection, project.id)


def _as_json(project: Project, shots: list[Shot]) -> dict[str, Any]:
    from storyreel.domain.serialize import as_json

    keep = ("order", "narration", "prompt", "prompt_en", "transition", "scene")
    return {
        "project_id": project.id,
        "title": project.title,
        "language": project.language,
        "characters": [as_json(character) for character in project.characters],
        "shots": [{name: value for name, value in as_json(shot).items() if name in keep} for shot in shots],
    }


def _table(project: Project, shots: list[Shot]) -> Table:
    table = Table("#", "Narration", "Who", "Where", "Picture", title=project.title, show_lines=True)
    names = {character.id: character.name for character in project.characters}
    for shot in shots:
        table.add_row(str(shot.order + 1), shot.narration, _who(shot, names), _where(shot), shot.prompt)
    return table


def _who(shot: Shot, names: dict[str, str]) -> str:
    """Everybody on stage with what they do, and whom there are many of."""
    if shot.scene is None:
        return ""
    crowd = [f"many: {shot.scene.crowd}"] if shot.scene.crowd else []
    deeds = (f"{names.get(one.character, one.character)}: {one.pose}" for one in shot.scene.subjects)
    return "\n".join([*deeds, *crowd])


def _where(shot: Shot) -> str:
    """Setting, season, time and weather, as far as they are told."""
    scene = shot.scene
    if scene is None:
        return ""
    weather = scene.weather if scene.weather != "clear" else ""
    return "\n".join(word for word in (scene.setting, scene.season, scene.time, weather) if word)
