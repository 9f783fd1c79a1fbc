"""The sound track as files: parts that were encoded apart, and the whole, joined packet by packet without a seam."""

import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.moov import TrackIndex, film_head
from storyreel.media.mp4 import SOUND, Samples, Track, box, full_box, joined, read_track
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.aac import FRAME
from storyreel.offload import Report

BIT_RATE = 224_000
"""What players should expect of the sound, in bits a second: speech over music takes about 170 000, in rain 210 000."""


def write_part(setup: bytes, packets: Sequence[bytes], out: Path, last: int = FRAME) -> None:
    """Write AAC packets as M4A, to be played from the second on: the first only helps to decode it.

    Args:
        last: how many samples of the last packet are heard.

    Raises:
        MediaError: it cannot be written (code `encode_failed`).
    """
    sizes = np.array([len(packet) for packet in packets], np.int64)
    same = np.full(sizes.size, FRAME, np.int64)
    same[-1] = last
    samples = Samples(sizes, same, np.zeros_like(sizes), np.ones(sizes.size, np.bool_))
    _write(_description(setup), samples, [sizes.size], packets, out)


def join_parts(report: Report, parts: Sequence[Path], duration: Fraction, out: Path) -> None:
    """Join the parts of a sound track to a whole that lasts `duration` seconds, to the sample.

    Raises:
        MediaError: a part is broken, was encoded otherwise than the first, or they do not last as long (code
            `broken_file`); or the whole cannot be written (code `encode_failed`).
    """
    tracks = [read_track(path, SOUND) for path in parts]
    samples = joined([track.samples for track in tracks])
    left = round(duration * SAMPLE_RATE) - FRAME * (len(samples) - 2)
    if len({track.description for track in tracks}) != 1 or not 0 < left <= FRAME:
        raise MediaError("The parts of the sound do not fit together.", code="broken_file")
    samples.durations[-1] = left
    data = (_bytes_of(path, track) for path, track in zip(parts, tracks, strict=True))
    _write(tracks[0].description, samples, [len(track.samples) for track in tracks], data, out)
    report(1.0)


def _write(description: bytes, samples: Samples, chunks: Sequence[int], data: Iterable[bytes], out: Path) -> None:
    counts = np.array(chunks, np.int64)
    index = TrackIndex(SOUND, SAMPLE_RATE, description, samples, counts, FRAME, _groups(len(samples)))
    ends = np.cumsum(samples.sizes)
    places = np.append(0, ends[np.cumsum(counts) - 1])[:-1]
    try:
        with out.open("wb") as file:
            file.write(film_head([index], [places], int(ends[-1]), ""))
            file.writelines(data)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"The sound cannot be written: {error.strerror}.", code="encode_failed") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _bytes_of(path: Path, track: Track) -> bytes:
    """All packets of a part: they lie together, as `write_part` wrote them."""
    with path.open("rb") as file:
        file.seek(int(track.offsets[0]))
        return file.read(int(track.samples.sizes.sum()))


def _description(setup: bytes) -> bytes:
    """The sample description (ISO/IEC 14496-14, 5.6), the same for every part: of bit rates it says what to expect."""
    rates = struct.pack(">II", BIT_RATE, BIT_RATE)
    decoder = _descriptor(4, struct.pack(">BB3x", 0x40, 0x15), rates, _descriptor(5, setup))  # MPEG-4 audio
    stream = _descriptor(3, bytes(3), decoder, _descriptor(6, b"\2"))
    entry = struct.pack(">6xH8xHH4xI", 1, 2, 16, SAMPLE_RATE << 16)
    return box(b"mp4a", entry, full_box(b"esds", stream))


def _descriptor(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">BB", tag, len(body)) + body


def _groups(packets: int) -> bytes:
    """That each packet needs the one before to be decoded well (ISO/IEC 14496-12, 10.1)."""
    kind = full_box(b"sgpd", b"roll", struct.pack(">IIh", 2, 1, -1), version=1)
    return kind + full_box(b"sbgp", b"roll", struct.pack(">III", 1, packets, 1))
