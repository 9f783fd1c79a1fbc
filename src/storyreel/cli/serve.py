"""`storyreel serve`: the API and its docs page, and the work behind them, in one process."""

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from storyreel.cli import options
from storyreel.cli.startup import log_to_stderr, read_settings, usable_data, working
from storyreel.cli.stopping import StopRequest, stop_requests
from storyreel.errors import InvalidInputError, StoryreelError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from storyreel.settings import Settings

EXAMPLES = options.examples(
    "storyreel serve", "storyreel serve --host 0.0.0.0 --port 80 --data-dir /srv/storyreel", "storyreel serve --port 0"
)
BACKLOG = 2048
TICKS = 10
"""Of uvicorn, to the second."""
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
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave the work to `storyreel worker`.")] = False,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Serve the API and its docs page until told to stop (Ctrl-C or SIGTERM)."""
    settings = read_settings(host=host, port=port, data_dir=data_dir)
    log_to_stderr(settings)
    with listening(settings.host, settings.port) as door, stop_requests() as stop:
        exposed = is_exposed(settings, door)
        if exposed:
            require_users(settings)
        taken = settings.model_copy(update={"port": door.getsockname()[1]})  # for what nodes are told to call back
        with working(taken, [] if no_worker else None) as storyreel:
            app = storyreel.api(first_login_creates_owner=not exposed)
            server = web_server(app, stop, access_log=access_log)
            address = url_of(door)
            typer.echo(
                f"Storyreel is at {address} (its API at {address}/api, tried at {address}/docs; Ctrl-C stops it)"
            )
            server.run(sockets=[door])


def web_server(app: "FastAPI", stop: StopRequest, *, access_log: bool = False) -> "uvicorn.Server":
    """What serves an application on a socket until it is told to stop."""
    import asyncio

    import uvicorn

    from storyreel.cli.connections import HEAD_SECONDS, Connection, cut_off

    class Server(uvicorn.Server):
        async def on_tick(self, counter: int) -> bool:
            """Whether to stop; also when the request for it came before uvicorn listened to signals."""
            if counter % TICKS == 0:
                cut_off(self.server_state.connections, asyncio.get_running_loop().time())
            return await super().on_tick(counter) or bool(stop)

    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=access_log,
            server_header=False,
            http=Connection,
            ws="none",
            timeout_keep_alive=round(HEAD_SECONDS),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def is_exposed(settings: "Settings", door: socket.socket) -> bool:
    """Whether others than this machine's users may reach the server: by its address, or through a proxy's name."""
    return not _address(door).is_loopback or bool(settings.public_url or settings.allowed_hosts)


def require_users(settings: "Settings") -> None:
    """Refuse to serve others while the first who comes could make the place theirs.

    Raises:
        StoryreelError: there are no users yet.
    """
    from storyreel.assembly import open_database
    from storyreel.store.database import users

    with usable_data(settings):
        database = open_database(settings)
    with database.read() as connection:
        people = users.count(connection)
    database.close()
    if not people:
        raise StoryreelError(
            "Nobody may sign in yet, and others could reach this server.",
            code="no_users",
            hint="Run `storyreel users add NAME` first, with the same data folder.",
        )


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        InvalidInputError: there is no such address, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise InvalidInputError(
            f"Cannot listen on {host}, port {port}: {reason}.",
            code="address_unusable",
            hint="Choose another --port or --host; port 0 picks a free one.",
        ) from error


def url_of(door: socket.socket) -> str:
    """What to type into a browser on this machine."""
    address, port = _address(door), door.getsockname()[1]
    if address.is_unspecified:
        return f"http://127.0.0.1:{port}"
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"


def _address(door: socket.socket) -> "ipaddress.IPv4Address | ipaddress.IPv6Address":
    return ipaddress.ip_address(door.getsockname()[0].partition("%")[0])
