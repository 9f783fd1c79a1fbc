"""Music played: notes become sound, each rendered once and laid where it is wanted, in a room of its own."""

import numpy as np

from storyreel.errors import InvalidInputError
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.blocks import Sound
from storyreel.media.sound.composing import ENDING, Note, composed
from storyreel.media.sound.scales import EIGHTHS, INSTRUMENTS, MOODS, Instrument, bar_of
from storyreel.media.sound.textures import Random, Wave, add, eased, panned

COARSER = 4
"""Music is made at a quarter of the sampling rate: above 6 kHz it would only be sharp, and hiss over a voice."""
MUSIC = frozenset((*MOODS, *(mood + ENDING for mood in MOODS)))
"""The names of all music: of each mood a loop, and an ending."""

_RATE = SAMPLE_RATE // COARSER
_HIGHEST = 4500.0
"""Hz above which the music is dulled: by 3 dB there, by 20 at 6 kHz."""
_BESIDE = np.float32(0.35)
"""How loud the players beside the one in the middle are: a chorus that moves by 6 dB at most on each side. They begin a
quarter of a turn later, so that in mono what one adds the other takes, and nothing trembles."""
_ROOM, _ROOM_SECONDS, _DECAY = 0.32, 2.0, 0.42
"""How much of the room is heard beside the sound itself; and the seconds in which it falls to a third."""


def compose_music(name: str, seed: int) -> Sound:
    """One of MUSIC at 12 kHz, at no particular loudness; the same name and seed always give the same samples.

    Its last bar leads into its first; an ending's first bars hold the film's last chord, its last bar leads there.

    Raises:
        InvalidInputError: no such mood.
    """
    if name not in MUSIC:
        raise InvalidInputError(f"There is no music for the mood '{name[:40]}'.", hint=f"One of {', '.join(MOODS)}.")
    piece = composed(name, seed)
    bar = bar_of(seed) // COARSER
    dry = np.zeros((2, piece.bars * bar), np.float32)
    players: dict[tuple[str, int, float], Wave] = {}
    for note in piece.notes:
        which = note.instrument, note.pitch, note.length
        if which not in players:
            players[which] = _played(INSTRUMENTS[note.instrument], note, bar / EIGHTHS)
        heard = players[which] * np.float32(note.level)
        add(dry, heard if heard.shape[0] == 2 else panned(heard[0], note.side), round(note.start * bar / EIGHTHS))
    return _in_a_room(dry, np.random.default_rng((seed, 5)))


def _played(instrument: Instrument, note: Note, eighth: float) -> Wave:
    """A note by itself: of one channel, or of two where several play it."""
    samples = round(note.length * eighth + instrument.fade * _RATE)
    pitch = 440 * 2 ** ((note.pitch - 69) / 12)
    time = np.arange(samples, dtype=np.float32) / np.float32(_RATE)
    shape = eased(time / np.float32(instrument.rise)) * eased((time[-1] - time) / np.float32(instrument.fade))
    centre = _tone(instrument, pitch, time)
    if instrument.chorus:
        sides = [_tone(instrument, pitch * (1 + way * instrument.chorus), time, np.pi / 2) for way in (-1, 1)]
        wave = np.stack([centre + _BESIDE * side for side in sides])
    else:
        wave = centre[np.newaxis]
    return wave * (np.float32(instrument.level) * shape)


def _tone(instrument: Instrument, pitch: float, time: Wave, phase: float = 0.0) -> Wave:
    """All partials of a tone, none of them above what is heard."""
    wave = np.zeros_like(time)
    for ratio, level, ring in instrument.partials:
        if ratio * pitch < _HIGHEST:
            partial = _sine(ratio * pitch, time.size, phase) * np.float32(level)
            wave += partial * np.exp(time * np.float32(-1 / ring)) if ring else partial
    return wave


def _sine(pitch: float, samples: int, phase: float) -> Wave:
    """A sine as the product of a slow and a fast rotation: cheaper than a sine of each sample."""
    block = 512
    turn = 2 * np.pi * pitch / _RATE
    slow = phase + turn * block * np.arange(-(-samples // block))
    fast = turn * np.arange(block)
    left = np.stack((np.sin(slow), np.cos(slow)), axis=1).astype(np.float32)
    return (left @ np.stack((np.cos(fast), np.sin(fast))).astype(np.float32)).ravel()[:samples]


def _in_a_room(dry: Sound, random: Random) -> Sound:
    """The sound in a room of decaying noise, a little dulled; what rings on past the end is heard at the beginning."""
    samples = dry.shape[1]
    time = np.arange(round(_ROOM_SECONDS * _RATE), dtype=np.float32) / np.float32(_RATE)
    echo = random.standard_normal((2, time.size), np.float32) * np.exp(time / np.float32(-_DECAY)) * eased(time / 0.02)
    echo /= np.sqrt(np.square(echo).sum(axis=1, keepdims=True))
    pitch = np.fft.rfftfreq(samples, 1 / _RATE).astype(np.float32)
    dull = 1 / np.sqrt(1 + (pitch / np.float32(_HIGHEST)) ** 16)
    heard = np.fft.rfft(dry) * (1 + np.float32(_ROOM) * np.fft.rfft(echo, samples)) * dull
    return np.fft.irfft(heard, samples).astype(np.float32, copy=False)
