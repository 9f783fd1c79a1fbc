"""Signed links: who holds one may read one file for a while, without any other credentials."""

import base64
import hashlib
import hmac
import re
from functools import lru_cache

WINDOW_SECONDS = 1800
"""A file's link stays the same for this long, so that browsers can cache what is behind it."""
LONGEST_SECONDS = 2 * WINDOW_SECONDS
"""No link lives longer than this."""

_EXPIRES = re.compile(r"[1-9][0-9]{0,11}")
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes, base64url without padding
_MAX_NAME = 200
_REMEMBERED = 4096


class UrlSigner:
    """HMAC-SHA256 over the expiry and the name. `secret` is at least 32 random bytes and the same in all processes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("The signing secret must have at least 32 bytes.")
        self._secret = secret
        self._signature = lru_cache(_REMEMBERED)(self._signed)  # listings name the same files again and again

    def sign(self, name: str, now: float) -> tuple[int, str]:
        """When the link to `name` expires (Unix seconds, 30 to 60 minutes after `now`), and its signature."""
        expires = (int(now) // WINDOW_SECONDS + 2) * WINDOW_SECONDS
        return expires, self._signature(name, expires)

    def verify(self, name: str, expires: int | str, signature: str, now: float) -> bool:
        """Whether `signature` was made by `sign` for this name and expiry, and holds at `now`. Takes raw query text."""
        text = str(expires)
        if not (name.isascii() and len(name) <= _MAX_NAME and _EXPIRES.fullmatch(text)):
            return False
        if not (_SIGNATURE.fullmatch(signature) and now < int(text) <= now + LONGEST_SECONDS):
            return False
        return hmac.compare_digest(self._signature(name, int(text)), signature)

    def derived(self, name: str) -> bytes:
        """A secret of 32 bytes for whatever has this name: the same each time, and of no use for links."""
        return hmac.digest(self._secret, f"derived\n{name}".encode(), hashlib.sha256)

    def _signed(self, name: str, expires: int) -> str:
        # The digits end at the line break, so no other pair of name and expiry gives the same message.
        message = f"{expires}\n{name}".encode("ascii")
        return base64.urlsafe_b64encode(hmac.digest(self._secret, message, hashlib.sha256)).rstrip(b"=").decode()
