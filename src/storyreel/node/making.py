"""What the node does for each type of job: asks the engine, and leaves one file behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import orjson

from storyreel import offload
from storyreel.domain.film import Canvas
from storyreel.domain.serialize import as_json
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.engine import Deferred, Job
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.node import Request
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.registry import EngineRegistry
from storyreel.engines.wrappers import with_retry
from storyreel.errors import EngineError
from storyreel.media.clips import encode_clip
from storyreel.media.profile import named_profile

_TYPES = {
    b"\x89PNG": ("png", "image/png"),
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
    b"fLaC": ("flac", "audio/flac"),
    b"ID3": ("mp3", "audio/mpeg"),
}
_IN_RIFF = {b"WEBP": ("webp", "image/webp"), b"WAVE": ("wav", "audio/wav")}


@dataclass(frozen=True, slots=True)
class Product:
    """A file and its media type; `words` says when each word of a voice is spoken, as JSON."""

    file: Path
    media_type: str
    words: list[dict[str, Any]]


async def make(engines: EngineRegistry, type_: TaskType, request: Request, job: Job) -> Product:
    """What the engine of this machine makes of a request.

    Raises:
        StoryreelError: it could not.
    """
    match type_:
        case TaskType.LLM:
            return await _plan(engines, cast(StoryRequest, request), job)
        case TaskType.SD:
            (drawn,) = await with_retry(lambda: engines.image().draw([cast(ImageRequest, request)], job))
            return await asyncio.to_thread(_named, _done(drawn).file, [])
        case TaskType.TTS:
            (spoken,) = await with_retry(lambda: engines.speech().speak([cast(SpeechRequest, request)], job))
            voice = _done(spoken)
            return await asyncio.to_thread(_named, voice.file, [as_json(word) for word in voice.words])
        case TaskType.SVD:
            return await _animate(engines, cast(VideoRequest, request), job)
        case _:
            raise EngineError(f"A node does no tasks of type {type_}.")


async def _plan(engines: EngineRegistry, request: StoryRequest, job: Job) -> Product:
    planned = _done(await with_retry(lambda: engines.story().plan(request, job)))
    file = job.folder / "storyboard.json"
    await asyncio.to_thread(file.write_bytes, orjson.dumps(as_json(planned)))
    return Product(file, "application/json", [])


async def _animate(engines: EngineRegistry, request: VideoRequest, job: Job) -> Product:
    (animated,) = await with_retry(lambda: engines.video().animate([request], job))
    moving = _done(animated).moving
    if isinstance(moving, Path):
        webm = (await asyncio.to_thread(_head, moving))[:4] == b"\x1a\x45\xdf\xa3"
        kind, media_type = ("webm", "video/webm") if webm else ("mp4", "video/mp4")
        return Product(await asyncio.to_thread(moving.rename, moving.with_suffix(f".{kind}")), media_type, [])
    file = job.folder / "clip.mp4"
    profile = named_profile(Canvas(*_even(request.canvas)), Fraction(request.fps))
    await offload.run(encode_clip, job.progress, moving, profile, file)
    return Product(file, "video/mp4", [])


def _even(canvas: Canvas) -> Sequence[int]:
    return (canvas.width // 2 * 2, canvas.height // 2 * 2)


def _done(result: Any) -> Any:
    if isinstance(result, Deferred):
        raise EngineError("The node's own engine hands its work to another node.", hint="Choose another engine there.")
    return result


def _named(file: Path, words: list[dict[str, Any]]) -> Product:
    """The file with an extension that says what it is."""
    head = _head(file)
    known = next((found for magic, found in _TYPES.items() if head.startswith(magic)), None)
    suffix, media_type = known or _IN_RIFF.get(head[8:12], ("mp3", "audio/mpeg"))
    return Product(file.rename(file.with_suffix(f".{suffix}")), media_type, words)


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(12)
