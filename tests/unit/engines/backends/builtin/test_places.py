"""The built-in illustrator's places: each its own, in every light, weather, season and shape; alike in every shot."""

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from numpy.typing import NDArray

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.compose import Composition, compose
from storyreel.engines.backends.builtin.illustrator.layers import Role
from storyreel.engines.backends.builtin.illustrator.palette import hour_of, palette
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.backends.builtin.illustrator.settings import OLD_CHINA, SETTINGS
from storyreel.engines.backends.builtin.vocabulary import entries
from storyreel.engines.contracts.image import ImageRequest

TINY, TALL, WIDE = Canvas(128, 72), Canvas(72, 128), Canvas(168, 72)
OUTDOORS = sorted(
    name for name, setting in SETTINGS.items() if not setting.air and name not in ("sky", "sea", "abstract", "beach")
)
BARE = ("desert", "harbour", "market", "ship", "station", "jungle")
"""Where little or nothing turns yellow."""
ROOMS = sorted(name for name, setting in SETTINGS.items() if setting.air == "room")
BAMBOO = Character("li", "Li", "girl", "chinese, red coat", 3)
FOLDER = resources.files("storyreel.engines.backends.builtin.illustrator").joinpath("settings")


def request(
    scene: SceneSpec, style: Style = Style.CINEMATIC, canvas: Canvas = TINY, cast: tuple[Character, ...] = ()
) -> ImageRequest:
    return ImageRequest("", style, canvas, 7, scene=scene, characters=cast)


def drawn(scene: SceneSpec, style: Style = Style.CINEMATIC, canvas: Canvas = TINY) -> NDArray[np.float64]:
    return still(request(scene, style, canvas)).astype(float)


def shape(composition: Composition, name: str) -> NDArray[np.uint8]:
    """Where a layer is opaque, on the whole canvas."""
    scene = composition.scene
    canvas = np.zeros((scene.height_px + 400, scene.width_px + 400), np.uint8)
    for layer in composition.scene.layers:
        if layer.name == name:
            x, y = round(layer.at[0]), round(layer.at[1])
            height, width = layer.picture.shape[:2]
            canvas[y : y + height, x : x + width] = layer.picture[..., 3]
    return canvas


def test_every_setting_that_has_words_is_a_drawing_of_its_own() -> None:
    assert set(entries("settings")) == set(SETTINGS)
    assert not [name for name, entry in entries("settings").items() if "like" in entry]
    assert len(SETTINGS) >= 44


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_a_setting_is_a_picture_in_any_shape_light_weather_and_season(setting: str) -> None:
    by_day = drawn(SceneSpec(setting), Style.ANIME, WIDE)
    by_night = drawn(SceneSpec(setting, "night", season="winter"), Style.REALISTIC, TALL)
    in_rain = drawn(SceneSpec(setting, "dusk", "rain", season="autumn"), Style.CINEMATIC)
    for picture in (by_day, by_night, in_rain):
        assert picture.reshape(-1, 3).std(axis=0).max() > 8, "a blank picture"
        columns = picture.mean(axis=(0, 2))
        assert columns.max() - columns.min() < 200
    assert by_night.mean() > 14, "too dark to read"


def test_no_two_settings_look_alike() -> None:
    pictures = {name: drawn(SceneSpec(name), Style.ANIME) for name in SETTINGS}
    names = sorted(pictures)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(pictures[one] - pictures[other]).mean() > 9, (one, other)


@pytest.mark.parametrize("setting", [name for name in OUTDOORS if name != "snow"])
def test_the_seasons_are_seen(setting: str) -> None:
    summer = drawn(SceneSpec(setting, season="summer"))
    assert np.abs(drawn(SceneSpec(setting, season="winter")) - summer).mean() > 1
    if setting not in BARE:
        assert np.abs(drawn(SceneSpec(setting, season="autumn")) - summer).mean() > 0.6


def test_winter_lies_white_on_the_ground_and_snowfall_brings_it() -> None:
    foot = slice(60, 72), slice(40, 88)  # between the stones that lie nearest
    green = drawn(SceneSpec("meadow", season="summer"), Style.ANIME)[foot]
    for scene in (SceneSpec("meadow", season="winter"), SceneSpec("meadow", weather="snow")):
        white = drawn(scene, Style.ANIME)[foot]
        assert np.ptp(white.mean(axis=(0, 1))) < np.ptp(green.mean(axis=(0, 1))) / 2


@pytest.mark.parametrize("setting", ["village", "forest", "street", "farm", "kitchen", "courtyard", "harbour", "road"])
def test_a_place_stays_put_whatever_the_hour_and_the_weather(setting: str) -> None:
    noon = compose(request(SceneSpec(setting)), TINY)
    names = {layer.name for layer in noon.scene.layers if layer.role is Role.LAND}
    for changed in (SceneSpec(setting, "night"), SceneSpec(setting, "dusk", "rain"), SceneSpec(setting, mood="tense")):
        other = compose(request(changed), TINY)
        for name in names - {"clouds 0", "clouds 1"}:
            difference = np.abs(shape(noon, name).astype(int) - shape(other, name)).mean()
            assert difference < 0.3, (name, changed)


def test_another_story_has_another_village() -> None:
    one, other = (replace(request(SceneSpec("village")), seed=seed) for seed in (1, 2))
    assert np.abs(still(one).astype(float) - still(other)).mean() > 2


@pytest.mark.parametrize("setting", ROOMS)
def test_a_rooms_windows_show_the_hour_and_the_weather(setting: str) -> None:
    noon, night, rain = (
        drawn(scene, Style.ANIME)
        for scene in (SceneSpec(setting), SceneSpec(setting, "night"), SceneSpec(setting, "noon", "rain"))
    )
    assert noon.mean() > night.mean() + 15
    assert noon.mean() > rain.mean() + 4


