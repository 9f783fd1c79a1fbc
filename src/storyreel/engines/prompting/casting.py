"""Who is in the story: known by name over all its windows; and scenes of them, from what a model answered."""

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from storyreel.domain.storyboard import Camera, Character, Framing, SceneSpec, Subject
from storyreel.engines.prompting.replies import CharacterReply, SceneReply, SubjectReply
from storyreel.engines.prompting.stage import plain

MAX_SUBJECTS = 4
MAX_PROPS = 4
OPENING = SceneSpec(setting="meadow")
"""What holds until the story says something else."""
_CAMERAS = tuple(Camera)
_KIND_OF_NOBODY = "person"


class Cast:
    """The characters met so far, in the order in which they came.

    Args:
        known: those whom the story has already.
        seed: varies the faces of those who are new.
    """

    def __init__(self, known: Iterable[Character], seed: int) -> None:
        self.members = list(known)
        self._seed = seed

    def add(self, replies: Iterable[CharacterReply]) -> None:
        """Take in those who are new; of others, the names that are."""
        for reply in replies:
            found = self.find(reply.name)
            names = {alias for alias in reply.aliases if alias and self.find(alias) is None}
            if found is not None:
                self.members[self.members.index(found)] = replace(found, aliases=(*found.aliases, *sorted(names)))
            elif reply.name:
                self.members.append(self._new(reply, tuple(sorted(names))))

    def find(self, name: str) -> Character | None:
        """Who is called so, or has that id."""
        wanted = plain(name)
        for member in self.members:
            if wanted and wanted in (member.id, *map(plain, (member.name, *member.aliases))):
                return member
        return None

    def described(self) -> str:
        """For the model: a line for each."""
        lines = [
            ", ".join(filter(None, (f"- {one.name}: {one.kind}", one.looks, one.description))) for one in self.members
        ]
        return "\n".join(lines) or "nobody"

    def _new(self, reply: CharacterReply, aliases: tuple[str, ...]) -> Character:
        taken = {member.id for member in self.members}
        id_ = next(name for number in range(len(taken) + 1) if (name := f"c{number + 1}") not in taken)
        seed = zlib.crc32(f"{self._seed}/{id_}/{reply.name}".encode()) & 0x7FFFFFFF
        return Character(id_, reply.name, reply.kind or _KIND_OF_NOBODY, plain(reply.looks), seed, aliases, reply.sex)


def scene_of(reply: SceneReply, before: SceneSpec, cast: Cast, *, strangers: bool = False) -> SceneSpec:
    """The scene that a model described; what it left open is as `before`.

    Args:
        strangers: whether somebody whom nobody knows is shown as their kind, or else not at all.
    """
    speaker = cast.find(reply.speaker)
    return SceneSpec(
        setting=reply.setting or before.setting,
        time=reply.time or before.time,
        weather=reply.weather or before.weather,
        mood=reply.mood or before.mood,
        framing=Framing(reply.framing or before.framing),
        camera=Camera(reply.camera or before.camera),
        subjects=_on_stage(reply.subjects, cast, strangers),
        props=tuple(dict.fromkeys(prop for prop in reply.props if prop))[:MAX_PROPS],
        season=reply.season or before.season,
        crowd=reply.crowd or None,
        speaker=speaker.id if speaker else None,
    )


def _on_stage(replies: Iterable[SubjectReply], cast: Cast, strangers: bool) -> tuple[Subject, ...]:
    found: dict[str, SubjectReply] = {}
    for one in replies:
        member = cast.find(one.character)
        id_ = member.id if member else plain(one.character) if strangers else ""
        if id_ and len(found) < MAX_SUBJECTS:
            found.setdefault(id_, one)
    return tuple(
        Subject(id_, one.pose, one.expression, one.facing, one.holds or None, _toward(one.toward, id_, found, cast))
        for id_, one in found.items()
    )


def _toward(name: str, own: str, on_stage: Collection[str], cast: Cast) -> str | None:
    """Somebody else on stage, or a thing."""
    member = cast.find(name)
    if member is None:
        return plain(name) or None
    return member.id if member.id in on_stage and member.id != own else None


def next_camera(camera: Camera) -> Camera:
    """Another move, for a part of a shot that was too long for one."""
    return _CAMERAS[(_CAMERAS.index(camera) + 1) % len(_CAMERAS)]


def shown(members: Sequence[Character], scenes: Iterable[SceneSpec]) -> tuple[Character, ...]:
    """Those who are to be seen or heard."""
    ids: set[str] = set()
    for scene in scenes:
        ids |= {subject.character for subject in scene.subjects} | ({scene.speaker} if scene.speaker else set())
    return tuple(member for member in members if member.id in ids)
