"""Where everybody was seen last, so that a story that turns to somebody else turns to their place, too."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storyreel.engines.backends.builtin.planner.cast import Member, kind_of
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.reading import Reading


@dataclass
class Whereabouts:
    """`seen` is the setting by a member's id, `here` are those who were on stage since the last change of place."""

    seen: dict[str, str] = field(default_factory=dict[str, str])
    here: set[str] = field(default_factory=set[str])

    def told_by_who_is_there(self, reading: Reading, members: Sequence[Member]) -> str | None:
        """The place of those on stage where all of them are newly there, none comes, and no place is told."""
        if reading.setting or reading.outdoors or any(member.id in self.here for member in members):
            return None
        if reading.going in ("travels", "joins") or any(_comes(action.verb) for action in reading.actions):
            return None
        later = reading.jump or reading.time is not None
        places = {place for member in members if (place := self._place(member, later=later))}
        return places.pop() if len(places) == 1 else None

    def _place(self, member: Member, *, later: bool) -> str | None:
        """Where they were seen last, where time has passed; else where they belong, if nobody has seen them."""
        last = self.seen.get(member.id)
        if member.word.isascii():
            return last if later else None
        return _seat(member) if last is None else last if later else None

    def see(self, members: Sequence[Member], setting: str | None, *, new_place: bool) -> None:
        """Those are on stage now."""
        ids = [member.id for member in members]
        self.here = set(ids) if new_place else self.here | set(ids)
        if setting is not None:
            self.seen |= dict.fromkeys(ids, setting)


def _comes(verb: str) -> bool:
    """Whether a Chinese verb tells of coming or going: 钻出, 追上."""
    return verb[:1] in _COMING or verb[-1:] in _COMING


_COMING = tuple("来到进出赶追找回走跑飞冲跟")


def _seat(member: Member) -> str | None:
    """Where somebody of their rank is at home: a king in his hall, the king of dragons in the sea."""
    if member.animal or member.plural:
        return None
    return grammar().group("seats", member.word) or grammar().group("seats", kind_of(member))
