"""Music by its figures, since tests have no ears: keys, voice leading, density, spectrum, endings."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from storyreel.media.sound.composing import BARS, ENDING, Note, composed
from storyreel.media.sound.harmony import led, parallels
from storyreel.media.sound.music import COARSER, compose_music
from storyreel.media.sound.scales import EIGHTHS, MOODS, bar_of, key_of

RATE = 48_000 // COARSER
SEEDS = range(12)


@cache
def loop(name: str, seed: int = 7) -> np.ndarray:
    return compose_music(name, seed)


def spectrum(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitches in Hz, and the power at each."""
    return np.fft.rfftfreq(sound.shape[1], 1 / RATE), (np.abs(np.fft.rfft(sound)) ** 2).sum(axis=0)


def classes(notes: list[Note]) -> set[int]:
    return {note.pitch % 12 for note in notes}


def test_keys_of_a_film_are_related() -> None:
    """Five of seven notes at least are those of what is calm; what is sad may be in the parallel minor, or near it."""
    for seed in range(40):
        keys = {mood: key_of(mood, seed) for mood in MOODS}
        scales = {mood: {key.pitch(step) % 12 for step in range(7)} for mood, key in keys.items()}
        assert all(len(scales["calm"] & scale) >= (3 if mood == "sad" else 5) for mood, scale in scales.items())
        assert all(55 <= key.tonic <= 66 for key in keys.values())
    assert len({key_of("calm", seed).tonic for seed in range(40)}) > 3
    assert len({bar_of(seed) for seed in range(40)}) > 2


@pytest.mark.parametrize("mood", list(MOODS))
def test_voices_move_little_and_never_in_parallel(mood: str) -> None:
    key = key_of(mood, 1)
    for roots in MOODS[mood].progressions:
        chords = [key.classes(degree, MOODS[mood].tones) for degree in roots]
        voicings = led(chords)
        for chord, voicing in zip(chords, voicings, strict=True):
            assert {note % 12 for note in voicing} == set(chord)
            assert voicing[0] % 12 == chord[0], "the root is in the bass"
            assert list(voicing) == sorted(voicing)
        for here, next_ in pairwise([*voicings, voicings[0]]):
            assert parallels(here, next_) == 0
            moves = [abs(a - b) for a, b in zip(here[1:], next_[1:], strict=True)]
            assert max(moves) <= 5


def test_parallel_fifths_and_octaves_are_seen() -> None:
    assert parallels((36, 43, 52, 60), (38, 45, 53, 62)) == 2, "a fifth and an octave"
    assert parallels((36, 43, 52, 60), (36, 43, 53, 60)) == 0


@pytest.mark.parametrize("mood", list(MOODS))
def test_there_is_room_for_a_voice(mood: str) -> None:
    for seed in SEEDS:
        piece, key = composed(mood, seed), key_of(mood, seed)
        assert piece.bars == BARS
        assert all(0 <= note.start < BARS * EIGHTHS and 0 < note.level <= 1 for note in piece.notes)
        assert classes(list(piece.notes)) <= {key.pitch(step) % 12 for step in range(7)}, "all in the key"
        seconds = BARS * bar_of(seed) / 48_000
        melody = sorted((note for note in piece.notes if note.side == 0.58), key=lambda note: note.start)
        assert len(melody) / seconds < 0.9, "sparse"
        assert len(piece.notes) / seconds < 6
        assert all(67 <= note.pitch <= 82 for note in melody)
        assert all(abs(one.pitch - other.pitch) <= 7 for one, other in pairwise(melody))


def test_music_is_made_from_mood_and_seed() -> None:
    assert composed("calm", 1) == composed("calm", 1)
    assert composed("calm", 1) != composed("calm", 2)
    assert composed("calm", 1) != composed("wonder", 1)
    assert np.array_equal(loop("calm"), compose_music("calm", 7))


@pytest.mark.parametrize("mood", list(MOODS))
def test_music_is_warm_and_even(mood: str) -> None:
    sound = loop(mood)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    pitch, power = spectrum(sound)
    assert 150 < float((pitch * power).sum() / power.sum()) < 600, "spectral centroid in Hz"
    assert power[pitch > 5000].sum() < 1e-4 * power.sum(), "nothing sharp"
    assert power[pitch < 60].sum() < 0.02 * power.sum(), "no rumble"
    step = np.abs(np.diff(sound, axis=1))
    assert np.abs(sound[:, 0] - sound[:, -1]).max() <= step.max(), "it closes without a click"
    bars = np.sqrt((sound.reshape(2, BARS, -1) ** 2).mean(axis=(0, 2)))
    assert bars.max() < 1.8 * bars.min(), "within 5 dB"
    left, right = sound
    assert np.sqrt((((left + right) / 2) ** 2).mean()) > 0.85 * np.sqrt((sound**2).mean()), "mono loses little"


@pytest.mark.parametrize("mood", list(MOODS))
def test_moods_differ_in_how_much_happens(mood: str) -> None:
    notes = {name: len(composed(name, 7).notes) for name in MOODS}
    assert notes["happy"] == max(notes.values())
    assert notes[mood] > 40


@pytest.mark.parametrize("mood", list(MOODS))
def test_an_ending_slows_down_to_its_tonic(mood: str) -> None:
    for seed in SEEDS:
        piece, key = composed(mood + ENDING, seed), key_of(mood, seed)
        tonic = [note for note in piece.notes if note.start < EIGHTHS]
        assert classes(tonic) == set(key.classes(1, (0, 2, 4)))
        assert min(note.pitch for note in tonic) % 12 == key.tonic % 12
        assert max(note.pitch for note in tonic) % 12 == key.tonic % 12
        cadence = sorted({note.start for note in piece.notes if note.start >= (piece.bars - 1) * EIGHTHS})
        waits = [b - a for a, b in pairwise(cadence)]
        assert waits == sorted(waits), "ever slower"
        assert waits[0] < waits[-1]


@pytest.mark.parametrize("mood", list(MOODS))
def test_nothing_but_the_tonic_is_heard_when_the_film_ends(mood: str) -> None:
    """From 3 to 6 seconds after the last chord begins, nearly all the power is near its notes and their overtones."""
    key = key_of(mood, 7)
    pitch, power = spectrum(loop(mood + ENDING)[:, 3 * RATE : 6 * RATE] * np.hanning(3 * RATE))
    low = (pitch > 60) & (pitch < 600)
    note = 69 + 12 * np.log2(pitch[low] / 440)
    chord = np.isin(np.rint(note).astype(int) % 12, key.classes(1, (0, 2, 4)))
    fifths = np.isin(np.rint(note).astype(int) % 12, [(tone + 7) % 12 for tone in key.classes(1, (0, 2, 4))])
    assert power[low][chord].sum() > 0.9 * power[low].sum()
    assert power[low][chord | fifths].sum() > 0.97 * power[low].sum()
