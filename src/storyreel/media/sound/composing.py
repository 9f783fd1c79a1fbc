"""Music as notes, from a mood and a seed: pads, a plucked pattern, and a melody so sparse that one can talk over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from storyreel.media.sound.harmony import Voicing, led
from storyreel.media.sound.scales import EIGHTHS, MOODS, Key, Mood, key_of
from storyreel.media.sound.textures import Random

BARS = 16
"""To a loop: 36 … 43 s, before it begins anew."""
ENDING_BARS = 6
"""To an ending: the tonic for four bars, a silent one, and the cadence, which leads round to the tonic."""
ENDING = " ending"
"""Follows a mood's name in the name of its ending."""
_PHRASE = 2
_LOW, _HIGH = 67, 82
"""The melody's range, G4 … B♭5: above the pads, below what hisses."""
_HUMAN = 0.03
"""Eighths by which a player is early or late at most: 10 ms."""
_SLOWER = (0.0, 1.6, 3.5, 5.7)
"""Eighths at which the cadence's notes are plucked: ever slower."""
_ROLLED = 0.45
"""Eighths between the notes of the last chord, which is rolled from the bass up."""


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in eighths; `pitch` is a MIDI number; `side` goes from left, 0, to right, 1."""

    instrument: str
    start: float
    length: float
    pitch: int
    level: float
    side: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes in so many bars; what sounds at the end of the last goes round into the first."""

    notes: tuple[Note, ...]
    bars: int


def composed(name: str, seed: int) -> Piece:
    """A mood's loop, or its ending."""
    mood = name.removesuffix(ENDING)
    random = np.random.default_rng((seed, 4, list(MOODS).index(mood), name != mood))
    sheet, key = MOODS[mood], key_of(mood, seed)
    return _loop(sheet, key, random) if name == mood else _ending(sheet, key, random)


def _loop(sheet: Mood, key: Key, random: Random) -> Piece:
    roots = sheet.progressions[random.integers(len(sheet.progressions))]
    chords = led([key.classes(degree, sheet.tones) for degree in roots])
    bars = [chords[bar // sheet.bars % len(chords)] for bar in range(BARS)]
    held = [_pad(sheet, bars[bar], bar, sheet.bars) for bar in range(0, BARS, sheet.bars)]
    plucked = [_plucked(sheet, chord, bar, random) for bar, chord in enumerate(bars)]
    notes = [note for part in (*held, *plucked, _melody(sheet, key, bars, random)) for note in part]
    return Piece(tuple(notes), BARS)


def _ending(sheet: Mood, key: Key, random: Random) -> Piece:
    """The cadence, slowing down, and the tonic held until it is lost."""
    triad = sheet.tones[:3]
    last, before = led([key.classes(1, triad), key.classes(sheet.cadence, triad)])
    cadence = (ENDING_BARS - 1) * EIGHTHS
    top = _nearest(last, (_LOW + _HIGH) // 2, root=True)
    notes = [*_pad(sheet, before, ENDING_BARS - 1, 1), *_pad(sheet, last, 0, 4)]
    player = "piano" if sheet.plucked == "drum" else sheet.plucked
    for beat, pitch in zip(_SLOWER, _plain(before), strict=True):
        notes.append(Note(player, cadence + beat, 3, pitch, 0.7, random.uniform(0.35, 0.65)))
    for number, pitch in enumerate((*_plain(last), top)):
        notes.append(Note(player, number * _ROLLED, 14, pitch, 0.7, 0.3 + 0.1 * number))
    return Piece(tuple(notes), ENDING_BARS)


def _pad(sheet: Mood, chord: Voicing, bar: int, bars: int) -> Iterator[Note]:
    """The chord, held for so many bars: the bass in the middle, the others around it."""
    for pitch, level, side in zip(chord, (0.8, 0.9, 0.9, 0.9), (0.5, 0.35, 0.5, 0.65), strict=True):
        yield Note(sheet.pad, bar * EIGHTHS, bars * EIGHTHS, pitch, level, side)


def _plucked(sheet: Mood, chord: Voicing, bar: int, random: Random) -> Iterator[Note]:
    """The pattern on a chord; beats are a little louder than what is between them."""
    tones = _plain(chord) if sheet.plucked != "drum" else chord
    for eighth, tone in enumerate(sheet.pattern):
        if tone < 0:
            continue
        beat = (1.0, 0.7, 0.85, 0.7)[eighth % 4] * random.uniform(0.85, 1)
        late = random.uniform(0, _HUMAN)
        yield Note(sheet.plucked, bar * EIGHTHS + eighth + late, 5, tones[tone], beat, 0.35 + 0.1 * tone)


def _plain(chord: Voicing) -> Voicing:
    """The chord with its bass an octave higher, where a string is plucked more clearly."""
    return chord[0] + 12, *chord[1:]


def _melody(sheet: Mood, key: Key, bars: Sequence[Voicing], random: Random) -> Iterator[Note]:
    """Phrases of two bars: tones of the chord, and between two of them, where short, a step of the scale."""
    letters = sorted(set(sheet.phrases) - {"-"})
    drawn = {letter: sheet.rhythms[random.integers(len(sheet.rhythms))] for letter in letters}
    curves = {letter: random.integers(-4, 5, len(drawn[letter])) for letter in letters}
    pitch = (_LOW + _HIGH) // 2
    for number, letter in enumerate(sheet.phrases):
        if letter == "-":
            continue
        for (start, length), turn in zip(drawn[letter], curves[letter], strict=True):
            chord = bars[number * _PHRASE + start // EIGHTHS]
            pitch = _step(key, pitch, int(turn)) if length == 1 else _nearest(chord, pitch + int(turn))
            beat = number * _PHRASE * EIGHTHS + start + random.uniform(0, _HUMAN)
            yield Note(sheet.lead, beat, length, pitch, random.uniform(0.8, 1), 0.58)


def _nearest(chord: Voicing, wanted: int, root: bool = False) -> int:
    """The tone of a chord, or its root, nearest to a pitch, within the melody's range."""
    classes = {note % 12 for note in (chord[:1] if root else chord)}
    inside = [pitch for pitch in range(_LOW, _HIGH + 1) if pitch % 12 in classes]
    return min(inside, key=lambda pitch: (abs(pitch - wanted), pitch))


def _step(key: Key, pitch: int, turn: int) -> int:
    """The next note of the scale, upwards or downwards."""
    scale = [note for note in range(_LOW, _HIGH + 1) if (note - key.tonic) % 12 in key.mode and note != pitch]
    return min(scale, key=lambda note: (abs(note - pitch), (note < pitch) == (turn > 0)))
