"""A finished film as other programs take it: its clips and sounds with links to their files, and its text."""

from collections.abc import Callable

from storyreel.domain.film import Film
from storyreel.media.interchange import Cutting, Heard
from storyreel.pipeline.review import Review

Link = Callable[[str | None], str | None]


def cuttings_of(reviewed: Review, link: Link) -> list[Cutting]:
    """The pictures: each shot's clip, or its still picture when the film was drawn without one."""
    return [
        Cutting(
            name=clip.clip.card or f"Shot {number}",
            url=link(clip.file or clip.clip.image),
            start=clip.start,
            frames=clip.frames,
            overlap=clip.overlap,
            transition=clip.clip.transition,
            notes={"shot_id": clip.clip.shot_id, "narration": clip.clip.narration},
        )
        for number, clip in enumerate(reviewed.clips, 0 if reviewed.clips[0].clip.card else 1)
    ]


def heard_in(reviewed: Review, film: Film, link: Link) -> tuple[list[Heard], Heard]:
    """The voices, and the finished sound."""
    fps = reviewed.timeline.fps
    voices = [
        Heard(
            name=clip.clip.narration,
            url=link(clip.voice.key),
            start=round(clip.voice_start * fps),
            frames=max(1, int(clip.voice.facts["duration"] * fps)),
        )
        for clip in reviewed.clips
        if clip.voice
    ]
    return voices, Heard("Mix", link(film.sound), 0, reviewed.timeline.total_frames)


def as_text(film: Film) -> str:
    """The title, and what is told, shot by shot."""
    told = [clip.narration.strip() for clip in film.clips if clip.narration.strip()]
    return "\n\n".join([film.title, *told]) + "\n"
