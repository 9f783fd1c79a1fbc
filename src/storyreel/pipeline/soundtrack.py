"""The sound track of a film, as an artifact of its own."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from storyreel import offload
from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Project
from storyreel.domain.storyboard import SceneSpec
from storyreel.media.mix import render_soundtrack, soundtrack_identity
from storyreel.pipeline.artifacts import Made
from storyreel.pipeline.context import Pipeline


async def make_soundtrack(
    pipeline: Pipeline,
    project: Project,
    spoken: Sequence[tuple[Artifact, Fraction]],
    scenes: Sequence[tuple[SceneSpec | None, Fraction, Fraction]],
    duration: Fraction,
    music: bool,
) -> Artifact:
    """The film's sound: found, or else mixed."""
    moods = Counter(scene.mood for scene, _, _ in scenes if scene)
    mood = (moods.most_common(1)[0][0] if moods else "calm") if music else None
    seed = project.settings.seed
    identity = soundtrack_identity([(voice.key, at) for voice, at in spoken], duration, mood, seed)

    async def produce(folder: Path) -> Made:
        out = folder / "sound.m4a"
        voices = [(pipeline.artifacts.path(voice), at) for voice, at in spoken]
        await offload.run(render_soundtrack, _unseen, voices, duration, mood, seed, out)
        return Made(out, "audio/mp4", {"duration": float(duration)})

    return await pipeline.artifacts.make({"kind": "soundtrack"} | identity, produce)


def _unseen(_fraction: float) -> None:
    """Mixing takes a few seconds at most."""
