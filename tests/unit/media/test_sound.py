"""Loudness, music and mix."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from storyreel.errors import InvalidInputError, MediaError
from storyreel.media.loudness import HOP, gain_for, integrated, lowest_near, measure, sampled, smoothed
from storyreel.media.mix import render_soundtrack, soundtrack_identity
from storyreel.media.music import MOODS, compose_bed
from storyreel.media.probe import probe_audio, read_stereo

MakeFile = Callable[..., Path]
RATE = 48_000


def ignore(_: float) -> None:
    pass


def sine(seconds: float, level: float, pitch: float = 997.0, channels: int = 2) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)
    return np.tile(wave.astype(np.float32), (channels, 1))


def decibels(value: float) -> float:
    return 20 * math.log10(max(value, 1e-9))


def heard(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file, by FFmpeg's own meter: a second opinion on ours."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        nodes = [
            graph.add_abuffer(template=stream),
            graph.add("ebur128", "metadata=1:peak=true"),
            graph.add("abuffersink"),
        ]
        for one, next_ in pairwise(nodes):
            one.link_to(next_)
        graph.configure()
        last: dict[str, str] = {}
        peak = -math.inf
        for frame in [*container.decode(stream), None]:
            nodes[0].push(frame)
            while True:
                try:
                    pulled = nodes[-1].pull()
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                if "lavfi.r128.I" in pulled.metadata:
                    last = pulled.metadata
                    peak = max(peak, *(decibels(float(last[f"lavfi.r128.true_peaks_ch{k}"])) for k in range(2)))
    return float(last["lavfi.r128.I"]), peak


@pytest.mark.parametrize(
    ("channels", "expected"), [(2, -20.0), (1, -23.01)]
)  # BS.1770: a 997 Hz sine of −20 dBFS peak on both channels measures −20 LUFS
def test_loudness_of_the_reference_tone(channels: int, expected: float) -> None:
    blocks = np.split(sine(20, 0.1, channels=channels), 4, axis=1)
    assert integrated(measure(blocks).energy) == pytest.approx(expected, abs=0.05)


def test_silence_has_no_loudness_and_pauses_do_not_count() -> None:
    assert integrated(measure([np.zeros((2, RATE), np.float32)]).energy) == -math.inf
    assert integrated(measure([]).energy) == -math.inf
    tone = sine(5, 0.1)
    gappy = np.concatenate((tone, np.zeros((2, 20 * RATE), np.float32), tone), axis=1)
    assert integrated(measure([gappy]).energy) == pytest.approx(integrated(measure([tone]).energy), abs=0.2)


def test_true_peaks_lie_between_samples() -> None:
    """A quarter of the sampling rate, 45° off: every sample reads 0.707 of the real peak."""
    time = np.arange(RATE)
    wave = np.sin(np.pi / 2 * time + np.pi / 4).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.7071, abs=1e-3)
    assert measure([wave[np.newaxis]]).peak[50:-50].max() == pytest.approx(1.0, abs=0.02)


def test_gain_meets_loudness_and_ceiling() -> None:
    random = np.random.default_rng(3)
    sound = (random.standard_normal((2, 20 * RATE)) * 0.02).astype(np.float32)
    for place in random.integers(RATE, 19 * RATE, 60):
        sound[:, place : place + 40] += 0.9
    gain = gain_for(measure([sound]), -16.0, -2.5)
    made = measure([sound * sampled(gain, 0, sound.shape[1])])
    assert integrated(made.energy) == pytest.approx(-16, abs=0.3)
    assert decibels(made.peak.max()) < -2.3


@pytest.mark.parametrize("mood", list(MOODS))
def test_beds_are_level_and_seamless(mood: str) -> None:
    loop = compose_bed(mood, 7).loop
    assert loop.dtype == np.float32
    assert np.isfinite(loop).all()
    assert np.abs(loop).max() < 0.7
    step = np.abs(np.diff(loop, axis=1))
    assert np.abs(loop[:, 0] - loop[:, -1]).max() <= step.max(), "the loop closes without a click"
    quarter = loop.shape[1] // 4
    parts = [np.sqrt((loop[:, k * quarter : (k + 1) * quarter] ** 2).mean()) for k in range(4)]
    assert min(parts) > 0.3 * max(parts), "it never falls silent"


def test_a_bed_is_made_from_mood_and_seed() -> None:
    bed = compose_bed("calm", 1)
    whole = bed.block(0, 3 * RATE, 3 * RATE)
    assert whole.shape == (2, 3 * RATE)
    assert not np.array_equal(whole, compose_bed("calm", 2).block(0, 3 * RATE, 3 * RATE))
    assert np.array_equal(whole, compose_bed("calm", 1).block(0, 3 * RATE, 3 * RATE))
    assert np.abs(whole[:, 0]).max() == 0
    assert np.abs(whole[:, -1]).max() < 1e-3
    assert integrated(measure([bed.loop]).energy) == pytest.approx(-24, abs=0.1)
    pieces = [bed.block(start, RATE, 3 * RATE) for start in (0, RATE, 2 * RATE)]
    assert np.array_equal(np.concatenate(pieces, axis=1), whole)
    long = bed.block(0, 2 * bed.loop.shape[1] + 9, 10**8)
    assert np.array_equal(long[:, -9:], bed.block(0, 9, 10**8) * 0 + bed.loop[:, :9])
    with pytest.raises(InvalidInputError):
        compose_bed("polka", 1)


def test_a_beds_levels_are_told_without_making_it() -> None:
    bed = compose_bed("happy", 3)
    total = 70 * RATE
    made, told = measure([bed.block(0, total, total)]), bed.levels_for(total)
    assert integrated(told.energy) == pytest.approx(integrated(made.energy), abs=0.1)
    assert told.peak.max() == pytest.approx(made.peak.max(), rel=0.02)


def test_curves_are_smoothed_lowered_and_read_between_hops() -> None:
    random = np.random.default_rng(5)
    curve = random.uniform(0, 1, 500)
    for before, after in ((0, 0), (0, 1), (3, 5), (120, 60)):
        expected = [curve[max(k - before, 0) : k + after + 1].min() for k in range(500)]
        assert np.array_equal(lowest_near(curve, before, after), expected)
    padded = np.pad(curve, 7, mode="edge")
    assert smoothed(curve, 7) == pytest.approx(np.array([padded[k : k + 15].mean() for k in range(500)]))
    places = (np.arange(500 * HOP) + 0.5) / HOP - 0.5
    expected = np.interp(places, np.arange(500), curve)
    for start, count in ((0, 500 * HOP), (17, 1000), (480, 3), (499 * HOP, 100)):
        read = sampled(curve, start, count)
        assert read.shape == (1, count)
        assert read[0] == pytest.approx(expected[start : start + count], abs=1e-6)


@pytest.mark.parametrize("mood", [None, "tense"])
@pytest.mark.parametrize("levels", [(0.3, 0.3), (0.05, 0.6)])
def test_a_film_is_as_loud_as_it_should_be(
    tmp_path: Path, voice: MakeFile, mood: str | None, levels: tuple[float, float]
) -> None:
    voices = [
        (voice(3.0, level=levels[0]), Fraction(3, 10)),
        (voice(2.5, level=levels[1], rate=16_000), Fraction(5)),
        (voice(2.0, level=levels[0], rate=48_000), Fraction(91, 10)),
    ]
    fractions: list[float] = []
    render_soundtrack(fractions.append, voices, Fraction(12), mood, 5, tmp_path / "track")
    loudness, peak = heard(tmp_path / "track")
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1.5
    sound = read_stereo(tmp_path / "track")
    ours = measure([sound])
    assert integrated(ours.energy) == pytest.approx(loudness, abs=0.2), "our meter agrees with FFmpeg's"
    parts = [sound[:, round(start * RATE) : round((start + 2) * RATE)] for start in (0.5, 5.2, 9.2)]
    speaking = [integrated(measure([part]).energy) for part in parts]
    assert max(speaking) - min(speaking) < 1.5, "voices are level"
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_music_gives_way_to_voices(tmp_path: Path, voice: MakeFile) -> None:
    """The voice is silent but for short clicks, so that what is heard between them is music."""
    clicks = tuple(k / 10 for k in range(1, 30))
    render_soundtrack(ignore, [(voice(3.0, clicks=clicks), Fraction(4))], Fraction(12), "calm", 1, tmp_path / "track")
    sound = read_stereo(tmp_path / "track")

    def music(second: float) -> float:
        return float(np.median(np.abs(sound[:, round(second * RATE) : round((second + 1) * RATE)])))

    under, before, after = music(5.0), music(2.2), music(9.0)
    assert decibels(under) < decibels(before) - 5
    assert decibels(under) < decibels(after) - 3


def test_nothing_to_hear_is_silence(tmp_path: Path, voice: MakeFile) -> None:
    for voices in ([], [(voice(1.0, level=0.0), Fraction(0))]):
        render_soundtrack(ignore, voices, Fraction(5, 2), None, 0, tmp_path / "track")
        assert probe_audio(tmp_path / "track").duration == pytest.approx(2.5, abs=1024 / RATE)
        assert np.abs(read_stereo(tmp_path / "track")).max() == 0


def test_music_alone_is_as_loud_as_a_film(tmp_path: Path) -> None:
    render_soundtrack(ignore, [], Fraction(8), "wonder", 2, tmp_path / "track")
    loudness, peak = heard(tmp_path / "track")
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1.5


def test_a_voice_is_never_cut_off(tmp_path: Path, voice: MakeFile) -> None:
    with pytest.raises(MediaError, match="cut off"):
        render_soundtrack(ignore, [(voice(2.0), Fraction(1))], Fraction(5, 2), None, 0, tmp_path / "track")
    assert not (tmp_path / "track").exists()


def test_voices_longer_than_a_block_are_whole(tmp_path: Path, voice: MakeFile) -> None:
    clicks = (0.5, 9.9, 10.05, 19.95, 23.0)
    path = voice(24.0, clicks=clicks, rate=48_000)
    render_soundtrack(ignore, [(path, Fraction(1, 4))], Fraction(25), None, 0, tmp_path / "track")
    sound = np.abs(read_stereo(tmp_path / "track")).max(axis=0)
    for click in clicks:
        place = round((click + 0.25) * RATE)
        assert abs(int(sound[place - 2400 : place + 2400].argmax()) - 2400) < 100


def test_identity_names_all_that_is_heard() -> None:
    voices = [("a", Fraction(3, 10)), ("b", Fraction(5))]
    same = soundtrack_identity(voices, Fraction(12), "calm", 1)
    assert soundtrack_identity(voices, Fraction(12), None, 1) == soundtrack_identity(voices, Fraction(12), None, 2)
    others = [
        soundtrack_identity(voices[:1], Fraction(12), "calm", 1),
        soundtrack_identity(voices, Fraction(13), "calm", 1),
        soundtrack_identity(voices, Fraction(12), "sad", 1),
        soundtrack_identity(voices, Fraction(12), "calm", 2),
        soundtrack_identity([("a", Fraction(3, 10)), ("b", Fraction(6))], Fraction(12), "calm", 1),
    ]
    assert len({str(identity) for identity in [same, *others]}) == len(others) + 1
