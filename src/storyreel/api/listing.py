"""Projects at a glance, as listings and events show them: without the story, with how much, how long and how far."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from storyreel.api.dependencies import Context, CurrentUser
from storyreel.api.fields import NO_NUL, Body, Unicode, View
from storyreel.api.links import Links, MediaLinks
from storyreel.api.problems import documented
from storyreel.api.projects import ProjectView, fields_at_a_glance
from storyreel.store.database import projects
from storyreel.store.database.projects import Listed

router = APIRouter(tags=["projects"])


class ListedProject(ProjectView):
    """A project at a glance."""

    shots: int = Field(description="How many there are.")
    duration: float | None = Field(description="Of the last finished film, in seconds.")
    progress: int | None = Field(description="Of what is under way, in percent.")


class ProjectList(View):
    items: list[ListedProject]
    total: int
    page: int
    page_size: int


class Sort(StrEnum):
    """Orders of the listing; `created_at` is newest first."""

    CREATED_AT = "created_at"
    CREATED_AT_ASC = "created_at_asc"
    TITLE = "title"


class ListQuery(Body):
    q: Annotated[str, Field(max_length=200, pattern=NO_NUL, description="Part of the title, any case."), Unicode] = ""
    sort: Sort = Field(default=Sort.CREATED_AT, description="`created_at` is newest first.")
    page: int = Field(default=1, ge=1, le=1_000_000, description="From 1.")
    page_size: int = Field(default=20, ge=1, le=100, description="Projects per page.")


def listed_view(listed: Listed, links: Links) -> ListedProject:
    """The project at a glance, as clients see it."""
    fields = fields_at_a_glance(listed.project, links)
    return ListedProject(**fields, shots=listed.shots, duration=listed.duration, progress=listed.progress)


@router.get("/projects", summary="List projects", responses=documented(401, 422))
async def list_projects(
    user: CurrentUser,
    context: Context,
    links: MediaLinks,
    request: Request,
    response: Response,
    wanted: Annotated[ListQuery, Query()],
) -> ProjectList:
    """Your projects, newest first. The Link header names the neighbouring pages."""
    asked = (user.id, wanted.q, wanted.sort, wanted.page, wanted.page_size)
    found = await context.pipeline.database.glance(projects.page, *asked)
    pages = {"prev": wanted.page - 1} if wanted.page > 1 else {}
    if wanted.page * wanted.page_size < found.total:
        pages["next"] = wanted.page + 1
    if pages:
        response.headers["Link"] = ", ".join(
            f'<{request.url.path}?{urlencode(wanted.model_dump(mode="json") | {"page": number})}>; rel="{name}"'
            for name, number in pages.items()
        )
    items = [listed_view(listed, links) for listed in found.items]
    return ProjectList(items=items, total=found.total, page=wanted.page, page_size=wanted.page_size)
