"""Field types that several routes share, with the limits that the schema documents."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from storyreel.domain.project import MAX_STORY_CHARACTERS, MAX_TITLE_CHARACTERS
from storyreel.domain.shot import MAX_NARRATION_CHARACTERS

# Something to be seen, and no NUL: the controls and the no-break space are left out of "something".
VISIBLE = r"^[^\x00]*[^\x00-\x20\x7f-\xa0\s\ufeff][^\x00]*$"
NO_NUL = r"^[^\x00]*$"
_SIDE = "(14[468]|1[5-9][02468]|[2-9][0-9][02468]|[1-4][0-9]{2}[02468]|50[0-9][02468]|51[01][02468]|5120)"
RESOLUTION = f"^(480p|720p|1080p|1440p|2160p|{_SIDE}x{_SIDE})$"


def _no_surrogates(value: Any) -> Any:
    """Lone surrogates are valid in JSON and in no other place; name the fault instead of failing later."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("not valid Unicode: a lone surrogate") from error
    return value


Unicode = BeforeValidator(_no_surrogates)


def _a_number(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is a whole one, "3" and true are none."""
    if isinstance(value, str | bool):
        raise ValueError("not a number")
    return value


Whole = BeforeValidator(_a_number)

Title = Annotated[
    str, Field(min_length=1, max_length=MAX_TITLE_CHARACTERS, pattern=VISIBLE, examples=["Moon Walk"]), Unicode
]
Story = Annotated[
    str,
    Field(min_length=1, max_length=MAX_STORY_CHARACTERS, pattern=VISIBLE, examples=["A kid walks on the moon..."]),
    Unicode,
]
Prompt = Annotated[str, Field(min_length=1, max_length=4000, pattern=VISIBLE), Unicode]
Narration = Annotated[
    str,
    Field(
        max_length=MAX_NARRATION_CHARACTERS, pattern=NO_NUL, description="Spoken as it stands; empty for a silent shot."
    ),
    Unicode,
]
VoiceName = Annotated[
    str, Field(min_length=1, max_length=100, pattern=VISIBLE, description="A voice's id: see GET /api/voices."), Unicode
]
Resolution = Annotated[
    str, Field(pattern=RESOLUTION, description="480p … 2160p (the shorter side) or WIDTHxHEIGHT, both even."), Unicode
]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1), Whole]
Flag = StrictBool


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


def example(**fields: Any) -> ConfigDict:
    """The configuration of a body, with an example of it for the documentation."""
    return Body.model_config | ConfigDict(json_schema_extra={"examples": [fields]})


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)
