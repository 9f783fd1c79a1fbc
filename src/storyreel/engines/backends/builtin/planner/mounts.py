"""Who is on which animal or in which vehicle, from shot to shot until they get off."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from storyreel.domain.storyboard import Subject
from storyreel.engines.backends.builtin.planner.actions import Action
from storyreel.engines.backends.builtin.planner.cast import Member

_MOVING = ("walk", "run", "fly", "swim", "jump")
_OFF = ("off", "down", "out")
_ON_ANIMALS = ("ride", "mount", "gallop", "trot")


@dataclass
class Mounts:
    """`mounts` are those whom or what people rode last: animals of the story, or things by their ids."""

    mounts: dict[str, Member | str] = field(default_factory=dict[str, Member | str])

    def missing(self, members: Sequence[Member], doing: Sequence[Action | None]) -> list[Member]:
        """The animals of those who ride again without a word of what: Chen rode home."""
        again = [
            self.mounts.get(member.id)
            for member, action in zip(members, doing, strict=True)
            if action is not None and action.pose == "ride" and (action.verb in _ON_ANIMALS or action.verb > "z")
        ]
        return [one for one in dict.fromkeys(again) if isinstance(one, Member) and one not in members]

    def seated(
        self, subjects: Sequence[Subject], members: Sequence[Member], doing: Sequence[Action | None]
    ) -> tuple[Subject, ...]:
        """The same, with those on their mounts who ride, or go where their mount goes: they flew over the forest."""
        by_id = {member.id: member for member in members}
        poses = {subject.character: subject.pose for subject in subjects}
        found: list[Subject] = []
        for subject, action in zip(subjects, doing, strict=True):
            mount = self._mount(subject, action, by_id)
            id_ = mount.id if isinstance(mount, Member) else mount
            together = subject.pose in _MOVING and poses.get(id_ or "") == subject.pose
            rides = subject.pose == "ride" and subject.toward is None and (isinstance(mount, str) or id_ in by_id)
            found.append(replace(subject, pose="ride", toward=id_) if id_ and (rides or together) else subject)
        return tuple(found)

    def _mount(self, subject: Subject, action: Action | None, members: dict[str, Member]) -> Member | str | None:
        """What somebody is on after a deed."""
        new = members.get(subject.toward or "", subject.toward)
        animal = isinstance(new, Member) and new.animal
        on_it = subject.pose == "ride" and (animal or isinstance(new, str))
        if new is not None and (on_it or (animal and subject.pose == "climb")):
            self.mounts[subject.character] = new
        elif action is not None and (action.verb == "dismount" or action.rest.split(" ")[0] in _OFF):
            self.mounts.pop(subject.character, None)
        return self.mounts.get(subject.character)
