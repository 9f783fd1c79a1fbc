"""Options that several commands share, and how examples are shown under a command's help."""

from pathlib import Path
from typing import Annotated

import typer

from storyreel.domain.film import Aspect
from storyreel.domain.project import Language, Style

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the database and everything made; else STORYREEL_DATA_DIR, else a folder of the user's own.",
        file_okay=False,
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
StoryFile = Annotated[
    str, typer.Argument(metavar="STORY.txt", help="The story, plain text in UTF-8; - reads standard input.")
]
Title = Annotated[
    str | None, typer.Option(help="The film's title; else the story's own, or the file's name.", show_default=False)
]
StyleChoice = Annotated[
    Style, typer.Option("--style", metavar="|".join(Style), case_sensitive=False, help="The look of every picture.")
]
AspectChoice = Annotated[Aspect, typer.Option("--aspect", help="The picture's width to its height.")]
LanguageChoice = Annotated[
    Language, typer.Option("--language", case_sensitive=False, help="The story's language; auto finds out.")
]
Seed = Annotated[
    int, typer.Option(min=0, max=2**31 - 1, help="Fixes every random choice; another seed gives another film.")
]


def examples(*lines: str) -> str:
    """An epilog: each example on a line of its own."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"  {line}" for line in lines)])
