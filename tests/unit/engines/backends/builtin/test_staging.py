"""Staging: who touches whom, what is used for what, crowds, and where everything is in pictures of every shape."""

import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor
from storyreel.engines.backends.builtin.illustrator.compose import Composition, compose
from storyreel.engines.backends.builtin.illustrator.layers import Role
from storyreel.engines.backends.builtin.illustrator.staging import Stage
from storyreel.engines.backends.builtin.illustrator.standing import breadth_of
from storyreel.engines.contracts.image import ImageRequest

WIDE = Canvas(256, 144)
SHAPES = [WIDE, Canvas(144, 256), Canvas(160, 160), Canvas(192, 144), Canvas(336, 144)]
CAST = (
    Character("tom", "Tom", "boy", "", 3),
    Character("ann", "Ann", "woman", "", 8),
    Character("bob", "Bob", "man", "", 12),
    Character("gran", "Gran", "old woman", "", 5),
    Character("pip", "Pip", "baby", "", 2),
    Character("ned", "Ned", "horse", "", 1),
    Character("rex", "Rex", "dog", "", 1),
    Character("mo", "Mo", "mouse", "", 1),
    Character("bun", "Bun", "rabbit", "", 1),
    Character("ida", "Ida", "hunter", "", 1),
    Character("sea", "Sea", "mermaid", "", 1),
    Character("vix", "Vix", "fox", "", 1),
    Character("bear", "Bear", "bear", "", 1),
    Character("don", "Don", "donkey", "", 1),
    Character("cow", "Cow", "cow", "", 1),
    Character("goat", "Goat", "goat", "", 1),
    Character("max", "Max", "boy", "", 9),
    Character("moby", "Moby", "whale", "", 1),
    Character("goo", "Goo", "goose", "", 1),
)


def composed(scene: SceneSpec, canvas: Canvas = WIDE, seed: int = 7, style: Style = Style.CINEMATIC) -> Composition:
    return compose(ImageRequest("", style, canvas, seed, scene=scene, characters=CAST), canvas)


def staged(*subjects: Subject, setting: str = "meadow", canvas: Canvas = WIDE, **more: object) -> Stage:
    return composed(SceneSpec(setting, subjects=subjects, **more), canvas).stage


def hand_of(actor: Actor) -> tuple[float, float]:
    hand = actor.hand()
    assert hand is not None
    return actor.at(hand)


def named(stage: Stage, name: str):
    return next(prop for prop in stage.props if prop.name == name)


def test_who_hugs_has_its_arms_round_the_other() -> None:
    one, other = staged(Subject("bob", "hug", toward="ann"), Subject("ann")).actors
    assert one.mirrored != other.mirrored
    between = other.spot.x - one.spot.x
    assert 0 < between < one.spot.size * 0.4
    assert hand_of(one)[0] > other.spot.x - 2, "the hand is behind the other's back"
    assert hand_of(other)[0] < one.spot.x + 2
    for actor, reach in ((one, one.rest.reach), (other, other.rest.reach)):
        assert reach is not None
        assert math.dist(hand_of(actor), actor.at(reach)) < actor.spot.size * 0.1


def test_who_hugs_a_child_kneels_and_no_face_is_hidden() -> None:
    one, child = staged(Subject("bob", "hug", toward="tom"), Subject("tom")).actors
    assert (one.pose, child.pose) == ("kneel", "hug")
    faces = [(actor.at(actor.face()[:2]), actor.face()[2] * actor.spot.scale) for actor in (one, child)]
    assert math.dist(faces[0][0], faces[1][0]) > 0.7 * (faces[0][1] + faces[1][1])


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("other", ["ann", "tom", "ned", "rex"])
@pytest.mark.parametrize("pose", ["hug", "stand"])
def test_close_up_both_faces_are_seen(canvas: Canvas, other: str, pose: str) -> None:
    pair = Subject("bob", pose, toward=other), Subject(other)
    composition = composed(SceneSpec("meadow", framing=Framing.CLOSE, subjects=pair), canvas)
    faces = [(actor.at(actor.face()[:2]), actor.face()[2] * actor.spot.scale) for actor in composition.stage.actors]
    (one, radius), (two, other_radius) = faces
    assert math.dist(one, two) > (0.72 if pose == "hug" else 0.95) * (radius + other_radius)
    for (x, _), reach in faces:
        assert composition.scene.x(0) <= x - reach * 0.8
        assert x + reach * 0.8 <= composition.scene.x(1)


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize(("who", "animal"), [("tom", "don"), ("ann", "ned"), ("bob", "bear"), ("ann", "rex")])
def test_who_hugs_an_animal_is_at_its_neck_and_both_faces_are_seen(canvas: Canvas, who: str, animal: str) -> None:
    one, other = staged(Subject(who, "hug", toward=animal), Subject(animal), canvas=canvas).actors
    (x, y), radius = other.at(other.face()[:2]), other.face()[2] * other.spot.scale
    assert math.dist((x, y), one.at(one.face()[:2])) > 0.95 * (radius + one.face()[2] * one.spot.scale)
    assert one.side == other.side
    assert abs(one.spot.x - x) < other.spot.size * 0.75, "not at its tail"
    muzzle = x + other.side * radius
    assert all(other.side * (muzzle - place) > 0 for place in (hand_of(one)[0], one.spot.x))


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("setting", ["garden", "room", "cave"])
def test_two_who_climb_the_same_are_at_either_side_of_it(canvas: Canvas, setting: str) -> None:
    stage = staged(Subject("tom", "climb"), Subject("max", "climb"), setting=setting, canvas=canvas)
    (prop,) = stage.props
    one, other = sorted(stage.actors, key=lambda actor: actor.spot.x)
    assert one.spot.x < prop.spot.x < other.spot.x
    assert prop.spot.depth < min(one.spot.depth, other.spot.depth)
    apart = math.dist(one.at(one.face()[:2]), other.at(other.face()[:2]))
    assert apart > 0.9 * (one.face()[2] * one.spot.scale + other.face()[2] * other.spot.scale)


@pytest.mark.parametrize("who", ["tom", "bob", "gran"])
@pytest.mark.parametrize("animal", ["bun", "rex", "vix", "mo"])
def test_in_a_tall_close_shot_somebody_stands_where_a_small_animal_does(who: str, animal: str) -> None:
    pair = Subject(who, "talk", toward=animal), Subject(animal)
    composition = composed(SceneSpec("room", framing=Framing.CLOSE, subjects=pair), Canvas(144, 256))
    person, other = composition.stage.actors
    assert abs(person.spot.y - other.spot.y) < 0.03 * composition.scene.picture_height
    assert composition.scene.picture_y(0.72) < person.spot.y < composition.scene.picture_y(1)


def test_a_tall_close_shot_shows_who_speaks_alone() -> None:
    pair = Subject("vix"), Subject("tom", "talk")
    spec = SceneSpec("room", framing=Framing.CLOSE, subjects=pair, speaker="tom")
    assert [actor.character.id for actor in composed(spec, Canvas(144, 256)).stage.actors] == ["tom"]
    assert len(composed(spec, WIDE).stage.actors) == 2


