"""The shape of one node's requests and answers, declared: templates to fill in, and where answers hold what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from storyreel.engines.contracts.node import Submission

_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a node wants to be asked and how it answers; by default as `storyreel node` does.

    Paths into answers are names and numbers with dots between them, such as `data.0.b64_json`.

    Args:
        path: where jobs are posted, under the node's address.
        send: the body, in which `{prompt}` and its like stand for the request's values; a text that is nothing else
            becomes the value itself, a number for a number. None sends `{task_id, type, request, callback_url}`.
        id: path to the node's own id of a job that it took (202).
        url: path to the address of the result.
        b64: path to the result itself, in base64.
        ok: path → the value that it must have in an answer that is no failure.
        error: path to the reason of a failure.
    """

    path: str = "jobs"
    send: Mapping[str, Any] | None = None
    id: str = "id"
    url: str = "result_url"
    b64: str = "result_b64"
    ok: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: str = "error"

    @property
    def native(self) -> bool:
        """Whether the node speaks the protocol of `storyreel node`."""
        return self.send is None

    def body(self, submission: Submission, callback_url: str, model: str) -> Any:
        """What is posted."""
        known = values(submission, callback_url, model)
        if self.send is None:
            return {name: known[name] for name in ("task_id", "type", "request", "callback_url")}
        return _filled(self.send, known)

    def failed(self, answer: Any) -> bool:
        """Whether a good status hides a failure."""
        return any(picked(answer, path) != value for path, value in self.ok.items())


def values(submission: Submission, callback_url: str, model: str) -> dict[str, Any]:
    """All that a template may name: the request's own fields, its size apart, and what belongs to the job."""
    request = submission.request
    canvas = cast(dict[str, int], request.get("canvas") or {})
    found = {**request, **canvas}
    if "frames" in request:
        fps = Fraction(request["fps"])
        found |= {"fps": float(fps), "seconds": float(request["frames"] / fps)}
    return found | {
        "task_id": submission.ticket,
        "type": submission.type,
        "request": request,
        "callback_url": callback_url,
        "model": model,
    }


def picked(answer: Any, path: str) -> Any:
    """What lies at a path in JSON; None when nothing does."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdigit() and int(step) < len(cast(list[Any], answer)):
            answer = cast(list[Any], answer)[int(step)]
        elif isinstance(answer, dict):
            answer = cast(dict[str, Any], answer).get(step)
        else:
            return None
    return answer


def _filled(template: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        return {name: _filled(part, known) for name, part in cast(dict[str, Any], template).items()}
    if isinstance(template, list):
        return [_filled(part, known) for part in cast(list[Any], template)]
    if not isinstance(template, str):
        return template
    alone = _NAME.fullmatch(template)
    if alone and alone[1] in known:
        return known[alone[1]]
    return _NAME.sub(lambda match: str(known.get(match[1], match[0])), template)
