"""Folk: somebody of a sort, as crowds are made of them."""

from collections.abc import Sequence

from storyreel.domain.storyboard import Character, Subject
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.actors import Actor, actor_of, kind_of
from storyreel.engines.backends.builtin.illustrator.chance import Chance
from storyreel.engines.backends.builtin.illustrator.puppets import zoo
from storyreel.engines.backends.builtin.illustrator.puppets.tables import table
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.words import known

_MEDIEVAL = ("castle", "castle hall")
"""Where people are dressed as in the Middle Ages."""
_BY_THE_SEA = ("sea", "beach", "lighthouse", "harbour", "ship")
"""Where birds are gulls."""


def kinds_of(sort: str) -> list[str]:
    """The kinds that a crowd of a sort is made up of; none when the sort is no living thing."""
    word = sort.removesuffix("s")
    kinds: list[str] = table("people.json")["crowds"].get(word) or []
    kind = kind_of(sort) or kind_of(word)
    if kinds or kind:
        return kinds or [str(kind)]
    return [] if known("props", sort) or known("props", word) else ["man", "woman"]


def _looks(scene: Scene, actors: Sequence[Actor]) -> str:
    """How people of the place and time of those on stage are dressed."""
    words = " ".join(actor.character.looks for actor in actors).lower()
    era = "modern" if "modern" in words else "medieval" if "medieval" in words else ""
    if scene.chinese and not era:
        return scene.spec.culture
    return "medieval" if scene.spec.setting in _MEDIEVAL and not era else era


def one_of(sort: str, chance: Chance, scene: Scene, actors: Sequence[Actor]) -> Actor:
    """Somebody of a sort, unlike the next one."""
    kind = chance.choice(kinds_of(sort))
    seed = chance.randrange(1 << 20)
    looks = _looks(scene, actors)
    if kind == "bird":  # all of a flock are of one feather
        seed, looks = scene.seed, "white feathers" if scene.spec.setting in _BY_THE_SEA else ""
    character = Character(f"{sort} {seed}", "", kind, looks, seed)
    pose = chance.choice(("stand", "stand", "talk", "walk", "look_up"))
    if not zoo.is_animal(kind) and chance.random() < 0.2:
        pose = "wave" if scene.spec.mood == "happy" else "talk"
    elif zoo.is_animal(kind) and zoo.flies(kind):
        pose = chance.choice(("fly", "fly", "fly", "stand"))
    elif (creature := art.piece(kind)) and creature.flies:
        pose = "fly"
    facing = chance.choice(("left", "right"))
    expression = {"happy": "happy", "sad": "sad", "tense": "scared"}.get(scene.spec.mood, "calm")
    return actor_of(
        Subject(character.id, pose, expression, facing), (character,), suited=scene.air in ("space", "planet")
    )
