"""The voices to choose from, and which espeak-ng voice says what in each of them."""

from dataclasses import dataclass

from storyreel.engines.contracts.speech import Voice
from storyreel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Speaker:
    """`english` names espeak-ng's voice for English words; `variant` is its timbre suffix, used for every language.

    Of the variants only those without breath (f1, f4, Annie …) sound the same each time: breath reads memory that
    espeak-ng never wrote (measured on f1 … f5, 12 times each).
    """

    voice: Voice
    english: str = "en-us"
    variant: str = ""

    def espeak_voice(self, language: str) -> str:
        """espeak-ng's name for this speaker's voice in a language of `scripts.LANGUAGES`."""
        names = {"en": self.english, "zh": "cmn"}
        return names.get(language, language) + self.variant


VOICES: tuple[Speaker, ...] = (
    Speaker(Voice("en-us", "American English, male", "en", "male")),
    Speaker(Voice("en-us-f", "American English, female", "en", "female"), variant="+f1"),
    Speaker(Voice("en-gb", "British English, male", "en", "male"), english="en-gb-x-rp"),
    Speaker(Voice("en-gb-f", "British English, female", "en", "female"), english="en-gb-x-rp", variant="+f4"),
    Speaker(Voice("zh", "普通话，男声", "zh", "male")),
    Speaker(Voice("zh-f", "普通话，女声", "zh", "female"), variant="+f1"),
)


def choose(voice: str | None, language: str) -> Speaker:
    """The speaker of that id, or the first of the language (of all, for a language that has none).

    Raises:
        InvalidInputError: code `unknown_voice`; the hint lists the voices.
    """
    if voice is None:
        return next((speaker for speaker in VOICES if speaker.voice.language == language), VOICES[0])
    for speaker in VOICES:
        if speaker.voice.id == voice:
            return speaker
    raise InvalidInputError(
        f"There is no built-in voice '{voice[:40]}'.",
        code="unknown_voice",
        hint=f"Use one of {', '.join(speaker.voice.id for speaker in VOICES)}.",
    )
