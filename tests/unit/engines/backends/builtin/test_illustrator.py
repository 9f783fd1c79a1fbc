"""The built-in illustrator: stills of every setting, style and shape, and who looks like what."""

import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Camera, Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator import INFO, BuiltinImageEngine, art
from storyreel.engines.backends.builtin.illustrator.actors import actor_of
from storyreel.engines.backends.builtin.illustrator.compose import compose
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.cast import is_person, person_of, read_looks
from storyreel.engines.backends.builtin.illustrator.render import cover, drawn_canvas, still
from storyreel.engines.backends.builtin.illustrator.settings import SETTINGS
from storyreel.engines.backends.builtin.illustrator.words import color_in, color_of, drawn_setting, known
from storyreel.engines.backends.builtin.vocabulary import entries
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.testing.conformance import RecordingJob

SMALL = Canvas(256, 144)
TOM = Character("tom", "Tom", "boy", "striped red shirt", 3)
FOX = Character("fox", "Vix", "fox", "", 4)
GARDEN = SceneSpec("garden", "night", subjects=(Subject("tom", "work"),), props=("rocket",))


def request(
    scene: SceneSpec | None, style: Style = Style.CINEMATIC, canvas: Canvas = SMALL, seed: int = 7
) -> ImageRequest:
    return ImageRequest("a prompt", style, canvas, seed, scene=scene, characters=(TOM, FOX))


def assert_a_picture(picture: NDArray[np.uint8], canvas: Canvas) -> None:
    assert picture.shape == (canvas.height, canvas.width, 3)
    assert picture.dtype == np.uint8
    colors = picture.reshape(-1, 3).astype(float)
    assert colors.std(axis=0).max() > 8, "a blank picture"
    assert np.ptp(colors, axis=1).mean() > 4, "a grey picture"


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_every_setting_is_a_picture(setting: str) -> None:
    scene = SceneSpec(setting, "noon", subjects=(Subject("tom", "walk"), Subject("fox")), props=("tree",))
    assert_a_picture(still(request(scene, Style.REALISTIC)), SMALL)


@pytest.mark.parametrize(
    ("width", "height"),
    [(256, 144), (144, 256), (192, 192), (256, 192), (336, 144), (144, 144), (1000, 144), (144, 800)],
)
def test_every_shape_is_filled_to_its_edges(width: int, height: int) -> None:
    canvas = Canvas(width, height)
    picture = still(request(replace(GARDEN, time="noon"), canvas=canvas))
    assert_a_picture(picture, canvas)
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert edge.max() > 20, "a black bar"


def test_the_same_request_gives_the_same_pixels() -> None:
    assert np.array_equal(still(request(GARDEN)), still(request(GARDEN)))


def test_another_seed_gives_another_picture() -> None:
    assert not np.array_equal(still(request(GARDEN, seed=1)), still(request(GARDEN, seed=2)))


def test_the_three_styles_are_distinct() -> None:
    pictures = [still(request(replace(GARDEN, time="noon"), style)).astype(float) for style in Style]
    for i in range(3):
        assert np.abs(pictures[i] - pictures[(i + 1) % 3]).mean() > 8


def test_the_time_of_day_and_the_weather_are_seen() -> None:
    noon, night = (still(request(replace(GARDEN, time=time))).mean() for time in ("noon", "night"))
    assert noon > night + 30
    calm = still(request(replace(GARDEN, time="noon"))).astype(float)
    for weather in ("rain", "snow", "storm", "fog", "wind"):
        picture = still(request(replace(GARDEN, time="noon", weather=weather)))
        assert np.abs(picture - calm).mean() > 0.05, weather


def test_without_a_scene_there_is_a_wash_of_colour_and_not_always_the_same() -> None:
    pictures = [still(request(None, seed=seed)) for seed in (1, 2)]
    assert_a_picture(pictures[0], SMALL)
    assert np.abs(pictures[0].astype(float) - pictures[1]).mean() > 5


