"""What a server answered, and which of our errors it is when it is none that can be used."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from storyreel.errors import EngineError, EngineUnavailableError

_TOLD_CHARACTERS = 300
_PASSING = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 522, 524, 529})
"""Statuses that another try may not meet again; 520 … 529 are those of proxies in front of hosted models."""
_SPENT = re.compile(r"insufficient_quota|billing|credit balance", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """`where` is the server as host:port; the body is whatever it says, but never holds our key."""

    where: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def refuses_form(self) -> bool:
        """Whether the server may take the same request in another form: it did not like what it was sent."""
        return self.status in (400, 415, 422, 501)

    def json(self) -> dict[str, Any]:
        """The body of a good answer.

        Raises:
            EngineError: the status says that it is none, or it is no JSON object.
        """
        self.check()
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise EngineError(
                f"The server at {self.where} answered, but not as the OpenAI API does.",
                code="engine_answer_unusable",
                hint="Correct STORYREEL_OPENAI_BASE_URL; most servers want /v1 at its end.",
            )
        return cast(dict[str, Any], found)

    def check(self) -> None:
        """Accept a good status.

        Raises:
            EngineError: any other; retryable when the same request may yet succeed.
        """
        if not 200 <= self.status < 300:
            raise self._failure()

    def _failure(self) -> EngineError:
        told = self.told()
        said = f"The server at {self.where} answered {self.status}{f': {told}' if told else ''}."
        if 300 <= self.status < 400:
            return EngineUnavailableError(
                f"The server at {self.where} redirects elsewhere.",
                hint="Set STORYREEL_OPENAI_BASE_URL to the address itself; the key is not sent anywhere else.",
            )
        if self.status in (401, 403):
            return EngineUnavailableError(said, code="engine_key_refused", hint="Check STORYREEL_OPENAI_API_KEY.")
        if self.status == 404:
            return EngineUnavailableError(
                said, code="model_not_found", hint="Check STORYREEL_OPENAI_BASE_URL and the model's name."
            )
        if self.status == 402 or (self.status == 429 and _SPENT.search(told)):
            return EngineError(said, code="engine_busy", hint="The account's credit is used up.")
        if self.status == 429:
            return self._later(EngineError(said, code="engine_busy", retryable=True, hint="Try again later."))
        if self.status in _PASSING:
            return self._later(EngineError(said, retryable=True, hint="Look at the server's own log."))
        return EngineError(said, hint="Check the model's name, and that the model is for this kind of work.")

    def told(self) -> str:
        """What the server itself says, shortened, on one line."""
        text = self.body[:20_000].decode("utf-8", "replace")
        try:
            text = _message(json.loads(text))
        except ValueError:
            text = "" if "<" in text else text  # a page of a proxy says nothing
        return " ".join(text.split())[:_TOLD_CHARACTERS].rstrip(".")

    def _later(self, error: EngineError) -> EngineError:
        error.retry_after = _seconds(self.headers.get("Retry-After", ""))
        return error


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object as it is; an empty one for anything else."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A JSON array as it is; an empty one for anything else."""
    return cast(list[Any], value) if isinstance(value, list) else []


def _message(found: Any) -> str:
    """The message in {"error": {"message", "code"}}, {"error": "…"}, {"message": "…"} or {"detail": …}."""
    if isinstance(found, dict):
        fields = cast(dict[str, Any], found)
        for name in ("error", "message", "detail"):
            if fields.get(name):
                code = fields.get("code")
                return _message(fields[name]) + (f" ({code})" if name == "message" and code else "")
        return ""
    return found if isinstance(found, str) else json.dumps(found)


def _seconds(text: str) -> float:
    """A Retry-After header, which is a number of seconds or a date; 0 when it is neither."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
