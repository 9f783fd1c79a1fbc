"""Text that is being rewritten, and where each of its characters came from."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from storyreel.engines.backends.builtin.voice.scripts import words


@dataclass(frozen=True, slots=True)
class Written:
    """`origins` holds for each character of `text` its place in the text as it was at first; never decreasing."""

    text: str
    origins: tuple[int, ...]

    def place_of(self, offset: int) -> int:
        """Where in the text that is said which stood at `offset` at first."""
        return bisect_left(self.origins, offset)


def plain(text: str) -> Written:
    """Text as it stands."""
    return Written(text, tuple(range(len(text))))


def rewritten(written: Written, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str | None]) -> Written:
    """The text with each match replaced by what `say` makes of it; None leaves it.

    What is said is spread over the words that it replaces, so that each of these has its time.
    """
    replaced: list[tuple[int, int, str]] = []
    for match in pattern.finditer(written.text):
        said = say(match)
        if said is not None:
            replaced.append((match.start(), match.end(), said))
    return spliced(written, replaced)


def spliced(written: Written, replaced: Iterable[tuple[int, int, str]]) -> Written:
    """The text with each (start, end) replaced by what is said instead; in order."""
    parts: list[str] = []
    origins: list[int] = []
    done = 0
    for start, end, said in replaced:
        parts += [written.text[done:start], said]
        origins += [*written.origins[done:start], *_spread(written, start, end, said)]
        done = end
    parts.append(written.text[done:])
    origins += written.origins[done:]
    return Written("".join(parts), tuple(origins))


def _spread(written: Written, start: int, end: int, said: str) -> list[int]:
    """An origin for each character of what is said: its first words are the first ones that were written."""
    before = [written.origins[start + offset] for offset, _ in words(written.text[start:end])]
    before = before or [written.origins[start]]
    after = [offset for offset, _ in words(said)] or [0]
    found: list[int] = []
    for place in range(len(said)):
        word = max(bisect_left(after, place + 1) - 1, 0)
        found.append(before[word * len(before) // len(after)])
    return found
