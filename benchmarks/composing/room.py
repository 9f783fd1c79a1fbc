"""The film made by Storyreel's cutting room: cold, warm, after an edit, only joined."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from composing.film import CROSSFADE, Film, Shot, load
from storyreel.domain import shot as domain
from storyreel.domain.artifact import Artifact
from storyreel.domain.film import TRANSITION, FilmOptions, Preset
from storyreel.domain.project import Project, ProjectSettings, Style
from storyreel.domain.storyboard import Camera, SceneSpec, Transition
from storyreel.engines.registry import EngineRegistry
from storyreel.media.profile import EncodeProfile, named_profile
from storyreel.media.timeline import ShotTiming, Timeline, build_timeline, clip_frames
from storyreel.pipeline.artifacts import Artifacts, Made
from storyreel.pipeline.context import Pipeline, Quotas
from storyreel.pipeline.cutting import CuttingRoom, FinishedCut
from storyreel.pipeline.film import join
from storyreel.pipeline.footage import Drawn
from storyreel.pipeline.recovery import ExecutorLock
from storyreel.pipeline.takes import Take
from storyreel.store.database.connection import Database
from storyreel.store.objects.folder import FolderStore

MOOD = "calm"
NOBODY = cast(Any, None)


def shots_of(film: Film) -> list[domain.Shot]:
    """The storyboard: every shot gives way to the next by a crossfade."""
    assert float(TRANSITION) == CROSSFADE
    last = len(film.shots) - 1
    return [
        domain.Shot(
            id=str(number),
            project_id="p",
            order=number,
            prompt=shot.text,
            narration=shot.text,
            transition=Transition.CROSSFADE if number < last else Transition.CUT,
            scene=SceneSpec("abstract", mood=MOOD),
        )
        for number, shot in enumerate(film.shots)
    ]


def timeline_of(film: Film) -> Timeline:
    """The film's plan."""
    board = zip(film.shots, shots_of(film), strict=True)
    timings = [ShotTiming(shot.id, shot.narration, (), made.seconds, shot.transition) for made, shot in board]
    return build_timeline(timings, film.fps)


class Studio:
    """What the product needs to cut films, in a folder."""

    def __init__(self, folder: Path, film: Film, preset: str) -> None:
        (folder / "scratch").mkdir(exist_ok=True)
        self._database = Database(f"sqlite:///{folder / 'rows.db'}")
        objects, myself = FolderStore(folder / "objects"), ExecutorLock(folder / "executors")
        self._pipeline = Pipeline(
            self._database,
            Artifacts(self._database, objects, folder / "scratch", myself),
            EngineRegistry(),
            NOBODY,
            NOBODY,
            time_limits={},
            nodes={},
            node_timeout=1,
            quotas=Quotas(0, 0),
        )
        self._name = "film"
        self._options = FilmOptions(str(film.canvas), film.fps)
        self._profile = profile_of(film, preset)

    async def prepare(self, film: Film, name: str = "film") -> None:
        """Put pictures and voices in, as the tasks before would have; for a film of this name from now on."""
        self._name = name
        self._database.migrate()
        for number in range(len(film.shots)):
            await self._sources(film, number)

    async def cut(self, film: Film, playable: Callable[[], None]) -> FinishedCut:
        """Everything but joining; `playable` is told when the first second can be played."""
        takes = [await self._take(film, number, shot) for number, shot in enumerate(shots_of(film))]
        room = CuttingRoom(self._pipeline, PROJECT, self._options, self._profile)
        try:
            room.follow(takes)
            while not (finished := room.finished()):
                await room.work(0.1)
                if room.parts() and sum(piece.end - piece.first for piece in room.pieces()) >= film.fps:
                    playable()
            return finished
        finally:
            await room.close()

    async def join(self, cut: FinishedCut, title: str, out: Path) -> None:
        """The film's file; another title, another file."""
        film = await join(self._pipeline, replace(PROJECT, title=title), self._options, self._profile, cut)
        os.link(self._pipeline.artifacts.path(film), out)

    async def _take(self, film: Film, number: int, shot: domain.Shot) -> Take:
        image, voice = await self._sources(film, number)
        order = {
            "image": image.key,
            "frames": clip_frames(film.shots[number].seconds, film.fps),
            "prompt": shot.prompt,
            "camera": Camera.PUSH_IN,
            "seed": 0,
        }
        return Take(shot, 1.0, True, voice, image, Drawn(self._pipeline.artifacts.key(order), order, image, voice))

    async def _sources(self, film: Film, number: int) -> tuple[Artifact, Artifact]:
        """The same twelve shots come again and again: they count as different ones."""
        shot = film.shots[number]
        picture = await self._kept("image", number, film.folder / shot.picture, "image/png", {})
        facts = {"duration": shot.seconds, "words": []}
        return picture, await self._kept("voice", number, film.folder / shot.voice, "audio/wav", facts)

    async def _kept(self, kind: str, number: int, file: Path, media_type: str, facts: dict[str, Any]) -> Artifact:
        async def produce(folder: Path) -> Made:
            shutil.copy(file, folder / file.name)
            with (folder / file.name).open("ab") as copy:
                copy.write(
                    f"{self._name} {number}".encode()
                )  # decoders do not look beyond the end; so each has its own bytes
            return Made(folder / file.name, media_type, facts)

        made_from = {"kind": kind, "file": file.name, "number": number, "film": self._name}
        return await self._pipeline.artifacts.make(made_from, produce)


