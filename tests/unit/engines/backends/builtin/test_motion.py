"""The built-in motion: layered scenes and pan-and-zoom, frame by frame."""

import base64
import hashlib
import pickle
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from storyreel.domain.film import Canvas, FrameSource, StillMove, WordTime
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Camera, Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin import illustrator
from storyreel.engines.backends.builtin.illustrator.actors import REST_PHASE
from storyreel.engines.backends.builtin.illustrator.compose import compose
from storyreel.engines.backends.builtin.illustrator.layers import Role
from storyreel.engines.backends.builtin.illustrator.pixels import write_png
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.backends.builtin.illustrator.scene import MARGIN
from storyreel.engines.backends.builtin.motion import BuiltinVideoEngine
from storyreel.engines.backends.builtin.motion.acting import acts, blinking, flickering, gesture, mouth_open
from storyreel.engines.backends.builtin.motion.camera import at_depth, drifted, eased, move
from storyreel.engines.backends.builtin.motion.layered import LayeredScene, Player
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.video import VideoRequest
from storyreel.engines.testing.conformance import RecordingJob

CANVAS = Canvas(256, 144)
FPS = Fraction(24)
DRAWN_BY = f"{illustrator.INFO.id}@{illustrator.INFO.version}"
CAST = (Character("tom", "Tom", "boy", "", 3), Character("fox", "Vix", "fox", "", 4))


def drawing(scene: SceneSpec, style: Style = Style.CINEMATIC) -> ImageRequest:
    return ImageRequest("", style, CANVAS, 7, scene=scene, characters=CAST)


def clip(scene: SceneSpec, number: int = 6, **changes: object) -> LayeredScene:
    return replace(LayeredScene(drawing(scene), CANVAS, FPS, number, Camera.PUSH_IN), **changes)  # type: ignore[arg-type]


def copies(source: FrameSource) -> list[NDArray[np.uint8]]:
    return [frame.copy() for frame in source.frames(0, len(source))]


def difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    return float(np.abs(first.astype(float) - second).mean())


WALK = SceneSpec("meadow", subjects=(Subject("tom", "walk"),))


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize(
    "scene",
    [
        WALK,
        SceneSpec("sea", "noon", "storm", subjects=(Subject("tom", "climb"),)),
        SceneSpec("market", "dusk", framing=Framing.MEDIUM, subjects=(Subject("tom", "hold", holds="lantern"),)),
        SceneSpec("moon", framing=Framing.CLOSE, subjects=(Subject("tom"), Subject("fox")), props=("earth",)),
    ],
    ids=lambda scene: scene.setting,
)
def test_the_first_frame_is_the_still(scene: SceneSpec, style: Style) -> None:
    first = next(clip(scene, drawing=drawing(scene, style)).frames(0, 1))
    assert difference(first, still(drawing(scene, style))) < 5


@pytest.mark.parametrize("camera", list(Camera))
def test_every_frame_is_there_and_every_one_moves(camera: Camera) -> None:
    source = clip(WALK, 6, camera=camera)
    frames = copies(source)
    assert len(frames) == len(source) == 6
    for frame in frames:
        assert frame.shape == (144, 256, 3)
        assert frame.dtype == np.uint8
    for before, after in pairwise(frames):
        assert not np.array_equal(before, after)
    assert difference(frames[0], frames[-1]) > 2


