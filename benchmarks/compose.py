"""What composing a film costs beside encoding it: the encoder alone, Storyreel, MoviePy and FFmpeg, taking turns.

Everybody makes the same film of stills: pan and zoom, half-second crossfades, burned captions, voices over music.
LIMIT is libx264 alone, with all cores, on the finished frames. Ratios are taken round by round. Linux only.

Run: .venv/bin/python benchmarks/compose.py [--shots 12,60] [--repeats 3] [--size 720p] [--publish]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import noto_cjk_sans_otc
from composing import report
from composing.film import Film
from composing.measure import Cost, measure
from composing.room import MOOD, timeline_of
from composing.scenes import prepare

from storyreel.domain.film import Aspect, canvas_for
from storyreel.media.probe import probe_video
from storyreel.media.profile import EncodeProfile
from storyreel.media.sound.loops import Loop, render_loop

HERE = Path(__file__).parent
PARTS = HERE / "composing"
PEERS = HERE.parent / ".venv" / "peers" / "bin" / "python"
KEPT = 12
"""Shots whose finished frames are kept, for the LIMIT to encode again and again."""
MOST_FOR_PEERS = 12
"""Shots beyond which MoviePy takes a quarter of an hour and more, and FFmpeg's graph no longer fits its memory."""
MOST_FOR_ALL = 60
"""Shots beyond which only the first of our contenders take part."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command, and the film that it leaves, if it leaves a whole one."""

    name: str
    command: list[str]
    film: Path | None = None
    marked: bool = False


def contenders(film: Film, folder: Path, cores: str) -> list[Contender]:
    """Everybody, in the order of a round: whoever edits or joins needs what a cold run left."""
    description, raw, made = folder / "film.json", folder / "frames.raw", folder / "made"
    total = str(timeline_of(film).total_frames)
    limit = [sys.executable, str(PARTS / "limit.py"), "encode", str(description), str(raw), total]
    profile = EncodeProfile(film.canvas, Fraction(film.fps))
    font = Path(noto_cjk_sans_otc.FONT_PATH)

    def ours(what: str, preset: str = "standard") -> list[str]:
        return [sys.executable, str(PARTS / "ours.py"), what, str(description), str(made), preset]

    def peer(file: str, fonts: Path, out: Path) -> list[str]:
        settings = [profile.preset, str(profile.crf), cores]
        return [
            str(PEERS),
            str(PARTS / file),
            str(description),
            str(folder / "music.wav"),
            str(fonts),
            str(out),
            *settings,
        ]

    found = [
        Contender(report.LIMIT, [*limit, "standard", str(folder / "limit.mp4")], folder / "limit.mp4"),
        Contender(report.WHOLE, ours("cold"), made / "film.mp4", marked=True),
        Contender("Storyreel, joining alone", ours("join"), made / "joined.mp4", marked=True),
        Contender("Storyreel, one picture edited", ours("picture"), marked=True),
        Contender("Storyreel, one narration edited", ours("narration"), marked=True),
        Contender("Storyreel, first second", ours("first"), marked=True),
    ]
    if len(film.shots) > MOST_FOR_ALL:
        return found
    found += [
        Contender("Storyreel, warm", ours("warm"), marked=True),
        Contender(report.VERYFAST, [*limit, "veryfast", str(folder / "limit2.mp4")], folder / "limit2.mp4"),
        Contender("Storyreel at veryfast, warm", ours("warm", "veryfast"), marked=True),
    ]
    if PEERS.exists() and len(film.shots) <= MOST_FOR_PEERS:
        found += [
            Contender("MoviePy 2", peer("peer_moviepy.py", font, folder / "moviepy.mp4"), folder / "moviepy.mp4"),
            Contender(
                "FFmpeg graph", peer("peer_ffmpeg.py", font.parent, folder / "ffmpeg.mp4"), folder / "ffmpeg.mp4"
            ),
        ]
    return found


