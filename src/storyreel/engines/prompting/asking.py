"""Asks a language model for JSON of a type, and tells it what was wrong until it fits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from storyreel.engines.prompting.replies import found_json, schema_of

Message = dict[str, str]
Reply = TypeVar("Reply", bound=BaseModel)
TRIES = 3
_SHOWN_BACK = 2000


class TooMuchError(Exception):
    """The question, or the answer to it, does not fit into what the model can hold."""


class UnusableError(Exception):
    """What the model wrote cannot be used, however often it was asked."""


class Chat(Protocol):
    """A model that answers questions."""

    async def ask(self, messages: Sequence[Message], schema: Mapping[str, Any], most: int) -> str:
        """What the model writes, which may be anything.

        Args:
            messages: roles and contents, as chat models take them: system, user, assistant, user …
            schema: of the JSON object that is wanted.
            most: tokens that the answer may have.

        Raises:
            TooMuchError: with less text it may work.
            EngineError: no answer comes.
        """
        ...


async def answered(
    chat: Chat,
    messages: list[Message],
    wanted: type[Reply],
    most: int,
    faults: Callable[[Reply], str] = lambda _reply: "",
) -> Reply:
    """The model's answer as a type; told what is wrong with it, the model may try again.

    Args:
        faults: what a reply that fits the type still lacks. At the last try it is taken as it is.

    Raises:
        UnusableError: no answer fits the type.
        TooMuchError: fewer sentences may fit.
    """
    fault, usable = "", None
    for _ in range(TRIES):
        written = await chat.ask(messages, schema_of(wanted), most)
        try:
            reply = wanted.model_validate(found_json(written))
        except ValidationError as error:
            fault = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        except ValueError as error:
            fault = str(error)
        else:
            usable, fault = reply, faults(reply)
            if not fault:
                return reply
        again = f"That cannot be used: {fault} Answer again, with the whole JSON object and nothing else."
        messages = [
            *messages[:2],
            {"role": "assistant", "content": written[:_SHOWN_BACK] or "{}"},
            {"role": "user", "content": again},
        ]
    if usable is None:
        raise UnusableError(fault)
    return usable
