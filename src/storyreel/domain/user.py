"""User: who owns projects."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class User:
    """`name` is what they sign in with, unique whatever its case."""

    id: str
    name: str
    created_at: datetime
