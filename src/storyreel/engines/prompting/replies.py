"""What a model is asked to answer, as types: their JSON schema goes to the server, and each answer is read by them."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from pydantic.annotated_handlers import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from storyreel.engines.prompting.stage import clamp, plain, words

MAX_LISTED = 8
MAX_SHOTS = 16
MAX_PROMPT = 600


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word of a group. Servers that know schemas are told which; of any other word the nearest of them is taken."""

    group: str
    otherwise: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(lambda value: clamp(self.group, value, self.otherwise))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(words(self.group))}


def _text(value: Any) -> str:
    return " ".join(value.split())[:MAX_PROMPT] if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    return cast(list[Any], value)[:MAX_LISTED] if isinstance(value, list) else []


Thing = Annotated[str, BeforeValidator(plain), WithJsonSchema({"type": "string", "pattern": "^[a-z ]{0,30}$"})]
Name = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "maxLength": 120})]
Prose = Annotated[str, BeforeValidator(_text), Field(max_length=MAX_PROMPT)]


class SubjectReply(BaseModel):
    """Somebody on stage, by name."""

    character: Name = ""
    pose: Annotated[str, OneOf("poses", "stand")] = "stand"
    expression: Annotated[str, OneOf("expressions", "calm")] = "calm"
    facing: Annotated[str, OneOf("sides", "right")] = "right"
    holds: Thing = ""
    toward: Name = ""


class SceneReply(BaseModel):
    """A scene; what is empty stays as it was before."""

    setting: Annotated[str, OneOf("settings")] = ""
    time: Annotated[str, OneOf("times")] = ""
    weather: Annotated[str, OneOf("weathers")] = ""
    season: Annotated[str, OneOf("seasons")] = ""
    mood: Annotated[str, OneOf("moods")] = ""
    framing: Annotated[str, OneOf("framings")] = ""
    camera: Annotated[str, OneOf("cameras")] = ""
    subjects: Annotated[list[SubjectReply], BeforeValidator(_listed), Field(max_length=MAX_LISTED)] = []
    props: Annotated[list[Thing], BeforeValidator(_listed), Field(max_length=MAX_LISTED)] = []
    crowd: Thing = ""
    speaker: Name = ""


class ShotReply(BaseModel):
    """A shot; `prompt` is empty for a story told in English."""

    first_sentence: int
    prompt: Prose = ""
    prompt_en: Annotated[Prose, Field(min_length=1)]
    transition: Annotated[str, OneOf("transitions", "cut")] = "cut"
    scene: SceneReply


class CharacterReply(BaseModel):
    """Somebody who is new."""

    name: Name = ""
    kind: Thing = ""
    sex: Annotated[str, OneOf("sexes")] = ""
    looks: Name = ""
    aliases: Annotated[list[Name], BeforeValidator(_listed), Field(max_length=MAX_LISTED)] = []


class PlanReply(BaseModel):
    """What becomes of one window of the story."""

    characters: Annotated[list[CharacterReply], BeforeValidator(_listed), Field(max_length=MAX_LISTED)] = []
    shots: Annotated[list[ShotReply], Field(min_length=1, max_length=MAX_SHOTS)]


def schema_of(reply: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema as servers take it in strict mode: no references, no defaults, all required, nothing more."""
    whole = reply.model_json_schema()
    return cast(dict[str, Any], _strict(whole, whole.get("$defs", {})))


def _strict(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(one, definitions) for one in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    fields = cast(dict[str, Any], node)
    if "$ref" in fields:
        return _strict(definitions[fields["$ref"].rsplit("/", 1)[1]], definitions)
    if "properties" in fields:
        inner = {name: _strict(one, definitions) for name, one in fields["properties"].items()}
        return {"type": "object", "properties": inner, "required": list(inner), "additionalProperties": False}
    return {
        name: _strict(one, definitions)
        for name, one in fields.items()
        if name not in ("default", "title", "description", "$defs")
    }


_THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def found_json(text: str) -> dict[str, Any]:
    """The JSON object in what a model wrote: without thoughts, fences and words around it, mended where that is safe.

    Raises:
        ValueError: there is none.
    """
    text = _THOUGHT.sub("", text)
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("There is no JSON object in it.")
    whole = text[start : end + 1]
    for candidate in (whole, _TRAILING_COMMA.sub(r"\1", whole)):
        try:
            found = json.loads(candidate, strict=False)
        except ValueError as error:
            fault = error
        else:
            return cast(dict[str, Any], found)
    raise ValueError(f"It is not valid JSON: {fault}.")
