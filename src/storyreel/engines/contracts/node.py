"""What a remote node is to those who hand it work: submit, look, cancel, fetch; and how a request travels."""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from storyreel.domain.serialize import as_json, from_json
from storyreel.domain.storyboard import SceneSpec
from storyreel.domain.task import TaskType
from storyreel.engines.contracts.engine import Report
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.contracts.story import StoryRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.errors import InvalidInputError

Request = StoryRequest | ImageRequest | SpeechRequest | VideoRequest
REQUESTS: Mapping[TaskType, type[Request]] = {
    TaskType.LLM: StoryRequest,
    TaskType.SD: ImageRequest,
    TaskType.TTS: SpeechRequest,
    TaskType.SVD: VideoRequest,
}
KINDS: Mapping[str, TaskType] = {
    "story": TaskType.LLM,
    "image": TaskType.SD,
    "speech": TaskType.TTS,
    "video": TaskType.SVD,
}
_FILE, _FILES = "image", "references"
"""The fields of requests that name files: they travel as base64."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A job for a node. `ticket` is what it reports by, and names the job: the same one twice is one job.

    `request` is as `packed` makes it.
    """

    ticket: str
    type: TaskType
    request: dict[str, Any]


class RemoteNode(Protocol):
    """A machine that does work for us. `model` changes whenever it would make something else of the same request.

    `references`: it is sent pictures of the characters to go by.
    `heartbeat` is the seconds between looks at a job; at 0 nobody looks, and its report is waited for. `patience` is
    the seconds after which a node that does not answer has lost its jobs.
    """

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> Collection[str]: ...

    @property
    def model(self) -> str: ...

    @property
    def voices(self) -> Mapping[str, str]: ...

    @property
    def references(self) -> bool: ...

    @property
    def heartbeat(self) -> float: ...

    @property
    def patience(self) -> float: ...

    async def missing(self) -> str:
        """What keeps the node from working; empty when it would."""
        ...

    async def submit(self, submission: Submission, into: Path) -> Report:
        """Hand the job over. SUCCESS without a `result_url`: the result came at once and lies in `into`.

        Raises:
            EngineError: it was not taken; `engine_unreachable` when the node cannot even have seen it.
        """
        ...

    async def look(self, job_id: str) -> Report:
        """How the job is; LOST when the node does not know it.

        Raises:
            EngineError: the node does not answer.
        """
        ...

    async def release(self, job_id: str) -> None:
        """Tell the node that nobody needs the job any more, nor what it made; it need not listen."""
        ...

    async def fetch(self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str]) -> None:
        """Fetch a result, from the node's own origin only.

        Raises:
            FetchError: it is elsewhere, too large, of another type, or cannot be had.
        """
        ...

    async def read_scene(self, prompt: str, scene: SceneSpec | None, request: StoryRequest) -> SceneSpec | None:
        """See `StoryEngine.read_scene`; None from a node that cannot be asked at once.

        Raises:
            EngineError: the node failed.
        """
        ...


def packed(request: Request) -> dict[str, Any]:
    """The request as JSON that can be sent to another machine, files and all. Blocks: it reads them."""
    return cast(dict[str, Any], _with_files(as_json(request), _read))


def unpacked(type_: TaskType, data: Mapping[str, Any], folder: Path) -> Request:
    """The request that another machine packed, its files written into `folder`. Blocks.

    Raises:
        InvalidInputError: it is none.
    """
    number = 0

    def written(content: str) -> str:
        nonlocal number
        number += 1
        file = folder / f"sent-{number}"
        file.write_bytes(base64.b64decode(content, validate=True))
        return str(file)

    try:
        return from_json(REQUESTS[type_], _with_files(dict(data), written))
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise InvalidInputError(f"That is no request for a task of type {type_}.", code="invalid_request") from error


def _read(path: str) -> str:
    return base64.b64encode(Path(path).read_bytes()).decode()


def _with_files(data: Any, change: Any) -> Any:
    """The request with each file that it names changed."""
    if not isinstance(data, dict):
        return data
    found = cast(dict[str, Any], data)
    changed = dict(found)
    if isinstance(found.get(_FILE), str):
        changed[_FILE] = change(found[_FILE])
    if isinstance(found.get(_FILES), list):
        changed[_FILES] = [change(one) for one in found[_FILES]]
    if found.get("drawing"):
        changed["drawing"] = _with_files(found["drawing"], change)
    return changed
