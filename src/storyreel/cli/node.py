"""`storyreel node`: this machine's engines at work for a server elsewhere."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from storyreel.cli import options
from storyreel.cli.serve import listening, url_of, web_server
from storyreel.cli.startup import log_to_stderr, read_settings, usable_data
from storyreel.cli.stopping import stop_requests
from storyreel.errors import InvalidInputError

EXAMPLES = options.examples(
    "storyreel node --kinds image,video",
    "storyreel node --host 0.0.0.0 --port 8100",
    "storyreel node --pull https://film.example --name studio",
)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(node)


def node(
    kinds: Annotated[str, typer.Option(help="What it does, of story,image,speech,video.")] = "story,image,speech,video",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks one.")] = 8100,
    pull: Annotated[
        str | None,
        typer.Option(
            help="Address of the server to fetch work from, for a node that it cannot reach.", show_default=False
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What the server calls this node.")] = "node",
    data_dir: options.DataDir = None,
) -> None:
    """Do work for a server until told to stop (Ctrl-C or SIGTERM): its settings for it are printed."""
    from storyreel.assembly import node_service
    from storyreel.node.server import create_node_app

    chosen = _kinds(kinds)
    settings = read_settings(data_dir=data_dir)
    log_to_stderr(settings)
    with usable_data(settings):
        folder = settings.data_dir / "node"
        folder.mkdir(parents=True, exist_ok=True)
        secret = settings.node_secret.get_secret_value() if settings.node_secret else _own_secret(folder / "secret")
    with listening(host, port) as door, stop_requests() as stop:
        entry = {"secret": secret, "kinds": chosen} | ({} if pull else {"url": url_of(door)})
        typer.echo(f"A node is at {url_of(door)} (Ctrl-C stops it). Tell its server:")
        typer.echo(f"export STORYREEL_NODES='{json.dumps({name: entry})}'")
        service = node_service(settings, folder, chosen, secret, server=pull, name=name)
        web_server(create_node_app(service, secret), stop).run(sockets=[door])


def _kinds(text: str) -> list[str]:
    from storyreel.engines.registry import KINDS

    found = [kind.strip() for kind in text.split(",") if kind.strip()]
    unknown = [kind for kind in found if kind not in KINDS]
    if unknown or not found:
        raise InvalidInputError(
            f"'{', '.join(unknown) or text}' is no kind of work.", hint=f"Use some of {','.join(KINDS)}."
        )
    return found


def _own_secret(file: Path) -> str:
    """The secret of this node, made on first use, readable by its owner only."""
    if not file.exists():
        made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(made)
    return file.read_text().strip()
