"""`storyreel`: gathers the commands, says the version, and turns errors into one line and an exit code."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from storyreel import __version__
from storyreel.cli import backup, doctor, engines, make, node, plan, scene, serve, users, voices, worker
from storyreel.cli.options import examples
from storyreel.errors import InvalidInputError, StoryreelError

FAILED, BAD_USAGE = 1, 2


class Commands(TyperGroup):
    """Exit code 2 when what was asked for cannot be done as asked, 1 when it failed."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except StoryreelError as error:
            typer.secho(error.message, err=True, fg="red")
            if error.hint:
                typer.echo(error.hint, err=True)
            raise typer.Exit(BAD_USAGE if isinstance(error, InvalidInputError) else FAILED) from error


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("storyreel make story.txt -o film.mp4", "storyreel serve", "storyreel make --help"),
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"storyreel {__version__}")
        raise typer.Exit


@app.callback()
def storyreel(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Give it a story, get a film."""


make.add_to(app)
plan.add_to(app)
scene.add_to(app)
serve.add_to(app)
worker.add_to(app)
node.add_to(app)
backup.add_to(app)
app.add_typer(engines.app, name="engines")
app.add_typer(voices.app, name="voices")
app.add_typer(users.app, name="users")
doctor.add_to(app)


def main() -> None:
    """Entry point of the `storyreel` script."""
    app()
