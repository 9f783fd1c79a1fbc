"""Passwords and tokens: how they are made, judged, hashed and compared. Only hashes are ever stored."""

import base64
import hashlib
import secrets
import threading
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

MIN_PASSWORD_CHARACTERS = 12
MAX_PASSWORD_CHARACTERS = 1024
_FEWEST_DIFFERENT_CHARACTERS = 5

# RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes.
_MEMORY_KIB, _PASSES, _LANES = 65536, 3, 4
_passwords = PasswordHash((Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES),))
_two_at_once = threading.BoundedSemaphore(2)  # each hash takes 64 MiB: a flood of logins must not take the machine


def _nobodys_hash() -> str:
    """A well-formed hash that no password matches, as costly to check as any."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${salt}${digest}"


_NOBODY = _nobodys_hash()


def check_password_strength(password: str, minimum: int = MIN_PASSWORD_CHARACTERS) -> str | None:
    """Why the password must not be used, in one sentence; None when it may."""
    if len(password) < minimum:
        return f"The password needs at least {minimum} characters."
    if len(password) > MAX_PASSWORD_CHARACTERS:
        return f"The password may have at most {MAX_PASSWORD_CHARACTERS} characters."
    if len(set(password)) < min(_FEWEST_DIFFERENT_CHARACTERS, minimum):
        return "The password repeats too few different characters."
    return None


def hash_password(password: str) -> str:
    """The argon2id hash to store. About 0.2 s of processor time and 64 MiB: call it from a thread."""
    with _two_at_once:
        return _passwords.hash(_plain_bytes(password))


def verify_password(hash: str | None, password: str) -> bool:
    """Whether `password` is the one that `hash` was made of. Costs the same as hashing: call it from a thread.

    Args:
        hash: what `hash_password` gave; None when there is no such user, which takes as long and is never true.
    """
    with _two_at_once:
        matches = _passwords.verify(_plain_bytes(password), hash or _NOBODY)
    return matches and hash is not None


def new_token() -> tuple[str, str]:
    """A new 256-bit token to hand out, and its digest to store."""
    token = secrets.token_urlsafe(32)
    return token, token_digest(token)


def token_digest(token: str) -> str:
    """SHA-256 of a token, in hexadecimal: enough, as tokens are random and long."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _plain_bytes(password: str) -> bytes:
    """The same bytes for the same password, however the keyboard composed its characters."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
