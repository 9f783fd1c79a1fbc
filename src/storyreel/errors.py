"""Every error that Storyreel raises on purpose: a stable code, what to do next, whether to retry."""


class StoryreelError(Exception):
    """Base of all our errors.

    Args:
        message: what failed and why, for a human.
        code: stable identifier, `snake_case`; never reworded once released.
        retryable: the same call may succeed later without any change.
        hint: what the person can do next; empty when there is nothing to do.
    """

    code = "internal_error"
    retryable = False

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class InvalidInputError(StoryreelError):
    """What was asked for makes no sense: a wrong value, an unknown name, too much text."""

    code = "invalid_input"


class NotFoundError(StoryreelError):
    """No such thing, or not yours: the two look the same from outside."""

    code = "not_found"


class ConflictError(StoryreelError):
    """The thing exists but is not in a state that allows this."""

    code = "conflict"


class StaleEditError(StoryreelError):
    """Somebody changed the thing since the editor last read it."""

    code = "stale_edit"


class UnauthorizedError(StoryreelError):
    """No valid credentials."""

    code = "unauthorized"


class ForbiddenError(StoryreelError):
    """The credentials are valid, but do not open this door."""

    code = "forbidden"


class TooManyRequestsError(StoryreelError):
    """Slow down; retry after a while."""

    code = "too_many_requests"
    retryable = True


class UnavailableError(StoryreelError):
    """The database or the object store does not answer; what was under way may or may not have been kept."""

    code = "unavailable"
    retryable = True


class NoRoomError(UnavailableError):
    """A disk is full; what was under way was not kept, or will be made good once there is room."""

    code = "no_room"


class EngineError(StoryreelError):
    """An engine could not do its work. `retry_after` is how many seconds its provider wants to be left alone."""

    code = "engine_failed"
    retry_after = 0.0


class EngineUnavailableError(EngineError):
    """The engine cannot run here as things stand: a missing package, key, model or device."""

    code = "engine_unavailable"


class MediaError(StoryreelError):
    """A media file is broken, of the wrong kind, or cannot be encoded."""

    code = "media_invalid"


class TaskTimeoutError(StoryreelError):
    """A task ran longer than its type may."""

    code = "task_timeout"
    retryable = True


class FetchError(StoryreelError):
    """A file at an address given from outside could not be had, or may not be fetched."""

    code = "fetch_failed"
