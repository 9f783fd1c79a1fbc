"""What Chinese words tell the planner: who is there, who is only spoken of, who speaks, where and when it is."""

import pytest

from storyreel.domain.project import Style
from storyreel.domain.storyboard import SceneSpec, Storyboard
from storyreel.engines.backends.builtin.planner.chinese_names import chinese_names
from storyreel.engines.backends.builtin.planner.chinese_words import chinese_words
from storyreel.engines.backends.builtin.planner.name_evidence import evident_names
from storyreel.engines.backends.builtin.planner.name_patterns import patterned_names
from storyreel.engines.backends.builtin.planner.plan import plan
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary
from storyreel.engines.contracts.story import StoryRequest


def board(story: str) -> Storyboard:
    return plan(lambda _: None, StoryRequest(story, "A story", Style.CINEMATIC))


def last(story: str) -> SceneSpec:
    return board(story).shots[-1].scene


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他踮着脚说", ["他", "踮着", "脚", "说"]),
        ("我爸来了", ["我", "爸", "来", "了"]),
        ("守塔人睡了", ["守塔人", "睡", "了"]),
        ("一个点灯匠走来", ["一个", "点灯匠", "走来"]),
        ("停着一辆车", ["停", "着", "一辆", "车"]),
        ("给小黄狗洗澡", ["给", "小黄狗", "洗澡"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word for word, _ in chinese_words(text)] == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("托马斯·格林在岛上守塔。", {"托马斯·格林", "托马斯"}),
        ("划船经过的老吴认出了我。", {"老吴"}),
        ("山上有个画师，姓张，名僧繇，白胡子。", {"僧繇", "张僧繇"}),
        ("乌龟石头搬家了。石头走得慢。石头笑了。", {"石头"}),
        ("船长苏雅飘了过来。苏雅笑了。", {"苏雅"}),
        ("后羿射下了太阳。", {"后羿"}),
        ("马老三走进来，张二叔笑了。第二哥。", {"马老三", "张二叔"}),
        ("石桌归老马和老葛。老牛和老羊在吃草。", {"老马", "老葛"}),
        ("阿豹走了。大家去找阿豹。阿拉伯在西边，阿拉伯人来了，阿姨笑了，阿姨走了。", {"阿豹"}),
        (
            "从前有个姑娘叫杏儿，大汉叫铁牛，他有个儿子，叫羊生。妈妈叫我，公鸡叫了三遍，老师叫家长。",
            {"杏儿", "铁牛", "羊生"},
        ),
        ("她喝了一杯牛奶，小青蛙跳进水里，老马在棚里。", set[str]()),
        ("保安老马打着瞌睡。", {"老马"}),
    ],
)
def test_names_by_what_stands_around_them(text: str, names: set[str]) -> None:
    assert patterned_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("马骏每天送信。马骏蹲下来。", {"马骏"}),
        ("“石磊，快来！”石磊点了点头。", {"石磊"}),
        ("妈妈对欧阳雪说。欧阳雪的眼睛亮了。", {"欧阳雪"}),
        ("狗蛋跑进院子，狗蛋笑着喊娘。", {"狗蛋"}),
        ("小兔子跳跳来了。跳跳竖起耳朵。", {"跳跳"}),
        ("丁一刚走到门口。丁一笑了。", {"丁一"}),
        ("黑子是村里的铁匠。黑子打铁。", {"黑子"}),
        ("青禾说：“好。”妈妈和青禾走了。", {"青禾"}),
        ("渔家少年海生每天出海。海生会唱歌。", {"海生"}),
        ("太阳说：“起来！”太阳升起来了。春天是最美的季节。春天来了。", set[str]()),
        ("天空很蓝，黑乎乎的影子跑了过来，黑乎乎的手。太阳笑了，太阳走了。", set[str]()),
    ],
)
def test_names_by_what_is_told_of_them_again(text: str, names: set[str]) -> None:
    assert evident_names(text, vocabulary()) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("马大鹏今天送最后一单。大鹏笑了。", {"马大鹏", "大鹏"}),
        ("台下的人只认那张红脸，那张红脸不笑。", set[str]()),
        ("墙上的钟已经过了十一点。隧道里已经亮了，钟已经停了。", set[str]()),
        ("马厩里有三十匹马，一匹老白马。一匹走了，一匹来了，一匹笑了。", set[str]()),
        ("老周笑了。多多跑了。多多坐下来说：“老周！”", {"老周", "多多"}),
    ],
)
def test_a_name_is_no_number_and_no_word_that_joins(text: str, names: set[str]) -> None:
    assert chinese_names(text, vocabulary()) == names


