import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyreel.domain.film import Canvas, Footage
from storyreel.domain.storyboard import Transition
from storyreel.errors import MediaError
from storyreel.media.clips import encode_clip
from storyreel.media.frames import Planes, black, blend, from_rgb
from storyreel.media.join import Piece, can_be_cut, join_film
from storyreel.media.probe import SAMPLE_RATE, probe_video, read_clip, read_stereo
from storyreel.media.profile import EncodeProfile
from storyreel.media.segment import Rendering, render_segments
from storyreel.media.sound.aac import encode_aac
from storyreel.media.sound.splice import join_parts, write_part
from storyreel.media.subtitles import Cue
from storyreel.media.timeline import Body, Segment, ShotTiming, Timeline, build_timeline, clip_frames

MakeFile = Callable[..., Path]
HOSTILE = "<b>T\x00i\u202etle</b> {\\an8} --> 🙂 مرحبا \n\r%{pts} ';drop"


CANVAS = Canvas(160, 90)


def ignore(_: float) -> None:
    pass


def render(
    report: Callable[[float], None],
    segment: Segment,
    footage: Sequence[Footage],
    cues: Sequence[Cue],
    profile: EncodeProfile,
    out: Path,
) -> None:
    render_segments(report, [Rendering(segment, tuple(footage), tuple(cues), out)], profile)


def silence(folder: Path, duration: Fraction) -> Path:
    write_part(*encode_aac(np.zeros((2, round(duration * SAMPLE_RATE)), np.float32)), folder / "part.m4a")
    join_parts(ignore, [folder / "part.m4a"], duration, folder / "silence.m4a")
    return folder / "silence.m4a"


def segments_of(timeline: Timeline, clips: list[Path], profile: EncodeProfile, folder: Path) -> list[Piece]:
    pieces: list[Piece] = []
    for number, segment in enumerate(timeline.segments):
        if isinstance(segment, Body):
            piece = Piece(clips[segment.shot], segment.first, segment.end)
            if can_be_cut(piece, profile):
                pieces.append(piece)
                continue
        pieces.append(Piece(folder / f"segment-{number}"))
        render(ignore, segment, [clips[shot] for shot in segment.shots], (), profile, pieces[-1].path)
    return pieces


