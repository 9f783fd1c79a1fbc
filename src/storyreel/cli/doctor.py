"""`storyreel doctor`: what is missing on this machine, and how to get it."""

import typer


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor() -> None:
    """Check this machine."""
