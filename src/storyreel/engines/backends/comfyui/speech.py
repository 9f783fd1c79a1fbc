"""The speech engine: a voice by the user's workflow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from storyreel.engines.backends.comfyui.running import WorkflowEngine
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice
from storyreel.errors import InvalidInputError

_OWN = Voice("workflow", "The workflow's own", "en")


class ComfySpeechEngine(WorkflowEngine):
    """Speaks by a workflow. It does not know when each word is spoken.

    Args:
        voices: what the workflow's voice input may be → the language that it is for, the default of each language
            first; without any, the workflow speaks as it was exported.
    """

    kind = "speech"
    what = "Voice"
    needs = "text"
    extensions = (".wav", ".flac", ".mp3")
    limit = 200 * 2**20

    def __init__(self, *, voices: Mapping[str, str] | None = None, **common: Any) -> None:
        super().__init__(**common)
        self._voices = [Voice(name, name, language) for name, language in (voices or {}).items()]

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, languages=tuple(sorted({voice.language for voice in self._voices})))

    async def voices(self) -> Sequence[Voice]:
        return self._voices or [_OWN]

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult]:
        """See `SpeechEngine.speak`.

        Raises:
            EngineError: no server can do it; retryable when the same call may yet succeed.
            InvalidInputError: code `unknown_voice`.
        """
        (request,) = requests
        voice = self._chosen(request)
        values: dict[str, Any] = {"text": request.text, "rate": request.rate, "seed": 0}
        if voice is not _OWN:
            values["voice"] = voice.id
        return [SpeechResult(await self.run(self.workflow, values, {}, job, "voice"))]

    def _chosen(self, request: SpeechRequest) -> Voice:
        known = self._voices or [_OWN]
        if request.voice is None:
            return next((voice for voice in known if voice.language == request.language), known[0])
        for voice in known:
            if voice.id == request.voice:
                return voice
        raise InvalidInputError(
            f"There is no voice '{request.voice[:40]}'.",
            code="unknown_voice",
            hint=f"Use one of {', '.join(voice.id for voice in known)}, or add it to STORYREEL_COMFYUI_VOICES.",
        )
