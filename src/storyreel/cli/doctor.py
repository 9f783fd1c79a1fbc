"""`storyreel doctor`: what is missing on this machine, and how to get it."""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storyreel.cli import options
from storyreel.cli.startup import read_settings
from storyreel.errors import InvalidInputError, StoryreelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from storyreel.domain.film import Canvas
    from storyreel.settings import Settings

EXAMPLES = options.examples("storyreel doctor", "storyreel doctor --server https://film.example --user mia")
INSTALL = "install Storyreel again: pip install --force-reinstall storyreel"
NEEDED_BYTES = 10**9
"""A film of an hour at 720p, with its pictures, voices and clips, takes less than this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. `remedy` is empty when all is well; a problem that is not `needed` is only told."""

    name: str
    seen: str
    remedy: str = ""
    needed: bool = True

    @property
    def verdict(self) -> tuple[str, str]:
        """In a word and a colour."""
        if not self.remedy:
            return "ok", "green"
        return ("problem", "red") if self.needed else ("note", "yellow")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog=EXAMPLES)(doctor)


def doctor(
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Check this server instead, as its clients see it.", show_default=False),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            help="Its owner, to see queues, workers, disk and media too; the password comes from STORYREEL_PASSWORD "
            "or is asked for.",
            show_default=False,
        ),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Check that this machine has all that a film needs; say how to get what is missing."""
    failed = False
    for finding in _findings(server, user, data_dir):
        failed = failed or bool(finding.remedy and finding.needed)
        mark, colour = finding.verdict
        typer.echo(f"{typer.style(f'{mark:<7}', fg=colour)}  {finding.name}: {finding.seen}")
        if finding.remedy:
            typer.echo(f"         {finding.remedy}")
    if failed:
        raise typer.Exit(1)


def _findings(server: str | None, user: str | None, data_dir: Path | None) -> Iterator[Finding]:
    if server is None:
        return examine(read_settings(data_dir=data_dir))
    if not server.startswith(("http://", "https://")):
        raise InvalidInputError(f"{server} is no http(s) address.", hint="Such as https://film.example.")
    from storyreel.cli.checkup import examine_server

    return examine_server(server, user)


def examine(settings: "Settings") -> Iterator[Finding]:
    """Every check's finding, in the order in which problems should be mended."""
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _tried("packages", packages, INSTALL)
    yield _tried("film encoder", encoder, INSTALL)
    yield _tried("caption font", font, INSTALL)
    yield _tried("espeak-ng", espeak, "pip install espeakng-loader")
    folder = settings.data_dir
    yield _tried("data folder", lambda: writable(folder), "choose another with --data-dir or STORYREEL_DATA_DIR")
    yield _tried("free space", lambda: free_space(folder), "make room, or choose a data folder on another disk")
    yield from engines(settings)


def _tried(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, check())
    except (ImportError, OSError) as error:
        return Finding(name, str(error), remedy)
    except StoryreelError as error:
        return Finding(name, error.message, error.hint or remedy)


def packages() -> str:
    """Whether every package that Storyreel asks for is installed.

    Raises:
        ImportError: with the names of those that are not.
    """
    from importlib.metadata import PackageNotFoundError, requires, version

    names = [re.split(r"[^A-Za-z0-9._-]", wanted, maxsplit=1)[0] for wanted in requires("storyreel") or ()]
    missing: list[str] = []
    for name in names:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        raise ImportError(f"not installed: {', '.join(missing)}")
    return f"all {len(names)} installed"


@dataclass(frozen=True, slots=True)
class _Dark:
    """Half a second of darkness, to try the encoder on."""

    canvas: "Canvas"
    fps: Fraction

    def __len__(self) -> int:
        return 12

    def frames(self, first: int, end: int) -> "Iterator[NDArray[np.uint8]]":
        import numpy as np

        for _ in range(first, end):
            yield np.zeros((self.canvas.height, self.canvas.width, 3), np.uint8)


def encoder() -> str:
    """Encodes a picture and a sound, and reads them back.

    Raises:
        ImportError, StoryreelError: one of them failed.
    """
    import numpy as np

    from storyreel.domain.film import Canvas
    from storyreel.media.clips import encode_clip
    from storyreel.media.probe import probe_audio, probe_video
    from storyreel.media.profile import EncodeProfile
    from storyreel.media.sound.aac import encode_aac
    from storyreel.media.sound.splice import write_part

    profile = EncodeProfile(Canvas(320, 180), Fraction(24))
    with tempfile.TemporaryDirectory() as folder:
        clip, sound = Path(folder, "clip.mp4"), Path(folder, "sound.m4a")
        encode_clip(lambda _fraction: None, _Dark(profile.canvas, profile.fps), profile, clip)
        write_part(*encode_aac(np.zeros((2, 24_000), np.float32)), sound)
        frames = probe_video(clip).frames
        probe_audio(sound)
    return f"H.264 and AAC work ({frames} frames written and read)"


def font() -> str:
    """Draws a caption in both scripts.

    Raises:
        ImportError, OSError: there is no font.
    """
    from storyreel.domain.film import Canvas
    from storyreel.media.captions import CaptionArtist
    from storyreel.media.lettering import drawable

    if drawable("Aa 你好") != "Aa 你好" or CaptionArtist(Canvas(320, 180)).draw("Aa 你好") is None:
        raise OSError("the caption font lacks Latin or Chinese letters")
    return "draws Latin and Chinese"


def espeak() -> str:
    """Loads the built-in voice's library.

    Raises:
        EngineUnavailableError: it cannot be loaded.
    """
    from storyreel.engines.backends.builtin.voice.espeak import Espeak

    return f"loads, speaks at {Espeak().sample_rate} Hz"


def writable(folder: Path) -> str:
    """Whether files can be put into the data folder, or it can be made.

    Raises:
        OSError: they cannot.
    """
    if folder.is_dir():
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    if folder.exists():
        raise NotADirectoryError(f"{folder} is no folder")
    if not os.access(_nearest(folder), os.W_OK):
        raise PermissionError(f"{folder} cannot be made")
    return f"{folder} (will be made)"


def free_space(folder: Path) -> str:
    """How much the data folder's disk can take.

    Raises:
        OSError: too little.
    """
    free = shutil.disk_usage(_nearest(folder)).free
    if free < NEEDED_BYTES:
        raise OSError(f"only {free / 1e9:.1f} GB, of which a film may need 1")
    return f"{free / 1e9:.0f} GB"


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())


def engines(settings: "Settings") -> Iterator[Finding]:
    """A finding for each installed engine; only those that are used by default are needed."""
    import asyncio

    from storyreel.assembly import engine_registry

    for info, default, missing in asyncio.run(engine_registry(settings).overview()):
        yield Finding(f"{info.kind} engine", f"{info.id}, {info.title}", "; ".join(missing), needed=default)
