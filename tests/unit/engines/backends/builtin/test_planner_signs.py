"""Places and hours that English stories never name: told by people, things, deeds, clocks and calendars."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.contracts.story import StoryRequest


def scenes(story: str) -> list[SceneSpec]:
    return [shot.scene for shot in plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC)).shots]


@pytest.mark.parametrize(
    ("story", "setting"),
    [
        pytest.param("The surgeon held out his hand. A nurse gave him the scalpel.", "hospital", id="trades and tools"),
        pytest.param("She was late for long division. The pupils stared.", "school", id="lessons"),
        pytest.param("Nora stamped the overdue books.", "library", id="what is done there"),
        pytest.param("“Sir,” said Tom, “my homework.” The teacher sighed.", "school", id="talk counts half"),
        pytest.param("Ann laughed like a surgeon. The saucepan boiled over.", "kitchen", id="no comparison"),
        pytest.param("There was once a king who sat on a throne.", "castle hall", id="a tale's king is at court"),
        pytest.param("Mr. Gill yawned. The saucepan boiled over.", "kitchen", id="a surname is no sign"),
        pytest.param("The captain yawned. Neptune rose behind them.", "space", id="but a title or a planet is"),
        pytest.param("Ann sank into the armchair. There was no surgeon.", "room", id="nothing that is denied"),
        pytest.param("The ghost had lived in the castle for many years.", "castle", id="where one had lived for years"),
    ],
)
def test_people_and_things_tell_where_a_story_begins(story: str, setting: str) -> None:
    assert scenes(story)[0].setting == setting


@pytest.mark.parametrize(
    ("story", "time"),
    [
        ("At two in the morning the ward was quiet.", "night"),
        ("Ann woke at 6:30 a.m.", "morning"),
        ("Ann left at ten at night.", "night"),
        ("At ten past three in the morning the light came on.", "night"),
        ("The bell rang at four minutes to six, and Ann looked up.", "morning"),
        ("The sun had set by the time Ann came.", "dusk"),
        ("It was night. Every root lay before her as plain as at noon.", "night"),
        ("One winter morning Ann woke. Snow had buried the road in the night.", "morning"),
        ("天终于黑了，门口来了蜗牛，它从早上一直爬到现在。", "night"),
        ("早上他来了。他从昨天晚上起就没吃过东西。", "morning"),
        ("天一亮，宁生就进了城。", "dawn"),
        ("他推着车。路灯刚刚亮。", "dusk"),
        ("Ann walked along the road until dark.", "night"),
        ("Ann sat in the forest. “Good evening,” said the fox.", "dusk"),
        ("It was morning. “Good night,” said the fox.", "morning"),
        ("Ann came home at 17:20.", "dusk"),
        ("It was afternoon. At seven a tall man came in.", "dusk"),
        ("It was afternoon. The clock struck nine.", "night"),
        ("Ann had lunch. At twenty to three the doors opened.", "afternoon"),
        ("It was night. On Wednesday they came home.", "morning"),
        ("Ann sat there. She had six men.", "noon"),
        ("邮局的挂钟敲了八下，小明走了。", "morning"),
        ("中午，小明回家了。第二天六点，他出门了。", "morning"),
        ("天亮了。太阳升到头顶，小明走了。", "noon"),
        ("日头偏了西，小明走到街上。", "dusk"),
        ("下午，小明来了。月亮照着院子。", "night"),
        ("松林里，最后一点红光滑下去了。", "dusk"),
        ("天还蒙着一层青灰色，小明出海了。", "dawn"),
        ("下午，小明来了。风嚎了整整一夜。", "night"),
        ("下午，小明遇到江河，他昨天在山里冻了一夜。", "afternoon"),
        ("下午，小明来了。光线变成橘红色，又变成灰色。", "dusk"),
        ("下午，小明来了。他在庙里过了一夜。", "afternoon"),
        ("米铺打了烊，掌柜走了。", "night"),
        ("早上，小明来了。太阳最毒的时候，他走到街上。", "noon"),
        ("早上，小明来了。地上的影子缩成一小团。", "noon"),
        ("挂钟敲过十二下，小明走了。", "noon"),
        ("夜里，小明走了。东边的山刚镶上一道白边。", "dawn"),
        ("小明回来了，西边烧得通红。", "dusk"),
        ("下午，小明走在街上。街对面的霓虹灯刚刚亮起来。", "dusk"),
        ("课间操的时候，小明坐在操场上。", "morning"),
        ("天亮时，窗外一片白，原来夜里下了雪。", "dawn"),
        ("夜里，小明走了。一天，几个猎户来了。", "morning"),
        ("夜里，小明走了。过了六个秋天，渡口来了一顶轿子。", "morning"),
        ("夜里，小明走进山门。树叶上全是阳光。", "morning"),
        ("夜里，小明走进山门。他说：“树叶上全是阳光。”", "night"),
    ],
)
def test_the_hour(story: str, time: str) -> None:
    assert scenes(story)[-1].time == time


def test_seasons_and_weather_that_are_not_now() -> None:
    assert scenes("In the spring Ann dug the garden.")[0].season == "spring"
    assert scenes("It was July. The shop would be closed by Christmas.")[-1].season == "summer"
    assert scenes("It had not rained since the second week of April.")[0].season == ""
    assert scenes("It snowed. They came out of the snow into sunshine.")[-1].weather == "clear"
    assert scenes("It rained. Then the rain turned to snow.")[-1].weather == "snow"
    assert scenes("It was stormy. The storm had blown itself out.")[-1].weather == "clear"
    assert scenes("The wind blew. There was not a breath of wind.")[-1].weather == "clear"
    assert scenes("A traveller came in out of the rain.")[-1].weather == "rain"
    assert scenes("There was a storm. She asked to stay until the storm was over.")[-1].weather == "storm"
