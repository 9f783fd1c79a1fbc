"""A film that plays while it is being made: HLS in fragmented MP4, cut from finished segments and the sound track.

A server asks for the list of fragments, names each in a playlist, and makes the bytes of one when a player wants it:

    pictures = picture_fragments(finished, profile)           # the pieces made so far, from the film's first on
    pictures = heard(pictures, parts, profile)                # likewise the parts of its sound
    sound = sound_fragments(parts, pictures, profile)
    media_playlist(pictures, "head.mp4", name_of, whole=False)
    fragment_head(pictures[0], profile)                       # what the playlist calls head.mp4
    fragment_bytes(pictures[3], profile)                      # may be kept for as long as the fragment compares equal
"""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from storyreel.errors import MediaError
from storyreel.media.join import Piece, read_piece
from storyreel.media.moov import TrackIndex, fragmented_head
from storyreel.media.mp4 import SOUND, VIDEO, Track, box, boxes, full_box, read_track
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.profile import EncodeProfile
from storyreel.media.sound.splice import BIT_RATE

FRAGMENT_SECONDS = 4
"""Longest fragment; also what playlists promise, which may never change while a film grows."""
_KEY, _DEPENDENT = 0x0200_0000, 0x0101_0000
"""Sample flags (ISO/IEC 14496-12, 8.8.3.1)."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Samples `first` … `end`−1 of a file. `start` is the film's frame (of sound: its sample) where they begin.

    `number` counts a playlist's fragments from 0, `seconds` is how long this one lasts, `size` its samples' bytes.
    """

    source: Path
    kind: bytes
    number: int
    first: int
    end: int
    start: int
    seconds: Fraction
    size: int


def picture_fragments(pieces: Sequence[Piece], profile: EncodeProfile) -> list[Fragment]:
    """The fragments of pieces that follow each other from the film's start: each begins with a key frame.

    What a file holds is remembered: a path must never come to mean something else.

    Raises:
        MediaError: a piece is broken or does not fit the profile, or was encoded otherwise than the first.
    """
    fragments: list[Fragment] = []
    frames = 0
    for number, piece in enumerate(pieces, 1):
        cuts, description = _cuts(piece, profile)
        if description != _cuts(pieces[0], profile)[1]:
            raise MediaError(f"Segment {number} was encoded otherwise than the first.", code="segments_differ")
        for first, end, size in cuts:
            seconds = (end - first) / profile.fps
            fragments.append(Fragment(piece.path, VIDEO, len(fragments), first, end, frames, seconds, size))
            frames += end - first
    return fragments


def heard(pictures: Sequence[Fragment], parts: Sequence[Path], profile: EncodeProfile) -> list[Fragment]:
    """Those of the pictures, from the first on, that the parts of the sound track last as long as.

    Raises:
        MediaError: a part is broken.
    """
    tracks = [_sound(path) for path in parts]
    samples = sum(int(track.samples.durations.sum()) for track in tracks) - (tracks[0].before if tracks else 0)
    return [part for part in pictures if int(_end(part, profile) * SAMPLE_RATE) <= samples]


def sound_fragments(parts: Sequence[Path], pictures: Sequence[Fragment], profile: EncodeProfile) -> list[Fragment]:
    """The fragments of a sound track's parts, from its first on: cut where the pictures are, as far as there are any.

    Some players go on with sound alone when it lasts longer. What lies before time zero is left out, since they take
    each track's first sample to be its beginning.

    Raises:
        MediaError: a file is broken.
    """
    ends = [_end(part, profile) * SAMPLE_RATE for part in pictures]
    fragments: list[Fragment] = []
    begins = 0
    for path in parts:
        track = _sound(path)
        samples = track.samples
        if not begins:
            begins = -track.before
        times = samples.decoded_at + begins
        # A fragment of pictures may be shorter than a packet of sound: cuts that fall together are one.
        for first, end in pairwise(np.unique(np.searchsorted(times, [0, *map(int, ends)])).tolist()):
            cut = samples.part(first, end)
            seconds, size = Fraction(int(cut.durations.sum()), SAMPLE_RATE), int(cut.sizes.sum())
            fragments.append(Fragment(path, SOUND, len(fragments), first, end, int(times[first]), seconds, size))
        begins += int(samples.durations.sum())
    return fragments


def fragment_head(fragment: Fragment, profile: EncodeProfile) -> bytes:
    """What players read before the first fragment: the same for all fragments of a playlist.

    Its edit list shows pictures as much earlier as they are decoded ahead, so that the first one is shown at zero.

    Raises:
        MediaError: the fragment's file is broken.
    """
    track = _track(fragment, profile)
    counts, before = np.zeros(0, np.int64), track.before if fragment.kind == VIDEO else 0
    return fragmented_head(TrackIndex(fragment.kind, track.timescale, track.description, track.samples, counts, before))


def fragment_bytes(fragment: Fragment, profile: EncodeProfile) -> bytes:
    """One fragment, its samples copied from its file.

    Raises:
        MediaError: the file is broken.
    """
    track = _track(fragment, profile)
    part = track.samples
    time = fragment.start * (int(track.timescale / profile.fps) if fragment.kind == VIDEO else 1)
    rows = (part.durations, part.sizes, np.where(part.keys, _KEY, _DEPENDENT), part.shifts)
    table = np.stack(rows, axis=1).astype(">u4").tobytes()

    def head(data: int) -> bytes:
        run = full_box(b"trun", struct.pack(">II", len(part), data), table, flags=0xF01)
        which = full_box(b"tfhd", struct.pack(">I", 1), flags=0x02_0000)  # places count from this fragment's start
        when = full_box(b"tfdt", struct.pack(">Q", time), version=1)
        order = full_box(b"mfhd", struct.pack(">I", fragment.number + 1))
        return box(b"moof", order, box(b"traf", which, when, run))

    return head(len(head(0)) + 8) + box(b"mdat", _samples_of(fragment.source, track))