def race(film: Film, folder: Path, repeats: int, cores: str) -> report.Result:
    """All rounds of one film."""
    film.save(folder / "film.json")
    keep_frames(film, folder)
    field = contenders(film, folder, cores)
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in field}
    total = timeline_of(film).total_frames
    for round_ in range(repeats):
        shutil.rmtree(folder / "made", ignore_errors=True)
        (folder / "made").mkdir()
        prepared(folder / "film.json", folder / "made", folder)
        for contender in field:
            print(f"  round {round_ + 1} of {repeats}: {contender.name}", end="", flush=True)
            cost = measure(contender.command, folder, contender.marked)
            costs[contender.name].append(cost)
            made = probe_video(contender.film).frames if contender.film and not round_ else total
            print(f": {cost.wall:.1f} s" + (f", {made} frames of {total}" if made != total else ""))
            assert made == total or not contender.name.startswith("Storyreel")
    likeness = {
        contender.name: vmaf(contender.film, folder / "frames.raw", film)
        for contender in field
        if contender.film and contender.name in report.ALIKE and len(film.shots) <= KEPT
    }
    title = f"{len(film.shots)} shots, {total / film.fps:.0f} s, {film.canvas} at {film.fps}"
    return report.Result(title, [report.Entry(name, spent, likeness.get(name)) for name, spent in costs.items()])


def vmaf(made: Path, raw: Path, film: Film) -> float | None:
    """How like the finished frames a film looks to people (Netflix' VMAF, 0 … 100); None without the peers' FFmpeg."""
    if not PEERS.exists():
        return None
    where = [str(PEERS), "-c", "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())"]
    ffmpeg = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
    size = ["-pixel_format", "yuv420p", "-video_size", str(film.canvas), "-framerate", str(film.fps)]
    frames = ["-f", "rawvideo", *size]
    tagged = (
        "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"  # else one of them is converted
    )
    graph = f"[0:v]{tagged}[a];[1:v]{tagged}[b];[a][b]libvmaf=n_threads={os.cpu_count()}"
    command = [ffmpeg, "-i", str(made), *frames, "-i", str(raw), "-lavfi", graph, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(said.rpartition("VMAF score: ")[2].split()[0])


def prepared(description: Path, made: Path, folder: Path) -> None:
    """Put pictures and voices where ours will find them, as the tasks before would have."""
    measure(
        [sys.executable, str(PARTS / "ours.py"), "prepare", str(description), str(made), "standard"],
        folder,
        marked=True,
    )


def keep_frames(film: Film, folder: Path) -> None:
    """The frames of the first shots as they are before encoding, or as near as makes no difference, as raw planes."""
    some = Film(film.folder, film.canvas, film.fps, film.shots[:KEPT])
    some.save(folder / "some.json")
    nearly = folder / "nearly"
    nearly.mkdir(exist_ok=True)
    prepared(folder / "some.json", nearly, folder)
    ours = [sys.executable, str(PARTS / "ours.py"), "cold", str(folder / "some.json"), str(nearly), "fidelity"]
    measure(ours, folder, marked=True)
    keep = [sys.executable, str(PARTS / "limit.py"), "keep", str(nearly / "film.mp4"), str(folder / "frames.raw")]
    measure(keep, folder, marked=False)
    shutil.rmtree(nearly)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shots", default="12", help="numbers of shots, a film each: 12,60, or with rounds: 12x3,60x1")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--size", default="720p")
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--seconds", type=float, help="cut voices to this length, to try the benchmark itself")
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/reference/performance.md")
    wanted = parser.parse_args()
    if not PEERS.exists():
        print("Without MoviePy and FFmpeg's graph: these want an environment of their own:")
        print("  python3 -m venv .venv/peers && .venv/peers/bin/pip install moviepy imageio-ffmpeg")
    results = []
    with tempfile.TemporaryDirectory(prefix="storyreel-bench-") as name:
        folder = Path(name)
        render_loop(lambda _: None, Loop(MOOD, 1), folder / "music.wav")  # what ours composes, as a file for the others
        for shots, _, rounds in (film.partition("x") for film in wanted.shots.split(",")):
            canvas = canvas_for(wanted.size, Aspect.WIDE)
            film = prepare(folder / "assets", canvas, wanted.fps, int(shots), wanted.seconds)
            results.append(race(film, folder, int(rounds or wanted.repeats), str(os.cpu_count())))
            report.show(results[-1])
            report.keep(results, HERE / "results")
    if wanted.publish:
        report.publish(results, HERE.parent / "docs" / "reference" / "performance.md")


if __name__ == "__main__":
    main()
