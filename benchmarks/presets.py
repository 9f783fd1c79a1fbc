"""What each preset costs and keeps: SSIM against the source, bits, and processor time, for every software encoder.

Run: .venv/bin/python benchmarks/presets.py [--size 1280x720] [--seconds 3]
"""

import argparse
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from composing.film import Film
from composing.scenes import prepare
from rich.console import Console
from rich.table import Table

from storyreel.domain.film import Aspect, Preset, StillMove, canvas_for
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.motion.camera import still_views
from storyreel.media.encode import clip_writer
from storyreel.media.frames import Planes, black, paint
from storyreel.media.motion import StillCamera
from storyreel.media.probe import read_clip
from storyreel.media.profile import SOFTWARE, named_profile


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity of two planes (Wang et al. 2004: Gaussian window of 1.5 pixels), 1 is equal."""

    def around(values: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(values, (11, 11), 1.5)

    a, b = one.astype(np.float32), other.astype(np.float32)
    mean_a, mean_b = around(a), around(b)
    var_a, var_b, both = around(a * a) - mean_a**2, around(b * b) - mean_b**2, around(a * b) - mean_a * mean_b
    steady, busy = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_a * mean_b + steady) * (2 * both + busy)
    return float((likeness / ((mean_a**2 + mean_b**2 + steady) * (var_a + var_b + busy))).mean())


def scenes(film: Film, frames: int) -> list[list[Planes]]:
    """Each shot's frames, ready to be encoded."""
    drawn: list[list[Planes]] = []
    for shot, camera in zip(film.shots, [*Camera] * len(film.shots), strict=False):
        move = StillMove(film.folder / shot.picture, film.canvas, Fraction(film.fps), frames, *still_views(camera))
        camera_over = StillCamera(move)
        drawn.append([black(film.canvas) for _ in range(frames)])
        for number, planes in enumerate(drawn[-1]):
            camera_over.draw(number, planes)
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="720p")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--shots", type=int, default=4)
    wanted = parser.parse_args()
    table = Table("encoder", "preset", "settings", "SSIM", "worst", "Mbit/s", "CPU ms a frame", title=wanted.size)
    with tempfile.TemporaryDirectory() as folder:
        film = prepare(Path(folder), canvas_for(wanted.size, Aspect.WIDE), 24, wanted.shots)
        drawn = scenes(film, round(wanted.seconds * film.fps))
        for encoder in SOFTWARE.values():
            for preset in Preset:
                profile = named_profile(film.canvas, Fraction(film.fps), preset, encoder)
                likeness, size, spent = [], 0, 0.0
                for number, frames in enumerate(drawn):
                    out = Path(folder, f"{number}.mp4")
                    begun = time.process_time()
                    with clip_writer(profile, out) as writer:
                        for planes in frames:
                            paint(writer.planes, planes)
                            writer.write()
                    spent += time.process_time() - begun
                    size += out.stat().st_size
                    decoded = read_clip(out, 0, len(frames))
                    likeness += [ssim(a.y, b.y) for a, b in zip(decoded, frames, strict=True)]
                seconds = len(likeness) / film.fps
                settings = f"{profile.preset} {profile.crf} {profile.params}"
                figures = f"{np.mean(likeness):.4f}", f"{min(likeness):.4f}", f"{size * 8 / seconds / 1e6:.2f}"
                table.add_row(encoder, preset, settings, *figures, f"{spent / len(likeness) * 1000:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
