"""MP4 at the level of bytes, reading: boxes, and the samples of one track with their times and places in the file."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from storyreel.errors import MediaError

VIDEO, SOUND, TEXT = b"vide", b"soun", b"sbtl"
"""What a track's handler box calls its kind."""

Ticks = NDArray[np.int64]
"""Whole numbers, one for each sample: times in ticks of the track's timescale, or bytes."""

_VISUAL_ENTRY, _SOUND_ENTRY = 86, 36
"""Bytes of a sample description before its first inner box (ISO/IEC 14496-12, 12.1.3 and 12.2.3)."""

_MOST_SAMPLES = 10_000_000
"""Two days at 60 frames a second: more is a lie that would fill the memory."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples in decoding order: their `sizes` in bytes, how long each lasts, how long after decoding it is shown.

    `keys` are those that can be decoded without any before them.
    """

    sizes: Ticks
    durations: Ticks
    shifts: Ticks
    keys: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.sizes.size

    @property
    def decoded_at(self) -> Ticks:
        """When each is decoded, from the first, in ticks."""
        return np.cumsum(self.durations) - self.durations

    def part(self, first: int, end: int) -> "Samples":
        """Samples `first` … `end`−1."""
        here = slice(first, end)
        return Samples(self.sizes[here], self.durations[here], self.shifts[here], self.keys[here])


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a file.

    Attributes:
        timescale: ticks in a second.
        description: the sample description box (`avc1`, `mp4a`, …), codec configuration inside, bit rates left out:
            two tracks can be joined just when these are equal.
        offsets: where in the file each sample begins.
        before: ticks that lie before time zero and are not shown, from the edit list.
        groups: the boxes of sample groups, as they are.
    """

    timescale: int
    description: bytes
    samples: Samples
    offsets: Ticks
    before: int
    groups: bytes


def joined(parts: Sequence[Samples]) -> Samples:
    """Samples of several tracks, one after the other."""
    return Samples(
        np.concatenate([part.sizes for part in parts]),
        np.concatenate([part.durations for part in parts]),
        np.concatenate([part.shifts for part in parts]),
        np.concatenate([part.keys for part in parts]),
    )


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of a four-letter kind around its parts."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box that begins with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole bytes of each box in `data`, one after the other.

    Raises:
        ValueError: a box does not end where `data` does.
    """
    at = 0
    while at < len(data):
        if len(data) - at < 8:
            raise ValueError("loose bytes after the last box")
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            raise ValueError("a box of a wrong size")
        yield kind, data[at : at + size]
        at += size


def read_track(path: Path, kind: bytes) -> Track:
    """The first track of a kind.

    Raises:
        MediaError: the file cannot be read, is no MP4, has no such track, or is cut off (code `broken_file`).
    """
    try:
        with path.open("rb") as file:
            movie, size = _movie_box(file)
            track = _find_track(movie, kind)
    except OSError as error:
        raise MediaError(f"The file cannot be read: {error.strerror}.", code="broken_file") from error
    except (struct.error, ValueError, LookupError) as error:
        raise MediaError("The file is no MP4, or broken.", code="broken_file") from error
    if len(track.samples) and int((track.offsets + track.samples.sizes).max()) > size:
        raise MediaError("The file is cut off.", code="broken_file")
    return track


def _movie_box(file: BinaryIO) -> tuple[bytes, int]:
    """The index of a file, and the file's size."""
    end = file.seek(0, 2)
    at = 0
    while at < end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        elif size == 0:
            size = end - at
        if size < 8 or at + size > end:
            raise ValueError("a box of a wrong size")
        if kind == b"moov":
            file.seek(at)
            return file.read(size), end
        at += size
    raise LookupError("no index")


def _find_track(movie: bytes, kind: bytes) -> Track:
    for name, track in boxes(movie[8:]):
        if name == b"trak" and _inner(track, b"mdia", b"hdlr")[16:20] == kind:
            return _track_of(track)
    raise LookupError("no such track")