@pytest.mark.parametrize(
    ("story", "kinds"),
    [
        ("小黄狗住在巷子里。小黄狗跑了。", ["dog"]),
        ("大花猫睡着了。老黄牛走过来。", ["cat", "cow"]),
        ("小黄鸭子跳进水里，小黄鸭子笑了。", ["duck"]),
        ("山洞里住着一条巨龙。巨龙张开嘴，喷出火来。", ["dragon"]),
        ("老王走在街上。", ["man"]),
        ("小熊对妈妈说：“我想看雪。”熊妈妈笑了。", ["bear", "bear"]),
        ("小女孩抱着小熊。妈妈笑了。", ["girl", "bear", "woman"]),
        ("瘦高个推开门。瘦高个说：“拿钱来！”", ["man"]),
        ("二丫抬起头。二丫笑了。", ["girl"]),
        ("铁蛋爬上树。铁蛋说：“别怕。”", ["boy"]),
        ("小石头跑过来。小石头说：“娘！”", ["kid"]),
        ("女儿程小燕下班了。程小燕笑了。", ["woman"]),
        ("小顾走进公司。小顾笑了。", ["man"]),
        ("陈先生走进店里。", ["man"]),
        ("“走吧。”梁野说。", ["man"]),
        ("一位侠客走进客栈。女侠笑了。", ["swordsman", "swordsman"]),
        ("林晓梅医生走了进来。", ["doctor"]),
        ("“快跑！”高声喊道。", []),
    ],
)
def test_kinds(story: str, kinds: list[str]) -> None:
    assert [character.kind for character in board(story).characters] == kinds


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param("我和爷爷坐在院子里。我笑了。", [["我", "爷爷"], ["我"]], id="the narrator"),
        pytest.param("狐狸坐在地上，笑得像个偷到糖的孩子。", [["狐狸"]], id="compared"),
        pytest.param("小明学着大人的样子磕头。", [["小明"]], id="imitated"),
        pytest.param("小明死了父亲，一个人过日子。", [["小明"]], id="lost"),
        pytest.param("小红在树下乘凉，连青蛙都懒得叫。", [["小红"]], id="even they"),
        pytest.param("老王一路上想的都是鱼。", [["老王"]], id="only wanted"),
        pytest.param("小红给妈妈打电话，手机上有姐姐发来的一张照片。", [["小红"]], id="far away"),
        pytest.param("老王和同学走散了。", [["老王"]], id="parted from"),
        pytest.param("路边坐着个背包的小伙子。他叫江河，脸很白。", [["江河"], ["江河"]], id="told by name later"),
        pytest.param("老王养了一条叫黄豆的狗。黄豆跑了过来。", [["老王", "黄豆"], ["黄豆"]], id="a pet called so"),
        pytest.param("老王在路上走。一只受伤的狼从林子里窜出来。", [["老王"], ["狼"]], id="described"),
        pytest.param("我爸是邮递员。爸骑着车。", [["爸"], ["爸"]], id="said to be"),
        pytest.param("一个高个子男孩走来。男孩笑了。", [["男孩"], ["男孩"]], id="two words for one"),
        pytest.param("保洁阿姨推着车。阿姨笑了。", [["阿姨"], ["阿姨"]], id="a shorter word"),
        pytest.param("从树上跳下一只松鼠。它叫了一声。", [["松鼠"], ["松鼠"]], id="comes upon the scene"),
        pytest.param("农夫走进马棚里。", [["农夫"]], id="no horse"),
        pytest.param("后来人们说起这件事，都笑了。", [[]], id="people of later days"),
        pytest.param("小红在树下看书，蝉叫得人心烦。", [["小红"]], id="only heard"),
        pytest.param("鹰嘴崖下，小红坐着，耳边响起爷爷的声音。", [["小红"]], id="no eagle, and only in the mind"),
        pytest.param("小红说，她娘病了。", [["小红"]], id="told by mouth"),
        pytest.param("亲爱的妈妈：我到学校了。妈，您别惦记。", [["我"], ["我"]], id="written to"),
        pytest.param("小红走进屋，爷爷的床是空的。", [["小红"]], id="gone"),
        pytest.param(
            "石匠老魏和徒弟阿青坐着。狐狸来了。师徒俩笑了。",
            [["老魏", "阿青"], ["狐狸"], ["老魏", "阿青"]],
            id="a pair",
        ),
        pytest.param("沈知县坐在堂上。沈大人笑了。", [["沈知县"], ["沈知县"]], id="another title"),
        pytest.param("县里来了位姓沈的知县。沈知县回过神来。", [["沈知县"], ["沈知县"]], id="whose surname is told"),
        pytest.param("车上坐着一个戴草帽的老汉。", [["老汉"]], id="a straw hat is no name"),
        pytest.param("苏敏走来。苏敏笑了。敏敏跑了过来。", [["苏敏"]] * 3, id="a fond name"),
        pytest.param(
            "小红和阿福吵了起来。老村长把两人带走了。", [["小红", "阿福"], ["小红", "村长", "阿福"]], id="done to them"
        ),
        pytest.param(
            "老龟来了。小红来了。他拍拍小红的头。", [["龟"], ["小红"], ["小红", "龟"]], id="he is somebody else"
        ),
        pytest.param("一个黑影蹲在地里。黑影哭了，原来是二毛。", [["二毛"], ["二毛"]], id="turns out to be"),
        pytest.param("小红走到湖边，一只大雁也没有。", [["小红"]], id="not one"),
        pytest.param(
            "蝴蝶在花上飞。小明和妈妈在看花。大家都笑了。",
            [["蝴蝶"], ["妈妈", "小明"], ["妈妈", "小明"]],
            id="everybody, but no butterflies",
        ),
        pytest.param("鸭妈妈走了。灰小鸭躲在湖边。", [["鸭妈妈"], ["小鸭"]], id="no mother of her own"),
        pytest.param("坐在对面的老爷爷笑了。", [["老爷爷"]], id="described by what they do"),
        pytest.param("小红在院子里堆雪人。她笑了。", [["小红"], ["小红"]], id="a snowman is a thing"),
        pytest.param("小明坐船去看外婆。", [["小明"]], id="gone to see"),
        pytest.param("松鼠走了。河狸来了。", [["松鼠"], ["河狸"]], id="alike, but another animal"),
        pytest.param("强盗闯进了屋里。坏人笑了。", [["强盗"], ["强盗"]], id="the villain"),
        pytest.param(
            "妻子嫦娥走了。后羿摆上桌子，放上嫦娥最爱吃的水果。", [["嫦娥"], ["后羿"]], id="what somebody likes"
        ),
        pytest.param("护士林晓梅笑了。小林坐下来。", [["林晓梅"], ["林晓梅"]], id="a familiar name"),
    ],
)
def test_who_is_on_stage(story: str, expected: list[list[str]]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    assert [sorted(names[one.character] for one in shot.scene.subjects) for shot in planned.shots] == expected


@pytest.mark.parametrize(
    ("story", "speakers"),
    [
        ("小明和爷爷坐在院子里。“爷爷，您累吗？”“不累。”", [None, "小明", "爷爷"]),
        ("小明走进屋里。“吃饭了。”妈妈端来一碗面。", [None, "妈妈", None]),
        ("老牛忽然开口说了话。“翻过那座山。”牛郎半信半疑。", [None, "牛", None]),
        ("小明抱着鞋盒坐在屋里，鞋盒里传出一声“喵”。", [None]),
        ("小明和小红坐在院子里。小红问：“你饿了吗？”\n“不饿……一点也不饿。”他说。", [None, "小红", "小明"]),
        ("小明走进屋里，他问小红：“你饿吗？”小红笑着说：“我饿了。”", ["小明", "小红"]),
    ],
)
def test_who_speaks(story: str, speakers: list[str | None]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    assert [names.get(shot.scene.speaker or "") for shot in planned.shots] == speakers


@pytest.mark.parametrize(
    ("story", "time", "weather"),
    [
        ("半夜，她醒了。太阳已经从山后爬上来了。", "morning", "clear"),
        ("天已经黑了，风像一群野马冲过来。", "night", "wind"),
        ("她问：雾是谁家的？", "noon", "clear"),
        ("有一晚，小明在院子里乘凉。", "night", "clear"),
        ("小明走进隧道，里面一片漆黑。小明走回村里。", "noon", "clear"),
        ("路上一片漆黑。小明走回村里。", "night", "clear"),
        ("天亮了。吃过早饭，小明出门了。", "morning", "clear"),
        ("“下午好，”老师说。", "afternoon", "clear"),
        ("外面下着大雨。那天夜里雨停了，满天都是星星。", "night", "clear"),
        ("夜里下着大雪。雨刷来回摆着。", "night", "snow"),
    ],
)
def test_when_it_is(story: str, time: str, weather: str) -> None:
    assert (last(story).time, last(story).weather) == (time, weather)


@pytest.mark.parametrize(
    ("story", "time", "season"),
    [
        ("中午，小明打开门，点着灯。", "noon", ""),
        ("加完班，小明走进地铁站。", "night", ""),
        ("早晨，小明跑快了一点。", "morning", ""),
        ("小明醒来，天边已经泛白。", "dawn", ""),
        ("这天鸡还没叫，小明就出了门。", "dawn", ""),
        ("秋天，小明走进林子。萤火虫飞了过来。", "night", "autumn"),
        ("秋天，小明走回家。十七岁那年冬天，他掉进了井里。", "noon", "autumn"),
        ("秋天，小明睡着了。冰化了，小明醒来。", "noon", "spring"),
    ],
)
def test_when_and_in_which_season_it_is(story: str, time: str, season: str) -> None:
    scene = last(story)
    assert (scene.time, scene.season) == (time, season)


@pytest.mark.parametrize(
    "story",
    ["小明站在海边，连个船影都没有。", "他手里哪有什么雨伞。", "小明拿书本当扇子。", "乌云把太阳吞得干干净净。"],
)
def test_things_that_are_not_there_are_not_drawn(story: str) -> None:
    assert not set(last(story).props) & {"boat", "umbrella", "fan", "sun"}


@pytest.mark.parametrize(
    ("story", "deeds"),
    [
        pytest.param(
            "后羿背着弓箭，射下了九个太阳。", [("后羿", "shoot", "bow", None)], id="what is done, not carried"
        ),
        pytest.param(
            "小明拿出一颗苹果，递给妈妈。",
            [("小明", "give", "apple", "妈妈"), ("妈妈", "stand", None, None)],
            id="taken out and handed over",
        ),
        pytest.param(
            "妈妈笑了，把书递给小明。",
            [("妈妈", "give", "book", "小明"), ("小明", "stand", None, None)],
            id="laughing and handing over",
        ),
        pytest.param(
            "小红给了小明一个苹果。",
            [("小红", "give", "apple", "小明"), ("小明", "stand", None, None)],
            id="gave",
        ),
        pytest.param(
            "妈妈给小红洗澡。", [("妈妈", "work", None, None), ("小红", "stand", None, None)], id="for somebody"
        ),
        pytest.param(
            "小明骑着白马上了山。",
            [("小明", "ride", None, "白马"), ("白马", "stand", None, None)],
            id="what is ridden is there",
        ),
        pytest.param("小红抓住绳子，被拉上了岸。", [("小红", "hold", None, None)], id="done to them"),
        pytest.param("有个少年叫石生。", [("石生", "stand", None, None)], id="is called"),
        pytest.param("小明想飞上天。", [("小明", "think", None, None)], id="only wished"),
        pytest.param("小明不相信龙会吃人。", [("小明", "stand", None, None)], id="only believed"),
        pytest.param("天上飘起了小雨，小猫躲在树下。", [("小猫", "hide", None, None)], id="the rain flies, no cat"),
        pytest.param("皇帝命他去打仗。", [("皇帝", "stand", None, None)], id="only ordered"),
        pytest.param("书从桌上掉下来，小明坐下了。", [("小明", "sit", None, None)], id="the book fell"),
        pytest.param("小猴子去找吃的。", [("猴子", "stand", None, None)], id="food"),
        pytest.param(
            "爸爸带着小红去海边。",
            [("爸爸", "walk", None, None), ("小红", "stand", None, None)],
            id="taken along, not carried",
        ),
        pytest.param("小明背着弓箭上山。", [("小明", "walk", "bow", None)], id="on the back"),
        pytest.param("小红趴在窗边看雨。", [("小红", "look_up", None, None)], id="leans at the window"),
        pytest.param("老板娘端来一碗面。", [("老板娘", "hold", "bowl", None)], id="a bowl"),
        pytest.param("小红手里捧着一束花。", [("小红", "hold", "flower", None)], id="a flower"),
    ],
)
def test_what_is_done(story: str, deeds: list[tuple[str, str, str | None, str | None]]) -> None:
    planned = board(story)
    names = {character.id: character.name for character in planned.characters}
    subjects = planned.shots[-1].scene.subjects
    told = [(names[one.character], one.pose, one.holds, names.get(one.toward or "")) for one in subjects]
    assert [one for one in told if one[0] != "龙"] == deeds


@pytest.mark.parametrize(
    ("story", "props"),
    [
        ("小明下了车，走进村子。", ()),
        ("小明坐车去村子里。", ()),
        ("村口停着一辆红色的汽车。", ("red car",)),
        ("他额头上鼓起个鸡蛋大的包。", ()),
        ("窗台上摆着一朵花。", ("flower",)),
        ("院子里有一面国旗和一只小桶。", ("bucket", "flag")),
        ("水面上浮起一层油花，屋里有一台冰箱。", ()),
    ],
)
def test_things(story: str, props: tuple[str, ...]) -> None:
    assert tuple(sorted(last(story).props)) == props


def test_an_animal_has_the_colour_that_its_word_begins_with() -> None:
    assert [character.looks for character in board("白马跑过草地。").characters] == ["a white horse"]


def test_a_title_in_its_brackets_shows_nobody() -> None:
    assert board("《小灰兔回家了》\n\n冬天到了。").shots[0].scene.subjects == ()


def test_who_rides_in_a_train_is_in_it_until_they_get_off() -> None:
    story = "小明坐着火车回家。他趴在窗边看。田野往后跑。火车到站了，他下了车，走到街上。"
    assert [shot.scene.setting for shot in board(story).shots] == ["train", "train", "train", "street"]


def test_rain_is_nobody_though_somebody_is_called_so() -> None:
    planned = board("小雨和爷爷坐在院子里。天上飘起了小雨。小雨说：“爷爷，等等我。”")
    names = {character.id: character.name for character in planned.characters}
    assert [[names[one.character] for one in shot.scene.subjects] for shot in planned.shots] == [
        ["小雨", "爷爷"],
        [],
        ["小雨"],
    ]
    assert [shot.scene.weather for shot in planned.shots] == ["clear", "rain", "rain"]
