"""What a project's callback was told, and what it is yet to be told."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from storyreel.api.dependencies import Context, OwnProject
from storyreel.api.fields import View
from storyreel.api.problems import documented
from storyreel.domain.delivery import DeliveryStatus
from storyreel.store.database import deliveries

router = APIRouter(tags=["deliveries"])

MOST_LISTED = 200


class DeliveryView(View):
    """One event. Each is delivered at least once, after those before it."""

    id: int
    type: str = Field(description="task.succeeded, task.failed, film.succeeded or film.failed.")
    status: DeliveryStatus
    attempts: int
    next_try_at: datetime | None = Field(description="While it is PENDING.")
    error: str | None = Field(description="How the last attempt failed.")
    created_at: datetime
    ended_at: datetime | None


class DeliveryList(View):
    callback_url: str | None = Field(description="Where they go; null while nowhere.")
    items: list[DeliveryView] = Field(description="Newest first, at most 200, of the last 30 days.")


@router.get(
    "/projects/{project_id}/deliveries", summary="List what the callback was told", responses=documented(401, 404)
)
def list_deliveries(project: OwnProject, context: Context) -> DeliveryList:
    """Every task's end, as it is told to the project's `callback_url`."""
    with context.pipeline.database.read() as connection:
        to = deliveries.callback(connection, project.id)
        found = deliveries.of_project(connection, project.id, MOST_LISTED)
    items = [DeliveryView.model_validate(one) for one in found]
    return DeliveryList(callback_url=to.url if to else None, items=items)
