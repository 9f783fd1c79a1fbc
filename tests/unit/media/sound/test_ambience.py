"""Every ambience: pleasant by figures, since tests have no ears."""

from functools import cache

import numpy as np
import pytest

from storyreel.errors import InvalidInputError
from storyreel.media.sound.ambience import AMBIENCES, compose_ambience
from storyreel.media.sound.loudness import integrated, measure

RATE = 48_000


@cache
def loop(kind: str) -> np.ndarray:
    return compose_ambience(kind, 0)


def short_term(sound: np.ndarray) -> np.ndarray:
    """Loudness over 3 s, every half second, in LUFS; the loop's end leads into its beginning."""
    energy = measure([np.concatenate((sound[:, -RATE:], sound), axis=1)]).energy[200:]
    means = np.lib.stride_tricks.sliding_window_view(energy, 600)[::100].mean(axis=1)
    return -0.691 + 10 * np.log10(means)


def share(kind: str, low: float, high: float) -> float:
    """How much of the power lies between two pitches."""
    power = np.abs(np.fft.rfft(loop(kind).sum(axis=0))) ** 2
    pitch = np.fft.rfftfreq(loop(kind).shape[1], 1 / RATE)
    return float(power[(pitch >= low) & (pitch < high)].sum() / power.sum())


def test_they_are_soft() -> None:
    assert all(-41 < ambience.loudness < -30 for ambience in AMBIENCES.values())


@pytest.mark.parametrize("kind", list(AMBIENCES))
def test_a_loop_is_even_clean_and_seamless(kind: str) -> None:
    sound = loop(kind)
    assert sound.shape == (2, AMBIENCES[kind].seconds * RATE)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    level = np.sqrt((sound**2).mean())
    assert np.abs(sound.mean(axis=1)).max() < 0.01 * level, "nothing stands still"
    edges = np.concatenate((sound[:, -200:], sound[:, :200]), axis=1)
    steps = np.abs(np.diff(sound, axis=1)).max(axis=0)
    seam = np.abs(np.diff(edges, axis=1)).max(axis=0)[150:250].max()
    assert seam <= np.quantile(steps.reshape(-1, 1)[: steps.size // 100 * 100].reshape(-1, 100).max(axis=1), 0.999)
    left, right = np.sqrt((sound**2).mean(axis=1))
    assert 0.6 < left / right < 1.6, "it is not on one side"
    assert np.ptp(short_term(sound)) < 12, "it neither stops nor startles"
    loudest = 10 ** ((AMBIENCES[kind].loudness - integrated(measure([sound]).energy)) / 20) * np.abs(sound).max()
    assert loudest < 0.2, "no single sound is as loud as a voice"


def test_each_sounds_like_what_it_is() -> None:
    assert share("rain", 1000, 12_000) > 0.5
    assert share("room", 1000, 24_000) < 0.02
    assert share("forest", 1700, 6000) > 0.1, "birds"
    assert share("night", 3300, 4500) > 0.02, "crickets"
    assert share("crowd", 150, 1200) > 0.6
    assert share("underwater", 600, 24_000) < 0.05
    assert share("storm", 20, 120) > share("rain", 20, 120) + 0.1, "thunder"
    assert np.ptp(short_term(loop("sea"))) > 5 > np.ptp(short_term(loop("rain"))), "waves, and none"


def test_one_is_made_from_its_kind_and_seed() -> None:
    assert np.array_equal(loop("stream"), compose_ambience("stream", 0))
    assert not np.array_equal(loop("stream"), compose_ambience("stream", 1))
    with pytest.raises(InvalidInputError, match="bagpipes"):
        compose_ambience("bagpipes", 0)
