"""The voices to choose from."""

from dataclasses import dataclass

from storyreel.engines.backends.builtin.voice.timbre import Timbre
from storyreel.engines.contracts.speech import Voice
from storyreel.errors import InvalidInputError

_MAN = Timbre(pitch=112)
_WOMAN = Timbre(pitch=200, tract=1.15)


@dataclass(frozen=True, slots=True)
class Narrator:
    """Who tells: `english` names espeak-ng's accent for English words; `timbre` is the same in every language."""

    voice: Voice
    timbre: Timbre
    english: str = "en-US"


VOICES: tuple[Narrator, ...] = (
    Narrator(Voice("en-us", "American English, male", "en", "male"), _MAN),
    Narrator(Voice("en-us-f", "American English, female", "en", "female"), _WOMAN),
    Narrator(Voice("en-gb", "British English, male", "en", "male"), _MAN, english="en-GB-x-rp"),
    Narrator(Voice("en-gb-f", "British English, female", "en", "female"), _WOMAN, english="en-GB-x-rp"),
    Narrator(Voice("zh", "普通话，男声", "zh", "male"), _MAN),
    Narrator(Voice("zh-f", "普通话，女声", "zh", "female"), _WOMAN),
)


def choose(voice: str | None, language: str) -> Narrator:
    """The narrator of that id, or the first of the language (of all, for a language that has none).

    Raises:
        InvalidInputError: code `unknown_voice`; the hint lists the voices.
    """
    if voice is None:
        return next((narrator for narrator in VOICES if narrator.voice.language == language), VOICES[0])
    for narrator in VOICES:
        if narrator.voice.id == voice:
            return narrator
    raise InvalidInputError(
        f"There is no built-in voice '{voice[:40]}'.",
        code="unknown_voice",
        hint=f"Use one of {', '.join(narrator.voice.id for narrator in VOICES)}.",
    )
