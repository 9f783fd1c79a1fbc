"""Who travels together: the hero and those who came along, whom "they" means also after others were met."""

from storyreel.engines.backends.builtin.planner.cast import Member

_LASTS = 12  # shots in which one of them at least is told of again
_TWO = 2


class Party:
    """Those who are on their way together, the first of them before the others."""

    def __init__(self) -> None:
        self._members: list[Member] = []
        self._seen = -1

    def members(self, shot: int) -> list[Member]:
        """Who travels together in a shot; nobody once none of them has been told of for long."""
        self._seen = max([self._seen, *(one.last for one in self._members)])
        if len(self._members) < _TWO or self._seen < shot - _LASTS:
            self._members = []
        return self._members[:]

    def go(self, doers: list[Member], shot: int) -> None:
        """These go somewhere together: the party, when one of it is among them, else a new one."""
        known = self.members(shot)
        together = [one for one in doers if not one.plural]
        if len(together) < _TWO:
            return
        joined = [one for one in known if one in together]
        self._members = list(dict.fromkeys([*known, *together])) if joined and known[0] in together else together

    def join(self, newcomer: Member, others: list[Member], shot: int) -> None:
        """Somebody comes along with the party, or else with these."""
        known = self.members(shot) or [one for one in others if not one.plural]
        if known and not newcomer.plural:
            self._members = list(dict.fromkeys([*known, newcomer]))

    def part(self) -> None:
        self._members = []