@pytest.mark.parametrize("framing", [Framing.MEDIUM, Framing.CLOSE])
def test_nearer_framings_show_a_place_nearer(framing: Framing) -> None:
    wide = drawn(SceneSpec("kitchen"))
    assert np.abs(drawn(SceneSpec("kitchen", framing=framing)) - wide).mean() > 4


def test_a_chinese_cast_lives_in_a_chinese_village() -> None:
    scene = SceneSpec("village")
    here = still(request(scene, cast=(BAMBOO,))).astype(float)
    there = still(request(scene, cast=(replace(BAMBOO, looks="red coat"),)))
    assert np.abs(here - there).mean() > 2


def test_there_is_one_bed_in_a_bedroom() -> None:
    awake = SceneSpec("bedroom", subjects=(Subject("li", "stand"),))
    asleep = SceneSpec("bedroom", subjects=(Subject("li", "sleep"),))
    by_the_wall, free = (shape(compose(request(scene, cast=(BAMBOO,)), TINY), "furniture") for scene in (awake, asleep))
    assert (by_the_wall > 0).sum() > (free > 0).sum() + 100


def test_every_piece_can_be_drawn_and_rooms_ask_for_none_that_is_not_there() -> None:
    rooms = json.loads(FOLDER.joinpath("rooms.json").read_text("utf-8"))["rooms"]
    for room in rooms.values():
        for row in (*room["wall"], *room["beside"], *room["near"]):
            assert scenery.breadth(row[0]) > 0
    scene = compose(request(SceneSpec("meadow", "night")), TINY).scene
    for file in FOLDER.joinpath("pieces").iterdir():
        name = file.name.removesuffix(".svg")
        assert scenery.piece(name).box[1] <= -60, f"{name} does not stand on its origin"
        sheet = scene.drawing()
        scenery.put(scene, sheet, name, scene.x(0.5), scene.y(0.9), scene.tall(0.6), 1)
        assert (scene.shown(sheet)[0][..., 3] > 128).sum() > 40, name


def test_what_stands_in_a_room_does_not_stand_in_one_place() -> None:
    tall = compose(request(SceneSpec("shop"), canvas=TALL), TALL)
    wide = compose(request(SceneSpec("shop"), canvas=WIDE), WIDE)
    assert (shape(wide, "furniture") > 0).sum() > (shape(tall, "furniture") > 0).sum()


def test_lamps_light_up_by_night_alone() -> None:
    noon, night = (compose(request(SceneSpec("park", time)), TINY).scene for time in ("noon", "night"))
    assert not noon.lamps
    assert len(night.lamps) >= 2


@pytest.mark.parametrize(
    ("air", "time", "weather", "season", "hour"),
    [
        ("", "noon", "clear", "", "day"),
        ("", "noon", "clear", "winter", "winter"),
        ("", "night", "storm", "", "night"),
        ("", "morning", "fog", "winter", "overcast"),
        ("room", "noon", "clear", "", "room_day"),
        ("room", "noon", "rain", "", "room_gloom"),
        ("room", "night", "rain", "", "room_night"),
        ("water", "night", "clear", "", "water_night"),
        ("space", "dusk", "rain", "", "space"),
    ],
)
def test_the_hours_palette(air: str, time: str, weather: str, season: str, hour: str) -> None:
    assert hour_of(air, time, weather, season) == hour
    for style in Style:
        assert len(palette(style, hour, "calm").sky) == 4


@pytest.mark.parametrize("setting", sorted(OLD_CHINA))
def test_old_china_has_places_of_its_own(setting: str) -> None:
    here, there = (drawn(SceneSpec(setting, culture=culture)) for culture in ("chinese modern", "chinese"))
    assert np.abs(here - there).mean() > 4


def test_the_culture_is_the_scenes_or_else_what_its_people_wear() -> None:
    dressed = SceneSpec("street", subjects=(Subject("li"),))
    told = replace(dressed, culture="medieval")
    assert compose(request(dressed, cast=(BAMBOO,)), TINY).scene.spec.culture == "chinese"
    assert compose(request(told, cast=(BAMBOO,)), TINY).scene.spec.culture == "medieval"


def test_a_place_alone_has_something_near_and_birds_by_day() -> None:
    def names(scene: SceneSpec) -> set[str]:
        return {layer.name for layer in compose(request(scene), TINY).scene.layers}

    assert {"foreground", "birds"} <= names(SceneSpec("meadow"))
    assert "birds" not in names(SceneSpec("meadow", "night"))
    assert not {"foreground", "birds"} & names(SceneSpec("meadow", subjects=(Subject("bob"),)))
    assert "foreground" not in names(SceneSpec("meadow", props=("letter",)))


@pytest.mark.parametrize("culture", ["", "chinese"])
def test_a_stall_leaves_the_stage_free_however_narrow_the_picture(culture: str) -> None:
    for canvas in (TINY, TALL):
        composition = compose(request(SceneSpec("market", culture=culture), canvas=canvas), canvas)
        stall = shape(composition, "near stall" if culture else "stall")
        columns = np.flatnonzero((stall > 128).any(axis=0))
        assert 0 < columns.max() < composition.scene.x(0.32) * composition.scene.px


def test_fog_hides_what_is_far() -> None:
    far = slice(30, 44), slice(10, 80)
    for time in ("noon", "dusk"):
        clear, fog = (drawn(SceneSpec("mountain", time, weather))[far] for weather in ("clear", "fog"))
        assert fog.std() < clear.std() * 0.8
