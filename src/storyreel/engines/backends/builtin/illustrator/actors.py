"""Actors: who is on stage, and their drawing in any moment of their movement."""

from dataclasses import dataclass, replace

from storyreel.domain.storyboard import Character, Subject
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.figures import Spot
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.cast import (
    Person,
    in_space_suit,
    is_person,
    person_of,
    wears_period_dress,
)
from storyreel.engines.backends.builtin.illustrator.puppets.head import crown
from storyreel.engines.backends.builtin.illustrator.puppets.human import bones_of, human
from storyreel.engines.backends.builtin.illustrator.puppets.skeleton import FREE, Point, Rest, Skeleton, pose
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.backends.builtin.illustrator.words import known
from storyreel.engines.backends.builtin.vocabulary import entries

REST_PHASE = 0.13
"""The moment of a cycle that stills show: in a walk, the legs apart."""
_EXPRESSIONS = {"cry": "cry", "laugh": "laugh", "sleep": "sleep"}
"""Poses that show in the face whatever the expression is said to be."""
_IN_ARMS = 0.45
"""How large what is too large for a hand is in it, beside its true size."""
_UPRIGHT = 30
"""What is held no more aslant than so many degrees reaches up."""
_LIPS = 7.0
"""How far behind an animal's foremost place its lips hold something, in its drawing's units."""
_LIMB, _BOW = 5.0, 10.0
"""How thick hands and feet are about their joints, and how far behind somebody a bow on the back is, in units."""
_LYING = ("lie", "sleep")
_BREADTH = {"ride": 0.9, "cycle": 0.9} | {
    "fly": 1.15,
    "swim": 1.15,
    "lie": 1.1,
    "sleep": 1.5,
    "run": 0.62,
    "fight": 0.66,
    "squat": 0.58,
    "row": 0.6,
    "dance": 0.62,
    "kneel": 0.56,
}
"""How wide a person is in a pose, with the bed that it sleeps in, as a share of its height."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody on stage; `person` is None for animals and for creatures that are drawings in files.

    `toward` is whom or what the pose is about: a character's id, or a word. `rest`: what its hands reach for.
    `on` is the number of the actor that it goes along with: whom it rides, is carried or led by. `seated`: it stands
    on no ground of its own. `embraces`: its near arm goes before what it holds in both. `gestures`: that arm moves by
    itself.
    """

    character: Character
    pose: str
    expression: str
    mirrored: bool
    spot: Spot
    person: Person | None = None
    from_behind: bool = False
    holds: str | None = None
    toward: str | None = None
    rest: Rest = FREE
    on: int | None = None
    seated: bool = False
    embraces: bool = False
    gestures: bool = False

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
        if self.vehicle:
            return art.draw(self.vehicle).box[2] / 100 * (art.piece(self.vehicle) or art.Piece(1)).height / self.height
        if self.person:
            return _BREADTH.get(self.pose, 0.42 if self.person.age in ("adult", "old", "teen") else 0.52)
        left, right = self.extent
        return (right - left) / self.units()

    @property
    def vehicle(self) -> str:
        """In what with windows it goes somewhere; empty when in nothing of the kind."""
        name = known("props", self.toward) if self.person and self.toward and self.pose in ("ride", "drive") else None
        piece = art.piece(name) if name else None
        return name if name and piece and piece.windows else ""

    @property
    def extent(self) -> tuple[float, float]:
        """How far it reaches behind and before its origin, in its drawing's units."""
        if self.person:
            return -21, 21
        if zoo.is_animal(self.character.kind):
            return zoo.extent_of(self.character.kind)
        left, _, width, _ = art.draw(self.character.kind).box
        return left, left + width

    def spread(self) -> tuple[float, float]:
        """How far it reaches in its pose, with arms and legs and what it has on its back, in its drawing's units."""
        back, front = self.extent
        bones = self.bones()
        if bones is None:
            return back, front
        limbs = (bones.front_arm, bones.back_arm, bones.front_leg, bones.back_leg)
        joints = [x for limb in limbs for x, _ in (limb.middle, limb.end)]
        if "bow" in self.worn:
            back -= _BOW
        return min(back, *(x - _LIMB for x in joints)), max(front, *(x + _LIMB for x in joints))

    @property
    def worn(self) -> list[str]:
        """What it has about it, on its back or its belt."""
        return self.person.extras.split() if self.person else []

    @property
    def side(self) -> int:
        """1 when it faces right, -1 when left."""
        return -1 if self.spot.mirrored else 1

    @property
    def moves(self) -> bool:
        """Whether its drawing changes with the phase all the time."""
        return self.steps > 0

    @property
    def steps(self) -> float:
        """Cycles a second of its movement; 0 keeps still."""
        if self.person:
            return pose(self.pose).rate
        return zoo.steps(self.character.kind, self.pose)

    @property
    def pace(self) -> float:
        """How many of its own heights it travels a second."""
        return pose(self.pose).travel if self.steps and not self.seated else 0

    def drawing(self, phase: float = REST_PHASE, *, manga: bool, blink: bool = False, talking: bool = False) -> Drawing:
        expression = "sleep" if blink else self.expression
        if self.person:
            return human(
                self.person,
                self.pose,
                phase,
                expression,
                manga=manga,
                from_behind=self.from_behind,
                talking=talking,
                rest=self.rest,
                armless=self.gestures,
            ).drawing
        if zoo.is_animal(self.character.kind):
            return zoo.animal(self.character, self.pose, phase, expression)[0]
        return art.draw(self.character.kind, shut=expression == "sleep")

    def near_arm(self, *, manga: bool) -> Drawing | None:
        """The arm that goes before what it embraces, or moves by itself; None when it does neither."""
        if not (self.embraces or self.gestures) or self.person is None:
            return None
        return human(self.person, self.pose, REST_PHASE, manga=manga, rest=self.rest, arm_only=True).drawing

    def units(self) -> float:
        """How many units tall its drawing is."""
        if self.person or not zoo.is_animal(self.character.kind):
            return 100
        return zoo.animal(self.character, "stand", 0, "calm")[1]

    def bones(self, phase: float = REST_PHASE) -> Skeleton | None:
        """Its joints; None of animals."""
        return bones_of(self.person, self.pose, phase, self.rest) if self.person else None

    def hand(self, phase: float = REST_PHASE) -> Point | None:
        """Where its front hand is, in its drawing's units; None when it has none to hold with."""
        bones = self.bones(phase)
        return bones.front_arm.end if bones else None

    def grip(self, phase: float = REST_PHASE) -> Point:
        """Where what it holds is: in its hand, or in an animal's mouth; in its drawing's units."""
        x, y, radius = self.face()
        return self.hand(phase) or (max(x + radius, self.extent[1] - _LIPS), y + radius * 0.5)

    def face(self) -> tuple[float, float, float]:
        """Where its head is, in its drawing's units, and the head's radius."""
        bones = self.bones()
        if bones:
            return *bones.head, bones.frame.head * 1.2
        if zoo.is_animal(self.character.kind):
            return zoo.face_of(self.character.kind, self.pose)
        creature = art.piece(self.character.kind)
        return (creature and creature.face) or (0, -70, 26)

    def held_size(self) -> float:
        """How tall what it holds is, in scene units; 0 when it holds nothing that is drawn."""
        piece = art.piece(self.holds) if self.holds else None
        return self.spot.size / self.height * piece.height * (1 if piece.hand else _IN_ARMS) if piece else 0

    def held_box(self) -> tuple[float, float, float] | None:
        """From where to where across what it holds upright reaches, and how high, in scene units; None of the rest."""
        piece = art.piece(self.holds) if self.holds else None
        if piece is None or self.holds is None or abs(piece.turn) > _UPRIGHT or self.spot.turn:
            return None
        (x, y), unit = self.at(self.grip()), self.held_size() / 100
        left, top, wide, _ = art.draw(self.holds).box
        near, far = x + self.side * left * unit, x + self.side * (left + wide) * unit
        return min(near, far), (self.spot.y if self.pose == "plant" else y) + top * unit, max(near, far)

    def crown(self) -> Point:
        """The highest place of its head, in its drawing's units."""
        bones = self.bones()
        if bones and self.person:
            x, y = bones.head
            return x, y - bones.frame.head * crown(self.person)
        x, _, _ = self.face()
        if zoo.is_animal(self.character.kind):
            return x, zoo.crown_of(self.character.kind, self.pose)
        return x, art.draw(self.character.kind).box[1] if art.piece(self.character.kind) else -100

    def at(self, point: Point) -> Point:
        """Where in the scene a place in its drawing's units is."""
        return self.spot.x + self.side * point[0] * self.spot.scale, self.spot.y + point[1] * self.spot.scale

    def local(self, point: Point) -> Point:
        """What a place in the scene is in its drawing's units."""
        return self.side * (point[0] - self.spot.x) / self.spot.scale, (point[1] - self.spot.y) / self.spot.scale

    def blinks(self) -> bool:
        if self.expression in ("sleep", "laugh", "cry") or self.from_behind:
            return False
        kind = self.character.kind
        return self.person is not None or (zoo.is_animal(kind) and not zoo.swims(kind)) or art.has_eyes(kind)

    @property
    def lies(self) -> bool:
        return self.person is not None and self.pose in _LYING


