"""Asks a model for JSON: in the strictest form that its server takes, which is found by trying."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from storyreel.engines.backends.openai_compatible.answers import Answer, items, mapping
from storyreel.engines.backends.openai_compatible.served import Ladder
from storyreel.engines.backends.openai_compatible.server import Connection
from storyreel.engines.prompting.asking import Message, TooMuchError
from storyreel.engines.wrappers import Meter, with_retry
from storyreel.errors import EngineUnavailableError

_TOO_MUCH = re.compile(r"context|too (long|large|many tokens)|maximum.{0,40}tokens|exceed", re.IGNORECASE)
_NOT_FOR_CHAT = ("embed", "rerank", "whisper", "tts", "kokoro", "diffusion", "dall-e", "image", "sora")
"""Parts of the names of models that cannot chat. A wrong guess costs a refusal that says which setting to set."""


class ServedChat:
    """One conversation's questions to one model.

    Args:
        ladder: remembers the form that the server takes.
        seed: the same question with the same seed gives the same answer, if the server heeds it.
    """

    def __init__(self, connection: Connection, ladder: Ladder, model: str, seed: int, meter: Meter) -> None:
        self._connection = connection
        self._ladder = ladder
        self._model = model
        self._seed = seed
        self._meter = meter

    async def ask(self, messages: Sequence[Message], schema: Mapping[str, Any], most: int) -> str:
        """See `Chat.ask`.

        Raises:
            TooMuchError: with less text it may work.
            EngineError: the server does not answer.
        """
        question = {"model": self._model, "messages": list(messages)}

        async def send(form: dict[str, Any]) -> Answer:
            answer = await self._connection.post("chat/completions", question | form)
            if answer.status in (400, 413, 422) and _TOO_MUCH.search(answer.told()):
                raise TooMuchError(answer.told())
            return answer

        async def send_in_some_form() -> Answer:
            # llama-cpp-python answers 500 to a form that it does not know; others do when they are ill for a while.
            return await self._ladder.send(_forms(schema, self._seed, most), send, refused_by=(500,))

        found = (await with_retry(send_in_some_form)).json()
        usage = mapping(found.get("usage"))
        self._meter.add("input_tokens", usage.get("prompt_tokens"))
        self._meter.add("output_tokens", usage.get("completion_tokens"))
        return _written(found)


async def first_for_chat(connection: Connection) -> str:
    """The first model that the server lists and that is not for something else.

    Raises:
        EngineError: the server does not say which models it has, or has none.
    """
    for name in await connection.models():
        if not any(word in name.lower() for word in _NOT_FOR_CHAT):
            return name
    raise EngineUnavailableError(
        "The server lists no model for chat.", code="model_not_found", hint="Set STORYREEL_OPENAI_STORY_MODEL."
    )


def _forms(schema: Mapping[str, Any], seed: int, most: int) -> list[dict[str, Any]]:
    """Strictest first. Some servers answer 200 and ignore what they do not know, so no form promises anything."""
    strict, loose = (
        {"type": "json_schema", "json_schema": {"name": "answer", "strict": strict, "schema": schema}}
        for strict in (True, False)
    )
    sampling = {"temperature": 0, "seed": seed, "max_tokens": most}
    return [
        {"response_format": strict} | sampling,
        {"response_format": loose},  # hosted models that take no temperature, or not all that a schema can say
        {"response_format": {"type": "json_object", "schema": schema}} | sampling,  # llama-cpp-python
        {"response_format": {"type": "json_object"}},
        {},  # the instructions ask for JSON too
    ]


def _written(found: dict[str, Any]) -> str:
    """The text of the first choice; empty when there is none.

    Raises:
        TooMuchError: it was cut off.
    """
    choice = mapping(next(iter(items(found.get("choices"))), None))
    if choice.get("finish_reason") == "length":
        raise TooMuchError("The answer was cut off.")
    content = mapping(choice.get("message")).get("content")
    if isinstance(content, str):
        return content
    return "".join(str(mapping(part).get("text", "")) for part in items(content))
