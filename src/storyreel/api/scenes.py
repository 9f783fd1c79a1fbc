"""A shot's scene as clients may change it: the fields of a SceneSpec, each for itself."""

from typing import Annotated

from pydantic import Field

from storyreel.api.fields import Body, Unicode, example
from storyreel.domain.storyboard import Camera, Framing

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9 ',_-]*$")]
WordOrNone = Annotated[str, Field(max_length=60, pattern=r"^([a-z][a-z0-9 ',_-]*)?$")]
CharacterName = Annotated[str, Field(min_length=1, max_length=100), Unicode]


class SubjectBody(Body):
    """Somebody on stage."""

    character: CharacterName = Field(description="The id of one of the project's `characters`.")
    pose: Word = "stand"
    expression: Word = "calm"
    facing: Word = "right"
    holds: Word | None = None
    toward: CharacterName | None = Field(
        default=None, description="Whom or what the pose is about: the id of somebody on stage, or a prop."
    )


class SceneChanges(Body):
    """All words are English and lower case; what the illustrator does not know, it leaves out."""

    model_config = example(camera="pan_left", time="night")

    setting: Word | None = Field(default=None, description="Where: garden, forest, moon, room, street …")
    time: Word | None = Field(default=None, description="dawn, morning, noon, afternoon, dusk, night.")
    weather: Word | None = Field(default=None, description="clear, cloudy, rain, snow, storm, fog, wind.")
    mood: Word | None = Field(default=None, description="calm, happy, sad, tense, mysterious, wonder.")
    season: WordOrNone | None = Field(default=None, description="spring, summer, autumn, winter; empty leaves it open.")
    framing: Framing | None = Field(default=None, description="How much is seen.")
    camera: Camera | None = Field(default=None, description="How the camera moves; the picture stays good.")
    subjects: Annotated[list[SubjectBody], Field(max_length=20)] | None = Field(
        default=None, description="Everybody on stage, in the place of those who were."
    )
    props: Annotated[list[Word], Field(max_length=20)] | None = Field(
        default=None, description="Things to be seen that nobody holds, in the place of those that were."
    )
    crowd: WordOrNone | None = Field(default=None, description="The kind of those of whom many are there; empty: none.")
