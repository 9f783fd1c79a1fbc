"""Takes secrets out of text that is about to be shown: those that were told of, and what looks like one."""

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
_SHORTEST = 8
"""Characters: what is shorter is a placeholder such as `none`, and would be found in ordinary words."""

_LOOKS = (
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)([?&](?:signature|sig|token|key|api_key|access_token|secret|password|x-amz-[a-z-]+)=)[^&\s\"'<>]+"
    ),
    re.compile(r"(\bwhsec_)[\w+/=-]+"),
    re.compile(r"(\b[a-z][a-z\d+.-]*://[^/\s:@]*:)[^@\s/]+(?=@)"),
)
_known: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """Show these nowhere from now on."""
    _known.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def redacted(text: str) -> str:
    """The text without secrets that were told of, bearer tokens, signatures of links and passwords in URLs."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for look in _LOOKS:
        text = look.sub(rf"\1{HIDDEN}", text)
    return text
