"""`storyreel scene`: how one sentence is understood and drawn, to explore what can be."""

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from storyreel.cli import options
from storyreel.cli.startup import log_warnings_only, read_settings
from storyreel.domain.film import Aspect, canvas_for
from storyreel.domain.project import MAX_STORY_CHARACTERS, Language, Style

EXAMPLES = options.examples(
    'storyreel scene "An old fisherman rows across the lake at dawn, in the fog."',
    'storyreel scene "下雨的夜里，小红抱着一只猫。" -o rain.png --style Anime --aspect 9:16',
    'storyreel scene "Two knights fight in front of the castle." --json',
)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(scene)


def scene(
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="What is to be seen, in English or Chinese.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the picture goes.", dir_okay=False)] = Path(
        "scene.png"
    ),
    style: options.StyleChoice = Style.CINEMATIC,
    aspect: options.AspectChoice = Aspect.WIDE,
    language: options.LanguageChoice = Language.AUTO,
    resolution: Annotated[str, typer.Option(help="480p, 720p, 1080p, 1440p, 2160p, or a size as WxH.")] = "720p",
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
) -> None:
    """Draw one sentence: the picture of its first shot, and what was understood of it."""
    import asyncio
    from tempfile import TemporaryDirectory

    from storyreel.assembly import engine_registry
    from storyreel.domain.serialize import as_json as jsonable
    from storyreel.engines.contracts.story import StoryRequest
    from storyreel.pipeline.sketch import sketch
    from storyreel.pipeline.storyboard import clean_text

    canvas = canvas_for(resolution, aspect)
    text = clean_text(sentence, "story", MAX_STORY_CHARACTERS)
    request = StoryRequest(text, text, style, language, aspect, seed)
    log_warnings_only(Console(stderr=True))
    with TemporaryDirectory(prefix="storyreel-") as folder:
        drawn = asyncio.run(sketch(engine_registry(read_settings()), request, canvas, Path(folder)))
        shutil.copyfile(drawn.picture, output)
    if as_json:
        found = {"path": str(output.resolve()), "prompt": drawn.shot.prompt, "scene": jsonable(drawn.shot.scene)}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{output.resolve()}\n{drawn.shot.prompt}")
