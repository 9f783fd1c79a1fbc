"""The whole sound track: as loud as it should be, voices level, what lies under them softer, not a sample too long."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from storyreel.errors import MediaError
from storyreel.media.mp4 import SOUND, read_track
from storyreel.media.probe import probe_audio, read_stereo
from storyreel.media.sound.loudness import integrated, measure
from storyreel.media.sound.scales import key_of
from storyreel.media.sound.score import Place
from storyreel.media.sound.sections import Felt, sections_of

MakeFile = Callable[..., Path]
RATE = 48_000


def decibels(value: float) -> float:
    return 20 * math.log10(max(value, 1e-9))


def heard(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file, by FFmpeg's own meter: a second opinion on ours."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        nodes = [
            graph.add_abuffer(template=stream),
            graph.add("ebur128", "metadata=1:peak=true"),
            graph.add("abuffersink"),
        ]
        for one, next_ in pairwise(nodes):
            one.link_to(next_)
        graph.configure()
        last: dict[str, str] = {}
        peak = -math.inf
        for frame in [*container.decode(stream), None]:
            nodes[0].push(frame)
            while True:
                try:
                    pulled = nodes[-1].pull()
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                if "lavfi.r128.I" in pulled.metadata:
                    last = pulled.metadata
                    peak = max(peak, *(decibels(float(last[f"lavfi.r128.true_peaks_ch{k}"])) for k in range(2)))
    return float(last["lavfi.r128.I"]), peak


@pytest.mark.parametrize("mood", [None, "tense"])
@pytest.mark.parametrize("levels", [(0.3, 0.3), (0.05, 0.6)])
def test_a_film_is_as_loud_as_it_should_be(
    voice: MakeFile, film_sound: MakeFile, mood: str | None, levels: tuple[float, float]
) -> None:
    voices = [
        (voice(3.0, level=levels[0]), Fraction(3, 10)),
        (voice(2.5, level=levels[1], rate=16_000), Fraction(5)),
        (voice(2.0, level=levels[0], rate=48_000), Fraction(91, 10)),
    ]
    places = [Place("rain", Fraction(0), Fraction(6)), Place("sea", Fraction(6), Fraction(12))]
    track = film_sound(voices, Fraction(12), mood=mood, seed=5, places=places)
    loudness, peak = heard(track)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1.5
    sound = read_stereo(track)
    ours = measure([sound])
    assert integrated(ours.energy) == pytest.approx(loudness, abs=0.2), "our meter agrees with FFmpeg's"
    parts = [sound[:, round(start * RATE) : round((start + 2) * RATE)] for start in (0.5, 5.2, 9.2)]
    speaking = [integrated(measure([part]).energy) for part in parts]
    assert max(speaking) - min(speaking) < 1.5, "voices are level"


def test_music_gives_way_to_voices(voice: MakeFile, film_sound: MakeFile) -> None:
    """The voice is silent but for short clicks, so that what is heard between them is music."""
    clicks = tuple(k / 10 for k in range(1, 30))
    sound = read_stereo(film_sound([(voice(3.0, clicks=clicks), Fraction(4))], Fraction(12), mood="calm", seed=1))

    def music(second: float) -> float:
        return float(np.median(np.abs(sound[:, round(second * RATE) : round((second + 1) * RATE)])))

    under, before, after = music(5.0), music(2.2), music(9.0)
    assert decibels(under) < decibels(before) - 5
    assert decibels(under) < decibels(after) - 3


def test_places_are_soft_and_give_way_to_one_another_without_a_click(film_sound: MakeFile) -> None:
    """Nobody speaks: the places alone stay as soft as they are meant to be, and are never raised."""
    places = [Place("rain", Fraction(0), Fraction(8)), Place("sea", Fraction(8), Fraction(16))]
    sound = read_stereo(film_sound([], Fraction(16), places=places))
    rain, both, sea = (
        integrated(measure([sound[:, round(a * RATE) : round(b * RATE)]]).energy)
        for a, b in ((2, 7), (7.5, 8.5), (10, 15))
    )
    assert rain == pytest.approx(-35, abs=1)
    assert sea == pytest.approx(-34, abs=4), "waves come and go"
    assert min(rain, sea) - 2 < both < max(rain, sea) + 2, "neither a hole nor a bump where one gives way to the other"
    steps = np.abs(np.diff(sound, axis=1)).max(axis=0)
    assert steps[round(7.4 * RATE) : round(8.6 * RATE)].max() <= 1.2 * steps[2 * RATE : 7 * RATE].max()
    assert np.abs(sound[:, : RATE // 50]).max() < 0.1 * np.abs(sound[:, 2 * RATE : 3 * RATE]).max(), "the film fades in"


MOODS = (
    Felt("calm", Fraction(0), Fraction(21)),
    Felt("tense", Fraction(21), Fraction(41)),
    Felt("wonder", Fraction(41), Fraction(187, 3)),
)


def test_moods_give_way_to_one_another_without_a_click_and_as_loud(film_sound: MakeFile) -> None:
    track = film_sound([], MOODS[-1].end, moods=MOODS, seed=4)
    loudness, peak = heard(track)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1.5
    sound = read_stereo(track)
    energy = measure([sound]).energy
    last = sections_of(MOODS, 4)[-1].start / RATE
    seconds = [integrated(energy[200 * k : 200 * (k + 2)]) for k in range(2, int(last) - 1)]
    assert max(seconds) - min(seconds) < 7
    pitch = np.fft.rfftfreq(1024, 1 / RATE)
    blocks = sound[:, : sound.shape[1] // 1024 * 1024].reshape(2, -1, 1024) * np.hanning(1024)
    sharp = (np.abs(np.fft.rfft(blocks)[..., pitch > 6500]) ** 2).sum(axis=(0, 2))
    for section in sections_of(MOODS, 4)[1:]:
        crossing = sharp[(section.start - 2 * RATE) // 1024 : (section.start + RATE) // 1024]
        assert crossing.max() < 1e-6 * (blocks**2).sum(axis=(0, 2)).mean() * 1024, "a click would be heard up there"


def test_the_music_ends_with_the_film_on_its_tonic(film_sound: MakeFile) -> None:
    sound = read_stereo(film_sound([], MOODS[-1].end, moods=MOODS, seed=4))[:, : round(MOODS[-1].end * RATE)]
    energy = measure([sound]).energy
    ending = sections_of(MOODS, 4)[-1].start / RATE
    falling = [integrated(energy[round(200 * (ending + k)) :][:200]) for k in range(1, int(MOODS[-1].end - ending))]
    assert falling == sorted(falling, reverse=True), "it dies away"
    last = sound[:, -RATE:]
    assert -45 < integrated(measure([last]).energy) < -20, "it is heard until the end"
    assert np.abs(sound[:, -RATE // 100 :]).max() < 0.003, "and not cut off"
    pitch = np.fft.rfftfreq(RATE, 1 / RATE)
    power = (np.abs(np.fft.rfft(last * np.hanning(RATE))) ** 2).sum(axis=0)
    low = (pitch > 60) & (pitch < 500)
    tones = np.rint(69 + 12 * np.log2(pitch[low] / 440)).astype(int) % 12
    chord = key_of("wonder", 4).classes(1, (0, 2, 4))
    assert power[low][np.isin(tones, chord)].sum() > 0.9 * power[low].sum()


def test_nothing_to_hear_is_silence(voice: MakeFile, film_sound: MakeFile) -> None:
    for voices in ([], [(voice(1.0, level=0.0), Fraction(0))]):
        track = film_sound(voices, Fraction(5, 2))
        assert probe_audio(track).duration == pytest.approx(2.5, abs=1024 / RATE)
        assert np.abs(read_stereo(track)).max() == 0


def test_music_alone_is_as_loud_as_a_film(film_sound: MakeFile) -> None:
    loudness, peak = heard(film_sound([], Fraction(8), mood="wonder", seed=2))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1.5


def test_no_peak_is_too_high(voice: MakeFile, film_sound: MakeFile) -> None:
    """Clicks that are raised as faint voices are would be ten times as high as a file can hold."""
    clicks = tuple(k / 3 for k in range(1, 40))
    _, peak = heard(film_sound([(voice(14.0, clicks=clicks, rate=48_000), Fraction(1, 2))], Fraction(18), mood="happy"))
    assert -6 < peak <= -1.5


def test_a_voice_is_never_cut_off(voice: MakeFile, film_sound: MakeFile) -> None:
    with pytest.raises(MediaError, match="Voice 2 would be cut off"):
        film_sound([(voice(1.0), Fraction(0)), (voice(2.0), Fraction(1))], Fraction(5, 2))


@pytest.mark.parametrize("duration", [Fraction(1, 24), Fraction(1024, RATE), Fraction(737_281, RATE), Fraction(25)])
def test_the_sound_is_as_long_as_the_film(film_sound: MakeFile, duration: Fraction) -> None:
    track = read_track(film_sound([], duration), SOUND)
    assert Fraction(int(track.samples.durations.sum()) - track.before, RATE) == duration


def test_voices_longer_than_a_part_are_whole(voice: MakeFile, film_sound: MakeFile) -> None:
    clicks = (0.5, 9.9, 10.05, 15.109, 15.35, 19.95, 23.0)
    sound = np.abs(read_stereo(film_sound([(voice(24.0, clicks=clicks), Fraction(1, 4))], Fraction(25)))).max(axis=0)
    for click in clicks:
        place = round((click + 0.25) * RATE)
        assert abs(int(sound[place - 2400 : place + 2400].argmax()) - 2400) < 100
