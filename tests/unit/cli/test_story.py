from pathlib import Path

import pytest

from storyreel.cli.story import read_story, title_of, without_title
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


@pytest.mark.parametrize(
    ("text", "title", "story"),
    [
        ("The Lantern\n\nMara climbed.\n\nShe sang.", "The Lantern", "Mara climbed.\n\nShe sang."),
        ("\n月亮船\r\n\r\n小明醒了。", "月亮船", "小明醒了。"),
        ("《月亮船》\n小明醒了。", "月亮船", "小明醒了。"),
        ("《月亮船》 作者：小红\n\n小明醒了。", "月亮船", "小明醒了。"),
        ("# The Lantern\n\nMara climbed.", "The Lantern", "Mara climbed."),
        ("标题：月亮船\n\n小明醒了。", "月亮船", "小明醒了。"),
        ("Mara climbed.\n\nShe sang.", "", None),
        ("“走吧”\n\n小明走了。", "", None),
        ("The Lantern\nMara climbed.", "", None),
        ("小明读了《月亮船》。\n\n他睡了。", "", None),
        ("The Lantern\n\n", "", None),
        ("a b " * 20 + "c\n\nMara climbed.", "", None),
    ],
)
def test_the_title_that_a_story_begins_with(text: str, title: str, story: str | None) -> None:
    assert without_title(text) == (title, text if story is None else story)


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
