from pathlib import Path

import pytest

from storyreel.cli.story import read_story, title_of
from storyreel.errors import InvalidInputError


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("moon-walk.txt", "Moon walk"),
        ("tales/the_LAST  day.md", "The LAST day"),
        ("月亮.txt", "月亮"),
        ("story", "Story"),
        ("-", "Untitled"),
        ("--.txt", "Untitled"),
    ],
)
def test_titles(source: str, title: str) -> None:
    assert title_of(source) == title


def test_a_byte_order_mark_is_no_part_of_the_story(tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    file.write_bytes(b"\xef\xbb\xbf\xe6\x9c\x88\xe4\xba\xae")
    assert read_story(str(file)) == "月亮"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"caf\xe9", "byte 4 does not fit"), (b"\xff\xfea\x00", "not UTF-8"), (b"a" * 1_700_000, "too long")],
)
def test_what_is_no_story(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "story.txt"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=said):
        read_story(str(file))


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_story(str(tmp_path / name))
