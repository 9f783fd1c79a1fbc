"""Delivery: one event that a project's callback is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeliveryStatus(StrEnum):
    """PENDING: to be told, maybe again. SUCCESS: it was heard. FAILED: given up after a day."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`type` is what happened, such as task.succeeded; `data` what is told of it.

    `attempts` counts those made, `error` says how the last one failed, `next_try_at` when the next one is due.
    """

    id: int
    project_id: str
    type: str
    data: dict[str, Any]
    status: DeliveryStatus
    attempts: int
    next_try_at: datetime | None
    error: str | None
    ended_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Callback:
    """Where a project's events are delivered. The secret that signs them follows from `nonce` and the server's key."""

    project_id: str
    url: str
    nonce: str
