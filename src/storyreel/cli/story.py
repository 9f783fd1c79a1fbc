"""The story as a command gets it: read from a file or standard input, with its title or the file's name."""

import re
import sys
from pathlib import Path

from storyreel.domain.project import MAX_STORY_CHARACTERS
from storyreel.errors import InvalidInputError

STANDARD_INPUT = "-"
_LABEL = r"(?:#+ +|(?:title|标题|题目|书名)[ \t]*[:：][ \t]*)?"
_BOOK = r"《(?P<book>[^《》\n]+)》[^。！？，\n]{0,20}\n"
_LINE = r"(?P<line>[^\n]*[^\s.!?,;:…。！？，、；：”」』])[ \t\r]*\n[ \t\r]*\n"
_TITLE = re.compile(rf"\s*{_LABEL}(?:{_BOOK}|{_LINE})\s*(?=\S)", re.IGNORECASE)
_LONGEST_TITLE = 60  # columns; a Chinese character takes two
_MAX_BYTES = 8 * MAX_STORY_CHARACTERS  # UTF-8 takes at most four per character; the rest is for blank space around


def read_story(source: str) -> str:
    """The text of a file, or of standard input for `-`.

    Raises:
        InvalidInputError: there is no such file, it cannot be read, is too long, or is not UTF-8.
    """
    try:
        if source == STANDARD_INPUT:
            content = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"The story {source} cannot be read: {error.strerror}.") from error
    if len(content) > _MAX_BYTES:
        raise InvalidInputError(
            f"The story is too long: at most {MAX_STORY_CHARACTERS:,} characters fit.",
            code="story_too_long",
            hint="Split it into parts.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"The story is not UTF-8 text: byte {error.start + 1:,} does not fit.",
            code="invalid_text",
            hint="Save it as plain text in UTF-8.",
        ) from error


def titled_story(source: str, title: str | None) -> tuple[str, str]:
    """The title that is wished, that the story begins with or that its file's name gives; and the story without it.

    Raises:
        InvalidInputError: see `read_story`.
    """
    told, text = without_title(read_story(source))
    return title or told or title_of(source), text


def without_title(text: str) -> tuple[str, str]:
    """The title that a story begins with, and the story without it; an empty title where it begins with none.

    A title is a short first line that does not end as a sentence does, with an empty line behind it, or one in 《》.
    """
    match = _TITLE.match(text)
    title = (match["book"] or match["line"]).strip() if match else ""
    columns = sum(2 if character > "\u2e80" else 1 for character in title)
    return (title, text[match.end() :]) if match and columns <= _LONGEST_TITLE else ("", text)


def title_of(source: str) -> str:
    """A title from a file's name: `moon-walk.txt` gives `Moon walk`."""
    name = "" if source == STANDARD_INPUT else Path(source).stem
    words = " ".join(name.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:] or "Untitled"
