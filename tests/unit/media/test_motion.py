"""The camera over a still: sub-pixel exact, never at a standstill, never beside the picture."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from storyreel.domain.film import Canvas, StillMove, View
from storyreel.domain.storyboard import Camera
from storyreel.engines.backends.builtin.motion.camera import still_views
from storyreel.errors import MediaError
from storyreel.media.clips import encode_clip
from storyreel.media.footage import open_footage
from storyreel.media.frames import Planes, black, from_rgb
from storyreel.media.motion import StillCamera
from storyreel.media.probe import probe_video
from storyreel.media.profile import EncodeProfile

FPS = Fraction(24)
CANVAS = Canvas(256, 144)


def drawn(move: StillMove) -> list[Planes]:
    """All frames of a move."""
    camera = StillCamera(move)
    frames = [black(move.canvas) for _ in range(len(move))]
    for number, planes in enumerate(frames):
        camera.draw(number, planes)
    return frames


def soft_noise(height: int, width: int) -> np.ndarray:
    """A picture with detail of a few pixels, as pictures have."""
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.fromarray(soft_noise(300, 400)).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


@pytest.mark.parametrize("camera", list(Camera))
@pytest.mark.parametrize("canvas", [CANVAS, Canvas(144, 256), Canvas(800, 600), Canvas(144, 144)])
def test_a_picture_fills_the_canvas_and_never_stands_still(picture: Path, camera: Camera, canvas: Canvas) -> None:
    frames = drawn(StillMove(picture, canvas, FPS, 8, *still_views(camera)))
    assert [planes.y.shape for planes in frames] == [(canvas.height, canvas.width)] * 8
    for before, after in pairwise(frames):
        assert not np.array_equal(before.y, after.y)


def test_the_whole_picture_is_shown_as_it_is(tmp_path: Path) -> None:
    image = soft_noise(144, 256)
    Image.fromarray(image).save(tmp_path / "p.png")
    move = StillMove(tmp_path / "p.png", CANVAS, FPS, 5, View(), View(1, 0, 0))
    first = drawn(move)[0]
    for shown, plane in zip(first, from_rgb(image), strict=True):
        assert np.array_equal(shown, plane)


def test_any_frame_can_be_drawn_by_itself(picture: Path) -> None:
    move = StillMove(picture, CANVAS, FPS, 30, *still_views(Camera.PUSH_IN))
    all_at_once = drawn(move)
    camera, alone = StillCamera(move), black(CANVAS)
    for number in (0, 7, 29):
        camera.draw(number, alone)
        assert all(np.array_equal(a, b) for a, b in zip(alone, all_at_once[number], strict=True))


def test_the_motion_is_smooth_to_a_fraction_of_a_pixel(tmp_path: Path) -> None:
    """A slow pan, followed by phase correlation: whole-pixel steps would be off by up to half a pixel."""
    Image.fromarray(soft_noise(360, 640)).save(tmp_path / "p.png")
    move = StillMove(tmp_path / "p.png", Canvas(480, 270), FPS, 48, View(1.3, -0.1, 0), View(1.3, 0.1, 0))
    frames = [planes.y.astype(np.float64) for planes in drawn(move)]
    window = cv2.createHanningWindow((480, 270), cv2.CV_64F)
    shifts = np.array([cv2.phaseCorrelate(frames[0], frame, window)[0][0] for frame in frames])
    smooth = np.polynomial.Polynomial.fit(np.arange(48), shifts, 7)(np.arange(48))
    assert np.ptp(shifts) > 5
    assert np.sqrt(np.mean((shifts - smooth) ** 2)) < 0.1  # the measure itself is good to 0.05


def test_a_move_becomes_a_clip_of_just_its_frames(picture: Path, tmp_path: Path) -> None:
    said: list[float] = []
    move = StillMove(picture, Canvas(800, 600), FPS, 31, *still_views(Camera.RISE))
    encode_clip(said.append, move, EncodeProfile(CANVAS, FPS), tmp_path / "clip.mp4")
    facts = probe_video(tmp_path / "clip.mp4")
    assert (facts.frames, facts.width, facts.height) == (31, 256, 144)
    assert said[-1] == 1


def ignore(_: float) -> None:
    pass


def test_what_cannot_be_shown_is_refused(picture: Path, tmp_path: Path) -> None:
    move = StillMove(picture, CANVAS, FPS, 5, View(), View())
    for wrong in (replace(move, end=View(0.9)), replace(move, start=View(1, 1.1))):
        with pytest.raises(MediaError):
            StillCamera(wrong)
    with pytest.raises(MediaError, match="25"):
        open_footage(move, EncodeProfile(CANVAS, Fraction(25)))
    with pytest.raises(MediaError, match="one frame"):
        encode_clip(ignore, replace(move, number=0), EncodeProfile(CANVAS, FPS), tmp_path / "clip.mp4")
    (tmp_path / "no.png").write_bytes(b"not a picture")
    with pytest.raises(MediaError, match=r"no\.png"):
        StillCamera(replace(move, image=tmp_path / "no.png"))