def test_a_film_of_all_transitions_shows_each_frame_when_it_is_due(
    tmp_path: Path, clip: MakeFile, counter: type, profile: EncodeProfile, read_number: Callable[[Planes], int]
) -> None:
    kinds = [*Transition, Transition.CUT]
    voices = [0.0, 0.4, 0.9, 0.2, 0.0, 0.6, 1.1]
    timeline = build_timeline(
        [ShotTiming(str(k), "", (), voice, kind) for k, (voice, kind) in enumerate(zip(voices, kinds, strict=True))], 24
    )
    lengths = [clip_frames(voice, 24) for voice in voices]
    clips = [clip(length, shot) for shot, length in enumerate(lengths)]
    files = segments_of(timeline, clips, profile, tmp_path)
    copied = {piece for piece in files if piece.path in clips}
    assert Piece(clips[0], 0, lengths[0]) in copied, "a shot between cuts is never encoded again"
    assert Piece(clips[6], 12, lengths[6]) in copied, "nor is what a transition of the usual length leaves"
    film = tmp_path / "film.mp4"
    join_film(ignore, files, silence(tmp_path, timeline.duration), None, profile, "Film", "en", film)

    with av.open(str(film)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [packet.dts * packet.time_base * 24 for packet in packets] == list(range(-2, len(packets) - 2))
    assert sorted(packet.pts * packet.time_base * 24 for packet in packets) == list(range(timeline.total_frames))
    assert probe_video(film).frames == timeline.total_frames

    drawn = [
        [from_rgb(picture) for picture in counter(k, length).frames(0, length)] for k, length in enumerate(lengths)
    ]
    shown = list(read_clip(film, 0, timeline.total_frames))
    for segment in timeline.segments:
        for step in range(segment.frames):
            planes = shown[segment.at + step]
            if isinstance(segment, Body):
                assert read_number(planes) == segment.first + step
                expected = drawn[segment.shot][segment.first + step]
            else:
                assert segment.to_shot is not None
                before, after = drawn[segment.from_shot][segment.first + step], drawn[segment.to_shot][step]
                expected = black(profile.canvas)
                blend(segment.kind, before, after, (step + 1) / (segment.frames + 1), expected)
            off = np.abs(planes.y.astype(int) - expected.y).mean()
            assert off < 8, (segment, step, off)


def test_a_clip_is_cut_where_its_transitions_end(
    tmp_path: Path, clip: MakeFile, profile: EncodeProfile, read_number: Callable[[Planes], int]
) -> None:
    piece = Piece(clip(60), 12, 48)
    assert can_be_cut(piece, profile)
    assert can_be_cut(Piece(clip(60), 0, 60), profile)
    for first, end in ((11, 48), (12, 47), (48, 12), (0, 61), (12, 12)):
        assert not can_be_cut(Piece(clip(60), first, end), profile)
    film = tmp_path / "film.mp4"
    join_film(ignore, [piece, Piece(clip(60), 48)], silence(tmp_path, Fraction(2)), None, profile, "", "en", film)
    assert [read_number(planes) for planes in read_clip(film, 0, 48)] == list(range(12, 60))
    with pytest.raises(MediaError):
        can_be_cut(Piece(tmp_path / "nothing"), profile)


def remuxed(segments: list[Path], soundtrack: Path, fps: int, out: Path) -> Path:
    """The same film by FFmpeg: every packet read, timed anew, written."""
    with av.open(str(out), "w", format="mp4") as film, av.open(str(soundtrack)) as sound:
        with av.open(str(segments[0])) as first:
            video = film.add_stream_from_template(first.streams.video[0])
            audio = film.add_stream_from_template(sound.streams.audio[0])
        base = 0
        for path in segments:
            with av.open(str(path)) as segment:
                packets = [packet for packet in segment.demux(video=0) if packet.size]
                for number, packet in enumerate(packets):
                    shown = int(packet.pts * packet.time_base * fps)
                    packet.stream, packet.time_base, packet.duration = video, Fraction(1, fps), 1
                    packet.pts, packet.dts = base + shown, base + number - 2
                    film.mux(packet)
            base += len(packets)
        for packet in sound.demux(audio=0):
            if packet.size:
                packet.stream = audio
                film.mux(packet)
    return out


def packets_of(film: Path, kind: str) -> list[tuple[object, ...]]:
    with av.open(str(film)) as container:
        packets = [packet for packet in container.demux(**{kind: 0}) if packet.size]
        return [(p.pts, p.dts, p.duration, p.time_base, p.is_keyframe, p.is_discard, bytes(p)) for p in packets]


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_joining_bytes_gives_the_packets_that_ffmpeg_gives(tmp_path: Path, counter: type, fps: int) -> None:
    profile = EncodeProfile(CANVAS, Fraction(fps))
    files = []
    for shot, length in enumerate((1, 2, 37, 130)):
        files.append(tmp_path / str(shot))
        encode_clip(ignore, counter(shot, length, fps=Fraction(fps)), profile, files[-1])
    track = silence(tmp_path, Fraction(170, fps))
    reference = remuxed(files, track, fps, tmp_path / "reference.mp4")
    heard: list[float] = []
    join_film(heard.append, [*map(Piece, files)], track, None, profile, "", "en", tmp_path / "film.mp4")
    for kind in ("video", "audio"):
        assert packets_of(tmp_path / "film.mp4", kind) == packets_of(reference, kind)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    with av.open(str(tmp_path / "film.mp4")) as ours, av.open(str(reference)) as theirs:
        for one, other in zip(ours.streams, theirs.streams, strict=True):
            assert one.codec_context.extradata == other.codec_context.extradata
            assert one.frames == other.frames
            assert one.duration * one.time_base == Fraction(170, fps), "exact, where FFmpeg rounds to milliseconds"


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
@pytest.mark.parametrize("lengths", [(1, 1, 1), (1, 2, 3, 4, 5), (12, 1, 30)])
def test_segments_of_any_length_join(tmp_path: Path, counter: type, fps: int, lengths: tuple[int, ...]) -> None:
    profile = EncodeProfile(CANVAS, Fraction(fps))
    files = []
    for shot, length in enumerate(lengths):
        files.append(tmp_path / str(shot))
        encode_clip(ignore, counter(shot, length, fps=Fraction(fps)), profile, files[-1])
    total = sum(lengths)
    film = tmp_path / "film.mp4"
    join_film(ignore, [*map(Piece, files)], silence(tmp_path, Fraction(total, fps)), None, profile, "", "en", film)
    facts = probe_video(film)
    assert (facts.frames, facts.fps) == (total, fps)
    assert facts.duration == pytest.approx(total / fps)
    assert facts.audio_codec == "aac"


def test_picture_and_sound_agree_at_every_cut(
    tmp_path: Path, profile: EncodeProfile, voice: MakeFile, film_sound: MakeFile
) -> None:
    """A clapper of sixty shots: each flashes as it begins, and its voice clicks a tenth of a second into it."""
    voices = [0.4, 0.53, 0.817]  # shots of which none begins with a block of the sound's encoder
    clicks = {seconds: voice(seconds, clicks=(0.1,), rate=48000) for seconds in voices}
    spoken = voices * 20
    timeline = build_timeline([ShotTiming(str(k), "", (), length) for k, length in enumerate(spoken)], 24)
    placed = [(clicks[length], start) for length, start in zip(spoken, timeline.voice_starts, strict=True)]
    track = film_sound(placed, timeline.duration)

    @dataclass
    class Flash:
        count: int
        canvas = profile.canvas
        fps = profile.fps

        def __len__(self) -> int:
            return self.count

        def frames(self, first, end):
            for number in range(first, end):
                yield np.full((90, 160, 3), 255 if number == 0 else 0, np.uint8)

    for seconds in voices:
        encode_clip(ignore, Flash(clip_frames(seconds, 24)), profile, tmp_path / str(seconds))
    film = tmp_path / "film.mp4"
    pieces = [Piece(tmp_path / str(length)) for length in spoken]
    join_film(ignore, pieces, track, None, profile, "Clapper", "en", film)
    bright = [n for n, planes in enumerate(read_clip(film, 0, timeline.total_frames)) if planes.y.mean() > 128]
    assert bright == list(timeline.shot_starts)
    sound = np.abs(read_stereo(film)).max(axis=0)
    for frame in bright:
        expected = round((frame / 24 + 0.3 + 0.1) * 48000)
        around = sound[expected - 4800 : expected + 4800]
        assert abs(int(around.argmax()) - 4800) < 100, "within 2 ms"
    assert abs(sound.size - round(timeline.duration * 48000)) < 1024


def test_the_text_track_and_title_are_plain_text(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    cues = [
        Cue(Fraction(1, 2), Fraction(1), "<i>Hello</i> {\\an8}\n\n月亮 \x00 -->"),
        Cue(Fraction(1), Fraction(3, 2), "🙂 مرحبا"),
    ]
    film = tmp_path / "film.mp4"
    join_film(ignore, [Piece(clip(48))], silence(tmp_path, Fraction(2)), cues, profile, HOSTILE, "en", film)
    with av.open(str(film)) as container:
        assert [stream.language for stream in container.streams] == ["und", "eng", "eng"]
        assert container.metadata["title"] == "<b>Title</b> {\\an8} --> 🙂 مرحبا %{pts} ';drop"
        texts = [
            (p.pts * p.time_base, p.duration * p.time_base, bytes(p)[2:].decode())
            for p in container.demux(subtitles=0)
            if p.size > 2
        ]
    assert texts == [
        (Fraction(1, 2), Fraction(1, 2), "<i>Hello</i> {\\an8}\n月亮 -->"),
        (Fraction(1), Fraction(1, 2), "🙂 مرحبا"),
    ]
    assert probe_video(film).frames == 48


def test_a_track_without_cues_and_a_film_without_a_track(
    tmp_path: Path, clip: MakeFile, profile: EncodeProfile
) -> None:
    for cues, tracks in (([], 1), (None, 0)):
        film = tmp_path / "film.mp4"
        join_film(ignore, [Piece(clip(24))], silence(tmp_path, Fraction(1)), cues, profile, "x" * 999, "en", film)
        with av.open(str(film)) as container:
            assert len(container.streams.subtitles) == tracks
            assert len(container.metadata["title"]) == 200
        data = film.read_bytes()
        assert data.index(b"moov") < data.index(b"mdat")


def test_segments_encoded_otherwise_are_refused(
    tmp_path: Path, clip: MakeFile, counter: type, profile: EncodeProfile
) -> None:
    for number, other in enumerate(
        (
            replace(profile, canvas=Canvas(320, 180)),
            replace(profile, fps=Fraction(25)),
            replace(profile, preset="veryslow"),
        )
    ):
        encode_clip(ignore, counter(0, 5, fps=other.fps), other, tmp_path / f"other-{number}")
        with pytest.raises(MediaError) as caught:
            join_film(
                ignore,
                [Piece(clip(10)), Piece(tmp_path / f"other-{number}")],
                silence(tmp_path, Fraction(1)),
                None,
                profile,
                "",
                "en",
                tmp_path / "film.mp4",
            )
        assert caught.value.code == "segments_differ"
        assert not (tmp_path / "film.mp4").exists()


def test_a_broken_segment_leaves_no_film(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(clip(30).read_bytes()[:700])
    for segments in ([clip(10), broken], []):
        with pytest.raises(MediaError):
            join_film(
                ignore,
                [*map(Piece, segments)],
                silence(tmp_path, Fraction(1)),
                None,
                profile,
                "",
                "en",
                tmp_path / "film.mp4",
            )
        assert not (tmp_path / "film.mp4").exists()


def test_a_disk_that_takes_no_more_is_said_so(tmp_path: Path, clip: MakeFile, profile: EncodeProfile) -> None:
    segment, sound = clip(50), silence(tmp_path, Fraction(50, 24))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        with pytest.raises(MediaError, match="File too large") as caught:
            join_film(ignore, [Piece(segment)], sound, None, profile, "", "en", tmp_path / "film.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "join_failed"
    assert not (tmp_path / "film.mp4").exists()
