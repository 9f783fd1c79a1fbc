"""The film made by Storyreel's composer: cold, warm, after an edit, and only joined. Run in a process of its own."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from composing.scenes import CROSSFADE, ZOOM, Film, Shot, load
from storyreel.domain.film import TRANSITION, StillMove, View
from storyreel.domain.storyboard import Transition
from storyreel.media.encode import encode_clip
from storyreel.media.join import join_film
from storyreel.media.mix import render_soundtrack, soundtrack_identity
from storyreel.media.profile import EncodeProfile, Preset, named_profile
from storyreel.media.segment import render_segment, segment_identity
from storyreel.media.timeline import ShotTiming, Timeline, build_timeline, clip_frames

MOOD = "calm"


def ignore(_: float) -> None:
    """Nobody watches."""


class Composer:
    """Makes films into a folder, as the pipeline does: what is there already is not made again."""

    def __init__(self, folder: Path, profile: EncodeProfile, pool: ProcessPoolExecutor) -> None:
        self._folder = folder
        self._profile = profile
        self._pool = pool

    def make(self, film: Film) -> Path:
        """The whole film, from its stills and voices."""
        timeline = timeline_of(film)
        sound = self._sound(film, timeline)
        clips = [self._clip(film, shot) for shot in film.shots]
        made = [clip.result() for clip in clips]
        cut = [self._segment(timeline, number, made) for number in range(len(timeline.segments))]
        segments = [segment.result() for segment in cut]
        out = self._folder / "film.mp4"
        join_film(ignore, segments, sound.result(), None, self._profile, "Benchmark", out)
        (self._folder / "segments.json").write_text(json.dumps([*map(str, segments), str(sound.result())]))
        return out

    def join(self) -> None:
        """Only the last step of what was made before."""
        *segments, sound = map(Path, json.loads((self._folder / "segments.json").read_text()))
        join_film(ignore, segments, sound, None, self._profile, "Benchmark", self._folder / "joined.mp4")

    def _clip(self, film: Film, shot: Shot) -> "Future[Path]":
        frames = clip_frames(shot.seconds, film.fps)
        source = StillMove(
            film.folder / shot.picture, film.canvas, Fraction(film.fps), frames, View(1.0), View(1.0 + ZOOM)
        )
        key = [shot.picture, frames, self._profile.identity()]
        return self._made(key, ".mp4", encode_clip, source, self._profile)

    def _segment(self, timeline: Timeline, number: int, clips: list[Path]) -> "Future[Path]":
        segment = timeline.segments[number]
        shown = [clips[shot] for shot in segment.shots]
        cues = timeline.cues_in(segment)
        key = segment_identity(segment, [clip.name for clip in shown], cues, self._profile)
        return self._made(key, ".mp4", render_segment, segment, shown, cues, self._profile)

    def _sound(self, film: Film, timeline: Timeline) -> "Future[Path]":
        starts = timeline.voice_starts
        voices = [(film.folder / shot.voice, at) for shot, at in zip(film.shots, starts, strict=True)]
        key = soundtrack_identity([(path.name, at) for path, at in voices], timeline.duration, MOOD, 1)
        return self._made(key, ".m4a", render_soundtrack, voices, timeline.duration, MOOD, 1)

    def _made(self, key: object, suffix: str, maker: Callable[..., None], *args: object) -> "Future[Path]":
        digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:20]
        return self._pool.submit(_make, self._folder / f"{digest}{suffix}", maker, args)


def _make(out: Path, maker: Callable[..., None], args: tuple[object, ...]) -> Path:
    if not out.exists():
        part = out.with_name(f"{out.name}.{os.getpid()}")
        maker(ignore, *args, part)
        part.replace(out)
    return out


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


def main(what: str, description: Path, folder: Path, preset: str) -> None:
    """`what` is cold, warm, join, picture or narration; the last three need what cold left in the folder."""
    film = load(description)
    profile = named_profile(film.canvas, Fraction(film.fps), Preset.STANDARD)
    if preset == "fidelity":
        profile = replace(profile, preset="ultrafast", crf=2, params="")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        composer = Composer(folder, profile, pool)
        match what:
            case "cold":
                composer.make(film)
            case "warm":
                before, warm = folder / "before", folder / "warm"
                before.mkdir()
                warm.mkdir()
                Composer(before, profile, pool).make(replace(film, shots=film.shots[:4]))
                say("begin")
                Composer(warm, profile, pool).make(film)
                say("end")
            case "join":
                composer.join()
                say("begin")
                composer.join()
                say("end")
            case _:
                composer.make(film)
                changed = edited(film, what)
                say("begin")
                composer.make(changed)
                say("end")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
