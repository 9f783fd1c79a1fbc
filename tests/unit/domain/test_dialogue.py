"""Quotation marks of both languages, and what only looks like them."""

import pytest

from storyreel.domain.dialogue import quotations


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('"To the sea," said Mara. "Go!"', ['"To the sea,"', '"Go!"']),
        ("“Hi,” she said. “Bye.”", ["“Hi,”", "“Bye.”"]),
        ("'Come in,' said the fox. 'It's late.'", ["'Come in,'", "'It's late.'"]),
        ("‘Come in,’ he said.", ["‘Come in,’"]),
        ("他说：“走吧。”她答：「好『嗯』的。」", ["“走吧。”", "「好『嗯』的。」"]),
        ("“She said ‘no,’ to me,” he cried.", ["“She said ‘no,’ to me,”"]),
        ("The dogs' bowl isn't here; 'tis rock 'n' roll.", []),
        ('A board of 6\'2" by 4".', []),
        ("Nobody speaks.", []),
        ("", []),
    ],
)
def test_what_stands_in_quotation_marks(text: str, quoted: list[str]):
    assert [text[start:end] for start, end in quotations(text)] == quoted


def test_a_speech_told_in_several_parts_runs_to_its_end_and_from_its_beginning():
    assert quotations("“One.\n\nTwo.") == ((0, 5),)
    assert quotations('and go." She left. "Now," he said.') == ((0, 8), (19, 25))
    assert quotations("走吧。”他说。") == ((0, 4),)