def moved(actor: Actor, *, x: float | None = None, y: float | None = None, depth: float | None = None) -> Actor:
    """The actor elsewhere."""
    spot = actor.spot
    spot = replace(
        spot,
        x=spot.x if x is None else x,
        y=spot.y if y is None else y,
        depth=spot.depth if depth is None else depth,
    )
    return replace(actor, spot=spot)


def turned_to(actor: Actor, x: float) -> Actor:
    """The actor facing a place across the picture."""
    mirrored = x < actor.spot.x
    return replace(actor, mirrored=mirrored, spot=replace(actor.spot, mirrored=mirrored))


def kind_of(word: str) -> str | None:
    """The kind that is drawn for a word; None when it names nobody that can be drawn."""
    kind = known("kinds", word)
    return None if kind is None else str(entries("kinds")[kind].get("like", kind))


def actor_of(subject: Subject, characters: tuple[Character, ...], *, suited: bool) -> Actor:
    """A subject as an actor, of its character; one that is not in the cast is somebody of that name as its kind."""
    found = next((one for one in characters if one.id == subject.character), None)
    character = found or Character(subject.character, subject.character, subject.character)
    kind = character.kind if is_person(character.kind) else kind_of(character.kind) or character.kind
    character = replace(character, kind=kind)
    pose_ = known("poses", subject.pose) or "stand"
    if pose_ == "stand" and subject.expression == "sleep":
        pose_ = "sleep"
    expression = _EXPRESSIONS.get(pose_) or known("expressions", subject.expression) or "calm"
    if subject.expression in ("cry", "laugh"):
        expression = subject.expression
    person = None
    if is_person(kind) or not (zoo.is_animal(kind) or art.piece(kind)):
        person = person_of(character)
        if suited and not person.robot and not wears_period_dress(character.looks):
            person = in_space_suit(person)
    holds = known("props", subject.holds) if subject.holds else None
    spot = Spot(0, 0, 1, 100, 0.9)
    mirrored = subject.facing == "left"
    return Actor(character, pose_, expression, mirrored, spot, person, holds=holds, toward=subject.toward)
