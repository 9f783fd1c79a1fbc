"""`storyreel engines`: which engines there are, and what they lack."""

import json

import typer
from rich.console import Console
from rich.table import Table

from storyreel.cli import options
from storyreel.cli.startup import read_settings

app = typer.Typer(help="Who makes storyboards, pictures, voices and clips.", no_args_is_help=True)


@app.command("list", epilog=options.examples("storyreel engines list", "storyreel engines list --json"))
def list_engines(as_json: options.AsJson = False) -> None:
    """List the installed engines: which is used by default, and what keeps one from running."""
    import asyncio

    from storyreel.assembly import engine_registry

    overview = asyncio.run(engine_registry(read_settings()).overview())
    if as_json:
        rows = [
            {
                "kind": info.kind,
                "id": info.id,
                "version": info.version,
                "title": info.title,
                "languages": list(info.languages),
                "default": default,
                "missing": missing,
            }
            for info, default, missing in overview
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("Kind", "Engine", "Version", "What it is", "State")
    for info, default, missing in overview:
        state = "; ".join(missing) or ("ready, used by default" if default else "ready")
        table.add_row(info.kind, info.id, info.version, info.title, state)
    Console().print(table)
