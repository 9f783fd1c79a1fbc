"""`storyreel serve`: the API and its docs page, and the work behind them, in one process."""

import ipaddress
import logging
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from storyreel.cli import options
from storyreel.cli.startup import log_to_stderr, read_settings, working
from storyreel.cli.stopping import StopRequest, stop_requests
from storyreel.errors import InvalidInputError, StoryreelError

if TYPE_CHECKING:
    from storyreel.assembly import Storyreel

log = logging.getLogger(__name__)

EXAMPLES = options.examples(
    "storyreel serve", "storyreel serve --host 0.0.0.0 --port 80 --data-dir /srv/storyreel", "storyreel serve --port 0"
)
BACKLOG = 2048
LONGEST_HEAD = 64 * 1024
"""Bytes of a request's line and headers."""
IDLE_SECONDS = 20
"""How long an idle connection is kept; longer than the 15 s between the signs of life of an event stream."""
GRACE_SECONDS = 5
"""How long requests that are being answered may take once the server is told to stop."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; else STORYREEL_HOST, else 127.0.0.1.", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 picks one; else STORYREEL_PORT, else 8000.", show_default=False),
    ] = None,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Serve the API and its docs page until told to stop (Ctrl-C or SIGTERM)."""
    settings = read_settings(host=host, port=port, data_dir=data_dir)
    log_to_stderr(settings)
    with listening(settings.host, settings.port) as door, stop_requests() as stop, working(settings) as storyreel:
        _serve(storyreel, door, access_log, stop)


def _serve(storyreel: "Storyreel", door: socket.socket, access_log: bool, stop: StopRequest) -> None:
    import uvicorn

    from storyreel.store.database import users

    host = door.getsockname()[0]
    with storyreel.database.read() as connection:
        nobody = users.count(connection) == 0
    if nobody and not is_loopback(host):
        raise StoryreelError(
            f"Nobody may sign in yet, and {host} can be reached by others.",
            code="no_users",
            hint="Run `storyreel users add NAME` first, with the same data folder.",
        )
    config = uvicorn.Config(
        storyreel.api(first_login_creates_owner=is_loopback(host)),
        log_config=None,
        access_log=access_log,
        server_header=False,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    address = url_of(door)
    typer.echo(f"Storyreel serves at {address}/api; try it at {address}/docs (Ctrl-C stops it)")
    if not stop:
        uvicorn.Server(config).run(sockets=[door])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        InvalidInputError: there is no such address, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise InvalidInputError(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}.",
            code="address_unusable",
            hint="Choose another --port or --host; port 0 picks a free one.",
        ) from error


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address that a socket is bound to."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def url_of(door: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = door.getsockname()[:2]
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_unspecified:
        return f"http://127.0.0.1:{port}"
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"
