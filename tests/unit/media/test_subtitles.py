import html
import itertools
import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyreel.domain.film import WordTime
from storyreel.media.phrasing import LINE_WIDTH, MAX_LINES, width_of
from storyreel.media.subtitles import LINGER, Cue, Spoken, cues_of, plain, to_srt, to_vtt

ENGLISH = (
    "Once, when the night was so clear that one could count the stars, the moon grew tired of looking down. "
    "She took her lamp, and a warm coat, and went down the long stairs; nobody heard her."
)
CHINESE = (
    "从前有一天夜里，天空晴朗得可以数清每一颗星星，月亮看累了，于是"
    "提着灯，披上大衣，慢慢走下长长的楼梯。谁也没有听见她的脚步声。"
)
HOSTILE = (
    "Hello <b>bold</b> {\\an8}{\\i1} --> 00:00:01 %{pts}"
    " drawtext=text='x':fontcolor=red & &amp; &lt;script&gt; \x00\x07 🙂"
)

text_of_all_kinds = st.text(min_size=1, max_size=400) | st.sampled_from([ENGLISH, CHINESE, HOSTILE, ENGLISH + CHINESE])


def spoken(text: str, tokens: str) -> tuple[WordTime, ...]:
    """The words of a text, parted by bars in `tokens`, half a second each."""
    ends = list(itertools.accumulate(map(len, tokens.split("|"))))
    starts = [0, *ends[:-1]]
    return tuple(WordTime(n / 2, n / 2 + 0.4, a, b - a) for n, (a, b) in enumerate(zip(starts, ends, strict=True)))


@pytest.mark.parametrize(
    ("tokens", "lines"),
    [
        (
            "Once, |when |the |night |was |clear, |the |moon |grew |tired |of |looking |down |on |us.",
            ["Once, when the night was clear,", "the moon grew tired", "of looking down on us."],
        ),
        ("Mr. |Brown |went |to |see |the |old |market.", ["Mr. Brown went", "to see the old market."]),
        ("“I |will |not |go,” |said |the |fox |who |was |lost.", ["“I will not go,”", "said the fox who was lost."]),
        ("爷爷|带着|小明|坐上|了|开往|北京|的|火车。", ["爷爷带着小明坐上了", "开往北京的火车。"]),
        (
            "于是|提着|灯，|披上|大衣，|慢慢|走下|长长的|楼梯。|谁|也|没有|听见|她的|脚步声。",
            ["于是提着灯，披上大衣，", "慢慢走下长长的楼梯。", "谁也没有听见她的脚步声。"],
        ),
    ],
)
def test_lines_end_where_one_pauses_and_tear_no_word(tokens: str, lines: list[str]) -> None:
    text = tokens.replace("|", "")
    cues = cues_of(text, spoken(text, tokens), Fraction(0), 9.0, line_width=32)
    assert [line for cue in cues for line in cue.text.split("\n")] == lines


def joined(cues: list[Cue]) -> str:
    return re.sub(r"\s", "", "".join(cue.text for cue in cues))


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_long_narrations_become_readable_cues(text: str) -> None:
    cues = cues_of(text, (), Fraction(3, 10), 12.0)
    assert len(cues) > 1
    assert joined(cues) == re.sub(r"\s", "", text)
    for line in (line for cue in cues for line in cue.text.split("\n")):
        assert width_of(line) <= LINE_WIDTH
        assert len(line) >= 6, "no scraps"
        assert line[0] not in "，。！？、,.!?"
    assert cues[0].start == Fraction(3, 10)
    assert cues[-1].end == Fraction(3, 10) + 12 + LINGER


@settings(deadline=None)
@given(text_of_all_kinds, st.floats(0, 30))
def test_nothing_is_left_out_and_time_goes_forward(text: str, duration: float) -> None:
    cues = cues_of(text, (), Fraction(1), duration)
    if not plain(text) or Fraction(duration).limit_denominator(1000) <= 0:
        assert cues == []
        return
    assert joined(cues) == re.sub(r"\s", "", plain(text))
    for before, after in pairwise(cues):
        assert before.end == after.start
    for cue in cues:
        assert cue.start < cue.end
        assert cue.text.count("\n") < MAX_LINES


def test_short_narration_is_one_cue() -> None:
    assert [cue.text for cue in cues_of("Run!", (), Fraction(0), 0.5)] == ["Run!"]


