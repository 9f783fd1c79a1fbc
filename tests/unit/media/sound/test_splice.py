"""Parts that were encoded apart become one track whose seams cannot be heard."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.mp4 import SOUND, read_track
from storyreel.media.probe import read_stereo
from storyreel.media.sound import score as scores
from storyreel.media.sound.aac import FRAME, encode_aac
from storyreel.media.sound.loops import Loop
from storyreel.media.sound.loudness import HOP, limited, sampled, true_peaks
from storyreel.media.sound.mix import mixed, render_part
from storyreel.media.sound.score import Place, Score, Spoken, plan_soundtrack
from storyreel.media.sound.sections import Felt
from storyreel.media.sound.splice import join_parts, write_part
from storyreel.media.sound.voices import measure_voices

MakeFile = Callable[..., Path]
RATE = 48_000
DURATION = Fraction(40)


def ignore(_: float) -> None:
    pass


def part_of(path: Path, frames: int, pitch: float = 440.0) -> Path:
    """A part of so many packets, with a tone in it."""
    wave = 0.3 * np.sin(2 * np.pi * pitch * np.arange((frames - 1) * FRAME) / RATE)
    write_part(*encode_aac(np.tile(wave.astype(np.float32), (2, 1))), path)
    return path


@pytest.fixture
def score(voice: MakeFile) -> Score:
    """Somebody speaks across both of the cuts, to music, in the rain."""
    voices = (
        Spoken("a", voice(6.0), Fraction(2)),
        Spoken("b", voice(5.0, rate=48_000), Fraction(13)),
        Spoken("c", voice(4.0), Fraction(29)),
    )
    moods = Felt("happy", Fraction(0), Fraction(15)), Felt("sad", Fraction(15), DURATION)
    return Score(voices, (Place("rain", Fraction(0), DURATION),), moods, 3, DURATION)


def test_a_seam_is_as_good_as_any_other_place(
    tmp_path: Path, score: Score, loop_file: Callable[[Loop], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = {loop: loop_file(loop) for loop in score.loops}
    measured = measure_voices(ignore, [voice.path for voice in score.voices])
    parts = plan_soundtrack(score, measured)
    assert len(parts) == 3
    files = [tmp_path / f"{part.first}" for part in parts]
    for part, file in zip(parts, files, strict=True):
        render_part(ignore, part, loops, file)
    join_parts(ignore, files, DURATION, tmp_path / "joined")

    monkeypatch.setattr(scores, "PART", 15_000)
    (whole,) = plan_soundtrack(score, measured)
    render_part(ignore, whole, loops, tmp_path / "whole")
    wanted = mixed(whole, loops)
    for part in parts:
        known = slice(part.start + HOP, part.end - HOP)  # how levels change beyond its ends, a part does not know
        assert np.abs(mixed(part, loops)[:, HOP:-HOP] - wanted[:, known]).max() < 1e-5, "alike where they meet"
    wanted = wanted * sampled(limited(true_peaks(wanted), scores.CEILING), 0, wanted.shape[1])

    joined, at_once = read_stereo(tmp_path / "joined"), read_stereo(tmp_path / "whole")
    assert joined.shape == at_once.shape

    def quality(sound: np.ndarray, start: int) -> float:
        here = slice(start, start + FRAME)
        return float(10 * np.log10((wanted[:, here] ** 2).sum() / ((sound - wanted)[:, here] ** 2).sum()))

    joined, at_once = (sound[:, : wanted.shape[1]] for sound in (joined, at_once))
    for part in parts[1:]:
        for frame in range(part.first - 3, part.first + 3):
            assert quality(joined, frame * FRAME) > quality(at_once, frame * FRAME) - 1


def test_parts_are_placed_to_the_sample(tmp_path: Path) -> None:
    """A tone that goes on across the cut goes on in the joined track; a part too short or too long is refused."""
    parts = [part_of(tmp_path / "a", 51), part_of(tmp_path / "b", 30)]
    join_parts(ignore, parts, Fraction(79 * FRAME + 100, RATE), tmp_path / "joined")
    track = read_track(tmp_path / "joined", SOUND)
    assert len(track.samples) == 81
    assert int(track.samples.durations.sum()) - track.before == 79 * FRAME + 100
    assert track.before == FRAME
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(49 * FRAME) / RATE)
    assert read_stereo(tmp_path / "joined")[:, : wave.size] == pytest.approx(np.tile(wave, (2, 1)), abs=0.02)
    for frames in (78 * FRAME, 80 * FRAME + 1):
        with pytest.raises(MediaError) as failed:
            join_parts(ignore, parts, Fraction(frames, RATE), tmp_path / "wrong")
        assert failed.value.code == "broken_file"
    assert not (tmp_path / "wrong").exists()


def test_what_does_not_belong_together_is_not_joined(tmp_path: Path) -> None:
    good = part_of(tmp_path / "good", 20)
    setup, packets = encode_aac(np.zeros((2, 20 * FRAME), np.float32))
    write_part(setup + b"\0", packets, tmp_path / "other")
    torn = tmp_path / "torn"
    torn.write_bytes(good.read_bytes()[:-10])
    for second in (tmp_path / "other", torn, tmp_path / "missing"):
        with pytest.raises(MediaError) as failed:
            join_parts(ignore, [good, second], Fraction(39 * FRAME, RATE), tmp_path / "out")
        assert failed.value.code == "broken_file"


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    setup, packets = encode_aac(np.zeros((2, FRAME), np.float32))
    with pytest.raises(MediaError) as failed:
        write_part(setup, packets, tmp_path / "nowhere" / "part")
    assert failed.value.code == "encode_failed"
