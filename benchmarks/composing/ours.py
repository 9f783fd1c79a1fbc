"""The film made by Storyreel's composer: cold, warm, after an edit, and only joined. Run in a process of its own."""

import asyncio
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from composing.film import CROSSFADE, ZOOM, Film, Shot, load
from storyreel import offload
from storyreel.domain.film import TRANSITION, StillMove, View
from storyreel.domain.storyboard import Transition
from storyreel.media.join import Piece, join_film
from storyreel.media.loops import Loop, render_loop
from storyreel.media.mix import render_part
from storyreel.media.profile import EncodeProfile, Preset, named_profile
from storyreel.media.score import Measured, Score, SoundPart, Spoken, measure_voices, plan_soundtrack
from storyreel.media.segment import render_segment, segment_identity
from storyreel.media.splice import join_parts
from storyreel.media.timeline import Segment, ShotTiming, Timeline, build_timeline, clip_frames

MOOD = "calm"
CORES = os.cpu_count() or 1
VOICES_AT_ONCE = 24


def ignore(_: float) -> None:
    """Nobody watches."""


class Composer:
    """Makes films into a folder, as the pipeline does: what is there already is not made again."""

    def __init__(self, folder: Path, profile: EncodeProfile) -> None:
        self._folder = folder
        self._profile = profile

    async def make(self, film: Film, playable: Callable[[], None]) -> Path:
        """The whole film, from its stills and voices; `playable` is told when its first second could be played."""
        timeline = timeline_of(film)
        begun: dict[int, asyncio.Task[Path]] = {}
        free = asyncio.Semaphore(max(1, CORES - 1))  # the first segments come first, and the sound before more of them

        async def cut(segment: Segment) -> Path:
            async with free:
                return await self._segment(film, timeline, segment)

        async def sing() -> Path:
            try:
                return await self._sound(film, timeline)
            finally:
                free.release()

        async def watch() -> None:
            await sound
            for number, segment in enumerate(timeline.segments):
                await begun[number]
                if segment.at + segment.frames >= film.fps:
                    return playable()

        async with asyncio.TaskGroup() as group:
            sound = group.create_task(sing())
            for number, segment in enumerate(timeline.segments):
                begun[number] = group.create_task(cut(segment))
            group.create_task(watch())
        pieces = [Piece(segment.result()) for segment in begun.values()]
        out = self._folder / "film.mp4"
        await offload.run(join_film, ignore, pieces, sound.result(), None, self._profile, "Benchmark", "en", out)
        made = [str(piece.path) for piece in pieces] + [str(sound.result())]
        (self._folder / "segments.json").write_text(json.dumps(made))
        return out

    async def join(self) -> None:
        """Only the last step of what was made before."""
        *segments, sound = map(Path, json.loads((self._folder / "segments.json").read_text()))
        pieces = [Piece(segment) for segment in segments]
        out = self._folder / "joined.mp4"
        await offload.run(join_film, ignore, pieces, sound, None, self._profile, "Benchmark", "en", out)

    async def _segment(self, film: Film, timeline: Timeline, segment: Segment) -> Path:
        shown = [(number, film.shots[number]) for number in segment.shots]
        footage = [self._footage(film, shot) for _, shot in shown]
        # The same twelve shots come again and again: they count as different ones.
        keys = [f"{number} {shot.picture} {move.number}" for (number, shot), move in zip(shown, footage, strict=True)]
        cues = timeline.cues_in(segment)
        key = segment_identity(segment, keys, cues, self._profile)
        return await self._made(key, ".mp4", render_segment, segment, footage, cues, self._profile)

    def _footage(self, film: Film, shot: Shot) -> StillMove:
        frames = clip_frames(shot.seconds, film.fps)
        picture = film.folder / shot.picture
        return StillMove(picture, film.canvas, Fraction(film.fps), frames, View(1.0), View(1.0 + ZOOM))

    async def _sound(self, film: Film, timeline: Timeline) -> Path:
        starts = zip(film.shots, timeline.voice_starts, strict=True)
        spoken = tuple(
            Spoken(f"{number} {shot.voice}", film.folder / shot.voice, at) for number, (shot, at) in enumerate(starts)
        )
        score = Score(spoken, (), MOOD, 1, timeline.duration)
        out = self._path(score.identity(), ".m4a")
        if not out.exists():
            loops, measured = await self._prepare(score)
            parts = await asyncio.to_thread(plan_soundtrack, score, measured)
            made = await asyncio.gather(*(self._part(part, loops) for part in parts))
            await offload.run(join_parts, ignore, made, timeline.duration, out)
        return out

    async def _prepare(self, score: Score) -> tuple[dict[Loop, Path], list[Measured]]:
        files = [voice.path for voice in score.voices]
        batches = [files[start : start + VOICES_AT_ONCE] for start in range(0, len(files), VOICES_AT_ONCE)]
        made, measured = await asyncio.gather(
            asyncio.gather(*(self._made(loop.identity(), ".wav", render_loop, loop) for loop in score.loops)),
            asyncio.gather(*(offload.run(measure_voices, ignore, batch) for batch in batches)),
        )
        return dict(zip(score.loops, made, strict=True)), [voice for batch in measured for voice in batch]

    async def _part(self, part: SoundPart, loops: dict[Loop, Path]) -> Path:
        return await self._made(part.identity(), ".m4a", render_part, part, loops)

    async def _made(self, key: object, suffix: str, maker: Callable[..., None], *args: object) -> Path:
        out = self._path(key, suffix)
        if not out.exists():
            part = out.with_name(f"{out.name}.part")
            await offload.run(maker, ignore, *args, part)
            part.replace(out)
        return out

    def _path(self, key: object, suffix: str) -> Path:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:20]
        return self._folder / f"{digest}{suffix}"