def test_cues_begin_with_their_first_word() -> None:
    spoken = [(match.start(), len(match.group())) for match in re.finditer(r"\S+", ENGLISH)]
    words = tuple(WordTime(n * 0.5, n * 0.5 + 0.4, offset, length) for n, (offset, length) in enumerate(spoken))
    cues = cues_of(ENGLISH, words, Fraction(0), 20.0)
    for cue in cues[1:]:
        first = cue.text.split()[0]
        expected = [word.start for word, (o, n) in zip(words, spoken, strict=True) if ENGLISH[o : o + n] == first]
        assert any(abs(float(cue.start) - start) < 0.002 for start in expected)


@pytest.mark.parametrize(
    "words",
    [
        (WordTime(99.0, 100.0, 0, 4), WordTime(-5.0, -1.0, 60, 3)),
        (WordTime(0.5, 0.2, 9999, 4),),
        (WordTime(1.0, 2.0, 30, 4), WordTime(0.5, 1.0, 90, 4)),
    ],
)
def test_words_that_lie_do_not_break_the_order(words: tuple[WordTime, ...]) -> None:
    cues = cues_of(ENGLISH, words, Fraction(0), 5.0)
    assert joined(cues) == re.sub(r"\s", "", ENGLISH)
    assert all(cue.start < cue.end for cue in cues)


def test_time_is_shared_by_width_without_words() -> None:
    cues = cues_of("a" * 80 + " " + "b" * 80, (), Fraction(0), 10.0)
    middle = next(cue.start for cue in cues if "b" in cue.text)
    assert abs(middle - 5) < Fraction(1, 10)


def srt_parsed(text: str) -> list[tuple[str, str]]:
    parsed = []
    for number, block in enumerate(text.strip().split("\n\n"), 1):
        head, times, *lines = block.split("\n")
        assert head == str(number)
        assert re.fullmatch(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}", times)
        parsed.append((times, "\n".join(lines)))
    return parsed


def test_srt_round_trip_keeps_markup_apart() -> None:
    cues = [Cue(Fraction(3661), Fraction(36615, 10), HOSTILE), Cue(Fraction(3662), Fraction(3663), "月亮\n\n\n来了")]
    parsed = srt_parsed(to_srt(cues))
    assert parsed[0][0] == "01:01:01,000 --> 01:01:01,500"
    assert "<b>" not in parsed[0][1]
    assert "{\\" not in parsed[0][1]
    assert "-->" not in parsed[0][1]
    assert parsed[0][1].replace("\u2060", "") == plain(HOSTILE)
    assert parsed[1][1] == "月亮\n来了"


def test_vtt_round_trip() -> None:
    text = to_vtt([Cue(Fraction(1, 3), Fraction(2), HOSTILE), Cue(Fraction(2), Fraction(3), "\n \n")])
    header, first, second = text.strip("\n").split("\n\n")
    assert header == "WEBVTT"
    times, body = first.split("\n", 1)
    assert times == "00:00:00.333 --> 00:00:02.000"
    assert "-->" not in body
    assert "<" not in body
    assert html.unescape(body) == plain(HOSTILE)
    assert second.split("\n")[1] == "\u00a0"


def test_plain_leaves_out_what_cannot_be_shown() -> None:
    assert plain("a\x00b\x1b[31m\r\n\tc\ud800 e\u0301\u202e") == "ab[31m c é"


@pytest.mark.parametrize(("text", "token"), [(ENGLISH, r"\S+"), (CHINESE, r"\w\w?")], ids=["en", "zh"])
def test_pointing_cues_know_their_words(text: str, token: str) -> None:
    spoken = [(match.start(), match.group()) for match in re.finditer(token, text)]
    words = tuple(WordTime(n * 0.5, n * 0.5 + 0.4, offset, len(word)) for n, (offset, word) in enumerate(spoken))
    cues = cues_of(text, words, Fraction(2), 40.0, pointing=True)
    said = [(cue.text[word.first : word.end], word.start) for cue in cues for word in cue.words]
    parted = "".join(word for word, _ in said)
    assert len(said) > 10
    assert set(said) <= {(word, 2 + Fraction(n, 2)) for n, (_, word) in enumerate(spoken)}
    assert len(parted) > 0.9 * len(re.sub(r"\W", "", text)), "hardly a word lies across two cues"
    assert [cue.text for cue in cues] == [cue.text for cue in cues_of(text, words, Fraction(2), 40.0)]


def test_a_cue_knows_what_is_said_when() -> None:
    cue = Cue(Fraction(0), Fraction(3), "so it is", (Spoken(Fraction(1), 0, 2), Spoken(Fraction(2), 3, 5)))
    assert [cue.word_at(Fraction(at, 2)) for at in (1, 2, 5)] == [None, cue.words[0], cue.words[1]]
    assert cue.shifted(Fraction(1)).word_at(Fraction(5, 2)) == Spoken(Fraction(2), 0, 2)
