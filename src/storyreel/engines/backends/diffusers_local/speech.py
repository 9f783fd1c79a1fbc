"""The speech engine: narration by text-to-speech models of the VITS kind, one model per language."""

import asyncio
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storyreel.engines.backends.diffusers_local.card import Card, Watch
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.local import LocalEngine
from storyreel.engines.backends.diffusers_local.pipelines import load_with
from storyreel.engines.backends.diffusers_local.transformer import WarmTransformer
from storyreel.engines.backends.diffusers_local.weights import Weights, config
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.speech import SpeechRequest, SpeechResult, Voice
from storyreel.engines.prompting.sentences import narration, pieces
from storyreel.errors import EngineUnavailableError, InvalidInputError

_BREATH = 0.2
"""Seconds of silence between two sentences; VITS ends each without any."""
_SEED = 0
"""VITS draws how long each sound lasts: always the same draw."""


class DiffusersSpeechEngine(LocalEngine):
    """Speaks by one model for each language. It does not know when each word is spoken.

    Args:
        models: language → the folder of its model, or its id on the hub.
    """

    kind = "speech"
    what = "Voice"
    setting = "STORYREEL_DIFFUSERS_SPEECH_MODELS"

    def __init__(self, *, models: Mapping[str, str] | None = None, **local: Any) -> None:
        super().__init__(**local)
        self._models = {language: Weights(name, self.weights.download) for language, name in (models or {}).items()}
        self._speakers = {language: _Speaker(weights) for language, weights in self._models.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self._models))

    @property
    def made_with(self) -> Sequence[Weights]:
        return tuple(self._models.values()) or (self.weights,)

    async def voices(self) -> Sequence[Voice]:
        """One for each speaker of each model: en-0, en-1 …"""
        return await asyncio.to_thread(lambda: [voice for language in self._models for voice in self._of(language)])

    async def speak(self, requests: Sequence[SpeechRequest], job: Job) -> Sequence[SpeechResult]:
        """See `SpeechEngine.speak`. A language without a model is spoken by the first one.

        Raises:
            EngineError: the model cannot be loaded, fails, or does not fit into memory.
            InvalidInputError: code `unknown_voice`.
        """
        (request,) = requests
        on = await self.card()
        language, speaker = await asyncio.to_thread(self._chosen, request)
        said = _Said(request.text, request.rate, speaker)
        (sound,) = await on.make(self._speakers[language], None, [said], job.progress)
        file = job.folder / "voice.wav"
        await asyncio.to_thread(_save, sound, file)
        return [SpeechResult(file)]

    def _chosen(self, request: SpeechRequest) -> tuple[str, int]:
        """The language whose model speaks, and which of its speakers."""
        if request.voice is None:
            return request.language if request.language in self._models else next(iter(self._models)), 0
        for language in self._models:
            for number, voice in enumerate(self._of(language)):
                if voice.id == request.voice:
                    return language, number
        raise InvalidInputError(
            f"There is no voice '{request.voice[:40]}'.",
            code="unknown_voice",
            hint=f"Its languages are {', '.join(self._models)}; the first voice of each is {self.languages[0]}-0.",
        )

    def _of(self, language: str) -> list[Voice]:
        weights = self._models[language]
        number = max(1, int(config(weights.folder(), "config.json").get("num_speakers", 1)))
        return [Voice(f"{language}-{one}", f"{Path(weights.name).name} {one + 1}", language) for one in range(number)]


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    rate: float
    speaker: int


@dataclass(frozen=True, slots=True)
class _Sound:
    """`samples` are −1 … 1, mono, so many a second."""

    samples: Any
    per_second: int


class _Speaker(WarmTransformer):
    def read(self, folder: Path, card: Card) -> tuple[Any, Any]:
        transformers = library("transformers")
        model = load_with(transformers.AutoModelForTextToWaveform.from_pretrained, folder)
        if not hasattr(model, "speaking_rate"):
            raise EngineUnavailableError(
                f"{self.title} is a {type(model).__name__}.", hint="Use a VITS model, such as those of MMS."
            )
        return model, load_with(transformers.AutoTokenizer.from_pretrained, folder)

    def make(self, requests: Sequence[_Said], watch: Watch) -> Sequence[_Sound]:
        import numpy as np

        (said,) = requests
        rate = int(self.model.config.sampling_rate)
        silence = np.zeros(round(_BREATH * rate), np.float32)
        parts: list[Any] = []
        sentences = [narration(said.text, [span]) for span in pieces(said.text)]
        for number, sentence in enumerate(sentences):
            watch.step(number / len(sentences))
            parts += [*([silence] if parts else []), *self._spoken(sentence, said)]
        return [_Sound(np.concatenate([*parts, silence]), rate)]

    def _spoken(self, sentence: str, said: _Said) -> Iterator[Any]:
        """The samples of a sentence; nothing when it has no letters that the model knows."""
        torch = library("torch")
        tokens = self.words(sentence, return_tensors="pt").to(self.model.device)
        if not tokens["input_ids"].shape[1]:
            return
        self.model.speaking_rate = said.rate * self.model.config.speaking_rate
        several = getattr(self.model.config, "num_speakers", 1) > 1
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(_SEED)
            spoken = self.model(**tokens, **({"speaker_id": said.speaker} if several else {}))
        yield spoken.waveform[0].float().cpu().numpy()


def _save(sound: _Sound, file: Path) -> None:
    import numpy as np

    loudest = max(1.0, float(np.abs(sound.samples).max(initial=0.0)))
    samples = np.rint(sound.samples / loudest * 32767).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.per_second)
        out.writeframes(samples.tobytes())
