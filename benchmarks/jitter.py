"""How smoothly a still moves: where its picture is, frame by frame, against a smooth path. In pixels at 720p.

Each frame of an encoded shot is registered with the still (Evangelidis & Psarakis 2008: enhanced correlation
coefficient, affine); what a polynomial of the seventh degree leaves of the way of three points is jitter. The floor is
the same of the frames before they were encoded: what is left there is mostly the measure's own error.

Run: .venv/bin/python benchmarks/jitter.py [--shots 2]
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from composing.scenes import prepare
from rich.console import Console
from rich.table import Table

from storyreel.domain.film import Aspect, StillMove, View, canvas_for
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.motion.camera import still_views
from storyreel.media.clips import encode_clip
from storyreel.media.frames import black
from storyreel.media.motion import StillCamera
from storyreel.media.probe import read_clip
from storyreel.media.profile import EncodeProfile

FRAMES = 60
DEGREE = 7


def jitter(still: np.ndarray, frames: Iterable[np.ndarray]) -> float:
    """Root mean square of what is not smooth, in pixels."""
    height, width = still.shape
    points = np.array(
        [[width * 0.25, height * 0.5, 1], [width * 0.75, height * 0.5, 1], [width * 0.5, height * 0.6, 1]]
    )
    seen = int(height * 0.7)  # captions stand below
    warp = np.eye(2, 3, dtype=np.float32)
    often = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-6)
    path = []
    for frame in frames:
        _, warp = cv2.findTransformECC(
            still[:seen].astype(np.float32), frame[:seen].astype(np.float32), warp, cv2.MOTION_AFFINE, often, None, 1
        )
        path.append(points @ warp.T)
    course = np.array(path).reshape(len(path), -1)
    time = np.linspace(-1, 1, len(path))
    smooth = np.polynomial.chebyshev.chebval(time, np.polynomial.chebyshev.chebfit(time, course, DEGREE)).T
    return float(np.sqrt(np.mean((course - smooth) ** 2)))


def drawn(move: StillMove) -> Iterator[np.ndarray]:
    """The luma of every frame as the encoder gets it."""
    camera, planes = StillCamera(move), black(move.canvas)
    for number in range(len(move)):
        camera.draw(number, planes)
        yield planes.y


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shots", type=int, default=2)
    wanted = parser.parse_args()
    canvas = canvas_for("720p", Aspect.WIDE)
    table = Table("shot", "camera", "encoded, px rms", "floor, px rms")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = prepare(folder, canvas, 24, wanted.shots)
        for number, shot in enumerate(film.shots):
            camera = list(Camera)[number % len(Camera)]
            move = StillMove(folder / shot.picture, canvas, Fraction(24), FRAMES, *still_views(camera))
            encode_clip(lambda _: None, move, EncodeProfile(canvas, Fraction(24)), folder / "clip.mp4")
            still = black(canvas)
            StillCamera(StillMove(move.image, canvas, move.fps, 1, View(), View())).draw(0, still)
            encoded = jitter(still.y, (picture.y for picture in read_clip(folder / "clip.mp4", 0, FRAMES)))
            table.add_row(str(number + 1), camera, f"{encoded:.4f}", f"{jitter(still.y, drawn(move)):.4f}")
    Console().print(table)


if __name__ == "__main__":
    main()
