"""`storyreel voices`: who can tell a story."""

import json

import typer
from rich.console import Console
from rich.table import Table

from storyreel.cli import options
from storyreel.cli.startup import read_settings

app = typer.Typer(help="Who can tell a story.", no_args_is_help=True)


@app.command("list", epilog=options.examples("storyreel voices list", "storyreel voices list --json"))
def list_voices(as_json: options.AsJson = False) -> None:
    """List the voices of the chosen speech engine; the first of a language is its default."""
    import asyncio
    from dataclasses import asdict

    from storyreel.assembly import engine_registry

    engine = engine_registry(read_settings()).speech()

    async def ask() -> list[dict[str, str]]:
        return [asdict(voice) for voice in await engine.voices()]

    voices = asyncio.run(ask())
    if as_json:
        typer.echo(json.dumps(voices, ensure_ascii=False, indent=2))
        return
    table = Table("Voice", "Who it is", "Language", "Sex")
    for voice in voices:
        table.add_row(voice["id"], voice["title"], voice["language"], voice["sex"])
    Console().print(table)
