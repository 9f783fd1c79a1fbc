"""The resampler agrees with cubic convolution written plainly."""

import cv2
import numpy as np
import pytest

from storyreel.media.resample import Resampler


def soft_noise(height: int, width: int) -> np.ndarray:
    """A plane with detail of a few pixels, as pictures have."""
    noise = np.random.default_rng(1).integers(0, 255, (height, width), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX)


@pytest.mark.parametrize(
    ("step", "x", "y"), [(1.0, 0.0, 0.0), (0.93, 3.37, 2.81), (0.71, -1.4, 9.99), (1.02, 0.5, -2.0), (1.0, 500, -500)]
)
@pytest.mark.parametrize("shape", [(151, 263), (64, 64), (1, 9), (9, 1), (2, 2)])
def test_the_resampler_agrees_with_a_reference_to_a_level(
    shape: tuple[int, int], step: float, x: float, y: float
) -> None:
    plane = soft_noise(*shape)
    drawn = np.empty((144, 256), np.uint8)
    Resampler(plane).draw(drawn, step, x, y)
    columns = np.clip(step * np.arange(256) + x, 0, shape[1] - 1)
    rows = np.clip(step * np.arange(144) + y, 0, shape[0] - 1)
    assert np.abs(drawn.astype(int) - reference(plane, columns, rows)).max() <= 1


@pytest.mark.parametrize(("step", "x", "y"), [(1.0, 0.5, 0.5), (0.93, 3.37, 2.81), (1.02, 0.5, -2.0)])
def test_hard_edges_agree_to_a_level_too(step: float, x: float, y: float) -> None:
    plane = np.random.default_rng(2).choice(np.array([0, 255], np.uint8), (151, 263))
    drawn = np.empty((144, 250), np.uint8)
    Resampler(plane).draw(drawn, step, x, y)
    columns = np.clip(step * np.arange(250) + x, 0, 262)
    rows = np.clip(step * np.arange(144) + y, 0, 150)
    assert np.abs(drawn.astype(int) - reference(plane, columns, rows)).max() <= 1


@pytest.mark.parametrize("level", [0, 1, 16, 127, 128, 254, 255])
def test_an_even_plane_stays_just_as_it_is(level: int) -> None:
    drawn = np.empty((90, 160), np.uint8)
    Resampler(np.full((100, 180), level, np.uint8)).draw(drawn, 0.937, 3.3, 2.7)
    assert (drawn == level).all()


def test_a_gentle_slope_never_steps_back() -> None:
    plane = np.tile(np.linspace(20, 60, 640).round().astype(np.uint8), (64, 1))
    drawn = np.empty((60, 600), np.uint8)
    Resampler(plane).draw(drawn, 0.961, 8.3, 1.7)
    assert np.diff(drawn.astype(int), axis=1).min() >= 0


def test_rounding_makes_a_plane_neither_lighter_nor_darker() -> None:
    plane = soft_noise(200, 300)
    drawn = np.empty((150, 250), np.uint8)
    Resampler(plane).draw(drawn, 0.961, 8.3, 1.7)
    exact = reference(plane, 0.961 * np.arange(250) + 8.3, 0.961 * np.arange(150) + 1.7)
    assert abs(drawn.mean() - exact.mean()) < 0.03


def reference(plane: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Cubic convolution with a = -0.5, written plainly."""

    def along(values: np.ndarray, places: np.ndarray) -> np.ndarray:
        last = values.shape[0] - 1
        at = np.floor(places).astype(int)
        t = (places - at)[:, None]
        a = -0.5
        weights = (
            a * (t**3 - 2 * t**2 + t),
            (a + 2) * t**3 - (a + 3) * t**2 + 1,
            -(a + 2) * t**3 + (2 * a + 3) * t**2 - a * t,
            a * (t**2 - t**3),
        )
        return sum(w * values[np.clip(at + k - 1, 0, last)] for k, w in enumerate(weights))

    wide = along(plane.astype(np.float64).T, columns)
    return np.clip(np.rint(along(wide.T, rows)), 0, 255)


def test_one_resampler_draws_planes_of_several_sizes() -> None:
    plane = soft_noise(100, 150)
    resampler = Resampler(plane)
    for height, width in ((60, 80), (90, 40), (60, 80)):
        drawn, alone = np.empty((height, width), np.uint8), np.empty((height, width), np.uint8)
        resampler.draw(drawn, 0.9, 2.5, 1.25)
        Resampler(plane).draw(alone, 0.9, 2.5, 1.25)
        assert np.array_equal(drawn, alone)