def test_what_moves_is_the_same_every_time() -> None:
    first, again = (copies(clip(WALK, 3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_no_frame_shows_an_empty_edge_at_the_end_of_a_move() -> None:
    for camera in Camera:
        last = copies(clip(replace(WALK, time="noon"), 2, camera=camera))[-1]
        for edge in (last[:, 0], last[:, -1], last[0], last[-1]):
            assert edge.max() > 20


def test_a_walker_gets_ahead() -> None:
    source = clip(replace(WALK, setting="snow"), 49)
    walked = [next(source.frames(i, i + 1)).copy() for i in (0, 48)]
    stood = copies(clip(replace(WALK, setting="snow", subjects=(Subject("tom", "stand"),)), 2))
    assert difference(walked[0], walked[1]) > difference(stood[0], stood[1])


@pytest.mark.parametrize("facing", ["left", "right"])
def test_who_walks_in_snow_or_dust_leaves_prints_behind(facing: str) -> None:
    for setting, soft in (("moon", True), ("snow", True), ("meadow", False)):
        source = clip(SceneSpec(setting, subjects=(Subject("tom", "walk", facing=facing),)), 96)
        player = Player(compose(source.drawing, CANVAS), source)
        come = [part for part in player.parts if part.motion.trod]
        assert bool(come) == soft
        assert all(part.motion.trod[1] <= abs(player.acts[0].way) for part in come if part.motion.trod)
        seen = {part.cel[0].left for part in come}
        assert len(seen) == len(come)
        feet = player.actors[0].spot.x * player.scene.px
        ahead = [left > feet if facing == "right" else left < feet for left in seen]
        assert sum(ahead) >= len(come) - 2, "they are where it is going"
    ahead = clip(SceneSpec("snow", subjects=(Subject("tom", "walk"),)), 96)
    player = Player(compose(ahead.drawing, CANVAS), ahead)
    last = player.frame(95).copy()
    player.parts = [part for part in player.parts if not part.motion.trod]
    assert not np.array_equal(last, player.frame(95)), "and seen when it has gone there"


def test_a_talking_mouth_moves_while_words_are_spoken() -> None:
    scene = SceneSpec("abstract", framing=Framing.CLOSE, subjects=(Subject("tom", "talk"),))
    silent = copies(clip(scene, 4))
    spoken = copies(clip(scene, 4, words=(WordTime(0, 1, 0, 5),)))
    assert difference(silent[1], spoken[1]) > 0.01


STEADY = [
    replace(WALK, weather="wind"),
    SceneSpec("street", "night", "rain", framing=Framing.MEDIUM, subjects=(Subject("tom", "talk"), Subject("fox"))),
    SceneSpec("snow", "dusk", "snow", subjects=(Subject("tom", "run"),)),
    SceneSpec("sea", "noon", "storm", subjects=(Subject("tom"),)),
    SceneSpec("bedroom", "night", framing=Framing.CLOSE, subjects=(Subject("tom", "talk"),)),
    SceneSpec("abstract", "noon"),
]


@pytest.mark.parametrize("camera", [Camera.PUSH_IN, Camera.PAN_LEFT])
@pytest.mark.parametrize("scene", STEADY, ids=lambda scene: scene.setting)
def test_nothing_ever_stands_still_and_nothing_pops(scene: SceneSpec, camera: Camera) -> None:
    words = tuple(WordTime(0.2 + 0.4 * k, 0.5 + 0.4 * k, 0, 1) for k in range(4))
    without_grain = drawing(scene, Style.ANIME)
    frames = copies(clip(scene, 48, drawing=without_grain, camera=camera, words=words))
    changes = [difference(before, after) for before, after in pairwise(frames)]
    assert min(changes) > 0.02
    assert max(changes) < 2.5 * float(np.median(changes))


def test_a_frame_is_the_same_whichever_are_drawn_before_it() -> None:
    source = clip(WALK, 30)
    in_order = copies(source)
    apart = [next(clip(WALK, 30).frames(i, i + 1)).copy() for i in (17, 3, 29)]
    for i, frame in zip((17, 3, 29), apart, strict=True):
        assert np.array_equal(in_order[i], frame)


def test_two_scenes_are_drawn_in_turn() -> None:
    sources = [clip(replace(WALK, setting=setting), 8) for setting in ("meadow", "snow", "garden")]
    whole = [copies(source) for source in sources]
    turns = zip(*(source.frames(0, 8) for source in sources), strict=True)
    for number, frames in enumerate(turns):
        for source in range(3):
            assert np.array_equal(frames[source], whole[source][number])


def test_another_process_draws_the_same() -> None:
    source = clip(WALK, 30)
    payload = base64.b64encode(pickle.dumps(source)).decode()
    code = (
        "import base64, hashlib, pickle\n"
        f"source = pickle.loads(base64.b64decode('{payload}'))\n"
        "print(hashlib.sha256(next(source.frames(20, 21)).tobytes()).hexdigest())"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    frame = next(source.frames(20, 21))
    assert answer.stdout.strip() == hashlib.sha256(frame.tobytes()).hexdigest()


def test_only_the_speakers_mouth_moves() -> None:
    scene = SceneSpec("abstract", framing=Framing.MEDIUM, subjects=(Subject("tom", "talk"), Subject("ann", "stand")))
    cast = (CAST[0], Character("ann", "Ann", "woman", "", 5))
    words = (WordTime(0, 1, 0, 5),)

    def moved(speaker: str | None) -> NDArray[np.bool_]:
        asked = replace(drawing(replace(scene, speaker=speaker)), characters=cast)
        large = Canvas(640, 360)
        asked = replace(asked, canvas=large)
        clips = (clip(scene, 4, drawing=asked, canvas=large, words=said) for said in (words, ()))
        spoken, silent = (next(each.frames(1, 2)).astype(int) for each in clips)
        return np.abs(spoken - silent).max(axis=2) > 40

    for speaker, side in ((None, 0), ("tom", 0), ("ann", 1)):
        halves = np.array_split(moved(speaker), 2, axis=1)
        assert halves[side].any(), speaker
        assert not halves[1 - side].any(), speaker
    assert not moved("nobody").any()


def test_who_speaks_moves_a_hand_and_who_listens_hardly_does() -> None:
    moments = [k / 12 for k in range(60)]
    speaking, listening = ([gesture(0, at, speaks) for at in moments] for speaks in (True, False))
    assert max(speaking) - min(speaking) > 12 > 5 > max(listening) - min(listening)
    assert max(abs(a - b) for a, b in pairwise(speaking)) < 5, "no jerks"


def test_a_mouth_opens_and_closes_with_each_word() -> None:
    words = (WordTime(1.0, 1.2, 0, 2), WordTime(1.5, 2.1, 3, 9))
    openings = [mouth_open(words, k / 100) for k in range(300)]
    assert not any(openings[:100] + openings[120:150] + openings[210:])
    times = [k for k, (before, after) in enumerate(pairwise(openings)) if after and not before]
    assert len(times) == 1 + 3


def test_who_walk_together_stay_together() -> None:
    pair = (Subject("fox", "walk"), Subject("tom", "walk"))
    composition = compose(drawing(SceneSpec("meadow", subjects=pair)), CANVAS)
    one, other = acts(composition.scene, composition.stage.actors, (), Camera.RISE, 480, FPS)
    assert one.way == other.way > 0


def test_who_walks_stops_before_whom_it_meets() -> None:
    scene = SceneSpec("meadow", subjects=(Subject("tom", "walk"), Subject("fox", "stand")))
    composition = compose(drawing(scene), CANVAS)
    tom, fox = composition.stage.actors
    alone, met = (
        acts(composition.scene, actors, (), Camera.RISE, 480, FPS)[0].way
        for actors in ([tom], composition.stage.actors)
    )
    ahead = fox.spot.x - tom.spot.x
    assert 0 <= met < alone
    assert met < ahead


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
@pytest.mark.parametrize("pose", ["walk", "run"])
def test_each_drawing_of_a_movement_is_shown_as_long(pose: str, fps: int) -> None:
    composition = compose(drawing(SceneSpec("meadow", subjects=(Subject("tom", pose),))), CANVAS)
    act = acts(composition.scene, composition.stage.actors, (), Camera.RISE, 4 * fps, Fraction(fps))[0]
    assert 6 <= act.drawings <= 24
    assert 0.5 < act.drawings * act.held / fps < 2.1


@pytest.mark.parametrize("camera", list(Camera))
@pytest.mark.parametrize("depth", [0.04, 0.5, 1.1])
def test_what_drifts_never_shows_its_edge(camera: Camera, depth: float) -> None:
    for share in (0, 0.2, 0.5, 1):
        gone = drifted(40, 20 * share, camera, depth) + at_depth(move(camera, share), depth).right
        assert gone < MARGIN
    assert drifted(3, 1, camera, depth) > 0


def test_what_is_held_goes_with_the_hand_and_so_does_its_light() -> None:
    large = Canvas(640, 360)
    scene = SceneSpec("village", "night", framing=Framing.MEDIUM, subjects=(Subject("tom", "walk", holds="lantern"),))
    asked = replace(drawing(scene), canvas=large)
    player = Player(compose(asked, large), clip(scene, 240, drawing=asked, canvas=large))
    lantern = [part for part in player.parts if part.motion.hand]
    assert {part.role for part in lantern} == {Role.THING, Role.LIGHT}
    bare = Player(compose(asked, large), player.clip)
    bare.parts = [part for part in bare.parts if not part.motion.hand]
    actor, act = player.stage.actors[0], player.acts[0]
    for frame in (0, act.held * (act.drawings // 2), 200):
        shown = np.abs(player.frame(frame).astype(float) - bare.frame(frame)).max(axis=2) > 60
        where = float(np.flatnonzero(shown.any(axis=0)).mean())
        phase = (REST_PHASE + frame // act.held % act.drawings / act.drawings) % 1
        hand = actor.hand(phase)
        assert hand is not None
        x = (actor.at(hand)[0] + act.way * frame / 240) * player.scene.px - player.scene.margin_px
        assert where == pytest.approx(x, abs=0.06 * large.width)


def test_land_goes_by_for_ever_and_without_a_seam() -> None:
    scene = SceneSpec("train", "noon")
    source = clip(scene, 24 * 60, drawing=drawing(scene, Style.ANIME))
    for first in (0, 24 * 17, 24 * 59):
        frames = [frame.copy() for frame in source.frames(first, first + 8)]
        changes = [difference(before, after) for before, after in pairwise(frames)]
        assert min(changes) > 0.3
        assert max(changes) < 1.5 * min(changes)


def test_a_fire_is_never_at_rest() -> None:
    lights = [flickering(k / 24) for k in range(240)]
    assert min(lights) >= 0
    assert max(lights) <= 1
    assert np.std(lights) > 0.15
    assert all(a != b for a, b in pairwise(lights))


def test_eyes_blink_now_and_then_and_not_all_at_once() -> None:
    times = [[k / 24 for k in range(24 * 60) if blinking(number, k / 24)] for number in range(2)]
    for one in times:
        assert 12 <= sum(after - before > 0.1 for before, after in pairwise(one)) + 1 <= 25
    assert len(set(times[0]) & set(times[1])) < 0.3 * len(times[0])


def test_who_walks_blinks_too() -> None:
    player = Player(compose(drawing(WALK), CANVAS), clip(WALK, 96))
    walker = next(part for part in player.parts if part.movement)
    assert walker.shut
    assert set(walker.shut) < set(range(len(walker.movement)))
    shut = next(i for i in range(96) if blinking(0, i / 24))
    open_ = next(i for i in range(shut) if i // player.acts[0].held % player.acts[0].drawings in walker.shut)
    pose = player._pose(walker, move(Camera.PUSH_IN, 0), 0)
    assert any(player._act(walker, 0, pose, shut, shut / 24) is cel for cel in walker.shut.values())
    assert any(player._act(walker, 0, pose, open_, open_ / 24) is cel for cel in walker.movement)


def test_passers_by_go_their_way() -> None:
    scene = SceneSpec("market", subjects=(Subject("tom"),))
    composition = compose(drawing(scene), CANVAS)
    assert composition.walking
    player = Player(composition, clip(scene, 48))
    for actor, act in zip(composition.walking, player.acts[1:], strict=True):
        assert (act.way < 0) == actor.mirrored
        assert abs(act.way) > actor.spot.size * 0.3


def test_smoke_rises_fades_and_comes_again() -> None:
    scene = SceneSpec("village", "noon")
    player = Player(compose(drawing(scene), CANVAS), clip(scene, 240))
    puff = next(part for part in player.parts if part.motion.rise)
    assert puff.veil
    still_ = move(Camera.PUSH_IN, 0)
    at = [player._risen(puff, puff.veil, still_, second / 4) for second in range(24)]
    tops = [top for _, _, top, _ in at]
    assert sum(after > before for before, after in pairwise(tops)) == 1  # once it begins anew
    assert at[0][3] == 1
    thick = [thick for *_, thick in at]
    assert min(thick) < 0.3 * max(thick)


def test_it_travels_to_another_process() -> None:
    source = pickle.loads(pickle.dumps(clip(WALK, 2)))  # noqa: S301 - our own
    assert all(np.array_equal(a, b) for a, b in zip(copies(source), copies(clip(WALK, 2)), strict=True))


def test_another_canvas_than_the_drawings_is_filled() -> None:
    frame = next(clip(WALK, 1, canvas=Canvas(144, 192)).frames(0, 1))
    assert frame.shape == (192, 144, 3)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    write_png(tmp_path / "picture.png", np.zeros((300, 400, 3), np.uint8))
    return tmp_path / "picture.png"


def test_the_camera_never_stands_still_and_ends_where_it_should() -> None:
    assert (eased(0), eased(1)) == (0, 1)
    steps = [eased(i / 100) for i in range(101)]
    assert min(b - a for a, b in pairwise(steps)) > 0.005
    assert move(Camera.PULL_OUT, 1).zoom == 0
    assert move(Camera.PAN_LEFT, 1).right > 0 > move(Camera.PAN_RIGHT, 1).right


async def test_the_engine_moves_what_was_drawn_here_and_pans_over_the_rest(picture: Path, tmp_path: Path) -> None:
    engine = BuiltinVideoEngine()
    assert list(await engine.missing()) == []
    assert (engine.info.id, engine.info.kind) == ("builtin", "video")
    own = VideoRequest(picture, "", CANVAS, 12, FPS, camera=Camera.RISE, drawing=drawing(WALK), drawn_by=DRAWN_BY)
    older = replace(own, drawn_by="builtin@0")
    other = replace(own, drawing=None, drawn_by="")
    moving = [result.moving for result in await engine.animate([own, older, other], RecordingJob(tmp_path / "job"))]
    assert [type(source) for source in moving] == [LayeredScene, StillMove, StillMove]
    assert isinstance(moving[0], LayeredScene)
    assert (len(moving[0]), moving[0].canvas, moving[0].fps) == (12, CANVAS, FPS)
    assert isinstance(moving[1], StillMove)
    assert (moving[1].number, moving[1].canvas, moving[1].fps, moving[1].image) == (12, CANVAS, FPS, picture)
    assert moving[1] == moving[2]
