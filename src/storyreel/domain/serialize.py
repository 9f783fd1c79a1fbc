"""Plain types to JSON and back, and the one canonical form that artifact keys are hashed from."""

import hashlib
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def as_json(value: object) -> Any:
    """A dataclass, or a collection of them, as JSON-ready dicts, lists and scalars."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], data: Any) -> T:
    """Build a dataclass from what `as_json` made.

    Raises:
        pydantic.ValidationError: the data does not fit the type.
    """
    return cast(T, _adapter(kind).validate_python(data))


def digest_of(value: object) -> str:
    """SHA-256, in hex, of a JSON-ready value; key order does not matter."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
