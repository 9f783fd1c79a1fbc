"""Music and ambience as files that go round."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from storyreel.errors import InvalidInputError, MediaError
from storyreel.media.sound.ambience import AMBIENCES
from storyreel.media.sound.loops import LOUDNESS, Loop, read_loop, render_loop
from storyreel.media.sound.loudness import integrated, measure
from storyreel.media.sound.music import MUSIC, compose_music

LoopFile = Callable[[Loop], Path]
RATE = 48_000


def ignore(_: float) -> None:
    pass


def length(path: Path) -> int:
    return (path.stat().st_size - 44) // 4


def test_moods_and_kinds_of_ambience_have_names_of_their_own() -> None:
    assert not MUSIC & AMBIENCES.keys()
    loops = [Loop("calm", 1), Loop("calm", 2), Loop("calm ending", 1), Loop("rain", 1)]
    assert len({str(loop.identity()) for loop in loops}) == len(loops)


@pytest.mark.parametrize("loop", [Loop("calm", 1), Loop("sad ending", 1), Loop("room", 0)])
def test_loops_are_kept_at_one_loudness_and_go_round(loop: Loop, loop_file: LoopFile) -> None:
    file = loop_file(loop)
    samples = length(file)
    once = read_loop(file, 0, samples)
    assert once.shape == (2, samples)
    assert integrated(measure([once]).energy) == pytest.approx(LOUDNESS, abs=0.1)
    assert np.abs(once).max() < 1
    assert np.array_equal(read_loop(file, samples - 5, 2 * samples)[:, 5 : 5 + samples], once)
    assert np.array_equal(read_loop(file, 7 * samples + 100, 30), once[:, 100:130])
    assert np.array_equal(read_loop(file, -5, 10), np.concatenate((once[:, -5:], once[:, :5]), axis=1))


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    for path in (broken, tmp_path / "missing.wav"):
        with pytest.raises(MediaError) as failed:
            read_loop(path, 0, 10)
        assert failed.value.code == "broken_file"
    with pytest.raises(MediaError) as failed:
        render_loop(ignore, Loop("room", 0), tmp_path / "nowhere" / "loop.wav")
    assert failed.value.code == "encode_failed"
    with pytest.raises(InvalidInputError):
        render_loop(ignore, Loop("polka", 0), tmp_path / "loop.wav")
    with pytest.raises(InvalidInputError):
        compose_music("rain", 0)
