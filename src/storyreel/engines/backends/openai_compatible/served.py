"""What the engines of all kinds have in common: one model of one server, and the form of request that it takes."""

import asyncio
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from storyreel.domain.serialize import digest_of
from storyreel.engines.backends.openai_compatible import ID
from storyreel.engines.backends.openai_compatible.answers import Answer
from storyreel.engines.backends.openai_compatible.server import DEFAULT_TIMEOUT, Server
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.errors import EngineError, EngineUnavailableError

T = TypeVar("T")

PROBE_SECONDS = 5.0


class ServedEngine:
    """An engine of one kind, behind one server.

    Args:
        base_url, api_key, timeout: see `Server`.
        model: its name there.
        prices: what one of each unit costs; see `Meter`.
    """

    kind: ClassVar[str]
    what: ClassVar[str]
    number: ClassVar[str] = "1"
    """Of the engine itself: grows when the same model would be asked, or its answer read, in another way."""
    finds_model: ClassVar[bool] = False
    """Whether it can do without the name of a model."""

    def __init__(
        self,
        *,
        base_url: str = "",
        api_key: str = "",
        timeout: float = DEFAULT_TIMEOUT,
        model: str = "",
        prices: Mapping[str, float] | None = None,
    ) -> None:
        self.server = Server(base_url, api_key, timeout)
        self.model = model
        self.prices = prices or {}
        self.ladder = Ladder()

    @property
    def languages(self) -> tuple[str, ...]:
        return ()

    @property
    def info(self) -> EngineInfo:
        """Another model gives other results, so its name is part of the version.

        Where the server chooses the model, another server may choose another one; its address is not told.
        """
        model = self.model or hashlib.sha256(self.server.base_url.encode()).hexdigest()[:8]
        return EngineInfo(
            id=ID,
            kind=self.kind,
            version=f"{self.number}-{model}",
            title=f"{self.what} by {self.model or 'a model of an OpenAI-compatible server'}",
            languages=self.languages,
        )

    async def missing(self) -> Sequence[str]:
        """Asks the server, for a few seconds at most."""
        found: list[str] = []
        if not (self.model or self.finds_model) and self.server.base_url:
            found.append(f"A model: set {self._setting}.")
        try:
            async with asyncio.timeout(PROBE_SECONDS), self.server.connected() as connection:
                answer = await connection.get("models")
                if not self.model or answer.status in (401, 403):
                    answer.check()  # else: servers of one kind of model often list none, or fail at it
        except TimeoutError:
            found.append("The server does not answer: start it, or correct STORYREEL_OPENAI_BASE_URL.")
        except EngineError as error:
            found.append(f"{error.message} {error.hint}".strip())
        return found

    def named_model(self) -> str:
        """The model's name.

        Raises:
            EngineUnavailableError: it has none; the hint says how to give it one.
        """
        if not self.model:
            raise EngineUnavailableError("No model is named.", code="model_not_found", hint=f"Set {self._setting}.")
        return self.model

    @property
    def _setting(self) -> str:
        return f"STORYREEL_OPENAI_{self.kind.upper()}_MODEL"


def idempotency_key(job: Job, form: object) -> str:
    """The job's key, told apart by form: a server would otherwise repeat its refusal of another one."""
    return f"{job.key}-{digest_of(form)[:8]}"


def media_type(picture: Path) -> str:
    """By its name; hosted servers refuse pictures that do not say what they are."""
    return mimetypes.guess_type(picture.name)[0] or "application/octet-stream"


class Ladder:
    """Finds the form of a request that a server takes by trying, the one that says most first, and remembers it."""

    def __init__(self) -> None:
        self._first = 0

    async def send(
        self, forms: Sequence[T], send: Callable[[T], Awaitable[Answer]], *, refused_by: Sequence[int] = ()
    ) -> Answer:
        """The first good answer.

        Args:
            refused_by: statuses, besides those that say so, that may mean that the server does not know a form.

        Raises:
            EngineError: the server takes no form, or fails.
        """
        lasting = True
        for form in range(self._first, len(forms)):
            answer = await send(forms[form])
            doubtful = answer.status in refused_by
            if form + 1 < len(forms) and (answer.refuses_form or doubtful):
                lasting = lasting and not doubtful
                continue
            answer.check()
            self._first = form if lasting else self._first
            return answer
        raise AssertionError("the last form returns or raises")
