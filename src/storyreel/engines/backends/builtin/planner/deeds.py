"""Who of those on stage does what: verbs and feelings given to their doers, in the order of the sentence."""

from collections.abc import Sequence
from math import inf

from storyreel.domain.storyboard import Subject
from storyreel.engines.backends.builtin.planner.actions import Action
from storyreel.engines.backends.builtin.planner.cast import Member
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.mentions import OBJECT, SUBJECT
from storyreel.engines.backends.builtin.planner.reading import Reading
from storyreel.engines.backends.builtin.planner.resolving import Who

_RANKS = (
    ("give",),
    (),  # all that is not listed
    ("walk",),
    ("laugh", "cry", "hold", "carry"),
    ("talk", "think", "look_up"),
    ("stand",),
    (None,),
)
_ATTENDING = ("talk", "wave", "point", "look_up", "dance", "play", "laugh")
"""Poses that show to whom one turns; the others lay hands on somebody."""
_STILL = ("sit", "stand", "lie")
"""Poses in which something else may be done with what is in the hand."""
_SIDE_BY_SIDE = 4
_AFTER_VERB = 4


def deeds(reading: Reading, who: Who, members: Sequence[Member]) -> list[Action | None]:
    """What each one does; an action that has a pose goes before one that has none, doing before looking or talking."""
    found: dict[str, Action] = {}
    for action in sorted((one for one in reading.actions if one.seen), key=_telling):
        for member in _of(reading, who, members, action):
            found.setdefault(member.id, action)
    return [found.get(member.id) for member in members]


def _of(reading: Reading, who: Who, members: Sequence[Member], action: Action) -> list[Member]:
    """Whose deed it is."""
    if not action.by:
        return doers(reading, who, members, action.first)
    return [one for first in action.by for member in who.get(first, ()) for one in singles(member)]


def doers(reading: Reading, who: Who, members: Sequence[Member], place: int) -> list[Member]:
    """Whose the word at `place` is: theirs who do something and were mentioned last before it, or right after it."""
    leading = {mention.first for mention in reading.mentions if mention.role == SUBJECT or mention.acts} | {-1}
    before = [first for first in who if first < place and first in leading]
    if not before:
        after = [first for first in who if place < first <= place + _AFTER_VERB and first in leading]
        whose = after[:1]
    else:
        whose = before[-1:]
        # Ann and Ben walk: those who are mentioned side by side do it together.
        while len(before) > len(whose) and whose[0] >= 0 and _beside(reading, before[-len(whose) - 1], whose[0]):
            whose = before[-len(whose) - 1 :]
    found = [one for first in whose for member in who[first] for one in singles(member)]
    return found or ([] if who else list(members[:1]))


def _feeling(reading: Reading, who: Who, members: Sequence[Member], place: int) -> list[Member]:
    """Whose the feeling at `place` is: theirs whom it describes (the angry king), or the doer's."""
    described = [one for member in who.get(place + 1, ()) for one in singles(member)]
    return described or doers(reading, who, members, place)


def _beside(reading: Reading, one: int, other: int) -> bool:
    """Whether two are mentioned close together, with no deed in between."""
    return other - one <= _SIDE_BY_SIDE and not any(one < action.first < other for action in reading.actions)


def singles(member: Member) -> list[Member]:
    """A group's own members, or the one."""
    return member.parts or [member]


def on_stage(who: Who) -> list[Member]:
    """All who are there, each once; of a group its members."""
    found = [one for members in who.values() for member in members for one in singles(member)]
    return list(dict.fromkeys(found))


def subjects_of(
    reading: Reading, who: Who, members: Sequence[Member], doing: Sequence[Action | None]
) -> tuple[Subject, ...]:
    """Everybody on stage with pose, face, what they hold, and whom or what the pose is about."""
    subjects: list[Subject] = []
    in_hand: set[int] = set()
    for place, (member, action) in enumerate(zip(members, doing, strict=True)):
        pose = (action.pose if action else None) or "stand"
        felt = (id_ for at, id_ in reading.expressions if member in _feeling(reading, who, members, at))
        held = [
            (at, id_) for at, id_ in reading.held if at not in in_hand and member in doers(reading, who, members, at)
        ]
        in_hand |= {at for at, _ in held[:1]}
        subjects.append(
            Subject(
                character=member.id,
                pose=pose,
                expression=_face(pose, next(felt, "calm")),
                facing="left" if place % 2 else "right",
                holds=held[0][1] if held else _in_use(reading, who, members, member, pose),
                toward=_toward(reading, who, member, members, action),
            )
        )
    return tuple(subjects)


def _in_use(reading: Reading, who: Who, members: Sequence[Member], member: Member, pose: str) -> str | None:
    """What somebody eats, drinks or reads, where it is told; and what for, who only sits in the picture."""
    for action in reading.actions:
        usual = grammar().group("in_use", action.pose or "")
        if usual is None or not action.seen or member not in _of(reading, who, members, action):
            continue
        things = [thing.id for thing in action.things if thing.category == "props"]
        told = next((id_ for id_ in things if id_ in grammar().words("holdable")), None)
        if pose == action.pose:
            return told
        if pose in _STILL:
            return told or usual
    return None


def _telling(action: Action) -> int:
    """Which of several deeds makes the picture: giving before all; a visible one before looking, thinking and talking.

    What only goes along with another deed comes after that: laughing and crying, which the face shows as well, and
    holding, carrying something: he laughed and gave her the bread, with a lamp in his hand he climbed the stairs.
    """
    return next((rank for rank, poses in enumerate(_RANKS) if action.pose in poses), 1)


def _face(pose: str, felt: str) -> str:
    if pose == "sing" and felt == "calm":
        return "happy"  # with an open mouth
    return pose if pose in ("sleep", "laugh", "cry") else felt


def _next_deed(reading: Reading, action: Action) -> float:
    """Where the next English verb stands, behind which others are done to: took the cup and hugged her."""
    later = (other.first for other in reading.actions if other.first > action.first and action.verb.isascii())
    return min(later, default=inf)


def _toward(reading: Reading, who: Who, member: Member, members: Sequence[Member], action: Action | None) -> str | None:
    """Whom one hugs, rides, gives to, fights, talks to: the first other one or thing after the verb."""
    if action is None or action.pose not in grammar().words("about_somebody"):
        return None
    if action.verb in grammar().words("showing"):
        return None  # showed them the way, which is elsewhere
    done_to = {mention.first for mention in reading.mentions if mention.role == OBJECT}
    until = inf if action.pose in _ATTENDING else _next_deed(reading, action)
    others = [one for first, group in who.items() if action.first < first < until and first in done_to for one in group]
    found = [one for other in others for one in singles(other) if one is not member and one in members]
    if found:
        handed_on = action.pose == "give" and " to " in f" {action.rest} "  # gave the cat to the girl
        return found[-1 if handed_on else 0].id
    things = [thing.id for thing in action.things if thing.category == "props"]
    return things[0] if things and action.pose in grammar().words("about_something") else None
