"""MP4 at the level of bytes, writing: the index of a film, and that of one that comes in fragments."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storyreel.media.mp4 import SOUND, TEXT, VIDEO, Samples, box, full_box

_LANGUAGES = {"en": "eng", "zh": "zho"}
"""As MP4 names them (ISO 639-2/T); any other is `und`."""
_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_LARGEST = 0xFFFF_FFFF
_HEADERS = {
    VIDEO: full_box(b"vmhd", bytes(8), flags=1),
    SOUND: full_box(b"smhd", bytes(4)),
    TEXT: full_box(b"nmhd"),
}
_IN_THIS_FILE = box(b"dinf", full_box(b"dref", struct.pack(">I", 1), full_box(b"url ", flags=1)))


@dataclass(frozen=True, slots=True)
class TrackIndex:
    """What the index says of one track; see `mp4.Track`.

    `chunks` are runs of samples that lie together in the file: how many samples each has. `language` is that of speech
    or text, such as `en`.
    """

    kind: bytes
    timescale: int
    description: bytes
    samples: Samples
    chunks: NDArray[np.int64]
    before: int = 0
    groups: bytes = b""
    language: str = ""

    @property
    def length(self) -> int:
        """Ticks that are shown: the last picture is shown later than it is decoded."""
        samples = self.samples
        ends = samples.decoded_at + samples.shifts + samples.durations
        return max(int(ends.max(initial=0)) - self.before, 0)


def film_head(tracks: list[TrackIndex], places: list[NDArray[np.int64]], total: int, title: str) -> bytes:
    """Everything that stands before the samples.

    Args:
        tracks: the first one's timescale becomes the film's.
        places: for each track where its chunks begin, counted from the first sample.
        total: bytes of all samples.
        title: plain text; may be empty.
    """
    kind = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    data = (
        struct.pack(">I4sQ", 1, b"mdat", total + 16)
        if total > _LARGEST - 8
        else struct.pack(">I4s", total + 8, b"mdat")
    )
    wide = total > _LARGEST - (1 << 28)  # an index never takes 256 MiB
    shortest = len(kind) + len(_film_index(tracks, places, wide, title)) + len(data)
    return kind + _film_index(tracks, [place + shortest for place in places], wide, title) + data


def fragmented_head(track: TrackIndex) -> bytes:
    """What initialises a player for one track that comes in fragments; its samples, if any, are not part of it."""
    none = np.zeros(0, np.int64)
    nothing = Samples(none, none, none, none.astype(np.bool_))
    empty = TrackIndex(track.kind, track.timescale, track.description, nothing, none, track.before)
    defaults = full_box(b"trex", struct.pack(">5I", 1, 1, 0, 0, 0))
    index = box(
        b"moov",
        _film_header(track.timescale, 0, 1),
        _track_box(1, empty, none, False, track.timescale, edited=track.before > 0),
        box(b"mvex", defaults),
    )
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6cmfcmp41") + index


def _film_index(tracks: list[TrackIndex], places: list[NDArray[np.int64]], wide: bool, title: str) -> bytes:
    scale = tracks[0].timescale
    written = [
        _track_box(number, track, place, wide, scale)
        for number, (track, place) in enumerate(zip(tracks, places, strict=True), 1)
    ]
    longest = max(_scaled(track.length, track.timescale, scale) for track in tracks)
    return box(b"moov", _film_header(scale, longest, len(tracks)), *written, _about(title))


def _film_header(timescale: int, length: int, tracks: int) -> bytes:
    speed_and_volume = struct.pack(">IH10x", 0x10000, 0x100)
    times = struct.pack(">IIII", 0, 0, timescale, length)
    return full_box(b"mvhd", times, speed_and_volume, _UNITY, bytes(24), struct.pack(">I", tracks + 1))


def _track_box(
    number: int, track: TrackIndex, place: NDArray[np.int64], wide: bool, film_scale: int, edited: bool = True
) -> bytes:
    length = _scaled(track.length, track.timescale, film_scale)
    # Tracks of one alternate group exclude each other: there is one of each kind.
    group, volume = {VIDEO: (0, 0), SOUND: (1, 0x100), TEXT: (3, 0)}[track.kind]
    sides = struct.unpack_from(">HH", track.description, 32) if track.kind == VIDEO else (0, 0)
    head = full_box(
        b"tkhd",
        struct.pack(">5I8x4H", 0, 0, number, 0, length, 0, group, volume, 0),
        _UNITY,
        struct.pack(">II", sides[0] << 16, sides[1] << 16),
        flags=3,  # enabled, and part of the film
    )
    edit = box(b"edts", full_box(b"elst", struct.pack(">IIiHH", 1, length, track.before, 1, 0))) if edited else b""
    media_head = full_box(
        b"mdhd",
        struct.pack(">IIIIHH", 0, 0, track.timescale, int(track.samples.durations.sum()), _packed(track.language), 0),
    )
    handler = full_box(b"hdlr", bytes(4), track.kind, bytes(12), b"\0")
    media = box(b"minf", _HEADERS[track.kind], _IN_THIS_FILE, _sample_table(track, place, wide))
    return box(b"trak", head, edit, box(b"mdia", media_head, handler, media))


def _sample_table(track: TrackIndex, place: NDArray[np.int64], wide: bool) -> bytes:
    samples = track.samples
    parts = [
        full_box(b"stsd", struct.pack(">I", 1), track.description),
        _table(b"stts", _run_lengths(samples.durations)),
    ]
    if not samples.keys.all():
        parts.append(_table(b"stss", np.flatnonzero(samples.keys)[:, np.newaxis] + 1))
    if samples.shifts.any():
        parts.append(_table(b"ctts", _run_lengths(samples.shifts)))
    runs = _run_lengths(track.chunks)
    first = np.cumsum(runs[:, 0]) - runs[:, 0] + 1
    parts += [
        _table(b"stsc", np.stack((first, runs[:, 1], np.ones_like(first)), axis=1)),
        full_box(b"stsz", struct.pack(">II", 0, len(samples)), samples.sizes.astype(">u4").tobytes()),
        _table(b"co64", place[:, np.newaxis], ">u8") if wide else _table(b"stco", place[:, np.newaxis]),
        track.groups,
    ]
    return box(b"stbl", *parts)


def _table(kind: bytes, rows: NDArray[np.int64], numbers: str = ">u4") -> bytes:
    return full_box(kind, struct.pack(">I", len(rows)), rows.astype(numbers).tobytes())


def _run_lengths(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of how often, and what."""
    if not values.size:
        return np.zeros((0, 2), np.int64)
    starts = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    return np.stack((np.diff(starts, append=values.size), values[starts]), axis=1)


def _about(title: str) -> bytes:
    """The title, where players of MP4 look for it."""
    if not title:
        return b""
    text = box(b"data", struct.pack(">II", 1, 0), title.encode())
    handler = full_box(b"hdlr", bytes(4), b"mdirappl", bytes(9))
    return box(b"udta", full_box(b"meta", handler, box(b"ilst", box(b"\xa9nam", text))))


def _packed(language: str) -> int:
    """A language's three letters in 15 bits (ISO/IEC 14496-12, 8.4.2)."""
    first, second, third = (ord(letter) - 0x60 for letter in _LANGUAGES.get(language, "und"))
    return first << 10 | second << 5 | third


def _scaled(ticks: int, timescale: int, to: int) -> int:
    """Rounded up, so that nothing is left out at the end."""
    return -(-ticks * to // timescale)
