"""What can be chosen: styles, transitions, voices, engines."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from storyreel.api.dependencies import Context
from storyreel.api.fields import View
from storyreel.api.links import MediaLinks
from storyreel.api.problems import documented
from storyreel.domain.film import Aspect
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Transition
from storyreel.pipeline import samples

router = APIRouter(tags=["choices"])


class Styles(View):
    styles: list[Style]
    aspects: list[Aspect]
    transitions: list[Transition]


class VoiceView(View):
    id: str
    title: str
    language: str
    sex: str = Field(description="female, male, or empty.")


class Voices(View):
    items: list[VoiceView]


class Sample(View):
    url: str | None = Field(description="Signed; opens for half an hour at least.")


class EngineView(View):
    id: str
    kind: str
    version: str
    title: str
    languages: list[str]
    max_batch: int = Field(description="Requests that one call takes at most.")
    references: bool = Field(description="Whether pictures of characters are taken, to go by.")
    immediate: bool = Field(description="Whether frames are drawn while the film is cut, with no clip made first.")
    default: bool
    ready: bool
    missing: list[str] = Field(description="What keeps it from running here, each with how to get it.")


class Engines(View):
    items: list[EngineView]


@router.get("/styles", summary="List styles", responses=documented(401))
def list_styles() -> Styles:
    """Styles, aspects and transitions."""
    return Styles(styles=list(Style), aspects=list(Aspect), transitions=list(Transition))


@router.get("/voices", summary="List voices", responses=documented(401, 503))
async def list_voices(context: Context) -> Voices:
    """The voices of the speech engine in use; the first of a language is its default."""
    found = await context.pipeline.engines.speech().voices()
    return Voices(items=[VoiceView.model_validate(voice) for voice in found])


@router.get("/styles/{style}/sample", summary="See a style", responses=documented(401, 422, 502))
async def see_style(
    style: Annotated[Style, Path(description="One of GET /api/styles.")], context: Context, links: MediaLinks
) -> Sample:
    """The same scene in each style, by the built-in illustrator; the first call draws it."""
    made = await samples.style_sample(context.pipeline.engines, context.pipeline.artifacts, style)
    return Sample(url=links.to(made.key))


@router.get("/voices/{voice}/sample", summary="Hear a voice", responses=documented(401, 404, 422, 502, 503))
async def hear_voice(
    voice: Annotated[str, Path(max_length=100, description="The id of one of GET /api/voices.")],
    context: Context,
    links: MediaLinks,
) -> Sample:
    """A sentence by the speech engine in use; the first call speaks it."""
    made = await samples.voice_sample(context.pipeline.engines, context.pipeline.artifacts, voice)
    return Sample(url=links.to(made.key))


@router.get("/engines", summary="List engines", responses=documented(401))
async def list_engines(context: Context) -> Engines:
    """Every engine, and whether it can run here."""
    found = await context.pipeline.engines.overview()
    return Engines(
        items=[
            EngineView(
                id=info.id,
                kind=info.kind,
                version=info.version,
                title=info.title,
                languages=list(info.languages),
                max_batch=info.max_batch,
                references=info.references,
                immediate=info.immediate,
                default=default,
                ready=not missing,
                missing=missing,
            )
            for info, default, missing in found
        ]
    )