PROJECT = Project("p", "u", "Benchmark", "", Style.CINEMATIC, ProjectSettings(seed=1), datetime.now(UTC), language="en")


def edited(film: Film, what: str) -> Film:
    """The film with another picture, or another narration, in its middle: those of a neighbour."""
    shots = list(film.shots)
    middle, other = len(shots) // 2, shots[len(shots) // 2 - 1]
    changed: Shot = shots[middle]
    if what == "picture":
        changed = replace(changed, picture=other.picture)
    else:
        changed = replace(changed, voice=other.voice, text=other.text, seconds=other.seconds)
    shots[middle] = changed
    return replace(film, shots=tuple(shots))


def profile_of(film: Film, preset: str) -> EncodeProfile:
    """Our own preset; or, for comparing, one of x264's with its defaults; or nearly without loss."""
    profile = named_profile(film.canvas, Fraction(film.fps), Preset.STANDARD)
    if preset == "standard":
        return profile
    if preset == "fidelity":
        return replace(profile, preset="ultrafast", crf=2, params="")
    return replace(profile, preset=preset, params="")


def say(word: str) -> None:
    """Tell the one who measures, and wait until it has looked."""
    print(word, flush=True)
    sys.stdin.readline()


def go_on() -> None:
    """The whole film is wanted."""


def stop() -> None:
    """The first second is all that is wanted."""
    say("end")
    os._exit(0)


async def main(what: str, description: Path, folder: Path, preset: str) -> None:
    """`what` is prepare, cold, warm, first, join, picture or narration; the last three follow cold in its folder."""
    film = load(description)
    studio = Studio(folder, film, preset)
    match what:
        case "prepare":
            await studio.prepare(film)
        case "cold":
            await studio.join(await studio.cut(film, go_on), "Benchmark", folder / "film.mp4")
        case "warm" | "first":
            server = await warmed(film, folder, preset)
            await server.prepare(film)
            say("begin")
            cut = await server.cut(film, stop if what == "first" else go_on)
            await server.join(cut, "Warm", folder / f"{preset}.mp4")
        case "join":
            cut = await studio.cut(film, go_on)
            await studio.join(cut, "Before", folder / "before.mp4")
            say("begin")
            await studio.join(cut, "Joined", folder / "joined.mp4")
        case _:
            await warmed(film, folder, preset)
            changed = edited(film, what)
            await studio.prepare(changed)
            await studio.cut(film, go_on)
            say("begin")
            await studio.join(await studio.cut(changed, go_on), "Benchmark", folder / f"{what}.mp4")
    say("end")


async def warmed(film: Film, folder: Path, preset: str) -> Studio:
    """A studio that has made another film with the same music: as in a server."""
    some = replace(film, shots=film.shots[:4])
    aside = Path(tempfile.mkdtemp(dir=folder))
    server = Studio(aside, film, preset)
    await server.prepare(some, "before")
    await server.join(await server.cut(some, go_on), "Before", aside / "before.mp4")
    return server
