"""Whether the server lives, and whether it can work."""

import logging
from typing import Any

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from storyreel.api.dependencies import Context
from storyreel.api.fields import View
from storyreel.api.problems import documented, problem
from storyreel.errors import UnavailableError

log = logging.getLogger(__name__)

public = APIRouter(tags=["health"])


class Health(View):
    status: str = "ok"


@public.get("/healthz", summary="Is it alive", responses=documented(400))
async def healthz() -> Health:
    """The process answers."""
    return Health()


@public.get("/readyz", summary="Can it work", response_model=Health, responses=documented(400, 503))
def readyz(context: Context) -> Any:
    """The database answers too."""
    try:
        with context.pipeline.database.read() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, UnavailableError) as error:
        log.warning("not ready: %s", error)
        return problem(503, "not_ready", "The database does not answer.")
    return Health()
