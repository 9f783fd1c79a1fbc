"""What single Chinese clauses tell by their wording alone."""

import pytest

from storyreel.engines.backends.builtin.planner.chinese_clauses import (
    falls,
    introduced,
    on_board,
    only_from_there,
    only_ridden,
    thinks_back,
    time_went_by,
)
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.backends.builtin.planner.words import Splitter, Word


def words(text: str) -> list[Word]:
    """The words of a sentence; what stands in “” is spoken."""
    quoted, speaks = list[bool](), False
    for character in text:
        speaks = (speaks or character == "“") and character != "”"
        quoted.append(speaks and character != "“")
    return Splitter(("小雨", "亮亮")).words(text, quoted)


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("三个星期后，他回来了。", True),
        ("第二年春天，花开了。", True),
        ("那个秋天，他走了。", True),
        ("又过了十几天后，信来了。", True),
        ("他走了三天。", False),
        ("“三年后见。”他说。", False),
    ],
)
def test_time_goes_by(text: str, *, so: bool) -> None:
    assert time_went_by(words(text)) is so


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("她想起三年前刚来的时候。", True),
        ("他梦见小时候的院子。", True),
        ("她想起门没有关。", False),
        ("“我想起小时候了。”她说。", False),
    ],
)
def test_somebody_thinks_back(text: str, *, so: bool) -> None:
    assert thinks_back(words(text)) is so


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“我叫亮亮。”男孩说。", "亮亮"),
        ("“我的名字叫小雨，”她说。", "小雨"),
        ("“亮亮在家吗？”她问。", ""),
        ("我叫亮亮过来。", ""),
    ],
)
def test_who_introduces_themselves(text: str, name: str) -> None:
    assert introduced(words(text), frozenset(("亮亮", "小雨"))) == name


@pytest.mark.parametrize(
    ("after", "so"), [("传来马蹄声", True), ("正下着雪", True), ("的风很大", True), ("玩了一会儿", False), ("", False)]
)
def test_what_only_comes_from_there(after: str, *, so: bool) -> None:
    assert only_from_there(after) is so


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("天上飘起了小雨。", True),
        ("外面下着一场小雨。", True),
        ("妈妈放下了小雨。", False),
        ("小雨停下了。", False),
        ("他看见了小雨。", False),
    ],
)
def test_what_falls_is_weather(text: str, *, so: bool) -> None:
    told = words(text)
    assert falls(told, next(at for at, word in enumerate(told) if word.text == "小雨")) is so


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("他坐着火车回家。", ["train"]),
        ("他上了一列绿皮火车。", ["train"]),
        ("他们乘着渡船过江。", ["ship"]),
        ("火车开走了。", []),
        ("他飞过高山和森林。", ["sky"]),
        ("小鸟飞过窗前。", []),
        ("他看见一列火车。", []),
    ],
)
def test_where_one_rides(text: str, places: list[str]) -> None:
    assert [match.id for match in on_board(words(text))] == places


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("他下了车。", True),
        ("他上了车。", True),
        ("他上了公交车。", False),
        ("来了一辆车。", False),
    ],
)
def test_what_is_only_ridden_in(text: str, *, so: bool) -> None:
    told = words(text)
    cars = [match for match in vocabulary().find(told) if match.category == "props" and match.id == "car"]
    assert [only_ridden(told, car) for car in cars] == [so]
