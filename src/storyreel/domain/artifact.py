"""Artifact: an immutable file, addressed by what it is made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """`key` is the SHA-256 of what it is made from, `digest` that of its bytes; `facts` are measured from the file.

    Facts: image: width, height. Voice: duration (s), words. Clip and film: width, height, fps, frames, duration.
    """

    key: str
    name: str
    digest: str
    media_type: str
    size: int
    made_from: dict[str, Any]
    facts: dict[str, Any]
    created_at: datetime
