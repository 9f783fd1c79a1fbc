"""Shot size and camera: establish, come nearer, close on what is felt; no three alike in a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storyreel.domain.storyboard import Camera, Framing, Subject
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.reading import Reading

_TALL = ("flag", "ladder")
"""What a hand holds up higher than a close view reaches."""
_WHOLE_BODY = (
    "run",
    "fly",
    "swim",
    "climb",
    "ride",
    "row",
    "fight",
    "dance",
    "jump",
    "fall",
    "lie",
    "push",
    "pull",
    "fish",
    "hide",
)
"""Poses that a close view would cut off."""
_CAMERAS = {
    Framing.WIDE: (Camera.PUSH_IN, Camera.PAN_RIGHT, Camera.RISE, Camera.PAN_LEFT),
    Framing.MEDIUM: (Camera.PAN_RIGHT, Camera.PUSH_IN, Camera.PAN_LEFT, Camera.PULL_OUT),
    Framing.CLOSE: (Camera.PUSH_IN, Camera.PULL_OUT),
}


@dataclass
class Lens:
    """Remembers the last shots. `seed` varies the camera."""

    seed: int = 0
    framings: list[Framing] = field(default_factory=list[Framing])
    last_camera: Camera | None = None

    def framing(
        self,
        reading: Reading,
        subjects: Sequence[Subject],
        *,
        new_place: bool,
        crowded: bool,
        props: Sequence[str],
    ) -> Framing:
        """The shot size: what the text asks for, else what the story needs."""
        wanted = (
            Framing(reading.framing)
            if reading.framing
            else self._wanted(reading, subjects, props, new_place=new_place, crowded=crowded)
        )
        tall = wanted is Framing.CLOSE and any(subject.holds in _TALL for subject in subjects)
        if tall and not reading.framing:
            wanted = Framing.WIDE
        if self.framings[-2:] == [wanted, wanted]:
            wanted = Framing.WIDE if wanted is not Framing.WIDE else Framing.MEDIUM
        self.framings = [*self.framings[-1:], wanted]
        return wanted

    def camera(self, framing: Framing, reading: Reading, subjects: Sequence[Subject]) -> Camera:
        """A move that suits the shot and is not the last one again: up with what flies, nearer to what is felt."""
        choices = [camera for camera in _CAMERAS[framing] if camera is not self.last_camera]
        fitting = self._fitting(framing, reading, subjects)
        camera = fitting if fitting is not None and fitting in choices else choices[self.seed % len(choices)]
        self.last_camera = camera
        self.seed += 1
        return camera

    def _wanted(
        self, reading: Reading, subjects: Sequence[Subject], props: Sequence[str], *, new_place: bool, crowded: bool
    ) -> Framing:
        if new_place or not self.framings or crowded:
            return Framing.WIDE
        if not subjects and len(props) == 1 and props[0] in grammar().words("holdable"):
            return Framing.CLOSE  # a letter
        if not subjects:
            return Framing.MEDIUM if self.framings[-1] is Framing.WIDE and not props else Framing.WIDE
        whole = any(subject.pose in _WHOLE_BODY for subject in subjects)
        felt = any(subject.expression not in ("calm", "sleep") for subject in subjects)
        if whole or len(subjects) > 2:
            return Framing.WIDE if self.framings[-1] is Framing.MEDIUM else Framing.MEDIUM
        if felt and self.framings[-1] is not Framing.CLOSE:
            return Framing.CLOSE
        return Framing.CLOSE if self.framings[-1] is Framing.MEDIUM else Framing.MEDIUM

    def _fitting(self, framing: Framing, reading: Reading, subjects: Sequence[Subject]) -> Camera | None:
        poses = {subject.pose for subject in subjects}
        if framing is Framing.WIDE:
            if poses & {"fly", "climb"}:
                return Camera.RISE
            if poses & {"walk", "run", "ride", "row", "swim"}:
                right = any(subject.facing == "right" for subject in subjects)
                return Camera.PAN_RIGHT if right else Camera.PAN_LEFT
        felt = any(subject.expression not in ("calm", "sleep") for subject in subjects)
        return Camera.PUSH_IN if felt else None