def test_words_that_nobody_knows_still_give_a_picture() -> None:
    scene = SceneSpec(
        "qwerty", "whenever", "odd", "plaid", subjects=(Subject("nobody", "zigzag", "beige", holds="glorp"),)
    )
    assert_a_picture(still(request(scene)), SMALL)


def test_an_unknown_prop_draws_nothing() -> None:
    bare = replace(GARDEN, props=())
    assert np.array_equal(still(request(bare)), still(request(replace(bare, props=("flibbertigibbet",)))))


@pytest.mark.parametrize("framing", list(Framing))
def test_a_figure_is_larger_the_closer_the_shot(framing: Framing) -> None:
    scene = replace(GARDEN, framing=framing, props=())
    staged = compose(request(scene), SMALL).stage
    sizes = {Framing.WIDE: (0.2, 0.5), Framing.MEDIUM: (0.4, 0.8), Framing.CLOSE: (0.8, 1.5)}
    low, high = sizes[framing]
    assert low < staged.actors[0].spot.size / 720 < high


def test_two_who_meet_face_each_other_and_do_not_overlap() -> None:
    scene = SceneSpec("meadow", subjects=(Subject("tom", "talk"), Subject("fox")))
    for canvas in (SMALL, Canvas(144, 256)):
        left, right = compose(request(scene, canvas=canvas), canvas).stage.actors
        assert not left.mirrored
        assert right.mirrored
        assert left.spot.x < right.spot.x
        gap = right.spot.x - left.spot.x
        assert gap > left.spot.size * 0.3


def test_people_wear_suits_on_the_moon_and_ride_in_boats_at_sea() -> None:
    moon = compose(request(SceneSpec("moon", subjects=(Subject("tom"),))), SMALL).stage
    assert moon.actors[0].person is not None
    assert moon.actors[0].person.coat == "suit"
    sea = compose(request(SceneSpec("sea", subjects=(Subject("tom"),))), SMALL).stage
    assert sea.boat is not None


def test_who_sleeps_in_a_room_lies_in_bed() -> None:
    staged = compose(request(SceneSpec("bedroom", "night", subjects=(Subject("tom", "sleep"),))), SMALL).stage
    bed = next(prop for prop in staged.props if prop.name == "bed")
    assert abs(staged.actors[0].spot.turn) == 90
    assert abs(staged.actors[0].spot.x - bed.spot.x) < bed.spot.size


def test_a_character_looks_the_same_in_every_shot_and_unlike_others() -> None:
    first, again = (person_of(TOM) for _ in range(2))
    assert first == again
    others = {person_of(Character(str(seed), "", "kid", "", seed)) for seed in range(12)}
    assert len(others) > 9


def test_looks_are_read() -> None:
    person = person_of(Character("a", "Ada", "girl", "long black hair, a red raincoat and blue boots", 1))
    assert (person.hair, person.coat) == ("long", "rain")
    assert person.hair_color == read_looks("black hair")["hair_color"]
    assert person.coat_color == read_looks("red coat")["coat_color"]
    assert person.shoes == read_looks("blue shoes")["shoes"]
    assert read_looks("green, with a hat") == {"hat": "fedora"}


def test_an_animals_fur_follows_its_looks() -> None:
    white = Character("h", "H", "horse", "white coat", 1)
    black = Character("h", "H", "horse", "black fur", 1)
    assert (
        zoo.animal(white, "stand", 0, "calm")[0].raster(60, 50).sum()
        > zoo.animal(black, "stand", 0, "calm")[0].raster(60, 50).sum()
    )


def test_every_word_of_the_vocabulary_can_be_drawn() -> None:
    for name in entries("settings"):
        assert drawn_setting(name) in SETTINGS
    for name, entry in entries("kinds").items():
        drawn = str(entry.get("like", name))
        assert is_person(drawn) or zoo.is_animal(drawn) or art.piece(drawn), name
    for name, entry in entries("props").items():
        assert art.piece(str(entry.get("like", name))), name


@pytest.mark.parametrize("group", ["settings", "kinds", "props", "poses", "expressions", "times", "weathers", "moods"])
def test_every_entry_has_words_in_both_languages(group: str) -> None:
    for name, entry in entries(group).items():
        assert entry["en"], name
        assert entry["zh"], name


