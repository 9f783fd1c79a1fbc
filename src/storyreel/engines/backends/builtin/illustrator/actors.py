"""Actors: who is on stage, and their drawing in any moment of their movement."""

from dataclasses import dataclass, replace

from storyreel.domain.storyboard import Character, Subject
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.cast import Person, in_space_suit, is_person, person_of
from storyreel.engines.backends.builtin.illustrator.puppets.human import human
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import known
from storyreel.engines.backends.builtin.vocabulary import entries

REST_PHASE = 0.13
"""The moment of the walk cycle that stills show: legs apart."""
_MOVING = ("walk", "run", "fly", "swim")
_EXPRESSIONS = {"cry": "cry", "laugh": "laugh", "sleep": "sleep"}
"""Poses that show in the face whatever the expression is said to be."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody on stage; `person` is None for animals and for creatures that are drawings in files."""

    character: Character
    pose: str
    expression: str
    mirrored: bool
    spot: Spot
    person: Person | None = None
    from_behind: bool = False
    holds: str | None = None

    @property
    def height(self) -> float:
        """A share of a grown man's."""
        if self.person:
            return self.person.height
        if zoo.is_animal(self.character.kind):
            return zoo.height_of(self.character.kind)
        creature = art.piece(self.character.kind)
        return creature.height if creature else 1.0

    @property
    def breadth(self) -> float:
        """How wide it is, as a share of its height."""
        if self.person:
            return 0.46 / (0.78 if self.person.child else 1)
        if self.character.kind == "rabbit":
            return 0.8
        if zoo.is_animal(self.character.kind):
            return 1.5
        return art.draw(self.character.kind).box[2] / 105

    @property
    def moves(self) -> bool:
        """Whether its drawing changes with the phase all the time."""
        return self.pose in _MOVING and (self.person is None or self.pose in ("walk", "run"))

    def drawing(self, phase: float = REST_PHASE, *, manga: bool, blink: bool = False, talking: bool = False) -> Drawing:
        expression = "sleep" if blink else self.expression
        if self.person:
            figure = human(
                self.person,
                self.pose,
                phase,
                expression,
                manga=manga,
                from_behind=self.from_behind,
                talking=talking,
            )
            return figure.drawing
        if zoo.is_animal(self.character.kind):
            return zoo.animal(self.character, self.pose, phase, expression)[0]
        return art.draw(self.character.kind)

    def units(self) -> float:
        """How many units tall its drawing is."""
        if self.person or not zoo.is_animal(self.character.kind):
            return 100
        return zoo.animal(self.character, "stand", 0, "calm")[1]

    def hand(self, manga: bool) -> tuple[float, float] | None:
        """Where its front hand is, in its drawing's units; None when it has none to hold with."""
        if self.person is None:
            return None
        return human(self.person, self.pose, REST_PHASE, self.expression, manga=manga).hand

    def blinks(self) -> bool:
        return (
            self.expression != "sleep"
            and not self.from_behind
            and (self.person is not None or (zoo.is_animal(self.character.kind) and not zoo.swims(self.character.kind)))
        )


def actor_of(subject: Subject, characters: tuple[Character, ...], *, suited: bool) -> Actor:
    """A subject as an actor, of its character; one that is not in the cast is somebody of that name as its kind."""
    found = next((one for one in characters if one.id == subject.character), None)
    character = found or Character(subject.character, subject.character, subject.character)
    kind = known("kinds", character.kind) or character.kind
    kind = str(entries("kinds").get(kind, {}).get("like", kind))
    character = replace(character, kind=kind)
    pose = known("poses", subject.pose) or "stand"
    expression = _EXPRESSIONS.get(pose) or known("expressions", subject.expression) or "calm"
    if subject.expression in ("cry", "laugh"):
        expression = subject.expression
    person = None
    if is_person(kind) or not (zoo.is_animal(kind) or art.piece(kind)):
        person = person_of(character)
        if suited and not person.robot:
            person = in_space_suit(person)
    holds = known("props", subject.holds) if subject.holds else None
    return Actor(character, pose, expression, subject.facing == "left", Spot(0, 0, 1, 100, 0.9), person, holds=holds)
