"""Speech engines: text in, voice out (task type TTS)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storyreel.domain.film import WordTime
from storyreel.domain.storyboard import Character
from storyreel.engines.contracts.engine import Deferred, Engine, Job


@dataclass(frozen=True, slots=True)
class Voice:
    """`id` is what users choose; `language` a BCP 47 primary tag such as en or zh; `sex` female, male or empty."""

    id: str
    title: str
    language: str
    sex: str = ""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """`text` is spoken as it stands. `voice` None is the language's default. `rate` 1 is the voice's own pace.

    `speaker` is whose words stand in quotation marks: an engine may give them a voice of their own.
    """

    text: str
    language: str
    voice: str | None = None
    rate: float = 1.0
    speaker: Character | None = None


@dataclass(frozen=True, slots=True)
class SpeechResult:
    """`file` is a WAV, FLAC or MP3 in the job's folder; `words` is empty when the engine does not know their times."""

    file: Path
    words: tuple[WordTime, ...] = ()


class SpeechEngine(Engine, Protocol):
    """Speaks narration."""

    async def voices(self) -> Sequence[Voice]:
        """The voices to choose from; the first of a language is its default."""
        ...

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult | Deferred]:
        """One result per request, in order; at most `info.max_batch` requests.

        Raises:
            EngineError: the engine could not speak.
        """
        ...
