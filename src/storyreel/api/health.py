"""Whether the server lives, and whether it can work."""

from fastapi import APIRouter
from sqlalchemy import text

from storyreel.api.dependencies import Context
from storyreel.api.fields import View
from storyreel.api.problems import documented

public = APIRouter(tags=["health"])


class Health(View):
    status: str = "ok"


@public.get("/healthz", summary="Is it alive")
async def healthz() -> Health:
    """The process answers."""
    return Health()


@public.get("/readyz", summary="Can it work", responses=documented(503))
def readyz(context: Context) -> Health:
    """The database answers too."""
    with context.pipeline.database.read() as connection:
        connection.execute(text("SELECT 1"))
    return Health()
