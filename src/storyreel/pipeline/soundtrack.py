"""The sound track of a film: made in parts, each an artifact, so that an edit makes only some of them anew."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import count, takewhile
from pathlib import Path

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.storyboard import SceneSpec
from storyreel.media.probe import SAMPLE_RATE
from storyreel.media.sound.aac import FRAME
from storyreel.media.sound.loops import Loop, render_loop
from storyreel.media.sound.mix import render_part
from storyreel.media.sound.peaks import SAMPLES
from storyreel.media.sound.scales import MOODS
from storyreel.media.sound.score import Place, Score, SoundPart, Spoken, plan_soundtrack
from storyreel.media.sound.sections import Felt
from storyreel.media.sound.splice import join_parts
from storyreel.media.sound.voices import batched, levels_identity, read_levels, write_levels
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline

_SOON = 10
"""Seconds: what is heard by then is made while voices are measured, the rest when the film's first part has all."""

_GREEN, _WATER, _INDOORS = ("forest",), ("stream",), ("room",)
_PLACES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("forest", "woods", "jungle", "garden", "park", "meadow", "field", "farm", "village"), _GREEN),
    **dict.fromkeys(("courtyard", "rice field", "road", "bamboo grove"), _GREEN),
    **dict.fromkeys(("river", "stream", "lake", "waterfall", "bridge"), _WATER),
    **dict.fromkeys(("sea", "ocean", "beach", "harbor", "harbour", "lighthouse", "ship", "island"), ("sea",)),
    **dict.fromkeys(("street", "city", "town"), ("city",)),
    **dict.fromkeys(("market", "station", "festival"), ("crowd",)),
    **dict.fromkeys(("mountain", "desert", "snow", "sky", "planet", "castle", "ruin"), ("wind",)),
    **dict.fromkeys(("room", "bedroom", "kitchen", "house", "home", "office", "library"), _INDOORS),
    **dict.fromkeys(("school", "hospital", "castle hall", "cave", "workshop", "shop", "temple", "train"), _INDOORS),
    "underwater": ("underwater",),
}
"""What is heard in a setting by day; nothing in any other, as on the moon."""
_WEATHERS: Mapping[str, str] = {"rain": "rain", "storm": "storm", "wind": "wind", "snow": "wind"}
_WEATHERLESS = frozenset(("moon", "space", "underwater", "abstract"))
_SOFT = frozenset(("forest", "night", "room", "wind"))
"""What is not heard any more in rain, storm or wind."""
_DARK = frozenset(("dusk", "night"))
_THINGS: Mapping[str, str] = {"campfire": "fire"}


async def make_soundtrack(
    pipeline: Pipeline,
    project: Project,
    spoken: Sequence[tuple[Artifact, Fraction]],
    scenes: Sequence[tuple[SceneSpec | None, Fraction, Fraction]],
    duration: Fraction,
    music: bool,
    report: Callable[[tuple[str, ...]], None],
) -> Artifact:
    """The film's sound: found, or else measured, planned, and made in parts, those that are there left as they are.

    Args:
        spoken: each voice and the second at which it begins.
        scenes: what is on screen, from when to when, in film order and without gaps.
        report: called with the artifacts' keys of the parts that are made, from the film's first on.

    Raises:
        StoryreelError: a voice is broken or would be cut off, or the sound cannot be made.
    """
    score = Score(
        voices=tuple(Spoken(voice.key, pipeline.artifacts.path(voice), at) for voice, at in spoken),
        places=tuple(Place(kind, start, end) for scene, start, end in scenes for kind in sounds_of(scene)),
        moods=moods_of(scenes) if music else (),
        seed=project.settings.seed,
        duration=duration,
    )

    async def produce(folder: Path) -> Made:
        made: dict[int, Artifact] = {}
        loops: dict[Loop, asyncio.Task[Artifact]] = {}

        def loop(wanted: Loop) -> asyncio.Task[Artifact]:
            if wanted not in loops:
                loops[wanted] = group.create_task(_make_loop(pipeline, wanted))
            return loops[wanted]

        async def make(number: int, part: SoundPart) -> None:
            files = {layer.loop: pipeline.artifacts.path(await loop(layer.loop)) for layer in part.layers}
            made[number] = await _make_part(pipeline, part, files)
            report(tuple(made[part].key for part in takewhile(made.__contains__, count())))

        async with _at_once() as group:
            batches = [score.voices[few] for few in batched([voice.key for voice in score.voices])]
            levels = [group.create_task(_make_levels(pipeline, batch)) for batch in batches]
            for wanted, heard in score.loops.items():
                if heard < _SOON:
                    loop(wanted)
            measured = [one for batch in levels for one in read_levels(pipeline.artifacts.path(await batch))]
            parts = await asyncio.to_thread(plan_soundtrack, score, measured)
            await asyncio.gather(*(loop(layer.loop) for layer in parts[0].layers))  # the film's first part goes first
            for number, part in enumerate(parts):
                group.create_task(make(number, part))
        in_order = [made[number] for number in range(len(parts))]
        out = folder / "sound.m4a"
        files = [pipeline.artifacts.path(part) for part in in_order]
        await offload.run(join_parts, offload.unwatched, files, duration, out)
        return Made(out, "audio/mp4", {"duration": float(duration), "parts": [part.key for part in in_order]})

    track = await pipeline.artifacts.make({"kind": "soundtrack"} | score.identity(), produce)
    report(tuple(track.facts["parts"]))
    return track