def test_words_are_found_by_meaning() -> None:
    assert known("settings", "backyard") == "garden"
    assert known("props", "old oak trees") == "tree"
    assert known("kinds", "grandmother") == "old woman"
    assert known("props", "flibbertigibbet") is None
    assert drawn_setting("atlantis") == "meadow"


def test_every_drawing_in_the_catalog_is_there_and_keeps_its_ids_to_itself() -> None:
    folder = resources.files("storyreel.engines.backends.builtin.illustrator").joinpath("art")
    names = set(json.loads(folder.joinpath("catalog.json").read_text("utf-8"))["art"])
    seen: dict[str, str] = {}
    for file in folder.iterdir():
        for identifier in re.findall(r' id="([^"]+)"', file.read_text("utf-8")):
            assert seen.setdefault(identifier, file.name) == file.name
            assert not re.fullmatch(r"n\d+", identifier)
    for name in names:
        assert art.draw(name).raster(40, 40)[..., 3].max() > 0.5, name


def test_things_have_the_colour_that_is_told() -> None:
    for name in ("umbrella", "balloon", "boat", "letter"):
        own, blue = (art.draw(name, paint).raster(60, 60) for paint in ("", "#2040c0"))
        assert np.abs(own - blue).max() > 0.3
        assert (blue[..., 2] - blue[..., 0]).sum() > (own[..., 2] - own[..., 0]).sum()
        assert np.array_equal(own[..., 3], blue[..., 3])
    held = SceneSpec("meadow", subjects=(Subject("tom", "hold", holds="yellow umbrella"),))
    assert color_of(held, "umbrella") == color_in("yellow")
    assert color_of(held, "balloon") == ""


def test_an_unknown_kind_is_somebody() -> None:
    actor = actor_of(Subject("zed"), (Character("zed", "Zed", "glorp", "", 5),), suited=False)
    assert actor.person is not None


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        (Canvas(1280, 720), Canvas(1280, 720)),
        (Canvas(3840, 2160), Canvas(1920, 1080)),
        (Canvas(2160, 3840), Canvas(1080, 1920)),
        (Canvas(5120, 144), Canvas(432, 144)),
    ],
)
def test_pictures_are_drawn_no_larger_and_no_narrower_than_makes_sense(asked: Canvas, drawn: Canvas) -> None:
    assert drawn_canvas(asked) == drawn


def test_covering_keeps_the_middle() -> None:
    picture = np.zeros((10, 30, 3), np.uint8)
    picture[:, 10:20] = 200
    assert (cover(picture, Canvas(10, 10)) == 200).all()


async def test_the_engine_writes_one_png_per_request(tmp_path: Path) -> None:
    engine, job = BuiltinImageEngine(), RecordingJob(tmp_path / "job")
    assert list(await engine.missing()) == []
    assert (engine.info.id, engine.info.kind) == ("builtin", "image")
    requests = [request(GARDEN), request(replace(GARDEN, camera=Camera.RISE, setting="moon"))]
    assert len(requests) <= INFO.max_batch
    results = await engine.draw(requests, job)
    for asked, result in zip(requests, results, strict=True):
        assert result.file.parent == job.folder
        assert np.array_equal(np.asarray(Image.open(result.file)), still(asked))
    job.check()
    assert job.fractions[-1] == 1.0


def test_there_is_one_moon_in_the_sky() -> None:
    night = SceneSpec("meadow", "night", props=("moon", "star"))
    assert [prop.name for prop in compose(request(night), SMALL).stage.props] == ["star"]
    noon = SceneSpec("meadow", "noon", props=("moon", "sun"))
    assert [prop.name for prop in compose(request(noon), SMALL).stage.props] == ["moon"]


def test_what_belongs_on_a_table_stands_on_it() -> None:
    props = compose(request(SceneSpec("kitchen", props=("cake", "table"))), SMALL).stage.props
    spots = {prop.name: prop.spot for prop in props}
    assert spots["cake"].x == spots["table"].x
    assert spots["cake"].y < spots["table"].y - spots["table"].size * 0.9