def media_playlist(fragments: Sequence[Fragment], head: str, name: Callable[[Fragment], str], whole: bool) -> str:
    """The playlist of one track, whose addresses are `head` and what `name` makes of each fragment.

    Players start at the film's beginning, come back for more until it is `whole`, and may seek as far as it goes.
    """
    # No EXT-X-MEDIA-SEQUENCE, though 0 is meant: with it, Chromium takes the film for a broadcast, without seeking.
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{FRAGMENT_SECONDS}",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-START:TIME-OFFSET=0",
        f'#EXT-X-MAP:URI="{head}"',
    ]
    for fragment in fragments:
        lines += [f"#EXTINF:{float(fragment.seconds):.6f},", name(fragment)]
    return "\n".join([*lines, "#EXT-X-ENDLIST"] if whole else lines) + "\n"


def master_playlist(fragments: Sequence[Fragment], profile: EncodeProfile, pictures: str, sound: str | None) -> str:
    """The playlist that a player opens: one quality, and the sound beside it at the address `sound`, if there is any.

    Args:
        fragments: of the pictures, at least one; their size tells the bit rate.

    Raises:
        MediaError: the first fragment's file is broken.
    """
    long_enough = [f for f in fragments if 2 * f.seconds >= FRAGMENT_SECONDS] or fragments  # as RFC 8216 measures
    rate = math.ceil(max(fragment.size * 8 / fragment.seconds for fragment in long_enough)) + BIT_RATE
    codecs = codec_name(_track(fragments[0], profile).description)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    group = ""
    if sound is not None:
        codecs += ",mp4a.40.2"
        group = ',AUDIO="sound"'
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="{sound}"'
        )
    look = f"RESOLUTION={profile.canvas},FRAME-RATE={float(profile.fps):.3f}"
    return "\n".join([*lines, f'#EXT-X-STREAM-INF:BANDWIDTH={rate},CODECS="{codecs}",{look}{group}', pictures]) + "\n"


def codec_name(description: bytes) -> str:
    """The codec of a picture track as browsers want it named (RFC 6381): `avc1.64001f`, `hvc1.…` or `av01.…`."""
    kind = description[4:8].decode("ascii")
    (setup,) = (body[8:] for name, body in boxes(description[86:]) if name in (b"avcC", b"hvcC", b"av1C"))
    if kind == "avc1":
        return f"avc1.{setup[1:4].hex()}"
    if kind == "av01":
        level, flags = setup[1] & 31, setup[2]
        return f"av01.{setup[1] >> 5}.{level:02}{'H' if flags & 0x80 else 'M'}.{10 if flags & 0x40 else 8:02}"
    compatible = int(f"{int.from_bytes(setup[2:6]):032b}"[::-1], 2)
    limits = "".join(f".{byte:X}" for byte in setup[6:12].rstrip(b"\0"))
    space = ("", "A", "B", "C")[setup[1] >> 6]
    return f"{kind}.{space}{setup[1] & 31}.{compatible:X}.{'H' if setup[1] & 32 else 'L'}{setup[12]}{limits}"


@lru_cache(maxsize=4096)
def _cuts(piece: Piece, profile: EncodeProfile) -> tuple[tuple[tuple[int, int, int], ...], bytes]:
    """Where a piece is cut, as first and end sample of its file and bytes; and its description."""
    track = read_piece(piece, profile)
    longest = int(FRAGMENT_SECONDS * profile.fps)
    keys = [*np.flatnonzero(track.samples.keys).tolist(), len(track.samples)]
    edges = [0]
    for key, following in pairwise(keys):
        if following - edges[-1] > longest and key > edges[-1]:
            edges.append(key)
    edges.append(keys[-1])
    sizes = track.samples.sizes
    return tuple(
        (piece.first + a, piece.first + b, int(sizes[a:b].sum())) for a, b in pairwise(edges)
    ), track.description


def _end(picture: Fragment, profile: EncodeProfile) -> Fraction:
    """The second at which a fragment of pictures is over."""
    return (picture.start + picture.end - picture.first) / profile.fps


def _track(fragment: Fragment, profile: EncodeProfile) -> Track:
    """The fragment's part of its file's track."""
    first, end = fragment.first, fragment.end
    if fragment.kind == VIDEO:
        return read_piece(Piece(fragment.source, first, end), profile)
    track = _sound(fragment.source)
    return replace(track, samples=track.samples.part(first, end), offsets=track.offsets[first:end])


@lru_cache(maxsize=64)
def _sound(path: Path) -> Track:
    return read_track(path, SOUND)


def _samples_of(source: Path, track: Track) -> bytes:
    parts: list[bytes] = []
    try:
        with source.open("rb") as file:
            for place, size in zip(track.offsets.tolist(), track.samples.sizes.tolist(), strict=True):
                file.seek(place)
                parts.append(file.read(size))
    except OSError as error:
        raise MediaError(f"The file cannot be read: {error.strerror}.", code="broken_file") from error
    return b"".join(parts)
