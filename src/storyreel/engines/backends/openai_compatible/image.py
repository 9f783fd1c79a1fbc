"""The image engine: pictures by /images/generations, and by /images/edits where there are pictures to go by."""

import asyncio
import base64
import binascii
import logging
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from storyreel.domain.film import Canvas
from storyreel.engines.backends.openai_compatible.answers import Answer, items, mapping
from storyreel.engines.backends.openai_compatible.served import ServedEngine, idempotency_key, media_type
from storyreel.engines.backends.openai_compatible.server import Connection
from storyreel.engines.contracts.engine import EngineInfo, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.prompting.painting import prompt_of
from storyreel.engines.wrappers import Meter
from storyreel.errors import EngineError, FetchError

log = logging.getLogger(__name__)

MAX_PICTURE_BYTES = 64 * 2**20
MAX_ANSWER_BYTES = MAX_PICTURE_BYTES * 4 // 3 + 2**20
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
HOSTED_SIZES = (Canvas(1024, 1024), Canvas(1536, 1024), Canvas(1024, 1536))
"""What hosted models paint; they refuse other sizes."""
_STEP = 16
"""Sides are asked for in multiples of this, which diffusion models need."""


class Fetch(Protocol):
    """Fetches a file from an address that a server named; guarded, as the address may be anything."""

    def __call__(self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str]) -> Awaitable[str]:
        """Raises FetchError."""
        ...


class OpenAIImageEngine(ServedEngine):
    """Paints by an image model. It counts images, input_tokens and output_tokens.

    Args:
        fetch: for servers that answer with the address of a picture; without it they are refused.
    """

    kind = "image"
    what = "Pictures"

    def __init__(self, *, fetch: Fetch | None = None, **served: Any) -> None:
        super().__init__(**served)
        self._fetch = fetch
        self._paints_from_words_only = False

    @property
    def info(self) -> EngineInfo:
        return replace(super().info, references=True)

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult]:
        """See `ImageEngine.draw`. The server decides whether it heeds the seed.

        Raises:
            EngineError: the server fails; retryable when the same call may yet succeed.
        """
        meter = Meter(self.prices)
        async with self.server.connected() as connection:
            results = [
                ImageResult(await self._drawn(connection, request, job, job.folder / f"{number}.image", meter))
                for number, request in enumerate(requests)
            ]
        log.info("pictures %s used %s", job.key, meter)
        return results

    async def _drawn(self, connection: Connection, request: ImageRequest, job: Job, file: Path, meter: Meter) -> Path:
        found = (await self._answer(connection, request, job)).json()
        meter.add("images", 1)
        for unit in ("input_tokens", "output_tokens"):
            meter.add(unit, mapping(found.get("usage")).get(unit))
        picture = mapping(next(iter(items(found.get("data"))), None))
        if picture.get("b64_json"):
            await asyncio.to_thread(_save, str(picture["b64_json"]), file)
        elif picture.get("url"):
            await self._fetched(str(picture["url"]), file)
        else:
            raise EngineError("The server answered without a picture.", code="engine_answer_unusable")
        return file

    async def _answer(self, connection: Connection, request: ImageRequest, job: Job) -> Answer:
        asked = {"model": self.named_model(), "prompt": _prompt(request), "n": 1}

        async def send(form: dict[str, Any]) -> Answer:
            key = idempotency_key(job, form)
            if request.references and not self._paints_from_words_only:
                sent = await asyncio.to_thread(_form_with, asked | form, request.references)
                answer = await connection.post("images/edits", sent, key=key, limit=MAX_ANSWER_BYTES)
                if answer.status not in (404, 405):
                    return answer
                log.warning("the server takes no pictures to go by (/images/edits): words must do")
                self._paints_from_words_only = True
            return await connection.post("images/generations", asked | form, key=key, limit=MAX_ANSWER_BYTES)

        return await self.ladder.send(_forms(request), send)

    async def _fetched(self, url: str, file: Path) -> None:
        if url.startswith("data:"):
            await asyncio.to_thread(_save, url.partition(",")[2], file)
            return
        if self._fetch is None:
            raise EngineError("The server answers with addresses of pictures only.", code="engine_answer_unusable")
        try:
            await self._fetch(url, file, max_bytes=MAX_PICTURE_BYTES, media_types=PICTURE_TYPES)
        except FetchError as error:
            raise EngineError(
                f"The server's picture could not be had. {error.message}",
                code="engine_answer_unusable",
                retryable=error.retryable,
                hint="If it is at a private address, allow its host by STORYREEL_FETCH_ALLOWED_HOSTS.",
            ) from error


def _prompt(request: ImageRequest) -> str:
    """The API has no field for what is not wanted."""
    unwanted = f". Nothing of this: {request.negative_prompt.strip()}" if request.negative_prompt.strip() else ""
    return prompt_of(request) + unwanted


def _forms(request: ImageRequest) -> list[dict[str, Any]]:
    """Fields of the request, most telling first: for servers of open models, for hosted ones, and for any."""
    wide = request.canvas.width / request.canvas.height
    hosted = min(HOSTED_SIZES, key=lambda size: abs(size.width / size.height - wide))
    exact = Canvas(*(max(_STEP, round(side / _STEP) * _STEP) for side in (request.canvas.width, request.canvas.height)))
    inline = {"response_format": "b64_json"}
    return [
        {"size": str(exact), "seed": request.seed} | inline,
        {"size": str(hosted)},
        {"size": str(hosted)} | inline,
        {},
    ]


def _form_with(fields: Mapping[str, Any], references: Sequence[Path]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, str(value))
    name = "image" if len(references) == 1 else "image[]"
    for reference in references:
        form.add_field(name, reference.read_bytes(), filename=reference.name, content_type=media_type(reference))
    return form


def _save(text: str, file: Path) -> None:
    try:
        file.write_bytes(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise EngineError("The server's picture is not base64.", code="engine_answer_unusable") from error
