"""What a shot asks of each engine as it stands, as the JSON that its artifact's key is hashed from."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from storyreel.domain.artifact import Artifact
from storyreel.domain.dialogue import quotations
from storyreel.domain.film import FilmOptions, Preset, canvas_for
from storyreel.domain.project import Project, Style
from storyreel.domain.serialize import as_json
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Camera, Character, SceneSpec, naming
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.registry import EngineRegistry, identity
from storyreel.media.profile import SOFTWARE, EncodeProfile, named_profile
from storyreel.media.timeline import clip_frames

# A prime far from small multiples, so that takes of neighbouring project seeds do not meet.
SEEDS_BETWEEN_TAKES = 1_000_003
MAX_SEED = 2**31 - 1


def image_order(engines: EngineRegistry, project: Project, shot: Shot) -> dict[str, Any]:
    """What the shot's picture is made from; `references`, if any, are the keys of pictures of its characters."""
    engine = engines.image(project.settings).info
    request = ImageRequest(
        prompt=_prompt(project, shot),
        style=Style(shot.style or project.style),
        canvas=canvas_for(project.settings.resolution, project.settings.aspect),
        seed=(project.settings.seed + shot.take * SEEDS_BETWEEN_TAKES) % (MAX_SEED + 1),
        scene=_as_staged(shot.scene) if shot.scene else None,
        characters=tuple(as_drawn(member) for member in project.characters if member.id in _on_stage(shot)),
    )
    order = {"kind": "image", "engine": identity(engine), "request": as_json(request)}
    references = [member.reference for member in _appearing(project, shot) if member.reference]
    return order | ({"references": references} if references and engine.references else {})


def _as_staged(scene: SceneSpec) -> SceneSpec:
    """A scene without what makes no difference to a picture: how the camera moves over it."""
    return replace(scene, camera=Camera.PUSH_IN)


def as_drawn(member: Character) -> Character:
    """A character without what makes no difference to a picture, or reaches its engine by another way."""
    return replace(member, aliases=(), voice=None, reference=None)


def _prompt(project: Project, shot: Shot) -> str:
    """The shot's prompt, and what is to be said of everybody who appears in it."""
    told = shot.prompt_en or shot.prompt
    described = [member for member in _appearing(project, shot) if member.description]
    return "\n".join([told, *(f"{member.name}: {member.description}" for member in described)])


def _appearing(project: Project, shot: Shot) -> list[Character]:
    """Whoever is on stage, or called by name in the prompt."""
    told = f"{shot.prompt}\n{shot.prompt_en}"
    seen = _on_stage(shot)
    return [member for member in project.characters if member.id in seen or naming(member).search(told)]


def _on_stage(shot: Shot) -> set[str]:
    return {subject.character for subject in shot.scene.subjects} if shot.scene else set()


def voice_order(engines: EngineRegistry, project: Project, shot: Shot) -> dict[str, Any] | None:
    """What the shot's voice is made from; None when it has nothing to say."""
    text = shot.narration.strip()
    if not text:
        return None
    request = as_json(
        SpeechRequest(
            text=text,
            language=project.language or "en",
            voice=shot.voice_name or project.settings.voice,
            speaker=_speaker(project, shot) if quotations(text) else None,
        )
    )
    if request["speaker"] is None:
        del request["speaker"]  # so that a voice in which nobody else speaks keeps its key, whoever is said to
    return {"kind": "voice", "engine": identity(engines.speech(project.settings).info), "request": request}


def _speaker(project: Project, shot: Shot) -> Character | None:
    """Whose words stand in the shot's quotation marks; None for somebody whom the project does not know."""
    wanted = shot.scene.speaker if shot.scene else None
    return next((as_heard(member) for member in project.characters if member.id == wanted), None)


def as_heard(member: Character) -> Character:
    """A character without what makes no difference to a voice."""
    return replace(member, aliases=(), description="", reference=None)


def clip_order(
    engines: EngineRegistry, project: Project, shot: Shot, voice: Artifact | None, profile: EncodeProfile
) -> dict[str, Any]:
    """What the shot's clip is made from, given the picture and the voice that are chosen for it."""
    return {
        "kind": "clip",
        "engine": identity(engines.video(project.settings).info),
        "profile": profile.identity(),
        "image": shot.image,
        "voice": voice.key if voice else None,
        "frames": clip_frames(voice.facts["duration"] if voice else None, int(profile.fps)),
        "prompt": _prompt(project, shot),
        "camera": shot.scene.camera if shot.scene else Camera.PUSH_IN,
        "seed": project.settings.seed,
    }


def encoding(options: FilmOptions, encoder: str | None = None) -> dict[str, Any]:
    """How a film's pictures are encoded, as tasks keep it; without an `encoder`, in software."""
    return {
        "resolution": options.resolution,
        "fps": options.fps,
        "preset": options.preset,
        "encoder": encoder or SOFTWARE[options.codec],
    }


def film_profile(project: Project, wanted: dict[str, Any]) -> EncodeProfile:
    """The profile of the pictures of a film; `wanted` holds what `encoding` gave."""
    canvas = canvas_for(wanted["resolution"], project.settings.aspect)
    return named_profile(canvas, Fraction(wanted["fps"]), Preset(wanted["preset"]), wanted["encoder"])


def default_options(project: Project) -> FilmOptions:
    """The film that the project's settings ask for."""
    return FilmOptions(resolution=project.settings.resolution, fps=project.settings.fps)


def video_facts(profile: EncodeProfile, frames: int) -> dict[str, Any]:
    """What an artifact says of a video of ours: encoder and join fail unless it is so, and none is decoded again."""
    canvas = profile.canvas
    seconds = float(frames / profile.fps)
    return {
        "width": canvas.width,
        "height": canvas.height,
        "fps": str(profile.fps),
        "frames": frames,
        "duration": seconds,
    }
