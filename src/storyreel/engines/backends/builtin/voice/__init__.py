"""The built-in voice: espeak-ng from a wheel, English and Mandarin, with word times; no key, no network."""

import importlib.util
from collections.abc import Sequence

from storyreel import offload
from storyreel.engines.backends.builtin.voice.catalogue import VOICES, choose
from storyreel.engines.backends.builtin.voice.timbre import Timbre, timbre_of
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice


class BuiltinSpeechEngine:
    """Speaks with espeak-ng in a child process, because its state is global to a process."""

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            id="builtin",
            kind="speech",
            version="2",
            title="Built-in voice (espeak-ng)",
            languages=("en", "zh"),
            max_batch=16,
        )

    async def missing(self) -> Sequence[str]:
        if importlib.util.find_spec("espeakng_loader") is None:
            return ["espeak-ng: install it with `pip install espeakng-loader`."]
        return []

    async def voices(self) -> Sequence[Voice]:
        return [narrator.voice for narrator in VOICES]

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult]:
        """One WAV (48 kHz, mono, 16 bit, peak at most −1 dBFS) per request, with the time of every spoken word.

        What stands in quotation marks is the request's speaker's, in a voice of their own; all else is the narrator's.
        Text without anything to say gives 0.6 s of silence. Text is never read as markup.

        Raises:
            InvalidInputError: code `unknown_voice`.
            EngineUnavailableError: espeak-ng cannot be loaded.
        """
        from storyreel.engines.backends.builtin.voice.narrate import Order, narrate

        orders = [
            Order(
                job.folder / f"voice-{number}.wav",
                request.text,
                choose(request.voice, request.language),
                request.rate,
                _timbre(request),
            )
            for number, request in enumerate(requests)
        ]
        words = await offload.run(narrate, job.progress, orders)
        return [SpeechResult(file=order.file, words=times) for order, times in zip(orders, words, strict=True)]


def _timbre(request: SpeechRequest) -> Timbre | None:
    """How the speaker sounds: as the voice that was chosen for them, else as fits them."""
    speaker = request.speaker
    if speaker is None:
        return None
    return choose(speaker.voice, request.language).timbre if speaker.voice else timbre_of(speaker)
