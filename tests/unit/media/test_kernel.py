"""Kernels do what their Python says, whoever compiled them, and are compiled once."""

import ctypes
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from storyreel.media import kernel as module
from storyreel.media.kernel import Kernel, kernel


def _triple(value: int) -> int:
    return 3 * value


def scale(values: NDArray[np.uint8], out: NDArray[np.int16], size: int, plus: float) -> None:
    for i in range(size):
        out[i] = np.int16(_triple(np.int32(values[i])) + plus)


VALUES = np.arange(6, dtype=np.uint8).reshape(2, 3)
Scale = Kernel[NDArray[np.uint8], NDArray[np.int16], int, float]


def scaled(run: Scale) -> list[list[int]]:
    out = np.zeros((2, 3), np.int16)
    run(VALUES, out, 6, -1.0)
    return out.tolist()


RIGHT = [[-1, 2, 5], [8, 11, 14]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where code is kept; empty as yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "storyreel" / "kernels"


def identity(file: Path) -> tuple[int, int]:
    """Changes whenever the file is published anew."""
    return file.stat().st_ino, file.stat().st_mtime_ns


def test_a_kernel_is_compiled_once_and_used_again(folder: Path) -> None:
    assert scaled(kernel(_triple)(scale)) == RIGHT
    (file,) = folder.iterdir()
    before = identity(file)
    assert scaled(kernel(_triple)(scale)) == RIGHT
    assert identity(file) == before


def test_a_damaged_file_is_replaced(folder: Path) -> None:
    scaled(kernel(_triple)(scale))
    (file,) = folder.iterdir()
    os.truncate(file, file.stat().st_size // 2)
    damaged = identity(file)
    assert scaled(kernel(_triple)(scale)) == RIGHT
    mended = identity(file)
    assert mended != damaged
    assert scaled(kernel(_triple)(scale)) == RIGHT
    assert identity(file) == mended


def test_code_for_another_processor_is_not_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled(kernel(_triple)(scale))
    (ours,) = folder.iterdir()
    before = identity(ours)
    other = ("another", module._processor()[1])
    with monkeypatch.context() as there:
        there.setattr(module, "_processor", lambda: other)
        module._circumstances.cache_clear()
        assert scaled(kernel(_triple)(scale)) == RIGHT
    module._circumstances.cache_clear()
    (theirs,) = set(folder.iterdir()) - {ours}
    theirs.rename(ours)
    assert identity(ours) != before
    moved = identity(ours)
    assert scaled(kernel(_triple)(scale)) == RIGHT
    assert identity(ours) != moved


def test_without_a_folder_kernels_work_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert scaled(kernel(_triple)(scale)) == RIGHT


def test_several_threads_may_be_the_first_at_once(folder: Path) -> None:
    run = kernel(_triple)(scale)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(scaled, [run] * 4)) == [RIGHT] * 4
    assert len(list(folder.iterdir())) == 1


def test_arrays_that_the_code_would_misread_are_refused(folder: Path) -> None:
    run = kernel(_triple)(scale)
    out = np.zeros((2, 3), np.int16)
    sealed = out.copy()
    sealed.flags.writeable = False
    for values, into in (
        (VALUES.astype(np.int8), out),
        (VALUES, out.astype(np.int32)),
        (np.zeros((2, 6), np.uint8)[:, ::2], out),
        (VALUES, np.zeros((3, 2), np.int16).T),
        (VALUES, sealed),
    ):
        with pytest.raises(ctypes.ArgumentError):
            run(values, into, 6, 0.0)


def test_a_function_that_could_raise_is_no_kernel(folder: Path) -> None:
    def share(out: NDArray[np.uint8], size: int) -> None:
        out[0] = 100 // size

    with pytest.raises(TypeError, match="share is no kernel"):
        kernel()(share)(np.zeros(1, np.uint8), 1)
    assert not folder.exists() or not list(folder.iterdir())


DRAWING = """
import json, sys
from hashlib import sha256
import numpy as np
from storyreel.media.resample import Resampler
out = np.empty((90, 160), np.uint8)
Resampler((np.arange(101 * 177) * 31 % 251).astype(np.uint8).reshape(101, 177)).draw(out, 0.93, 3.4, 2.8)
print(json.dumps([sha256(out).hexdigest(), "numba" in sys.modules]))
"""


def test_processes_that_are_first_at_once_spare_all_later_ones_the_compiler(folder: Path) -> None:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-W", "error", "-c", DRAWING], stdout=subprocess.PIPE)

    def result(process: subprocess.Popen[bytes]) -> tuple[str, bool]:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return tuple(json.loads(said))

    (one, one_compiled), (other, other_compiled) = map(result, [start(), start()])
    assert (one_compiled, other_compiled) == (True, True)
    assert len(list(folder.iterdir())) == 2
    assert one == other
    assert result(start()) == (one, False)