@pytest.mark.parametrize("canvas", SHAPES[1:4], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("group", [("bob", "cow", "goat"), ("gran", "tom", "ned", "rex"), ("vix", "bear", "ned")])
def test_no_edge_cuts_a_body_of_three_or_four(canvas: Canvas, group: tuple[str, ...]) -> None:
    composition = composed(SceneSpec("farm", subjects=tuple(map(Subject, group))), canvas)
    for actor in composition.stage.actors:
        ends = [actor.at((end * 0.8, 0))[0] for end in actor.extent]
        assert composition.scene.x(0) <= min(ends)
        assert max(ends) <= composition.scene.x(1)


@pytest.mark.parametrize("canvas", SHAPES[1:4], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("framing", [Framing.WIDE, Framing.MEDIUM])
@pytest.mark.parametrize("pose", ["stand", "walk"])
@pytest.mark.parametrize("group", [("bob", "ann", "gran", "ida"), ("bob", "ann", "rex", "tom")])
def test_no_edge_cuts_an_arm_or_a_foot(canvas: Canvas, framing: Framing, pose: str, group: tuple[str, ...]) -> None:
    scene = composed(SceneSpec("room", framing=framing, subjects=tuple(Subject(who, pose) for who in group)), canvas)
    first, last = (scene.scene.x(edge) * scene.scene.px for edge in (-0.015, 1.015))
    for layer in scene.scene.layers:
        if layer.role is Role.ACTOR:
            seen = np.flatnonzero(layer.picture[..., 3].max(0) > 60) + layer.at[0]
            assert first < seen[0] < seen[-1] < last


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("riders", [("bob",), ("tom", "ann"), ("bob", "ida"), ("king", "rex")])
def test_who_drives_is_in_the_car_and_the_car_in_the_picture(canvas: Canvas, riders: tuple[str, ...]) -> None:
    subjects = (Subject(who, "stand" if who == "rex" else "ride", toward="car") for who in riders)
    composition = composed(SceneSpec("street", subjects=tuple(subjects), props=("car",)), canvas)
    (car,) = (prop for prop in composition.stage.props if prop.name == "car")
    left, right = breadth_of(car)
    assert composition.scene.x(0) <= left < right <= composition.scene.x(1)
    faces: list[tuple[float, float]] = []
    for actor in composition.stage.actors:
        if actor.person:
            x, y, radius = actor.face()
            faces.append(actor.at((x, y)))
            assert actor.at((x, y - radius))[1] > car.spot.y - 1.02 * car.spot.size, "below the roof"
            assert left < faces[-1][0] < right
            assert not actor.person.hat
            assert actor.spot.depth < car.spot.depth
    for one, other in pairwise(faces):
        assert abs(one[0] - other[0]) > 0.3 * car.spot.size


@pytest.mark.parametrize(("who", "setting", "tool"), [("bob", "street", "broom"), ("tom", "snow", "shovel")])
def test_a_tool_for_the_floor_reaches_it(who: str, setting: str, tool: str) -> None:
    composition = composed(SceneSpec(setting, subjects=(Subject(who, "work"),)))
    (actor,), px = composition.stage.actors, composition.scene.px
    layer = next(layer for layer in composition.scene.layers if layer.name == f"held {tool}")
    (x, y), radius = actor.at(actor.face()[:2]), actor.face()[2] * actor.spot.scale
    assert abs((layer.at[1] + layer.picture.shape[0]) / px - actor.spot.y) < actor.spot.size * 0.06
    assert layer.at[0] / px > x + radius * 0.3 or layer.at[1] / px > y


def test_hens_of_a_flock_are_on_the_ground() -> None:
    composition = composed(SceneSpec("farm", crowd="chicken", subjects=(Subject("bob"),)))
    tops = [layer.at[1] for layer in composition.scene.layers if layer.name.startswith("crowd")]
    assert min(tops) > composition.scene.picture_y(0.6) * composition.scene.px


@pytest.mark.parametrize("canvas", SHAPES[:3], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("setting", ["sea", "lake", "meadow"])
def test_a_shoal_is_in_the_water(canvas: Canvas, setting: str) -> None:
    composition = composed(SceneSpec(setting, crowd="dolphins", subjects=(Subject("tom"),)), canvas)
    layers = [layer for layer in composition.scene.layers if layer.name.startswith("crowd")]
    assert bool(layers) == (setting != "meadow"), "none on dry land"
    for layer in layers:
        middle = layer.at[1] + layer.picture.shape[0] / 2
        assert composition.scene.y(0.55) * composition.scene.px < middle < composition.scene.y(1) * composition.scene.px


@pytest.mark.parametrize("sort", ["duck", "goose", "swan"])
def test_a_flock_of_ducks_is_on_the_water(sort: str) -> None:
    composition = composed(SceneSpec("lake", crowd=sort))
    scene = composition.scene
    birds = [one for one in scene.layers if one.name.startswith("crowd") and "ripple" not in one.name]
    feet = [(one.at[1] + one.picture.shape[0]) / scene.px for one in birds]
    assert birds
    assert max(feet) < scene.y(0.86), "the shore begins below"
    assert any(one.name == "crowd 1 ripple" for one in scene.layers)
    assert staged(Subject("goo", "swim"), setting="lake").actors[0].spot.size < scene.tall(0.25)


@pytest.mark.parametrize("crew", [("tom",), ("tom", "don", "ann")])
def test_in_a_tall_picture_a_whale_is_before_the_boat_and_its_face_above_the_nearest_wave(
    crew: tuple[str, ...],
) -> None:
    composition = composed(SceneSpec("sea", subjects=(Subject("moby"), *map(Subject, crew))), Canvas(144, 256))
    whale, boat = composition.stage.actors[0], composition.stage.boat
    wave = next(layer for layer in composition.scene.layers if layer.name == "near wave")
    assert boat is not None
    assert whale.spot.depth > boat.depth
    assert whale.at(whale.face()[:2])[1] < wave.at[1] / composition.scene.px


def test_who_acts_stands_before_who_only_stands_there_where_the_picture_is_tall() -> None:
    actors = staged(
        Subject("bob"), Subject("ida", "hold", holds="sword"), Subject("ann"), canvas=Canvas(144, 256)
    ).actors
    assert actors[1].spot.depth > max(actors[0].spot.depth, actors[2].spot.depth)


def test_an_animal_that_gives_stands_before_nobodys_face() -> None:
    group = (Subject("bear"), Subject("don", "give", toward="max"), Subject("max"), Subject("vix"))
    _, don, child, _ = staged(*group, setting="cave", canvas=Canvas(144, 256)).actors
    apart = math.dist(don.at(don.face()[:2]), child.at(child.face()[:2]))
    assert apart > 0.9 * sum(one.face()[2] * one.spot.scale for one in (don, child))


@pytest.mark.parametrize(("sort", "props", "pose"), [("sailor", ("boat",), "row"), ("pirates", (), "stand")])
def test_a_crowd_at_sea_is_in_the_boat(sort: str, props: tuple[str, ...], pose: str) -> None:
    stage = staged(setting="sea", crowd=sort, props=props)
    assert [actor.pose for actor in stage.actors] == [pose] * 3
    assert stage.boat is not None
    assert not staged(setting="sea", crowd="goat").actors


def test_nobody_who_rows_has_the_feet_outside_the_boat() -> None:
    stage = staged(Subject("bob", "row"), Subject("ann", "row"), Subject("ida", "row"), setting="sea")
    assert stage.boat is not None
    feet = [actor.at(bones.front_leg.end) for actor in stage.actors if (bones := actor.bones())]
    assert max(x for x, _ in feet) < stage.boat.x + 0.85 * stage.boat.size


def test_of_a_herd_of_large_animals_many_are_seen() -> None:
    composition = composed(SceneSpec("meadow", crowd="elephants"))
    layers = [
        layer for layer in composition.scene.layers if layer.name.startswith("crowd") and "shadow" not in layer.name
    ]
    assert max(layer.picture.shape[1] for layer in layers) < 0.45 * composition.scene.width_px


def test_in_a_room_small_things_are_on_a_table_and_the_fire_in_the_hearth() -> None:
    stage = staged(Subject("bob"), setting="room", props=("letter", "cup", "campfire"))
    table, *others = stage.props
    assert (table.name, sorted(prop.name for prop in others)) == ("table", ["cup", "letter"])
    assert all(prop.spot.y < table.spot.y - 0.9 * table.spot.size for prop in others)
    assert not staged(Subject("bob", "drink", holds="cup"), setting="room", props=("cup",)).props


@pytest.mark.parametrize("who", ["tom", "bob", "gran"])
@pytest.mark.parametrize("pose", ["stand", "walk", "hold", "give"])
def test_an_umbrella_is_over_the_head_and_before_no_face(who: str, pose: str) -> None:
    pair = Subject(who, pose, holds="umbrella", toward="max" if pose == "give" else None), Subject("max")
    composition = composed(SceneSpec("street", subjects=pair if pose == "give" else pair[:1]))
    held = next(layer for layer in composition.scene.layers if layer.name == "held umbrella")
    assert held.depth < min(actor.spot.depth for actor in composition.stage.actors)
    actor = composition.stage.actors[0]
    if pose != "give":
        assert held.at[1] / composition.scene.px < actor.at(actor.crown())[1]


@pytest.mark.parametrize(("culture", "expected"), [("", "throne"), ("chinese", "dragon throne")])
def test_who_reigns_sits_on_the_throne_of_the_hall(culture: str, expected: str) -> None:
    court = Subject("king", "sit"), Subject("tom")
    for props in ((), ("chair",)):
        (throne,) = staged(*court, setting="castle hall", culture=culture, props=props).props
        assert throne.name == expected
    assert named(staged(Subject("tom", "sit"), setting="castle hall"), "chair")


@pytest.mark.parametrize(("who", "mount"), [("mo", "ned"), ("monkey", "rex"), ("frog", "turtle")])
def test_animals_ride_each_other(who: str, mount: str) -> None:
    rider, other = staged(Subject(who, "ride", toward=mount), Subject(mount)).actors
    assert rider.on == 1
    assert rider.spot.y < other.spot.y - 0.4 * other.spot.size
    assert rider.side == other.side
    assert staged(Subject("ned", "ride", toward="mo"), Subject("mo")).actors[0].on is None


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize(("who", "pose"), [("gran", "push"), ("bob", "pull"), ("ned", "pull"), ("don", "pull")])
def test_a_cart_that_is_moved_is_in_the_picture(canvas: Canvas, who: str, pose: str) -> None:
    composition = composed(SceneSpec("road", subjects=(Subject(who, pose, toward="cart"),), props=("cart",)), canvas)
    (actor,), (cart,) = composition.stage.actors, composition.stage.props
    left, right = breadth_of(cart)
    assert composition.scene.x(0) <= left + 0.1 * (right - left)
    assert right - 0.1 * (right - left) <= composition.scene.x(1)
    if actor.person is None:
        assert actor.side * ((left + right) / 2 - actor.spot.x) < -0.3 * actor.spot.size, "behind it"


def test_a_fish_on_land_is_whole() -> None:
    eagle, fish = staged(Subject("eagle", "fly"), Subject("fish"), setting="mountain").actors
    assert fish.spot.y + 0.45 * fish.spot.size < composed(SceneSpec("mountain")).scene.picture_y(1)
    assert eagle.spot.y < fish.spot.y


def test_who_ride_bicycles_go_the_same_way() -> None:
    stage = staged(Subject("tom", "ride", toward="bicycle"), Subject("max", "ride", toward="bicycle"))
    assert [actor.mirrored for actor in stage.actors] == [False, False]
    one, other = (prop.spot for prop in stage.props)
    assert other.x - one.x > one.size * 1.5


def test_an_instrument_is_played_not_left_beside() -> None:
    stage = staged(Subject("bob", "play", toward="rex"), Subject("rex"), props=("guitar",))
    assert (stage.actors[0].pose, stage.actors[0].holds) == ("strum", "guitar")
    assert not stage.props


def test_nobody_stands_on_the_sea_and_gulls_fly_over_it() -> None:
    def crowd(sort: str) -> int:
        composition = composed(SceneSpec("sea", subjects=(Subject("bob"),), crowd=sort))
        return sum(layer.name.startswith("crowd") for layer in composition.scene.layers)

    assert crowd("children") == 0
    assert crowd("birds") > 3


def test_who_flies_on_a_broom_holds_it() -> None:
    stage = staged(Subject("ann", "fly"), setting="village", props=("broom",))
    assert (stage.actors[0].pose, stage.actors[0].holds) == ("fly", "broom")
    assert not stage.props


def test_a_kite_flies_on_a_string_from_the_hand() -> None:
    for canvas in SHAPES:
        scene = SceneSpec("meadow", subjects=(Subject("tom", "fly"),), props=("red kite",))
        composition = composed(scene, canvas)
        (actor,), px = composition.stage.actors, composition.scene.px
        assert actor.pose == "raise"
        kite, string = (next(x for x in composition.scene.layers if x.name == name) for name in ("held kite", "string"))
        assert (kite.at[1] + kite.picture.shape[0]) / px < hand_of(actor)[1] + 4
        assert abs((string.at[1] + string.picture.shape[0]) / px - hand_of(actor)[1]) < actor.spot.size * 0.05


def test_animals_hold_things_in_the_mouth() -> None:
    composition = composed(SceneSpec("forest", subjects=(Subject("vix", "give", holds="letter"),)))
    letter = next(layer for layer in composition.scene.layers if layer.name == "held letter")
    fox, px = composition.stage.actors[0], composition.scene.px
    (x, y), radius = fox.at(fox.face()[:2]), fox.face()[2] * fox.spot.scale
    assert x < (letter.at[0] + letter.picture.shape[1] / 2) / px < x + 3 * radius
    assert y - radius < (letter.at[1] + letter.picture.shape[0]) / px < y + 2 * radius


@pytest.mark.parametrize(("who", "other"), [("ann", "pip"), ("bob", "tom"), ("gran", "pip")])
def test_both_faces_are_seen_of_who_carries_and_who_is_carried(who: str, other: str) -> None:
    one, child = staged(Subject(who, "carry", toward=other), Subject(other)).actors
    radii = sum(actor.face()[2] * actor.spot.scale for actor in (one, child))
    assert math.dist(one.at(one.face()[:2]), child.at(child.face()[:2])) > 0.8 * radii


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_who_lies_on_the_ground_is_whole_in_the_picture(canvas: Canvas) -> None:
    composition = composed(SceneSpec("desert", subjects=(Subject("don"), Subject("bob", "sleep"))), canvas)
    bob = composition.stage.actors[1]
    ends = bob.spot.x, bob.spot.x - bob.side * bob.spot.size
    assert composition.scene.x(-0.02) <= min(ends) < max(ends) <= composition.scene.x(1.02)


def test_who_turns_round_to_be_seen_is_whole() -> None:
    subjects = Subject("bob", "work"), Subject("cow", "work")
    composition = composed(SceneSpec("rice field", subjects=subjects), Canvas(144, 256))
    cow = composition.stage.actors[1]
    assert cow.at((cow.extent[1], 0))[0] <= composition.scene.x(1) + 1


def test_what_swims_off_the_shore_is_no_larger_than_the_boats() -> None:
    (fish,) = staged(Subject("fish"), setting="river").actors
    (whale,) = staged(Subject("whale"), setting="sea").actors
    assert fish.spot.size < whale.spot.size * 0.6


def test_nobody_sleeps_standing() -> None:
    lion, girl = staged(Subject("bear", expression="sleep"), Subject("tom", expression="sleep")).actors
    assert lion.pose == "sleep"
    assert girl.lies


@pytest.mark.parametrize("kind", ["dragon", "elephant", "whale", "turtle", "octopus", "monkey", "snake", "frog", "owl"])
def test_who_sleeps_has_the_eyes_shut(kind: str) -> None:
    setting = "underwater" if kind in ("whale", "octopus") else "cave"
    (actor,) = staged(Subject(kind, "sleep"), setting=setting).actors
    asleep, awake = (replace(actor, pose="stand", expression=name).drawing(manga=False) for name in ("sleep", "calm"))
    shut, opened = (drawing.raster(300, 200) for drawing in (asleep, awake))
    assert 1 < np.abs(shut - opened).sum() < 0.1 * (shut[..., 3] > 0).sum(), "and nothing else is changed"
    assert replace(actor, expression="calm").blinks() or kind == "whale"


def test_a_dragon_lies_down_to_sleep() -> None:
    asleep, awake = (staged(Subject("dragon", pose)).actors[0] for pose in ("sleep", "stand"))
    assert asleep.at(asleep.face()[:2])[1] > awake.at(awake.face()[:2])[1] + 0.4 * awake.spot.size


def test_what_is_carried_is_no_larger_than_a_lamb() -> None:
    one, other = staged(Subject("bob", "carry", toward="goat"), Subject("goat")).actors
    assert other.spot.size <= one.spot.size * 0.51


@pytest.mark.parametrize(("who", "setting"), [("bob", "market"), ("tom", "market"), ("ann", "snow")])
def test_who_hides_behind_something_low_looks_over_it(who: str, setting: str) -> None:
    stage = staged(Subject(who, "hide"), setting=setting)
    (actor,), (prop,) = stage.actors, stage.props
    y, radius = actor.at(actor.face()[:2])[1], actor.face()[2] * actor.spot.scale
    assert prop.spot.depth > actor.spot.depth
    assert abs(prop.spot.x - actor.spot.x) < actor.spot.size * 0.15
    assert y < prop.spot.y - prop.spot.size * 0.9 < y + 2.2 * radius


def test_two_who_push_push_the_same_way() -> None:
    one, other = (stage := staged(Subject("tom", "push"), Subject("bob", "push"), setting="ship")).actors
    assert one.mirrored == other.mirrored
    assert len(stage.props) == 1
    assert other.spot.x < one.spot.x < stage.props[0].spot.x


def test_animals_hide_too() -> None:
    stage = staged(Subject("vix", "hide"), setting="forest")
    assert named(stage, "tree").spot.depth > stage.actors[0].spot.depth


def test_who_fight_both_have_what_the_kind_fights_with() -> None:
    fighters = staged(Subject("knight", "fight", toward="bob"), Subject("bob")).actors
    assert [actor.holds for actor in fighters] == ["sword", "sword"]


@pytest.mark.parametrize(("who", "animal"), [("tom", "ned"), ("ann", "bear"), ("gran", "rex")])
def test_who_gives_an_animal_something_hides_no_face(who: str, animal: str) -> None:
    one, other = staged(Subject(who, "give", holds="apple", toward=animal), Subject(animal)).actors
    hand = hand_of(one)
    for actor in (one, other):
        assert math.dist(hand, actor.at(actor.face()[:2])) > actor.face()[2] * actor.spot.scale * 0.95


@pytest.mark.parametrize(("who", "other"), [("tom", "goose"), ("ann", "pip")])
def test_geese_and_babies_are_hugged_in_the_arms(who: str, other: str) -> None:
    one, held = staged(Subject(who, "hug", toward=other), Subject(other)).actors
    assert one.embraces
    assert held.on == 0


def test_nobody_points_before_the_own_face() -> None:
    for who in ("tom", "bob"):
        actor = staged(Subject(who, "point", toward="dragon"), Subject("dragon")).actors[0]
        (x, y), radius = actor.at(actor.face()[:2]), actor.face()[2] * actor.spot.scale
        assert math.dist(hand_of(actor), (x, y)) > radius


def test_small_ones_are_knelt_down_to() -> None:
    stage = staged(Subject("ann", "hug", toward="rex"), Subject("rex"))
    assert stage.actors[0].pose == "kneel"


def test_a_small_animal_is_hugged_in_the_arms_and_its_face_is_seen() -> None:
    for canvas in SHAPES:
        composition = composed(
            SceneSpec("meadow", framing=Framing.CLOSE, subjects=(Subject("ann", "hug", toward="bun"), Subject("bun"))),
            canvas,
        )
        (one, other), scene = composition.stage.actors, composition.scene
        assert one.embraces
        assert other.on == 0
        (x, y), radius = other.at(other.face()[:2]), other.face()[2] * other.spot.scale
        assert math.dist((x, y), one.at(one.face()[:2])) > radius + one.face()[2] * one.spot.scale * 0.8
        assert scene.x(0) < x - radius
        assert x + radius < scene.x(1)


@pytest.mark.parametrize("canvas", SHAPES[:3], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize(
    ("who", "pose", "setting"), [("tom", "wave", "room"), ("tom", "sleep", "bedroom"), ("bun", "stand", "forest")]
)
def test_no_face_is_under_the_captions(canvas: Canvas, who: str, pose: str, setting: str) -> None:
    for framing in (Framing.WIDE, Framing.MEDIUM)[: 1 if who == "bun" else 2]:
        composition = composed(SceneSpec(setting, framing=framing, subjects=(Subject(who, pose),)), canvas)
        (actor,), scene = composition.stage.actors, composition.scene
        x, y, radius = actor.face()
        middle = actor.spot.y if actor.lies else actor.at((x, y))[1]
        radius *= actor.spot.scale * 0.6
        first, last = (0.72, 0.8) if canvas.height > canvas.width else (0.785, 0.935)
        assert middle + radius < scene.picture_y(first) or middle - radius > scene.picture_y(last)


def test_a_mermaid_sits_ashore_and_swims_at_sea_beside_the_boat() -> None:
    ashore = staged(Subject("sea", "talk"), setting="beach")
    assert ashore.actors[0].pose == "sit"
    assert named(ashore, "rock")
    at_sea = staged(Subject("sea", "talk"), Subject("tom", "talk"), setting="sea")
    assert at_sea.boat is not None
    assert [(actor.pose, actor.seated) for actor in at_sea.actors] == [("swim", False), ("talk", True)]


def test_in_a_tall_picture_small_ones_are_before_the_others_and_below_the_captions() -> None:
    group = Subject("vix", "sit"), Subject("bear", "sit"), Subject("bob")
    composition = composed(SceneSpec("cave", subjects=group), SHAPES[1])
    fox, scene = composition.stage.actors[0], composition.scene
    assert fox.at(fox.face()[:2])[1] > scene.picture_y(0.8)
    assert fox.spot.y < scene.picture_y(1)
    assert fox.spot.depth == max(actor.spot.depth for actor in composition.stage.actors)


def test_dragons_are_those_of_the_place_and_whole_in_the_picture() -> None:
    for culture, kind in (("", "dragon"), ("medieval", "dragon"), ("chinese", "chinese dragon")):
        for canvas in SHAPES:
            scene = SceneSpec("castle", culture=culture, subjects=(Subject("dragon", "fly"),))
            composition = composed(scene, canvas)
            dragon = composition.stage.actors[0]
            assert dragon.character.kind == kind
            assert dragon.at(dragon.crown())[1] >= composition.scene.picture_y(0)


def test_an_animal_looks_out_from_behind_another() -> None:
    group = Subject("vix", "sit"), Subject("bear", "sit"), Subject("ned")
    bear, horse = composed(SceneSpec("cave", subjects=group), SHAPES[1]).stage.actors[1:]
    assert math.dist(bear.at(bear.face()[:2]), horse.at(horse.face()[:2])) > bear.face()[2] * bear.spot.scale


@pytest.mark.parametrize("setting", ["room", "beach"])
def test_four_of_all_sizes_have_their_faces_in_a_tall_picture(setting: str) -> None:
    group = Subject("gran"), Subject("tom"), Subject("ned"), Subject("vix")
    composition = composed(SceneSpec(setting, subjects=group), SHAPES[1])
    for actor in composition.stage.actors:
        x, y, radius = actor.face()
        assert composition.scene.x(0) <= actor.at((x, y))[0] - radius * actor.spot.scale * 0.9
        assert actor.at((x, y))[0] + radius * actor.spot.scale * 0.9 <= composition.scene.x(1)


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_a_flag_is_planted_in_the_ground_and_whole_in_the_picture(canvas: Canvas) -> None:
    for who in ("tom", "bob"):
        subjects = (Subject(who, "work", holds="red flag"),)
        composition = composed(SceneSpec("moon", subjects=subjects), canvas)
        scene, actor = composition.scene, composition.stage.actors[0]
        flag = next(layer for layer in scene.layers if layer.name == "held flag")
        top, foot = (y / scene.px for y in (flag.at[1], flag.at[1] + flag.picture.shape[0]))
        left, right = (x / scene.px for x in (flag.at[0], flag.at[0] + flag.picture.shape[1]))
        assert abs(foot - actor.spot.y) < actor.spot.size * 0.06
        assert scene.picture_y(0) < top
        assert scene.x(0) < left < right < scene.x(1)


def test_as_many_are_in_the_sky_as_are_told_of() -> None:
    suns = [prop for prop in staged(setting="desert", props=("ten suns",)).props if prop.name == "sun"]
    assert len(suns) == 10, "the sky's own is none of them"
    assert len({round(prop.spot.x) for prop in suns}) == 10
    assert len(staged(setting="desert", props=("three pumpkins",)).props) == 3
    assert not staged(setting="desert", props=("sun",)).props


def test_what_sails_is_on_the_water_and_no_closer() -> None:
    (far,) = staged(Subject("ann"), setting="lighthouse", props=("ship",)).props
    (near,) = staged(setting="sea", props=("ship",)).props
    assert far.spot.size < near.spot.size * 0.7
    assert not staged(Subject("ann"), setting="street", props=("ship",)).props
    assert not staged(Subject("ann"), setting="sea", props=("boat",), framing=Framing.CLOSE).props
    assert not staged(Subject("ann"), setting="lighthouse", props=("tower",)).props, "it is one itself"


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("crew", [("tom", "max"), ("bob", "ann"), ("bob", "tom", "ann"), ("bob", "rex")])
@pytest.mark.parametrize("setting", ["lake", "sea"])
def test_all_aboard_have_room_in_a_boat_that_is_whole(canvas: Canvas, crew: tuple[str, ...], setting: str) -> None:
    composition = composed(SceneSpec(setting, subjects=tuple(Subject(who, "row") for who in crew)), canvas)
    scene, actors = composition.scene, composition.stage.actors
    hull = next(layer for layer in scene.layers if layer.name == "boat")
    assert scene.x(-0.01) * scene.px < hull.at[0] < hull.at[0] + hull.picture.shape[1] < scene.x(1.02) * scene.px
    assert not any(layer.name in ("jetty", "moored boat") for layer in scene.layers), "the story's boat is there"
    for one, other in pairwise(actors):
        x, y, radius = other.face()
        assert other.spot.x - one.spot.x > 0.9 * (one.face()[2] * one.spot.scale + radius * other.spot.scale)
        if other.person:
            assert one.side == other.side, "no oar is in a face"
            assert math.dist(hand_of(one), other.at((x, y))) > radius * other.spot.scale
    for actor in actors:
        x, y, radius = actor.face()
        assert actor.at((x, y + radius))[1] < composition.stage.boat.y - 0.3 * composition.stage.boat.size


def test_no_line_is_drawn_about_the_water_where_somebody_swims() -> None:
    def reach(style: Style) -> int:
        layers = composed(SceneSpec("sea", subjects=(Subject("sea", "swim"),)), style=style).scene.layers
        return int((next(layer for layer in layers if layer.name == "ripple 0").picture[..., 3] > 60).sum())

    assert reach(Style.ANIME) == pytest.approx(reach(Style.CINEMATIC), rel=0.05)


@pytest.mark.parametrize("kind", ["duck", "dog", "bear"])
@pytest.mark.parametrize("setting", ["lake", "sea"])
def test_an_animal_that_swims_is_in_the_water(kind: str, setting: str) -> None:
    composition = composed(SceneSpec(setting, subjects=(Subject(kind, "swim"),)))
    (actor,) = composition.stage.actors
    water = next(layer for layer in composition.scene.layers if layer.name == "ripple 0")
    assert water.depth > actor.spot.depth
    assert water.at[1] < actor.spot.y * composition.scene.px < water.at[1] + water.picture.shape[0]
    assert water.picture.shape[1] > actor.breadth * actor.spot.size * composition.scene.px


def test_a_boat_at_anchor_is_behind_who_swims() -> None:
    composition = composed(SceneSpec("lake", subjects=(Subject("tom", "swim"),)), Canvas(144, 256))
    moored = next(layer for layer in composition.scene.layers if layer.name == "moored boat")
    assert moored.depth < composition.stage.actors[0].spot.depth


def test_who_has_nothing_to_climb_or_to_hold_does_without() -> None:
    assert [actor.pose for actor in staged(Subject("ann", "climb"), setting="lighthouse").actors] == ["walk"]
    assert [actor.pose for actor in staged(Subject("ann", "hold")).actors] == ["stand"]
    stage = staged(Subject("ann", "hold"), props=("letter",))
    assert stage.actors[0].holds == "letter"
    assert not stage.props
    assert [prop.name for prop in staged(Subject("ann"), props=("rope",)).props] == ["rope coil"]


def test_nobody_rows_on_deck_climbs_trees_indoors_or_hammers_at_a_boat_that_sails() -> None:
    climbs = SceneSpec("room", subjects=(Subject("bob", "climb", toward="tree"),))
    assert composed(climbs).scene.spec.setting == "garden"
    assert composed(SceneSpec("ship", subjects=(Subject("bob", "row"),))).scene.spec.setting == "sea"
    assert staged(Subject("bob", "work"), setting="sea", props=("boat",)).actors[0].holds is None


@pytest.mark.parametrize("framing", [Framing.WIDE, Framing.MEDIUM])
def test_the_face_of_an_animal_that_sleeps_is_above_the_captions(framing: Framing) -> None:
    composition = composed(SceneSpec("meadow", framing=framing, subjects=(Subject("vix", "sleep"),)))
    (fox,) = composition.stage.actors
    x, y, radius = fox.face()
    asleep, awake = fox.at((x, y))[1], fox.at(replace(fox, pose="stand").face()[:2])[1]
    assert asleep > awake + radius * fox.spot.scale
    assert asleep + radius * fox.spot.scale * 0.5 < composition.scene.picture_y(0.78)


def test_in_a_tall_close_shot_no_caption_is_before_a_small_face() -> None:
    pair = Subject("tom", "talk", toward="bun"), Subject("bun")
    composition = composed(SceneSpec("moon", framing=Framing.CLOSE, subjects=pair), Canvas(144, 256))
    x, y, radius = composition.stage.actors[0].face()
    assert composition.stage.actors[0].at((x, y + radius))[1] < composition.scene.picture_y(0.7)


def test_who_sleeps_is_seen_with_the_bed() -> None:
    close = composed(SceneSpec("room", framing=Framing.CLOSE, subjects=(Subject("tom", "sleep"),)))
    bed = named(close.stage, "bed").spot
    assert close.scene.picture_y(0.6) < bed.y < close.scene.picture_y(1)


def test_no_caption_is_before_the_chest_of_who_sits() -> None:
    composition = composed(SceneSpec("lighthouse", subjects=(Subject("bob", "sit"), Subject("ann", "sit"))))
    for actor in composition.stage.actors:
        x, y, radius = actor.face()
        assert actor.at((x, y + radius * 2))[1] < composition.scene.picture_y(0.8)


def test_the_fire_that_some_are_round_is_before_none_of_them() -> None:
    stage = staged(Subject("tom", "sit"), Subject("vix", "sit"), setting="cave", props=("campfire",))
    fire = named(stage, "campfire").spot
    faces = [(actor.at(actor.face()[:2])[0], actor.face()[2] * actor.spot.scale) for actor in stage.actors]
    assert all(abs(fire.x - x) > reach for x, reach in faces)


def test_who_talks_has_a_hand_free_and_nobody_an_arm_too_many() -> None:
    talking = composed(SceneSpec("room", subjects=(Subject("bob", "talk"), Subject("ann"))))
    (arm,) = [layer for layer in talking.scene.layers if layer.name.startswith("arm")]
    assert (arm.motion.actor, arm.motion.gesture) == (0, True)
    assert not any(actor.gestures for actor in staged(Subject("bob", "talk", holds="cup")).actors)


@pytest.mark.parametrize("canvas", SHAPES[:3], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_who_stands_before_a_face_steps_aside(canvas: Canvas) -> None:
    three = (Subject("vix", "walk"), Subject("tom", "walk"), Subject("ned", "walk"))
    for one, other in combinations(staged(*three, setting="forest", canvas=canvas).actors, 2):
        apart = math.dist(one.at(one.face()[:2]), other.at(other.face()[:2]))
        assert apart > one.face()[2] * one.spot.scale + other.face()[2] * other.spot.scale


def test_who_is_led_by_the_hand_is_seen_in_a_tall_picture() -> None:
    pair = Subject("tom", "pull", toward="gran"), Subject("gran")
    composition = composed(SceneSpec("station", framing=Framing.CLOSE, subjects=pair), Canvas(144, 256))
    (one, radius), (two, other) = (
        (actor.at(actor.face()[:2]), actor.face()[2] * actor.spot.scale) for actor in composition.stage.actors
    )
    assert two[0] + other * 0.6 < composition.scene.x(1)
    assert math.dist(one, two) > (radius + other) * 0.8


def test_who_stirs_has_the_stick_in_the_pot() -> None:
    composition = composed(SceneSpec("kitchen", subjects=(Subject("ann", "work"),), props=("pot",)))
    stick = next(layer for layer in composition.scene.layers if layer.name == "held stick")
    pot, px = named(composition.stage, "pot"), composition.scene.px
    assert abs((stick.at[0] + stick.picture.shape[1] / 2) / px - pot.spot.x) < pot.spot.size
    assert (stick.at[1] + stick.picture.shape[0]) / px > pot.spot.y - pot.spot.size
    assert stick.depth < pot.spot.depth


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_many_large_things_are_whole_in_the_picture(canvas: Canvas) -> None:
    composition = composed(SceneSpec("sea", props=("three ships",)), canvas)
    layers = [layer for layer in composition.scene.layers if layer.name == "ship"]
    assert len(layers) == 3
    for layer in layers:
        assert layer.at[1] >= composition.scene.picture_y(0) * composition.scene.px


def test_no_cloud_is_before_the_suns_that_are_told_of() -> None:
    for style in Style:
        scene = SceneSpec("meadow", props=("ten suns",))
        layers = compose(ImageRequest("", style, WIDE, 7, scene=scene), WIDE).scene.layers
        clouds = [layer.depth for layer in layers if layer.role is Role.CLOUD]
        assert max(clouds) < min(layer.depth for layer in layers if layer.name == "sun" and not layer.glows)


def test_flowers_that_nobody_holds_grow_all_over_the_place() -> None:
    composition = composed(SceneSpec("meadow", props=("yellow flowers",)))
    assert not composition.stage.props
    assert {layer.name for layer in composition.scene.layers} >= {"blossoms far", "blossoms near"}
    held = composed(SceneSpec("meadow", subjects=(Subject("ann", "hold", holds="flower"),), props=("flower",)))
    assert not any(layer.name.startswith("blossoms") for layer in held.scene.layers)


def test_at_sea_a_bell_is_on_a_buoy() -> None:
    assert [prop.name for prop in staged(setting="sea", props=("bell",)).props] == ["bell buoy"]
    assert [prop.name for prop in staged(setting="street", props=("bell",)).props] == ["bell"]


def test_an_archer_has_the_bow_on_the_back_or_in_the_hand() -> None:
    (walks,), (shoots,) = (staged(Subject("ida", pose)).actors for pose in ("walk", "fight"))
    assert "bow" in walks.worn
    assert shoots.pose == "shoot"
    assert shoots.holds == "bow"
    assert "bow" not in shoots.worn


NOOK = SceneSpec("room", subjects=(Subject("rex", "sleep"),), props=("sofa",))


@pytest.mark.parametrize("canvas", SHAPES[:2], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_an_animal_sleeps_on_the_sofa_that_is_told_of(canvas: Canvas) -> None:
    stage = composed(NOOK, canvas).stage
    sofa = named(stage, "sofa")
    assert sofa.spot.y - stage.actors[0].spot.y > sofa.spot.size * 0.3


def test_who_works_has_the_tool_of_the_place() -> None:
    def tool(setting: str, *props: str) -> str | None:
        return staged(Subject("ann", "work"), setting=setting, props=props).actors[0].holds

    assert (tool("kitchen"), tool("beach"), tool("library")) == ("bowl", "shovel", None)
    assert tool("garden", "rocket") == "hammer"


@pytest.mark.parametrize("canvas", SHAPES[:3], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_who_rides_is_whole_in_the_picture(canvas: Canvas) -> None:
    riding = SceneSpec("snow", subjects=(Subject("ann", "ride", toward="ned"), Subject("ned")))
    composition = composed(riding, canvas)
    horse, scene = composition.stage.actors[1], composition.scene
    back, front = (horse.spot.x + horse.side * reach * horse.spot.scale for reach in horse.extent)
    assert scene.x(-0.02) <= min(back, front)
    assert max(back, front) <= scene.x(1.02)


def test_what_is_somebody_is_not_a_thing_as_well() -> None:
    scene = SceneSpec("snow", subjects=(Subject("snowman"),), props=("snowman",))
    assert not composed(scene).stage.props


@pytest.mark.parametrize("canvas", SHAPES[:3], ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_no_sword_is_held_before_a_face(canvas: Canvas) -> None:
    pair = Subject("ann", "walk"), Subject("bob", "hold", holds="sword")
    composition = composed(SceneSpec("meadow", subjects=pair), canvas)
    other = composition.stage.actors[0]
    (x, y), radius = other.at(other.face()[:2]), other.face()[2] * other.spot.scale
    sword = next(layer for layer in composition.scene.layers if layer.name == "held sword")
    px = composition.scene.px
    left, top = round((x - radius * 0.7) * px - sword.at[0]), round((y - radius * 0.7) * px - sword.at[1])
    size = round(radius * 1.4 * px)
    over = sword.picture[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size), 3]
    assert over.size == 0 or float(over.max()) < 0.3 * float(sword.picture[..., 3].max())


def test_when_the_moon_is_told_of_it_is_night() -> None:
    assert composed(SceneSpec("meadow", "noon", props=("moon",))).scene.palette.hour == "night"
    assert composed(SceneSpec("meadow", "dawn", props=("moon",))).scene.palette.hour == "dawn"
    assert composed(SceneSpec("meadow", "noon", props=("stars",))).scene.palette.hour == "night"


@pytest.mark.parametrize("framing", [Framing.WIDE, Framing.MEDIUM])
def test_what_is_given_goes_from_hand_to_hand(framing: Framing) -> None:
    stage = staged(Subject("bob", "give", holds="letter", toward="gran"), Subject("gran"), framing=framing)
    (x, y), (other_x, other_y) = (hand_of(actor) for actor in stage.actors)
    size = stage.man
    assert abs(x - other_x) < size * 0.12
    assert abs(y - other_y) < size * 0.12


def test_who_rides_sits_on_the_back_and_goes_where_the_mount_goes() -> None:
    rider, mount = staged(Subject("ann", "ride", toward="ned", facing="left"), Subject("ned")).actors
    assert rider.pose == "ride"
    assert mount.pose == "walk"
    assert mount.mirrored
    assert rider.on == 1
    assert mount.spot.y - mount.spot.size < rider.spot.y < mount.spot.y - mount.spot.size * 0.4
    assert abs(rider.spot.x - mount.spot.x) < mount.spot.size * 0.3


def test_a_mount_that_is_only_named_is_there() -> None:
    stage = staged(Subject("ann", "ride", toward="camel"))
    assert [actor.character.kind for actor in stage.actors] == ["woman", "camel"]
    bicycle = staged(Subject("tom", "ride", toward="bicycle"))
    assert bicycle.actors[0].pose == "cycle"
    assert named(bicycle, "bicycle")


def test_who_is_carried_is_in_the_arms() -> None:
    carrier, child = staged(Subject("ann", "carry", toward="pip"), Subject("pip")).actors
    assert carrier.near_arm(manga=False) is not None
    assert child.on == 0
    assert carrier.spot.y - carrier.spot.size < child.spot.y < carrier.spot.y - carrier.spot.size * 0.25
    heavy = staged(Subject("tom", "carry", toward="bob"), Subject("bob")).actors
    assert heavy[0].near_arm(manga=False) is None


def test_who_points_points_at_the_other() -> None:
    one, other = staged(Subject("rex"), Subject("bob", "point", toward="rex")).actors
    x, y = hand_of(other)
    assert other.mirrored
    assert one.spot.x < x < other.spot.x
    assert y < other.spot.y


@pytest.mark.parametrize(
    ("pose", "setting", "thing"),
    [
        ("sit", "room", "chair"),
        ("sit", "park", "bench"),
        ("sit", "bedroom", "bed"),
        ("sit", "train", "sofa"),
        ("sleep", "bedroom", "bed"),
        ("climb", "forest", "tree"),
        ("climb", "cave", "rope"),
        ("hide", "forest", "tree"),
        ("push", "road", "cart"),
    ],
)
def test_poses_find_what_they_need(pose: str, setting: str, thing: str) -> None:
    stage = staged(Subject("bob", pose), setting=setting)
    assert abs(named(stage, thing).spot.x - stage.actors[0].spot.x) < stage.man * 2.2


@pytest.mark.parametrize("thing", ["rock", "log", "box", "bench"])
def test_nobody_floats_above_what_is_sat_on(thing: str) -> None:
    stage = staged(Subject("bob", "sit", toward=thing), setting="meadow")
    under, seat = named(stage, thing), stage.actors[0].spot.y
    top = under.spot.y + art.draw(thing).box[1] * under.spot.scale
    assert top < seat + stage.man * 0.02
    assert under.spot.y - seat > stage.man * 0.1


def test_an_animal_sits_on_the_stone_that_is_there() -> None:
    stage = staged(Subject("rex", "sit"), Subject("ann"), props=("rock",))
    dog, rock = stage.actors[0], named(stage, "rock")
    assert len(stage.props) == 1
    assert rock.spot.y - dog.spot.y > rock.spot.size * 0.3
    assert abs(dog.spot.x + dog.side * sum(dog.extent) / 2 * dog.spot.scale - rock.spot.x) < rock.spot.size * 0.2


def test_one_sits_on_what_is_named_rather_than_on_what_is_usual() -> None:
    stage = staged(Subject("bob", "sit", toward="rock"), setting="park")
    rock = named(stage, "rock")
    assert stage.actors[0].spot.y < rock.spot.y - rock.spot.size * 0.5
    assert all(prop.name != "bench" for prop in stage.props)


def test_who_has_nothing_to_sit_on_sits_on_the_ground() -> None:
    assert staged(Subject("bob", "sit"), setting="beach").actors[0].pose == "squat"


def test_who_hides_is_behind_it_and_who_climbs_is_off_the_ground() -> None:
    hidden = staged(Subject("tom", "hide", toward="tree"), setting="meadow")
    assert named(hidden, "tree").spot.depth > hidden.actors[0].spot.depth
    climber = staged(Subject("tom", "climb", toward="ladder"), setting="meadow")
    ladder = named(climber, "ladder").spot
    assert ladder.y - ladder.size < climber.actors[0].spot.y < ladder.y


def test_whoever_sleeps_in_bed_lies_on_it() -> None:
    stage = staged(Subject("gran", "sleep"), setting="bedroom")
    bed, sleeper = named(stage, "bed").spot, stage.actors[0].spot
    assert abs(sleeper.turn) == 90
    assert bed.y - bed.size < sleeper.y < bed.y


def test_one_rows_and_swims_off_the_shore() -> None:
    rower = staged(Subject("bob", "row"), setting="lake")
    assert rower.boat is not None
    assert rower.actors[0].holds == "oar"
    swimmer, watcher = staged(Subject("tom", "swim"), Subject("ann"), setting="lake").actors
    assert swimmer.spot.depth < watcher.spot.depth - 0.1


def test_what_flies_in_the_sky_stands_on_the_floor_of_a_room() -> None:
    stage = staged(setting="kitchen", props=("kite", "star"))
    assert [prop.name for prop in stage.props] == ["kite"]
    outside = staged(setting="meadow", props=("kite",))
    assert (named(stage, "kite").where, named(outside, "kite").where) == ("ground", "sky")
    assert named(stage, "kite").spot.y > named(outside, "kite").spot.y + 200


@pytest.mark.parametrize(("looks", "suited"), [("", True), ("chinese", False), ("chinese, modern", True)])
def test_on_the_moon_only_people_of_today_wear_space_suits(looks: str, suited: bool) -> None:
    lady = Character("lady", "Lady", "woman", looks, 1)
    scene = SceneSpec("moon", subjects=(Subject("lady"),))
    composition = compose(ImageRequest("", Style.ANIME, WIDE, 7, scene=scene, characters=(lady,)), WIDE)
    person = composition.stage.actors[0].person
    assert person is not None
    assert (person.coat == "suit") == suited


def test_poses_have_what_belongs_in_the_hand() -> None:
    assert staged(Subject("bob", "read")).actors[0].holds == "book"
    assert staged(Subject("bob", "fight", toward="ann"), Subject("ann")).actors[1].pose == "fight"
    assert staged(Subject("bob", "play", holds="guitar")).actors[0].pose == "strum"
    assert staged(Subject("bob", "fight", holds="sword")).actors[0].holds == "sword"


@pytest.mark.parametrize("sort", ["villager", "children", "soldiers", "bird"])
def test_a_crowd_is_many_behind_and_smaller(sort: str) -> None:
    composition = composed(SceneSpec("meadow", subjects=(Subject("bob"),), crowd=sort))
    crowd = [layer for layer in composition.scene.layers if layer.name.startswith("crowd") and layer.role is Role.THING]
    assert 5 <= len(crowd) <= 12
    hero = next(layer for layer in composition.scene.layers if layer.name == "actor 0")
    for layer in crowd:
        assert layer.depth < hero.depth
        assert layer.picture.shape[0] < hero.picture.shape[0] * 0.85
    none = composed(SceneSpec("meadow", subjects=(Subject("bob"),)))
    assert not [layer for layer in none.scene.layers if layer.name.startswith("crowd")]


def test_a_crowd_of_things_is_none_and_one_of_insects_is_in_the_air() -> None:
    def heights(sort: str) -> list[float]:
        layers = composed(SceneSpec("meadow", subjects=(Subject("bob"),), crowd=sort)).scene.layers
        return [layer.at[1] for layer in layers if layer.name.startswith("crowd")]

    assert not heights("stars")
    assert len({round(y / 8) for y in heights("bees")}) > 3


def test_a_crowd_is_the_same_in_every_shot_of_a_place() -> None:
    shots = [
        composed(SceneSpec("village", subjects=(Subject("bob", pose),), crowd="villager")) for pose in ("stand", "wave")
    ]
    one, other = (
        [layer.at for layer in shot.scene.layers if layer.name.startswith("crowd") and layer.role is Role.THING]
        for shot in shots
    )
    assert one == other


GROUPS = [
    (Subject("tom", "walk"),),
    (Subject("tom", "talk"), Subject("bob")),
    (Subject("bob"), Subject("ann"), Subject("tom")),
    (Subject("bob"), Subject("ann"), Subject("tom"), Subject("gran")),
    (Subject("bob", "ride", toward="ned"), Subject("ned")),
    (Subject("bob", "ride", toward="giraffe"),),
    (Subject("mo"), Subject("bob")),
]


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
@pytest.mark.parametrize("framing", list(Framing))
@pytest.mark.parametrize("group", GROUPS, ids=len)
def test_faces_are_whole_and_clear_of_captions(canvas: Canvas, framing: Framing, group: tuple[Subject, ...]) -> None:
    composition = composed(SceneSpec("village", framing=framing, subjects=group), canvas)
    scene = composition.scene
    shown = composition.stage.actors[:2] if framing is Framing.CLOSE else composition.stage.actors
    for actor in shown:
        if actor.person is None:
            continue
        x, y, radius = actor.face()
        face_x, face_y = actor.at((x, y))
        reach = radius * actor.spot.scale
        assert scene.picture_y(0) <= face_y - reach
        assert face_y + reach * 0.8 <= scene.picture_y(0.88)
        assert scene.x(0) <= face_x - reach * 0.8
        assert face_x + reach * 0.8 <= scene.x(1)


def test_one_figure_reads_in_a_wide_shot_and_a_close_one_is_head_and_shoulders() -> None:
    for who in ("tom", "ann", "mo"):
        assert staged(Subject(who)).actors[0].spot.size > 720 / 3
    for who in ("tom", "bob"):
        actor = staged(Subject(who), framing=Framing.CLOSE).actors[0]
        assert 0.36 * 720 < 2 * actor.face()[2] * actor.spot.scale < 0.6 * 720


@pytest.mark.parametrize("canvas", SHAPES, ids=lambda canvas: f"{canvas.width}x{canvas.height}")
def test_who_is_high_up_keeps_a_crown_below_the_edge(canvas: Canvas) -> None:
    for subject in (Subject("bob", "climb", toward="rope"), Subject("bob", "ride", toward="dragon")):
        composition = composed(SceneSpec("sea" if subject.pose == "ride" else "mountain", subjects=(subject,)), canvas)
        actor = composition.stage.actors[0]
        x, y, radius = actor.face()
        assert actor.at((x, y - radius * 1.2))[1] > composition.scene.picture_y(0.03)


def test_where_the_picture_is_narrow_small_ones_stand_before_tall_ones() -> None:
    group = Subject("bob"), Subject("tom"), Subject("ned"), Subject("rex")
    bob, tom, ned, rex = staged(*group, canvas=Canvas(144, 256)).actors
    assert max(bob.spot.depth, ned.spot.depth) < min(tom.spot.depth, rex.spot.depth)


def test_long_ears_are_in_the_picture() -> None:
    donkey = (Character("eyo", "Eyo", "donkey", "", 1),)
    scene = SceneSpec("meadow", framing=Framing.CLOSE, subjects=(Subject("eyo"),))
    composition = compose(ImageRequest("", Style.CINEMATIC, WIDE, 7, scene=scene, characters=donkey), WIDE)
    (actor,) = composition.stage.actors
    assert actor.at(actor.crown())[1] >= composition.scene.picture_y(0.03)


def test_aboard_no_animal_has_its_head_over_somebody() -> None:
    tom, ned, rex = staged(Subject("tom", "row"), Subject("ned"), Subject("rex"), setting="sea").actors
    assert tom.spot.x < ned.spot.x < rex.spot.x
    assert not ned.spot.mirrored
    assert not rex.spot.mirrored


def test_what_is_long_and_thin_lies_and_nothing_lies_on_the_sea() -> None:
    stage = staged(props=("key", "bell"))
    assert (named(stage, "key").spot.turn, named(stage, "bell").spot.turn) == (90, 0)
    assert not staged(setting="sea", props=("key", "cup", "rope")).props
    assert named(staged(Subject("bob", "sit"), setting="bedroom", props=("table",)), "chair")
    assert [prop.name for prop in staged(setting="sea", props=("house", "tree", "rock")).props] == ["rock"]


def test_one_rows_on_the_lake_of_the_park() -> None:
    scene = composed(SceneSpec("park", subjects=(Subject("bob", "row"),))).scene
    assert scene.spec.setting == "lake"


def test_who_has_a_trade_has_its_tool_wherever_they_are() -> None:
    smith = Character("sam", "Sam", "blacksmith", "", 1)
    spec = SceneSpec("room", subjects=(Subject("sam", "work"),))
    request = ImageRequest("", Style.CINEMATIC, WIDE, 7, scene=spec, characters=(smith,))
    assert compose(request, WIDE).stage.actors[0].holds == "hammer"


def test_shots_of_an_empty_place_are_not_alike() -> None:
    wide, medium = (composed(SceneSpec("sea", framing=framing)).scene for framing in (Framing.WIDE, Framing.MEDIUM))
    far = next(layer.at for layer in wide.layers if layer.name.startswith("wave"))
    near = next(layer.at for layer in medium.layers if layer.name.startswith("wave"))
    assert far != near


def test_what_a_market_sells_is_on_a_table() -> None:
    stage = staged(setting="market", props=("cakes",))
    assert named(stage, "table").spot.size < named(staged(setting="room", props=("cakes",)), "table").spot.size
    assert all(prop.spot.y < named(stage, "table").spot.y for prop in stage.props if prop.name == "cake")


def test_a_jar_is_hugged_in_the_arms() -> None:
    assert staged(Subject("bob", "hug", holds="jar")).actors[0].pose == "carry"


def test_what_one_drinks_is_near_the_mouth_of_who_sits() -> None:
    actor = staged(Subject("bob", "sit", holds="cup")).actors[0]
    x, y, radius = actor.face()
    assert math.dist(hand_of(actor), actor.at((x, y))) < 2.5 * radius * actor.spot.scale


@pytest.mark.parametrize("tree", ["tree", "pine"])
def test_a_tree_in_the_snow_is_drawn_so(tree: str) -> None:
    green, snowed = (
        next(
            layer.picture
            for layer in composed(SceneSpec("meadow", weather=weather, props=(tree,)), WIDE).scene.layers
            if layer.name == tree
        )
        for weather in ("clear", "snow")
    )
    assert green.shape != snowed.shape or (green != snowed).mean() > 0.2


def test_nobody_stands_in_another() -> None:
    for canvas in SHAPES:
        stage = staged(Subject("bob"), Subject("ann"), Subject("tom"), Subject("gran"), canvas=canvas)
        xs = sorted(actor.spot.x for actor in stage.actors)
        assert all(b - a > stage.man * 0.15 for a, b in pairwise(xs))
        for one, other in combinations(stage.actors, 2):
            heads = [actor.at(actor.face()[:2]) for actor in (one, other)]
            reach = min(actor.face()[2] * actor.spot.scale for actor in (one, other))
            assert abs(heads[0][0] - heads[1][0]) > reach * 0.8


@pytest.mark.parametrize("pose", ["eat", "drink"])
def test_what_is_eaten_or_drunk_is_at_the_mouth(pose: str) -> None:
    actor = staged(Subject("ann", pose)).actors[0]
    x, y, radius = actor.face()
    assert math.dist(hand_of(actor), actor.at((x + radius, y + radius * 0.5))) < radius * actor.spot.scale * 0.5
