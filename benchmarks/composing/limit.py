"""The LIMIT: x264 alone, with all cores, on the film's frames when they are there already. In a process of its own."""

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from composing.film import load
from storyreel.media.probe import planes_of, probe_video, read_clip
from storyreel.media.profile import named_profile


def keep_frames(film: Path, out: Path) -> None:
    """Write the planes of a film's frames one after the other, to be read without any work."""
    with out.open("wb") as file:
        for planes in read_clip(film, 0, probe_video(film).frames):
            for plane in planes:
                file.write(np.ascontiguousarray(plane).tobytes())


def encode(description: Path, raw: Path, total: int, preset: str, out: Path) -> None:
    """Encode `total` frames, those of the file again and again, in one piece."""
    film = load(description)
    width, height = film.canvas.width, film.canvas.height
    profile = named_profile(film.canvas, Fraction(film.fps))
    options = profile.options() if preset == "standard" else {"preset": preset, "crf": str(profile.crf)}
    size = width * height * 3 // 2
    cuts = (0, width * height, width * height * 5 // 4, size)
    with raw.open("rb") as file, av.open(str(out), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=film.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 0
        for number in range(total):
            frame = av.VideoFrame(width, height, "yuv420p")
            if len(data := file.read(size)) < size:
                file.seek(0)
                data = file.read(size)
            planes = np.frombuffer(data, np.uint8)
            for plane, first, end in zip(planes_of(frame), cuts, cuts[1:], strict=False):
                plane[...] = planes[first:end].reshape(plane.shape)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["keep", film, out]:
            keep_frames(Path(film), Path(out))
        case ["encode", description, raw, total, preset, out]:
            encode(Path(description), Path(raw), int(total), preset, Path(out))
        case _:
            raise SystemExit("keep FILM OUT, or encode FILM.json FRAMES COUNT PRESET OUT")
