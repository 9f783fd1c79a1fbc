"""How loud voices are, kept as files."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.sound.voices import batched, levels_identity, measure_voices, read_levels, write_levels


def ignore(_: float) -> None:
    pass


KEYS = [sha256(bytes([number])).hexdigest() for number in range(200)]


def test_what_is_kept_is_what_was_measured(tmp_path: Path, voice: Callable[..., Path]) -> None:
    files = [voice(1.0), voice(0.731, level=0.6, rate=16_000), voice(2.0)]
    measured = measure_voices(ignore, files)
    write_levels(ignore, files, tmp_path / "levels.npz")
    kept = read_levels(tmp_path / "levels.npz")
    assert [known.samples for known in kept] == [known.samples for known in measured]
    for one, other in zip(kept, measured, strict=True):
        assert one.levels.energy == pytest.approx(other.levels.energy, rel=1e-6)
        assert one.levels.peak == pytest.approx(other.levels.peak, rel=1e-6)
        assert one.levels.energy.dtype == np.float64


def test_batches_are_of_a_few_voices_each() -> None:
    assert batched([]) == []
    for count in (1, 3, 60, 200):
        batches = batched(KEYS[:count])
        assert [key for batch in batches for key in KEYS[:count][batch]] == KEYS[:count]
        sizes = [batch.stop - batch.start for batch in batches]
        assert max(sizes) <= 12
        assert all(size >= 4 for size in sizes[:-1])


@pytest.mark.parametrize("place", [0, 37, 120, 199])
def test_a_changed_voice_changes_only_batches_near_it(place: int) -> None:
    def groups(keys: list[str]) -> set[tuple[str, ...]]:
        return {tuple(keys[batch]) for batch in batched(keys)}

    changes = ([*KEYS[:place], "ff", *KEYS[place + 1 :]], [*KEYS[:place], "00", *KEYS[place:]], KEYS[:place])
    for changed in changes:
        assert len(groups(changed) - groups(KEYS)) <= 4


def test_levels_are_of_their_voices() -> None:
    assert levels_identity(KEYS[:2]) != levels_identity(KEYS[1::-1])


def test_what_is_broken_is_told(tmp_path: Path, voice: Callable[..., Path]) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK")
    for path in (tmp_path / "broken.npz", tmp_path / "missing.npz"):
        with pytest.raises(MediaError) as failed:
            read_levels(path)
        assert failed.value.code == "broken_file"
    with pytest.raises(MediaError) as failed:
        write_levels(ignore, [voice(0.5)], tmp_path / "nowhere" / "levels.npz")
    assert failed.value.code == "encode_failed"
