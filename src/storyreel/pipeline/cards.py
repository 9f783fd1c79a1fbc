"""The film's first and last word: a card before its first shot, and one after its last."""

from collections.abc import Sequence
from dataclasses import replace

from storyreel.domain.artifact import Artifact
from storyreel.domain.project import Language, Project
from storyreel.domain.shot import Shot
from storyreel.domain.storyboard import Transition
from storyreel.media.cards import card_identity
from storyreel.media.profile import EncodeProfile
from storyreel.media.timeline import clip_frames
from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.footage import Lettered
from storyreel.pipeline.takes import Take

_LAST_WORD = {Language.ENGLISH: "The End", Language.CHINESE: "剧终"}


def last_word(project: Project) -> str:
    """What the card after the film's last shot says, in the story's language."""
    return _LAST_WORD[Language(project.language or Language.ENGLISH)]


class Cards:
    """Puts the cards of one film around its takes. Takes that stay as they were stay the same objects."""

    def __init__(self, pipeline: Pipeline, project: Project, profile: EncodeProfile) -> None:
        self._pipeline = pipeline
        self._project = project
        self._profile = profile
        self._ends: tuple[Take, Take] | None = None
        self._made: tuple[Take, Take, Take] | None = None

    def around(self, takes: Sequence[Take]) -> list[Take]:
        """The takes, with a silent one before and one after them, of which each shows the picture next to it."""
        ends = takes[0], takes[-1]
        if self._made is None or self._ends is None or any(a is not b for a, b in zip(ends, self._ends, strict=True)):
            self._ends, self._made = ends, self._make(*ends)
        opening, last, closing = self._made
        return [opening, *takes[:-1], last, closing]

    def _make(self, first: Take, last: Take) -> tuple[Take, Take, Take]:
        opening = self._card(first, self._project.title, Transition.CROSSFADE)
        closing = self._card(last, last_word(self._project), Transition.FADE_BLACK)
        return opening, replace(last, shot=replace(last.shot, transition=Transition.CROSSFADE)), closing

    def _card(self, beside: Take, text: str, transition: Transition) -> Take:
        shot = replace(beside.shot, narration="", transition=transition)
        footage = None if beside.image is None else self._lettered(beside.image, beside.shot, text)
        return Take(shot, 1.0, True, None, beside.image, footage)

    def _lettered(self, image: Artifact, shot: Shot, text: str) -> Lettered:
        made_from = {
            "kind": "card",
            "picture": image.key,
            "text": text,
            "style": shot.style or self._project.style,
            "canvas": str(self._profile.canvas),
        } | card_identity()
        frames = clip_frames(None, int(self._profile.fps))
        return Lettered(self._pipeline.artifacts.key(made_from), made_from, image, frames)
