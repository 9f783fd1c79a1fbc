"""User: who owns projects."""

from dataclasses import dataclass
from datetime import datetime

LOCAL_USER = "local"
"""Owns what the command line makes without a server. Nobody can sign in as it."""


@dataclass(frozen=True, slots=True)
class User:
    """`name` is what they sign in with, unique whatever its case."""

    id: str
    name: str
    created_at: datetime