def timeline_of(film: Film) -> Timeline:
    """Every shot gives way to the next by a crossfade."""
    assert float(TRANSITION) == CROSSFADE
    last = len(film.shots) - 1
    return build_timeline(
        [
            ShotTiming(str(k), shot.text, (), shot.seconds, Transition.CROSSFADE if k < last else Transition.CUT)
            for k, shot in enumerate(film.shots)
        ],
        film.fps,
    )


def edited(film: Film, what: str) -> Film:
    """The film with another picture, or another narration, in its middle: those of a neighbour."""
    shots = list(film.shots)
    middle, other = len(shots) // 2, shots[len(shots) // 2 - 1]
    if what == "picture":
        shots[middle] = replace(shots[middle], picture=other.picture)
    else:
        shots[middle] = replace(shots[middle], voice=other.voice, text=other.text, seconds=other.seconds)
    return replace(film, shots=tuple(shots))


def say(word: str) -> None:
    """Tell the one who measures, and wait until it has looked."""
    print(word, flush=True)
    sys.stdin.readline()


def profile_of(film: Film, preset: str) -> EncodeProfile:
    """Our own preset; or, for comparing, one of x264's with its defaults; or nearly without loss."""
    profile = named_profile(film.canvas, Fraction(film.fps), Preset.STANDARD)
    if preset == "standard":
        return profile
    if preset == "fidelity":
        return replace(profile, preset="ultrafast", crf=2, params="")
    return replace(profile, preset=preset, params="")


async def warmed(film: Film, folder: Path, preset: str) -> Path:
    """A folder with nothing in it, after all processes have worked a little: as in a server."""
    with tempfile.TemporaryDirectory(dir=folder) as before:
        await Composer(Path(before), profile_of(film, preset)).make(replace(film, shots=film.shots[:4]), go_on)
    return Path(tempfile.mkdtemp(dir=folder))


def go_on() -> None:
    """The whole film is wanted."""


def stop() -> None:
    """The first second is all that is wanted."""
    say("end")
    os._exit(0)


async def main(what: str, description: Path, folder: Path, preset: str) -> None:
    """`what` is cold, warm, first, join, picture or narration; the last three need what cold left in the folder."""
    film = load(description)
    composer = Composer(folder, profile_of(film, preset))
    match what:
        case "cold":
            await composer.make(film, go_on)
        case "warm" | "first":
            fresh = Composer(await warmed(film, folder, preset), profile_of(film, preset))
            say("begin")
            await fresh.make(film, stop if what == "first" else go_on)
        case "join":
            await composer.join()
            say("begin")
            await composer.join()
        case _:
            await warmed(film, folder, preset)
            await composer.make(film, go_on)
            changed = edited(film, what)
            say("begin")
            await composer.make(changed, go_on)
    say("end")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
