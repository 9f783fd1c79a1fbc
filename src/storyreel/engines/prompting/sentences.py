"""Cuts a story into the numbered pieces that a model groups into shots: sentences, and the parts of very long ones."""

import re
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
"""Start and end in the story, in characters."""

LONGEST = 180
"""Width of a piece, and of a shot's narration, at most: a letter counts 1, a Han character 3 (12 … 15 s of speech)."""
_WIDE = 3
_CLOSE = "[\"'”’）)」』】》\\]]*+"
# Possessive, and never begun in the middle of a run of marks, so that it stays linear.
_END = re.compile(rf"(?<![.!?…])[.!?…]++{_CLOSE}(?=\s|$)|(?<![。！？…])[。！？…]++{_CLOSE}|\n[ \t]*\n\s*")
_ABBREVIATION = re.compile(r"(?:^|[\s(“\"‘'])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Prof|Jr|Sr|Capt|vs|etc|No)\.$")
_CLAUSE = re.compile(r"[,;:—，；：、]+\s*")
_BLANK = re.compile(r"\s+")


def pieces(story: str) -> list[Span]:
    """The story's pieces: in order, side by side but for blanks, none of them blank or wider than `LONGEST`."""
    found: list[Span] = []
    start = 0
    for match in _END.finditer(story):
        if _goes_on(story, start, match):
            continue
        found += _parts(story, start, match.end())
        start = match.end()
    return found + list(_parts(story, start, len(story)))


def narration(story: str, spans: Sequence[Span]) -> str:
    """What is spoken of neighbouring pieces: the story's text with each stretch of whitespace as one space."""
    return " ".join(story[spans[0][0] : spans[-1][1]].split())


def width(text: str) -> int:
    """How wide a text is in letters."""
    return sum(_WIDE if "\u2e80" <= character <= "\uffef" else 1 for character in text)


def _goes_on(story: str, start: int, match: re.Match[str]) -> bool:
    """Whether the sentence does not end here: after an abbreviation, or before a lower-case word."""
    if match.group().startswith("\n"):
        return False
    following = story[match.end() : match.end() + 40]
    if "\n\n" in following[: len(following) - len(following.lstrip())]:
        return False
    before = story[max(start, match.start() - 20) : match.end()]
    return following.lstrip()[:1].islower() or _ABBREVIATION.search(before) is not None


def _parts(story: str, start: int, end: int) -> Iterator[Span]:
    """One span, or several where it is too wide: cut at clauses, else at blanks, else anywhere."""
    while (limit := _fitting(story, start, end)) < end:
        place = _last_break(story, start, limit)
        yield from _trimmed(story, start, place)
        start = place
    yield from _trimmed(story, start, end)


def _fitting(story: str, start: int, end: int) -> int:
    """Where a part that begins at `start` has to end at the latest."""
    wide = 0
    for place in range(start, end):
        wide += width(story[place])
        if wide > LONGEST:
            return place
    return end


def _last_break(story: str, start: int, limit: int) -> int:
    least = start + (limit - start) // 3
    for pattern in (_CLAUSE, _BLANK):
        places = [match.end() for match in pattern.finditer(story, least, limit)]
        if places:
            return places[-1]
    return limit


def _trimmed(story: str, start: int, end: int) -> Iterator[Span]:
    text = story[start:end]
    if text.strip():
        yield start + len(text) - len(text.lstrip()), start + len(text.rstrip())