def sounds_of(scene: SceneSpec | None) -> tuple[str, ...]:
    """The kinds of ambience that belong to a scene: none, one, or two at once."""
    if scene is None:
        return ()
    kinds = list(_PLACES.get(scene.setting, ()))
    if scene.time in _DARK:
        kinds = ["night" if kind == "forest" else kind for kind in kinds]
    weather = _WEATHERS.get(scene.weather)
    if weather and scene.setting not in _WEATHERLESS:
        kinds = [*(kind for kind in kinds if kind not in _SOFT), weather]
    return (*kinds, *(_THINGS[thing] for thing in scene.props if thing in _THINGS))


def moods_of(scenes: Sequence[tuple[SceneSpec | None, Fraction, Fraction]]) -> tuple[Felt, ...]:
    """The moods of the story in film order, each as long as it lasts; what tells of none goes on as before.

    So do moods that there is no music for. At the film's start, it begins as it will go on; nothing at all is calm.
    """
    known = [scene.mood if scene and scene.mood in MOODS else "" for scene, _, _ in scenes]
    mood = next(filter(None, known), "calm")
    felt: list[Felt] = []
    for own, (_, start, end) in zip(known, scenes, strict=True):
        mood = own or mood
        if felt and felt[-1].mood == mood:
            felt[-1] = replace(felt[-1], end=end)
        else:
            felt.append(Felt(mood, start, end))
    return tuple(felt)


async def _make_levels(pipeline: Pipeline, voices: Sequence[Spoken]) -> Artifact:
    """What is known of a few voices."""

    async def produce(folder: Path) -> Made:
        out = folder / "levels.npz"
        await offload.run(write_levels, offload.unwatched, [voice.path for voice in voices], out)
        return Made(out, "application/x-npz", {})

    made_from = {"kind": "voice_levels"} | levels_identity([voice.key for voice in voices])
    return await pipeline.artifacts.make(made_from, produce)


async def _make_loop(pipeline: Pipeline, loop: Loop) -> Artifact:
    async def produce(folder: Path) -> Made:
        out = folder / "loop.wav"
        await offload.run(render_loop, offload.unwatched, loop, out)
        return Made(out, "audio/wav", {})

    return await pipeline.artifacts.make({"kind": "loop"} | loop.identity(), produce)


async def _make_part(pipeline: Pipeline, part: SoundPart, loops: Mapping[Loop, Path]) -> Artifact:
    async def produce(folder: Path) -> Made:
        out = folder / "part.m4a"
        peaks = await offload.run(render_part, offload.unwatched, part, loops, out)
        facts = {"duration": part.packets * FRAME / SAMPLE_RATE, "begins": part.start // SAMPLES, "beneath": peaks}
        return Made(out, "audio/mp4", facts)

    return await pipeline.artifacts.make({"kind": "sound_part"} | part.identity(), produce)


@asynccontextmanager
async def _at_once() -> AsyncGenerator[asyncio.TaskGroup]:
    """A group of tasks; the first failure ends the others, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