def _track_of(track: bytes) -> Track:
    header = _inner(track, b"mdia", b"mdhd")
    (timescale,) = struct.unpack_from(">I", header, 28 if header[8] else 20)
    table = {name: body for name, body in boxes(_inner(track, b"mdia", b"minf", b"stbl")[8:]) if name in _TABLES}
    sizes = _sizes(table[b"stsz"])
    offsets = _offsets(table, sizes)
    shifts = _runs(table[b"ctts"], sizes.size) if b"ctts" in table else np.zeros(sizes.size, np.int64)
    samples = Samples(sizes, _runs(table[b"stts"], sizes.size), shifts, _keys(table.get(b"stss"), sizes.size))
    groups = table.get(b"sgpd", b"") + table.get(b"sbgp", b"")
    return Track(timescale, _description(table[b"stsd"]), samples, offsets, _before(track), groups)


_TABLES = {b"stsd", b"stts", b"ctts", b"stss", b"stsz", b"stsc", b"stco", b"co64", b"sgpd", b"sbgp"}


def _inner(outer: bytes, *path: bytes) -> bytes:
    """The whole bytes of the box at a path of kinds inside another."""
    for kind in path:
        outer = next((body for name, body in boxes(outer[8:]) if name == kind), b"")
        if not outer:
            raise LookupError(f"no {kind.decode('latin1')}")
    return outer


def _numbers(table: bytes, start: int, count: int, kind: str = ">u4") -> NDArray[Any]:
    return np.frombuffer(table, kind, count, start).astype(np.int64)


def _sizes(table: bytes) -> Ticks:
    each, count = struct.unpack_from(">II", table, 12)
    if count > _MOST_SAMPLES:
        raise ValueError("more samples than a film has")
    return np.full(count, each, np.int64) if each else _numbers(table, 20, count)


def _runs(table: bytes, samples: int) -> Ticks:
    """A table of runs, written out for each sample."""
    (count,) = struct.unpack_from(">I", table, 12)
    lengths, values = _numbers(table, 16, 2 * count).reshape(-1, 2).T
    if int(lengths.sum()) != samples:
        raise ValueError("a table that does not fit its samples")
    return np.repeat(values, lengths)


def _keys(table: bytes | None, samples: int) -> NDArray[np.bool_]:
    if table is None:
        return np.ones(samples, np.bool_)
    (count,) = struct.unpack_from(">I", table, 12)
    keys = np.zeros(samples, np.bool_)
    keys[_numbers(table, 16, count) - 1] = True
    return keys


def _offsets(table: dict[bytes, bytes], sizes: Ticks) -> Ticks:
    """Where each sample begins: chunks lie anywhere, and the samples of one follow each other."""
    wide = b"co64" in table
    places = table[b"co64" if wide else b"stco"]
    (chunks,) = struct.unpack_from(">I", places, 12)
    starts = _numbers(places, 16, chunks, ">u8" if wide else ">u4")
    (count,) = struct.unpack_from(">I", table[b"stsc"], 12)
    first, each, _ = _numbers(table[b"stsc"], 16, 3 * count).reshape(-1, 3).T
    lengths = np.repeat(each, np.diff(first, append=chunks + 1))
    if int(lengths.sum()) != sizes.size or lengths.size != chunks:
        raise ValueError("chunks that do not fit their samples")
    if not sizes.size:
        return np.zeros(0, np.int64)
    ends = np.cumsum(sizes)
    of_chunk = np.cumsum(lengths) - lengths  # the first sample of each chunk
    return ends - sizes + np.repeat(starts - (ends - sizes)[of_chunk], lengths)


def _before(track: bytes) -> int:
    try:
        table = _inner(track, b"edts", b"elst")
    except LookupError:
        return 0
    (count,) = struct.unpack_from(">I", table, 12)
    (before,) = struct.unpack_from(">q", table, 24) if table[8] else struct.unpack_from(">i", table, 20)
    if count != 1 or before < 0:
        raise ValueError("an edit list of several parts")
    return before


def _description(table: bytes) -> bytes:
    """The one sample description, without `btrt`, which differs with the content."""
    (count,) = struct.unpack_from(">I", table, 12)
    ((kind, entry),) = boxes(table[16:])
    if count != 1:
        raise ValueError("several sample descriptions")
    head = _SOUND_ENTRY if kind == b"mp4a" else _VISUAL_ENTRY
    return box(kind, entry[8:head], *(body for name, body in boxes(entry[head:]) if name != b"btrt"))
