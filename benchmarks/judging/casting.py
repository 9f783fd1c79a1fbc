"""Which planned character is which annotated person."""

from collections import Counter

from judging.alignment import Narrated
from judging.names import SAME_KIND, likeness
from judging.stories import Story
from storyreel.domain.storyboard import Character, PlannedShot, Storyboard

CROWD = "crowd of "


def characters(board: Storyboard) -> dict[str, Character]:
    """All whom the shots may show, by id: the characters, and each kind of crowd as somebody of its own."""
    crowds = {shot.scene.crowd for shot in board.shots if shot.scene.crowd}
    found = {f"{CROWD}{kind}": Character(f"{CROWD}{kind}", kind, kind) for kind in sorted(crowds)}
    return found | {character.id: character for character in board.characters}


def on_stage(shot: PlannedShot) -> set[str]:
    """The ids of all whom a shot shows, the crowd among them."""
    crowd = [f"{CROWD}{shot.scene.crowd}"] if shot.scene.crowd else []
    return {*(subject.character for subject in shot.scene.subjects), *crowd}


def match(story: Story, board: Storyboard, narrated: list[Narrated]) -> dict[str, str]:
    """Planned ids to the names of the persons whom they are.

    Names come before kinds, and of two who are as like, he who is shown more often where the person is expected. One
    person is one character: a second one stays a stranger, as the film would show two people. A group may be several
    characters. A crowd is a group and nobody else. Somebody known by his kind alone must be shown once where expected.
    """
    wanted: list[tuple[int, int, int, str, str]] = []
    order = list(story.cast)
    for id_, character in characters(board).items():
        shown_with = _agreement(id_, story, board, narrated)
        for name, person in story.cast.items():
            if id_.startswith(CROWD) and not person.many:
                continue
            alike = likeness(character.name, character.kind, (name, *person.aliases), person.kinds)
            if alike > SAME_KIND or (alike == SAME_KIND and shown_with[name]):
                wanted.append((-alike, -shown_with[name], order.index(name), id_, name))
    found: dict[str, str] = {}
    for *_, id_, name in sorted(wanted):
        if id_ not in found and (story.cast[name].many or name not in found.values()):
            found[id_] = name
    return found


def _agreement(id_: str, story: Story, board: Storyboard, narrated: list[Narrated]) -> Counter[str]:
    """In how many sentences somebody planned is shown where each person is expected."""
    counts: Counter[str] = Counter()
    for sentence, told in zip(story.sentences, narrated, strict=True):
        if any(id_ in on_stage(board.shots[shot]) for shot in told.shots):
            counts.update(sentence.cast)
    return counts
