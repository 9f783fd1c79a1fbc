"""Segments, sound and captions become one film file: packets are copied, nothing is encoded again."""

# pyright: reportUnknownMemberType=false
# PyAV leaves the type parameter of Packet open in its signatures.

import heapq
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storyreel.errors import MediaError
from storyreel.media.encode import EncodeProfile
from storyreel.media.subtitles import Cue, plain
from storyreel.offload import Report

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.subtitles.stream import SubtitleStream
    from av.video.stream import VideoStream

    AnyPacket = Packet[Any]

MAX_TITLE = 200
_REORDERING = 2
"""Frames by which our encoder decodes ahead of showing: it uses B-frames as references, one deep."""
_MILLISECOND = Fraction(1, 1000)
# The header that the encoder of MP4 text tracks wants; players style the text as they like.
_TEXT_STYLE = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment
Style: Default,Sans,16,&Hffffff,0,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def join_film(
    report: Report,
    segments: Sequence[Path],
    soundtrack: Path,
    cues: Sequence[Cue] | None,
    profile: EncodeProfile,
    title: str,
    out: Path,
) -> None:
    """Write the film: H.264 and AAC in MP4, its index first, frame k shown at exactly k ÷ fps seconds.

    Args:
        segments: in order, all encoded with `profile`.
        cues: captions of a text track, in seconds from the film's start; None for no such track.
        title: kept as the film's title, as plain text.

    Raises:
        MediaError: a segment was encoded otherwise than the others (code `segments_differ`), a file is broken, or the
            film cannot be written. No file is left then.
    """
    import av
    from av.error import FFmpegError

    if not segments:
        raise MediaError("A film needs at least one segment.")
    try:
        with (
            av.open(str(segments[0]), format="mov") as first,
            av.open(str(soundtrack), format="mov") as sound,
            av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as film,
        ):
            film.metadata["title"] = plain(title)[:MAX_TITLE]
            video = film.add_stream_from_template(first.streams.video[0])
            audio = film.add_stream_from_template(sound.streams.audio[0])
            tracks = [_pictures(report, segments, first.streams.video[0], profile, video), _sound(sound, audio)]
            if cues is not None:
                tracks.append(_texts(cues, _text_track(film)))
            for packet in heapq.merge(*tracks, key=_decoded_at):
                film.mux(packet)
    except FFmpegError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"The film cannot be joined: {error.strerror or error}.", code="join_failed") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _pictures(
    report: Report, segments: Sequence[Path], first: "VideoStream", profile: EncodeProfile, track: "VideoStream"
) -> "Iterator[AnyPacket]":
    """The packets of all segments, timed anew: the only place where film time is given to pictures."""
    import av

    expected = _configuration(first)
    base = 0
    for done, path in enumerate(segments, 1):
        with av.open(str(path), format="mov") as segment:
            stream = segment.streams.video[0]
            if _configuration(stream) != expected:
                raise MediaError(f"Segment {done} was encoded otherwise than the first.", code="segments_differ")
            packets = [packet for packet in segment.demux(stream) if packet.size]
            shown = [_frame_number(packet, profile.fps) for packet in packets]
            if sorted(shown) != list(range(len(packets))) or any(s < k - _REORDERING for k, s in enumerate(shown)):
                raise MediaError(f"Segment {done} does not hold one picture for each moment.", code="segments_differ")
            for decoded, (number, packet) in enumerate(zip(shown, packets, strict=True)):
                packet.time_base = 1 / profile.fps
                packet.pts, packet.dts, packet.duration = base + number, base + decoded - _REORDERING, 1
                packet.stream = track
                yield packet
        base += len(packets)
        report(done / len(segments))


def _sound(container: "InputContainer", track: "AudioStream") -> "Iterator[AnyPacket]":
    """The packets as they are; what the encoder needed to get going keeps its time before zero, and is not heard."""
    for packet in container.demux(container.streams.audio[0]):
        if packet.size:
            packet.stream = track
            yield packet


def _text_track(film: "OutputContainer") -> "SubtitleStream":
    track = film.add_stream("mov_text")
    track.codec_context.subtitle_header = _TEXT_STYLE
    track.codec_context.open()
    track.time_base = _MILLISECOND
    return track


def _texts(cues: Sequence[Cue], track: "SubtitleStream") -> "Iterator[AnyPacket]":
    """Timed text: samples follow each other without a gap, so empty ones stand where nothing is said."""
    now = 0
    for cue in cues:
        start, end = max(round(cue.start / _MILLISECOND), now), round(cue.end / _MILLISECOND)
        if start > now:
            yield _text_packet("", now, start, track)
        if end > start:
            lines = filter(None, (plain(line) for line in cue.text.splitlines()))
            yield _text_packet("\n".join(lines), start, end, track)
            now = end


def _text_packet(text: str, start: int, end: int, track: "SubtitleStream") -> "AnyPacket":
    import av

    data = text.encode()
    packet = av.Packet(struct.pack(">H", len(data)) + data)
    packet.stream, packet.time_base = track, _MILLISECOND
    packet.pts = packet.dts = start
    packet.duration = end - start
    return packet


def _configuration(stream: "VideoStream") -> tuple[object, ...]:
    codec = stream.codec_context
    return (codec.name, codec.extradata, codec.width, codec.height, codec.pix_fmt)


def _frame_number(packet: "AnyPacket", fps: Fraction) -> int:
    if packet.pts is None or not packet.time_base:
        raise MediaError("A segment holds a picture without a time.", code="segments_differ")
    number = packet.pts * packet.time_base * fps
    if number.denominator != 1:
        raise MediaError("A segment has another frame rate than the film.", code="segments_differ")
    return int(number)


def _decoded_at(packet: "AnyPacket") -> Fraction:
    return (packet.dts or 0) * Fraction(packet.time_base or 0)
