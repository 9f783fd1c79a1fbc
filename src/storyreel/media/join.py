"""Segments, sound and captions become one film file: samples are copied as bytes, nothing is decoded or encoded."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.moov import TrackIndex, film_head
from storyreel.media.mp4 import SOUND, TEXT, VIDEO, Samples, Track, box, joined, read_track
from storyreel.media.profile import EncodeProfile
from storyreel.media.subtitles import Cue, plain
from storyreel.offload import Report

MAX_TITLE = 200
_CHUNK = Fraction(1)
"""Seconds of a track that lie together: picture and sound alternate, so that players need not jump about."""
_MILLISECONDS = 1000
# How text is shown by players that ask (3GPP TS 26.245, 5.16): bottom, centred, white, 16 units, font 1 "Sans".
_TEXT_DESCRIPTION = box(
    b"tx3g",
    struct.pack(">6xHIbb4s8xHHHBB4s", 1, 0, 1, -1, b"\0\0\0\xff", 0, 0, 1, 0, 16, b"\xff\xff\xff\xff"),
    box(b"ftab", struct.pack(">HHB", 1, 1, 4), b"Sans"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `first` … `end`−1 of an encoded file; `end` None: up to its end."""

    path: Path
    first: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Bytes to be copied, and when they are first needed, in seconds."""

    time: float
    source: Path | bytes
    offset: int
    size: int
    samples: int


def join_film(
    report: Report,
    pieces: Sequence[Piece],
    soundtrack: Path,
    cues: Sequence[Cue] | None,
    profile: EncodeProfile,
    title: str,
    language: str,
    out: Path,
) -> None:
    """Write the film as MP4, its index first, frame k shown at exactly k ÷ fps seconds.

    Measured on 2 cores: 60 shots (210 s, 34 MB) take 0.06 s of one core; FFmpeg's way, packet by packet, 1.2 s.

    Args:
        pieces: in order, all encoded with `profile`.
        cues: captions of a text track, in seconds from the film's start; None for no such track.
        title: kept as the film's title, as plain text.
        language: of speech and captions, such as `en` or `zh`; empty when it is not known.

    Raises:
        MediaError: a piece was encoded otherwise than the others (code `segments_differ`), a file is broken (code
            `broken_file`), or the film cannot be written (code `join_failed`). No file is left then.
    """
    if not pieces:
        raise MediaError("A film needs at least one piece.")
    tracks = [_pictures(pieces, profile), _sound(soundtrack, language)]
    if cues is not None:
        tracks.append(_texts(cues, language))
    try:
        with out.open("wb") as film:
            _write(report, tracks, plain(title)[:MAX_TITLE], film)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"The film cannot be joined: {error.strerror}.", code="join_failed") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def read_piece(piece: Piece, profile: EncodeProfile) -> Track:
    """A piece's pictures, timed anew: decoded one each frame from the piece's start, so that pieces follow.

    Raises:
        MediaError: it does not hold one picture for each moment of the profile's rate (code `segments_differ`), cannot
            be cut there without decoding it (code `segments_differ`), or is broken.
    """
    track = read_track(piece.path, VIDEO)
    tick = Fraction(track.timescale) / profile.fps
    length = len(track.samples)
    end = length if piece.end is None else piece.end
    if not (piece.first < end <= length and (track.samples.keys[[piece.first, end % length]]).all()):
        raise MediaError(f"A segment cannot be cut at its frames {piece.first} and {end}.", code="segments_differ")
    samples = track.samples.part(piece.first, end)
    if tick.denominator != 1 or (samples.durations != int(tick)).any():
        raise MediaError("A segment has another frame rate than the film.", code="segments_differ")
    number, off = np.divmod(samples.decoded_at + samples.shifts - track.before, int(tick))
    late = number - np.arange(len(samples)) + profile.reordering
    if off.any() or (np.sort(number) != np.arange(len(samples))).any() or (late < 0).any():
        raise MediaError("A segment does not hold one picture for each moment.", code="segments_differ")
    return replace(
        track,
        samples=replace(samples, shifts=late * int(tick)),
        offsets=track.offsets[piece.first : end],
        before=profile.reordering * int(tick),
    )


def can_be_cut(piece: Piece, profile: EncodeProfile) -> bool:
    """Whether a piece can be copied out of its file: both its ends are key frames there.

    Raises:
        MediaError: the file is broken.
    """
    try:
        read_piece(piece, profile)
    except MediaError as error:
        if error.code == "segments_differ":
            return False
        raise
    return True


@dataclass(frozen=True, slots=True)
class _Copied:
    """A track of the film, and where its bytes are."""

    index: TrackIndex
    chunks: Sequence[_Chunk]


def _pictures(pieces: Sequence[Piece], profile: EncodeProfile) -> _Copied:
    """The pictures of all pieces as one track: the only place where film time is given to pictures."""
    tracks: list[Track] = []
    chunks: list[_Chunk] = []
    frames = 0
    for number, piece in enumerate(pieces, 1):
        track = read_piece(piece, profile)
        if tracks and (track.description, track.timescale) != (tracks[0].description, tracks[0].timescale):
            raise MediaError(f"Segment {number} was encoded otherwise than the first.", code="segments_differ")
        chunks += _chunks_of(track, piece.path, float(frames / profile.fps))
        frames += len(track.samples)
        tracks.append(track)
    first = tracks[0]
    return _copied(VIDEO, replace(first, samples=joined([track.samples for track in tracks]), groups=b""), chunks)


def _sound(path: Path, language: str) -> _Copied:
    """The sound as it is; what the encoder needed to get going keeps its time before zero, and is not heard."""
    track = read_track(path, SOUND)
    return _copied(SOUND, track, list(_chunks_of(track, path, -track.before / track.timescale)), language)


def _texts(cues: Sequence[Cue], language: str) -> _Copied:
    """Timed text: samples follow each other without a gap, so empty ones stand where nothing is said."""
    spans: list[tuple[int, str]] = []
    now = 0
    for cue in cues:
        start, end = max(round(cue.start * _MILLISECONDS), now), round(cue.end * _MILLISECONDS)
        if start > now:
            spans.append((start - now, ""))
        if end > start:
            spans.append((end - start, "\n".join(filter(None, map(plain, cue.text.splitlines())))))
        now = max(now, start, end)
    texts = [text.encode() for _, text in spans]
    data = b"".join(struct.pack(">H", len(text)) + text for text in texts)
    sizes = np.array([len(text) + 2 for text in texts], np.int64)
    durations = np.array([duration for duration, _ in spans], np.int64)
    samples = Samples(sizes, durations, np.zeros_like(sizes), np.ones(sizes.size, np.bool_))
    track = Track(_MILLISECONDS, _TEXT_DESCRIPTION, samples, np.cumsum(sizes) - sizes, 0, b"")
    return _copied(TEXT, track, list(_chunks_of(track, data, 0.0)), language)


def _copied(kind: bytes, track: Track, chunks: Sequence[_Chunk], language: str = "") -> _Copied:
    counts = np.array([chunk.samples for chunk in chunks], np.int64)
    index = TrackIndex(
        kind, track.timescale, track.description, track.samples, counts, track.before, track.groups, language
    )
    return _Copied(index, chunks)


def _chunks_of(track: Track, source: Path | bytes, start: float) -> Iterator[_Chunk]:
    """Runs of samples that lie together in the source and are decoded within the same _CHUNK."""
    samples, offsets = track.samples, track.offsets
    times = samples.decoded_at
    apart = offsets[1:] != (offsets + samples.sizes)[:-1]
    later = np.diff(times // int(_CHUNK * track.timescale)) != 0
    edges = [0, *(np.flatnonzero(apart | later) + 1).tolist(), len(samples)]
    for first, end in pairwise(edges):
        if end > first:
            size = int(samples.sizes[first:end].sum())
            yield _Chunk(start + times[first] / track.timescale, source, int(offsets[first]), size, end - first)


def _write(report: Report, tracks: Sequence[_Copied], title: str, film: BinaryIO) -> None:
    order = sorted(
        ((chunk, number) for number, track in enumerate(tracks) for chunk in track.chunks),
        key=lambda entry: entry[0].time,
    )
    places: list[list[int]] = [[] for _ in tracks]
    total = 0
    for chunk, number in order:
        places[number].append(total)
        total += chunk.size
    film.write(
        film_head([track.index for track in tracks], [np.array(place, np.int64) for place in places], total, title)
    )
    done = 0
    for chunk, _ in order:
        film.write(_bytes_of(chunk))
        done += chunk.size
        report(done / total)


def _bytes_of(chunk: _Chunk) -> bytes:
    if isinstance(chunk.source, bytes):
        return chunk.source[chunk.offset : chunk.offset + chunk.size]
    with chunk.source.open("rb") as file:
        file.seek(chunk.offset)
        return file.read(chunk.size)
