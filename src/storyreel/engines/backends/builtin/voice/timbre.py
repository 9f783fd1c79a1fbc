"""What a voice sounds like in figures, and the voice of its own that each character has."""

import hashlib
import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.vocabulary import entries

_TONAL = frozenset({"zh", "th"})
_ABOVE_MIDDLE = 1.12
"""How far above the middle of a voice's range espeak-ng's sentences have their median."""

_TONAL_RANGE, _TONAL_LIFT = 5.5, 1.1
"""Semitones more, and how much higher a pitch, a language with tones takes, where pitch tells words apart.

espeak-ng's tones keep to the lower two thirds of a voice's range.
"""

_LOWEST_PITCH = 78.0  # Hz: below, single pulses are heard, and small loudspeakers carry nothing of them
_OWN_PITCH = 3.5  # semitones
_OWN_TRACT = 0.09


@dataclass(frozen=True, slots=True)
class Timbre:
    """A voice in figures.

    Attributes:
        pitch: its median in Hz. Men speak at 100–130, women at 190–220, children of eight at 250–280;
            with age men's voices rise and women's sink (Hollien and Shipp 1972; Baken and Orlikoff, Clinical
            Measurement of Speech and Voice, 2000).
        tract: frequency of the formants to those of espeak-ng's man; as vocal tracts shorten they rise, women's to
            1.15–1.18, children's to 1.25–1.4 of men's (Peterson and Barney 1952; Fitch and Giedd 1999).
        range: semitones between its lowest and its highest pitch. espeak-ng's own 6 sound monotonous; people who tell
            stories use ten and more.
        pace: to that of the narrator.
        flutter: espeak-ng's slow unsteadiness of the pitch, 0 … 20; its own is 2.
    """

    pitch: float
    tract: float = 1.0
    range: float = 9.5
    pace: float = 1.0
    flutter: int = 4

    def definition(self, language: str) -> str:
        """The lines of an espeak-ng voice file that make this timbre, for a language of `scripts.LANGUAGES`."""
        tonal = language in _TONAL and self.range > 1
        half = 2 ** ((self.range + tonal * _TONAL_RANGE) / 24)
        middle = self.pitch / _ABOVE_MIDDLE * (_TONAL_LIFT if tonal else 1)
        lines = [f"pitch {round(middle / half)} {round(middle * half)}", f"flutter {self.flutter}"]
        percent = round(self.tract * 100)
        # Formants of a shorter tract are also broader; a little more than that takes off espeak-ng's nasal ring.
        width = round(percent * 1.08)
        # As formants rise, so would the level of the highs, and fall with them; people's spectra hardly differ.
        height = round(100 / self.tract**1.5)
        lines += [f"formant {number} {percent} {100 if number < 3 else height} {width}" for number in range(1, 9)]
        return "\n".join(lines)


def timbre_of(character: Character) -> Timbre:
    """The voice of a character: that of its kind and age, and off the middle of these in a direction of its own.

    Everybody is as far from the middle, and so from the narrator, and no two seeds are in quite the same place. Alone,
    9 % of the tract's length or 3.5 semitones would pass for another mood of the same speaker (listeners hear another
    one from 25 % or 6.4 semitones on: Gaudrain et al., Interspeech 2009), but quotation marks and pauses help, and the
    kinds themselves are further apart.
    """
    middle = _table()[_kind(character)]
    drawn = hashlib.sha256(f"{character.seed} {character.kind}".encode()).digest()
    angle = math.tau * int.from_bytes(drawn[:4]) / 2**32
    return replace(
        middle,
        pitch=max(middle.pitch * 2 ** (_OWN_PITCH * math.cos(angle) / 12), _LOWEST_PITCH),
        tract=middle.tract * (1 + _OWN_TRACT * math.sin(angle)),
    )


def _kind(character: Character) -> str:
    """The entry of the timbres that fits the character's kind and sex, and what its looks say of its age."""
    kinds: dict[str, list[str]] = _data()["kinds"]
    words = character.kind.split()
    found = None
    for name in (character.kind, words[-1] if words else ""):
        found = found or next((timbre for timbre, members in kinds.items() if name in members), None)
    if found is None:
        person = entries("kinds").get(character.kind, {}).get("is") != "animal"
        # Where nobody says whether it is a man or a woman the seed does, for the whole story.
        found = ("woman" if character.seed % 2 else "man") if person else "animal"
    found = _data()["sexes"].get(character.sex, {}).get(found, found)
    for word in (*words, *character.looks.replace(",", " ").split()):
        found = _data()["ages"].get(word, {}).get(found, found)
    return found


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files(__package__ or "").joinpath("timbres.json").read_text("utf-8"))


@cache
def _table() -> dict[str, Timbre]:
    return {name: Timbre(**figures) for name, figures in _data()["timbres"].items()}
