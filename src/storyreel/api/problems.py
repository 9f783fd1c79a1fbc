"""Errors become RFC 9457 problem documents: one table, one shape, and never the input echoed."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from storyreel.errors import (
    ConflictError,
    EngineError,
    EngineUnavailableError,
    FetchError,
    ForbiddenError,
    InvalidInputError,
    MediaError,
    NoRoomError,
    NotFoundError,
    StaleEditError,
    StoryreelError,
    TaskTimeoutError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from storyreel.offload import lacks_room

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[StoryreelError], int] = {
    UnauthorizedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    StaleEditError: 412,
    InvalidInputError: 422,
    MediaError: 422,
    FetchError: 422,
    TooManyRequestsError: 429,
    EngineError: 502,
    EngineUnavailableError: 503,
    UnavailableError: 503,
    TaskTimeoutError: 504,
    NoRoomError: 507,
    StoryreelError: 500,
}

MEANING = {
    400: "The request is not well-formed.",
    401: "No valid token.",
    403: "Not allowed.",
    404: "No such thing, or not yours.",
    405: "The path does not take this method.",
    408: "The request came too slowly.",
    409: "The thing is not in a state that allows this.",
    412: "Somebody changed it since it was read (If-Match).",
    413: "The body is too large.",
    416: "The file has no such part.",
    422: "The request makes no sense; `errors` says where.",
    429: "Too many requests; see Retry-After.",
    431: "The request's line and headers are too large.",
    500: "A fault of ours.",
    502: "An engine failed.",
    503: "Not available as things stand.",
    504: "An engine took too long.",
    507: "A disk is full, and nothing was kept.",
}


class FieldProblem(BaseModel):
    """One thing that is wrong with the request."""

    location: str = Field(description="Where, such as body.title.")
    message: str = Field(description="What, in English.")


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = Field(description="A stable URN of the code.")
    title: str = Field(description="What this status means.")
    status: int
    detail: str = Field(description="What happened, for a human.")
    code: str = Field(description="Stable; what a program should look at.")
    hint: str | None = Field(default=None, description="What to do next.")
    errors: list[FieldProblem] | None = Field(default=None, description="What is wrong where, for 400 and 422.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with problems of these statuses."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": MEANING[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    errors: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """A problem document as a response."""
    body = Problem(
        type=f"urn:storyreel:problem:{code}",
        title=MEANING.get(status, "Error"),
        status=status,
        detail=detail,
        code=code,
        hint=hint or None,
        errors=errors,
    )
    content = body.model_dump(exclude_none=True) | dict(extra or {})
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def status_of(error: StoryreelError) -> int:
    """The HTTP status of an error: its class's, or that of the nearest class above."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""
    app.add_exception_handler(StoryreelError, _ours)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StoryreelError)  # noqa: S101 - registered for this class only
    headers: dict[str, str] = {}
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = "60"
    if isinstance(error, NotFoundError | UnavailableError) and error.retryable:
        headers["Retry-After"] = "1"
    return problem(status_of(error), error.code, error.message, hint=error.hint, headers=headers)


async def _system(request: Request, error: Exception) -> JSONResponse:
    if lacks_room(error):
        return await _ours(request, NoRoomError("The server's disk is full."))
    raise error


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "malformed_json", "The body is not valid JSON.")
    errors = [
        FieldProblem(location=_printable(".".join(str(part) for part in one["loc"])), message=_printable(one["msg"]))
        for one in found
    ]
    where = ", ".join(sorted({item.location for item in errors})[:5])
    return problem(422, "invalid_request", f"The request is not valid: {where}.", errors=errors)


def _printable(text: str) -> str:
    """Field names come from outside too: no lone surrogates, no endless keys."""
    return text.encode("utf-8", "replace").decode()[:300]


CODES = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    416: "range_unknown",
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _documented_methods(request)):
        headers["Allow"] = methods  # Starlette names those of the first route alone
    code = CODES.get(error.status_code, StoryreelError.code)
    detail = MEANING.get(error.status_code, "The request could not be answered.")
    return problem(error.status_code, code, detail, headers=headers)


def _documented_methods(request: Request) -> str:
    """The methods that the path takes, as the API's document has them; empty for a path that is not in it."""
    for template, operations in request.app.openapi()["paths"].items():
        if compile_path(template)[0].match(request.url.path):
            return ", ".join(sorted(method.upper() for method in operations))
    return ""


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", exc_info=error)
    return problem(500, StoryreelError.code, "Something went wrong inside Storyreel; the log has the details.")
