"""`storyreel backup` and `storyreel restore`: everything in one file, and back."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from storyreel.cli import options
from storyreel.cli.startup import log_warnings_only, read_settings, usable_data
from storyreel.errors import StoryreelError

if TYPE_CHECKING:
    from storyreel.settings import Settings
    from storyreel.store.database.connection import Database
    from storyreel.store.objects.bucket import BucketStore
    from storyreel.store.objects.folder import FolderStore

Archive = Annotated[Path, typer.Argument(metavar="FILE", help="The archive, a tar file.", dir_okay=False)]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog=options.examples("storyreel backup /srv/backups/monday.tar"))(backup)
    app.command(epilog=options.examples("storyreel restore /srv/backups/monday.tar --data-dir /srv/storyreel"))(restore)


def backup(archive: Archive, data_dir: options.DataDir = None) -> None:
    """Write everything into one file, also while servers and workers go on. Keep it safe: it holds keys."""
    from storyreel.assembly import signing_key
    from storyreel.store.backup import back_up

    settings = read_settings(data_dir=data_dir)
    with _opened(settings) as (database, objects), _told(archive):
        held = back_up(database, objects, signing_key(settings, objects), archive)
    size = archive.stat().st_size / 1e6
    typer.echo(f"{archive}: {held.rows:,} rows and {held.files:,} files, {size:,.0f} MB")
    if held.missing:
        typer.echo(f"{held.missing:,} files were not there any more.", err=True)


def restore(archive: Archive, data_dir: options.DataDir = None) -> None:
    """Bring a backup into an empty place, before a server or a worker is started there."""
    from storyreel.assembly import keep_signing_key
    from storyreel.store.backup import restore as bring_back

    settings = read_settings(data_dir=data_dir)
    with _opened(settings) as (database, objects), _told(archive):
        held = bring_back(database, objects, lambda key: keep_signing_key(settings, objects, key), archive)
    typer.echo(f"{held.rows:,} rows and {held.files:,} files are there.")


@contextmanager
def _opened(settings: "Settings") -> "Generator[tuple[Database, FolderStore | BucketStore]]":
    from storyreel.assembly import open_database, open_objects

    log_warnings_only(Console(stderr=True))
    with usable_data(settings):
        database, objects = open_database(settings), open_objects(settings)
    try:
        yield database, objects
    finally:
        objects.close()
        database.close()


@contextmanager
def _told(archive: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StoryreelError(
            f"{archive} cannot be used: {error.strerror or error}.",
            code="backup_unwritable",
            hint="Choose another place, with room for everything that was made.",
        ) from error
