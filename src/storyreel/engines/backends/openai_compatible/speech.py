"""The speech engine: narration by /audio/speech."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storyreel.engines.backends.openai_compatible.answers import Answer
from storyreel.engines.backends.openai_compatible.served import ServedEngine, idempotency_key
from storyreel.engines.backends.openai_compatible.server import Connection
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice
from storyreel.engines.wrappers import Meter
from storyreel.errors import EngineError, InvalidInputError

log = logging.getLogger(__name__)

MAX_SOUND_BYTES = 200 * 2**20
FORMATS = ("wav", "flac", "mp3")
"""In this order: what loses nothing first."""
_MP3_FRAMES = tuple(bytes((0xFF, second)) for second in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB))
DEFAULT_VOICES = {"alloy": "en", "nova": "zh"}


class OpenAISpeechEngine(ServedEngine):
    """Speaks by a speech model. It does not know when each word is spoken, and counts characters.

    Args:
        voices: voice → the language that it is for, the default of each language first.
    """

    kind = "speech"
    what = "Voice"

    def __init__(self, *, voices: Mapping[str, str] | None = None, **served: Any) -> None:
        super().__init__(**served)
        self._voices = voices or DEFAULT_VOICES

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._voices.values())))

    async def voices(self) -> Sequence[Voice]:
        return [Voice(name, name, language) for name, language in self._voices.items()]

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult]:
        """See `SpeechEngine.speak`.

        Raises:
            EngineError: the server fails; retryable when the same call may yet succeed.
            InvalidInputError: code `unknown_voice`.
        """
        meter = Meter(self.prices)
        async with self.server.connected() as connection:
            results = [
                SpeechResult(await self._spoken(connection, request, job, number, meter))
                for number, request in enumerate(requests)
            ]
        log.info("voice %s used %s", job.key, meter)
        return results

    async def _spoken(
        self, connection: Connection, request: SpeechRequest, job: Job, number: int, meter: Meter
    ) -> Path:
        answer = await self._answer(connection, request, job)
        kind = _format_of(answer.body)
        if kind is None:
            raise EngineError("The server answered, but with no sound.", code="engine_answer_unusable")
        meter.add("characters", len(request.text))
        file = job.folder / f"voice-{number}.{kind}"
        await asyncio.to_thread(file.write_bytes, answer.body)
        return file

    async def _answer(self, connection: Connection, request: SpeechRequest, job: Job) -> Answer:
        asked = {
            "model": self.named_model(),
            "input": request.text,
            "voice": self._chosen(request),
            "speed": request.rate,
        }

        async def send(format_: str) -> Answer:
            body = asked | {"response_format": format_}
            return await connection.post("audio/speech", body, key=idempotency_key(job, format_), limit=MAX_SOUND_BYTES)

        return await self.ladder.send(FORMATS, send)

    def _chosen(self, request: SpeechRequest) -> str:
        if request.voice is None:
            fitting = [name for name, language in self._voices.items() if language == request.language]
            return (fitting or list(self._voices))[0]
        if request.voice not in self._voices:
            raise InvalidInputError(
                f"There is no voice '{request.voice[:40]}'.",
                code="unknown_voice",
                hint=f"Use one of {', '.join(self._voices)}, or add it to STORYREEL_OPENAI_VOICES.",
            )
        return request.voice


def _format_of(sound: bytes) -> str | None:
    """What the bytes are, whatever was asked for."""
    if sound[:4] == b"RIFF" and sound[8:12] == b"WAVE":
        return "wav"
    if sound[:4] == b"fLaC":
        return "flac"
    return "mp3" if sound[:3] == b"ID3" or sound[:2] in _MP3_FRAMES else None
