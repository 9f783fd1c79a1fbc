"""The story engine: a causal language model plans the storyboard, held to its JSON by a grammar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.backends.diffusers_local.card import Card, Watch
from storyreel.engines.backends.diffusers_local.grammar import JsonOnly, tokens_of
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.local import LocalEngine
from storyreel.engines.backends.diffusers_local.pipelines import dtype_for, load_with
from storyreel.engines.backends.diffusers_local.transformer import WarmTransformer
from storyreel.engines.contracts.engine import Job
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.prompting.asking import Message, TooMuchError
from storyreel.engines.prompting.planning import Planner, reread
from storyreel.errors import EngineUnavailableError


class DiffusersStoryEngine(LocalEngine):
    """Plans by a causal language model of transformers."""

    kind = "story"
    what = "Story planner"
    setting = "STORYREEL_DIFFUSERS_STORY_MODEL"
    needs = ("torch", "transformers", "safetensors", "llguidance")

    def __init__(self, **local: Any) -> None:
        super().__init__(**local)
        self._model = _Writer(self.weights)

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en", "zh")

    async def plan(self, request: StoryRequest, job: Job) -> Storyboard:
        """See `StoryEngine.plan`.

        Raises:
            EngineError: the model cannot be loaded, fails, or does not fit into memory.
            InvalidInputError: code `story_empty`, when there is nothing but whitespace.
        """
        return await Planner(request, await self._chat()).plan(job)

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec:
        """See `StoryEngine.read_scene`.

        Raises:
            EngineError: the model cannot be loaded, fails, or does not fit into memory.
        """
        return await reread(request, prompt, scene, await self._chat())

    async def _chat(self) -> "_LocalChat":
        return _LocalChat(await self.card(), self._model)


@dataclass(frozen=True, slots=True)
class _Question:
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    most: int


class _LocalChat:
    """A `Chat` with the model on a card."""

    def __init__(self, on: Card, model: "_Writer") -> None:
        self._card = on
        self._model = model

    async def ask(self, messages: Sequence[Message], schema: Mapping[str, Any], most: int) -> str:
        """See `Chat.ask`."""
        question = _Question(messages, schema, most)
        (written,) = await self._card.make(self._model, None, [question], lambda _fraction: None)
        return written


class _Writer(WarmTransformer):
    _tokens: Any = None

    def read(self, folder: Path, card: Card) -> tuple[Any, Any]:
        transformers = library("transformers")
        model = load_with(transformers.AutoModelForCausalLM.from_pretrained, folder, dtype=dtype_for(card))
        words = load_with(transformers.AutoTokenizer.from_pretrained, folder)
        if not words.is_fast:
            raise EngineUnavailableError(f"{self.title} has no tokenizer.json.", hint="Use another model.")
        self._tokens = tokens_of(words, max(len(words), model.config.vocab_size))
        return model, words

    def make(self, requests: Sequence[_Question], watch: Watch) -> Sequence[str]:
        """What the model writes.

        Raises:
            TooMuchError: question and answer do not fit into the model's context.
        """
        (question,) = requests
        asked = self._read(question.messages)
        number = asked["input_ids"].shape[1]
        left = getattr(self.model.config, "max_position_embeddings", number + question.most) - number
        if left < 1:
            raise TooMuchError(f"The question has {number} tokens.")
        most = min(question.most, left)
        with library("torch").inference_mode():
            (found,) = self.model.generate(
                **asked,
                max_new_tokens=most,
                do_sample=False,
                eos_token_id=self.words.eos_token_id,
                pad_token_id=self.words.eos_token_id,
                logits_processor=[JsonOnly(self._tokens, question.schema, number)],
                stopping_criteria=[_stop_unless_wanted(watch)],
            )
        written = found[number:].tolist()
        if written[-1] != self.words.eos_token_id:
            raise TooMuchError("The answer was cut off.")
        return [self.words.decode(written, skip_special_tokens=True)]

    def _read(self, messages: Sequence[Message]) -> Any:
        """The tokens of a conversation, as the model was trained on them."""
        if self.words.chat_template is None:
            told = "\n\n".join(one["content"] for one in messages) + "\n\n"
            return self.words(told, return_tensors="pt").to(self.model.device)
        return self.words.apply_chat_template(
            list(messages),
            add_generation_prompt=True,
            enable_thinking=False,  # templates that know it leave room for the answer alone
            return_tensors="pt",
            return_dict=True,
        ).to(self.model.device)


def _stop_unless_wanted(watch: Watch) -> Any:
    """`generate` asks after each token; that nobody waits any more is raised through it."""
    torch = library("torch")

    def stop(ids: Any, _scores: Any, **_more: Any) -> Any:
        watch.step(0.0)
        return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

    return stop
