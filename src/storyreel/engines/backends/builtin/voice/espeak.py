"""espeak-ng by ctypes: text in one language to samples, with the time at which each place in the text is spoken."""

import _ctypes
import ctypes
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import EngineUnavailableError

# Figures from espeak-ng's speak_lib.h.
_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_UTF8, _PHONEMES = 1, 0x100
_RATE, _PITCH = 1, 3
_LIST_END, _WORD = 0, 1
_SLOWEST, _FASTEST = 80, 450  # words a minute


class _Identity(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, freshly loaded; its state is global, so one at a time in a process.

    espeak-ng carries its pitch flutter and its noise over from one call to the next, even through its own restart.
    Only loading it anew (10 ms) makes the same text sound the same each time, whatever was said before.
    """

    def __init__(self) -> None:
        try:
            import espeakng_loader  # pyright: ignore[reportMissingTypeStubs] - the wheel has none

            library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
            self._data = Path(espeakng_loader.get_data_path())
        except (ImportError, OSError) as problem:
            raise _unavailable(str(problem)) from problem
        self._library: Any = library
        self.sample_rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, str(self._data).encode(), _DONT_EXIT)
        if self.sample_rate <= 0:
            raise _unavailable("it found no voice data")
        self._voice: tuple[str, str] | None = None
        self._samples: list[NDArray[np.int16]] = []
        self._anchors: list[tuple[int, int]] = []
        self._callback = _Callback(self._receive)  # kept: C holds only the address
        self._library.espeak_SetSynthCallback(self._callback)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.espeak_Terminate()
        _ctypes.dlclose(self._library._handle)

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._samples.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events and events[index].type != _LIST_END:
            if events[index].type == _WORD:
                self._anchors.append((events[index].text_position - 1, events[index].sample))
            index += 1
        return 0

    def choose(self, language: str, timbre: str) -> None:
        """Speak from now on as a file of `lang` in espeak-ng's data says (en-US, cmn …), with lines of a voice file.

        Its own variants (+f1 …) are not used: some have breath, which reads memory that espeak-ng never wrote, so that
        they sound different each time; and none can be moved by degrees.
        """
        if self._voice == (language, timbre):
            return
        with tempfile.TemporaryFile() as file:
            file.write(_language(self._data, language) + timbre.encode() + b"\n")
            file.seek(0)
            # espeak-ng cuts paths after 59 characters and takes a plus sign for a variant; this path has neither.
            if self._library.espeak_SetVoiceByFile(f"/dev/fd/{file.fileno()}".encode()) != 0:
                raise _unavailable(f"it lacks the language {language}")
        self._voice = (language, timbre)

    def say(
        self, text: str, words_per_minute: float, *, pitch: int = 50, phonemes: bool = False
    ) -> tuple[NDArray[np.int16], list[tuple[int, int]]]:
        """Speak plain text (no NUL, no lone surrogate).

        Args:
            pitch: 0 … 100; 50 is the voice's own, and 10 more are 8 % higher (measured).
            phonemes: whether double brackets hold espeak-ng's names of sounds.

        Returns:
            the samples, and (place in the text in characters, sample at which it is spoken) of the words.
        """
        self._samples.clear()
        self._anchors.clear()
        rate = round(min(max(words_per_minute, _SLOWEST), _FASTEST))
        for parameter, value in ((_RATE, rate), (_PITCH, pitch)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        # Without the flag for SSML, the text is taken as it stands.
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8 | (_PHONEMES if phonemes else 0), None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._samples) if self._samples else np.zeros(0, np.int16)
        return samples, list(self._anchors)


@cache
def _language(data: Path, name: str) -> bytes:
    """A language's definition from espeak-ng's data, without the pitch, which the timbre says."""
    for file in sorted(data.joinpath("lang").glob(f"*/{name}")) or sorted(data.joinpath("lang").glob(name)):
        lines = file.read_bytes().splitlines(keepends=True)
        return b"".join(line for line in lines if not line.startswith((b"pitch", b"//"))) + b"\n"
    raise _unavailable(f"it lacks the language {name}")


def _unavailable(why: str) -> EngineUnavailableError:
    return EngineUnavailableError(
        f"The built-in voice cannot start: {why}.",
        hint="Reinstall it with `pip install --force-reinstall espeakng-loader`.",
    )
