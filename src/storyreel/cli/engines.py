"""`storyreel engines`: which engines there are, and what they lack."""

import json
from itertools import groupby
from typing import Any

import typer
from rich.console import Console
from rich.table import Column, Table

from storyreel.cli import options
from storyreel.cli.startup import read_settings
from storyreel.engines.contracts.engine import EngineInfo

app = typer.Typer(help="Who makes storyboards, pictures, voices and clips.", no_args_is_help=True)


@app.command("list", epilog=options.examples("storyreel engines list", "storyreel engines list --json"))
def list_engines(as_json: options.AsJson = False) -> None:
    """List the installed engines: which is used by default, what they can do, and what keeps one from running."""
    import asyncio

    from storyreel.assembly import engine_registry

    overview = asyncio.run(engine_registry(read_settings()).overview())
    if as_json:
        typer.echo(json.dumps([_row(*engine) for engine in overview], ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    for kind, engines in groupby(overview, key=lambda engine: engine[0].kind):
        columns = (Column(width=20, overflow="fold"), Column(width=9, no_wrap=True), Column(overflow="fold"))
        table = Table(*columns, box=None, show_header=False, pad_edge=False)
        for info, default, missing in engines:
            state = ("not ready" if default else "") if missing else ("used" if default else "ready")
            lines = [_told(info), *(f"– {one}" for one in missing)]
            table.add_row(f"  {info.id}", state, "\n".join(lines), style="bold" if default else None)
        console.print(f"{kind}: {_MAKES[kind]}", table, "")


_MAKES = {"story": "storyboards", "image": "pictures", "speech": "voices", "video": "clips"}


def _told(info: EngineInfo) -> str:
    """Who an engine is and what it can do, in a line."""
    can = [
        info.title,
        ", ".join(info.languages),
        f"{info.max_batch} at a time" if info.max_batch > 1 else "",
        "goes by pictures of characters" if info.references and info.kind == "image" else "",
    ]
    return " · ".join(filter(None, can))


def _row(info: EngineInfo, default: bool, missing: list[str]) -> dict[str, Any]:
    return {
        "kind": info.kind,
        "id": info.id,
        "version": info.version,
        "title": info.title,
        "languages": list(info.languages),
        "max_batch": info.max_batch,
        "references": info.references,
        "immediate": info.immediate,
        "default": default,
        "ready": not missing,
        "missing": missing,
    }
